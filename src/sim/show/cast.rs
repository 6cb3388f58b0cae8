//! The people in the show. All of them are invented.

use crate::sim::twitchat::{Person, Reward, Roles};

const NOBODY: Roles = Roles {
    moderator: false,
    vip: false,
    subscriber: false,
};
const MODERATOR: Roles = Roles {
    moderator: true,
    ..NOBODY
};
const VIP: Roles = Roles {
    vip: true,
    ..NOBODY
};
const SUBSCRIBER: Roles = Roles {
    subscriber: true,
    ..NOBODY
};

/// The id, the display name, the login if it differs from the name in lower case, and the roles
/// that the badges show.
const REGULARS: [(&str, &str, Option<&str>, Roles); 14] = [
    ("70010001", "QuietMoth", None, MODERATOR),
    ("70010002", "雪見うどん", Some("yukimi_udon"), VIP),
    ("70010003", "CaptainCrumpet", None, SUBSCRIBER),
    ("70010004", "LofiLlama", None, NOBODY),
    (
        "70010005",
        "김밥왕",
        Some("gimbap_king"),
        Roles {
            vip: true,
            ..SUBSCRIBER
        },
    ),
    ("70010006", "NachtEule42", None, NOBODY),
    ("70010007", "Pretzel_of_Doom", None, NOBODY),
    ("70010008", "月光熊", Some("moonbear_tw"), NOBODY),
    ("70010009", "SirHonksALot", None, MODERATOR),
    ("70010010", "TeaAndTetris", None, NOBODY),
    ("70010011", "Zweihorn", None, NOBODY),
    ("70010012", "ねこバス通勤", Some("nekobus_commuter"), NOBODY),
    ("70010013", "OffByOneKenobi", None, NOBODY),
    ("70010014", "MossyBoulder", None, NOBODY),
];

pub(super) fn regulars() -> Vec<Person> {
    REGULARS
        .into_iter()
        .map(|(id, display, login, roles)| {
            let person = Person::new(id, display).roles(roles);
            login.map_or(person.clone(), |login| person.login(login))
        })
        .collect()
}

/// People who receive subscriptions but write no messages.
pub(super) fn lurkers(count: u64) -> Vec<Person> {
    (1..=count)
        .map(|number| Person::new(format!("7002{number:04}"), format!("lurker_{number:02}")))
        .collect()
}

/// A follower on `YouTube`: not a Twitch id, and a login with spaces.
pub(super) fn youtuber() -> Person {
    Person::new("UCq3fXh0cJm1vZr8yXb2kQeg", "Hjalmar Ærøskøbing")
}

/// The owner of a channel that raids. Another program reports that raid.
pub(super) fn raider() -> Person {
    Person::new("70030001", "LanternFox")
}

/// The owner of a channel that raids. Twitchat's labels report that raid.
pub(super) fn second_raider() -> Person {
    Person::new("70030002", "深夜ラジオ").login("midnight_radio_jp")
}

/// The rewards for channel points.
pub(super) fn rewards() -> [Reward; 3] {
    let reward = |id: &str, title: &str, cost| Reward {
        id: id.into(),
        title: title.into(),
        cost,
    };
    [
        reward("21b9fec8-4ddd-434d-b781-95176819c3c1", "Hydrate!", 350),
        reward(
            "2907937b-2cea-4e8b-bbcd-3beafb4ab4f5",
            "Pick the next map",
            2_000,
        ),
        Reward::highlight(),
    ]
}

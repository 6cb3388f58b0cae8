//! Test data: credits in the shape of real ones, filled with people that the bridge has seen, or
//! with invented ones if there are none.

use super::{
    fold::{Fold, Origin},
    ignore::Ignore,
    left_out::LeftOut,
};
use crate::event::{
    EventName, Fact, Money, Person, Platform, Roles,
    fact::{
        Chat, Contribution, Gift, HypeTrain, Presence, Redemption, SubKind, Subscription, Support,
        SupportKind,
    },
};

/// Invented logins and display names.
const INVENTED: [(&str, &str); 12] = [
    ("marla_quartz", "Marla_Quartz"),
    ("tobiwanders", "TobiWanders"),
    ("olle_bakar", "OlleBakar"),
    ("pippa_riot", "Pippa_Riot"),
    ("sena_io", "Sena_io"),
    ("yukihana", "雪花Yuki"),
    ("lanternfox", "LanternFox"),
    ("hjalmar_builds", "Hjalmar_Builds"),
    ("quietmoth", "QuietMoth"),
    ("greta_l", "Greta_L"),
    ("kasper_w", "Kasper_W"),
    ("neko_live", "neko_live"),
];

/// Number of real people that are used.
const SEEN: usize = 24;
/// The same for a test of the end credits.
const MOST: usize = 120;

/// Makes the credits of test data. `real` is only read; the result shares nothing with it.
pub fn credits(real: &Fold, ignore: &Ignore, now_ms: i64) -> Fold {
    let mut people = seen(real, ignore);
    people.truncate(SEEN);
    if people.is_empty() {
        people = INVENTED
            .iter()
            .filter_map(|(login, display)| Person::on(Platform::Twitch, "", login, display))
            .collect();
    }
    let mut fold = Fold::default();
    for (place, who) in people.iter().enumerate() {
        let other = people.get((place + 1) % people.len()).unwrap_or(who);
        for fact in facts(place, who, other) {
            fold.apply(&fact, None, Origin::Live, now_ms, |_| {});
        }
    }
    fold
}

/// People on Twitch whom the bridge has seen, without those who are left out; at most `MOST`.
pub fn seen(real: &Fold, ignore: &Ignore) -> Vec<Person> {
    let left_out = LeftOut::new(real, ignore);
    real.people
        .entries()
        .filter(|(who, known)| known.platform == Platform::Twitch && !left_out.has(*who))
        .filter_map(|(_, known)| {
            Person::on(known.platform, &known.id, &known.login, &known.display)
        })
        .take(MOST)
        .collect()
}

/// A few facts for the person with this index. Each section gets somebody, and nobody gets
/// everything.
#[expect(clippy::too_many_lines, reason = "a list of facts")]
fn facts(place: usize, who: &Person, other: &Person) -> Vec<Fact> {
    let roles = Roles::empty()
        .when(place % 4 == 1, Roles::MODERATOR)
        .when(place % 4 == 2, Roles::VIP)
        .when(place.is_multiple_of(3), Roles::SUBSCRIBER);
    let mut facts = vec![Fact::Presence(Presence {
        who: who.clone().with_roles(roles),
        spoke: true,
        ..Presence::default()
    })];
    let subscription = |kind, months| Subscription {
        who: who.clone(),
        kind,
        months: 1,
        cumulative_months: months,
        streak_months: 1,
        ..Subscription::default()
    };
    let gift = |count, bomb| Gift {
        gifter: who.clone(),
        recipients: vec![other.clone()],
        count,
        months: 1,
        cumulative_months: 1,
        bomb,
        total: count,
        ..Gift::default()
    };
    let cents = i64::try_from(place).unwrap_or_default() * 100 + 500;
    let support = |kind, source, name, what: &str| {
        let money = Some(Money::of_cents(cents, "EUR"));
        Fact::Support(Support {
            kind,
            who: who.clone(),
            money,
            what: what.into(),
            name: EventName::new(source, name),
            id: Box::default(),
        })
    };
    let of_its_own = match place % 12 {
        0 => Fact::Follow { who: who.clone() },
        1 => Fact::Cheer {
            who: who.clone(),
            bits: 100 + 50 * place as u64,
            chat: Chat::default(),
        },
        2 => Fact::Subscription(subscription(SubKind::New, 1)),
        3 => Fact::Subscription(subscription(SubKind::Renewed, 12)),
        4 => Fact::Gift(gift(1, false)),
        5 => Fact::Gift(gift(5, true)),
        6 => Fact::Raid {
            who: who.clone(),
            viewers: 42,
            avatar: Box::default(),
        },
        7 => Fact::Redemption(Redemption {
            who: who.clone(),
            reward_id: "test".into(),
            title: "Hydrate".into(),
            cost: Some(500),
            ..Redemption::default()
        }),
        8 => Fact::GoalContribution {
            who: who.clone(),
            points: 1_000,
        },
        9 => Fact::Pyramid {
            who: who.clone(),
            width: 3,
        },
        10 => support(SupportKind::Tip, "Kofi", "Donation", ""),
        _ => support(SupportKind::Merch, "Streamlabs", "Merchandise", "Mug"),
    };
    facts.push(of_its_own);
    if place % 12 == 1 {
        let one = Contribution {
            who: who.clone(),
            kind: "bits".into(),
            total: 500,
        };
        let all = vec![
            one.clone(),
            Contribution {
                who: other.clone(),
                kind: "subs".into(),
                total: 500,
            },
        ];
        facts.push(Fact::HypeTrain(HypeTrain {
            phase: "HypeTrainEnd".into(),
            level: 2,
            percent: 50,
            conductors: vec![one],
            contributors: all,
        }));
        facts.push(Fact::Stream {
            category: "Just Chatting".into(),
            title: Box::default(),
        });
    }
    facts
}

//! Answers Streamer.bot's requests that only read a value.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{base::Base, time};
use crate::{
    credits::{LeftOut, PersonId, Spelling, people::Known},
    event::{
        Platform, Roles,
        name::{self, TWITCHAT},
    },
    request,
    twitchat::catalogue::{self, Class},
};

/// The legacy spelling of a source, with the first letter in lower case.
fn small_first(source: &str) -> String {
    let mut chars = source.chars();
    chars
        .next()
        .map(|first| first.to_ascii_lowercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

/// The word for a viewer's role in replies.
fn role_word(roles: Roles) -> &'static str {
    match roles.number() {
        4 => "Broadcaster",
        3 => "Moderator",
        2 => "VIP",
        _ => "Viewer",
    }
}

/// The keys of the texts in the reply to `GetUserPronouns`, from docs.streamer.bot and the types of
/// `@streamerbot/client` 1.12.
const PRONOUN_TEXTS: [&str; 18] = [
    "pronouns",
    "pronounsPlain",
    "pronounSubject",
    "pronounObject",
    "pronounPossessive",
    "pronounPronoun",
    "pronounReflexive",
    "pronounPastTense",
    "pronounCurrentTense",
    "pronounSubjectLower",
    "pronounObjectLower",
    "pronounPossessiveLower",
    "pronounPronounLower",
    "pronounReflexiveLower",
    "pronounPastTenseLower",
    "pronounCurrentTenseLower",
    "pronounPluralLower",
    "pronounLastCached",
];

/// The reply to `GetSettings`.
pub(super) fn get_settings(base: &Base) -> Map<String, Value> {
    let mut reply = (*base.settings.shown).clone();
    let is_allowed = base.settings.permissions.check_settings().is_ok();
    reply.insert("writable".into(), is_allowed.into());
    reply
}

fn counted(key: &str, list: Value, count: usize) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), list), ("count".to_owned(), count.into())])
}

/// `GetEvents`: all events, with sources in the spelling of current clients (`Twitch`), of older
/// pages (`twitch`), or in both spellings.
pub(super) fn get_events(spelling: Spelling) -> Map<String, Value> {
    let mut events = Map::new();
    let mut put = |source: &str, kinds: Vec<Value>| {
        if spelling != Spelling::Current {
            events.insert(small_first(source), kinds.clone().into());
        }
        if spelling != Spelling::Legacy {
            events.insert(source.to_owned(), kinds.into());
        }
    };
    for (source, kinds) in name::catalogue() {
        put(
            source,
            kinds.iter().map(|kind| Value::from(&**kind)).collect(),
        );
    }
    let own = catalogue::entries().iter().filter(|entry| {
        matches!(
            entry.class,
            Class::Event | Class::Answer | Class::Announcement
        )
    });
    put(TWITCHAT, own.map(|entry| Value::from(entry.name)).collect());
    Map::from_iter([("events".to_owned(), events.into())])
}

/// `GetBroadcaster`: the broadcaster in the config, or else the one in Twitchat's messages.
/// Twitchat does not report all fields of the reply.
pub(super) fn get_broadcaster(base: &Base) -> Map<String, Value> {
    let Some(who) = base.model.broadcaster() else {
        return Map::from_iter([
            ("platforms".to_owned(), json!({})),
            ("connected".to_owned(), json!([])),
            ("disconnected".to_owned(), json!(["twitch"])),
        ]);
    };
    // A numeric id becomes a number, as in all versions of Streamer.bot.
    let id = who
        .id
        .parse::<u64>()
        .map_or_else(|_| Value::from(&*who.id), Value::from);
    let display = [&who.display, &who.login]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or("", |name| name);
    let twitch = json!({
        "broadcastUser": display,
        "broadcastUserName": if who.login.is_empty() {
            display.to_lowercase()
        } else {
            who.login.to_string()
        },
        "broadcastUserId": id,
        "broadcasterIsAffiliate": false,
        "broadcasterIsPartner": false,
        "broadcastIsAffiliate": false,
        "broadcastIsPartner": false,
        "learned": base.settings.broadcaster.is_none(),
    });
    Map::from_iter([
        ("platforms".to_owned(), json!({ "twitch": twitch })),
        ("connected".to_owned(), json!(["twitch"])),
        ("disconnected".to_owned(), json!([])),
    ])
}

/// `GetActiveViewers`: all people with an id who were seen in this session and are not banned. The
/// last seen person is first.
pub(super) fn get_active_viewers(base: &Base, limit: Option<usize>) -> Map<String, Value> {
    let broadcaster = base.model.fold().broadcaster.ids();
    let since_ms = base.model.session().started_ms;
    let left_out = LeftOut::new(base.model.fold(), &base.settings.credits.ignore);
    let is_here = |who, known: &Known| {
        known.seen_ms >= since_ms && !known.id.is_empty() && !left_out.is_banned(who)
    };
    let limit = limit.unwrap_or(usize::MAX);
    let mut known: Vec<_> = base
        .model
        .fold()
        .people
        .entries()
        .filter(|(who, known)| is_here(*who, known))
        .collect();
    let last_heard_first = |(_, a): &(PersonId, &Known), (_, b): &(PersonId, &Known)| {
        b.seen_ms.cmp(&a.seen_ms).then_with(|| a.id.cmp(&b.id))
    };
    let is_cut = known.len() > limit;
    if is_cut {
        known.select_nth_unstable_by(limit, last_heard_first);
        known.truncate(limit);
    }
    known.sort_by(last_heard_first);
    let small = |name: &str| name.to_ascii_lowercase();
    let groups: Vec<(&str, HashSet<String>)> = base
        .settings
        .credits
        .groups
        .iter()
        .map(|(group, members)| {
            (
                &**group,
                members.iter().map(|member| small(member)).collect(),
            )
        })
        .collect();
    let viewers: Vec<_> = known
        .into_iter()
        .map(|(who, known)| {
            let owner = known.platform == Platform::Twitch && broadcaster.contains(&&*known.id);
            let roles = known.roles.when(owner, Roles::BROADCASTER);
            let active = time::time_stamp(known.seen_ms);
            let names = [&known.id, &known.login, &known.display].map(|name| small(name));
            let is_member = |(_, members): &&(&str, HashSet<String>)| {
                names.iter().any(|name| members.contains(name))
            };
            let groups: Vec<_> = groups
                .iter()
                .filter(is_member)
                .map(|(group, _)| *group)
                .collect();
            json!({
                "id": known.id,
                "login": known.login,
                "display": known.name(),
                "subscribed": roles.contains(Roles::SUBSCRIBER),
                "role": role_word(roles),
                "groups": groups,
                "channelPointsUsed": base.model.fold().leaderboards.points_of(who),
                "lastActive": active,
                "previousActive": active,
                "exempt": owner,
                "type": known.platform.as_str(),
            })
        })
        .collect();
    let count = viewers.len();
    let mut reply = counted("viewers", viewers.into(), count);
    if is_cut {
        reply.insert("limited".into(), true.into());
    }
    reply
}

/// `GetEmotes`: empty lists in the shape of each platform, because Twitchat does not report emotes.
pub(super) fn get_emotes(platform: request::Platform) -> Map<String, Value> {
    let mut emotes = json!({ "userEmotes": [], "bttvEmotes": [], "sevenTvEmotes": [] });
    if let (request::Platform::Twitch, Some(emotes)) = (platform, emotes.as_object_mut()) {
        emotes.insert("ffzEmotes".into(), json!([]));
    }
    Map::from_iter([("emotes".to_owned(), emotes)])
}

/// The reply to `GetUserPronouns` in Streamer.bot's shape. The pronouns are always unknown, because
/// Twitchat does not report any.
pub(super) fn no_pronouns(login: &str) -> Map<String, Value> {
    let mut pronoun: Map<_, _> = PRONOUN_TEXTS
        .iter()
        .map(|key| ((*key).to_owned(), Value::from("")))
        .collect();
    pronoun.insert("userFound".into(), false.into());
    Map::from_iter([
        ("userLogin".to_owned(), login.into()),
        ("pronoun".to_owned(), pronoun.into()),
    ])
}

/// An empty list with its count, for a request about a feature that the bridge does not have.
/// `variables` is an empty object.
pub(super) fn empty(key: &str) -> Map<String, Value> {
    counted(
        key,
        if key == "variables" {
            json!({})
        } else {
            json!([])
        },
        0,
    )
}

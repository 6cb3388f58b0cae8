//! The events that the bridge emits by itself. Clients may subscribe to many other events, which
//! only another program can publish. A client that subscribes to such an event might wait for ever,
//! so it gets a warning.

use crate::{
    event::{
        EventName,
        name::{self, TWITCHAT, catalogue},
    },
    input::{did_you_mean, nearest},
    twitchat::catalogue as types,
};

/// Maximum number of names that one warning lists.
const LISTED: usize = 10;

/// The events that the bridge makes from Twitchat's and OBS's messages and from its own state. A
/// test with the messages of every generation checks that the list is complete and has no other
/// events.
const BY_ITSELF: [(&str, &[&str]); 8] = [
    (
        "Credits",
        &["Started", "Completed", "Stopped", "Paused", "Resumed"],
    ),
    ("Custom", &["CodeEvent", "Event"]),
    ("General", &["Custom"]),
    (
        "Obs",
        &[
            "Connected",
            "CustomEvent",
            "Disconnected",
            "Event",
            "RecordingStarted",
            "RecordingStopped",
            "SceneChanged",
            "StreamingStarted",
            "StreamingStopped",
            "VendorEvent",
        ],
    ),
    ("Raw", &["Action", "ActionCompleted"]),
    (
        "Twitch",
        &[
            "AutomaticRewardRedemption",
            "ChatMessage",
            "ChatMessageDeleted",
            "Cheer",
            "FirstWord",
            "Follow",
            "GiftBomb",
            "GiftPaidUpgrade",
            "GiftSub",
            "PollCompleted",
            "PollCreated",
            "PollUpdated",
            "PredictionCanceled",
            "PredictionCompleted",
            "PredictionCreated",
            "PredictionLocked",
            "PredictionUpdated",
            "PrimePaidUpgrade",
            "Raid",
            "ReSub",
            "RewardRedemption",
            "StreamUpdate",
            "Sub",
            "Whisper",
        ],
    ),
    ("VoiceMod", &["VoiceLoaded"]),
    ("YouTube", &["FirstWords", "Message", "NewSubscriber"]),
];

/// Source and type of every event that the bridge emits by itself, except Twitchat's own messages
/// (`Twitchat.FOLLOW`).
pub fn by_itself() -> impl Iterator<Item = (&'static str, &'static str)> {
    BY_ITSELF
        .into_iter()
        .flat_map(|(source, kinds)| kinds.iter().map(move |kind| (source, *kind)))
}

/// Whether the bridge emits this event by itself. Case does not matter.
pub fn is_emitted(name: &EventName) -> bool {
    by_itself().any(|(source, kind)| name.is(source, kind))
}

/// A warning that the bridge never emits these events; `None` if `names` is empty.
pub fn never(names: &[String]) -> Option<String> {
    let listed = names.get(..LISTED).unwrap_or(names).join(", ");
    Some(match names.len() {
        0 => return None,
        1 => format!(
            "the bridge itself never emits {listed}: it comes only when another program publishes \
                it with PublishEvent"
        ),
        more => {
            let others = if more > LISTED {
                format!(" and {} more", more - LISTED)
            } else {
                String::new()
            };
            format!(
                "the bridge itself never emits {listed}{others}: they come only when another \
                    program publishes them with PublishEvent"
            )
        }
    })
}

/// A warning that this event may never arrive; `None` if the bridge emits it. Events of the source
/// `Custom` give no warning, because their names are the user's own.
pub fn doubt(name: &EventName) -> Option<String> {
    if name.source.eq_ignore_ascii_case(TWITCHAT) {
        return doubt_of_type(&name.kind);
    }
    if is_emitted(name) || name.source.eq_ignore_ascii_case("Custom") {
        return None;
    }
    if name.is_known() {
        return never(&[name.to_string()]);
    }
    let hint = did_you_mean(nearest_to(name).as_deref());
    Some(format!(
        "no event {name} is known: it comes only when another program publishes it with \
            PublishEvent{hint}"
    ))
}

fn nearest_to(name: &EventName) -> Option<String> {
    let known: Vec<_> = all().map(|known| known.to_string()).collect();
    nearest(&name.to_string(), known.iter().map(String::as_str)).map(ToOwned::to_owned)
}

/// The warning of [`doubt`] for a type of Twitchat's own messages.
pub fn doubt_of_type(kind: &str) -> Option<String> {
    let kind = kind.to_uppercase();
    if types::look_up(&kind).is_some() {
        return None;
    }
    let near = nearest(&kind, types::entries().iter().map(|entry| entry.name));
    Some(format!(
        "{kind} is not in any known version of Twitchat{}",
        did_you_mean(near)
    ))
}

/// The warning of [`doubt`] for a pattern with `*` or `?`. `written` is the text of the pattern,
/// and `matches` tests a name. The caller must check patterns for Twitchat's own messages.
pub fn doubt_of_pattern(written: &str, matches: impl Fn(&EventName) -> bool) -> Option<String> {
    let mut any = false;
    for known in all().filter(matches) {
        if is_emitted(&known) {
            return None;
        }
        any = true;
    }
    Some(if any {
        format!(
            "the bridge itself never emits an event that matches {written}: such events come only \
                when another program publishes them with \
             PublishEvent"
        )
    } else {
        format!("no known event matches {written}")
    })
}

/// Every event of the catalogue, and the bridge's own events. An event that is in both lists is
/// returned twice.
pub fn all() -> impl Iterator<Item = EventName> {
    let known = catalogue()
        .iter()
        .flat_map(|(source, kinds)| kinds.iter().map(move |kind| (&**source, &**kind)));
    known.chain(by_itself()).map(|(source, kind)| EventName {
        source: source.into(),
        kind: kind.into(),
    })
}

/// The catalogue's types of a source.
pub fn types_of(source: &str) -> impl Iterator<Item = EventName> {
    let of_source = name::catalogue()
        .iter()
        .filter(move |(known, _)| known.eq_ignore_ascii_case(source));
    of_source.flat_map(|(source, kinds)| {
        kinds.iter().map(|kind| EventName {
            source: source.clone(),
            kind: kind.clone(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<String> {
        doubt(&EventName::parse(name).unwrap())
    }

    #[test]
    fn an_event_that_only_other_programs_publish_causes_a_warning() {
        assert_eq!(of("twitch.follow"), None);
        assert_eq!(
            of("Twitch.ShoutoutCreated").unwrap(),
            "the bridge itself never emits Twitch.ShoutoutCreated: it comes only when another \
                program publishes it with PublishEvent"
        );
        assert_eq!(
            (
                of("Custom.Party"),
                of("Twitchat.ON_FOLLOW"),
                of("Credits.Completed")
            ),
            (None, None, None)
        );
    }

    #[test]
    fn names_that_nobody_knows_get_the_nearest_one() {
        let known = |name: &str| of(name).unwrap();
        assert!(
            known("Twich.Raid")
                .ends_with("publishes it with PublishEvent; did you mean Twitch.Raid?"),
            "{}",
            known("Twich.Raid")
        );
        assert_eq!(
            known("Acme.Boom"),
            "no event Acme.Boom is known: it comes only when another program publishes it with \
                PublishEvent"
        );
        assert_eq!(
            known("Twitchat.FOLOW"),
            "FOLOW is not in any known version of Twitchat; did you mean FOLLOW?"
        );
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        let names: Vec<_> = (0..12).map(|number| format!("A.{number}")).collect();
        assert_eq!(never(&[]), None);
        assert!(
            never(&names)
                .unwrap()
                .contains("A.9 and 2 more: they come only when")
        );
    }
}

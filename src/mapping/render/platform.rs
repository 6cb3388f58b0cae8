//! What each platform calls an event.

use serde_json::Map;

use crate::event::{EmittedEvent, EventName, Platform};

/// An event in the name of its person's platform. Streamer.bot has no events of TikTok, and a page
/// that thanks for `Twitch.Follow` must not get one of those: they are `General.Custom`, with the
/// platform, Twitch's word for what happened, and the data of Twitch's event.
pub fn of_platform(platform: Platform, event: EmittedEvent) -> EmittedEvent {
    if platform != Platform::TikTok || &*event.name.source != "Twitch" {
        return event;
    }
    let EmittedEvent { name, data } = event;
    let mut custom = Map::new();
    // Who it was, where every event has it.
    for key in ["userId", "userName", "displayName", "user"] {
        let nested = data
            .get("message")
            .and_then(|message| message.get(if key == "userName" { "username" } else { key }));
        custom.extend(
            data.get(key)
                .or(nested)
                .map(|value| (key.to_owned(), value.clone())),
        );
    }
    custom.extend([
        ("source".into(), platform.label().into()),
        ("type".into(), (&*name.kind).into()),
        ("data".into(), data),
    ]);
    EmittedEvent::new("General", "Custom", custom.into())
}

/// The name of a Twitch event as the platform of its person has it. A platform that has no such
/// event has Twitch's.
pub(super) fn name(platform: Platform, twitch: &str) -> EventName {
    let own = match (platform, twitch) {
        (Platform::YouTube, "Follow") => Some(EventName::new("YouTube", "NewSubscriber")),
        (Platform::YouTube, "ChatMessage") => Some(EventName::new("YouTube", "Message")),
        (Platform::YouTube, "FirstWord") => Some(EventName::new("YouTube", "FirstWords")),
        (Platform::Kick, kind) => Some(EventName::new("Kick", word(kind))),
        (Platform::Trovo, kind) => Some(EventName::new("Trovo", word(kind))),
        _ => None,
    };
    own.filter(EventName::is_known)
        .unwrap_or_else(|| EventName::new("Twitch", twitch))
}

/// What Kick and Trovo call a Twitch event.
fn word(twitch: &str) -> &str {
    match twitch {
        "FirstWord" => "FirstWords",
        "Sub" => "Subscription",
        "ReSub" => "Resubscription",
        "GiftSub" => "GiftSubscription",
        "GiftBomb" => "MassGiftSubscription",
        same => same,
    }
}

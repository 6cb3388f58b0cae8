use serde_json::Map;

use crate::event::{EmittedEvent, EventName, Platform};

/// Gives an event the name that the person's platform has for it. Streamer.bot has no events of
/// TikTok, and a page that thanks for `Twitch.Follow` must not receive one for a TikTok follower.
/// Such events become `General.Custom`, with the platform, Twitch's type, and the data of Twitch's
/// event.
pub fn of_platform(platform: Platform, event: EmittedEvent) -> EmittedEvent {
    if platform != Platform::TikTok || &*event.name.source != "Twitch" {
        return event;
    }
    let EmittedEvent { name, data } = event;
    let mut custom = Map::new();
    // These keys describe the person. Every event has them.
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

/// The name of a Twitch event on the person's platform. If the platform has no such event, the name
/// is Twitch's.
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

/// The type that Kick and Trovo use for a Twitch event.
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

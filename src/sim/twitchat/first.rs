//! The messages of Twitchat's first generation, 0.x to 6.x: chat messages with nested IRC tags, and
//! polls in the shape of Twitch's own API.
//!
//! Pure.

use serde_json::{Map, Value, json};

use super::channel::{Channel, Outgoing};
use super::moment::{Choice, Moment, Person, Vote, VotePhase};

/// The messages for a moment; empty if this generation has none.
pub(super) fn send_each(channel: &Channel, moment: &Moment, now_ms: i64) -> Vec<Outgoing> {
    match moment {
        Moment::Follow { who } => {
            vec![(
                "FOLLOW",
                Some(
                    json!({"user": {"display_name": who.display, "username": who.login,
                        "user_id": who.id}}),
                ),
            )]
        }
        Moment::FirstMessage { who, text } => {
            vec![("MESSAGE_FIRST", Some(tagged(channel, who, text, now_ms)))]
        }
        Moment::NonFollower { who, text } => vec![(
            "MESSAGE_NON_FOLLOWER",
            Some(tagged(channel, who, text, now_ms)),
        )],
        Moment::Poll { poll, set_up } => vec![(
            "POLL",
            Some(json!({"poll": helix(channel, poll, *set_up, "choices")})),
        )],
        Moment::Prediction { prediction, set_up } => {
            vec![(
                "PREDICTION",
                Some(json!({"prediction": helix(channel, prediction, *set_up, "outcomes")})),
            )]
        }
        _ => Vec::new(),
    }
}

/// A chat message in the shape of tmi.js.
fn tagged(channel: &Channel, who: &Person, text: &str, now_ms: i64) -> Value {
    let mut badges = Map::new();
    for (held, badge, version) in [
        (who.roles.moderator, "moderator", "1"),
        (who.roles.vip, "vip", "1"),
        (who.roles.subscriber, "subscriber", "3"),
    ] {
        badges.extend(held.then(|| (badge.to_owned(), version.into())));
    }
    json!({"message": {"channel": format!("#{}", channel.login), "message": text, "tags": {
        "user-id": who.id, "username": who.login, "display-name": who.display, "color": "#8A2BE2",
            "badges": badges,
        "mod": who.roles.moderator, "subscriber": who.roles.subscriber, "first-msg": false,
            "room-id": channel.id,
        "id": format!("{now_ms}-{}", who.id), "tmi-sent-ts": now_ms.to_string(),
            "message-type": "chat",
    }}})
}

/// A poll or a prediction in the shape of Twitch's own API.
fn helix(channel: &Channel, vote: &Vote, set_up: VotePhase, field: &str) -> Value {
    let status = match set_up {
        VotePhase::Begins | VotePhase::Goes => "ACTIVE",
        VotePhase::Locks => "LOCKED",
        VotePhase::Ends if field == "choices" => "COMPLETED",
        VotePhase::Ends => "RESOLVED",
        VotePhase::Cancelled => "CANCELED",
    };
    let shape = |(place, choice): (usize, &Choice)| {
        let Choice {
            label,
            votes,
            voters,
        } = choice;
        json!({"id": vote.choice_id(place), "title": label, "votes": votes,
            "channel_points": votes, "users": voters})
    };
    let choices: Vec<_> = vote.choices.iter().enumerate().map(shape).collect();
    let mut body = json!({
        "id": vote.id, "broadcaster_id": channel.id, "broadcaster_name": channel.login,
            "broadcaster_login": channel.login,
        "title": vote.title, "status": status, "duration": vote.duration_seconds,
            field: choices,
    });
    if let (Some(body), VotePhase::Ends, "outcomes") = (body.as_object_mut(), set_up, field) {
        body.insert(
            "winning_outcome_id".into(),
            vote.choice_id(vote.leader()).into(),
        );
    }
    body
}

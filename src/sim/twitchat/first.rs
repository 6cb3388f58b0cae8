//! The words of Twitchat's first generation, 0.x to 6.x: chat messages nested with IRC tags, polls
//! as Twitch's own API has them.
//!
//! Pure.

use serde_json::{Map, Value, json};

use super::channel::{Channel, Said};
use super::moment::{Ballot, Choice, Moment, Person, Stage};

/// Says one moment; nothing where this generation has no word for it.
pub(super) fn say(channel: &Channel, moment: &Moment, now_ms: i64) -> Vec<Said> {
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
        Moment::Poll { poll, stage } => vec![(
            "POLL",
            Some(json!({"poll": helix(channel, poll, *stage, "choices")})),
        )],
        Moment::Prediction { prediction, stage } => {
            vec![(
                "PREDICTION",
                Some(json!({"prediction": helix(channel, prediction, *stage, "outcomes")})),
            )]
        }
        _ => Vec::new(),
    }
}

/// A chat message as tmi.js had it.
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

/// A poll or a prediction as Twitch's own API has it.
fn helix(channel: &Channel, ballot: &Ballot, stage: Stage, field: &str) -> Value {
    let status = match stage {
        Stage::Begins | Stage::Goes => "ACTIVE",
        Stage::Locks => "LOCKED",
        Stage::Ends if field == "choices" => "COMPLETED",
        Stage::Ends => "RESOLVED",
        Stage::Cancelled => "CANCELED",
    };
    let told = |(place, choice): (usize, &Choice)| {
        let Choice {
            label,
            votes,
            voters,
        } = choice;
        json!({"id": ballot.choice_id(place), "title": label, "votes": votes,
            "channel_points": votes, "users": voters})
    };
    let choices: Vec<_> = ballot.choices.iter().enumerate().map(told).collect();
    let mut body = json!({
        "id": ballot.id, "broadcaster_id": channel.id, "broadcaster_name": channel.login,
            "broadcaster_login": channel.login,
        "title": ballot.title, "status": status, "duration": ballot.duration_seconds,
            field: choices,
    });
    if let (Some(body), Stage::Ends, "outcomes") = (body.as_object_mut(), stage, field) {
        body.insert(
            "winning_outcome_id".into(),
            ballot.choice_id(ballot.leader()).into(),
        );
    }
    body
}

//! A chat message on the overlay.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Answer, Shape,
    check::{DataError, What},
    overlays::NAMESPACE,
};

words! {
    /// A place on the screen.
    Position: POSITIONS {
        /// Top left.
        TopLeft = "tl",
        /// Top.
        Top = "t",
        /// Top right.
        TopRight = "tr",
        /// Left.
        Left = "l",
        /// The middle.
        Middle = "m",
        /// Right.
        Right = "r",
        /// Bottom left.
        BottomLeft = "bl",
        /// Bottom.
        Bottom = "b",
        /// Bottom right.
        BottomRight = "br",
    }
    /// The platform of a person.
    Platform: PLATFORMS {
        /// Twitchat itself.
        Twitchat = "twitchat",
        /// Twitch.
        Twitch = "twitch",
        /// Instagram.
        Instagram = "instagram",
        /// YouTube.
        YouTube = "youtube",
        /// TikTok.
        TikTok = "tiktok",
        /// Facebook.
        Facebook = "facebook",
        /// Kick.
        Kick = "kick",
        /// Bluesky.
        Bluesky = "bluesky",
    }
}

parts! {
    /// The place at which something is shown.
    Place: PLACE {
        must {
            /// The place: t for top, b for bottom, l for left, r for right, m for the middle.
            position: Position as ["position"] = Shape::OneOf(POSITIONS), example "\"bl\"";
        }
    }
    /// The author of a message.
    HighlightUser: HIGHLIGHT_USER {
        may {
            /// The person's id.
            id: String as ["id"] = Shape::Text, example "\"101337420\"";
            /// The platform of the person.
            platform: Platform as ["platform"] = Shape::OneOf(PLATFORMS), example "\"twitch\"";
            /// The login.
            login: String as ["login"] = Shape::Text, example "\"marla_quartz\"";
            /// The name in the form in which it is shown.
            display_name: String as ["displayName"] = Shape::Text, example "\"Marla_Quartz\"";
            /// The name as the person writes it.
            original_name: String as ["displayNameOriginal"] = Shape::Text,
                example "\"Marla_Quartz\"";
            /// The address of a picture.
            avatar: String as ["avatarPath"] = Shape::Text;
            /// A colour, as in CSS.
            color: String as ["color"] = Shape::Text;
        }
        more {
            /// Other fields that Twitchat or Twitch has for the person.
            more
        }
    }
}

actions! { HIGHLIGHTS:
    /// Shows a chat message on the overlay. Without any data, it hides the message on the overlay.
    SetChatHighlightOverlayMessage: SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE =
        ["SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE"] {
        may {
            /// The message; HTML is possible.
            message: String as ["message"] = Shape::Text, example "\"that jump was \
                <strong>clean</strong>\"";
            /// The author, in the format of Twitchat or of Twitch's API.
            user: HighlightUser as ["user"] = Shape::Open(HIGHLIGHT_USER), example
                r#"{"id":"101337420","platform":"twitch","login":"marla_quartz",
                    "displayName":"Marla_Quartz","displayNameOriginal":"Marla_Quartz"}"#;
            /// The place on the screen.
            params: Place as ["params"] = Shape::Object(PLACE), example r#"{"position":"bl"}"#;
            /// An id for the message; made from the text if absent.
            message_id: String as ["message_id"] = Shape::Words, example "\"m-1\"";
            /// The time of the message, in Unix milliseconds.
            date: i64 as ["date"] = Shape::TIME;
            /// The text that shows the time, with {MIN} for the minutes.
            date_label: String as ["dateLabel"] = Shape::Text;
            /// The look of the overlay.
            skin: String as ["skin"] = Shape::Text;
        }
    } with {
        needs: "the overlay for messages and clips", before: Some(complete),
            after: Some(all_or_nothing),
        answers: &[Answer::of("CHAT_HIGHLIGHT_OVERLAY_CONFIRM")],
    }
}

/// Fills in an id and the names that Twitchat reads. Twitchat hides a message without an id at
/// once, and does not read the keys that Twitch's API has for a person.
#[expect(
    clippy::unnecessary_wraps,
    reason = "all functions in a row have the same type"
)]
fn complete(data: &mut Map<String, Value>) -> Result<(), DataError> {
    if let Some(Value::String(message)) = data.get("message") {
        let id = Uuid::new_v5(&NAMESPACE, message.as_bytes()).to_string();
        data.entry("message_id").or_insert_with(|| id.into());
    }
    if let Some(Value::Object(user)) = data.get_mut("user") {
        if let Some(name) = user
            .get("display_name")
            .filter(|name| name.is_string())
            .cloned()
        {
            user.entry("displayNameOriginal")
                .or_insert_with(|| name.clone());
            user.entry("displayName").or_insert(name);
        }
        if let Some(picture) = user
            .get("profile_image_url")
            .filter(|picture| picture.is_string())
            .cloned()
        {
            user.entry("avatarPath").or_insert(picture);
        }
        user.entry("platform").or_insert_with(|| json!("twitch"));
    }
    Ok(())
}

/// Requires a text and a place, without which Twitchat shows nothing. Empty data is allowed and
/// hides the message.
fn all_or_nothing(data: &mut Map<String, Value>) -> Result<(), DataError> {
    if data.is_empty() {
        return Ok(());
    }
    for (key, shape) in [("message", Shape::Text), ("params", Shape::Object(PLACE))] {
        if !data.contains_key(key) {
            return Err(DataError {
                path: key.into(),
                allowed: shape.to_string(),
                what: What::Missing,
            });
        }
    }
    Ok(())
}

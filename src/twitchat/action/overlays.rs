//! Actions on Twitchat's overlays (wheel, animated texts, bingo grid), and messages with which
//! another program can stand in for an overlay.

use serde_json::{Map, Value};
use uuid::{Uuid, uuid};

use super::{
    Answer, Param, Shape,
    check::{DataError, What, shown},
};

const WHEEL: &str = "the wheel overlay";
const ANIMATED_TEXT: &str = "the animated text overlay";
const BINGO_GRID: &str = "the bingo grid overlay";
/// Namespace for generated ids. The ids are derived from the data, so equal data gets equal ids.
pub(super) const NAMESPACE: Uuid = uuid!("b3a7ce0e-39cf-5b1f-8b0f-0f2d6b1f6a52");

parts! {
    /// A field of the wheel.
    WheelItem: WHEEL_ITEM {
        must {
            /// The id of the field.
            id: String as ["id"] = Shape::Id;
            /// The text on the field.
            label: String as ["label"] = Shape::Text;
        }
        may {
            /// Any other data; 17 drops it.
            data: Value as ["data"] = Shape::Any;
        }
    }
}

actions! { OVERLAYS:
    /// Turns the wheel until it stops at the winner.
    WheelOverlayStart: WHEEL_OVERLAY_START = ["WHEEL_OVERLAY_START" / "SET_WHEEL_OVERLAY_START"] {
        must {
            /// The fields of the wheel.
            items: Vec<WheelItem> as ["items"] = Shape::List { of: &Shape::Object(WHEEL_ITEM),
                least: 1 },
                example r#"[{"id":"a","label":"Sing"},{"id":"b","label":"Dance"}]"#;
            /// The id of the field where it stops.
            winner: String as ["winner"] = Shape::Id, example "\"b\"";
        }
        may {
            /// An id that the result repeats; generated if absent.
            session: String as ["sessionId"] = Shape::Text;
            /// The look of the wheel.
            skin: String as ["skin"] = Shape::Text;
        }
    } with { needs: WHEEL, after: Some(winner), answers: &[Answer::with("RAFFLE_RESULT",
        "sessionId", "/sessionId")] }

    /// Shows an animated text.
    AnimatedTextSet: ANIMATED_TEXT_SET = ["ANIMATED_TEXT_SET" / "SET_ANIMATED_TEXT_CONTENT"] {
        must {
            /// The id of the overlay.
            overlay: String as ["overlayId" / "id"] = Shape::Id;
            /// An id that the answers repeat.
            query: String as ["queryId" / "queryId"] = Shape::Id, example "\"q-1\"";
            /// The text; HTML is possible.
            text: String as ["text" / "text"] = Shape::Text, example "\"Welcome!\"";
        }
        may {
            /// Whether the text hides by itself.
            auto_hide: bool as ["autoHide" / "autoHide"] = Shape::Flag, example "true";
            /// Whether the text is shown before all others.
            bypass_all: bool as ["bypassAll" / "bypassAll"] = Shape::Flag;
        }
    } with {
        needs: ANIMATED_TEXT,
        answers: &[
            Answer::with("ANIMATED_TEXT_SHOW_COMPLETE", "queryId", "/queryId"),
            Answer::with("ANIMATED_TEXT_HIDE_COMPLETE", "queryId", "/queryId"),
        ],
    }

    /// Hides an animated text.
    AnimatedTextClose: ANIMATED_TEXT_CLOSE = ["ANIMATED_TEXT_CLOSE" / "ON_ANIMATED_TEXT_CLOSE"] {
        must {
            /// The id of the overlay.
            overlay: String as ["overlayId" / "id"] = Shape::Id;
            /// The id that was given when the text was shown.
            query: String as ["queryId" / "queryId"] = Shape::Id, example "\"q-1\"";
        }
    } with { needs: ANIMATED_TEXT, answers: &[Answer::with("ANIMATED_TEXT_HIDE_COMPLETE",
        "queryId", "/queryId")] }

    /// Shows or hides the bingo grid.
    SetBingoGridVisibility: SET_BINGO_GRID_VISIBILITY = ["SET_BINGO_GRID_VISIBILITY" in 17] {
        may {
            /// The new state; the opposite of the current one if absent.
            show: bool as ["show" in 17] = Shape::Flag, example "true";
        }
    } with { needs: BINGO_GRID, akin: &["BINGO_TOGGLE"] }

    /// The action of Twitchat's own Stream Deck plugin to show an animated text. Use
    /// `SET_ANIMATED_TEXT_CONTENT` instead.
    SetAnimatedTextContentFromSd: SET_ANIMATED_TEXT_CONTENT_FROM_SD =
        ["SET_ANIMATED_TEXT_CONTENT_FROM_SD" in 17] {
        must {
            /// The id of the overlay.
            overlay: String as ["id" in 17] = Shape::Id;
            /// An id that the answers repeat.
            query: String as ["queryId" in 17] = Shape::Id, example "\"q-1\"";
            /// The text; HTML is possible.
            text: String as ["text" in 17] = Shape::Text, example "\"Welcome!\"";
        }
        may {
            /// Whether the text hides by itself.
            auto_hide: bool as ["autoHide" in 17] = Shape::Flag;
            /// Whether the text is shown before all others.
            bypass_all: bool as ["bypassAll" in 17] = Shape::Flag;
        }
    } with { needs: ANIMATED_TEXT, akin: &["ANIMATED_TEXT_SET"] }

    /// The action of Twitchat's own Stream Deck plugin to show the bingo grid. Use
    /// `SET_BINGO_GRID_VISIBILITY` instead.
    SetBingoGridVisibilityFromSd: SET_BINGO_GRID_VISIBILITY_FROM_SD =
        ["SET_BINGO_GRID_VISIBILITY_FROM_SD" in 17] {
        may {
            /// The new state; the opposite of the current one if absent.
            show: bool as ["show" in 17] = Shape::Flag, example "true";
        }
    } with { needs: BINGO_GRID, akin: &["BINGO_TOGGLE"] }

    /// Reports that the sender is an open bingo grid overlay.
    BingoGridOverlayPresence: BINGO_GRID_OVERLAY_PRESENCE =
        ["BINGO_GRID_OVERLAY_PRESENCE" / "SET_BINGO_GRID_OVERLAY_PRESENCE"] {
        may {
            /// The id of the grid; 17 does not use it.
            grid: String as ["bid" to 16] = Shape::Id;
        }
    } with { drops: &["bid"] }
}

plain! { PLAYED:
    /// Reports that the sender is an open credits overlay. Twitchat then shows controls for the
    /// credits.
    ["CREDITS_OVERLAY_PRESENCE" / "SET_ENDING_CREDITS_PRESENCE"];
    /// Reports that the sender is an open overlay for messages and clips.
    ["CHAT_HIGHLIGHT_OVERLAY_PRESENCE" / "SET_CHAT_HIGHLIGHT_OVERLAY_PRESENCE"];
    /// Starts the credits overlay with this data, in the shape of the answer to `GET_SUMMARY_DATA`.
    ["SUMMARY_DATA" / "SET_ENDING_CREDITS_DATA"] with { needs: "the credits overlay",
        params: SUMMARY };
}

const fn summary(key: &'static str, about: &'static str, shape: Shape, required: bool) -> Param {
    Param {
        key,
        keys: super::Names {
            old: Some(key),
            new: Some(key),
        },
        about,
        shape,
        required,
        default: None,
        example: None,
    }
}

const fn list(key: &'static str, about: &'static str) -> Param {
    summary(key, about, Shape::LIST, true)
}

const SUMMARY: &[Param] = &[
    summary(
        "streamDuration",
        "Milliseconds; 0 in nearly every case.",
        Shape::TIME,
        true,
    ),
    list("follows", "New followers."),
    list("raids", "Raids."),
    list("subs", "New subscribers."),
    list("resubs", "Renewed subscriptions."),
    list("subgifts", "Subscriptions given to others."),
    list("bits", "Cheers."),
    list("hypeChats", "Empty."),
    list("rewards", "Rewards of the channel."),
    list("shoutouts", "Shoutouts given and received."),
    list("hypeTrains", "Hype trains."),
    list("polls", "Polls."),
    list("predictions", "Predictions."),
    list(
        "chatters",
        "People who wrote in chat, were banned or were timed out.",
    ),
    list("tips", "Tips."),
    list("merch", "Merchandise."),
    list("powerups", "Power-ups."),
    list("superChats", "Super Chats."),
    list("superStickers", "Super Stickers."),
    list("tiktokGifts", "Gifts on TikTok."),
    list("tiktokLikes", "Likes on TikTok."),
    list("tiktokShares", "Shares on TikTok."),
    list("patreonMembers", "Members on Patreon."),
    summary("labels", "Texts of the overlay.", Shape::Open(&[]), true),
    summary("params", "How the overlay looks.", Shape::Open(&[]), false),
    summary(
        "premiumWarningSlots",
        "Sections that are not shown to all.",
        Shape::Open(&[]),
        false,
    ),
];

/// Requires the winner to be one of the items, because an overlay ignores any other winner. Adds a
/// session if there is none. Equal data gets equal sessions.
fn winner(data: &mut Map<String, Value>) -> Result<(), DataError> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let winner = text(data.get("winner")).unwrap_or_default();
    let items: Vec<_> = data
        .get("items")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    let ids: Vec<_> = items
        .iter()
        .filter_map(|item| text(item.get("id")))
        .collect();
    if !ids.contains(&winner) {
        let labelled = |item: &&&Value| text(item.get("label")).as_ref() == Some(&winner);
        let nearest = items
            .iter()
            .find(labelled)
            .and_then(|item| text(item.get("id")))
            .into_iter()
            .collect();
        let allowed = format!("the id of one of the items: {}", shown(&ids.join(", ")));
        return Err(DataError {
            path: "winner".into(),
            allowed,
            what: What::NotOneOf(shown(&winner), nearest),
        });
    }
    if !data.contains_key("sessionId") {
        let name = Value::Object(data.clone()).to_string();
        data.insert(
            "sessionId".into(),
            Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string().into(),
        );
    }
    Ok(())
}

//! A message that only the streamer sees, with buttons.

use serde::{Deserialize, Serialize};

use super::{Shape, row::CHAT};

words! {
    /// How a message looks.
    MessageStyle: MESSAGE_STYLES {
        /// As any message.
        Message = "message",
        /// In colour.
        Highlight = "highlight",
        /// As an error.
        Error = "error",
        /// As a warning.
        Warning = "warn",
    }
    /// What a button does.
    ButtonKind: BUTTON_KINDS {
        /// Opens a page.
        Page = "url",
        /// Runs a trigger.
        Trigger = "trigger",
        /// Writes into the chat.
        Message = "message",
        /// Writes to Discord.
        Discord = "discord",
    }
    /// How a button looks.
    ButtonTheme: BUTTON_THEMES {
        /// As any button.
        Default = "default",
        /// As the one to press.
        Primary = "primary",
        /// As the other one.
        Secondary = "secondary",
        /// As one to think about.
        Alert = "alert",
        /// Light.
        Light = "light",
        /// Plain.
        Plain = "",
    }
}

/// One column of the chat or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// This one, from 0.
    One(u32),
    /// These.
    Several(Vec<u32>),
}

impl From<u32> for Columns {
    fn from(column: u32) -> Self {
        Self::One(column)
    }
}

const COLUMNS: Shape = Shape::Either(&[
    Shape::COLUMN,
    Shape::List {
        of: &Shape::COLUMN,
        least: 1,
    },
]);

parts! {
    /// Who seems to write a message.
    Sender: SENDER {
        must {
            /// Any name.
            name: String as ["name"] = Shape::Text, example "\"Credits\"";
        }
        may {
            /// Its colour, as in CSS.
            color: String as ["color"] = Shape::Text;
        }
    }
    /// A button under a message.
    Button: BUTTON {
        must {
            /// What stands on it.
            label: String as ["label"] = Shape::Text, example "\"Roll\"";
        }
        may {
            /// An icon on it.
            icon: String as ["icon"] = Shape::Icon;
            /// What it does.
            kind: ButtonKind as ["actionType"] = Shape::OneOf(BUTTON_KINDS), example "\"url\"";
            /// The page that it opens.
            url: String as ["url"] = Shape::Text, example "\"https://example.com/\"";
            /// In which window.
            target: String as ["urlTarget"] = Shape::Text;
            /// The trigger that it runs.
            trigger: String as ["triggerId"] = Shape::Id;
            /// What it writes.
            message: String as ["message"] = Shape::Text;
            /// How it looks.
            theme: ButtonTheme as ["theme"] = Shape::OneOf(BUTTON_THEMES);
            /// Whatever the button carries.
            data: serde_json::Value as ["data"] = Shape::Any;
        }
    }
}

actions! { CHAT_MESSAGES:
    /// Puts a message into Twitchat's chat that only the streamer sees.
    CustomChatMessage: CUSTOM_CHAT_MESSAGE =
        ["CUSTOM_CHAT_MESSAGE" / "SET_SEND_CUSTOM_CHAT_MESSAGE"] {
        may {
            /// What it says.
            message: String as ["message"] = Shape::Text, example "\"The credits are ready\"";
            /// Who seems to write it.
            user: Sender as ["user"] = Shape::Object(SENDER);
            /// An icon beside it.
            icon: String as ["icon"] = Shape::Icon, example "\"credits\"";
            /// How it looks.
            style: MessageStyle as ["style"] = Shape::OneOf(MESSAGE_STYLES),
                example "\"highlight\"";
            /// The colour of a highlight, as in CSS.
            highlight_color: String as ["highlightColor"] = Shape::Text;
            /// A text in a box of its own.
            quote: String as ["quote"] = Shape::Text;
            /// Whether it can be closed.
            can_close: bool as ["canClose"] = Shape::Flag, default "true";
            /// Whether it also stands in the list of people to greet.
            today_first: bool as ["todayFirst"] = Shape::Flag, default "false";
            /// The column of the chat, from 0, or a list of columns.
            columns: Columns as ["col"] = COLUMNS, default "0";
            /// Buttons under it.
            actions: Vec<Button> as ["actions"] = Shape::List { of: &Shape::Object(BUTTON),
                least: 0 };
        }
    } with { needs: CHAT }
}

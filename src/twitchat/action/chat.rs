//! A message that only the streamer sees, with buttons.

use serde::{Deserialize, Serialize};

use super::{Shape, row::CHAT};

words! {
    /// The style of a message.
    MessageStyle: MESSAGE_STYLES {
        /// Looks like any other message.
        Message = "message",
        /// Has a colour.
        Highlight = "highlight",
        /// Looks like an error.
        Error = "error",
        /// Looks like a warning.
        Warning = "warn",
    }
    /// The action of a button.
    ButtonKind: BUTTON_KINDS {
        /// Opens a page.
        Page = "url",
        /// Runs a trigger.
        Trigger = "trigger",
        /// Sends a message to the chat.
        Message = "message",
        /// Sends a message to Discord.
        Discord = "discord",
    }
    /// The look of a button.
    ButtonTheme: BUTTON_THEMES {
        /// Looks like any other button.
        Default = "default",
        /// Looks like the button that is meant to be pressed.
        Primary = "primary",
        /// Looks like an alternative to the main button.
        Secondary = "secondary",
        /// Looks like a button that should be pressed with care.
        Alert = "alert",
        /// Has light colours.
        Light = "light",
        /// Has no decoration.
        Plain = "",
    }
}

/// One column of the chat or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// One column, counted from 0.
    One(u32),
    /// Several columns, counted from 0.
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
    /// The person who is shown as the author of a message.
    Sender: SENDER {
        must {
            /// The name that is shown.
            name: String as ["name"] = Shape::Text, example "\"Credits\"";
        }
        may {
            /// The colour of the name, as in CSS.
            color: String as ["color"] = Shape::Text;
        }
    }
    /// A button under a message.
    Button: BUTTON {
        must {
            /// The text on the button.
            label: String as ["label"] = Shape::Text, example "\"Roll\"";
        }
        may {
            /// An icon on the button.
            icon: String as ["icon"] = Shape::Icon;
            /// The action of the button.
            kind: ButtonKind as ["actionType"] = Shape::OneOf(BUTTON_KINDS), example "\"url\"";
            /// The page that the button opens.
            url: String as ["url"] = Shape::Text, example "\"https://example.com/\"";
            /// The window in which the page opens.
            target: String as ["urlTarget"] = Shape::Text;
            /// The trigger that the button runs.
            trigger: String as ["triggerId"] = Shape::Id;
            /// The message that the button sends.
            message: String as ["message"] = Shape::Text;
            /// The look of the button.
            theme: ButtonTheme as ["theme"] = Shape::OneOf(BUTTON_THEMES);
            /// Any other data.
            data: serde_json::Value as ["data"] = Shape::Any;
        }
    }
}

actions! { CHAT_MESSAGES:
    /// Shows a message in Twitchat's chat that only the streamer sees.
    CustomChatMessage: CUSTOM_CHAT_MESSAGE =
        ["CUSTOM_CHAT_MESSAGE" / "SET_SEND_CUSTOM_CHAT_MESSAGE"] {
        may {
            /// The text of the message.
            message: String as ["message"] = Shape::Text, example "\"The credits are ready\"";
            /// The person who is shown as its author.
            user: Sender as ["user"] = Shape::Object(SENDER);
            /// An icon beside the message.
            icon: String as ["icon"] = Shape::Icon, example "\"credits\"";
            /// The style of the message.
            style: MessageStyle as ["style"] = Shape::OneOf(MESSAGE_STYLES),
                example "\"highlight\"";
            /// The colour if the style is `highlight`, as in CSS.
            highlight_color: String as ["highlightColor"] = Shape::Text;
            /// A text in a separate box.
            quote: String as ["quote"] = Shape::Text;
            /// Whether the streamer can close the message.
            can_close: bool as ["canClose"] = Shape::Flag, default "true";
            /// Whether the message also appears in the list of people to greet.
            today_first: bool as ["todayFirst"] = Shape::Flag, default "false";
            /// The column of the chat, from 0, or a list of columns.
            columns: Columns as ["col"] = COLUMNS, default "0";
            /// Buttons below the message.
            actions: Vec<Button> as ["actions"] = Shape::List { of: &Shape::Object(BUTTON),
                least: 0 };
        }
    } with { needs: CHAT }
}

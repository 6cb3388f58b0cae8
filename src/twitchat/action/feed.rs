//! The chat and the list of people to greet: reading, scrolling, and actions on a selected message.

use super::{
    Shape,
    row::{CHAT, Irreversible},
    turn,
};

words! {
    /// The unit of scrolling.
    ScrollMode: SCROLL_MODES {
        /// Messages.
        Messages = "messages",
        /// Pixels.
        Pixels = "pixels",
    }
}

const BANS_FOR_GOOD: Irreversible = Irreversible {
    when: |data| !data.contains_key("duration"),
    does: "it bans for good unless a duration is given",
};

actions! { FEED:
    /// Removes people from the top of the list of people to greet.
    GreetFeedRead: GREET_FEED_READ = ["GREET_FEED_READ" / "SET_GREET_FEED_READ"] {
        may {
            /// The number of people.
            count: u32 as ["count" / "messageCount"] = Shape::COUNT, default "1", example "5";
        }
    } with { needs: CHAT }

    /// Moves the mark of the last message that has been read; a negative count moves it back.
    ChatFeedRead: CHAT_FEED_READ = ["CHAT_FEED_READ" / "SET_CHAT_FEED_READ"] {
        may {
            /// The number of messages.
            count: i64 as ["count" / "count"] = Shape::Steps, default "1", example "5";
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Marks everything as read. Sent again, it removes the mark.
    ChatFeedReadAll: CHAT_FEED_READ_ALL = ["CHAT_FEED_READ_ALL" / "SET_CHAT_FEED_READ_ALL"] {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
            /// The message in view that gets the mark, counted from 0; the last one if absent. 17
            /// always uses the last one.
            count: u32 as ["count" to 16] = Shape::Whole { least: 0, most: super::shape::MANY };
        }
    } with { needs: CHAT, drops: &["count"] }

    /// Pauses the chat.
    ChatFeedPause: CHAT_FEED_PAUSE = ["CHAT_FEED_PAUSE" to 16] {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" to 16] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, turn: Some(turn::pause) }

    /// Resumes the chat, at its end.
    ChatFeedUnpause: CHAT_FEED_UNPAUSE = ["CHAT_FEED_UNPAUSE" to 16] {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" to 16] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, turn: Some(turn::unpause) }

    /// Pauses or resumes the chat.
    SetChatFeedPauseState: SET_CHAT_FEED_PAUSE_STATE = ["SET_CHAT_FEED_PAUSE_STATE" in 17] {
        may {
            /// The new state; the opposite of the current one if absent.
            pause: bool as ["pause" in 17] = Shape::Flag, example "true";
            /// The column of the chat, from 0.
            column: u32 as ["colIndex" in 17] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, turn: Some(turn::pause_state) }

    /// Scrolls the chat up.
    ChatFeedScrollUp: CHAT_FEED_SCROLL_UP = ["CHAT_FEED_SCROLL_UP" to 16] {
        may {
            /// The number of pixels.
            scroll_by: f64 as ["scrollBy" to 16] = Shape::ANY_NUMBER, default "100", example "250";
            /// The column of the chat, from 0.
            column: u32 as ["col" to 16] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, turn: Some(turn::scroll_up) }

    /// Scrolls the chat down.
    ChatFeedScrollDown: CHAT_FEED_SCROLL_DOWN = ["CHAT_FEED_SCROLL_DOWN" to 16] {
        may {
            /// The number of pixels.
            scroll_by: f64 as ["scrollBy" to 16] = Shape::ANY_NUMBER, default "100", example "250";
            /// The column of the chat, from 0.
            column: u32 as ["col" to 16] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, turn: Some(turn::scroll_down) }

    /// Scrolls the chat by messages; a negative number scrolls up.
    ChatFeedScroll: CHAT_FEED_SCROLL = ["CHAT_FEED_SCROLL" to 16] {
        may {
            /// The number of messages.
            scroll_by: f64 as ["scrollBy" to 16] = Shape::ANY_NUMBER, default "100", example "-4";
            /// The column of the chat, from 0.
            column: u32 as ["col" to 16] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, turn: Some(turn::scroll) }

    /// Scrolls the chat; a negative number scrolls up.
    SetChatFeedScroll: SET_CHAT_FEED_SCROLL = ["SET_CHAT_FEED_SCROLL" in 17] {
        must {
            /// The unit of `scrollBy`.
            mode: ScrollMode as ["mode" in 17] = Shape::OneOf(SCROLL_MODES), example "\"pixels\"";
        }
        may {
            /// The distance; 0 counts as 100.
            scroll_by: f64 as ["scrollBy" in 17] = Shape::ANY_NUMBER, default "100", example "-250";
            /// The column of the chat, from 0.
            column: u32 as ["colIndex" in 17] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, turn: Some(turn::scroll_by_mode) }

    /// Scrolls the chat to its end.
    ChatFeedScrollBottom: CHAT_FEED_SCROLL_BOTTOM =
        ["CHAT_FEED_SCROLL_BOTTOM" / "SET_CHAT_FEED_SCROLL_BOTTOM"] {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Selects a message, counted up (negative) or down from the selected one. The selection ends
    /// by itself after 5 s.
    ChatFeedSelect: CHAT_FEED_SELECT = ["CHAT_FEED_SELECT" / "SET_CHAT_FEED_SELECT"] {
        must {
            /// The number of messages to move.
            count: i64 as ["count" / "direction"] = Shape::Steps, example "-1";
        }
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Keeps the selection for another 5 s.
    ChatFeedSelectChoosingAction: CHAT_FEED_SELECT_CHOOSING_ACTION =
        ["CHAT_FEED_SELECT_CHOOSING_ACTION" / "SET_CHAT_FEED_SELECT_CHOOSING_ACTION"]
    {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Ends the selection.
    ChatFeedSelectActionCancel: CHAT_FEED_SELECT_ACTION_CANCEL =
        ["CHAT_FEED_SELECT_ACTION_CANCEL" / "SET_CHAT_FEED_SELECT_ACTION_CANCEL"]
    {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Deletes the selected message.
    ChatFeedSelectActionDelete: CHAT_FEED_SELECT_ACTION_DELETE =
        ["CHAT_FEED_SELECT_ACTION_DELETE" / "SET_CHAT_FEED_SELECT_ACTION_DELETE"]
    {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Bans the author of the selected message, for a limited time or permanently.
    ChatFeedSelectActionBan: CHAT_FEED_SELECT_ACTION_BAN =
        ["CHAT_FEED_SELECT_ACTION_BAN" / "SET_CHAT_FEED_SELECT_ACTION_BAN"] {
        may {
            /// The number of seconds; permanent if absent. Twitch allows two weeks.
            duration: u32 as ["duration" / "duration"] = Shape::Whole { least: 1,
                most: 1_209_600 }, example "600";
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT, irreversible: Some(BANS_FOR_GOOD) }

    /// Saves the selected message, or removes it from the saved ones.
    ChatFeedSelectActionPin: CHAT_FEED_SELECT_ACTION_PIN =
        ["CHAT_FEED_SELECT_ACTION_PIN" / "SET_CHAT_FEED_SELECT_ACTION_SAVE"] {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Shows the selected message on the overlay. Sent again, it hides the message.
    ChatFeedSelectActionHighlight: CHAT_FEED_SELECT_ACTION_HIGHLIGHT =
        ["CHAT_FEED_SELECT_ACTION_HIGHLIGHT" / "SET_CHAT_FEED_SELECT_ACTION_HIGHLIGHT"]
    {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }

    /// Gives a shoutout to the author of the selected message.
    ChatFeedSelectActionShoutout: CHAT_FEED_SELECT_ACTION_SHOUTOUT =
        ["CHAT_FEED_SELECT_ACTION_SHOUTOUT" / "SET_CHAT_FEED_SELECT_ACTION_SHOUTOUT"]
    {
        may {
            /// The column of the chat, from 0.
            column: u32 as ["col" / "colIndex"] = Shape::COLUMN, default "0";
        }
    } with { needs: CHAT }
}

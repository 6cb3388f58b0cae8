//! All actions and questions of Twitchat: the catalogue of actions, their typed forms, the checks
//! before one is sent, and the translation between the names of Twitchat's generations.
//!
//! An [`Action`] is one row with its names and keys up to 16.x and in 17. If an action has no
//! direct counterpart in Twitchat 17, the old and the new action have separate rows, and `turn`
//! translates between them. The typed forms ([`ChatFeedRead`], [`ShowClip`] …) are made from the
//! same declaration as the row. Every sender (the command line, the bridge, rules) calls `prepare`,
//! or [`Order::prepare`] on a typed form.

#[macro_use]
mod declare;

mod amount;
mod catalogue;
mod chat;
mod check;
mod clip;
mod commands;
mod explain;
mod feed;
mod highlight;
mod icons;
mod naming;
mod overlays;
mod panels;
mod prepare;
mod problem;
mod questions;
mod row;
mod shape;
#[cfg(test)]
mod tests;
mod turn;

pub use amount::Amount;
pub use catalogue::{actions, answer_of, find};
pub use chat::{Button, ButtonKind, ButtonTheme, Columns, CustomChatMessage, MessageStyle, Sender};
pub use clip::{Clip, ShowClip};
pub use commands::{
    CountdownAdd, CounterAction, CounterAdd, EndingCreditsControl, ExecuteTrigger, PlaySfxr,
    QnaHighlight, QnaSkip, SendMessage, SetChatPollStart, SetEmergencyMode,
    SetStreamdeckAuthenticate, SetTriggerState, SetVoiceControlState, TimerAdd, ToggleTrigger,
    TriggerAction,
};
pub use explain::{Explanation, Named, Parameter};
pub use feed::{
    ChatFeedPause, ChatFeedRead, ChatFeedReadAll, ChatFeedScroll, ChatFeedScrollBottom,
    ChatFeedScrollDown, ChatFeedScrollUp, ChatFeedSelect, ChatFeedSelectActionBan,
    ChatFeedSelectActionCancel, ChatFeedSelectActionDelete, ChatFeedSelectActionHighlight,
    ChatFeedSelectActionPin, ChatFeedSelectActionShoutout, ChatFeedSelectChoosingAction,
    ChatFeedUnpause, GreetFeedRead, ScrollMode, SetChatFeedPauseState, SetChatFeedScroll,
};
pub use highlight::{HighlightUser, Place, Platform, Position, SetChatHighlightOverlayMessage};
pub use icons::ICONS;
pub use naming::{Names, Naming};
pub use overlays::{
    AnimatedTextClose, AnimatedTextSet, BingoGridOverlayPresence, SetAnimatedTextContentFromSd,
    SetBingoGridVisibility, SetBingoGridVisibilityFromSd, WheelItem, WheelOverlayStart,
};
pub use prepare::{Expected, Order, Prepared, prepare};
pub use problem::{Problem, Spot};
pub use questions::{
    CounterGet, GetAnimatedTextConfigs, GetBingoGridParameters, GetCurrentTimers,
    GetCustomTrainState, GetDistortOverlayParameters, GetDonationGoalsOverlayParams,
    GetLabelOverlayParams, GetSummaryData,
};
pub use row::{Action, Answer};
pub use shape::{Param, Shape};

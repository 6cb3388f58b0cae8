//! Twitchat's actions as a client sends them: as types, or by name.

use std::fmt;

use serde_json::{Map, Value};

use super::{ActionError, Generation};
use crate::twitchat::action::{self, Order, Prepared};

/// An action that [`Client::send`](super::Client::send) accepts: the types in [`actions`], and
/// [`NamedAction`].
pub trait Action {
    /// Checks the action and translates it for a version of Twitchat. With `None` it keeps the
    /// names in which it is written. The result contains the message to send and the messages that
    /// answer it. If the action cannot be undone, the result also describes what it does.
    ///
    /// ```
    /// use twitchat_bridge::client::{Action, actions::ChatFeedSelectActionBan};
    ///
    /// let ban = ChatFeedSelectActionBan::new().prepare(Some("17".parse()?))?;
    /// assert!(ban.destructive.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the action does not exist or a field is wrong. The error names the field and the
    /// values that it accepts.
    fn prepare(&self, version: Option<Generation>) -> Result<Prepared, ActionError>;
}

impl<T: Order> Action for T {
    fn prepare(&self, version: Option<Generation>) -> Result<Prepared, ActionError> {
        Ok(Order::prepare(self, version)?)
    }
}

/// An action by its name. Use it for names that come from a user or a file. The client checks it
/// against the same table as the types in [`actions`].
///
/// ```
/// use twitchat_bridge::client::{Action, NamedAction};
///
/// let url = "https://clips.twitch.tv/AwkwardHelplessSalamander";
/// let clip = NamedAction::new("show-clip").field("url", url);
/// assert_eq!(clip.prepare(Some("16".parse()?))?.kind, "SHOW_CLIP");
///
/// let misspelt = NamedAction::new("SHOW_CLIPS").prepare(None);
/// assert!(misspelt.is_err_and(|why| why.to_string().contains("did you mean SHOW_CLIP")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct NamedAction {
    name: String,
    fields: Map<String, Value>,
}

impl NamedAction {
    /// An action without fields. The name may be the one of any version of Twitchat, in upper or
    /// lower case, with `-` or `_`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            fields: Map::new(),
        }
    }

    /// Adds a field. Its key is spelt as in the version of Twitchat that the name belongs to.
    pub fn field(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(key.into(), value.into());
        self
    }
}

impl Action for NamedAction {
    fn prepare(&self, version: Option<Generation>) -> Result<Prepared, ActionError> {
        Ok(action::prepare(&self.name, self.fields.clone(), version)?)
    }
}

/// An action that OBS has relayed to everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The type of the message, in the spelling of the version of Twitchat that it was sent to.
    pub kind: String,
    /// The id that the client has given the message.
    pub id: String,
    /// Fields that the client left out because this version of Twitchat ignores them.
    pub dropped: Vec<&'static str>,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (id {})", self.kind, self.id)
    }
}

/// The actions and questions of Twitchat that have fields, each as a type. `new` takes the
/// mandatory fields, and a method sets each optional field. Send an action without fields with
/// [`NamedAction`]; `twitchat-bridge actions` lists all of them.
///
/// ```
/// use twitchat_bridge::client::{Action, actions::{ChatFeedRead, Clip, Place, Position, ShowClip}};
///
/// let read = ChatFeedRead::new().count(5);
/// let clip = Clip::new("https://clips.twitch.tv/AwkwardHelplessSalamander", 12.5);
/// let clip = ShowClip::new(clip, Place::new(Position::TopLeft));
/// assert_eq!(read.prepare(Some("17".parse()?))?.kind, "SET_CHAT_FEED_READ");
/// assert_eq!(clip.prepare(Some("16".parse()?))?.kind, "SHOW_CLIP");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod actions {
    #[doc(inline)]
    pub use crate::twitchat::action::{
        AnimatedTextClose, AnimatedTextSet, BingoGridOverlayPresence, Button, ButtonKind,
        ButtonTheme, ChatFeedPause, ChatFeedRead, ChatFeedReadAll, ChatFeedScroll,
        ChatFeedScrollBottom, ChatFeedScrollDown, ChatFeedScrollUp, ChatFeedSelect,
        ChatFeedSelectActionBan, ChatFeedSelectActionCancel, ChatFeedSelectActionDelete,
        ChatFeedSelectActionHighlight, ChatFeedSelectActionPin, ChatFeedSelectActionShoutout,
        ChatFeedSelectChoosingAction, ChatFeedUnpause, Clip, Columns, CountdownAdd, CounterAction,
        CounterAdd, CounterGet, CustomChatMessage, EndingCreditsControl, ExecuteTrigger, Expected,
        GetAnimatedTextConfigs, GetBingoGridParameters, GetCurrentTimers, GetCustomTrainState,
        GetDistortOverlayParameters, GetDonationGoalsOverlayParams, GetLabelOverlayParams,
        GetSummaryData, GreetFeedRead, HighlightUser, MessageStyle, Place, Platform, PlaySfxr,
        Position, Prepared, QnaHighlight, QnaSkip, ScrollMode, SendMessage, Sender,
        SetAnimatedTextContentFromSd, SetBingoGridVisibility, SetBingoGridVisibilityFromSd,
        SetChatFeedPauseState, SetChatFeedScroll, SetChatHighlightOverlayMessage, SetChatPollStart,
        SetEmergencyMode, SetStreamdeckAuthenticate, SetTriggerState, SetVoiceControlState,
        ShowClip, TimerAdd, ToggleTrigger, TriggerAction, WheelItem, WheelOverlayStart,
    };
}

//! Actions of Twitchat's as a client sends them: typed, or by name.

use std::fmt;

use serde_json::{Map, Value};

use super::{ActionError, Generation};
use crate::twitchat::action::{self, Order, Prepared};

/// What [`Client::send`](super::Client::send) takes: the typed forms in [`actions`], and
/// [`NamedAction`].
pub trait Action {
    /// Checks the action and puts it into the words of a version of Twitchat; `None` leaves it in
    /// its own. The result says what will be sent, what answers it, and what it does that cannot be
    /// taken back.
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
    /// Its text names the field and what it takes.
    fn prepare(&self, version: Option<Generation>) -> Result<Prepared, ActionError>;
}

impl<T: Order> Action for T {
    fn prepare(&self, version: Option<Generation>) -> Result<Prepared, ActionError> {
        Ok(Order::prepare(self, version)?)
    }
}

/// An action by its name, checked against the same table as the typed ones: for names that come
/// from a user or a file.
///
/// ```
/// use twitchat_bridge::client::{Action, NamedAction};
///
/// let clip = NamedAction::new("show-clip").field("url", "https://clips.twitch.tv/AwkwardHelplessSalamander");
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
    /// An action without fields. The name may be that of any version of Twitchat, in any case, with
    /// `-` or `_`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            fields: Map::new(),
        }
    }

    /// Adds a field, in Twitchat's spelling of the name's version.
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
    /// Twitchat's type of it, in the words of the version that it was sent to.
    pub kind: String,
    /// The id of the message.
    pub id: String,
    /// Fields that were left out because this version of Twitchat ignores them.
    pub dropped: Vec<&'static str>,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (id {})", self.kind, self.id)
    }
}

/// The actions and questions of Twitchat that have fields, each as a type: `new` takes what it must
/// have, and a method adds each of the others. Those without fields are sent with [`NamedAction`];
/// `twitchat-bridge actions` lists them all.
///
/// ```
/// use twitchat_bridge::client::{Action, actions::{ChatFeedRead, Clip, Place, Position, ShowClip}};
///
/// let read = ChatFeedRead::new().count(5);
/// let clip = ShowClip::new(Clip::new("https://clips.twitch.tv/AwkwardHelplessSalamander", 12.5), Place::new(Position::TopLeft));
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

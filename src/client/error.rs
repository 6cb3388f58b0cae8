//! The errors of a client.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    obs::{Cause, Kind, RequestError},
    twitchat::action::Problem,
};

/// The errors of [`Client`](super::Client). The texts are for people: they name the failed
/// operation and the next thing to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// [`Client::connect`](super::Client::connect) did not reach OBS, or OBS did not accept the
    /// password.
    #[error(transparent)]
    Connect(ConnectionError),
    /// There was no connection to OBS within the timeout, or it broke after the request was sent
    /// and before the reply came. In the second case the bridge or Twitchat may have carried it
    /// out, so the client does not send it again.
    #[error(transparent)]
    Disconnected(ConnectionError),
    /// [`Client::close`](super::Client::close) was called.
    #[error("this client has been closed")]
    Closed,
    /// OBS refused the message, or did not reply in time.
    #[error(transparent)]
    Obs(ObsError),
    /// No bridge replied to the request.
    #[error("no bridge answered {request} within {} s. Is `twitchat-bridge run` running, \
        connected to the same OBS?", within.as_secs_f32())]
    NoReply {
        /// The name of the request, such as `GetCredits`.
        request: String,
        /// How long the client waited after OBS had accepted the request.
        within: Duration,
    },
    /// The bridge replied with an error.
    #[error("the bridge refused {request}: {reason}")]
    Refused {
        /// The name of the request, such as `GetCredits`.
        request: String,
        /// The text of the field `error` in the reply.
        reason: String,
    },
    /// The bridge's reply does not have the shape of [`Request::Reply`](super::Request::Reply).
    #[error("the reply to {request} cannot be read")]
    Reply {
        /// The name of the request, such as `GetCredits`.
        request: String,
        /// The cause, with the name of the field.
        source: serde_json::Error,
    },
    /// A request's fields are not a JSON object.
    #[error("the fields of {request} cannot be written as a JSON object")]
    Fields {
        /// The name of the request, such as `GetCredits`.
        request: String,
    },
    /// [`Client::subscribe`](super::Client::subscribe) got a name that is not written as
    /// `Source.Type` or `Source.*`.
    #[error(
        "{name:?} is not the name of an event: write it as Source.Type, such as Twitch.Follow, or \
            Source.* for all of a source"
    )]
    EventName {
        /// The text that is not a name of an event.
        name: String,
    },
    /// The bridge does not know these events, so it would never send them.
    #[error("the bridge knows no event named {}", .names.join(", "))]
    UnknownEvents {
        /// The names of these events, as `Source.Type`.
        names: Vec<String>,
    },
    /// An event's data does not have the shape of the type.
    #[error("the data of {event} cannot be read")]
    Data {
        /// The name of the event, as `Source.Type`.
        event: String,
        /// The cause, with the name of the field.
        source: serde_json::Error,
    },
    /// The action does not exist, or Twitchat cannot use its fields. Nothing was sent.
    #[error(transparent)]
    Action(ActionError),
    /// OBS accepted the action and did not relay it to anybody within the timeout.
    #[error("OBS accepted {action} but did not relay it within {} s: nobody has received it. Try \
        again", within.as_secs_f32())]
    NotRelayed {
        /// Twitchat's type of the action.
        action: String,
        /// How long the client waited.
        within: Duration,
    },
    /// OBS relayed the action, and Twitchat or its overlay did not answer it within the timeout.
    #[error("OBS relayed {action}, but no answer came within {} s. `twitchat-bridge actions \
        {action}` shows what must be open for one", within.as_secs_f32())]
    NoAnswer {
        /// Twitchat's type of the action.
        action: String,
        /// How long the client waited.
        within: Duration,
    },
    /// Twitchat never answers this action, so [`Client::query`](super::Client::query) did not send
    /// it.
    #[error("{action} never gets an answer: send it without waiting for one")]
    Unanswerable {
        /// Twitchat's type of the action.
        action: String,
    },
}

/// The cause of a missing connection to OBS. [`kind`](Self::kind) distinguishes the causes.
#[derive(Debug, Clone)]
pub struct ConnectionError(Reason);

#[derive(Debug, Clone)]
enum Reason {
    Obs(Arc<Cause>),
    Panicked,
}

/// The kind of a [`ConnectionError`] shows whether the connection may come back.
///
/// ```
/// use twitchat_bridge::client::{ConnectionError, ConnectionErrorKind};
///
/// fn can_come_back(error: &ConnectionError) -> bool {
///     use ConnectionErrorKind::{Password, Unreachable};
///     matches!(error.kind(), Unreachable | Password)
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionErrorKind {
    /// OBS is not running or not reachable. The client tries again automatically.
    Unreachable,
    /// The password is missing or wrong. On the first connect this is final; later the client tries
    /// again every 30 s, because the user may have changed the password.
    Password,
    /// OBS is older than 30.2. The client does not try again.
    TooOld,
    /// The user has disconnected this client in OBS's list of sessions. The client does not try
    /// again.
    Kicked,
    /// A task of the client has panicked. This is a bug. The client does not try again.
    Panicked,
}

impl ConnectionError {
    /// The kind of the failure, which decides what the program can do about it.
    ///
    /// ```
    /// use twitchat_bridge::client::{ConnectionErrorKind, Error};
    ///
    /// fn advice(error: &Error) -> &str {
    ///     match error {
    ///         Error::Connect(why) if why.kind() == ConnectionErrorKind::Password => {
    ///             "Tools > WebSocket Server Settings > Show Connect Info has the password"
    ///         }
    ///         _ => "Is OBS running?",
    ///     }
    /// }
    /// ```
    pub fn kind(&self) -> ConnectionErrorKind {
        match &self.0 {
            Reason::Obs(cause) => match cause.kind() {
                Kind::Unreachable => ConnectionErrorKind::Unreachable,
                Kind::Password => ConnectionErrorKind::Password,
                Kind::TooOld => ConnectionErrorKind::TooOld,
                Kind::Kicked => ConnectionErrorKind::Kicked,
            },
            Reason::Panicked => ConnectionErrorKind::Panicked,
        }
    }

    pub(super) fn panicked() -> Self {
        Self(Reason::Panicked)
    }
}

#[doc(hidden)]
impl From<Arc<Cause>> for ConnectionError {
    fn from(cause: Arc<Cause>) -> Self {
        Self(Reason::Obs(cause))
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Obs(cause) => cause.fmt(f),
            Reason::Panicked => f.write_str(
                "the connection to OBS has failed: this is a bug in twitchat-bridge, please report \
                    it with the message of the panic",
            ),
        }
    }
}

impl std::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Obs(cause) => cause.source(),
            Reason::Panicked => None,
        }
    }
}

/// OBS did not accept a message, because it was too large or refused, or because OBS did not answer
/// in time.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ObsError(RequestError);

impl ObsError {
    /// The error in the type of the library. The command line needs it, because it has an exit code
    /// for each cause.
    #[doc(hidden)]
    pub fn as_inner(&self) -> &RequestError {
        &self.0
    }
}

#[doc(hidden)]
impl From<RequestError> for ObsError {
    fn from(error: RequestError) -> Self {
        Self(error)
    }
}

/// The action does not exist, or one of its fields is missing, wrong or unknown.
///
/// ```
/// use twitchat_bridge::client::{Action, ActionError, NamedAction};
///
/// let action = NamedAction::new("CHAT_FEED_READ").field("count", "three");
/// let error: ActionError = action.prepare(None).unwrap_err();
/// assert_eq!(error.field(), Some("count"));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(transparent)]
pub struct ActionError(Problem);

impl ActionError {
    /// The dotted path of the field that is wrong, in Twitchat's spelling. `None` if the action
    /// itself is wrong.
    pub fn field(&self) -> Option<&str> {
        self.0.parameter()
    }
}

#[doc(hidden)]
impl From<Problem> for ActionError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

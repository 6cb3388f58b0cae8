//! The errors of the connection to OBS. Their texts are for the user: they name what was tried and
//! what to do next.

use std::{io, time::Duration};

use crate::obs::link::LinkError;

/// The size in bytes up to which OBS certainly relays a message. OBS drops the connection if a
/// message is somewhat larger than 20 MiB.
pub const LARGEST_MESSAGE: usize = 16 * 1024 * 1024;

const WHERE_TO_LOOK: &str = "in OBS: Tools > WebSocket Server Settings";

/// Why the connection to OBS could not be made. `at` is always `host:port`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// No program listens on this port.
    #[error(
        "there is no OBS at {at}: the connection was refused. Start OBS, tick \"Enable WebSocket \
            server\" ({WHERE_TO_LOOK}), and compare \
         the port there"
    )]
    Refused { at: String },
    /// The host name does not resolve.
    #[error(
        "there is no host named {host:?}. Check its spelling, or give the IP address of the \
            computer that runs OBS"
    )]
    NoSuchHost { host: String },
    /// The server did not answer in time.
    #[error("OBS at {at} did not answer: {doing} took longer than {} s. {}", seconds(*within),
        doing.advice())]
    TimedOut {
        at: String,
        /// The step that took too long.
        doing: Step,
        /// The time that the step had.
        within: Duration,
    },
    /// Another program listens on this port.
    #[error(
        "the server at {at} is not obs-websocket, but {found}. Compare host and port with \
            those in OBS ({WHERE_TO_LOOK}; \
         the port is 4455 unless it was changed)"
    )]
    NotObs {
        at: String,
        /// A description of the program on the port.
        found: String,
    },
    #[error(
        "OBS at {at} asks for a password and none is set. It is shown under \"Show Connect Info\" \
            ({WHERE_TO_LOOK}). Put it into the environment variable OBS_PASSWORD, into the config \
            file as obs.password, or into a file that --password-file names"
    )]
    PasswordMissing { at: String },
    /// The password is wrong.
    #[error(
        "OBS at {at} refused the password. The right one is shown under \"Show Connect Info\" \
            ({WHERE_TO_LOOK})"
    )]
    PasswordRefused { at: String },
    /// The version of OBS is not supported.
    #[error(
        "{found} at {at} is too old. Update to OBS 30.2 or newer, which brings obs-websocket 5.5"
    )]
    TooOld { at: String, found: String },
    /// The user disconnected this program in OBS.
    #[error("{KICKED}")]
    Kicked { at: String },
    /// OBS uses another version of the protocol (close code 4010).
    #[error(
        "OBS at {at} no longer supports version 1 of its remote control protocol. Look for a \
            newer twitchat-bridge"
    )]
    Rpc { at: String },
    #[error(
        "no TLS connection to {at}. The certificate must be for this host name, from a public \
            authority or from one that this computer trusts. OBS itself does not use TLS: leave it \
            off unless a proxy is in front of OBS"
    )]
    Tls { at: String, source: io::Error },
    /// The target requires TLS and the server does not support it.
    #[error(
        "the server at {at} does not use TLS. Neither does OBS itself: connect without TLS (leave \
            out --tls, OBS_TLS and obs.tls, and write ws:// instead of wss://), or give the port \
            of the proxy with TLS in front of OBS"
    )]
    NoTls { at: String },
    /// The server requires TLS and the target does not use it.
    #[error(
        "the server at {at} requires TLS. If it is a proxy or a relay in front of OBS, connect \
            with --tls, or write wss:// in front of the host"
    )]
    NeedsTls { at: String },
    /// OBS closed the connection before the login was complete.
    #[error("OBS at {at} closed the connection at once{}. It may be starting or closing: try \
        again", reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default())]
    Closed {
        at: String,
        /// The reason in OBS's close frame; `None` if it has none.
        reason: Option<String>,
    },
    /// OBS accepts connections, but does not serve requests yet (status 207).
    #[error("OBS at {at} is running, but not ready for requests yet. Try again in a few seconds")]
    NotReady { at: String },
    /// Another network error.
    #[error("OBS at {at} cannot be reached. Check the network and the firewall")]
    Io { at: String, source: io::Error },
}

const KICKED: &str = "the user disconnected twitchat-bridge in OBS (WebSocket Server Settings, the \
    list of sessions). Start it again to connect again";

/// A duration in seconds, rounded to one decimal.
fn seconds(span: Duration) -> f64 {
    (span.as_secs_f64() * 10.0).round() / 10.0
}

/// The error names the step when it takes too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
pub enum Step {
    /// Looking up the host name.
    #[strum(to_string = "looking up its name")]
    Resolve,
    /// The TCP connection.
    #[strum(to_string = "connecting")]
    Reach,
    #[strum(to_string = "the TLS handshake")]
    Tls,
    /// The WebSocket handshake.
    #[strum(to_string = "the WebSocket handshake")]
    Upgrade,
    #[strum(to_string = "logging in")]
    Identify,
    /// The first requests.
    #[strum(to_string = "the first request")]
    Ask,
}

impl Step {
    fn advice(self) -> &'static str {
        match self {
            Self::Resolve => "Check the network, or give an IP address",
            Self::Reach => {
                "Check that the computer is on and that its firewall lets the port through"
            }
            Self::Tls => {
                "A server listens there, but does not answer. It may not use TLS: OBS itself does \
                    not, so leave out --tls unless a proxy with TLS is in front of OBS"
            }
            Self::Upgrade => {
                "A server listens there, but does not answer: OBS hangs, or another program uses \
                    the port"
            }
            Self::Identify | Self::Ask => "OBS hangs or is very busy: try again, or restart OBS",
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Gone {
    /// The user disconnected this program in OBS (close code 4011).
    #[error("{KICKED}")]
    Kicked,
    /// OBS has reported its exit, and then ended the connection.
    #[error("OBS was closed")]
    Exited,
    /// OBS announced that it is closing, or that its WebSocket server is being switched off.
    #[error("OBS was closed, or its WebSocket server switched off")]
    Closed,
    /// OBS closed the connection for another reason.
    #[error("OBS closed the connection with code {code}")]
    ClosedWith { code: u16 },
    /// The stream ended without a close frame: OBS crashed, was killed, or the network broke.
    #[error("the connection to OBS broke: OBS closed it without a reason, or the network failed")]
    Broke(#[source] Option<io::Error>),
    /// OBS neither sends messages nor answers pings.
    #[error("OBS has not answered for {} s: it is frozen, or the network has failed",
        seconds(*after))]
    Silent { after: Duration },
    /// OBS did not reply to a request in time.
    #[error("OBS did not reply to {request} within {} s", seconds(*after))]
    Stuck {
        request: &'static str,
        /// How long the bridge waited.
        after: Duration,
    },
    /// A frame breaks the WebSocket protocol, for example with invalid UTF-8, or is too large. The
    /// frames after it cannot be found any more, so the event connection must be opened again.
    #[error(
        "OBS sent a message that cannot be read ({0}), and nothing after it can be read on this \
            connection. Messages that OBS sends before \
         the next connection are missed"
    )]
    Unreadable(tokio_websockets::Error),
}

/// Why there is no link to OBS.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum Cause {
    /// The connection could not be made.
    Connect(#[from] ConnectError),
    Gone(#[from] Gone),
}

/// Why a request to OBS failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// There is no connection, or it broke before the reply was received.
    #[error("not connected to OBS")]
    NotConnected,
    /// OBS did not reply in time. The link is being opened again.
    #[error("OBS did not reply to {request} within {} s", seconds(*after))]
    TimedOut {
        request: &'static str,
        /// How long the bridge waited.
        after: Duration,
    },
    /// OBS was not ready for requests (status 207) during all retries: it is starting, ending, or
    /// changing its scene collection.
    #[error(
        "OBS is not ready for {request}: try again when it has started or changed its scene \
            collection"
    )]
    NotReady { request: &'static str },
    /// The message is too large and was not sent, because OBS would drop the connection.
    #[error("a message of {bytes} bytes is too large for OBS, which relays at most {} MiB",
        LARGEST_MESSAGE / (1024 * 1024))]
    TooLarge { bytes: usize },
    /// The message is not a JSON object. OBS broadcasts nothing else.
    #[error("only a JSON object can be sent over OBS")]
    NotAnObject,
    #[error("OBS refused {request} with status {status}{}", reason(*status, comment.as_deref()))]
    Refused {
        request: &'static str,
        /// obs-websocket's request status.
        status: u16,
        /// The comment in OBS's reply; `None` if it has none.
        comment: Option<String>,
    },
    /// OBS's reply does not fit the request.
    #[error("OBS's reply to {request} cannot be read")]
    Unreadable { request: &'static str },
}

/// Why OBS refused a request: its comment, or the meaning of the status if there is no comment.
fn reason(status: u16, comment: Option<&str>) -> String {
    let known = match status {
        500 => "it is running already",
        501 => "it is not running",
        502 => "it is paused",
        503 => "it is not paused",
        504 => "it is switched off in OBS's settings",
        505 => "studio mode is on",
        506 => "studio mode is off",
        600 => "nothing has that name",
        601 => "that name is already in use",
        602 => "that name belongs to something of another kind",
        604 => "its current state does not allow it",
        605 => "this OBS has no such kind of source",
        700 => "OBS could not create it",
        701 => "OBS could not carry it out",
        _ => "",
    };
    match comment.unwrap_or(known) {
        "" => String::new(),
        words => format!(": {words}"),
    }
}

/// The kind of a failure. It decides the exit code and whether to retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Unreachable,
    /// The password is missing or wrong.
    Password,
    /// This version of OBS is not supported.
    TooOld,
    /// The user disconnected this program in OBS.
    Kicked,
}

impl Kind {
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Unreachable => 3,
            Self::Password => 4,
            Self::TooOld => 7,
            Self::Kicked => 8,
        }
    }

    /// The error for the reconnect state machine.
    fn error(self) -> LinkError {
        match self {
            Self::Unreachable => LinkError::Away,
            Self::Password => LinkError::Password,
            Self::TooOld => LinkError::TooOld,
            Self::Kicked => LinkError::Kicked,
        }
    }
}

impl ConnectError {
    pub fn kind(&self) -> Kind {
        match self {
            Self::PasswordMissing { .. } | Self::PasswordRefused { .. } => Kind::Password,
            Self::TooOld { .. } | Self::Rpc { .. } => Kind::TooOld,
            Self::Kicked { .. } => Kind::Kicked,
            Self::Refused { .. }
            | Self::NoSuchHost { .. }
            | Self::TimedOut { .. }
            | Self::NotObs { .. }
            | Self::Tls { .. }
            | Self::NoTls { .. }
            | Self::NeedsTls { .. }
            | Self::Closed { .. }
            | Self::NotReady { .. }
            | Self::Io { .. } => Kind::Unreachable,
        }
    }

    /// How much progress the attempt made. If several addresses of a host fail, the failure with
    /// the most progress is the most informative.
    pub(super) fn progress(&self) -> u8 {
        match self {
            Self::NoSuchHost { .. } => 0,
            Self::Refused { .. } => 1,
            Self::Io { .. }
            | Self::TimedOut {
                doing: Step::Resolve | Step::Reach,
                ..
            } => 2,
            Self::TimedOut { .. } | Self::Tls { .. } | Self::Closed { .. } => 3,
            Self::NotObs { .. } | Self::NoTls { .. } | Self::NeedsTls { .. } => 4,
            Self::NotReady { .. } => 5,
            Self::PasswordMissing { .. }
            | Self::PasswordRefused { .. }
            | Self::TooOld { .. }
            | Self::Kicked { .. }
            | Self::Rpc { .. } => 6,
        }
    }

    /// The error for a close code that was received before the login was complete.
    pub(super) fn from_close(at: String, code: u16, reason: &str) -> Self {
        match code {
            close_code::AUTHENTICATION_FAILED => Self::PasswordRefused { at },
            close_code::UNSUPPORTED_RPC_VERSION => Self::Rpc { at },
            close_code::SESSION_INVALIDATED => Self::Kicked { at },
            _ => Self::Closed {
                at,
                reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
            },
        }
    }
}

impl Gone {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Kicked => Kind::Kicked,
            Self::Exited
            | Self::Closed
            | Self::ClosedWith { .. }
            | Self::Broke(_)
            | Self::Silent { .. }
            | Self::Stuck { .. }
            | Self::Unreadable(_) => Kind::Unreachable,
        }
    }

    /// Whether only the event connection is lost, so that OBS still accepts requests.
    pub(super) fn leaves_requests(&self) -> bool {
        matches!(self, Self::Unreadable(_))
    }
}

impl Cause {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Connect(error) => error.kind(),
            Self::Gone(gone) => gone.kind(),
        }
    }

    /// Whether nothing listens on OBS's port.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Connect(ConnectError::Refused { .. }))
    }

    /// The error for the reconnect state machine.
    pub(super) fn error(&self) -> LinkError {
        match self {
            Self::Gone(Gone::Unreadable(_)) => LinkError::Unreadable,
            Self::Gone(Gone::Exited) => LinkError::Exited,
            Self::Connect(_) | Self::Gone(_) => self.kind().error(),
        }
    }
}

/// obs-websocket's close codes, from the `WebSocketCloseCode` of its protocol document.
pub(super) mod close_code {
    pub(in crate::obs) const AUTHENTICATION_FAILED: u16 = 4009;
    pub(in crate::obs) const UNSUPPORTED_RPC_VERSION: u16 = 4010;
    pub(in crate::obs) const SESSION_INVALIDATED: u16 = 4011;
    /// The server is shutting down (RFC 6455).
    pub(in crate::obs) const GOING_AWAY: u16 = 1001;
    /// The close frame had no code (RFC 6455).
    pub(in crate::obs) const NO_STATUS: u16 = 1005;
}

//! Translates obws's connection errors to [`ConnectError`]. Used by `request_connection`.

use std::{error::Error, io, time::Duration};

use obws::{client::HandshakeError, error::Error as ObwsError, responses::StatusCode};
use tokio_websockets::upgrade;

use super::{
    Target, dial,
    error::{ConnectError, Step},
};

/// Whether the status is 207: OBS is starting, closing, or changing its scene collection.
pub(super) fn is_not_ready(error: &ObwsError) -> bool {
    matches!(
        error,
        ObwsError::Api {
            code: StatusCode::NotReady,
            ..
        }
    )
}

/// Whether OBS sent an event before Identified, which obws does not expect. OBS treats a session as
/// identified before it has sent Identified, and sends events on other threads.
pub(super) fn is_early_event(error: &ObwsError) -> bool {
    matches!(error, ObwsError::Handshake(HandshakeError::NoIdentified))
}

/// Whether this is a beta or a build from source, such as `32.0.0-beta1`. It is new enough, but a
/// pre-release never matches obws's plain `>=30.2`.
pub(super) fn is_preview(error: &ObwsError) -> bool {
    match error {
        ObwsError::ObsStudioVersion(found, wanted)
        | ObwsError::ObsWebsocketVersion(found, wanted) => {
            !found.pre.is_empty()
                && (found.major, found.minor) >= (wanted.major, wanted.minor.unwrap_or(0))
        }
        _ => false,
    }
}

pub(super) fn read(error: ObwsError, target: &Target, within: Duration) -> ConnectError {
    let at = target.to_string();
    match error {
        ObwsError::Handshake(error) => read_handshake(error, at, target.password.is_some()),
        ObwsError::ObsStudioVersion(found, _) => ConnectError::TooOld {
            at,
            found: format!("OBS {found}"),
        },
        ObwsError::ObsWebsocketVersion(found, _) => ConnectError::TooOld {
            at,
            found: format!("obs-websocket {found}"),
        },
        ObwsError::RpcVersion { .. } => ConnectError::Rpc { at },
        ObwsError::Timeout => ConnectError::TimedOut {
            at,
            doing: Step::Reach,
            within,
        },
        error if is_not_ready(&error) => ConnectError::NotReady { at },
        ObwsError::ReceiveMessage(_) | ObwsError::Disconnected => {
            ConnectError::Closed { at, reason: None }
        }
        error => read_source(&error, at),
    }
}

fn read_handshake(error: HandshakeError, at: String, with_password: bool) -> ConnectError {
    match error {
        HandshakeError::ConnectionClosed(Some(details)) => {
            match ConnectError::from_close(at, details.code.into(), &details.reason) {
                ConnectError::PasswordRefused { at } if !with_password => {
                    ConnectError::PasswordMissing { at }
                }
                error => error,
            }
        }
        HandshakeError::ConnectionClosed(None) => ConnectError::Closed { at, reason: None },
        HandshakeError::NoHello => ConnectError::NotObs {
            at,
            found: "a WebSocket server that sends no Hello message".to_owned(),
        },
        error => read_source(&error, at),
    }
}

/// Finds the cause in the chain of sources, because obws hides the errors of the layers below it.
fn read_source(error: &(dyn Error + 'static), at: String) -> ConnectError {
    let mut link = Some(error);
    while let Some(error) = link {
        if let Some(found) = error.downcast_ref::<io::Error>() {
            let copy = io::Error::new(found.kind(), found.to_string());
            return match dial::tls_error(found) {
                Some(rustls::Error::InvalidMessage(_)) => ConnectError::NoTls { at },
                Some(_) => ConnectError::Tls { at, source: copy },
                None => dial::from_io(at, copy),
            };
        }
        if let Some(found) = error.downcast_ref::<upgrade::Error>() {
            return dial::not_obs(at, found);
        }
        link = error.source();
    }
    ConnectError::NotObs {
        at,
        found: "a WebSocket server that only begins like obs-websocket".to_owned(),
    }
}

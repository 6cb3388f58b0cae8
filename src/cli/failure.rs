//! Errors of verbs: their texts and their exit codes.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use twitchat_bridge::{
    bridge::other_bridge::OtherBridge,
    client::{self, ConnectionErrorKind},
    config::{ConfigError, EditError},
    daemon,
    obs::{Cause, ConnectError, Gone, Kind, RequestError},
    store::StoreError,
};

use super::out;

const USAGE: u8 = 2;
const NO_ANSWER: u8 = 5;
const OTHER_BRIDGE: u8 = 6;
/// The journal cannot be used. A restart does not help, because the user must correct the cause.
pub(crate) const JOURNAL: u8 = 9;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The arguments cannot be used.
    #[error("{0}")]
    Usage(String),
    /// The event that the verb waited for did not come.
    #[error("no matching event within {}", twitchat_bridge::input::duration::show(*within))]
    Late { within: Duration },
    /// The user stopped the verb before its event came.
    #[error("stopped before a matching event")]
    Stopped,
    /// A recording contains nothing to play.
    #[error(
        "nothing in {file} is played: it contains no events of Twitchat, or none that --for names"
    )]
    NothingToPlay {
        /// The path of the recording.
        file: String,
    },
    /// A program that was run for an event failed.
    #[error("{program} failed, and --fail-fast ends the command at the first failure")]
    RunFailed { program: String },
    #[error(
        "another bridge ({other}) serves this OBS already: stop it, or take over with `run \
            --takeover`"
    )]
    OtherBridge { other: OtherBridge },
    #[error(
        "another bridge ({other}) has taken over: it was started with `run --takeover`. To take \
            over from it, do the same here"
    )]
    TakenOver { other: OtherBridge },
    /// A bridge uses the journal that is to be changed.
    #[error(
        "a bridge is using {}, so nothing was changed: stop it first, with Ctrl-C or with \
            `twitchat-bridge obs-script stop`, then run this command again",
        journal.display()
    )]
    InUse { journal: PathBuf },
    /// The backup to restore is damaged.
    #[error("{} is damaged ({why}), so nothing was changed: choose another backup; `store restore \
        --list` lists them", backup.display())]
    BadBackup { backup: PathBuf, why: String },
    #[error(transparent)]
    Link(Arc<Cause>),
    /// A part of the program ended unexpectedly. This is a bug.
    #[error(
        "a part of the program failed: this is a bug in twitchat-bridge, please report it with \
         the log"
    )]
    Broke,
}

/// Prints an error and returns its exit code. A closed standard output is not an error.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    if error
        .chain()
        .any(|cause| matches!(cause.downcast_ref(), Some(out::OutError::Closed)))
    {
        return ExitCode::SUCCESS;
    }
    out::error(&format!("{error:#}"));
    ExitCode::from(error.chain().find_map(code).unwrap_or(1))
}

/// `None` if the error has no exit code of its own.
fn code(error: &(dyn std::error::Error + 'static)) -> Option<u8> {
    let of_failure = |failure: &Failure| match failure {
        Failure::Usage(_) => USAGE,
        Failure::Late { .. } => NO_ANSWER,
        Failure::OtherBridge { .. } | Failure::TakenOver { .. } | Failure::InUse { .. } => {
            OTHER_BRIDGE
        }
        Failure::BadBackup { .. } => JOURNAL,
        Failure::Link(cause) => cause.kind().exit_code(),
        Failure::Stopped
        | Failure::NothingToPlay { .. }
        | Failure::RunFailed { .. }
        | Failure::Broke => 1,
    };
    let of_store = |error: &StoreError| match error {
        StoreError::Taken { .. } | StoreError::NotGivenUp { .. } | StoreError::Claim { .. } => {
            OTHER_BRIDGE
        }
        StoreError::Damaged { .. }
        | StoreError::Newer { .. }
        | StoreError::Foreign { .. }
        | StoreError::NotWhole { .. }
        | StoreError::Conflict { .. } => JOURNAL,
        _ => 1,
    };
    let of_request = |error: &RequestError| match error {
        RequestError::NotConnected
        | RequestError::TimedOut { .. }
        | RequestError::NotReady { .. } => Kind::Unreachable.exit_code(),
        _ => 1,
    };
    let of_client = |error: &client::Error| match error {
        client::Error::Connect(cause) | client::Error::Disconnected(cause) => {
            exit_code(cause.kind())
        }
        client::Error::Obs(error) => of_request(error.as_inner()),
        client::Error::NoReply { .. }
        | client::Error::NotRelayed { .. }
        | client::Error::NoAnswer { .. } => NO_ANSWER,
        _ => 1,
    };
    let of_edit = |error: &EditError| match error {
        EditError::Io { .. } | EditError::Busy(_) => 1,
        _ => USAGE,
    };
    let of_daemon = |error: &daemon::Error| match error {
        daemon::Error::Store(error) => of_store(error),
        _ => 1,
    };
    None.or_else(|| error.downcast_ref().map(of_failure))
        .or_else(|| {
            error
                .downcast_ref()
                .map(|error: &ConnectError| error.kind().exit_code())
        })
        .or_else(|| {
            error
                .downcast_ref()
                .map(|error: &Gone| error.kind().exit_code())
        })
        .or_else(|| error.downcast_ref().map(of_request))
        .or_else(|| error.downcast_ref().map(of_client))
        .or_else(|| error.downcast_ref().map(|_: &ConfigError| USAGE))
        .or_else(|| error.downcast_ref().map(of_edit))
        .or_else(|| error.downcast_ref().map(of_daemon))
}

fn exit_code(kind: ConnectionErrorKind) -> u8 {
    match kind {
        ConnectionErrorKind::Unreachable => Kind::Unreachable.exit_code(),
        ConnectionErrorKind::Password => Kind::Password.exit_code(),
        ConnectionErrorKind::TooOld => Kind::TooOld.exit_code(),
        ConnectionErrorKind::Kicked => Kind::Kicked.exit_code(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(error: impl Into<anyhow::Error>) -> u8 {
        error
            .into()
            .context("tried something")
            .chain()
            .find_map(code)
            .unwrap_or(1)
    }

    #[test]
    fn every_kind_of_failure_has_its_exit_code() {
        let at = || "localhost:4455".to_owned();
        let taken = || StoreError::Taken {
            path: "journal.db".into(),
            pid: Some(7),
        };
        let codes = [
            code_of(anyhow::anyhow!("anything")),
            code_of(Failure::Usage("x".into())),
            code_of(ConfigError::NoHome),
            code_of(EditError::NoHome),
            code_of(EditError::Busy("c.toml".into())),
            code_of(ConnectError::Refused { at: at() }),
            code_of(RequestError::NotConnected),
            code_of(ConnectError::PasswordRefused { at: at() }),
            code_of(client::Error::NoReply {
                request: "GetInfo".into(),
                within: Duration::from_secs(5),
            }),
            code_of(client::Error::Connect(
                Arc::new(Cause::from(ConnectError::PasswordMissing { at: at() })).into(),
            )),
            code_of(client::Error::Disconnected(
                Arc::new(Cause::from(Gone::Closed)).into(),
            )),
            code_of(client::Error::Obs(RequestError::NotConnected.into())),
            code_of(client::Error::Closed),
            code_of(daemon::Error::from(taken())),
            code_of(Failure::OtherBridge {
                other: OtherBridge::claimant(7, "stream-pc"),
            }),
            code_of(ConnectError::TooOld {
                at: at(),
                found: "OBS 29".into(),
            }),
            code_of(Failure::Link(Arc::new(Gone::Kicked.into()))),
        ];
        assert_eq!(codes, [1, 2, 2, 2, 1, 3, 3, 4, 5, 4, 3, 3, 1, 6, 6, 7, 8]);
    }
}

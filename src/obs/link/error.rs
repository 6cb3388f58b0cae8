//! PURE. Why there is no connection.

/// Why a connect failed or a live link was lost, as far as it decides what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LinkError {
    /// OBS is not there, or is gone: refused, reset, timed out, shut down.
    Away,
    /// OBS has reported that it exits, and then ended the connection.
    Exited,
    /// OBS is there, but sent something after which this connection cannot be read on.
    Unreadable,
    /// OBS wants another password.
    Password,
    /// What answers is an OBS that cannot serve us: too old.
    TooOld,
    /// The user disconnected us in OBS.
    Kicked,
}

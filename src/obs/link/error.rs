//! PURE. The reasons for a missing connection that the state machine distinguishes.

/// Why an attempt to connect failed or a live link was lost. Only reasons that decide the next step
/// are distinguished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LinkError {
    /// OBS is not running or cannot be reached: refused, reset, timed out or shut down.
    Away,
    /// OBS has reported that it is exiting, and then ended the connection.
    Exited,
    /// OBS sent something after which the rest of this connection cannot be read.
    Unreadable,
    /// OBS refused the password, or requires one.
    Password,
    /// The server is an OBS that is too old.
    TooOld,
    /// The user disconnected this program in OBS.
    Kicked,
}

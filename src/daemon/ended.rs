//! How a run of the bridge ends.

use std::sync::Arc;

use crate::{bridge::other_bridge::OtherBridge, obs, store::StoreError};

#[derive(Debug)]
pub enum Ended {
    /// The program asked it to stop.
    Stopped,
    /// OBS ended, and an option of the run makes the bridge end with OBS.
    ObsEnded,
    /// Another bridge serves this OBS, or takes over the journal.
    OtherBridge(OtherBridge),
    /// The link to OBS ended for good: the user disconnected the bridge, OBS is too old, or OBS
    /// refused the password at the first attempt.
    Link(Arc<obs::Cause>),
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store cannot be opened, read or closed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task of the program ended unexpectedly. This is a bug.
    #[error(
        "{0} ended unexpectedly; this is a bug in twitchat-bridge, please report it with the log"
    )]
    Broken(&'static str),
}

//! How a run ends.

use std::sync::Arc;

use crate::{bridge::other_bridge::OtherBridge, obs, store::StoreError};

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// It was told to stop.
    Stopped,
    /// OBS ended, and the run was to end with it.
    ObsEnded,
    /// Another bridge serves this OBS.
    OtherBridge(OtherBridge),
    /// The link to OBS ended for good: kicked, too old, password refused at the first connect.
    Link(Arc<obs::Cause>),
}

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store cannot be opened, read or closed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A part of the program broke. This is a bug.
    #[error(
        "{0} ended unexpectedly; this is a bug in twitchat-bridge, please report it with the log"
    )]
    Broken(&'static str),
}

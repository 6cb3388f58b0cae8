//! A roll that waits for information.

use std::sync::Arc;

use uuid::Uuid;

use super::rolling::Cause;
use crate::{bridge::archive::Archive, request::RollOptions};

/// A roll that waits for the summary or for the length of its music.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) id: Uuid,
    pub(super) options: RollOptions,
    pub(super) cause: Cause,
    /// The session whose credits roll; `None` for the running one.
    pub(super) archive: Option<Arc<Archive>>,
    pub(super) deadline_ms: u64,
    pub(super) wants_summary: bool,
    pub(super) wants_music: bool,
    /// The length of the music in seconds, or why it is unknown; `None` if the roll needs none.
    pub(super) music: Option<Result<f64, String>>,
}

impl Pending {
    pub(super) fn is_ready(&self) -> bool {
        !self.wants_summary && !self.wants_music
    }
}

//! The state of the config file while the bridge runs.

use std::collections::VecDeque;

use super::{io::MOST_SETTINGS, pending_reply::Sender};

/// The result of the last change of the config file, for `GetStatus`.
#[derive(Debug, Default)]
pub(super) struct ConfigState {
    /// The errors of the file if it was refused.
    error: Option<String>,
    /// The settings that have changed, but take effect only at the next start.
    restart_for: Vec<&'static str>,
    /// The senders of requests that wait until the file is changed, in their order.
    waiting: VecDeque<Sender>,
}

impl ConfigState {
    /// The errors of the current config file; `None` if it was accepted.
    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Records that the file was refused. Returns whether its errors differ from the previous ones.
    pub(super) fn refuse(&mut self, why: &str) -> bool {
        let is_new = self.error.as_deref() != Some(why);
        self.error = Some(why.to_owned());
        is_new
    }

    /// Records that the file was accepted. The settings in `restart_for` take effect only at the
    /// next start.
    pub(super) fn accept(&mut self, restart_for: Vec<&'static str>) {
        self.error = None;
        self.restart_for = restart_for;
    }

    /// Makes a request wait until the file is changed. Returns its sender if too many requests
    /// already wait.
    pub(super) fn wait(&mut self, from: Sender) -> Result<(), Sender> {
        if self.waiting.len() >= MOST_SETTINGS {
            return Err(from);
        }
        self.waiting.push_back(from);
        Ok(())
    }

    /// Removes and returns the sender of the request that was carried out.
    pub(super) fn answered(&mut self) -> Option<Sender> {
        self.waiting.pop_front()
    }

    pub(super) fn restart_for(&self) -> &[&'static str] {
        &self.restart_for
    }
}

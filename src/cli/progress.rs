//! Shows progress in one line of the terminal, which each update overwrites. Shows nothing if
//! standard error is not a terminal, or if its lines are JSON.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use tokio::time::Instant;

use super::log_line;

/// The shortest time between two updates.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Progress {
    is_terminal: bool,
    shown: Option<Instant>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            is_terminal: stderr().is_terminal() && !log_line::is_json(),
            shown: None,
        }
    }

    /// Shows the text, unless the last update was less than [`PAUSE`] ago.
    pub(crate) fn show(&mut self, text: impl Display) {
        if self.is_terminal && self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE) {
            self.shown = Some(Instant::now());
            // If standard error is closed, the progress cannot be shown.
            drop(write!(stderr().lock(), "\r\u{1b}[K{text}"));
        }
    }

    /// Removes the line, so that other text can be shown.
    pub(crate) fn clear(&mut self) {
        if self.shown.take().is_some() {
            drop(write!(stderr().lock(), "\r\u{1b}[K"));
        }
    }
}

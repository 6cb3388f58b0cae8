//! A line on a terminal that shows the progress and is overwritten. Shows nothing if standard error
//! is not a terminal, or if it is to have JSON only.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use tokio::time::Instant;

use super::log_line;

/// The least time between two updates.
const PAUSE: Duration = Duration::from_millis(100);

/// The line with the progress.
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

    /// Shows the text, unless another one was shown just before.
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

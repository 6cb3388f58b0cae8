//! One line on a terminal that says how far something is, and is written over as it goes on.
//! Nothing at all where standard error is no terminal.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use tokio::time::Instant;

/// More often nobody can read.
const PAUSE: Duration = Duration::from_millis(100);

/// The line.
#[derive(Debug)]
pub(crate) struct Progress {
    is_terminal: bool,
    shown: Option<Instant>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            is_terminal: stderr().is_terminal(),
            shown: None,
        }
    }

    /// Shows it, unless the last was shown just now.
    pub(crate) fn show(&mut self, text: impl Display) {
        if self.is_terminal && self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE) {
            self.shown = Some(Instant::now());
            // If even standard error is closed, there is nobody to tell.
            drop(write!(stderr().lock(), "\r\u{1b}[K{text}"));
        }
    }

    /// Takes it away, so that something else can be said.
    pub(crate) fn clear(&mut self) {
        if self.shown.take().is_some() {
            drop(write!(stderr().lock(), "\r\u{1b}[K"));
        }
    }
}

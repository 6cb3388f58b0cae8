//! One check and its result.

use serde_json::{Value, json};

use crate::cli::out;
use crate::cli::screen;

/// The width of the column with the names of checks, in cells.
const NAMES: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// The subject of the check in one word, such as `journal`.
    check: &'static str,
    pub(super) state: State,
    /// The result of the check, in one sentence.
    text: String,
    /// The remedy, in one sentence. Only problems have a remedy.
    fix: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// It works, but perhaps not as the user expects.
    Note,
    Problem,
}

impl Finding {
    pub(super) fn good(check: &'static str, text: impl Into<String>) -> Self {
        Self {
            check,
            state: State::Good,
            text: text.into(),
            fix: None,
        }
    }

    pub(super) fn note(check: &'static str, text: impl Into<String>) -> Self {
        Self {
            state: State::Note,
            ..Self::good(check, text)
        }
    }

    pub(super) fn problem(
        check: &'static str,
        text: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            state: State::Problem,
            fix: Some(fix.into()),
            ..Self::good(check, text)
        }
    }

    /// One line of text, and a second line if there is a remedy.
    pub(super) fn text(&self, width: Option<usize>) -> String {
        let mark = match self.state {
            State::Good => "ok  ",
            State::Note => "note",
            State::Problem => "BAD ",
        };
        let prefix = format!("{mark} {}", screen::padded(self.check, NAMES));
        let indent = screen::cells(&prefix) + 1;
        let mut text = screen::hanging(
            &format!("{prefix} "),
            &out::clean(&self.text),
            indent,
            width,
        );
        if let Some(fix) = &self.fix {
            let prefix = format!("{}-> ", " ".repeat(indent));
            let fix = screen::hanging(&prefix, &out::clean(fix), indent + 3, width);
            text = format!("{text}\n{fix}");
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let state = match self.state {
            State::Good => "good",
            State::Note => "note",
            State::Problem => "problem",
        };
        json!({ "check": self.check, "state": state, "text": self.text, "fix": self.fix })
    }
}

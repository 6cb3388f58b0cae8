//! Requested corrections of the credits.

use serde_json::Value;

use crate::event::Platform;

/// The person that a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonQuery {
    /// `None` for any platform.
    pub platform: Option<Platform>,
    /// The name, login or id to look for.
    pub text: Box<str>,
    /// The fields of a person in which `text` may be found.
    pub by: By,
}

/// The fields of a person that a [`PersonQuery`] compares with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The id, the login and the display name.
    Any,
    Id,
    /// The login and the display name.
    Name,
}

impl PersonQuery {
    /// Reads `Anna`, `12345` or `twitch:12345`.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let prefixed = text.split_once(':').and_then(|(platform, rest)| {
            let platform = platform.parse::<Platform>().ok()?;
            Some((platform, rest.trim())).filter(|(_, rest)| !rest.is_empty())
        });
        let (platform, text) = match prefixed {
            Some((platform, rest)) => (Some(platform), rest),
            None => (None, text),
        };
        Self {
            platform,
            text: text.trim_start_matches('@').into(),
            by: By::Any,
        }
    }
}

/// A correction in the client's form: people and entries are not looked up yet.
#[derive(Debug, Clone, PartialEq)]
pub enum EditRequest {
    /// Leave a person out of the credits.
    Hide {
        person: PersonQuery,
    },
    /// Show a hidden person again.
    Show {
        person: PersonQuery,
    },
    /// Show a person under another name.
    Rename {
        person: PersonQuery,
        name: Box<str>,
    },
    /// Count the events of `person` as events of `into`.
    Merge {
        person: PersonQuery,
        into: PersonQuery,
    },
    Remove {
        entry: Box<str>,
    },
    /// Add a value to a section that the user defined.
    Add {
        section: Box<str>,
        value: Value,
    },
}

/// Corrections of a session that may not be the running one.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionEdit {
    Edit {
        edit: EditRequest,
        /// Whether the reply only shows what would change.
        preview: bool,
    },
    /// Take back the last edits that apply to the session.
    Undo {
        /// Number of edits, at least 1.
        steps: usize,
    },
}

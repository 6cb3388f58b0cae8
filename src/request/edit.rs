//! Corrections of the credits, as requests ask for them.

use serde_json::Value;

use crate::event::Platform;

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonQuery {
    /// `None` for any platform.
    pub platform: Option<Platform>,
    /// What to compare with.
    pub text: Box<str>,
    /// Where `text` may stand.
    pub by: By,
}

/// Where the text of a [`PersonQuery`] may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// In the id, the login or the display name.
    Any,
    Id,
    /// In the login or the display name.
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

/// What a correction does.
#[derive(Debug, Clone, PartialEq)]
pub enum EditRequest {
    /// Leave a person out of the credits.
    Hide { person: PersonQuery },
    /// Show a person again who was hidden.
    Show { person: PersonQuery },
    /// Show a person under another name.
    Rename { person: PersonQuery, name: Box<str> },
    /// Count what `person` did for `into`.
    Merge {
        person: PersonQuery,
        into: PersonQuery,
    },
    /// Leave one entry out.
    Remove { entry: Box<str> },
    /// Put a value into a section of the user's own.
    Add { section: Box<str>, value: Value },
}

//! Somebody, and what is known of them.

use crate::event::{Platform, Roles};

/// A place in [`super::People`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(pub(super) u32);

/// What is known of somebody.
#[derive(Debug, Clone)]
pub struct Known {
    /// Where the account is.
    pub platform: Platform,
    /// Platform id; empty for a name without one.
    pub id: Box<str>,
    /// Login; may be empty.
    pub login: Box<str>,
    /// Display name; may be empty.
    pub display: Box<str>,
    /// Roles they were ever seen with.
    pub roles: Roles,
    /// When last heard of, Unix milliseconds.
    pub seen_ms: i64,
    /// Names of theirs, also former ones, that the config lists; in lower case.
    pub listed: Vec<Box<str>>,
    /// When an earlier run wrote these names down; `i64::MIN` for whoever none did.
    pub(super) kept_ms: i64,
    /// Turned out to be this other entry.
    pub(super) same_as: Option<PersonId>,
}

impl Known {
    /// What to call them: display name, else login, else id.
    pub fn name(&self) -> &str {
        [&self.display, &self.login, &self.id]
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or("", |name| name)
    }

    /// Whether this login is another one than the one that is known: the account was renamed.
    pub(super) fn is_renamed(&self, login: &str) -> bool {
        !login.is_empty() && !self.login.is_empty() && !self.login.eq_ignore_ascii_case(login)
    }
}

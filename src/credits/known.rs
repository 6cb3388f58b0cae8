use crate::event::{Person, Platform, Roles};

/// Index of an entry in [`super::People`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(pub(super) u32);

/// An account whose name was seen in this session or an earlier one.
#[derive(Debug, Clone)]
pub struct Known {
    pub platform: Platform,
    /// Platform id; empty for a name whose id is unknown.
    pub id: Box<str>,
    /// Login; may be empty.
    pub login: Box<str>,
    /// Display name; may be empty.
    pub display: Box<str>,
    /// All roles in which the person was ever seen.
    pub roles: Roles,
    pub seen_ms: i64,
    /// Current and former names of the person that the config lists, in lower case.
    pub listed: Vec<Box<str>>,
    /// When an earlier run stored these names, Unix milliseconds. `i64::MIN` if none did.
    pub(super) kept_ms: i64,
    /// The entry of the same person that replaces this one.
    pub(super) same_as: Option<PersonId>,
}

impl Known {
    /// The name to show: display name, or else login, or else id.
    pub fn name(&self) -> &str {
        [&self.display, &self.login, &self.id]
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or("", |name| name)
    }

    /// The person in the form of a message. `None` if the entry has neither an id nor a name.
    pub fn person(&self) -> Option<Person> {
        let person = Person::on(self.platform, &self.id, &self.login, &self.display)?;
        Some(person.with_roles(self.roles))
    }

    /// Whether `login` differs from the known one, which means that the account was renamed.
    pub(super) fn is_renamed(&self, login: &str) -> bool {
        !login.is_empty() && !self.login.is_empty() && !self.login.eq_ignore_ascii_case(login)
    }
}

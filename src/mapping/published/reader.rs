use serde_json::Value;

use super::{
    error::Error,
    look::flag,
    people::{self, ANONYMOUS, Named, WHO},
};
use crate::event::{EventName, Person, Platform};

/// A published event that is being read. Its methods return an error if it has no person.
pub(super) struct Reader<'a> {
    pub(super) name: &'a EventName,
    pub(super) data: &'a Value,
}

impl Reader<'_> {
    /// The person that the event is about, with the roles that the event shows. Fails if there is
    /// none.
    pub(super) fn who(&self) -> Result<Person, Error> {
        self.person(WHO)
    }

    /// The person at these paths, with the roles that the event shows. Fails if there is none.
    pub(super) fn person(&self, named: Named) -> Result<Person, Error> {
        let person = named.read(self.data, self.platform());
        person
            .map(|who| who.with_roles(people::roles(self.data)))
            .ok_or_else(|| Error::Missing {
                event: self.name.clone(),
                field: "user",
                looked_for: named.fields().join(", "),
            })
    }

    /// Whether the giver does not want to be named.
    pub(super) fn is_anonymous(&self) -> bool {
        flag(self.data, ANONYMOUS)
    }

    /// The platform of this source's people.
    pub(super) fn platform(&self) -> Platform {
        people::platform(&self.name.source)
    }

    pub(super) fn missing(&self, field: &'static str, looked_for: &[&str]) -> Error {
        Error::Missing {
            event: self.name.clone(),
            field,
            looked_for: looked_for.join(", "),
        }
    }
}

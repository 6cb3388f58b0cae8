//! Finds the people of the table who occur in no row of the journal.

use std::collections::HashMap;

use super::{identity::lower, row::people_in};
use crate::{
    bridge::journal::{PersonRow, Row},
    event::{Person, Platform},
};

/// The people who have not occurred in any row so far.
#[derive(Debug, Default)]
pub struct Unnamed {
    by_id: HashMap<(Platform, Box<str>), PersonRow>,
    /// People without an id. The keys are their names in lower case.
    by_name: HashMap<(Platform, Box<str>), PersonRow>,
}

impl Unnamed {
    /// Adds a person of the table. Call this before reading any row.
    pub fn add(&mut self, person: PersonRow) {
        let platform = Platform::parse(&person.platform);
        if !person.id.is_empty() {
            self.by_id.insert((platform, person.id.clone()), person);
            return;
        }
        for name in [&person.login, &person.display] {
            if !name.is_empty() {
                self.by_name.insert((platform, lower(name)), person.clone());
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty() && self.by_name.is_empty()
    }

    /// Drops the people who occur in this row.
    pub fn row(&mut self, row: &Row) {
        if !self.is_empty() {
            people_in(row, |person| self.found(person));
        }
    }

    fn found(&mut self, person: &Person) {
        if !person.id.is_empty() {
            self.by_id.remove(&(person.platform, person.id.clone()));
        }
        for name in [&person.login, &person.display] {
            self.by_name.remove(&(person.platform, lower(name)));
            // A person without an id may be the account with this name.
            if person.id.is_empty() && !name.is_empty() {
                let holds = |row: &PersonRow| {
                    [&row.login, &row.display]
                        .iter()
                        .any(|one| lower(one) == lower(name))
                };
                let is_other = |platform: Platform, row: &PersonRow| {
                    platform != person.platform || !holds(row)
                };
                self.by_id
                    .retain(|(platform, _), row| is_other(*platform, row));
            }
        }
    }

    /// The people who occur in no row. A person without an id is left out if one of their names was
    /// found.
    pub fn into_people(self) -> Vec<PersonRow> {
        let mut people: Vec<_> = self.by_id.into_values().collect();
        let is_whole = |person: &PersonRow| {
            let platform = Platform::parse(&person.platform);
            [&person.login, &person.display]
                .into_iter()
                .filter(|name| !name.is_empty())
                .all(|name| self.by_name.contains_key(&(platform, lower(name))))
        };
        for person in self.by_name.values() {
            if is_whole(person) && !people.contains(person) {
                people.push(person.clone());
            }
        }
        people
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bridge::journal::{RowOrigin, Seq, SessionId};

    fn person(id: &str, login: &str) -> PersonRow {
        PersonRow {
            platform: "twitch".into(),
            id: id.into(),
            login: login.into(),
            display: "".into(),
            seen_ms: 0,
        }
    }

    fn follow(id: &str, login: &str) -> Row {
        Row {
            seq: Seq(1),
            session: SessionId(1),
            at_ms: 0,
            origin: RowOrigin::Received,
            kind: "FOLLOW".into(),
            id: None,
            body: json!({ "user": { "id": id, "login": login } })
                .to_string()
                .into(),
        }
    }

    #[test]
    fn a_person_in_a_row_is_found_by_id_or_by_name() {
        let mut unnamed = Unnamed::default();
        for (id, login) in [
            ("1", "anna"),
            ("2", "ben"),
            ("3", "cleo"),
            ("", "dora"),
            ("", "eve"),
        ] {
            unnamed.add(person(id, login));
        }
        unnamed.row(&follow("1", "former_name"));
        unnamed.row(&follow("", "BEN"));
        unnamed.row(&follow("9", "dora"));
        let mut left = unnamed.into_people();
        left.sort_by(|a, b| a.login.cmp(&b.login));
        assert_eq!(left, [person("3", "cleo"), person("", "eve")]);
    }
}

//! A table that is read key by key.

use super::{Cause, Content, Field, Node, Problem, Read, Spot, Table};

/// The fields of one table.
#[derive(Debug)]
pub struct Fields<'a> {
    table: &'a Table,
    spot: Spot,
    path: String,
}

impl<'a> Fields<'a> {
    /// A table with no other keys than the known ones.
    pub fn of(node: &'a Node, path: impl Into<String>, known: &[&str]) -> Read<Self> {
        let path = path.into();
        let Content::Table(table) = &node.content else {
            return Err(Field::new(node, path).bad("a table"));
        };
        if let Some((key, spot, _)) = table.iter().find(|(key, ..)| !known.contains(key)) {
            return Err(Problem::new(spot, path, Cause::unknown_key(key, known)));
        }
        Ok(Self {
            table,
            spot: node.spot,
            path,
        })
    }

    /// What errors call this table from now on.
    pub fn call(&mut self, path: String) {
        self.path = path;
    }

    /// What errors call this table.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where the table begins.
    pub fn spot(&self) -> Spot {
        self.spot
    }

    /// The path of one of its keys.
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Field<'a>> {
        let node = self.table.get(key)?;
        Some(Field::new(node, self.at(key)))
    }

    /// The value of a key that must be there.
    pub fn needed(&self, key: &str, expected: &str) -> Read<Field<'a>> {
        self.get(key).ok_or_else(|| self.missing(key, expected))
    }

    /// The problem that a key must be there and is not.
    pub fn missing(&self, key: &str, expected: &str) -> Problem {
        let cause = Cause::Missing {
            key: key.into(),
            expected: expected.into(),
        };
        Problem::new(self.spot, &*self.path, cause)
    }

    /// Reads the value of a key if it is there.
    pub fn read<T>(&self, key: &str, read: impl FnOnce(&Field<'a>) -> Read<T>) -> Read<Option<T>> {
        self.get(key).map(|field| read(&field)).transpose()
    }

    /// A text that is not empty.
    pub fn word(&self, key: &str) -> Read<Option<&'a str>> {
        self.read(key, Field::word)
    }

    /// True or false; `otherwise` if the key is not there.
    pub fn flag(&self, key: &str, otherwise: bool) -> Read<bool> {
        Ok(self.read(key, Field::flag)?.unwrap_or(otherwise))
    }

    /// A problem of one key, in words; of the whole table if the key is not there.
    pub fn other(&self, key: &str, what: impl Into<String>) -> Problem {
        let spot = self.get(key).map_or(self.spot, |field| field.node.spot);
        Problem::other(spot, self.at(key), what)
    }
}

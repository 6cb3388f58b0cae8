//! A table whose values are read by key.

use super::{Cause, Content, Field, Node, Problem, Read, Spot, Table};

/// The fields of one table.
#[derive(Debug)]
pub struct Fields<'a> {
    table: &'a Table,
    spot: Spot,
    path: String,
}

impl<'a> Fields<'a> {
    /// Reads a table. Fails if it is not a table, or has a key that is not in `known`.
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

    /// Sets the name of the table in errors.
    pub fn call(&mut self, path: String) {
        self.path = path;
    }

    /// The name of the table in errors.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The place where the table begins.
    pub fn spot(&self) -> Spot {
        self.spot
    }

    /// The full path of one of its keys.
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of a key. `None` if the key is absent.
    pub fn get(&self, key: &str) -> Option<Field<'a>> {
        let node = self.table.get(key)?;
        Some(Field::new(node, self.at(key)))
    }

    /// The value of a required key. Fails if the key is absent.
    pub fn needed(&self, key: &str, expected: &str) -> Read<Field<'a>> {
        self.get(key).ok_or_else(|| self.missing(key, expected))
    }

    /// The problem that a required key is absent.
    pub fn missing(&self, key: &str, expected: &str) -> Problem {
        let cause = Cause::Missing {
            key: key.into(),
            expected: expected.into(),
        };
        Problem::new(self.spot, &*self.path, cause)
    }

    /// Reads the value of a key. `None` if the key is absent.
    pub fn read<T>(&self, key: &str, read: impl FnOnce(&Field<'a>) -> Read<T>) -> Read<Option<T>> {
        self.get(key).map(|field| read(&field)).transpose()
    }

    /// A text that is not empty. `None` if the key is absent.
    pub fn word(&self, key: &str) -> Read<Option<&'a str>> {
        self.read(key, Field::word)
    }

    /// A flag, or `otherwise` if the key is absent.
    pub fn flag(&self, key: &str, otherwise: bool) -> Read<bool> {
        Ok(self.read(key, Field::flag)?.unwrap_or(otherwise))
    }

    /// If the key is absent, the problem has the place of the table.
    pub fn other(&self, key: &str, what: impl Into<String>) -> Problem {
        let spot = self.get(key).map_or(self.spot, |field| field.node.spot);
        Problem::other(spot, self.at(key), what)
    }
}

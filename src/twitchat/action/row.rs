//! What a row of the catalogue holds.

use serde_json::{Map, Value};

use super::{
    Problem, check,
    naming::{Names, Naming},
    shape::{Param, example},
    turn::Turn,
};
use crate::twitchat::{
    Generation,
    catalogue::{self, MessageType},
};

/// What answers an action or follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Its type, in the older words if it has such.
    pub kind: &'static str,
    /// The parameter whose value comes back, and where: so the answer is told from those to others.
    pub same: Option<(&'static str, &'static str)>,
}

impl Answer {
    /// An answer that carries nothing of the question.
    pub(super) const fn of(kind: &'static str) -> Self {
        Self { kind, same: None }
    }

    /// An answer that carries a parameter's value.
    pub(super) const fn with(kind: &'static str, key: &'static str, place: &'static str) -> Self {
        Self {
            kind,
            same: Some((key, place)),
        }
    }

    /// Its type as a generation says it, or every spelling of it.
    pub fn kinds(&self, generation: Option<Generation>) -> Vec<&'static str> {
        if let Some(generation) = generation {
            return catalogue::name_in(self.kind, generation)
                .into_iter()
                .collect();
        }
        let others = catalogue::look_up(self.kind)
            .into_iter()
            .flat_map(|entry| &entry.counterparts);
        std::iter::once(self.kind).chain(others.copied()).collect()
    }
}

/// When an action does what cannot be taken back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Irreversible {
    /// Whether this data does it.
    pub(super) when: fn(&Map<String, Value>) -> bool,
    /// What it does, as a sentence about the action.
    pub(super) does: &'static str,
}

/// Looks at the data as a whole, or completes it.
pub(super) type Hook = fn(&mut Map<String, Value>) -> Result<(), check::DataError>;

/// One action, under its names in all generations.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// Its names.
    pub names: Names,
    /// What it does.
    pub about: &'static str,
    /// What it takes.
    pub params: &'static [Param],
    /// What answers it or follows from it.
    pub answers: &'static [Answer],
    /// What must be open for it to do anything.
    pub needs: &'static str,
    /// What comes closest in generations that have nothing like it, by any of their names.
    pub(super) akin: &'static [&'static str],
    /// Parameters that the other side does not look at; without them it does the same.
    pub(super) drops: &'static [&'static str],
    pub(super) irreversible: Option<Irreversible>,
    pub(super) before: Option<Hook>,
    pub(super) after: Option<Hook>,
    pub(super) turn: Option<Turn>,
}

/// Nearly everything is done by Twitchat's main page.
pub(super) const MAIN_PAGE: &str = "Twitchat";
/// What is shown in the chat is done by the chat.
pub(super) const CHAT: &str = "Twitchat with its chat in view";

/// A row with nothing in it.
pub(super) const PLAIN: Action = Action {
    names: Names {
        old: None,
        new: None,
    },
    about: "",
    params: &[],
    answers: &[],
    needs: MAIN_PAGE,
    akin: &[],
    drops: &[],
    irreversible: None,
    before: None,
    after: None,
    turn: None,
};

impl Action {
    /// The name that the catalogue calls it by: the older one if there is one.
    pub fn name(&self) -> &'static str {
        self.names.all().next().unwrap_or_default()
    }

    /// What is known of each of its names.
    pub fn entries(&self) -> impl Iterator<Item = &'static MessageType> {
        self.names.all().filter_map(catalogue::look_up)
    }

    /// Its name in a generation.
    pub fn name_in(&self, generation: Generation) -> Option<&'static str> {
        self.entries()
            .find(|entry| entry.generations.has(generation))
            .map(|entry| entry.name)
    }

    /// The first generation that has it.
    pub fn since(&self) -> Option<Generation> {
        Generation::ALL
            .into_iter()
            .find(|generation| self.name_in(*generation).is_some())
    }

    /// What it does that cannot be taken back, if it does so always or with some data.
    pub fn destructive(&self) -> Option<&'static str> {
        self.irreversible.map(|irreversible| irreversible.does)
    }

    /// The parameters that there are in these words.
    pub fn params_in(&self, naming: Naming) -> impl Iterator<Item = &'static Param> {
        self.params
            .iter()
            .filter(move |param| param.keys.of(naming).is_some())
    }

    /// Data that is correct in these words.
    pub fn example(&self, naming: Naming) -> Map<String, Value> {
        example(self.params, &[naming])
    }

    /// Checks data that is in these words; completes what it leaves to us, and reads texts that
    /// hold numbers as such.
    pub(super) fn check(
        &self,
        name: &'static str,
        words: &[Naming],
        data: &mut Map<String, Value>,
    ) -> Result<(), Problem> {
        let problem =
            |error: check::DataError| error.into_problem(name, example(self.params, words));
        self.before
            .map_or(Ok(()), |complete| complete(data))
            .map_err(problem)?;
        check::object("", self.params, words, data).map_err(problem)?;
        self.after
            .map_or(Ok(()), |look| look(data))
            .map_err(problem)
    }
}

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

/// A message that answers an action or follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The message's type, in the older spelling if there is one.
    pub kind: &'static str,
    /// The parameter whose value the answer repeats, and a JSON pointer to it in the answer. It
    /// identifies the answer.
    pub same: Option<(&'static str, &'static str)>,
}

impl Answer {
    /// Makes an answer that repeats no value of the question.
    pub(super) const fn of(kind: &'static str) -> Self {
        Self { kind, same: None }
    }

    /// Makes an answer that repeats the value of a parameter.
    pub(super) const fn with(kind: &'static str, key: &'static str, place: &'static str) -> Self {
        Self {
            kind,
            same: Some((key, place)),
        }
    }

    /// The message's type in a generation. With `None`, all its spellings.
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

/// An effect that cannot be undone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Irreversible {
    /// Whether the action has the effect with this data.
    pub(super) when: fn(&Map<String, Value>) -> bool,
    /// A description of the effect, which completes a sentence about the action.
    pub(super) does: &'static str,
}

/// Checks or completes the data as a whole.
pub(super) type Hook = fn(&mut Map<String, Value>) -> Result<(), check::DataError>;

/// One action, with its names in all generations.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// The action's names up to Twitchat 16 and in Twitchat 17.
    pub names: Names,
    /// One or two sentences about its effect.
    pub about: &'static str,
    /// The action's parameters, each with its keys in both namings.
    pub params: &'static [Param],
    /// The messages that answer it or follow from it.
    pub answers: &'static [Answer],
    /// The part of Twitchat that must be open.
    pub needs: &'static str,
    /// The closest actions, by any of their names, for generations without a counterpart.
    pub(super) akin: &'static [&'static str],
    /// Parameters that the other generations ignore. The action has the same effect without them.
    pub(super) drops: &'static [&'static str],
    pub(super) irreversible: Option<Irreversible>,
    pub(super) before: Option<Hook>,
    pub(super) after: Option<Hook>,
    pub(super) turn: Option<Turn>,
}

/// Twitchat's main page, which nearly all actions need.
pub(super) const MAIN_PAGE: &str = "Twitchat";
/// For actions that the chat carries out.
pub(super) const CHAT: &str = "Twitchat with its chat in view";

/// A row without any values.
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
    /// The name of the row: the older name if there is one.
    pub fn name(&self) -> &'static str {
        self.names.all().next().unwrap_or_default()
    }

    /// The entry in the catalogue of types for each of its names.
    pub fn entries(&self) -> impl Iterator<Item = &'static MessageType> {
        self.names.all().filter_map(catalogue::look_up)
    }

    pub fn name_in(&self, generation: Generation) -> Option<&'static str> {
        self.entries()
            .find(|entry| entry.generations.has(generation))
            .map(|entry| entry.name)
    }

    /// The first generation that has the action.
    pub fn since(&self) -> Option<Generation> {
        Generation::ALL
            .into_iter()
            .find(|generation| self.name_in(*generation).is_some())
    }

    /// The effect that cannot be undone, whether it always occurs or only with some data.
    pub fn destructive(&self) -> Option<&'static str> {
        self.irreversible.map(|irreversible| irreversible.does)
    }

    /// The parameters that exist in this naming.
    pub fn params_in(&self, naming: Naming) -> impl Iterator<Item = &'static Param> {
        self.params
            .iter()
            .filter(move |param| param.keys.of(naming).is_some())
    }

    /// An example of correct data in this naming.
    pub fn example(&self, naming: Naming) -> Map<String, Value> {
        example(self.params, &[naming])
    }

    /// Checks data that has the keys of these namings. Completes the data, and converts texts that
    /// hold numbers.
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

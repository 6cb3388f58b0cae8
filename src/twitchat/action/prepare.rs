//! Prepares an action for sending: looks it up, checks and completes its data, and translates it to
//! the names of the receiving Twitchat.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Action, Naming, Problem,
    catalogue::{actions, find, spelled},
    turn::Untranslated,
};
use crate::{
    event::received::TWITCHAT,
    input::similar,
    twitchat::{
        Generation,
        catalogue::{self, is_forbidden},
    },
};

/// A message that has been checked and can be sent without further changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// Twitchat's `type`.
    pub kind: String,
    /// Twitchat's `data`. Always an object, because older versions of Twitchat fail without one.
    pub data: Map<String, Value>,
    /// The effect that cannot be undone; `None` if there is none.
    pub destructive: Option<&'static str>,
    /// Parameters that were left out because the connected version of Twitchat ignores them.
    pub dropped: Vec<&'static str>,
    /// The messages that can answer it.
    pub answers: Vec<Expected>,
}

/// The description of a message that answers an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The message's type, in all spellings that may arrive.
    pub kinds: Vec<&'static str>,
    /// A JSON pointer into its data, and the value there that identifies the answer. `None` if the
    /// answer has no such value.
    pub same: Option<(&'static str, Value)>,
}

impl Expected {
    #[doc(hidden)]
    /// Whether a message with this type and data is the answer.
    pub fn is(&self, kind: &str, data: &Value) -> bool {
        let same = |(place, value): &(&str, Value)| data.pointer(place) == Some(value);
        self.kinds.contains(&kind) && self.same.as_ref().is_none_or(same)
    }
}

/// A typed action.
pub trait Order: Serialize {
    /// The name of its row in the catalogue.
    const NAME: &'static str;

    /// The data, with the keys of [`Self::NAME`].
    fn data(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(data)) => data,
            // Unreachable, because every typed form is a struct with text keys.
            _ => Map::new(),
        }
    }

    /// Checks it and translates it to the names of a generation.
    ///
    /// # Errors See [`Problem`].
    fn prepare(&self, generation: Option<Generation>) -> Result<Prepared, Problem> {
        prepare(Self::NAME, self.data(), generation)
    }
}

impl Prepared {
    #[doc(hidden)]
    /// Makes a message without any checks, for names and data that the catalogue does not know.
    /// Fails only for types that must never be sent.
    pub fn raw(kind: &str, data: Map<String, Value>) -> Result<Self, Problem> {
        let kind = spelled(kind);
        if is_forbidden(&kind) {
            return Err(Problem::Forbidden(kind));
        }
        Ok(Self {
            kind,
            data,
            destructive: None,
            dropped: Vec::new(),
            answers: Vec::new(),
        })
    }

    #[doc(hidden)]
    /// The whole message, in the form in which it is sent.
    pub fn envelope(&self, id: &str) -> Map<String, Value> {
        Map::from_iter([
            ("origin".to_owned(), TWITCHAT.into()),
            ("type".to_owned(), self.kind.as_str().into()),
            ("id".to_owned(), id.into()),
            ("data".to_owned(), self.data.clone().into()),
        ])
    }
}

/// Finds an action by any of its names, and checks its data. Case does not matter in the name, and
/// `-` may replace `_`. Then translates both to the names of `generation`. With `None` they keep
/// the given names. Other messages of Twitchat, which an overlay or a test may send, are not
/// checked.
pub fn prepare(
    name: &str,
    mut data: Map<String, Value>,
    generation: Option<Generation>,
) -> Result<Prepared, Problem> {
    let name = spelled(name);
    if is_forbidden(&name) {
        return Err(Problem::Forbidden(name));
    }
    let Some((action, name)) = find(&name)
        .and_then(|action| Some((action, action.names.all().find(|known| *known == name)?)))
    else {
        return other(name, data, generation);
    };
    let words = words(action, name, generation);
    action.check(name, &words, &mut data)?;
    let destructive = action
        .irreversible
        .filter(|irreversible| (irreversible.when)(&data))
        .map(|irreversible| irreversible.does);
    let answers = expected(action, &words, &data, generation);
    let (kind, data, dropped) = match generation {
        None => (name, data, Vec::new()),
        Some(generation) => translate(action, name, &words, data, generation)?,
    };
    Ok(Prepared {
        kind: kind.to_owned(),
        data,
        destructive,
        dropped,
        answers,
    })
}

/// The namings that the data may use: the naming of the given name, and the target's naming for
/// parameters that exist only there.
fn words(action: &Action, name: &str, generation: Option<Generation>) -> Vec<Naming> {
    let target = generation.map(Naming::of);
    let is_name = |naming: &Naming| action.names.of(*naming) == Some(name);
    let mut words: Vec<_> = [Naming::Old, Naming::New]
        .into_iter()
        .filter(is_name)
        .collect();
    match target {
        Some(target) if words.contains(&target) => words.sort_by_key(|naming| *naming != target),
        Some(target) => words.push(target),
        None => {}
    }
    words
}

fn expected(
    action: &Action,
    words: &[Naming],
    data: &Map<String, Value>,
    generation: Option<Generation>,
) -> Vec<Expected> {
    let given = |key: &str| {
        let param = action.params.iter().find(|param| param.key == key)?;
        data.get(param.key_in(words)?).cloned()
    };
    let expect = |answer: &super::Answer| Expected {
        kinds: answer.kinds(generation),
        same: answer
            .same
            .and_then(|(key, place)| Some((place, given(key)?))),
    };
    action
        .answers
        .iter()
        .map(expect)
        .filter(|expected| !expected.kinds.is_empty())
        .collect()
}

type Translated = (&'static str, Map<String, Value>, Vec<&'static str>);

fn translate(
    action: &'static Action,
    name: &'static str,
    words: &[Naming],
    mut data: Map<String, Value>,
    generation: Generation,
) -> Result<Translated, Problem> {
    let target = Naming::of(generation);
    let untranslatable = |parameter, why, nearest| Problem::Untranslatable {
        action: name,
        parameter,
        generation,
        why,
        nearest,
    };
    let is_known = |name: &str| {
        catalogue::look_up(name).is_some_and(|entry| entry.generations.has(generation))
    };
    let stays = action.names.of(target) == Some(name);
    let foreign = |data: &Map<String, Value>| {
        let is_foreign = |param: &&super::Param| {
            param.keys.of(target).is_none()
                && param
                    .key_in(words)
                    .is_some_and(|key| data.contains_key(key))
        };
        action.params.iter().find(is_foreign).map(|param| param.key)
    };
    if stays && foreign(&data).is_none() {
        return if is_known(name) {
            Ok((name, data, Vec::new()))
        } else {
            Err(untranslatable(None, "", akin(action, name, generation)))
        };
    }
    if !stays {
        fill_in_defaults(action, words, &mut data);
    }
    if let Some(turn) = action.turn {
        return match turn(data) {
            Ok((kind, data)) if is_known(kind) => Ok((kind, data, Vec::new())),
            Ok(_) => Err(untranslatable(None, "", akin(action, name, generation))),
            Err(Untranslated { why, nearest }) => Err(untranslatable(None, why, nearest.to_vec())),
        };
    }
    let Some(kind) = action.names.of(target).filter(|kind| is_known(kind)) else {
        return Err(untranslatable(None, "", akin(action, name, generation)));
    };
    let (mut translated, mut dropped) = (Map::new(), Vec::new());
    for param in action.params {
        let Some((key, value)) = param
            .key_in(words)
            .and_then(|key| Some((key, data.remove(key)?)))
        else {
            continue;
        };
        match param.keys.of(target) {
            Some(key) => drop(translated.insert(key.to_owned(), value)),
            None if action.drops.contains(&param.key) => dropped.push(param.key),
            None => {
                return Err(untranslatable(
                    Some(key.to_owned()),
                    "there is no such choice",
                    vec![kind],
                ));
            }
        }
    }
    Ok((kind, translated, dropped))
}

/// Adds the default values explicitly, because each generation may have others.
fn fill_in_defaults(action: &Action, words: &[Naming], data: &mut Map<String, Value>) {
    for param in action.params {
        if let Some((key, default)) = param.key_in(words).zip(param.default)
            && let Ok(value) = serde_json::from_str(default)
        {
            data.entry(key).or_insert_with(|| value);
        }
    }
}

/// The closest actions that exist in a generation.
fn akin(action: &Action, name: &str, generation: Generation) -> Vec<&'static str> {
    let named: Vec<_> = action
        .akin
        .iter()
        .filter_map(|akin| find(akin)?.name_in(generation))
        .collect();
    if named.is_empty() {
        similar(
            name,
            actions().filter_map(|action| action.name_in(generation)),
        )
    } else {
        named
    }
}

/// Prepares one of Twitchat's other messages. Fails if the name is unknown.
fn other(
    name: String,
    data: Map<String, Value>,
    generation: Option<Generation>,
) -> Result<Prepared, Problem> {
    let Some(entry) = catalogue::look_up(&name) else {
        let nearest = similar(&name, actions().flat_map(|action| action.names.all()));
        return Err(Problem::Unknown { name, nearest });
    };
    let kind = match generation {
        None => entry.name,
        Some(generation) => {
            catalogue::name_in(entry.name, generation).ok_or_else(|| Problem::Untranslatable {
                action: entry.name,
                parameter: None,
                generation,
                why: "",
                nearest: Vec::new(),
            })?
        }
    };
    Ok(Prepared {
        kind: kind.to_owned(),
        data,
        destructive: None,
        dropped: Vec::new(),
        answers: Vec::new(),
    })
}

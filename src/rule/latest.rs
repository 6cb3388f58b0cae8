//! The last event of each kind: what `last("Follow")` gives.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{
    Error, ErrorKind, State, Value,
    value::{Object, ObjectRepr, Serde},
};
use serde::{Deserialize, Serialize};
use serde_json::Map;

/// Kinds that are remembered; the one that is longest ago goes first.
const KINDS: usize = 512;

/// The last event of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// `Twitch.Follow`
    pub event: Box<str>,
    /// When, ISO 8601 in UTC.
    pub at: Box<str>,
    /// Which came later; counts up.
    order: u64,
    /// What a template sees besides: `name`, `login`, `id`, `amount`, `what`, `data`.
    #[serde(flatten)]
    pub rest: Map<String, serde_json::Value>,
}

/// The last event of each kind.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Latest {
    entries: BTreeMap<String, Entry>,
}

impl Latest {
    /// What was written down, if it can be read.
    pub fn recall(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// To be written down.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// An event came.
    pub fn note(&mut self, event: &str, at: &str, rest: Map<String, serde_json::Value>) {
        let order = self.entries.values().map(|entry| entry.order).max().unwrap_or_default() + 1;
        let entry = Entry { event: event.into(), at: at.into(), order, rest };
        self.entries.insert(event.to_ascii_lowercase(), entry);
        if self.entries.len() > KINDS
            && let Some(oldest) = self.entries.iter().min_by_key(|(_, entry)| entry.order).map(|(key, _)| key.clone())
        {
            self.entries.remove(&oldest);
        }
    }

    /// By `Source.Type`, or by the type alone: then the latest of all sources. Case does not matter.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        let name = name.trim().to_ascii_lowercase();
        if name.contains('.') {
            return self.entries.get(&name);
        }
        let of_kind = self.entries.iter().filter(|(key, _)| key.split_once('.').is_some_and(|(_, kind)| kind == name));
        of_kind.max_by_key(|(_, entry)| entry.order).map(|(_, entry)| entry)
    }
}

/// `last` itself, to be called.
#[derive(Debug)]
pub(super) struct Last(pub(super) Arc<Latest>);

impl Object for Last {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let [name] = args else {
            return Err(Error::new(ErrorKind::InvalidOperation, "last takes one name, such as last(\"Follow\")"));
        };
        let name = name.as_str().ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "last takes a name in quotes"))?;
        Ok(self.0.find(name).map_or_else(|| Value::from_object(Nobody), |entry| Value::from(Serde(entry))))
    }
}

/// The last event where there was none yet: false, and each of its fields is an empty text.
#[derive(Debug)]
struct Nobody;

impl Object for Nobody {
    fn get_value(self: &Arc<Self>, _key: &Value) -> Option<Value> {
        Some(Value::from(""))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rule::{Context, Expression};

    fn noted(events: &[(&str, &str)]) -> Latest {
        let mut latest = Latest::default();
        for (event, name) in events {
            latest.note(event, "2026-11-21T20:00:00Z", Map::from_iter([("name".to_owned(), json!(name))]));
        }
        latest
    }

    fn eval(latest: &Latest, source: &str) -> serde_json::Value {
        let context = Context::default().with_last(&Arc::new(latest.clone()));
        Expression::parse(source).unwrap().eval(&context).unwrap()
    }

    #[test]
    fn it_is_found_by_its_type_or_with_its_source() {
        let latest = noted(&[("Twitch.Follow", "Anna"), ("YouTube.Follow", "Ben"), ("Twitch.Follow", "Cleo")]);
        assert_eq!(eval(&latest, "[last('follow').name, last('YouTube.Follow').name]"), json!(["Cleo", "Ben"]));
        assert_eq!(eval(&latest, "last('Follow').event"), json!("Twitch.Follow"));
    }

    #[test]
    fn nobody_yet_is_empty_and_false() {
        let latest = Latest::default();
        assert_eq!(eval(&latest, "last('Follow').name"), json!(""));
        assert_eq!(eval(&latest, "'yes' if last('Follow') else 'no'"), json!("no"));
    }

    #[test]
    fn it_is_the_same_after_it_was_written_down() {
        let latest = noted(&[("Twitch.Follow", "Anna"), ("Kofi.Donation", "Ben")]);
        assert_eq!(Latest::recall(&latest.to_json()), latest);
        assert_eq!(Latest::recall("rubbish"), Latest::default());
    }

    #[test]
    fn kinds_are_bounded() {
        let mut latest = Latest::default();
        for kind in 0..2 * KINDS {
            latest.note(&format!("Acme.E{kind}"), "", Map::new());
        }
        assert_eq!((latest.entries.len(), latest.find("E0"), latest.find("E1023").is_some()), (KINDS, None, true));
    }
}

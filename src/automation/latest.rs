//! The last events of each kind, for `last("Follow")`. A few earlier events of each kind are kept
//! as well. If the last event names somebody who is banned, `last` returns one of them instead.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{
    Error, ErrorKind, State, Value,
    value::{Object, ObjectRepr, Serde},
};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::{event::EventName, mapping::emitted};

/// The limit on kinds that are remembered. When it is reached, the kind with the oldest last event
/// is dropped.
const KINDS: usize = 512;
/// The limit on events of one kind that are remembered. Each of them has a different person.
const EACH: usize = 16;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastEvent {
    pub event: Box<str>,
    /// The time at which the event was emitted, in ISO 8601 and UTC.
    pub at: Box<str>,
    /// Increases with each event, across all kinds.
    order: u64,
    /// Whether `last` must skip the event, because it names a banned person.
    #[serde(skip)]
    hidden: bool,
    /// The other fields that a template can read: `name`, `login`, `id`, `amount`, `currency`,
    /// `what`, `data`.
    #[serde(flatten)]
    pub rest: Map<String, serde_json::Value>,
}

impl LastEvent {
    /// The id, login or name of the event's person. `None` if the event names nobody.
    fn whose(&self) -> Option<String> {
        ["id", "login", "name"].iter().find_map(|key| {
            self.rest
                .get(*key)?
                .as_str()
                .filter(|text| !text.is_empty())
                .map(str::to_lowercase)
        })
    }
}

/// The last events of one kind, the newest first. A single event is serialized without a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Kind {
    One(Box<LastEvent>),
    Several(Vec<LastEvent>),
}

impl Kind {
    fn list(&self) -> &[LastEvent] {
        match self {
            Self::One(entry) => std::slice::from_ref(entry),
            Self::Several(entries) => entries,
        }
    }

    fn list_mut(&mut self) -> &mut [LastEvent] {
        match self {
            Self::One(entry) => std::slice::from_mut(entry),
            Self::Several(entries) => entries,
        }
    }

    fn shown(&self) -> Option<&LastEvent> {
        self.list().iter().find(|entry| !entry.hidden)
    }

    fn order(&self) -> u64 {
        self.list().first().map_or(0, |entry| entry.order)
    }
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Latest {
    kinds: BTreeMap<String, Kind>,
}

impl Latest {
    /// The result is empty if the stored JSON is not valid.
    pub fn recall(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn note(&mut self, event: &str, at: &str, rest: Map<String, serde_json::Value>) {
        let order = self
            .kinds
            .values()
            .map(Kind::order)
            .max()
            .unwrap_or_default()
            + 1;
        let entry = LastEvent {
            event: event.into(),
            at: at.into(),
            order,
            hidden: false,
            rest,
        };
        let key = event.to_ascii_lowercase();
        let before = match self.kinds.remove(&key) {
            Some(Kind::One(entry)) => vec![*entry],
            Some(Kind::Several(entries)) => entries,
            None => Vec::new(),
        };
        // The new event replaces an earlier event of the same person. An event that names nobody
        // replaces all events.
        let whose = entry.whose();
        let others = before
            .into_iter()
            .filter(|other| whose.is_some() && other.whose() != whose)
            .take(EACH - 1);
        let mut entries: Vec<_> = std::iter::once(entry).chain(others).collect();
        let kind = match entries.pop() {
            Some(entry) if entries.is_empty() => Kind::One(Box::new(entry)),
            last => {
                entries.extend(last);
                Kind::Several(entries)
            }
        };
        self.kinds.insert(key, kind);
        if self.kinds.len() > KINDS
            && let Some(oldest) = self
                .kinds
                .iter()
                .min_by_key(|(_, kind)| kind.order())
                .map(|(key, _)| key.clone())
        {
            self.kinds.remove(&oldest);
        }
    }

    /// Whether [`Self::mark`] would change anything.
    pub fn differs(&self, hidden: impl Fn(&LastEvent) -> bool) -> bool {
        self.kinds
            .values()
            .flat_map(Kind::list)
            .any(|entry| entry.hidden != hidden(entry))
    }

    /// Hides exactly the events for which `hidden` is true.
    pub fn mark(&mut self, hidden: impl Fn(&LastEvent) -> bool) {
        for entry in self.kinds.values_mut().flat_map(Kind::list_mut) {
            entry.hidden = hidden(entry);
        }
    }

    /// `Source.Type` names one kind; a type alone names the kinds of all sources. Case does not
    /// matter.
    pub fn find(&self, name: &str) -> Option<&LastEvent> {
        let name = name.trim().to_ascii_lowercase();
        if name.contains('.') {
            return self.kinds.get(&name).and_then(Kind::shown);
        }
        let of_kind = self
            .kinds
            .iter()
            .filter(|(key, _)| key.split_once('.').is_some_and(|(_, kind)| kind == name));
        of_kind
            .filter_map(|(_, kind)| kind.shown())
            .max_by_key(|entry| entry.order)
    }
}

/// Whether `last` with this name may return events of this kind.
pub(super) fn is_named(name: &str, event: &EventName) -> bool {
    if name.contains('.') {
        event.to_string().eq_ignore_ascii_case(name)
    } else {
        event.kind.eq_ignore_ascii_case(name)
    }
}

/// A warning if `last` with this name may stay empty for ever, because the bridge emits no such
/// event by itself and `published` does not contain one.
pub(super) fn doubt(name: &str, published: &[&EventName]) -> Option<String> {
    let is_it = |event: &EventName| is_named(name, event);
    if published.iter().any(|event| is_it(event)) {
        return None;
    }
    if name.contains('.') {
        return emitted::doubt(&EventName::parse(name)?);
    }
    let known: Vec<_> = emitted::all().filter(is_it).collect();
    if known.iter().any(emitted::is_emitted) {
        return None;
    }
    if known.is_empty() {
        return Some(format!(
            "no event of the type {name} is known: it comes only when another program publishes it \
                with PublishEvent"
        ));
    }
    emitted::never(&known.iter().map(ToString::to_string).collect::<Vec<_>>())
}

#[derive(Debug)]
pub(super) struct Last(pub(super) Arc<Latest>);

impl Object for Last {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let [name] = args else {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                "last takes one name, such as last(\"Follow\")",
            ));
        };
        let name = name.as_str().ok_or_else(|| {
            Error::new(ErrorKind::InvalidOperation, "last takes a name in quotes")
        })?;
        Ok(self.0.find(name).map_or_else(
            || Value::from_object(Nobody),
            |entry| Value::from(Serde(entry)),
        ))
    }
}

/// The result of `last` if no event has occurred yet. It counts as false, and each of its fields is
/// an empty text.
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
    use crate::automation::{Context, Expression};

    fn noted(events: &[(&str, &str)]) -> Latest {
        let mut latest = Latest::default();
        for (event, name) in events {
            latest.note(
                event,
                "2026-11-21T20:00:00Z",
                Map::from_iter([("name".to_owned(), json!(name))]),
            );
        }
        latest
    }

    fn eval(latest: &Latest, source: &str) -> serde_json::Value {
        let context = Context::default().with_last(&Arc::new(latest.clone()));
        Expression::parse(source).unwrap().eval(&context).unwrap()
    }

    #[test]
    fn it_is_found_by_its_type_or_with_its_source() {
        let latest = noted(&[
            ("Twitch.Follow", "Anna"),
            ("Kick.Follow", "Ben"),
            ("Twitch.Follow", "Cleo"),
        ]);
        assert_eq!(
            eval(&latest, "[last('follow').name, last('Kick.Follow').name]"),
            json!(["Cleo", "Ben"])
        );
        assert_eq!(
            eval(&latest, "last('Follow').event"),
            json!("Twitch.Follow")
        );
    }

    #[test]
    fn last_without_an_event_is_empty_and_false() {
        let latest = Latest::default();
        assert_eq!(eval(&latest, "last('Follow').name"), json!(""));
        assert_eq!(
            eval(&latest, "'yes' if last('Follow') else 'no'"),
            json!("no")
        );
    }

    #[test]
    fn the_last_events_survive_storing_and_reading() {
        let latest = noted(&[("Twitch.Follow", "Anna"), ("Kofi.Donation", "Ben")]);
        assert_eq!(Latest::recall(&latest.to_json()), latest);
        assert_eq!(Latest::recall("rubbish"), Latest::default());
    }

    #[test]
    fn last_returns_an_earlier_event_if_the_last_one_is_hidden() {
        let mut latest = noted(&[
            ("Twitch.Follow", "Anna"),
            ("Twitch.Follow", "Ben"),
            ("Twitch.Follow", "Cleo"),
            ("Twitch.Follow", "Ben"),
        ]);
        let of = |name: &'static str| move |entry: &LastEvent| entry.rest["name"] == name;
        assert!(latest.differs(of("Ben")));
        latest.mark(of("Ben"));
        assert!(!latest.differs(of("Ben")));
        assert_eq!(eval(&latest, "last('Follow').name"), json!("Cleo"));
        latest.mark(|_| true);
        assert_eq!(
            eval(&latest, "'yes' if last('Twitch.Follow') else 'no'"),
            json!("no")
        );
        latest.mark(|_| false);
        assert_eq!(
            (
                eval(&latest, "last('Follow').name"),
                latest.kinds["twitch.follow"].list().len()
            ),
            (json!("Ben"), 3)
        );
    }

    #[test]
    fn the_format_of_an_earlier_version_is_read() {
        let latest = Latest::recall(
            r#"{"twitch.follow":{"event":"Twitch.Follow","at":"2026-11-21T20:00:00Z",
                "order":3,"name":"Anna"}}"#,
        );
        assert_eq!(eval(&latest, "last('Follow').name"), json!("Anna"));
    }

    #[test]
    fn events_of_a_kind_are_bounded() {
        let mut latest = Latest::default();
        for name in 0..2 * EACH {
            latest.note(
                "Acme.E",
                "",
                Map::from_iter([("name".to_owned(), json!(name.to_string()))]),
            );
        }
        assert_eq!(latest.kinds["acme.e"].list().len(), EACH);
    }

    #[test]
    fn kinds_are_bounded() {
        let mut latest = Latest::default();
        for kind in 0..2 * KINDS {
            latest.note(&format!("Acme.E{kind}"), "", Map::new());
        }
        assert_eq!(
            (
                latest.kinds.len(),
                latest.find("E0"),
                latest.find("E1023").is_some()
            ),
            (KINDS, None, true)
        );
    }
}

//! `ExplainPerson`: lists the events behind a person's entries, from the rows of a session.

use serde_json::{Map, Value, json};

use super::{
    archive::Archive,
    io::{MetaValues, Settings},
    journal::{PersonRow, Row, RowOrigin, Session},
    person_search,
    time::instant,
};
use crate::{
    credits::{EntryId, Fold, Origin, Outcome, PersonId, reply},
    event::{Fact, Person, Platform},
    request::{PersonQuery, RequestError},
};

/// The limit on events in one reply.
const MOST: usize = 1_000;
/// The limit on sections that are listed for one event. It is greater than the number of sections,
/// so none is left out.
const SECTIONS: usize = 100;

/// The events of one person in a session. It reads the rows twice, because only all rows together
/// show which accounts belong to the same person.
#[derive(Debug)]
pub struct Explanation {
    /// The session after all rows.
    whole: Archive,
    who: PersonId,
    /// The session up to the current row.
    sofar: Archive,
    events: Vec<Value>,
    is_limited: bool,
}

impl Explanation {
    /// Finds the person in a session whose rows were all read.
    ///
    /// # Errors
    /// Fails if no person or several people have the name.
    pub fn of(
        whole: Archive,
        person: &PersonQuery,
        settings: &Settings,
        meta: &MetaValues,
    ) -> Result<Self, RequestError> {
        let who = person_search::one(whole.fold(), person)?;
        let session: Session = whole.session().clone();
        Ok(Self {
            sofar: Archive::new(settings, meta, session),
            who: whole.fold().people.shown(who),
            whole,
            events: Vec::new(),
            is_limited: false,
        })
    }

    /// Adds a person of the store, as [`Archive::recall_person`] does.
    pub fn recall_person(&mut self, row: &PersonRow) {
        self.sofar.recall_person(row);
    }

    /// Reads a row for the second time. The rows and their order are the same as for
    /// [`Archive::read`].
    pub fn read(&mut self, row: &Row) {
        let mut facts = Vec::new();
        let (whole, who) = (self.whole.fold(), self.who);
        self.sofar.read_with(row, |_, fact, outcome| {
            if names(fact, who, whole) {
                facts.push((fact.clone(), outcome));
            }
        });
        if row.session != self.sofar.session().id {
            return;
        }
        let facts: Vec<_> = facts
            .into_iter()
            .map(|(fact, outcome)| (outcome, sections(&fact, row.at_ms, who, whole)))
            .collect();
        let is_edited = row.origin == RowOrigin::Edited && edit_names(&row.body, who, whole);
        for (outcome, sections) in facts {
            let is_counted = outcome == Outcome::Counted;
            let mut event = event(row);
            event.insert("counted".into(), is_counted.into());
            if !is_counted {
                let why = match outcome {
                    Outcome::Twin => "another page or program had already reported it",
                    Outcome::Part => "it is a part of an event that already counts",
                    Outcome::Repeat | Outcome::Counted => "it had already been reported",
                };
                event.insert("why".into(), why.into());
            }
            event.insert("sections".into(), sections.into());
            self.push(event);
        }
        if is_edited {
            self.push(event(row));
        }
    }

    fn push(&mut self, event: Map<String, Value>) {
        if self.events.len() < MOST {
            self.events.push(event.into());
        } else {
            self.is_limited = true;
        }
    }

    pub fn into_reply(self, options: &reply::Options, now_ms: i64) -> Map<String, Value> {
        let fold = self.whole.fold();
        let mut reply = Map::from_iter([
            ("person".to_owned(), person_search::describe(fold, self.who)),
            ("session".to_owned(), self.whole.session().id.0.into()),
            (
                "entries".to_owned(),
                self.whole.entries_of(options, self.who, now_ms).into(),
            ),
        ]);
        if self.is_limited {
            reply.insert("limited".into(), true.into());
        }
        reply.insert("events".into(), self.events.into());
        reply
    }
}

/// The fields that all listed rows have.
fn event(row: &Row) -> Map<String, Value> {
    let fields = [
        ("at", Value::from(instant(row.at_ms))),
        ("kind", Value::from(&*row.kind)),
        ("source", source(row.origin).into()),
        ("row", row.seq.0.into()),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn source(origin: RowOrigin) -> &'static str {
    match origin {
        RowOrigin::Received => "Twitchat",
        RowOrigin::Played => "a recording",
        RowOrigin::Published => "a published event",
        RowOrigin::Filled => "Twitchat's summary",
        RowOrigin::Added => "AddToCredits",
        RowOrigin::Edited => "a correction",
    }
}

/// Whether a fact names an account that is shown as this person.
fn names(fact: &Fact, who: PersonId, fold: &Fold) -> bool {
    let mut found = false;
    fact.clone().each_person(|person| {
        found |= is(person, who, fold);
    });
    found
}

fn is(person: &Person, who: PersonId, fold: &Fold) -> bool {
    let people = &fold.people;
    people
        .find(person)
        .is_some_and(|found| people.shown(found) == who)
}

/// The sections in which a fact counts, each with the id of the person's entry.
fn sections(fact: &Fact, at_ms: i64, who: PersonId, fold: &Fold) -> Vec<Value> {
    let mut alone = Fold::default();
    alone.apply(fact, None, Origin::Live, at_ms, |_| {});
    let mut people = Vec::new();
    fact.clone().each_person(|person| {
        if is(person, who, fold)
            && let Some(person) = alone.people.find(person)
            && !people.contains(&person)
        {
            people.push(person);
        }
    });
    let options = reply::Options::default();
    people
        .into_iter()
        .flat_map(|person| reply::lines_of(&alone, &options, person, at_ms, SECTIONS))
        .filter_map(|line| {
            let section = line.get("section")?.as_str()?;
            let entry = EntryId::of_person(section, who, &fold.people);
            Some(json!({ "section": section, "entry": entry.as_str() }))
        })
        .collect()
}

fn edit_names(body: &str, who: PersonId, fold: &Fold) -> bool {
    let Ok(body) = serde_json::from_str::<Map<String, Value>>(body) else {
        return false;
    };
    ["person", "into"].iter().any(|key| {
        let text = |field: &str| {
            let person = body.get(*key).and_then(|person| person.get(field));
            person.and_then(Value::as_str).unwrap_or_default()
        };
        let platform = Platform::parse(text("platform"));
        Person::on(platform, text("id"), text("login"), text("name"))
            .is_some_and(|person| is(&person, who, fold))
    })
}

//! The roll in the store, so that a bridge that is started again in the middle of it goes on with
//! it.
//!
//! There are two meta values. The movement is written at each control; the content, which may have
//! megabytes, only when the roll begins or its look changes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    guests::Guests,
    hidden::Shown,
    position::Position,
    rolling::{Cause, Made, Passes, Rolling, Why},
};
use crate::{
    bridge::io::Now,
    credits::{
        Fold, PersonId,
        roll::{Kind, Place, Reason},
    },
    event::{Person, Platform},
    request::RollOptions,
};

/// The key of the movement.
pub(super) const MOVEMENT: &str = "roll";
/// The key of the content.
pub(super) const CONTENT: &str = "roll_content";

/// Where a roll is and how it moves.
#[derive(Debug, Serialize, Deserialize)]
struct Movement {
    id: Uuid,
    /// Milliseconds from the beginning, at `at_ms`.
    from_ms: f64,
    /// When this was written, Unix milliseconds.
    at_ms: i64,
    factor: f64,
    is_paused: bool,
    length_ms: f64,
    #[serde(default)]
    pace: Reason,
    held: Option<Box<str>>,
}

/// All the rest of a roll.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    id: Uuid,
    test: bool,
    of_earlier: bool,
    cause: Cause,
    object: Map<String, Value>,
    starts_ms: Vec<f64>,
    /// The names of the kinds in each section.
    sections: Vec<(Box<str>, Vec<Box<str>>)>,
    names: usize,
    repeats: bool,
    people: Vec<ShownPerson>,
}

/// A place in the roll, and the person whose name is there. Numbers of people are other ones after
/// a restart.
#[derive(Debug, Serialize, Deserialize)]
struct ShownPerson {
    place: (usize, usize, Option<usize>),
    platform: Platform,
    id: Box<str>,
    login: Box<str>,
    display: Box<str>,
}

/// A roll that an earlier run of the bridge has stored.
#[derive(Debug)]
pub(super) struct StoredRoll {
    pub(super) rolling: Rolling,
    /// When it was last written, Unix milliseconds.
    pub(super) at_ms: i64,
}

/// The meta value of a roll's movement.
pub(super) fn movement(roll: &Rolling, now: Now) -> String {
    let movement = Movement {
        id: roll.id,
        from_ms: roll.position.at(now.mono_ms),
        at_ms: now.wall_ms,
        factor: roll.position.factor(),
        is_paused: roll.position.is_paused(),
        length_ms: roll.length_ms,
        pace: roll.why.pace,
        held: roll.held.clone(),
    };
    text(&movement)
}

/// The meta value of a roll's content.
pub(super) fn content(roll: &Rolling, fold: &Fold) -> String {
    let kinds = |kinds: &[Kind]| kinds.iter().map(|kind| kind.name().into()).collect();
    let content = Content {
        id: roll.id,
        test: roll.test,
        of_earlier: roll.made.of_earlier,
        cause: roll.cause,
        object: roll.object.clone(),
        starts_ms: roll.starts_ms.clone(),
        sections: roll
            .sections
            .iter()
            .map(|(id, list)| (id.clone(), kinds(list)))
            .collect(),
        names: roll.names,
        repeats: roll.passes.repeat,
        people: roll
            .people
            .places()
            .iter()
            .filter_map(|(place, who)| person(*place, *who, fold))
            .collect(),
    };
    text(&content)
}

/// JSON of data that has no keys but texts, so it cannot fail.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn person(place: Place, who: PersonId, fold: &Fold) -> Option<ShownPerson> {
    let known = fold.people.known(who)?;
    Some(ShownPerson {
        place: (place.section, place.name, place.line),
        platform: known.platform,
        id: known.id.clone(),
        login: known.login.clone(),
        display: known.display.clone(),
    })
}

/// Reads a roll from the meta values. `None` if no roll was on, or if they belong to two rolls,
/// because the bridge was killed between the two writes.
pub(super) fn read(movement: &str, content: &str, fold: &Fold, now: Now) -> Option<StoredRoll> {
    let movement: Movement = serde_json::from_str(movement).ok()?;
    let content: Content = serde_json::from_str(content).ok()?;
    if movement.id != content.id {
        return None;
    }
    let mut position = Position::start(now.mono_ms);
    position.speed(movement.factor, now.mono_ms);
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds between two runs are far below 2^53"
    )]
    let passed_ms = now.wall_ms.saturating_sub(movement.at_ms).max(0) as f64;
    let moved_ms = if movement.is_paused {
        0.0
    } else {
        passed_ms * movement.factor
    };
    position.jump(movement.from_ms + moved_ms, now.mono_ms);
    position.pause(movement.is_paused, now.mono_ms);
    let places = content
        .people
        .iter()
        .filter_map(|shown| Some((place(shown), find(shown, fold)?)))
        .collect();
    let look = content.object.get("look").and_then(Value::as_object);
    let made = Made {
        of_earlier: content.of_earlier,
        options: (!content.test && !content.of_earlier).then(RollOptions::default),
        music_seconds: None,
        look: look.cloned().unwrap_or_default(),
        length_ms: movement.length_ms,
    };
    let rolling = Rolling {
        id: content.id,
        test: content.test,
        cause: content.cause,
        object: content.object,
        position,
        length_ms: movement.length_ms,
        why: Why {
            pace: movement.pace,
            no_music: None,
        },
        starts_ms: content.starts_ms,
        sections: content
            .sections
            .into_iter()
            .map(|(id, kinds)| (id, known_kinds(&kinds)))
            .collect(),
        names: content.names,
        passes: Passes {
            repeat: content.repeats,
            last_ms: None,
        },
        held: movement.held,
        people: Shown::recalled(places),
        guests: Guests::default(),
        made,
    };
    Some(StoredRoll {
        rolling,
        at_ms: movement.at_ms,
    })
}

fn place(shown: &ShownPerson) -> Place {
    let (section, name, line) = shown.place;
    Place {
        section,
        name,
        line,
    }
}

fn find(shown: &ShownPerson, fold: &Fold) -> Option<PersonId> {
    let person = Person::on(shown.platform, &shown.id, &shown.login, &shown.display)?;
    fold.people.find(&person)
}

fn known_kinds(names: &[Box<str>]) -> Vec<Kind> {
    Kind::all()
        .filter(|kind| names.iter().any(|name| **name == *kind.name()))
        .collect()
}

//! Reads the fields of requests about the end credits.

use serde_json::{Map, Value};

use super::{
    call::Call,
    error::RequestError,
    fields::{self, Fields},
    roll::{Command, Place, Report, RollOptions},
};
use crate::credits::{
    roll::Look,
    test_audience::{MOST, TestAudience},
};

/// Maximum number of a page's warnings that are stored. `LONGEST_WARNING` limits the characters of
/// each.
const WARNINGS: usize = 20;
const LONGEST_WARNING: usize = 300;

/// Maximum length of a theme's name in characters. `LONGEST_LOOK` limits a look, in bytes of JSON.
/// Both are stored with the roll and sent repeatedly.
const LONGEST_THEME: usize = 100;
const LONGEST_LOOK: usize = 16 * 1024;

pub(super) fn roll(mut fields: Fields) -> Result<RollOptions, RequestError> {
    let fields = &mut fields;
    let test_audience = test_audience(fields)?;
    let mut look = Look::default();
    let mut given = |field| fields.setting(field, Look::SETTINGS, &mut look);
    let has_mode = given("mode")?;
    let [has_seconds, has_speed, has_delay] = [given("seconds")?, given("speed")?, given("delay")?];
    let repeats = given("loop")?;
    let theme: Option<Box<str>> = fields.text("theme", "the name of a theme")?.map(Into::into);
    fields::within(
        "theme",
        theme.as_ref().map_or(0, |theme| theme.chars().count()),
        LONGEST_THEME,
        "characters",
    )?;
    Ok(RollOptions {
        test: fields.flag("test")?.unwrap_or(false) || test_audience.is_some(),
        test_audience,
        seconds: has_seconds.then_some(look.seconds),
        speed: look.speed.filter(|_| has_speed),
        delay: has_delay.then_some(look.delay),
        mode: has_mode.then_some(look.mode),
        theme,
        repeats: repeats.then_some(look.repeats),
    })
}

/// Reads `testAudience`: an object, or `true` for the default audience. An empty object counts as
/// absent. `crowd` is the field's old name; if both are given, the new name counts.
fn test_audience(fields: &mut Fields) -> Result<Option<TestAudience>, RequestError> {
    let old = fields.take("crowd");
    let (name, prefix, given) = match (fields.take("testAudience"), old) {
        (Some(given), _) => ("testAudience", "testAudience.", given),
        (None, Some(given)) => ("crowd", "crowd.", given),
        (None, None) => return Ok(None),
    };
    let test_audience = match given {
        Value::Bool(wanted) => return Ok(wanted.then(TestAudience::default)),
        Value::Object(test_audience) if test_audience.is_empty() => return Ok(None),
        Value::Object(test_audience) => test_audience,
        other => {
            let expected = "an object such as {\"names\":800,\"seed\":7,\"emoji\":true}";
            return Err(fields::field_error(name, &other, expected));
        }
    };
    let mut test_audience = fields.inner(test_audience, prefix);
    let usual = TestAudience::default();
    let test_audience = &mut test_audience;
    Ok(Some(TestAudience {
        names: test_audience
            .count("names")?
            .map_or(usual.names, |names| names.min(MOST)),
        seed: test_audience
            .value("seed", "a whole number of at least 0", |given| {
                u64::try_from(given.whole()?).ok()
            })?
            .unwrap_or(usual.seed),
        long: test_audience.flag("long")?.unwrap_or_default(),
        rtl: test_audience.flag("rtl")?.unwrap_or_default(),
        emoji: test_audience.flag("emoji")?.unwrap_or_default(),
        mixed_currency: test_audience.flag("mixedCurrency")?.unwrap_or_default(),
    }))
}

pub(super) fn control(mut fields: Fields) -> Result<Call, RequestError> {
    let expected =
        "\"stop\", \"pause\", \"resume\", \"next\", \"previous\", \"speed\", \"goto\" or \"look\"";
    let word = fields.needed_text("command", "command", expected)?;
    let command = match word.to_ascii_lowercase().as_str() {
        "stop" => Command::Stop,
        "pause" => Command::Pause,
        "resume" => Command::Resume,
        "next" => Command::Next,
        "previous" => Command::Previous,
        "speed" => {
            let expected =
                "a number: 1 for the configured speed, 2 for twice as fast, -1 for backwards";
            let factor = fields.number("value", expected, -100.0..=100.0)?;
            Command::Speed(factor.ok_or(RequestError::Missing {
                field: "value",
                expected,
            })?)
        }
        "goto" => Command::Goto(place(fields)?),
        "look" => {
            let look = Value::Object(fields.object(
                "value",
                "an object, part of a roll's look, such as {\"theme\":\"neon\"}",
            )?);
            fields::within(
                "value",
                look.to_string().len(),
                LONGEST_LOOK,
                "bytes of JSON",
            )?;
            Command::Look(if let Value::Object(look) = look {
                look
            } else {
                Map::new()
            })
        }
        _ => {
            return Err(fields::field_error("command", &word.into(), expected));
        }
    };
    Ok(Call::ControlCredits(command))
}

fn place(mut fields: Fields) -> Result<Place, RequestError> {
    let expected = "the id of a section or its number from 0, unless \"at\" gives milliseconds";
    let count = |value: &Value| value.as_u64().and_then(|count| usize::try_from(count).ok());
    match (fields.take("value"), fields.take("at")) {
        (None, Some(at)) if at.as_u64().is_some() => Ok(Place::At(at.as_u64().unwrap_or_default())),
        (None, Some(at)) => Err(fields::field_error(
            "at",
            &at,
            "a number of milliseconds of at least 0",
        )),
        (None, None) => Err(RequestError::Missing {
            field: "value",
            expected,
        }),
        (Some(Value::String(id)), _) if !id.trim().is_empty() => {
            Ok(Place::Section(id.trim().into()))
        }
        (Some(value), _) => match count(&value) {
            Some(index) => Ok(Place::Index(index)),
            None => Err(fields::field_error("value", &value, expected)),
        },
    }
}

pub(super) fn report(mut fields: Fields) -> Result<Call, RequestError> {
    let expected = "\"idle\", \"rolling\", \"paused\", \"complete\" or \"stopped\"";
    let state = fields.one_of("state", expected)?;
    let state = state.ok_or(RequestError::Missing {
        field: "state",
        expected,
    })?;
    let roll = fields.value("roll", "the id of a roll", |given| {
        given.text()?.parse().ok()
    })?;
    let seconds = fields.number("seconds", "a number of seconds", 0.0..=10_000_000.0)?;
    let elapsed_ms = fields.number(
        "elapsedMs",
        "a number of milliseconds",
        0.0..=10_000_000_000.0,
    )?;
    let rate = fields.number("rate", "a speed factor", -100.0..=100.0)?;
    let test = fields.flag("test")?;
    let names = fields.value("names", "a whole number of at least 0", |given| {
        usize::try_from(given.whole()?).ok()
    })?;
    // A page of another version may have reasons that this bridge does not know.
    let reason = fields
        .take("pace")
        .and_then(|pace| pace.as_str()?.parse().ok());
    let page = fields
        .text("page", "the name of the page")?
        .unwrap_or_else(|| "credits".into());
    let warnings = match fields.take("warnings") {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(Value::as_str)
            .take(WARNINGS)
            .map(cut)
            .collect(),
        _ => Vec::new(),
    };
    Ok(Call::OverlayReport(Report {
        page: cut(&page),
        state,
        roll,
        seconds,
        elapsed_ms,
        rate,
        test,
        names,
        pace: reason,
        warnings,
    }))
}

fn cut(text: &str) -> Box<str> {
    text.chars()
        .take(LONGEST_WARNING)
        .collect::<String>()
        .into()
}

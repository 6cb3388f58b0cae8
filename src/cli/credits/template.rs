//! `credits get --template`: fills in a template of the user's own.

use std::path::Path;

use anyhow::Context as _;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};
use twitchat_bridge::automation::Document;
use twitchat_bridge::files::text;

use crate::cli::out;

/// Reads and checks a template.
pub(super) fn read(path: &Path) -> anyhow::Result<Document> {
    let shown = path.display();
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    if [".csv", ".tsv"].iter().any(|ending| name.contains(ending)) {
        anyhow::bail!(
            "{shown}: a name in a table must not become a formula, which a template cannot \
                prevent: use --format csv"
        );
    }
    let source = text::read(path).with_context(|| format!("cannot read the template {shown}"))?;
    Document::parse(&name, &source).with_context(|| format!("the template {shown} is not valid"))
}

/// Prints the document. `credits` is a reply in `legacy` spelling with `extended`, `session` a
/// reply to `GetSession`, and `roll` one to `GetRoll`.
pub(super) fn print(
    document: &Document,
    path: &Path,
    mut credits: Map<String, Value>,
    session: Value,
    roll: &Value,
) -> anyhow::Result<()> {
    let extended = credits.remove("extended").unwrap_or_default();
    let sections = roll.pointer("/roll/sections").cloned().unwrap_or_default();
    let mut values = Value::from(Map::from_iter([
        ("credits".to_owned(), credits.into()),
        ("extended".to_owned(), extended),
        ("sections".to_owned(), sections),
        ("session".to_owned(), dated(session)),
    ]));
    clean(&mut values);
    let text = document
        .render(values.as_object().unwrap_or(&Map::new()))
        .with_context(|| format!("cannot fill in the template {}", path.display()))?;
    out::line(text.trim_end())?;
    Ok(())
}

/// The session with its day, time and duration, in the time zone of this computer.
fn dated(mut session: Value) -> Value {
    let began = session
        .get("started")
        .and_then(Value::as_str)
        .and_then(|started| started.parse::<Timestamp>().ok())
        .map(|started| started.to_zoned(TimeZone::system()));
    let seconds = session.get("seconds").and_then(Value::as_u64);
    if let Some(fields) = session.as_object_mut() {
        let text = |pattern: &str| {
            let text = began.as_ref().map(|at| at.strftime(pattern).to_string());
            Value::from(text.unwrap_or_default())
        };
        fields.insert("date".into(), text("%Y-%m-%d"));
        fields.insert("time".into(), text("%H:%M"));
        let minutes = seconds.unwrap_or_default() / 60;
        let duration = match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes} min"),
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        };
        fields.insert("duration".into(), duration.into());
    }
    session
}

/// Makes each text one line without control characters, so that a name cannot begin a line of its
/// own. Texts of text sections are the streamer's and keep their lines.
fn clean(value: &mut Value) {
    match value {
        Value::String(text) => {
            *text = out::clean(text).replace(['\u{2028}', '\u{2029}'], " ");
        }
        Value::Array(list) => list.iter_mut().for_each(clean),
        Value::Object(object) => {
            let is_text = object.get("kind").is_some_and(|kind| kind == "text");
            object
                .iter_mut()
                .filter(|(key, _)| !(is_text && *key == "text"))
                .for_each(|(_, value)| clean(value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

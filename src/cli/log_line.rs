//! The form of the lines on standard error and in the log file: text for people, or one JSON object
//! per line. docs/scripting.md describes the object.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::adapter::strip_str;
use jiff::Zoned;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{DefaultFields, Format, Full, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{self as log, FmtContext, FormatEvent};
use tracing_subscriber::registry::LookupSpan;
use twitchat_bridge::config::LogFormat;

use super::safe::harmless;

/// The environment variable for the setting `bridge.log_format`.
const VARIABLE: &str = "TWITCHAT_BRIDGE_LOG_FORMAT";
/// The `target` of lines that come from a verb and not from the log.
const VERB: &str = "twitchat_bridge::cli";

static IS_JSON: AtomicBool = AtomicBool::new(false);

pub(crate) fn write_as(format: LogFormat) {
    IS_JSON.store(format == LogFormat::Json, Ordering::Relaxed);
}

/// Uses the form in the environment variable for all further lines. An unknown word is reported
/// later, when the settings are read.
pub(crate) fn write_as_environment_says() {
    let format = std::env::var(VARIABLE)
        .ok()
        .and_then(|word| word.parse().ok());
    write_as(format.unwrap_or_default());
}

pub(crate) fn is_json() -> bool {
    IS_JSON.load(Ordering::Relaxed)
}

/// A line in the current form, without a line end, for a text that does not come from the log.
pub(crate) fn of(level: Level, text: &str) -> String {
    if is_json() {
        as_json(level, text)
    } else {
        format!("{} {level} {text}", now())
    }
}

/// One JSON object in one line. Colours in the text are removed.
pub(crate) fn as_json(level: Level, text: &str) -> String {
    let text = strip_str(text).to_string();
    object(level, VERB, &text, &Map::new())
}

fn object(level: Level, target: &str, message: &str, fields: &Map<String, Value>) -> String {
    let level = level.as_str().to_lowercase();
    let line = json!({ "time": now(), "level": level, "target": target, "message": message,
        "fields": fields });
    harmless(&line.to_string()).into_owned()
}

/// The local time with its offset, in milliseconds.
fn now() -> String {
    written(&Zoned::now())
}

fn written(time: &Zoned) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}

#[derive(Debug, Clone, Copy)]
struct LocalTime;

impl FormatTime for LocalTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&now())
    }
}

#[derive(Debug)]
pub(crate) struct Lines {
    text: Format<Full, LocalTime>,
}

impl Lines {
    /// With `with_target`, lines of text also name the part of the program that logs. Lines of JSON
    /// always name it.
    pub(crate) fn new(with_target: bool) -> Self {
        let text = log::format().with_timer(LocalTime).with_target(with_target);
        Self { text }
    }
}

impl<S> FormatEvent<S, DefaultFields> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, DefaultFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if is_json() {
            writeln!(writer, "{}", line(event))
        } else {
            self.text.format_event(context, writer, event)
        }
    }
}

fn line(event: &Event<'_>) -> String {
    let mut parts = Parts::default();
    event.record(&mut parts);
    let metadata = event.metadata();
    let target = parts.target.as_deref().unwrap_or(metadata.target());
    object(*metadata.level(), target, &parts.message, &parts.fields)
}

#[derive(Debug, Default)]
struct Parts {
    message: String,
    /// The real target of an event of the crate `log`. The target of the tracing event is only
    /// `log`.
    target: Option<String>,
    fields: Map<String, Value>,
}

impl Parts {
    fn add(&mut self, field: &Field, value: Value) {
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        match field.name() {
            "message" => self.message = text(value),
            "log.target" => self.target = Some(text(value)),
            // These fields are a file and a line within a library.
            name if name.starts_with("log.") => {}
            name => {
                self.fields.insert(name.to_owned(), value);
            }
        }
    }
}

impl Visit for Parts {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        let number = u64::try_from(value).map(Value::from);
        self.add(field, number.unwrap_or_else(|_| value.to_string().into()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// The text that the log writes for the events in `act`.
    fn logged(act: impl FnOnce()) -> Vec<Value> {
        #[derive(Clone, Default)]
        struct Shared(Arc<Mutex<Vec<u8>>>);
        impl io::Write for Shared {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let shared = Shared::default();
        let writer = shared.clone();
        let layer = log::layer()
            .event_format(Lines::new(false))
            .with_writer(move || writer.clone());
        write_as(LogFormat::Json);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), act);
        write_as(LogFormat::Text);
        let text = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn times_are_local_with_their_offset() {
        let time: Zoned = "2026-11-29T18:05:00.1234[Europe/Berlin]".parse().unwrap();
        assert_eq!(written(&time), "2026-11-29T18:05:00.123+01:00");
    }

    #[test]
    fn an_event_is_one_object_with_its_fields() {
        let lines = logged(|| {
            let (delay_ms, name) = (500_u128, "a\"b");
            tracing::warn!(
                target: "here",
                attempt = 3,
                delay_ms,
                name,
                on = true,
                speed = 1.5,
                kind = ?Some(1),
                "two\nlines \u{9b}2J"
            );
        });
        let mut line = lines.into_iter().next().unwrap();
        let time = line["time"].take();
        assert!(
            time.as_str().unwrap().parse::<jiff::Timestamp>().is_ok(),
            "{time}"
        );
        let expected = json!({ "time": null, "level": "warn", "target": "here",
            "message": "two\nlines \u{9b}2J",
            "fields": { "attempt": 3, "delay_ms": 500, "name": "a\"b", "on": true, "speed": 1.5,
                "kind": "Some(1)" } });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_line_of_a_verb_has_no_colours() {
        let line = as_json(Level::ERROR, "\u{1b}[31merror:\u{1b}[0m a\u{9b}b");
        assert!(line.is_ascii(), "{line}");
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&line["level"], &line["message"], &line["target"]),
            (&json!("error"), &json!("error: a\u{9b}b"), &json!(VERB))
        );
    }
}

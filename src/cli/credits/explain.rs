//! `credits explain`: the events behind somebody's entries.

use std::process::ExitCode;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};
use twitchat_bridge::request::SessionQuery;

use super::text;
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::out;
use crate::cli::sessions;

const EXAMPLES: &str = "Examples:
  twitchat-bridge credits explain anna
  twitchat-bridge credits explain twitch:12345 --session last

Each entry has its id at the end of the line: `credits remove ENTRY` leaves it out. Below the \
entries are the events that they come from: when, which event, who reported it, and the sections \
that it is in. Without a running bridge it reads the journal itself.";

/// List every event behind the entries of a person
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The person: a name, a login, an id, or PLATFORM:ID
    #[arg(value_name = "PERSON")]
    person: String,
    /// The session: a number, `last`, `yesterday` or a date
    #[arg(long, value_name = "SESSION", value_parser = sessions::read,
        allow_negative_numbers = true)]
    session: Option<SessionQuery>,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let mut fields = Map::from_iter([("person".to_owned(), self.person.into())]);
        if let Some(session) = self.session {
            fields.insert("session".into(), session.to_string().into());
        }
        let reply = context
            .ask_or_read("ExplainPerson", fields, self.timeout)
            .await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let list = |key| {
            reply
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        for entry in list("entries") {
            let part = |key| entry.get(key).and_then(Value::as_str).unwrap_or_default();
            let line = format!("{}: {}", part("section"), text::line(entry));
            out::line(format_args!("{}  {}", out::clean(&line), part("entry")))?;
        }
        for event in list("events") {
            out::line(out::clean(&line(event)))?;
        }
        if list("events").next().is_none() {
            out::note("no event of this session names this person");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A line such as `  2026-11-30 20:01:07  follow from twitchat: Follows`.
fn line(event: &Value) -> String {
    let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
    let at = text("at")
        .parse::<Timestamp>()
        .map(|at| {
            at.to_zoned(TimeZone::system())
                .strftime("%F %T")
                .to_string()
        })
        .unwrap_or_default();
    let sections = event.get("sections").and_then(Value::as_array);
    let sections: Vec<_> = sections
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("section").and_then(Value::as_str))
        .collect();
    let effect = if event.get("counted") == Some(&Value::Bool(false)) {
        format!(": does not count, because {}", text("why"))
    } else if sections.is_empty() {
        String::new()
    } else {
        format!(": {}", sections.join(", "))
    };
    format!("  {at}  {} from {}{effect}", text("kind"), text("source"))
}

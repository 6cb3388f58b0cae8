//! `sessions show`: shows one session, with the sections of its credits.

use std::process::ExitCode;

use serde_json::{Map, Value};
use twitchat_bridge::request::SessionQuery;

use super::line::{line, read};
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge sessions show last
  twitchat-bridge sessions show 7
  twitchat-bridge sessions show yesterday --json

SESSION is a number, `last` (the one before the running one), `running`, `today`, `yesterday`, or \
the date on which it began, such as 2026-11-24. `credits --session SESSION` prints its credits.";

/// Show one session, and the number of entries in each section of its credits
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The session to show, see below
    #[arg(value_name = "SESSION", value_parser = read, allow_negative_numbers = true)]
    session: SessionQuery,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let reply = ask(context, self.session, self.timeout).await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        lines(&reply).into_iter().try_for_each(out::line)?;
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) async fn ask(
    context: &Context,
    session: SessionQuery,
    timeout: Timeout,
) -> anyhow::Result<Map<String, Value>> {
    let fields = Map::from_iter([("session".to_owned(), session.to_string().into())]);
    context.ask_or_read("GetSession", fields, timeout).await
}

/// One line for the session of a reply, and one line for each section of its credits.
pub(super) fn lines(reply: &Map<String, Value>) -> Vec<String> {
    let session = reply.get("session").unwrap_or(&Value::Null);
    let mut all = vec![line(session).trim_start().to_owned()];
    let sections = session.get("sections").and_then(Value::as_object);
    let sections = sections.into_iter().flatten();
    all.extend(sections.map(|(section, lines)| format!("  {}: {lines}", out::clean(section))));
    all
}

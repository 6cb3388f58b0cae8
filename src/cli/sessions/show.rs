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

/// Show one session, and how many entries each section of its credits has
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
        let fields = Map::from_iter([("session".to_owned(), self.session.to_string().into())]);
        let reply = context
            .ask_or_read("GetSession", fields, self.timeout)
            .await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let session = reply.get("session").unwrap_or(&Value::Null);
        out::line(line(session).trim_start())?;
        let sections = session.get("sections").and_then(Value::as_object);
        for (section, lines) in sections.into_iter().flatten() {
            out::line(format_args!("  {}: {lines}", out::clean(section)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

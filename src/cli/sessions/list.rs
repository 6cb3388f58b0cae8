//! `sessions list`: lists all sessions, the newest first.

use std::process::ExitCode;

use serde_json::{Map, Value};

use super::line::line;
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::number;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge sessions list
  twitchat-bridge sessions list --limit 5 --json

Each line shows the session's number, its start, its duration, its number of rows in the journal, \
and why it began: `first`, `clear`, `stream` (OBS began to stream), `closed` (the bridge had been \
closed for longer than session.reset_after), or `split` (by `sessions split`).";

/// List all sessions, the newest first
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Show at most this many sessions
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=u32::MAX.into()),
        allow_negative_numbers = true)]
    limit: Option<u32>,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let limit = self.limit.map(|limit| ("limit".to_owned(), limit.into()));
        let fields: Map<_, _> = limit.into_iter().collect();
        let reply = context
            .ask_or_read("ListSessions", fields, self.timeout)
            .await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let sessions = reply.get("sessions").and_then(Value::as_array);
        for session in sessions.into_iter().flatten() {
            out::line(out::clean(&line(session)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

//! `sessions join`: joins two sessions.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use twitchat_bridge::request::SessionQuery;

use super::line::{line, read};
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge sessions join 6 7
  twitchat-bridge sessions join last running

No other session may have begun between the two. The session that began first keeps its number. \
`sessions split` takes it back.";

/// Join two neighbouring sessions to one
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// One session: a number, `last`, `running`, `yesterday` or a date
    #[arg(value_name = "SESSION", value_parser = read, allow_negative_numbers = true)]
    one: SessionQuery,
    /// The session directly before or after the first one
    #[arg(value_name = "OTHER", value_parser = read, allow_negative_numbers = true)]
    other: SessionQuery,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let sessions = json!([self.one.to_string(), self.other.to_string()]);
        let fields = Map::from_iter([("sessions".to_owned(), sessions)]);
        let reply = context
            .ask_or_change("JoinSessions", fields, self.timeout)
            .await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let session = reply.get("session").unwrap_or(&Value::Null);
        out::line(line(session).trim_start())?;
        Ok(ExitCode::SUCCESS)
    }
}

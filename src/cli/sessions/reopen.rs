//! `sessions reopen`: continues a session that has ended.

use std::process::ExitCode;

use serde_json::{Map, Value};
use twitchat_bridge::request::SessionQuery;

use super::line::{self, read};
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge sessions reopen last     takes `credits clear` back
  twitchat-bridge sessions reopen 7

Later events count in the session again, and the running session ends. Events that counted in that \
one stay there; `sessions join` moves them into the reopened session. A session without events is \
removed. A stream that begins within `session.grace` stays in \
the reopened session.

Without a running bridge, the next one goes on with the session.";

/// Continue a session that has ended
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The session: a number, `last`, `yesterday` or a date
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
            .ask_or_change("ReopenSession", fields, self.timeout)
            .await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let session = reply.get("session").unwrap_or(&Value::Null);
        out::line(line::line(session).trim_start())?;
        let ended = reply.get("ended").filter(|ended| !ended.is_null());
        if let Some(ended) = ended.map(line::number) {
            let reopened = line::number(session);
            out::note(format_args!(
                "session {ended} ended. `sessions join {reopened} {ended}` makes one session of \
                    both"
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

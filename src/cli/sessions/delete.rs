//! `sessions delete`: deletes a session and its events.

use std::process::ExitCode;

use serde_json::{Map, Value};
use twitchat_bridge::request::SessionQuery;

use super::line::{self, read};
use super::show;
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::credits;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge sessions delete 7             shows the session and asks before it deletes
  twitchat-bridge sessions delete 7 --preview
  twitchat-bridge sessions delete 7 --yes       for scripts

The events of the session are deleted from the journal, and leave the leaderboards too. This \
cannot be undone. Bans and edits of people (hidden, renamed, merged) stay, because they hold in \
all sessions. The running session cannot be deleted.

A running bridge deletes a session only if its config has `allow = [\"delete-session\"]` in the \
section [bus], because every program on the same OBS could ask for it. Without a running bridge, \
this verb changes the journal itself and needs no permission.";

/// Delete a session and its events
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The session: a number, `last`, `yesterday` or a date
    #[arg(value_name = "SESSION", value_parser = read, allow_negative_numbers = true)]
    session: SessionQuery,
    /// Only show what would be deleted
    #[arg(long, conflicts_with = "yes")]
    preview: bool,
    /// Delete without asking
    #[arg(long)]
    yes: bool,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let mut session = self.session;
        if !self.yes {
            let preview = self.request(context, session, true).await?;
            if self.preview && self.json {
                out::line(serde_json::to_string_pretty(&preview)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            let deleted = preview.get("deleted").unwrap_or(&Value::Null);
            // When the user answers, another session may be the last one.
            session = SessionQuery::Number(line::number(deleted));
            for line in show::lines(&show::ask(context, session, self.timeout).await?) {
                if self.preview {
                    out::line(line)?;
                } else {
                    out::note(line);
                }
            }
            let question = "Delete this session and its events? This cannot be undone. [y/N]";
            if self.preview || !credits::ask("sessions delete", question)? {
                return Ok(ExitCode::SUCCESS);
            }
        }
        let reply = self.request(context, session, false).await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
        } else {
            let deleted = reply.get("deleted").unwrap_or(&Value::Null);
            out::line(format_args!(
                "deleted: {}",
                line::line(deleted).trim_start()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn request(
        &self,
        context: &Context,
        session: SessionQuery,
        preview: bool,
    ) -> anyhow::Result<Map<String, Value>> {
        let mut fields = Map::from_iter([("session".to_owned(), session.to_string().into())]);
        if preview {
            fields.insert("preview".into(), true.into());
        }
        let asked = context
            .ask_or_change("DeleteSession", fields, self.timeout)
            .await;
        asked.inspect_err(|error| {
            if error.to_string().contains("bus.allow") {
                out::note(
                    "while no bridge runs, `sessions delete` changes the journal itself and needs \
                        no permission",
                );
            }
        })
    }
}

//! `sessions split`: splits a session in two.

use std::process::ExitCode;

use serde_json::{Map, Value};
use twitchat_bridge::request::{SPLIT_TIME, SessionQuery, SplitTime};

use super::line::{line, read};
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge sessions split running at 21:30
  twitchat-bridge sessions split 7 --at '2026-11-24 21:30'

TIME is a time of day after the beginning of the session, a date with a time, both in the time \
zone of this computer, or an instant such as 2026-11-24T20:30:00Z. Events that the bridge received \
at that time or later count in the second session, which gets a number of its own; if the session \
runs, the second one goes on. `sessions join` takes it back.";

/// Split a session in two
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES,
    override_usage = "twitchat-bridge sessions split [OPTIONS] <SESSION> at <TIME>")]
pub(super) struct Args {
    /// The session to split: a number, `last`, `running`, `yesterday` or a date
    #[arg(value_name = "SESSION", value_parser = read, allow_negative_numbers = true)]
    session: SessionQuery,
    /// The time at which the second session begins. The word `at` may be left out
    #[arg(value_name = "TIME", num_args = 0..=2, conflicts_with = "at")]
    time: Vec<String>,
    /// The time at which the second session begins
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<String>,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

/// Only checks the form of a time. The bridge reads it in its own time zone.
fn time(text: &str) -> Result<String, String> {
    SplitTime::parse(text)
        .map(|_| text.to_owned())
        .ok_or_else(|| format!("must be {SPLIT_TIME}"))
}

impl Args {
    /// The time from the option `--at` or from the arguments.
    fn at(&self) -> Result<String, Failure> {
        let words: Vec<_> = self.time.iter().map(String::as_str).collect();
        let text = match (self.at.as_deref(), words.as_slice()) {
            (Some(text), _) => text,
            (None, ["at", text] | [text]) if *text != "at" => text,
            _ => {
                return Err(Failure::Usage(format!(
                    "`sessions split` needs the time at which the second session begins: \
                        {SPLIT_TIME}"
                )));
            }
        };
        time(text).map_err(|wrong| Failure::Usage(format!("TIME {wrong} (got {text:?})")))
    }

    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let fields = Map::from_iter([
            ("session".to_owned(), self.session.to_string().into()),
            ("at".to_owned(), self.at()?.into()),
        ]);
        let reply = context
            .ask_or_change("SplitSession", fields, self.timeout)
            .await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let sessions = reply.get("sessions").and_then(Value::as_array);
        for session in sessions.into_iter().flatten() {
            out::line(line(session))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

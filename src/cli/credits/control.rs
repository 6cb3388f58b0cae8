//! `credits stop`, `pause`, `resume`, `next`, `previous`, `speed`, `goto`: control the running
//! roll.

use std::process::ExitCode;

use serde_json::{Map, Value};

use crate::cli::candidates;
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::number;
use crate::cli::out;

/// Stop the credits
#[derive(Debug, clap::Args)]
pub(super) struct Plain {
    #[command(flatten)]
    timeout: Timeout,
}

const SPEED_EXAMPLES: &str = "Examples:
  twitchat-bridge credits speed 2       twice as fast
  twitchat-bridge credits speed -1      backwards";

const GOTO_EXAMPLES: &str = "Examples:
  twitchat-bridge credits goto cheers   the section with this id
  twitchat-bridge credits goto 0        the first section
  twitchat-bridge credits goto 1:30     the position after 90 seconds";

/// Roll faster, slower or backwards
#[derive(Debug, clap::Args)]
#[command(after_help = SPEED_EXAMPLES)]
pub(super) struct Speed {
    /// The speed: 1 as configured, 2 twice as fast, 0 to stand still, -1 backwards
    #[arg(value_name = "FACTOR", value_parser = number::any, allow_negative_numbers = true)]
    factor: f64,
    #[command(flatten)]
    timeout: Timeout,
}

/// Go to a section
#[derive(Debug, clap::Args)]
#[command(after_help = GOTO_EXAMPLES)]
pub(super) struct Goto {
    /// A section's id, such as `cheers`, or its number from 0; or a time such as `1:30`
    #[arg(value_name = "PLACE", add = candidates::sections(), allow_negative_numbers = true)]
    place: String,
    #[command(flatten)]
    timeout: Timeout,
}

impl Plain {
    pub(super) async fn stop(self, context: &Context) -> anyhow::Result<ExitCode> {
        let reply = context
            .request("StopCredits", Map::new(), self.timeout)
            .await?;
        if reply.get("stopped") != Some(&Value::Bool(true)) {
            out::note("no credits roll");
        }
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn run(self, command: &str, context: &Context) -> anyhow::Result<ExitCode> {
        control(command, Map::new(), self.timeout, context).await
    }
}

impl Speed {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        control(
            "speed",
            Map::from_iter([("value".to_owned(), self.factor.into())]),
            self.timeout,
            context,
        )
        .await
    }
}

impl Goto {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let field = match (self.place.parse::<u64>(), time(&self.place)) {
            (Ok(number), _) => ("value".to_owned(), number.into()),
            (Err(_), Some(ms)) => ("at".to_owned(), ms.into()),
            (Err(_), None) => ("value".to_owned(), Value::from(self.place.as_str())),
        };
        control("goto", Map::from_iter([field]), self.timeout, context).await
    }
}

/// Reads a time such as `1:30`, in milliseconds.
fn time(text: &str) -> Option<u64> {
    let (minutes, seconds) = text.split_once(':')?;
    let (minutes, seconds): (u64, u64) = (minutes.parse().ok()?, seconds.parse().ok()?);
    minutes
        .checked_mul(60)?
        .checked_add(seconds)?
        .checked_mul(1_000)
}

async fn control(
    command: &str,
    mut fields: Map<String, Value>,
    timeout: Timeout,
    context: &Context,
) -> anyhow::Result<ExitCode> {
    fields.insert("command".into(), command.into());
    let reply = context.request("ControlCredits", fields, timeout).await?;
    let seconds = reply
        .get("elapsedMs")
        .and_then(Value::as_u64)
        .unwrap_or_default()
        / 1_000;
    let state = reply
        .get("state")
        .and_then(Value::as_str)
        .unwrap_or_default();
    out::note(format_args!(
        "{state}, at {}:{:02}",
        seconds / 60,
        seconds % 60
    ));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(
            (
                time("1:30"),
                time("0:05"),
                time("90"),
                time("cheers"),
                time("1:x")
            ),
            (Some(90_000), Some(5_000), None, None, None)
        );
    }
}

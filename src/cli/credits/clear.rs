//! `credits clear`: begins new credits.

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use serde_json::Map;

use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge credits clear         asks before it clears
  twitchat-bridge credits clear --yes   for scripts";

/// Begin new credits; the old ones stay in the journal
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Clear without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        if !self.yes {
            if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
                return Err(Failure::Usage(
                    "`credits clear` asks before it clears, and there is no terminal to ask on: \
                        nothing was changed. With --yes it clears without asking"
                        .into(),
                )
                .into());
            }
            if !confirmed()? {
                out::note("nothing was changed");
                return Ok(ExitCode::SUCCESS);
            }
        }
        context
            .request("ClearCredits", Map::new(), self.timeout)
            .await?;
        out::note("new credits have begun; the old ones stay in the journal");
        Ok(ExitCode::SUCCESS)
    }
}

fn confirmed() -> io::Result<bool> {
    out::note("Begin new credits? What is in them now will no longer be shown. [y/N]");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

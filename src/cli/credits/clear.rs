//! `credits clear`: begin new ones.

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use serde_json::Map;

use crate::cli::client::Timeout;
use crate::cli::context::Context;
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
        if !self.yes && io::stdin().is_terminal() && io::stderr().is_terminal() && !confirmed()? {
            out::note("nothing was changed");
            return Ok(ExitCode::SUCCESS);
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

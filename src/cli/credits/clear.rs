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
  twitchat-bridge credits clear --yes   for scripts

`sessions reopen last` takes it back. If events counted in the new credits meanwhile, these \
credits stay as a session of their own; `sessions join` makes one session of both.";

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
        let question =
            "Begin new credits? `credits --session last` shows the present ones then. [y/N]";
        if !self.yes && !ask("credits clear", question)? {
            return Ok(ExitCode::SUCCESS);
        }
        context
            .request("ClearCredits", Map::new(), self.timeout)
            .await?;
        out::note(
            "new credits have begun; the old ones stay in the journal: `credits --session last` \
                shows them, `credits roll --session last` rolls them, and `sessions reopen last` \
                goes on with them",
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Asks a yes-or-no question on the terminal. Without a terminal that is an error.
pub(crate) fn ask(verb: &str, question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::Usage(format!(
            "`{verb}` asks before it changes anything, and there is no terminal to ask on: \
                nothing was changed. With --yes it does not ask"
        ))
        .into());
    }
    out::note(question);
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let is_yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if !is_yes {
        out::note("nothing was changed");
    }
    Ok(is_yes)
}

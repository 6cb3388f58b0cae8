//! `store`: removes the data that the bridge has stored on this computer.

mod wipe;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store wipe
  twitchat-bridge store wipe --yes    for scripts

`config show` says where the journal is. `sessions list` shows what is in it.";

/// Remove everything that the bridge has stored
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Wipe(wipe::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Wipe(args) => args.run(context).await,
        }
    }
}

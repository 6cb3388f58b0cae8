//! `store`: the journal on this computer: its checks, backups and exports, and its removal.

mod backup;
mod check;
mod export;
mod file;
mod import;
mod restore;
mod wipe;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store check                        is everything in the journal readable?
  twitchat-bridge store backup                       make a backup now, also while the bridge runs
  twitchat-bridge store restore --list               list the backups
  twitchat-bridge store restore --latest             go back to the last backup
  twitchat-bridge store export journal.ndjson        take the journal to another computer
  twitchat-bridge store import journal.ndjson
  twitchat-bridge store wipe                         remove everything

The bridge makes a backup beside the journal whenever a session closes, and keeps the last ten; \
the setting store.backups changes the number. `config show` says where the journal is. `sessions \
list` shows what is in it.";

/// Check, back up, restore, export, import or remove what the bridge has stored
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Export(export::Args),
    Import(import::Args),
    Wipe(wipe::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Check(args) => args.run(context),
            Verb::Backup(args) => args.run(context),
            Verb::Restore(args) => args.run(context),
            Verb::Export(args) => args.run(context),
            Verb::Import(args) => args.run(context),
            Verb::Wipe(args) => args.run(context).await,
        }
    }
}

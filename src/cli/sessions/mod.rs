//! `sessions`: lists, shows and changes the sessions of the journal.

mod delete;
mod join;
mod line;
mod list;
mod reopen;
mod show;
mod split;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

pub(crate) use line::read;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge sessions list
  twitchat-bridge sessions show last
  twitchat-bridge credits --session last
  twitchat-bridge credits get --session 2026-11-24 --format markdown > credits.md
  twitchat-bridge sessions reopen last                 takes `credits clear` back
  twitchat-bridge sessions join 6 7
  twitchat-bridge sessions split running at 21:30
  twitchat-bridge sessions delete 7

A session is the time that one set of credits covers, usually one stream. It ends when the next \
one begins, and stays in the journal. While no bridge runs, `list` and `show` read \
the journal themselves and never change it; the other verbs change it.";

/// List, show, reopen, join, split or delete the sessions of the journal
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::Args),
    Show(show::Args),
    Reopen(reopen::Args),
    Join(join::Args),
    Split(split::Args),
    Delete(delete::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::List(args) => args.run(context).await,
            Verb::Show(args) => args.run(context).await,
            Verb::Reopen(args) => args.run(context).await,
            Verb::Join(args) => args.run(context).await,
            Verb::Split(args) => args.run(context).await,
            Verb::Delete(args) => args.run(context).await,
        }
    }
}

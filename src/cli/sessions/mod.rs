//! `sessions`: lists the sessions of the journal, and shows one.

mod line;
mod list;
mod show;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

pub(crate) use line::read;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge sessions list
  twitchat-bridge sessions show last
  twitchat-bridge credits --session last
  twitchat-bridge credits get --session 2026-11-24 --format markdown > credits.md

A session is the time that one set of credits covers, usually one stream. It ends when the next \
one begins, and stays in the journal. While no bridge runs, these verbs read the journal \
themselves; they never change it.";

/// List the sessions of the journal, or show one
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
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::List(args) => args.run(context).await,
            Verb::Show(args) => args.run(context).await,
        }
    }
}

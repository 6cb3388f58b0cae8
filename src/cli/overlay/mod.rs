//! `overlay`: writes the pages for browser sources, opens them, and adds them to OBS.

mod export;
mod import;
mod install;
mod open;
mod place;
mod twitchat;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

pub(crate) use install::folder;
pub(crate) use open::open;
pub(crate) use place::{Place, Placed};
pub(crate) use twitchat::{offer, offered};

const AFTER_HELP: &str = "Examples:
  twitchat-bridge overlay install                       the end-credits page, into OBS's scene \
  \"Credits\"
  twitchat-bridge overlay open --demo                   see it in a browser
  twitchat-bridge overlay import                        copy the settings of Twitchat's own end \
  credits
  twitchat-bridge overlay export ~/overlays/alerts      into the folder of a page that was made \
  for Streamer.bot";

/// Put the end-credits page into OBS, or connect a page that was built for Streamer.bot
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: OverlayCommand,
}

#[derive(Debug, Subcommand)]
enum OverlayCommand {
    Install(install::Args),
    Open(open::Args),
    Import(import::Args),
    Export(export::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            OverlayCommand::Install(args) => args.run(context).await,
            OverlayCommand::Open(args) => args.run(context).await,
            OverlayCommand::Import(args) => args.run(context).await,
            OverlayCommand::Export(args) => args.run(context),
        }
    }
}

//! `panel`: the page that controls the bridge, as a dock of OBS or in a browser.

mod install;
mod open;
mod uninstall;
mod url;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

pub(crate) use uninstall::remove;
pub(crate) use url::url;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge panel install      as a dock of OBS, while OBS is closed
  twitchat-bridge panel open         in a browser
  twitchat-bridge panel uninstall    remove it from OBS and from the disk";

/// Put the panel into OBS as a dock: credits, roll, look, events and rules without a terminal
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: PanelCommand,
}

#[derive(Debug, Subcommand)]
enum PanelCommand {
    Install(install::Args),
    Open(open::Args),
    Uninstall(uninstall::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            PanelCommand::Install(args) => args.run(context),
            PanelCommand::Open(args) => args.run(context).await,
            PanelCommand::Uninstall(args) => args.run(),
        }
    }
}

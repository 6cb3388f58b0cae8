//! `obs-script`: makes OBS start and stop the bridge.

mod folder;
mod install;
mod print;
mod stop;
mod uninstall;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

const AFTER_HELP: &str = "The script starts the bridge when OBS starts, and stops it when OBS \
closes. If OBS is killed, the bridge ends by itself within 5 s. In OBS, Tools > Scripts shows \
whether the bridge runs, and has buttons that start and stop it.

Use either the script or `service`, not both: only one bridge can use a journal.

Examples:
  twitchat-bridge obs-script install      write the script, and show how to add it
  twitchat-bridge obs-script uninstall    remove it
  twitchat-bridge obs-script print        show its text";

/// Start and stop the bridge with OBS
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: ObsScriptCommand,
}

#[derive(Debug, Subcommand)]
enum ObsScriptCommand {
    Install(install::Args),
    Uninstall(uninstall::Args),
    Print(print::Args),
    #[command(hide = true)]
    Stop(stop::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            ObsScriptCommand::Install(args) => args.run(context),
            ObsScriptCommand::Uninstall(args) => args.run(),
            ObsScriptCommand::Print(args) => args.run(context),
            ObsScriptCommand::Stop(args) => args.run(context).await,
        }
    }
}

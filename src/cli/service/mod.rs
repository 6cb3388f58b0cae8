//! `service`: the bridge starts with the computer.

mod install;
mod logs;
mod status;
mod uninstall;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

const AFTER_HELP: &str = "The service is a systemd user unit on Linux, a launchd agent on macOS, \
and a value of the Run key on Windows. It belongs to you alone and needs no administrator.

Examples:
  twitchat-bridge service install      start the bridge now and with each login
  twitchat-bridge service status       whether it is installed and runs
  twitchat-bridge service logs -f      what it logs
  twitchat-bridge service uninstall    stop and remove it";

/// Start the bridge with the computer
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Install(install::Args),
    Uninstall(uninstall::Args),
    Status(status::Args),
    Logs(logs::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Install(args) => args.run(context),
            Verb::Uninstall(args) => args.run(context).await,
            Verb::Status(args) => args.run(context),
            Verb::Logs(args) => args.run().await,
        }
    }
}

//! `service`: makes the computer start the bridge.

mod install;
mod logs;
mod status;
mod uninstall;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

const AFTER_HELP: &str = "The service is a systemd user unit on Linux, a launchd agent on macOS, \
and a value of the Run key on Windows. It is for your account only and needs no administrator.

Examples:
  twitchat-bridge service install      start the bridge now and at each login
  twitchat-bridge service status       show whether it is installed and runs
  twitchat-bridge service logs -f      show its log
  twitchat-bridge service uninstall    stop and remove it";

/// Start the bridge with the computer
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: ServiceCommand,
}

#[derive(Debug, Subcommand)]
enum ServiceCommand {
    Install(install::Args),
    Uninstall(uninstall::Args),
    Status(status::Args),
    Logs(logs::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            ServiceCommand::Install(args) => args.run(context),
            ServiceCommand::Uninstall(args) => args.run(context).await,
            ServiceCommand::Status(args) => args.run(context),
            ServiceCommand::Logs(args) => args.run().await,
        }
    }
}

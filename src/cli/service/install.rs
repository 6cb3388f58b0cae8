//! `service install`: installs the service and starts it.

use std::process::ExitCode;

use twitchat_bridge::autostart::service;

use crate::cli::autostart;
use crate::cli::context::Context;

const AFTER_HELP: &str = "The bridge is started with the options that you give here, such as \
--config and --store; paths become absolute. A password must be in the config file or in the file \
of --password-file. The command prints what it changes, and changes only what is not up to date. \
A file that you have changed by hand stays, unless --force is given.

Run it again after the program has moved to another folder.

Examples:
  twitchat-bridge service install
  twitchat-bridge service install --config ~/stream/bridge.toml
  twitchat-bridge service install --host 192.168.0.20 --password-file obs-password.txt";

/// Install the service, and start it now and at each login
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Overwrite a file that was changed by hand
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let launch = autostart::launch(context)?;
        let outcome = service::install(&launch, autostart::existing(self.force))?;
        autostart::report(&outcome, "nothing to do: the service is installed and runs")?;
        Ok(ExitCode::SUCCESS)
    }
}

//! `service uninstall`: stops the service and removes it.

use std::process::ExitCode;

use twitchat_bridge::autostart::service;

use crate::cli::autostart::{existing, report};
use crate::cli::context::Context;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge service uninstall
  twitchat-bridge service uninstall --force    remove it even if the file was changed by hand";

/// Stop the service and remove it. The journal and the settings stay
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Also remove a file that was changed by hand
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let journal = context.config()?.store.path;
        let outcome = service::uninstall(existing(self.force), &journal).await?;
        report(&outcome, "nothing to do: the service is not installed")?;
        Ok(ExitCode::SUCCESS)
    }
}

//! `obs-script stop`: stops the bridge. The script for OBS runs it on Windows, where a program
//! without a console cannot receive a signal.

use std::process::ExitCode;

use twitchat_bridge::autostart;

use crate::cli::context::Context;
use crate::cli::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge obs-script stop
  twitchat-bridge obs-script stop --store ~/stream/journal.db";

/// Stop the bridge that uses the journal
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let journal = context.config()?.store.path;
        if !autostart::stop(&journal).await? {
            out::note(format_args!("no bridge uses {}", journal.display()));
        }
        Ok(ExitCode::SUCCESS)
    }
}

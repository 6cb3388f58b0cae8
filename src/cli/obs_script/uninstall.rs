//! `obs-script uninstall`: removes the script.

use std::path::PathBuf;
use std::process::ExitCode;

use twitchat_bridge::autostart::obs_script;

use super::folder;
use crate::cli::autostart;

const AFTER_HELP: &str = "If OBS is closed, the command takes the script off OBS's lists, too. \
Otherwise it says how to do that in OBS.

Examples:
  twitchat-bridge obs-script uninstall
  twitchat-bridge obs-script uninstall --force    although the script was changed by hand";

/// Remove the script for OBS and its log
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Where the script is; in the user's data folder unless given
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Remove a script that was changed by hand, too
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let existing = autostart::existing(self.force);
        let outcome = obs_script::uninstall(&folder::of(self.dir)?, existing)?;
        autostart::report(&outcome, "nothing to do: the script is not installed")?;
        Ok(ExitCode::SUCCESS)
    }
}

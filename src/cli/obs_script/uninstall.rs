//! `obs-script uninstall`: removes the script.

use std::path::PathBuf;
use std::process::ExitCode;

use twitchat_bridge::autostart::obs_script;

use super::folder;
use crate::cli::autostart;

const AFTER_HELP: &str = "If OBS is closed, the command also removes the script from OBS's lists. \
Otherwise it shows how to do that in OBS.

Examples:
  twitchat-bridge obs-script uninstall
  twitchat-bridge obs-script uninstall --force    remove it even if it was changed by hand";

/// Remove the script for OBS and its log
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The folder of the script [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Also remove a script that was changed by hand
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

//! `obs-script print`: prints the text of the script.

use std::path::PathBuf;
use std::process::ExitCode;

use twitchat_bridge::autostart::obs_script;

use super::folder;
use crate::cli::autostart;
use crate::cli::context::Context;
use crate::cli::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge obs-script print
  twitchat-bridge obs-script print --store ~/stream/journal.db > my-bridge.lua";

/// Print the script for OBS
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The folder for the bridge's log [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print the script for a package that installs the program at this path for all users
    #[arg(long, value_name = "PROGRAM", hide = true, conflicts_with = "dir")]
    package: Option<String>,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        if let Some(program) = self.package {
            out::bytes(obs_script::text_for_package(&program).as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        let launch = autostart::launch(context)?;
        let text = obs_script::text(&launch, &folder::of(self.dir)?)?;
        out::bytes(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

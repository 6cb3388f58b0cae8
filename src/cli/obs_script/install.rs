//! `obs-script install`: writes the script to the disk, and adds it to OBS with --add.

use std::path::PathBuf;
use std::process::ExitCode;

use twitchat_bridge::autostart::obs_script::{self, InObs};

use super::folder;
use crate::cli::autostart;
use crate::cli::context::Context;

const AFTER_HELP: &str = "The script starts this program with the options that you give here, \
such as --config and --store; paths become absolute. A password must be in the config file or in \
the file of --password-file.

OBS keeps a list of scripts in each scene collection. With --add the command adds the script to \
the lists of all existing scene collections. OBS must be closed, because it would overwrite \
the change. Run the command again after an update: it replaces the script, unless you have changed \
it by hand.

Examples:
  twitchat-bridge obs-script install
  twitchat-bridge obs-script install --add
  twitchat-bridge obs-script install --config ~/stream/bridge.toml";

/// Write the script for OBS
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Add the script to all scene collections of OBS, which must be closed
    #[arg(long)]
    add: bool,
    /// The folder for the script [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Overwrite a script that was changed by hand
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let launch = autostart::launch(context)?;
        let in_obs = if self.add { InObs::Add } else { InObs::ByHand };
        let outcome = obs_script::install(
            &launch,
            &folder::of(self.dir)?,
            autostart::existing(self.force),
            in_obs,
        )?;
        autostart::report(&outcome, "nothing to do: OBS has the script")?;
        Ok(ExitCode::SUCCESS)
    }
}

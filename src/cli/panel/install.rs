//! `panel install`: writes the panel to disk and adds it to OBS's docks.

use std::path::PathBuf;
use std::process::ExitCode;

use twitchat_bridge::autostart::{Error, dock};
use twitchat_bridge::overlay;

use super::url::url;
use crate::cli::context::Context;
use crate::cli::out;
use crate::cli::overlay::folder;

const AFTER_HELP: &str = "OBS reads its list of docks when it starts and writes it when it ends, \
so the dock is added only while OBS is closed. While OBS runs, the command prints the steps by \
which you add it yourself. OBS's file is copied before it is changed.

The panel is in the folder `panel` beside the end-credits page. Its obs-config.js has OBS's \
password, and only you can read it. Run the command again after an update, or when the password \
of OBS has changed.

Examples:
  twitchat-bridge panel install
  twitchat-bridge panel install --dir ~/overlays/credits";

/// Write the panel and add it to the docks of OBS
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The folder of the end-credits page [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let installed = overlay::panel::install(&folder(self.dir)?, &config.obs)?;
        let url = url(&installed.page)?;
        if !config.is_obs_here() {
            out::warn(
                "OBS runs on another computer and needs the files there: run this command there \
                    as well",
            );
        }
        match dock::install(&url) {
            Ok(outcome) => {
                for change in &outcome.changes {
                    out::note(change);
                }
                for note in &outcome.notes {
                    out::note(note);
                }
            }
            Err(Error::ObsRuns | Error::NoSettings) if dock::is_installed(&url) => {}
            Err(Error::ObsRuns | Error::NoSettings) => out::note(dock::by_hand(&url)),
            Err(error) => {
                out::warn(&format!("OBS's list of docks stays as it is: {error}"));
                out::note(dock::by_hand(&url));
            }
        }
        out::line(url)?;
        Ok(ExitCode::SUCCESS)
    }
}

//! `overlay export`: writes files for pages that the user keeps elsewhere.

use std::path::PathBuf;
use std::process::ExitCode;

use twitchat_bridge::overlay::{self, Existing, SHIM};

use crate::cli::context::Context;
use crate::cli::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge overlay export ~/overlays/alerts      into the folder of a page that was made \
  for Streamer.bot
  twitchat-bridge overlay export ~/my-credits --credits the end-credits page, to keep where you like

obs-config.js contains the password of OBS: anybody who can read it can control OBS.";

/// Write streamerbot-over-obs.js, and obs-config.js with OBS's address and password
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The folder of the page
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Write the end-credits page instead
    #[arg(long)]
    credits: bool,
    /// Replace an obs-config.js with other contents
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        if self.credits {
            let installed = overlay::install(&self.dir, Some(&config.obs))?;
            out::line(installed.page.display())?;
            return Ok(ExitCode::SUCCESS);
        }
        let existing = if self.force {
            Existing::Replace
        } else {
            Existing::Keep
        };
        for file in overlay::export(&self.dir, &config.obs, existing)? {
            out::line(file.display())?;
        }
        out::note(format_args!(
            "\nPut this line into the page, before its other scripts:\n\n    <script \
                src=\"{SHIM}\"></script>\n\n\
             Then what the page sends to ws://localhost:8080 goes to the bridge, through OBS."
        ));
        Ok(ExitCode::SUCCESS)
    }
}

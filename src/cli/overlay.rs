//! `overlay`: the files that browser sources need.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use twitchat_bridge::overlay::{self, Existing, SHIM};

use super::context::Context;
use super::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge overlay export ~/overlays/alerts      into the folder of a page that was made for Streamer.bot

The second file has the password of OBS: whoever can read it can control OBS.";

/// Write what overlays made for Streamer.bot need to run on Twitchat
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write streamerbot-over-obs.js, and obs-config.js with OBS's address and password
    #[command(after_help = AFTER_HELP)]
    Export {
        /// The folder of the page
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// Replace an obs-config.js that says something else
        #[arg(long)]
        force: bool,
    },
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Export { dir, force } => {
                let existing = if force { Existing::Replace } else { Existing::Keep };
                for file in overlay::export(&dir, &context.config()?.obs, existing)? {
                    out::line(file.display())?;
                }
                out::note(format_args!(
                    "\nPut this line into the page, before its other scripts:\n\n    <script src=\"{SHIM}\"></script>\n\n\
                     Then what the page sends to ws://localhost:8080 goes to the bridge, through OBS."
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

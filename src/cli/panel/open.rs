//! `panel open`: opens the panel in a browser.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use twitchat_bridge::overlay;

use super::url::url;
use crate::cli::context::Context;
use crate::cli::out;
use crate::cli::overlay::{folder, open};

const EXAMPLES: &str = "Examples:
  twitchat-bridge panel open
  twitchat-bridge panel open --print   print only the address";

/// Open the panel in a browser
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The folder of the end-credits page [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Only print the address
    #[arg(long)]
    print: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let installed = overlay::panel::install(&folder(self.dir)?, &config.obs)?;
        let url = url(&installed.page)?;
        if !self.print {
            open(&url)
                .await
                .with_context(|| format!("cannot start a browser; open {url} yourself"))?;
        }
        out::line(&url)?;
        Ok(ExitCode::SUCCESS)
    }
}

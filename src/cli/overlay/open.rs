//! `overlay open`: opens the end-credits page in a browser.

use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::Command;
use tokio::time::timeout;
use twitchat_bridge::overlay;

use super::install::folder;
use crate::cli::context::Context;
use crate::cli::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge overlay open --demo    show made-up credits, without OBS and without a bridge
  twitchat-bridge overlay open           show what the bridge rolls
  twitchat-bridge overlay open --print   print only the address";

/// Open the end-credits page in a browser
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Show made-up credits at once, without OBS and without a bridge
    #[arg(long)]
    demo: bool,
    /// The folder of the page [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Only print the address
    #[arg(long)]
    print: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let dir = folder(self.dir)?;
        // The demo needs no OBS, so it does not write a password if there was none.
        let reports = !self.demo || dir.join(overlay::CONFIG).exists();
        let installed = overlay::install(&dir, Some(&config.obs).filter(|_| reports))?;
        let page = std::path::absolute(&installed.page)
            .with_context(|| format!("cannot find {}", installed.page.display()))?;
        let url = overlay::url(&page) + if self.demo { "#demo" } else { "#backdrop" };
        if !self.print {
            open(&url)
                .await
                .with_context(|| format!("cannot start a browser; open {url} yourself"))?;
        }
        out::line(&url)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// How long to wait for a browser that fails to start. A browser that starts may stay in the
/// foreground for as long as it is open.
const FAILS_WITHIN: Duration = Duration::from_secs(3);

/// Opens an address with the system's default program, never through a shell.
pub(crate) async fn open(url: &str) -> anyhow::Result<()> {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler"]),
        _ => ("xdg-open", &[]),
    };
    let mut browser = Command::new(program)
        .args(arguments)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    match timeout(FAILS_WITHIN, browser.wait()).await {
        Err(_) => Ok(()),
        Ok(status) => {
            let status = status?;
            anyhow::ensure!(status.success(), "{program} failed ({status})");
            Ok(())
        }
    }
}

//! `overlay install`: writes the end-credits page to disk and adds it to OBS.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use twitchat_bridge::config::Config;
use twitchat_bridge::obs::{Options, RequestConnection};
use twitchat_bridge::overlay;

use super::place::Place;
use super::twitchat;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::number;
use crate::cli::out;
use crate::cli::setup::Record;

const AFTER_HELP: &str =
    "Run it again after an update: it replaces the page, and keeps custom.css \
    and the settings.

By default the page gets OBS's password in obs-config.js, which only you can read, so that it \
can report its position. With --no-password the page does not connect to OBS: OBS passes the \
bridge's messages to it while its scene is on air.

OBS loads the page each time its scene goes on air, and unloads it afterwards. With --keep-loaded \
it stays loaded, so that Twitchat's own buttons work off air too. The page draws nothing \
unless credits roll.

Examples:
  twitchat-bridge overlay install
  twitchat-bridge overlay install --scene Ending --width 1920 --height 1080
  twitchat-bridge overlay install --no-password --keep-loaded";

/// Write the end-credits page and put it into OBS as a browser source
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The scene, which is made if it does not exist [default: overlay.scene]
    #[arg(long, value_name = "NAME")]
    scene: Option<String>,
    /// The browser source, which is made if it does not exist [default: overlay.source]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// The width in pixels [default: overlay.width, else that of OBS's canvas]
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=16_384),
        allow_negative_numbers = true)]
    width: Option<u32>,
    /// The height in pixels [default: overlay.height, else that of OBS's canvas]
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=16_384),
        allow_negative_numbers = true)]
    height: Option<u32>,
    /// The folder for the files [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Write no file that holds OBS's password
    #[arg(long)]
    no_password: bool,
    /// Keep the page loaded while its scene is off air
    #[arg(long)]
    keep_loaded: bool,
}

/// The given folder, else the default one.
pub(crate) fn folder(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    named
        .or_else(overlay::usual_folder)
        .ok_or_else(|| Failure::Usage("no home folder is known: name the folder with --dir".into()))
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let installed = overlay::install(
            &folder(self.dir.clone())?,
            Some(&config.obs).filter(|_| !self.no_password),
        )?;
        let has_changed = |name: &str| installed.changed.iter().any(|changed| changed == name);
        if self.no_password && has_changed(overlay::CONFIG) {
            out::note(format_args!(
                "removed {}, which had OBS's password",
                overlay::CONFIG
            ));
        }
        let page = std::path::absolute(&installed.page)
            .with_context(|| format!("cannot find {}", installed.page.display()))?;
        self.put(context, &config, page.clone())
            .await
            .with_context(|| {
                format!(
                    "the page is written to {}, but it is not in OBS",
                    page.display()
                )
            })?;
        out::line(page.display())?;
        Ok(ExitCode::SUCCESS)
    }

    /// Adds the page to OBS, or prints how to do it by hand.
    async fn put(self, context: &Context, config: &Config, page: PathBuf) -> anyhow::Result<()> {
        let target = context.target()?;
        if !["127.0.0.1", "::1", "localhost"].contains(&target.host.to_lowercase().as_str()) {
            out::warn(
                "OBS runs on another computer and needs the files there: run this command there \
                    as well",
            );
        }
        let obs = RequestConnection::connect(&target, &Options::default()).await?;
        let place = Place {
            scene: self.scene.unwrap_or_else(|| config.overlay.scene.clone()),
            source: self.source.unwrap_or_else(|| config.overlay.source.clone()),
            width: self.width.or(config.overlay.width),
            height: self.height.or(config.overlay.height),
            page,
            keep_loaded: self.keep_loaded,
        };
        let placed = place.put(&obs).await?;
        for note in &placed.notes {
            out::note(note);
        }
        if let Some(sections) = twitchat::offer(config).await {
            out::note(twitchat::offered(sections));
        }
        Record::change(|record| record.placed(&place, &placed))
    }
}

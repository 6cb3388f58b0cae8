//! `panel uninstall`: removes the panel from OBS's docks and from the disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use twitchat_bridge::autostart::dock;
use twitchat_bridge::overlay;

use super::url::url;
use crate::cli::out;
use crate::cli::overlay::folder;
use crate::cli::own_files;

const AFTER_HELP: &str =
    "The end-credits page, the journal and all settings stay. While OBS runs, \
the command prints the steps by which you remove the dock in OBS.

Examples:
  twitchat-bridge panel uninstall
  twitchat-bridge panel uninstall --dir ~/overlays/credits";

/// Remove the panel from OBS and from the disk
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The folder of the end-credits page [default: a folder in your data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let removed = remove(&folder(self.dir)?)?;
        for line in &removed {
            out::line(line)?;
        }
        if removed.is_empty() {
            out::note("nothing to do: the panel is not installed");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Removes the panel in the folder of an end-credits page, and its dock. Returns what was removed,
/// in sentences.
pub(crate) fn remove(page_folder: &Path) -> anyhow::Result<Vec<String>> {
    let folder = page_folder.join(overlay::panel::FOLDER);
    let url = url(&folder.join("index.html"))?;
    let mut removed = Vec::new();
    let outcome = dock::uninstall(&url)?;
    removed.extend(outcome.changes.iter().map(ToString::to_string));
    for note in &outcome.notes {
        out::note(note);
    }
    let mut count = 0_u64;
    for name in overlay::panel::names() {
        count += u64::from(own_files::remove(&folder.join(name))?);
    }
    if count > 0 {
        removed.push(format!("removed the panel from {}", folder.display()));
    }
    // Only if nothing of the user's is in it.
    drop(fs::remove_dir(&folder));
    Ok(removed)
}

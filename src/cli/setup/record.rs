//! The record of a setup: what was made in OBS, so that `uninstall` removes only that, and what
//! was postponed until OBS is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use twitchat_bridge::config;

use crate::cli::overlay::{Place, Placed};

const FILE: &str = "setup.json";

/// The scene and the source that the program has made in OBS, and the page that it still has to
/// add.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    /// The scene that was made for the page.
    pub(crate) scene: Option<String>,
    /// The browser source that was made for the page.
    pub(crate) source: Option<String>,
    /// The place for the page, which is added as soon as OBS is reachable.
    pub(crate) postponed: Option<Place>,
}

impl Record {
    /// The file in the user's data folder. `None` if there is no home folder.
    pub(crate) fn file() -> Option<PathBuf> {
        config::places().map(|places| places.data.join("twitchat-bridge").join(FILE))
    }

    /// The record of earlier runs; empty if there is none, or if it cannot be read.
    pub(crate) fn read() -> Self {
        Self::file()
            .and_then(|file| fs::read(file).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Changes the record on the disk. If the record is empty then, the file is removed.
    pub(crate) fn change(change: impl FnOnce(&mut Self)) -> anyhow::Result<()> {
        let Some(file) = Self::file() else {
            return Ok(());
        };
        let before = Self::read();
        let mut record = before.clone();
        change(&mut record);
        if record == before {
            return Ok(());
        }
        record
            .write(&file)
            .with_context(|| format!("cannot write {}", file.display()))
    }

    fn write(&self, file: &Path) -> io::Result<()> {
        if *self == Self::default() {
            return match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, serde_json::to_vec_pretty(self)?)
    }

    /// Records that the page was put into OBS.
    pub(crate) fn placed(&mut self, place: &Place, placed: &Placed) {
        self.postponed = None;
        if placed.made_scene {
            self.scene = Some(place.scene.clone());
        }
        if placed.made_source {
            self.source = Some(place.source.clone());
        }
    }
}

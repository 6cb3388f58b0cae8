//! What other runs of this program may know of the bridge without asking it: the generation of
//! Twitchat, in a small file beside the journal. The engine writes it when the bridge says so;
//! `send` reads it, so that an action needs no round over OBS first.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tokio::{sync::watch, task::JoinHandle};
use tracing::{debug, warn};

use super::{
    settings,
    watched::{Panicked, watched},
};
use crate::{config::Config, twitchat::Generation};

/// Where the file is, for a journal.
fn path(journal: &Path) -> PathBuf {
    journal.with_extension("generation")
}

/// The generation in use: what the config says, else what a bridge with this journal last heard.
pub fn generation(config: &Config) -> Option<Generation> {
    settings::generation(config).or_else(|| {
        fs::read_to_string(path(&config.store.path))
            .ok()?
            .parse()
            .ok()
    })
}

/// Writes it down in the background: nothing waits for it. One writer, so that the last one said is
/// the one that stays.
#[derive(Debug)]
pub(super) struct Writer {
    said: watch::Sender<Option<Generation>>,
    task: JoinHandle<Result<(), Panicked>>,
}

impl Writer {
    /// For a journal.
    pub(super) fn beside(journal: &Path) -> Self {
        let (said, heard) = watch::channel(None);
        let path = path(journal);
        let task = tokio::spawn(async {
            watched("the writer of the generation", write_each(path, heard)).await
        });
        Self { said, task }
    }

    /// This is spoken now.
    pub(super) fn note(&self, generation: Generation) {
        self.said.send_replace(Some(generation));
    }

    /// Waits until the last one is written. A panic is in the log already: nothing depends on this
    /// file but the words of `send`.
    pub(super) async fn end(self) {
        drop(self.said);
        drop(self.task.await);
    }
}

async fn write_each(path: PathBuf, mut heard: watch::Receiver<Option<Generation>>) {
    let mut failures: u64 = 0;
    while heard.changed().await.is_ok() {
        let Some(generation) = *heard.borrow_and_update() else {
            continue;
        };
        let file = path.clone();
        let written = tokio::task::spawn_blocking(move || {
            replace(&file, &format!("{}\n", generation.number()))
        })
        .await;
        match written.map_err(io::Error::other).flatten() {
            Ok(()) => debug!(path = %path.display(), "generation of Twitchat noted"),
            Err(error) => {
                failures += 1;
                if !failures.is_power_of_two() {
                    continue;
                }
                warn!(
                    %error, failures, path = %path.display(),
                    "cannot store the version of Twitchat: `send` may use the names of another one"
                );
            }
        }
    }
}

/// Whoever reads meanwhile gets the old text or the new one, never a part.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension(format!("generation.{}", std::process::id()));
    fs::write(&new, text)?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_goes_before_the_file_and_neither_means_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.store.path = folder.path().join("journal.db");
        assert_eq!(generation(&config), None);
        replace(&path(&config.store.path), "3\n").unwrap();
        assert_eq!(generation(&config), Some(Generation::Third));
        replace(&path(&config.store.path), "2\n").unwrap();
        assert_eq!(generation(&config), Some(Generation::Second));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
        config.bridge.generation = Some(crate::config::Generation::One);
        assert_eq!(generation(&config), Some(Generation::First));
    }

    /// Each change used to have a writer of its own, all with the same file beside: some failed,
    /// and an older one could win.
    #[tokio::test]
    async fn the_last_of_many_changes_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.store.path = folder.path().join("journal.db");
        let writer = Writer::beside(&config.store.path);
        for generation in [Generation::First, Generation::Second].repeat(50) {
            writer.note(generation);
            tokio::task::yield_now().await;
        }
        writer.note(Generation::Third);
        writer.end().await;
        assert_eq!(generation(&config), Some(Generation::Third));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn what_cannot_be_read_means_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.store.path = folder.path().join("journal.db");
        fs::write(path(&config.store.path), "\u{fffd}").unwrap();
        assert_eq!(generation(&config), None);
    }
}

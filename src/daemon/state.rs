//! Stores the version of Twitchat in a small file beside the journal, where other runs of this
//! program can read it. The engine writes it when the bridge reports a version. `send` reads it,
//! and so needs no request to the bridge before it sends an action.

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

fn path(journal: &Path) -> PathBuf {
    journal.with_extension("generation")
}

/// The version of Twitchat in use: the one in the config, else the one that a bridge with this
/// journal stored last.
pub fn generation(config: &Config) -> Option<Generation> {
    settings::generation(config).or_else(|| {
        fs::read_to_string(path(&config.store.path))
            .ok()?
            .parse()
            .ok()
    })
}

/// Writes the file in the background, so that no other task waits for it. There is only one writer,
/// so the file ends up with the last version.
#[derive(Debug)]
pub(super) struct Writer {
    sender: watch::Sender<Option<Generation>>,
    task: JoinHandle<Result<(), Panicked>>,
}

impl Writer {
    pub(super) fn beside(journal: &Path) -> Self {
        let (sender, receiver) = watch::channel(None);
        let path = path(journal);
        let task = tokio::spawn(async {
            watched("the writer of the generation", write_each(path, receiver)).await
        });
        Self { sender, task }
    }

    pub(super) fn note(&self, generation: Generation) {
        self.sender.send_replace(Some(generation));
    }

    /// Waits until the last version is written. A panic is only logged, because nothing but the
    /// field names that `send` chooses depends on this file.
    pub(super) async fn end(self) {
        drop(self.sender);
        drop(self.task.await);
    }
}

async fn write_each(path: PathBuf, mut receiver: watch::Receiver<Option<Generation>>) {
    let mut failures: u64 = 0;
    while receiver.changed().await.is_ok() {
        let Some(generation) = *receiver.borrow_and_update() else {
            continue;
        };
        let file = path.clone();
        let written = tokio::task::spawn_blocking(move || {
            replace(&file, &format!("{}\n", generation.number()))
        })
        .await;
        match written.map_err(io::Error::other).flatten() {
            Ok(()) => debug!(path = %path.display(), "stored the version of Twitchat"),
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

/// Replaces the file in one step, so that a reader gets either the old text or the new text as a
/// whole.
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

    /// Once, each change had a writer of its own, and all writers used the same temporary file.
    /// Some failed, and an older version could win.
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

//! Notices changes of a file: in its folder, because editors replace the file, and in the folders
//! that symbolic links lead to. A folder that is removed and made again is noticed too.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tracing::{debug, warn};

use crate::files::{folder_of, links};

/// Dropping this ends the watching.
pub(super) struct Watch {
    /// `None` if the system cannot watch one of the folders.
    watcher: Option<RecommendedWatcher>,
    folders: Vec<(PathBuf, Option<Folder>)>,
}

/// Identifies a folder, so that a new folder with the same path is recognized as another one.
#[derive(Debug, PartialEq, Eq)]
struct Folder {
    number: Option<(u64, u64)>,
    made: Option<SystemTime>,
}

impl Watch {
    /// Watches a file, which need not exist. Each change sends a message to `happened`. `failures`
    /// counts the attempts that failed.
    pub(super) fn start(file: &Path, happened: &mpsc::Sender<()>, failures: &mut u32) -> Self {
        let names = links(file);
        let folders = folders(&names);
        let watcher = match watch(names, &folders, happened.clone()) {
            Ok(watcher) => {
                debug!("watching {} for changes", file.display());
                Some(watcher)
            }
            Err(error) => {
                *failures += 1;
                if failures.is_power_of_two() {
                    warn!(
                        "changes of {} are noticed with a delay: {error}",
                        file.display()
                    );
                }
                None
            }
        };
        Self { watcher, folders }
    }

    /// Whether changes of the file are still reported. This is `false` after a folder was replaced,
    /// if a symbolic link leads elsewhere, or if the system could not watch a folder.
    pub(super) fn is_current(&self, file: &Path) -> bool {
        self.watcher.is_some() && self.folders == folders(&links(file))
    }
}

/// `None` marks a folder that does not exist.
fn folders(names: &[PathBuf]) -> Vec<(PathBuf, Option<Folder>)> {
    let mut folders: Vec<_> = names
        .iter()
        .map(|name| folder_of(name).to_owned())
        .collect();
    folders.dedup();
    folders
        .into_iter()
        .map(|folder| {
            let found = fs::metadata(&folder).ok().filter(fs::Metadata::is_dir);
            let found = found.map(|found| Folder {
                number: number(&found),
                made: found.created().ok(),
            });
            (folder, found)
        })
        .collect()
}

#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems have no such number"
)]
fn number(found: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn number(_found: &fs::Metadata) -> Option<(u64, u64)> {
    None
}

/// Watches the folders that exist.
fn watch(
    names: Vec<PathBuf>,
    folders: &[(PathBuf, Option<Folder>)],
    happened: mpsc::Sender<()>,
) -> notify::Result<RecommendedWatcher> {
    let there: Vec<_> = folders
        .iter()
        .filter(|(_, found)| found.is_some())
        .collect();
    let paths = names
        .into_iter()
        .chain(folders.iter().map(|(folder, _)| folder.clone()));
    let paths: Vec<PathBuf> = paths.collect();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // If a message is waiting already, the file will be read after it anyway.
        if concerns(&event, &paths) && happened.try_send(()).is_err() {
            debug!("the config file changes again");
        }
    })?;
    for (folder, _) in there {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

/// Whether an event may mean that one of these files has changed. The system may drop events. It
/// reports that in an event without a path.
fn concerns(event: &notify::Result<notify::Event>, files: &[PathBuf]) -> bool {
    let Ok(event) = event else { return true };
    // Only the names are compared, because the system may write the path of a folder in another
    // way.
    let is_one = |path: &PathBuf| {
        files
            .iter()
            .any(|file| file.file_name() == path.file_name())
    };
    event.need_rescan() || !event.kind.is_access() && event.paths.iter().any(is_one)
}

#[cfg(test)]
mod tests {
    use notify::event::{Event, EventKind, Flag};

    use super::*;

    #[test]
    fn dropped_events_cause_the_file_to_be_read_again() {
        let files = [PathBuf::from("/home/ada/config.toml"), "/home/ada".into()];
        let of = |path: &str| Ok(Event::new(EventKind::Any).add_path(path.into()));
        assert!(!concerns(&of("/home/ada/other.toml"), &files));
        assert!(concerns(&of("/home/ada/config.toml"), &files));
        assert!(concerns(&of("/home/ada"), &files), "its folder is removed");
        let dropped = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(concerns(&Ok(dropped), &files));
        assert!(concerns(
            &Err(notify::Error::generic("watch limit")),
            &files
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_folder_and_another_target_of_a_link_are_seen() {
        use std::os::unix::fs::symlink;

        let home = tempfile::tempdir().unwrap();
        let (file, folder) = (home.path().join("c.toml"), home.path().join("dotfiles"));
        fs::create_dir(&folder).unwrap();
        symlink(folder.join("mine.toml"), &file).unwrap();
        let (happened, _happens) = mpsc::channel(1);
        let start = || Watch::start(&file, &happened, &mut 0);
        let watch = start();
        assert!(watch.is_current(&file));
        fs::rename(&folder, home.path().join("old")).unwrap();
        assert!(!watch.is_current(&file));
        let watch = start();
        fs::create_dir(&folder).unwrap();
        assert!(!watch.is_current(&file));
        let watch = start();
        assert!(watch.is_current(&file));
        fs::remove_file(&file).unwrap();
        symlink(home.path().join("old/mine.toml"), &file).unwrap();
        assert!(!watch.is_current(&file));
    }
}

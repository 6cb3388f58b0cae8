//! Watches the config file, and reads it again when it has changed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tracing::{debug, warn};

use super::settings;
use crate::bridge::io::Reload;
use crate::config::{Config, restart_for};

/// Reads the config again. The error is for people.
pub type ReadConfig = Arc<dyn Fn() -> Result<Config, String> + Send + Sync>;

/// The file is read when it has not changed for this long, because editors write a file in several
/// steps.
const QUIET: Duration = Duration::from_millis(150);
/// Pause before the next attempt to watch a folder that does not exist.
const AGAIN: Duration = Duration::from_secs(2);

/// The config file that is watched.
pub(super) struct Watched {
    /// The file, which need not exist yet.
    pub(super) path: PathBuf,
    pub(super) read: ReadConfig,
    /// The config that the bridge was started with.
    pub(super) config: Config,
    pub(super) tell: bool,
}

/// Sends the result of each change of the file, until the receiver is dropped.
pub(super) async fn watch(watched: Watched, reloads: mpsc::Sender<Reload>) {
    let digest = |config: &Config| config.file.as_ref().map(|file| file.digest.clone());
    let mut known = Ok(digest(&watched.config));
    let mut failures = 0;
    loop {
        let (happened, mut happens) = mpsc::channel(1);
        // Keeps watching until it is dropped.
        let watching = watch_folder(&watched.path, happened, &mut failures);
        if watching.is_none() {
            tokio::time::sleep(AGAIN).await;
        } else {
            // The file may have changed before it was watched.
            tokio::time::sleep(QUIET).await;
        }
        loop {
            let read = Arc::clone(&watched.read);
            let Ok(config) = tokio::task::spawn_blocking(move || read()).await else {
                return;
            };
            let now = config.as_ref().map(digest).map_err(Clone::clone);
            if now != known {
                known = now;
                let reload = reload(config, &watched);
                if reloads.send(reload).await.is_err() {
                    return;
                }
            }
            if watching.is_none() {
                break;
            }
            if happens.recv().await.is_none() {
                break;
            }
            while let Ok(Some(())) = tokio::time::timeout(QUIET, happens.recv()).await {}
        }
        if reloads.is_closed() {
            return;
        }
    }
}

fn reload(config: Result<Config, String>, watched: &Watched) -> Reload {
    match config {
        Ok(config) => Reload {
            restart_for: restart_for(&watched.config, &config),
            settings: Ok(settings::of(&config, watched.tell)),
        },
        Err(why) => Reload {
            settings: Err(why),
            restart_for: Vec::new(),
        },
    }
}

/// Whether an event may mean that the file of this name has changed. The system may drop events,
/// and reports that without a path.
fn concerns(event: &notify::Result<notify::Event>, name: &OsStr) -> bool {
    let Ok(event) = event else { return true };
    let names_it = || {
        event
            .paths
            .iter()
            .any(|path| path.file_name() == Some(name))
    };
    event.need_rescan() || !event.kind.is_access() && names_it()
}

/// Watches the folder of the file, because editors replace the file. `None` if the folder does not
/// exist, or if the system cannot watch it.
fn watch_folder(
    file: &Path,
    happened: mpsc::Sender<()>,
    failures: &mut u32,
) -> Option<RecommendedWatcher> {
    let folder = file.parent()?;
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    if !folder.is_dir() {
        return None;
    }
    let name = file.file_name()?.to_owned();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // If one is waiting already, the file is read after it anyway.
        if concerns(&event, &name) && happened.try_send(()).is_err() {
            debug!("the config file changes again");
        }
    });
    let watch = watcher.and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    match watch {
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
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{Event, EventKind, Flag};

    use super::*;

    #[test]
    fn dropped_events_of_the_system_make_the_file_read_again() {
        let name = OsStr::new("config.toml");
        let other = Event::new(EventKind::Any).add_path("/home/ada/other.toml".into());
        assert!(!concerns(&Ok(other), name));
        let own = Event::new(EventKind::Any).add_path("/home/ada/config.toml".into());
        assert!(concerns(&Ok(own), name));
        let dropped = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(concerns(&Ok(dropped), name));
        assert!(concerns(&Err(notify::Error::generic("watch limit")), name));
    }
}

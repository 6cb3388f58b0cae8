//! SHELL. Connects the parts: opens the store and rebuilds the bridge from it, keeps the link to
//! OBS, passes inputs to the bridge and runs its effects.
//!
//! The parts start in this order: store, link, bridge (read from the store while the link is up),
//! sender, writer of the generation, engine. They end in reverse. `cli::run` and `cli::demo` call
//! [`run`]. This module uses no command-line arguments and no terminal.

pub mod archives;
mod backups;
mod clock;
mod emitted;
mod ended;
mod engine;
pub mod forget;
mod forget_copies;
mod forget_scan;
mod log;
pub mod machine;
mod opening;
mod outbox;
mod parts;
pub mod program;
mod reload;
mod retention;
mod retention_copies;
mod sender;
mod settings;
mod startup;
pub mod state;
mod system;
mod takeover;
mod tasks;
#[cfg(test)]
mod tests;
mod watch;
mod watched;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::mpsc;
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use tracing::{info, warn};

pub use crate::bridge::io::Autostart;
use crate::{
    config::{self, Config},
    obs::{self, Target, WhenObsEnds},
    store::{Opening, Store},
};
pub use emitted::Emitted;
pub use ended::{Ended, Error};
pub use reload::Reloading;

use clock::Clock;
use parts::Parts;
use watched::{Panicked, watched};

pub struct Setup {
    pub config: Config,
    /// Whether to replace another bridge that serves this OBS or uses this journal.
    pub takeover: bool,
    /// What starts the bridge on this computer, for `GetStatus`.
    pub autostart: Autostart,
    /// Whether the run ends together with OBS.
    pub when_obs_ends: WhenObsEnds,
    /// A function that returns the address and password of OBS. It is called before each attempt,
    /// because the password may have changed.
    pub target: Arc<dyn Fn() -> Target + Send + Sync>,
    /// How to read the config again when its file changes while the bridge runs. With `None`, the
    /// bridge ignores changes of the file and refuses requests to change it.
    pub reload: Option<Reloading>,
    /// The log files of this program. Forgetting a person removes their names from these files too.
    pub logs: Vec<PathBuf>,
    /// If it is set, the bridge sends every emitted event to this channel. A receiver that is too
    /// slow misses some events.
    pub emitted: Option<mpsc::Sender<Emitted>>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("config", &self.config)
            .field("takeover", &self.takeover)
            .finish_non_exhaustive()
    }
}

/// Runs the bridge until `stop` is cancelled, or until the bridge cannot continue.
pub async fn run(setup: Setup, stop: CancellationToken) -> Result<Ended, Error> {
    let clock = Clock::new();
    for note in machine::rule_notes(&setup.config) {
        warn!("{note}");
    }
    let path = &setup.config.store.path;
    let Some(journal) = take_journal(path, setup.takeover, &stop).await? else {
        return Ok(Ended::Stopped);
    };
    let tell = setup.emitted.is_some() || tracing::enabled!(tracing::Level::DEBUG);
    // Connect before reading the journal. Otherwise broadcasts and requests that come while it is
    // read would be lost.
    let (link, link_stop) = (TaskTracker::new(), CancellationToken::new());
    let target = Arc::clone(&setup.target);
    let read_target = move || {
        let target = target();
        async move { target }
    };
    let (obs, mut from_obs) = obs::start(
        read_target,
        obs::Options {
            when_obs_ends: setup.when_obs_ends,
            ..obs::Options::default()
        },
        link_stop.clone(),
        &link,
    );
    link.close();
    let settings = settings::of(&setup.config, tell);
    let opened = match opening::read(
        journal,
        settings,
        (setup.takeover, setup.autostart),
        clock.now(),
        &mut from_obs,
        &stop,
    )
    .await
    {
        Ok(opened) => opened,
        Err(ended) => {
            parts::end_link(&link_stop, &link).await;
            return ended;
        }
    };
    let started = opened.started;
    let path = path.display();
    let session = started.bridge.session().id.0;
    info!(session, rows = started.rows, store = %path, "journal read");
    let (store, mut notices) = opened.store.run()?;
    let retention = retention::start(&setup.config, store.jobs());
    let (backups, of_backups) = backups::Task::start(&setup.config, store.running());

    // The engine is useless without the sender, so it stops when the sender ends.
    let stop = stop.child_token();
    let outbox = Arc::new(outbox::Outbox::default());
    let sending = sender::run(obs.clone(), Arc::clone(&outbox));
    let sender = tokio::spawn({
        let stop = stop.clone();
        async move {
            let sent = watched("the sender", sending).await;
            stop.cancel();
            sent
        }
    });

    let generation = state::Writer::beside(&setup.config.store.path);
    let (of_engine, of_watcher) = reload::channels();
    let watching = watch_config(&setup, tell, of_watcher);
    let mut engine = engine::Engine::new(
        started.bridge,
        clock,
        (store, generation),
        (obs, outbox),
        setup.emitted,
        stop,
        setup.config.store.path.as_path().into(),
    );
    engine.follow(of_engine);
    engine.watch_backups(of_backups);
    engine.clean_logs(setup.logs);
    engine.take_early(opened.notices);
    let ended = watched(
        "the engine",
        Box::pin(engine.run(started.effects, &mut from_obs, &mut notices)),
    )
    .await;
    let ended = ended.unwrap_or(Err(Error::Broken("the engine")));

    drop((watching, retention));
    backups.end().await;
    let (store, generation) = Box::pin(engine.finish()).await;
    let ended = Box::pin(
        Parts {
            generation,
            sender,
            link_stop,
            link,
            store,
        }
        .end(ended),
    )
    .await;
    // The receiver is dropped only now. Without it the link ends, and the sender needs the link for
    // its last messages.
    drop(from_obs);
    ended
}

/// `None` if `stop` is cancelled while another bridge gives it up.
async fn take_journal(
    path: &Path,
    takeover: bool,
    stop: &CancellationToken,
) -> Result<Option<Opening>, Error> {
    if takeover {
        takeover::open(path, &machine::computer(), stop).await
    } else {
        Ok(Some(Store::lock(path)?))
    }
}

/// Watches the config file until the handle is dropped. `None` if [`Setup::reload`] is not set.
fn watch_config(
    setup: &Setup,
    tell: bool,
    channels: reload::OfWatcher,
) -> Option<AbortOnDropHandle<Result<(), Panicked>>> {
    let watching = reload::watch(watched_config(setup, tell)?, channels);
    let watching = async { watched("the watcher of the config file", watching).await };
    Some(AbortOnDropHandle::new(tokio::spawn(watching)))
}

/// The config file that was read, or else the file at the default path.
fn watched_config(setup: &Setup, tell: bool) -> Option<reload::Watched> {
    let reloading = setup.reload.clone()?;
    let path = match &setup.config.file {
        Some(file) => file.path.clone(),
        None => config::default_path(&config::places()?),
    };
    Some(reload::Watched {
        path,
        reloading,
        config: setup.config.clone(),
        tell,
    })
}

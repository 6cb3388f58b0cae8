//! SHELL. Wires the parts: opens the store and rebuilds the bridge from it, keeps the link to OBS,
//! feeds the bridge and runs its effects.
//!
//! Order of start: store, link, bridge (read from the store beside the link), sender, the writer of
//! the generation, engine. They end in reverse. `cli::run` and `cli::demo` call [`run`]; nothing
//! here knows about arguments or terminals.

mod clock;
mod emitted;
mod ended;
mod engine;
mod log;
pub mod machine;
mod opening;
mod outbox;
mod parts;
pub mod program;
mod sender;
mod settings;
mod startup;
pub mod state;
mod system;
mod takeover;
mod tasks;
#[cfg(test)]
mod tests;
mod watched;

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    config::Config,
    obs::{self, Target, WhenObsEnds},
    store::Store,
};
pub use emitted::Emitted;
pub use ended::{Ended, Error};

use clock::Clock;
use parts::Parts;
use watched::watched;

/// What a run needs.
pub struct Setup {
    pub config: Config,
    /// Take this OBS over from another bridge.
    pub takeover: bool,
    /// What the end of OBS means for the run.
    pub when_obs_ends: WhenObsEnds,
    /// Which OBS; asked again before each connect, since its password may have changed.
    pub target: Arc<dyn Fn() -> Target + Send + Sync>,
    /// Hears of every event of the model, if anybody wants to. A listener that does not keep up
    /// misses some.
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

/// Runs the bridge until `stop` is cancelled or it cannot go on.
pub async fn run(setup: Setup, stop: CancellationToken) -> Result<Ended, Error> {
    let clock = Clock::new();
    for note in machine::rule_notes(&setup.config) {
        warn!("{note}");
    }
    let path = &setup.config.store.path;
    let store = if setup.takeover {
        match takeover::open(path, &machine::computer(), &stop).await? {
            Some(store) => store,
            None => return Ok(Ended::Stopped),
        }
    } else {
        Store::open(path)?
    };
    let tell = setup.emitted.is_some() || tracing::enabled!(tracing::Level::DEBUG);
    // Connected before the journal is read: what is broadcast meanwhile would be lost, and
    // questions with it.
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
        store,
        settings,
        setup.takeover,
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
    info!(session = started.bridge.session().id.0, rows = started.rows,
        store = %setup.config.store.path.display(), "journal read");
    let (store, mut notices) = opened.store.run()?;

    // Without the sender the engine has nothing to go on for: its end stops the engine, if that has
    // not ended before.
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
    let mut engine = engine::Engine::new(
        started.bridge,
        clock,
        (store, generation),
        obs,
        outbox,
        setup.emitted,
        stop,
    );
    engine.take_early(opened.notices);
    let ended = watched(
        "the engine",
        Box::pin(engine.run(started.effects, &mut from_obs, &mut notices)),
    )
    .await;
    let ended = ended.unwrap_or(Err(Error::Broken("the engine")));

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
    // Not before: without a receiver the link ends, and what the sender still has to send goes over
    // it.
    drop(from_obs);
    ended
}

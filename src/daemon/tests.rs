//! A complete bridge on the stand-in OBS, one of whose parts panics: the others end in order, and
//! the journal is closed.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::time::timeout;
use tracing::{Subscriber, subscriber::set_default};
use tracing_subscriber::{Layer, Registry, layer::Context, layer::SubscriberExt};

mod exchange;

use super::*;
use crate::sim::obs::{Options, StandIn};

const SOON: Duration = Duration::from_secs(20);

/// Panics when the engine writes to the log.
struct BreaksTheEngine;

impl<S: Subscriber> Layer<S> for BreaksTheEngine {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        assert_ne!(
            event.metadata().target(),
            "twitchat_bridge::daemon::engine",
            "broken on purpose"
        );
    }
}

/// Runs a bridge until it ends by itself, and checks that it has closed its connections to OBS and
/// its store.
async fn run_until_it_breaks(
    target: impl Fn(Target) -> Target + Send + Sync + 'static,
) -> Result<Ended, Error> {
    let obs = StandIn::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.store.path = folder.path().join("journal.db");
    let of_obs = Target {
        host: "127.0.0.1".into(),
        port: obs.port(),
        tls: false,
        path: String::new(),
        password: None,
    };
    let setup = Setup {
        config: config.clone(),
        takeover: false,
        autostart: Autostart::Unknown,
        when_obs_ends: crate::obs::WhenObsEnds::Wait,
        target: Arc::new(move || target(of_obs.clone())),
        reload: None,
        logs: Vec::new(),
        emitted: None,
    };
    let outcome = timeout(SOON, Box::pin(run(setup, CancellationToken::new())))
        .await
        .expect("the bridge ends");
    timeout(SOON, obs.until_sessions(0))
        .await
        .expect("the connections are closed");
    let store = Store::open(&config.store.path).expect("the store was closed");
    assert!(store.reader().meta("alive_ms").is_ok(), "and can be read");
    outcome
}

#[tokio::test]
async fn an_engine_that_panics_does_not_keep_link_and_store_from_their_end() {
    let _guard = set_default(Registry::default().with(BreaksTheEngine));
    let outcome = Box::pin(run_until_it_breaks(|target| target)).await;
    assert!(
        matches!(outcome, Err(Error::Broken("the engine"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_link_that_panics_ends_the_bridge() {
    let outcome = Box::pin(run_until_it_breaks(|_| panic!("broken on purpose"))).await;
    assert!(
        matches!(outcome, Err(Error::Broken("the link to OBS"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_link_that_panics_at_a_reconnect_ends_the_bridge() {
    let asked = AtomicUsize::new(0);
    let closed = |mut target: Target| {
        target.port = 1;
        target
    };
    let outcome = Box::pin(run_until_it_breaks(move |target| {
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 => closed(target),
            _ => panic!("broken on purpose"),
        }
    }))
    .await;
    assert!(
        matches!(outcome, Err(Error::Broken("the link to OBS"))),
        "{outcome:?}"
    );
}

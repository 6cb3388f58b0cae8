//! A stand-in OBS: an obs-websocket v5 server on loopback. It behaves like a real one, including
//! the reordering of broadcasts: the same tests run with both.
//!
//! It serves any client that uses JSON: the bridge, obws, obs-websocket-js (its `json` build). It
//! keeps only scenes, inputs and the state of its outputs in memory, and renders nothing. A test
//! can stop, kill or freeze it and make it misbehave, to see how the other side reacts. The demo
//! and the tests use it. A running bridge never does.

mod answer;
pub(in crate::sim) mod auth;
mod controls;
mod fields;
mod handshake;
mod hub;
mod on_air;
mod options;
mod outbox;
pub(in crate::sim) mod protocol;
mod recording;
mod reorder;
mod requests;
mod scenes;
mod session;
mod state;
#[cfg(test)]
mod tests;
mod world;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub use options::{Kick, Options, Order, Versions};

use super::watched::watched;
use hub::Hub;

/// After this time without a broadcast, the stragglers are delivered.
const SETTLE_MILLIS: u64 = 1;

/// A running stand-in OBS. Clones are handles to the same stand-in, which ends with the last of
/// them.
#[derive(Debug, Clone)]
pub struct StandIn {
    hub: Arc<Hub>,
    address: SocketAddr,
    nodelay: bool,
    run: Arc<Mutex<Option<Run>>>,
}

/// The tasks that run between a start and a stop.
#[derive(Debug)]
struct Run {
    /// Ends only the listener.
    closing: CancellationToken,
    /// Ends all tasks at once, including when the last handle is dropped.
    killed: DropGuard,
    tasks: TaskTracker,
}

impl StandIn {
    /// Starts listening on 127.0.0.1.
    pub async fn start(options: Options) -> io::Result<Self> {
        let hub = Arc::new(Hub::new(&options));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let run = Arc::new(Mutex::new(Some(run(listener, &hub, options.nodelay))));
        Ok(Self {
            hub,
            address,
            nodelay: options.nodelay,
            run,
        })
    }

    /// Listens again on the same port, after [`stop`](Self::stop) or [`kill`](Self::kill). Fails
    /// with `AddrInUse` while it is running.
    pub async fn start_again(&self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.hub.restart();
        *self.lock_run() = Some(run(listener, &self.hub, self.nodelay));
        Ok(())
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// `ws://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    fn lock_run(&self) -> MutexGuard<'_, Option<Run>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(listener: TcpListener, hub: &Arc<Hub>, nodelay: bool) -> Run {
    let (closing, killed, tasks) = (
        CancellationToken::new(),
        CancellationToken::new(),
        TaskTracker::new(),
    );
    tasks.spawn(
        killed
            .clone()
            .run_until_cancelled_owned(watched("stragglers", settle(Arc::clone(hub)))),
    );
    tasks.spawn(
        killed
            .clone()
            .run_until_cancelled_owned(watched("late broadcasts", hand_out_late(Arc::clone(hub)))),
    );
    let accepting = accept(
        listener,
        Arc::clone(hub),
        nodelay,
        tasks.clone(),
        killed.clone(),
    );
    let closing_too = closing.clone();
    let accepting = async move {
        closing_too
            .run_until_cancelled(accepting)
            .await
            .unwrap_or_default();
    };
    let both = killed
        .clone()
        .run_until_cancelled_owned(watched("connections", accepting));
    tasks.spawn(both);
    Run {
        closing,
        killed: killed.drop_guard(),
        tasks,
    }
}

/// Accepts connections. While the stand-in is frozen, the kernel still accepts connections, as for
/// a stopped process, but they get no response.
async fn accept(
    listener: TcpListener,
    hub: Arc<Hub>,
    nodelay: bool,
    tasks: TaskTracker,
    killed: CancellationToken,
) {
    let mut frozen = hub.frozen.subscribe();
    loop {
        if frozen.wait_for(|frozen| !frozen).await.is_err() {
            return;
        }
        let accepted = tokio::select! {
            _ = frozen.wait_for(|frozen| *frozen) => continue,
            accepted = listener.accept() => accepted,
        };
        // A failure concerns only one connection. If the process has no file descriptors left, the
        // next accept fails at once, so let other tasks run first.
        let Ok((stream, _)) = accepted else {
            tokio::task::yield_now().await;
            continue;
        };
        if stream.set_nodelay(nodelay).is_ok() {
            tasks.spawn(watched(
                "a session",
                session::serve(stream, Arc::clone(&hub), killed.clone()),
            ));
        }
    }
}

/// Delivers the delayed broadcasts, and sends the events that are due.
async fn hand_out_late(hub: Arc<Hub>) {
    loop {
        match hub.next_due() {
            Some(due) => {
                tokio::time::sleep_until(due).await;
                hub.hand_out_due(Instant::now());
            }
            None => hub.delayed.notified().await,
        }
    }
}

/// Delivers the stragglers when no more broadcasts arrive.
async fn settle(hub: Arc<Hub>) {
    loop {
        hub.broadcast.notified().await;
        let mut before = None;
        while let Some(now) = hub.settle(before) {
            before = Some(now);
            tokio::time::sleep(Duration::from_millis(SETTLE_MILLIS)).await;
        }
    }
}

use std::time::Duration;

use secrecy::SecretString;

/// The options of a [`StandIn`](super::StandIn).
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 for any free port.
    pub port: u16,
    /// The password that clients must know; `None` for no password.
    pub password: Option<SecretString>,
    pub order: Order,
    /// The seed of the random numbers that decide which broadcasts change places.
    pub seed: u64,
    /// Whether `TCP_NODELAY` is set. OBS does not set it. With `false`, a client that uses one
    /// connection in both directions waits 40 ms for a reply, as with OBS.
    pub nodelay: bool,
    /// How many broadcasts [`StandIn::received`](super::StandIn::received) remembers; the oldest
    /// are dropped.
    pub witness: usize,
    pub versions: Versions,
    /// Debian's OBS has no browser sources.
    pub browser_sources: bool,
    /// The time until a broadcast is delivered and gets its reply. As in OBS's thread pool, the
    /// broadcasts of a client that does not wait for replies take this time in parallel.
    pub broadcast_takes: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            password: None,
            order: Order::Waiting,
            seed: 1,
            nodelay: true,
            witness: 200_000,
            versions: Versions::default(),
            browser_sources: true,
            broadcast_takes: Duration::ZERO,
        }
    }
}

/// The broadcasts that keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// All broadcasts. OBS does not behave like this.
    All,
    /// Broadcasts that are sent after the reply to the previous one, as in OBS on a quiet machine.
    Waiting,
    /// Only broadcasts that are sent after the previous one was received: replies are sent at once.
    /// On a busy machine, one of 2,000 broadcasts overtakes another in OBS; here one of twelve
    /// does.
    Received,
}

/// The sessions to disconnect. The user of OBS can choose them in the list of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kick {
    Everybody,
    /// The session that sends the request.
    Asker,
    Others,
}

/// The versions in `Hello` and `GetVersion`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    pub studio: String,
    pub websocket: String,
}

impl Default for Versions {
    fn default() -> Self {
        Self {
            studio: "30.2.3".into(),
            websocket: "5.5.2".into(),
        }
    }
}

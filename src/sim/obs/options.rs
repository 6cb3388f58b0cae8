//! How a stand-in OBS is started.

use std::time::Duration;

use secrecy::SecretString;

/// What a [`StandIn`](super::StandIn) is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Password that clients must know; `None` asks for none.
    pub password: Option<SecretString>,
    /// Which broadcasts may change places.
    pub order: Order,
    /// Decides which broadcasts change places.
    pub seed: u64,
    /// Whether `TCP_NODELAY` is set. OBS does not set it: `false` brings its 40 ms stall back for
    /// whoever uses one connection both ways.
    pub nodelay: bool,
    /// How many broadcasts [`StandIn::received`](super::StandIn::received) remembers; the oldest go
    /// first.
    pub witness: usize,
    /// What it claims to be.
    pub versions: Versions,
    /// Whether it was built with browser sources: Debian's OBS was not.
    pub browser_sources: bool,
    /// How long each broadcast takes until it is delivered and replied to. As in OBS's thread pool,
    /// the broadcasts of a client that does not wait for replies take this time side by side.
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

/// Which broadcasts keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// All: so OBS is not.
    All,
    /// Those that wait for the reply to the one before, as in OBS on a quiet machine.
    Waiting,
    /// Only those that wait until the one before is heard: replies come at once, as on a busy
    /// machine, where OBS lets one in 2,000 overtake. Here it is one in twelve.
    Received,
}

/// Who is disconnected, as OBS's user can do it in the list of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kick {
    Everybody,
    /// The session that makes the request.
    Asker,
    /// All sessions but the one that makes the request.
    Others,
}

/// Versions as `Hello` and `GetVersion` tell them.
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

//! The options of a client.

use std::{fmt, sync::Arc, time::Duration};

use secrecy::SecretString;

use crate::{obs::Target, twitchat::Generation};

/// How long a client waits for a reply by default.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A function that returns the address and password of OBS. The client calls it before each attempt
/// to connect.
type ReadTarget = Arc<dyn Fn() -> Target + Send + Sync>;

/// The address of OBS, and the behaviour of a [`Client`](super::Client).
///
/// ```
/// use std::time::Duration;
/// use twitchat_bridge::client::Options;
///
/// let options = Options::new("192.168.1.20", 4455)
///     .password("the password of OBS's WebSocket server")
///     .name("my overlay")
///     .timeout(Duration::from_secs(2))
///     .twitchat_version("17".parse()?)
///     .tls(false)
///     .wait_for_obs(true);
/// assert!(!format!("{options:?}").contains("the password"), "`Debug` does not show it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Options {
    target: ReadTarget,
    pub(super) name: String,
    pub(super) timeout: Duration,
    pub(super) twitchat: Option<Generation>,
    pub(super) wait_for_obs: bool,
}

impl Options {
    /// Connects to OBS on this computer (`host` is `127.0.0.1`) or on another one. `port` is 4455
    /// unless the user has changed it in OBS.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        let target = Target {
            host: host.into(),
            port,
            tls: false,
            path: String::new(),
            password: None,
        };
        Self::read_from(Arc::new(move || target.clone()))
    }

    /// Calls `target` before each attempt to connect, so that the client uses a password that the
    /// user has changed in OBS's own settings.
    #[doc(hidden)]
    pub fn read_from(target: ReadTarget) -> Self {
        Self {
            target,
            name: String::new(),
            timeout: TIMEOUT,
            twitchat: None,
            wait_for_obs: false,
        }
    }

    /// The password that OBS shows under Tools > WebSocket Server Settings > Show Connect Info.
    pub fn password(self, password: impl Into<SecretString>) -> Self {
        let password = password.into();
        self.change(move |target| target.password = Some(password.clone()))
    }

    /// Whether the client connects with TLS. OBS itself has no TLS: use this for a proxy in front
    /// of OBS that has a certificate which this computer trusts.
    pub fn tls(self, tls: bool) -> Self {
        self.change(move |target| target.tls = tls)
    }

    /// The name under which the bridge keeps this client's subscriptions and lists it in
    /// `GetStatus`. The client appends a random id, so that two programs of the same name do not
    /// end each other's subscriptions. Without a name only the id is used.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// How long a request waits for the bridge's reply, how long an action waits until OBS has
    /// relayed it, and how long both wait for a connection. The default is 5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The version of Twitchat that the client translates actions for: `16` (also for older
    /// versions), or `17`. By default the client uses the version of the Twitchat from which it
    /// received a message last. Before the first message it sends actions as they are written.
    pub fn twitchat_version(mut self, version: Generation) -> Self {
        self.twitchat = Some(version);
        self
    }

    /// Whether [`Client::connect`](super::Client::connect) waits until OBS is running. By default
    /// it fails if OBS is not running.
    pub fn wait_for_obs(mut self, wait: bool) -> Self {
        self.wait_for_obs = wait;
        self
    }

    /// The result may differ from call to call.
    pub(super) fn target(&self) -> Target {
        (self.target)()
    }

    fn change(mut self, change: impl Fn(&mut Target) + Send + Sync + 'static) -> Self {
        let read = self.target;
        self.target = Arc::new(move || {
            let mut target = read();
            change(&mut target);
            target
        });
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new("127.0.0.1", 4455)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            target: _,
            name,
            timeout,
            twitchat,
            wait_for_obs,
        } = self;
        f.debug_struct("Options")
            .field("obs", &self.target().to_string())
            .field("name", name)
            .field("timeout", timeout)
            .field("twitchat_version", twitchat)
            .field("wait_for_obs", wait_for_obs)
            .finish()
    }
}

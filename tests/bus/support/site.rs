//! The OBS that a test uses.

use std::env;

use secrecy::SecretString;
use twitchat_bridge::{obs, sim};

/// The address of OBS, and its controls if it is a stand-in.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    port: u16,
    host: String,
    password: Option<SecretString>,
    stand_in: Option<sim::obs::StandIn>,
}

impl Site {
    /// A stand-in with a password that reorders broadcasts like OBS.
    pub(crate) async fn stand_in() -> Self {
        Self::stand_in_with(sim::obs::Options::default()).await
    }

    pub(crate) async fn stand_in_with(options: sim::obs::Options) -> Self {
        let password = Some(SecretString::from("correct horse"));
        let stand_in = sim::obs::StandIn::start(sim::obs::Options {
            password: password.clone(),
            ..options
        })
        .await
        .unwrap();
        Self {
            port: stand_in.port(),
            host: "127.0.0.1".into(),
            password,
            stand_in: Some(stand_in),
        }
    }

    pub(crate) fn real() -> Self {
        let needed = "this test needs a real OBS: run scripts/real-obs start and `source` the file \
            that it names";
        let url = env::var("OBS_TEST_URL")
            .unwrap_or_else(|_| panic!("OBS_TEST_URL is not set; {needed}"));
        let password = env::var("OBS_TEST_PASSWORD")
            .unwrap_or_else(|_| panic!("OBS_TEST_PASSWORD is not set; {needed}"));
        let (host, port) = url
            .trim_start_matches("ws://")
            .trim_end_matches('/')
            .rsplit_once(':')
            .expect("OBS_TEST_URL is ws://HOST:PORT");
        Self {
            port: port.parse().expect("a port in OBS_TEST_URL"),
            host: host.into(),
            password: Some(password.into()),
            stand_in: None,
        }
    }

    /// The same OBS for a client that uses another password.
    pub(crate) fn with_password(&self, password: SecretString) -> Self {
        Self {
            password: Some(password),
            ..self.clone()
        }
    }

    pub(crate) fn controls(&self) -> &sim::obs::StandIn {
        self.stand_in
            .as_ref()
            .expect("only a stand-in has controls")
    }

    /// The stand-in's controls; `None` for a real OBS.
    pub(crate) fn stand_in_controls(&self) -> Option<&sim::obs::StandIn> {
        self.stand_in.as_ref()
    }

    pub(crate) fn password(&self) -> Option<SecretString> {
        self.password.clone()
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The target for the bridge's own clients.
    pub(crate) fn target(&self) -> obs::Target {
        obs::Target {
            host: self.host.clone(),
            port: self.port,
            tls: false,
            path: String::new(),
            password: self.password.clone(),
        }
    }

    /// The target for the stand-in's clients.
    pub(crate) fn peer(&self) -> sim::peer::Target {
        sim::peer::Target {
            url: format!("ws://{}:{}", self.host, self.port),
            password: self.password.clone(),
        }
    }
}

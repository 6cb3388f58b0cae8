//! Requests to OBS, through obws. Each request is sent only after the reply to the previous one,
//! because otherwise OBS does not keep the order of broadcasts.
//!
//! It subscribes to the events Scenes, Outputs and Config, but never to General: General events
//! would cause the delay that the second connection avoids. `event_connection` receives all other
//! events. Used by `supervise`, and on its own by the verbs of the CLI.

use std::{fmt, net::SocketAddr, time::Duration};

use obws::{
    client::{Client, ConnectConfig, DangerousConnectConfig},
    error::Error as ObwsError,
    events::EventStream,
    requests::EventSubscription,
    responses::StatusCode,
};
use secrecy::ExposeSecret;
use serde_json::value::RawValue;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::trace;

use super::{
    Options, Target,
    dial::{self, Addresses, Clock},
    error::{ConnectError, Gone, LARGEST_MESSAGE, RequestError, Step},
    refusal,
    shown::Shown,
};

/// The first pause before the bridge repeats a request for which OBS was not ready. The pause
/// doubles up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The maximum number of events of scenes, outputs and collections that may wait while the bridge
/// is busy. Further events are dropped, and the bridge asks for the state again.
const EVENTS_IN_FLIGHT: usize = 256;

/// The versions that OBS reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// OBS Studio's version.
    pub obs: String,
    pub websocket: String,
    /// The operating system of OBS, such as `Windows 10 (10.0)`.
    pub platform: String,
}

/// The state of OBS's stream output.
#[doc(alias = "GetStreamStatus")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamStatus {
    pub active: bool,
    /// The duration of the stream so far, in milliseconds.
    pub duration_ms: u64,
}

pub struct RequestConnection {
    pub(super) client: Client,
    within: Duration,
    /// The running request holds it. Other requests wait in their order.
    turn: Mutex<()>,
    /// Set when a request has timed out. obws cannot cancel it, so the connection is not used any
    /// more.
    stuck: CancellationToken,
    stuck_on: std::sync::OnceLock<&'static str>,
    /// Set when the link is lost. All requests then fail at once.
    ended: CancellationToken,
}

impl fmt::Debug for RequestConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestConnection")
            .field("stuck", &self.stuck.is_cancelled())
            .finish_non_exhaustive()
    }
}

impl RequestConnection {
    /// Connects and logs in. Tries every address of the host.
    pub async fn connect(target: &Target, options: &Options) -> Result<Self, ConnectError> {
        Self::connect_within(target, options, Instant::now() + options.connect_within).await
    }

    pub(super) async fn connect_within(
        target: &Target,
        options: &Options,
        deadline: Instant,
    ) -> Result<Self, ConnectError> {
        let mut addresses = Addresses::of(target, deadline).await?;
        while let Some((address, deadline)) = addresses.next() {
            match Self::connect_to(target, address, options, deadline).await {
                Ok(requests) => return Ok(requests),
                Err(error) => addresses.failed(error)?,
            }
        }
        Err(addresses.into_error())
    }

    /// Connects to the address that is known to be the right one. With TLS it connects to the host
    /// name instead, because the certificate contains it; obws resolves the name by itself.
    async fn connect_to(
        target: &Target,
        address: SocketAddr,
        options: &Options,
        deadline: Instant,
    ) -> Result<Self, ConnectError> {
        let clock = Clock::new(target, deadline);
        let host = match address {
            _ if target.tls => target.url_host(),
            SocketAddr::V4(address) => address.ip().to_string(),
            SocketAddr::V6(address) => format!("[{}]", address.ip()),
        };
        // obws has no setting for a path. It appends the port to the host, and a server ignores
        // everything after `#`.
        let host = if target.path.is_empty() {
            host
        } else {
            format!("{host}:{}{}#", target.port, target.path)
        };
        let within = deadline.saturating_duration_since(Instant::now());
        let mut any_version = false;
        let mut pause = FIRST_PAUSE;
        loop {
            let config = ConnectConfig {
                host: host.as_str(),
                port: target.port,
                dangerous: any_version.then_some(DangerousConnectConfig {
                    skip_studio_version_check: true,
                    skip_websocket_version_check: true,
                }),
                password: target.password.as_ref().map(ExposeSecret::expose_secret),
                event_subscriptions: Some(
                    EventSubscription::SCENES
                        | EventSubscription::OUTPUTS
                        | EventSubscription::CONFIG,
                ),
                tls: target.tls,
                broadcast_capacity: EVENTS_IN_FLIGHT,
                connect_timeout: within,
            };
            match clock
                .limit(Step::Ask, Client::connect_with_config(config))
                .await?
            {
                Ok(client) => {
                    return Ok(Self {
                        client,
                        within: options.request_within,
                        turn: Mutex::default(),
                        stuck: CancellationToken::new(),
                        stuck_on: std::sync::OnceLock::new(),
                        ended: CancellationToken::new(),
                    });
                }
                Err(error) if !any_version && refusal::is_preview(&error) => any_version = true,
                Err(error)
                    if (refusal::is_not_ready(&error) || refusal::is_early_event(&error))
                        && Instant::now() + pause < deadline =>
                {
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => {
                    let error = refusal::read(error, target, within);
                    return Err(dial::explain(error, target, address).await);
                }
            }
        }
    }

    /// Sends `event_data`, a JSON object, to all clients of OBS, this one included. Returns when
    /// OBS has replied, which does not yet mean that OBS has relayed it.
    #[doc(alias = "BroadcastCustomEvent")]
    pub async fn broadcast(&self, event_data: &RawValue) -> Result<(), RequestError> {
        let bytes = event_data.get().len();
        if bytes > LARGEST_MESSAGE {
            return Err(RequestError::TooLarge { bytes });
        }
        trace!(json = %Shown(event_data.get()), "sending");
        self.ask("BroadcastCustomEvent", || async {
            self.client
                .general()
                .broadcast_custom_event(&event_data)
                .await
        })
        .await
    }

    #[doc(alias = "GetVersion")]
    pub async fn version(&self) -> Result<Version, RequestError> {
        let version = self
            .ask("GetVersion", || async {
                self.client.general().version().await
            })
            .await?;
        Ok(Version {
            obs: version.obs_studio_version.to_string(),
            websocket: version.obs_web_socket_version.to_string(),
            platform: version.platform_description,
        })
    }

    #[doc(alias = "GetStreamStatus")]
    pub async fn stream_status(&self) -> Result<StreamStatus, RequestError> {
        let status = self
            .ask("GetStreamStatus", || async {
                self.client.streaming().status().await
            })
            .await?;
        let duration_ms = u64::try_from(status.duration.whole_milliseconds()).unwrap_or(0);
        Ok(StreamStatus {
            active: status.active,
            duration_ms,
        })
    }

    /// Asks whether OBS is recording. A paused recording counts.
    #[doc(alias = "GetRecordStatus")]
    pub async fn recording(&self) -> Result<bool, RequestError> {
        let status = self
            .ask("GetRecordStatus", || async {
                self.client.recording().status().await
            })
            .await?;
        Ok(status.active)
    }

    /// Asks for the name of the program scene.
    #[doc(alias = "GetCurrentProgramScene")]
    pub async fn program_scene(&self) -> Result<String, RequestError> {
        let scene = self
            .ask("GetCurrentProgramScene", || async {
                self.client.scenes().current_program_scene().await
            })
            .await?;
        Ok(scene.id.name)
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The typed events from now on. `None` when the connection has ended.
    pub(super) fn events(&self) -> Option<EventStream> {
        self.client.events().ok()
    }

    /// Waits until a request has timed out.
    pub(super) async fn stuck(&self) -> Gone {
        self.stuck.cancelled().await;
        Gone::Stuck {
            request: self.stuck_on.get().copied().unwrap_or("a request"),
            after: self.within,
        }
    }

    /// Makes all requests fail, including running ones, because the link is lost.
    pub(super) fn end(&self) {
        self.ended.cancel();
    }

    /// Sends a request when it is its turn, and repeats it while OBS is not ready.
    pub(super) async fn ask<T, F>(
        &self,
        request: &'static str,
        call: impl Fn() -> F,
    ) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, ObwsError>>,
    {
        self.ended
            .run_until_cancelled(self.ask_in_turn(request, call))
            .await
            .unwrap_or(Err(RequestError::NotConnected))
    }

    async fn ask_in_turn<T, F>(
        &self,
        request: &'static str,
        call: impl Fn() -> F,
    ) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, ObwsError>>,
    {
        let _turn = self.turn.lock().await;
        if self.stuck.is_cancelled() {
            return Err(RequestError::NotConnected);
        }
        let deadline = Instant::now() + self.within;
        let mut pause = FIRST_PAUSE;
        loop {
            let Ok(reply) = timeout_at(deadline, call()).await else {
                self.stuck_on.get_or_init(|| request);
                self.stuck.cancel();
                return Err(RequestError::TimedOut {
                    request,
                    after: self.within,
                });
            };
            match reply {
                Ok(reply) => return Ok(reply),
                Err(error) if refusal::is_not_ready(&error) => {
                    if Instant::now() + pause >= deadline {
                        return Err(RequestError::NotReady { request });
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => return Err(refused(request, error)),
            }
        }
    }
}

fn refused(request: &'static str, error: ObwsError) -> RequestError {
    match error {
        ObwsError::Api { code, message } => RequestError::Refused {
            request,
            status: status(code),
            comment: message,
        },
        ObwsError::InvalidCustomData | ObwsError::SerializeCustomData(_) => {
            RequestError::NotAnObject
        }
        ObwsError::DeserializeResponse(_) => RequestError::Unreadable { request },
        _ => RequestError::NotConnected,
    }
}

fn status(code: StatusCode) -> u16 {
    code.into()
}

//! The controls with which a test changes and inspects a stand-in OBS.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_websockets::Message;

use super::StandIn;
use super::options::{Kick, Versions};
use super::protocol::{Goodbye, subscription};
use super::state::Happened;

/// How long [`StandIn::stop`] waits until clients answer the close frame.
const STOP_SECONDS: u64 = 2;

/// Stopping and starting again.
impl StandIn {
    /// Stops like an OBS that the user closes: sends `ExitStarted`, closes all sessions with code
    /// 1001, and stops listening.
    pub async fn stop(&self) {
        self.close(true).await;
    }

    /// Ends like a WebSocket server that the user switches off: closes all sessions with code 1001
    /// and stops listening.
    pub async fn switch_off(&self) {
        self.close(false).await;
    }

    async fn close(&self, exits: bool) {
        let Some(run) = self.lock_run().take() else {
            return;
        };
        run.closing.cancel();
        if exits {
            self.hub.exit_started();
        }
        self.hub.dismiss(&Goodbye::going_away());
        let gone = async {
            loop {
                let changed = self.hub.changed.notified();
                if self.hub.outboxes().is_empty() {
                    return;
                }
                changed.await;
            }
        };
        // Clients that have not answered by then are disconnected, as in OBS.
        drop(tokio::time::timeout(Duration::from_secs(STOP_SECONDS), gone).await);
        end(run).await;
    }

    /// Stops like an OBS that is killed: the streams end without a close code. Messages that are
    /// not in a socket yet are lost; see [`drained`](Self::drained).
    pub async fn kill(&self) {
        let Some(run) = self.lock_run().take() else {
            return;
        };
        end(run).await;
    }

    /// Waits until all broadcasts so far are in the sockets of all sessions.
    pub async fn drained(&self) {
        loop {
            let settled = self.hub.settled.notified();
            if !self.hub.unsettled() {
                break;
            }
            settled.await;
        }
        for outbox in self.hub.outboxes() {
            outbox.drained().await;
        }
    }

    /// Ends all sessions like the Kick button of OBS, with close code 4011.
    pub fn kick_all(&self) {
        self.hub.dismiss(&Goodbye::kicked());
    }

    /// Stops reading and writing, like an OBS that gets SIGSTOP. Connections stay open.
    pub fn freeze(&self) {
        self.hub.frozen.send_replace(true);
    }

    /// Ends a [`freeze`](Self::freeze).
    pub fn thaw(&self) {
        self.hub.frozen.send_replace(false);
    }
}

impl StandIn {
    /// Changes the password that new connections must send. `None` for no password.
    pub fn set_password(&self, password: Option<SecretString>) {
        self.hub.turn(|knobs| knobs.password = password);
    }

    /// With `true`, new connections get no message after `Hello`, even if they send messages.
    pub fn stall_after_hello(&self, stall: bool) {
        self.hub.turn(|knobs| knobs.stall_after_hello = stall);
    }

    /// Ends sessions like the Kick button when the request with this number arrives. The numbers
    /// start at 1 with the next request. That request gets no reply.
    pub fn kick_at_request(&self, request: u64, whom: Kick) {
        self.hub.turn(|knobs| knobs.kick = Some((request, whom)));
    }

    /// Refuses the next `requests` with status 207.
    pub fn not_ready(&self, requests: u64) {
        self.hub.turn(|knobs| knobs.not_ready = requests);
    }

    /// Replies to the next `broadcasts` without delivering them.
    pub fn drop_broadcasts(&self, broadcasts: u64) {
        self.hub.turn(|knobs| knobs.drop_broadcasts = broadcasts);
    }

    /// Sends an event before `Identified` at the next `logins`, like OBS if an event and the login
    /// coincide: a `CustomEvent` with this `eventData` to sessions for General events, the state of
    /// the recording to others.
    pub fn send_before_identified(&self, logins: u64, event_data: &Value) {
        let event_data = event_data.to_string().into_boxed_str();
        self.hub
            .turn(|knobs| knobs.early_event = (logins > 0).then_some((logins, event_data)));
    }

    /// Changes the versions that new connections see.
    pub fn set_versions(&self, versions: Versions) {
        self.hub.turn(|knobs| knobs.versions = versions);
    }

    /// Sends a text frame unchanged to all identified sessions.
    pub fn send_raw(&self, text: impl Into<String>) {
        self.hub.send_raw(&Message::text(text.into()));
    }

    /// Sends a text frame with these bytes, which need not be UTF-8, to all sessions that
    /// subscribed to General events.
    pub fn send_raw_event(&self, bytes: Vec<u8>) {
        self.hub.send_raw_event(&Message::text(bytes));
    }

    /// Sends a binary frame unchanged to all identified sessions.
    pub fn send_raw_bytes(&self, bytes: Vec<u8>) {
        self.hub.send_raw(&Message::binary(bytes));
    }
}

impl StandIn {
    /// Starts the stream as if it had started `ago`. Returns `false` if it is already running.
    pub fn start_stream(&self, ago: Duration) -> bool {
        let now = Instant::now();
        self.hub
            .change(|world| world.start_stream(now.checked_sub(ago).unwrap_or(now)))
    }

    /// Returns `false` if the stream is not running.
    pub fn stop_stream(&self) -> bool {
        self.hub.change(super::world::World::stop_stream)
    }

    /// Emits an event of a vendor, like a plugin of OBS.
    pub fn emit_vendor_event(&self, vendor: &str, kind: &str, data: &Value) {
        self.hub.notify(&[Happened {
            kind: "VendorEvent",
            intent: subscription::VENDORS,
            data: json!({"vendorName": vendor, "eventType": kind, "eventData": data}),
        }]);
    }

    /// Gives a media source a file of this length, which it does not play. Returns `false` if there
    /// is no such source.
    pub fn load_media(&self, name: &str, length: Duration) -> bool {
        let file_ms = u64::try_from(length.as_millis()).ok();
        self.hub.change(|world| {
            world.inputs.get_mut(name)?.file_ms = file_ms;
            Some(Vec::new())
        })
    }

    /// Sets the duration of the medium that an input plays. Returns `false` if there is no such
    /// input.
    pub fn play_media(&self, name: &str, length: Duration) -> bool {
        let media_ms = u64::try_from(length.as_millis()).ok();
        self.hub.change(|world| {
            world.inputs.get_mut(name)?.media_ms = media_ms;
            Some(Vec::new())
        })
    }

    /// Puts a scene on air: `Starting soon`, `Game` or `Credits`. Returns `false` if there is no
    /// such scene.
    pub fn switch_scene(&self, scene: &str) -> bool {
        self.hub.change(|world| world.switch(scene))
    }
}

impl StandIn {
    /// The texts that vendor requests sent to browser sources, in their order.
    pub fn emitted(&self) -> Vec<Value> {
        self.hub.look(|world| world.emitted.clone())
    }

    /// The settings of an input. `None` if it is not in this scene.
    pub fn input_in(&self, scene: &str, name: &str) -> Option<Value> {
        self.hub.look(|world| {
            let is_there = world
                .items
                .iter()
                .any(|item| item.scene == scene && item.source == name);
            world
                .inputs
                .get(name)
                .filter(|_| is_there)
                .map(|input| input.settings.clone())
        })
    }

    /// The number of identified sessions.
    pub fn sessions(&self) -> usize {
        self.hub.identified()
    }

    /// Waits until exactly `count` sessions are identified.
    pub async fn until_sessions(&self, count: usize) {
        loop {
            let changed = self.hub.changed.notified();
            if self.sessions() == count {
                return;
            }
            changed.await;
        }
    }

    /// The number of broadcasts that were delivered.
    pub fn broadcasts(&self) -> u64 {
        self.hub.delivered()
    }

    /// The `eventData` of the broadcasts that were delivered, in their order. At most the last
    /// [`Options::witness`](super::Options::witness) broadcasts are remembered.
    pub fn received(&self) -> Vec<Value> {
        self.hub.received()
    }
}

/// Ends all tasks and waits for them, so that the port is free.
async fn end(run: super::Run) {
    let super::Run {
        closing: _,
        killed,
        tasks,
    } = run;
    tasks.close();
    drop(killed);
    tasks.wait().await;
}

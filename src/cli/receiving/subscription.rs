//! A subscription at the bridge for as long as a verb runs. The verb subscribes when OBS is
//! connected, renews the subscription on each Hello and every hour, and unsubscribes at its end.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::obs::Obs;
use uuid::Uuid;

use super::decode::Line;
use super::kinds::Kinds;
use crate::cli::out;
use crate::cli::receiving::News;

/// The interval of renewals. A bridge forgets clients that are silent for a day.
const RENEW_SECONDS: i64 = 3_600;
/// The shortest time between two requests. It limits the requests to a bridge that sends Hello
/// repeatedly.
const PAUSE_SECONDS: i64 = 1;
/// How long to wait for the bridge's reply before the user is warned.
const ANSWER_SECONDS: i64 = 5;
/// How long the `UnSubscribe` may take. Without it the bridge ends the subscription later by
/// itself.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// Also knows whether a bridge has confirmed the subscription.
#[derive(Debug)]
pub(crate) struct Subscription {
    client: String,
    events: Value,
    obs: Obs,
    asked: Option<Timestamp>,
    /// Whether a renewal is due.
    wanted: bool,
    /// The task that sends the request.
    asking: Option<AbortOnDropHandle<()>>,
    answered: bool,
    complained: bool,
}

impl Subscription {
    /// Subscribes to the events among `kinds` that only a bridge emits. `None` if there are no such
    /// events. `verb` becomes part of the client's name.
    pub(crate) fn to(kinds: &Kinds, verb: &str, obs: Obs) -> Option<Self> {
        let events = kinds.of_bridge();
        let client = format!("twitchat-bridge {verb} {}", Uuid::new_v4());
        (!events.is_empty()).then(|| Self {
            client,
            events: json!(events),
            obs,
            asked: None,
            wanted: false,
            asking: None,
            answered: false,
            complained: false,
        })
    }

    pub(crate) fn take(&mut self, news: &News, lines: &[Line], now: Timestamp) {
        let is_up = matches!(news, News::Up(_));
        let greeted = lines.iter().any(|line| line.name == "Bridge.Hello");
        let since = self.asked.map(|asked| now.as_second() - asked.as_second());
        self.wanted |= is_up || greeted || since.is_some_and(|seconds| seconds >= RENEW_SECONDS);
        let is_free = self
            .asking
            .as_ref()
            .is_none_or(AbortOnDropHandle::is_finished);
        if self.wanted && is_free && since.is_none_or(|seconds| seconds >= PAUSE_SECONDS) {
            self.wanted = false;
            self.asked = Some(now);
            self.answered = false;
            let (obs, request) = (self.obs.clone(), self.request("Subscribe"));
            // If OBS does not accept the request, the request is sent again after the next
            // connection.
            self.asking = Some(AbortOnDropHandle::new(tokio::spawn(async move {
                if let Some(request) = request {
                    drop(obs.broadcast(&request).await);
                }
            })));
        }
        self.answered |= lines
            .iter()
            .any(|line| line.name == "Bridge.Reply" && line.id == *self.client);
        if !self.answered
            && !self.complained
            && since.is_some_and(|seconds| seconds >= ANSWER_SECONDS)
        {
            self.complained = true;
            out::warn(
                "no bridge replies, and only a bridge emits these events: is `twitchat-bridge run` \
                    running? Waiting for it",
            );
        }
    }

    pub(crate) async fn end(self) {
        if let Some(request) = self.request("UnSubscribe") {
            // If this fails, the bridge ends the subscription later by itself.
            drop(timeout(GOODBYE_WITHIN, self.obs.broadcast(&request)).await);
        }
    }

    fn request(&self, name: &str) -> Option<Box<RawValue>> {
        to_raw_value(
            &json!({ "request": name, "id": self.client, "client": self.client,
            "events": self.events }),
        )
        .ok()
    }
}

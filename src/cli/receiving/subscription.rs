//! A subscription at the bridge for as long as a verb runs: made when OBS is there, made again on
//! each Hello and every hour, ended with the verb.

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

/// A bridge forgets who is not heard for a day.
const RENEW_SECONDS: i64 = 3_600;
/// At least so long between two requests: bridges may say Hello again and again.
const PAUSE_SECONDS: i64 = 1;
/// How long a bridge has to answer before the user is told.
const ANSWER_SECONDS: i64 = 5;
/// How long the goodbye may take: without it the bridge ends the subscription by itself, later.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// What is asked of the bridge, and whether it answered.
#[derive(Debug)]
pub(crate) struct Subscription {
    client: String,
    events: Value,
    obs: Obs,
    asked: Option<Timestamp>,
    /// It is to be asked for once more.
    wanted: bool,
    /// The request that is on its way.
    asking: Option<AbortOnDropHandle<()>>,
    answered: bool,
    complained: bool,
}

impl Subscription {
    /// A subscription to those of `kinds` that only a bridge emits; `None` if there are none.
    /// `verb` becomes part of the client's name.
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

    /// Asks when it is time to.
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
            // A request that OBS does not take is made again when OBS is back.
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
                "no bridge answers, and only a bridge tells these events: is `twitchat-bridge run` \
                    running? Waiting for it",
            );
        }
    }

    /// Nobody listens any more.
    pub(crate) async fn end(self) {
        if let Some(request) = self.request("UnSubscribe") {
            // The bridge notices by itself, later.
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

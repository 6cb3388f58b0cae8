//! Handles other bridges on the same OBS. Announces this bridge to them and to clients, and decides
//! which bridge stays.

use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{
    base::Base,
    challengers::Challengers,
    io::{Effect, Note, Now},
    objections::Objections,
    other_bridge::OtherBridge,
    time,
};
use crate::event::received::BRIDGE;

/// The fields of a message of another bridge, or of this bridge's own message that OBS sends back.
#[derive(Debug, Deserialize)]
struct Peer<'a> {
    #[serde(borrow, default)]
    bridge: Option<&'a str>,
    #[serde(borrow, default)]
    request: Option<&'a str>,
    #[serde(borrow, default)]
    to: Option<&'a str>,
    #[serde(borrow, default)]
    status: Option<&'a str>,
    since: Option<i64>,
    #[serde(default)]
    takeover: bool,
    /// The id may be any JSON, because clients choose the ids of their requests.
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    process: Value,
    #[serde(default)]
    computer: Value,
}

impl Peer<'_> {
    fn id(&self) -> Option<String> {
        serde_json::from_str(self.id?.get()).ok()
    }

    /// Describes the sender as another bridge.
    fn known_as(&self, id: &str) -> OtherBridge {
        let process = self.process.as_u64().and_then(|id| u32::try_from(id).ok());
        let computer = self.computer.as_str().unwrap_or_default();
        OtherBridge::on_obs(id, process, computer, self.takeover)
    }
}

/// The only field of a request that matters here.
#[derive(Debug, Deserialize)]
struct Question<'a> {
    #[serde(borrow, default)]
    id: Option<&'a str>,
}

/// Determines which bridge serves this OBS.
#[derive(Debug)]
pub(super) struct Peers {
    /// The time since which this bridge serves OBS: the start of the run, or the end of a freeze.
    /// In Unix milliseconds.
    since_ms: i64,
    objections: Objections,
    challengers: Challengers,
}

impl Peers {
    pub(super) fn new(started_ms: i64) -> Self {
        Self {
            since_ms: started_ms,
            objections: Objections::default(),
            challengers: Challengers::default(),
        }
    }

    /// The time at which [`Self::run`] is due; `None` if it is not due.
    pub(super) fn due_ms(&self) -> Option<u64> {
        let (objection, challenger) = (self.objections.due_ms(), self.challengers.due_ms());
        objection.into_iter().chain(challenger).min()
    }

    /// Called after the process was frozen, because another bridge may have taken over.
    pub(super) fn thawed(&mut self, wall_ms: i64) {
        self.since_ms = wall_ms;
    }

    /// Called when the connection to OBS is lost. Forgets all other bridges.
    pub(super) fn disconnected(&mut self) {
        self.objections.clear();
        self.challengers.clear();
    }

    /// After a Hello, clients subscribe again, and another bridge that serves this OBS sends an
    /// objection.
    pub(super) fn send_hello(&self, base: &mut Base, now: Now) {
        let bridge = base.out.bridge();
        let mut hello = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), bridge.as_str().into()),
            ("request".to_owned(), "Hello".into()),
            ("timestamp".to_owned(), time::instant(now.wall_ms).into()),
            ("session".to_owned(), bridge.as_str().into()),
            ("since".to_owned(), self.since_ms.into()),
            ("process".to_owned(), base.run.process.into()),
            ("computer".to_owned(), (*base.run.computer).into()),
            ("info".to_owned(), info(base)),
        ]);
        if base.run.takeover {
            hello.insert("takeover".into(), true.into());
        }
        base.out.send(&hello);
        base.emitter.subscriptions_mut().greeted(now.wall_ms);
    }

    /// Handles a message of a bridge. It may be this bridge's own message, which OBS sends back. It
    /// may also be another bridge's Hello, its objection, or its answer to this bridge's question.
    pub(super) fn receive(&mut self, whole: &str, base: &mut Base, now: Now) {
        let Ok(peer) = serde_json::from_str::<Peer<'_>>(whole) else {
            base.counts.bus.other += 1;
            return;
        };
        let own = base.out.bridge();
        let Some(other) = peer.bridge.filter(|other| *other != own) else {
            base.counts.bus.echoes += u64::from(peer.bridge.is_some());
            return;
        };
        let answered = |id: String| self.challengers.answered(other, &id);
        if let Some(other) = peer.id().and_then(answered) {
            base.out.push(Effect::Yield(other));
            return;
        }
        let objects = peer.status == Some("taken") && peer.to == Some(own.as_str());
        // This bridge never ends for a bridge that does not send `since`.
        let since = peer
            .since
            .filter(|_| peer.request == Some("Hello") || objects);
        let Some(since) = since else {
            base.counts.bus.other += 1;
            return;
        };
        let takeover = base.run.takeover;
        if rank(peer.takeover, since, other) < rank(takeover, self.since_ms, &own) {
            self.ask(peer.known_as(other), base, now);
        } else {
            self.objections.want(other);
        }
    }

    /// Asks a bridge that ranks before this one for `GetInfo`. This bridge ends only when the other
    /// one answers.
    fn ask(&mut self, other: OtherBridge, base: &mut Base, now: Now) {
        if !self.challengers.is_new(&other.id) {
            return;
        }
        let id = base.out.fresh_id();
        let question = Map::from_iter([
            ("request".to_owned(), Value::from("GetInfo")),
            ("id".to_owned(), id.as_str().into()),
        ]);
        base.out.send(&question);
        self.challengers.asked(other, id, now.mono_ms);
    }

    /// Whether a request is this bridge's own question to another bridge.
    pub(super) fn has_asked(&self, request: &str) -> bool {
        let question = serde_json::from_str::<Question<'_>>(request).ok();
        question
            .and_then(|question| question.id)
            .is_some_and(|id| self.challengers.has_asked(id))
    }

    /// Sends due objections, and logs bridges that did not answer in time.
    pub(super) fn run(&mut self, base: &mut Base, now: Now) {
        while let Some((other, is_new)) = self.objections.take(now.mono_ms) {
            self.object(&other, base);
            if is_new {
                base.out.note(Note::OtherBridge { other });
            }
        }
        while let Some((other, is_news)) = self.challengers.take_silent(now.mono_ms) {
            if is_news {
                base.out.note(Note::SilentBridge { other: other.id });
            }
        }
    }

    fn object(&self, other: &str, base: &mut Base) {
        let mut taken = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), base.out.bridge().into()),
            ("to".to_owned(), other.into()),
            ("status".to_owned(), "taken".into()),
            ("since".to_owned(), self.since_ms.into()),
            ("process".to_owned(), base.run.process.into()),
            ("computer".to_owned(), (*base.run.computer).into()),
        ]);
        if base.run.takeover {
            taken.insert("takeover".into(), true.into());
        }
        base.out.send(&taken);
    }
}

/// The bridge with the lower rank stays. Bridges with `--takeover` rank before all others. Among
/// them, the later start ranks first. Among the others, the earlier start ranks first. If the
/// starts are equal, the smaller id ranks first.
fn rank(takeover: bool, since_ms: i64, id: &str) -> (bool, i64, &str) {
    let since_ms = if takeover {
        since_ms.saturating_neg()
    } else {
        since_ms
    };
    (!takeover, since_ms, id)
}

/// The value of `info` in the reply to `GetInfo` and in Hello.
pub(super) fn info(base: &Base) -> Value {
    json!({
        "instanceId": base.run.instance,
        "name": base.settings.name,
        "version": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "osVersion": &*base.run.os_version,
        "mode": "headless",
        "darkMode": false,
        "source": BRIDGE,
    })
}

//! The reply to `GetStatus`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    Bridge,
    port::{Counts, Now},
};

/// Unix milliseconds as ISO 8601 in UTC.
pub(super) fn instant(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_string())
        .unwrap_or_default()
}

/// Unix milliseconds as Streamer.bot writes times: seven fraction digits and an offset.
pub(super) fn time_stamp(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    format!("{}+00:00", at.strftime("%Y-%m-%dT%H:%M:%S%.7f"))
}

impl Bridge {
    fn counts(&self) -> Counts {
        Counts {
            clients_pushed_out: self.subscriptions.pushed_out(),
            ..self.counts
        }
    }

    pub(super) fn status(&self, now: Now) -> Map<String, Value> {
        let since = |at_ms: Option<i64>| at_ms.map_or(Value::Null, |at_ms| instant(at_ms).into());
        let obs = match &self.obs {
            Some((info, at_ms)) => json!({
                "connected": true,
                "since": instant(*at_ms),
                "version": info.obs_version,
                "websocketVersion": info.websocket_version,
                "scene": self.scene,
                "streaming": self.stream.is_on(),
                "streamSeconds": self.stream_seconds(now),
            }),
            None => json!({ "connected": false }),
        };
        let twitchat = json!({
            "present": self.side.is_present(),
            "generation": self.side.generation().map(crate::twitchat::Generation::number),
            "generationName": self.side.generation().map(|generation| generation.to_string()),
            "twoPages": self.fold.has_two_pages(now.wall_ms),
            "lastHeard": since(self.side.last_heard_ms()),
            "summaryMerged": since(self.side.merged_ms()),
        });
        let (rules, actions) = self.rules_status();
        let status = json!({
            "run": {
                "id": self.run.bridge,
                "version": env!("CARGO_PKG_VERSION"),
                "started": instant(self.run.started_ms),
                "uptimeSeconds": (now.wall_ms - self.run.started_ms).max(0) / 1_000,
            },
            "obs": obs,
            "twitchat": twitchat,
            "session": {
                "id": self.session.id.0,
                "started": instant(self.session.started_ms),
                "seconds": self.session_seconds(now),
                "cause": self.session.cause,
                "credits": self.fold.session.facts(),
            },
            "broadcaster": { "ids": self.fold.broadcaster.ids(),
                "learned": self.fold.broadcaster.configured.is_none() },
            "clients": self.subscriptions.clients().map(|(name,
                client)| json!({ "client": serde_json::from_str::<Value>(name).unwrap_or_default(),
                    "lastHeard": instant(client.heard_ms),
                        "events": client.events() })).collect::<Vec<_>>(),
            "overlay": self.show.status(now),
            "people": self.fold.people.len(),
            "counts": self.counts(),
            "lastEvent": self.last.as_ref().map(|(kind, at_ms)| json!({ "type": kind,
                "at": instant(*at_ms) })),
            "rules": rules,
            "actions": actions,
            "labels": self.labels_status(),
            "store": self.writes.status(),
        });
        match status {
            Value::Object(status) => status,
            _ => Map::new(),
        }
    }
}

//! Finds the bridges on this OBS. There should be only one.

use std::time::Duration;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Options, RequestConnection};
use twitchat_bridge::request::status_keys;
use twitchat_bridge::store::ReadOnlyStore;
use uuid::Uuid;

use super::finding::Finding;

/// How long to wait for the first reply, and after it for the replies of other bridges.
const FIRST_WITHIN: Duration = Duration::from_secs(2);
const OTHERS_WITHIN: Duration = Duration::from_millis(500);

/// Asks every bridge on this OBS for its status. The result has one status per bridge, in the order
/// of the replies.
pub(super) async fn ask(obs: &RequestConnection, config: &Config) -> Vec<Value> {
    let target = machine::target(config)();
    let Ok(mut events) = EventConnection::connect(&target, &Options::default()).await else {
        return Vec::new();
    };
    let id = Uuid::new_v4().to_string();
    let client = format!("twitchat-bridge doctor {id}");
    let request = json!({ "request": "GetStatus", "id": id, "client": client });
    let sent = match to_raw_value(&request) {
        Ok(request) => obs.broadcast(&request).await.is_ok(),
        Err(_) => false,
    };
    if !sent {
        return Vec::new();
    }
    let mut statuses: Vec<Value> = Vec::new();
    let mut deadline = Instant::now() + FIRST_WITHIN;
    while let Ok(Ok(batch)) = timeout_at(deadline, events.next()).await {
        for received in &batch.events {
            let Some(status) = reply(received, &id) else {
                continue;
            };
            if statuses.is_empty() {
                deadline = Instant::now() + OTHERS_WITHIN;
            }
            let is_known = |known: &Value| known.get("bridge") == status.get("bridge");
            if !statuses.iter().any(is_known) {
                statuses.push(status);
            }
        }
    }
    statuses
}

/// The reply of a bridge to the request with this id.
fn reply(received: &Received, id: &str) -> Option<Value> {
    let Received::Bridge(whole) = received else {
        return None;
    };
    let mut reply = read(whole)?;
    if reply.get("id")? != id || reply.get("status")? != "ok" {
        return None;
    }
    status_keys::add_both_names(&mut reply);
    Some(reply)
}

fn read(whole: &RawValue) -> Option<Value> {
    serde_json::from_str(whole.get()).ok()
}

/// The id of the journal at the path of the settings; `None` if there is no journal yet.
fn own_journal(config: &Config) -> Option<String> {
    let store = ReadOnlyStore::open(&config.store.path).ok()?;
    store.reader().ok()?.meta("instance").ok()?
}

/// Returns the status of the bridge with this journal, or the first status if no journal is known
/// here. The findings report the other bridges.
pub(super) fn own(statuses: Vec<Value>, config: &Config) -> (Option<Value>, Vec<Finding>) {
    let instance = own_journal(config);
    let mut others = statuses;
    let theirs = |status: &Value| text(status, "/run/instance").map(ToOwned::to_owned);
    let is_own = |status: &Value| instance.is_some() && theirs(status) == instance;
    // An older bridge does not report its journal, so it may use this journal.
    let may_be = |status: &Value| instance.is_none() || theirs(status).is_none();
    let place = others.iter().position(is_own);
    let place = place.or_else(|| others.iter().position(may_be));
    let own = place.map(|place| others.remove(place));
    let findings = if others.is_empty() {
        let good = "no other bridge is on this OBS";
        own.iter().map(|_| Finding::good("others", good)).collect()
    } else {
        others
            .iter()
            .map(|other| other_bridge(other, own.as_ref()))
            .collect()
    };
    (own, findings)
}

fn other_bridge(other: &Value, own: Option<&Value>) -> Finding {
    let computer = text(other, "/run/computer").filter(|computer| !computer.is_empty());
    let process = other.pointer("/run/process").and_then(Value::as_u64);
    let place = match (process, computer) {
        (Some(process), Some(computer)) => format!(" (process {process} on {computer})"),
        (Some(process), None) => format!(" (process {process})"),
        _ => String::new(),
    };
    let version = text(other, "/run/version").unwrap_or("of an unknown version");
    let same_journal = own.is_some_and(|own| {
        let instance = text(own, "/run/instance");
        instance.is_some() && instance == text(other, "/run/instance")
    });
    let journal = match (same_journal, other.pointer("/run/instance").is_some()) {
        (true, _) => "with a copy of this journal",
        (false, true) => "with another journal",
        (false, false) => "of an older version, which does not report its journal",
    };
    let fix = if own.is_some() {
        "stop it there: `twitchat-bridge service uninstall`, `obs-script uninstall` or Ctrl-C. Two \
            bridges on one OBS both answer each overlay"
    } else {
        "give `doctor` the options with which that bridge was started, such as --store, or stop \
            it and start the bridge here"
    };
    let text = format!("a bridge {journal} runs on this OBS, version {version}{place}");
    Finding::problem("others", text, fix)
}

fn text<'a>(status: &'a Value, place: &str) -> Option<&'a str> {
    status.pointer(place).and_then(Value::as_str)
}

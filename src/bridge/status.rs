//! Makes the reply to `GetStatus`.

use serde_json::{Map, Value, json};

use super::{gap_filling, io::Now, parts::Parts, time::instant};
use crate::request::status_keys;
use crate::twitchat::Generation;

/// The value of `counts` in the reply to `GetStatus`, including the counters of components.
pub(super) fn counts(parts: &Parts) -> Value {
    let mut counts = serde_json::to_value(parts.base.counts).unwrap_or_default();
    let pushed_out = parts.base.emitter.subscriptions().pushed_out();
    if let Value::Object(counts) = &mut counts {
        counts.insert("journal".into(), parts.base.model.rows().into());
        counts.insert("clientsPushedOut".into(), pushed_out.into());
    }
    counts
}

pub(super) fn status(parts: &Parts, now: Now) -> Map<String, Value> {
    let since = |at_ms: Option<i64>| at_ms.map_or(Value::Null, |at_ms| instant(at_ms).into());
    let (base, presence) = (&parts.base, &parts.presence);
    let (run, model, fold) = (&base.run, &base.model, base.model.fold());
    let generation = presence.generation();
    let twitchat = json!({
        "present": presence.is_present(),
        "generation": generation.map(Generation::number),
        "generationName": generation.map(|generation| generation.to_string()),
        "twoPages": fold.has_two_pages(now.wall_ms),
        "lastReceived": since(presence.received_ms()),
        "summaryMerged": since(parts.summary.merged_ms()),
    });
    let stream = &parts.stream;
    let (rules, actions) = parts.automation.status();
    let status = json!({
        "run": {
            "id": run.bridge,
            "instance": run.instance,
            "process": run.process,
            "computer": run.computer,
            "autostart": run.autostart,
            "version": env!("CARGO_PKG_VERSION"),
            "started": instant(run.started_ms),
            "uptimeSeconds": (now.wall_ms - run.started_ms).max(0) / 1_000,
            "config": base.settings.config,
            "configError": base.config.error(),
            "restartFor": base.config.restart_for(),
        },
        "obs": base.obs.status(stream.is_on(), stream.seconds(now.wall_ms)),
        "twitchat": twitchat,
        "session": {
            "id": model.session().id.0,
            "started": instant(model.session().started_ms),
            "seconds": model.session_seconds(now.wall_ms),
            "cause": model.session().cause,
            "credits": fold.session.facts(),
        },
        "broadcaster": {
            "ids": fold.broadcaster.ids(),
            "learned": fold.broadcaster.configured.is_none(),
        },
        "clients": clients(parts),
        "overlay": overlay(parts, now),
        "gaps": gap_filling::status(parts, now),
        "people": fold.people.len(),
        "counts": counts(parts),
        "lastEvent": base.last.as_ref().map(|(kind, at_ms)| {
            json!({ "type": kind, "at": instant(*at_ms) })
        }),
        "rules": rules,
        "actions": actions,
        "labels": parts.labels.status(),
        "store": base.out.writes().status(),
    });
    match status {
        Value::Object(mut status) => {
            for part in [
                "counts", "twitchat", "clients", "overlay", "store", "labels",
            ] {
                status.get_mut(part).map(status_keys::add_both_names);
            }
            status
        }
        _ => Map::new(),
    }
}

/// The end credits, and whose settings they have.
fn overlay(parts: &Parts, now: Now) -> Value {
    let mut overlay = parts.roll.status(now);
    if let Value::Object(overlay) = &mut overlay {
        let follow = parts.following.status(&parts.base.settings.overlay);
        overlay.insert("follow".into(), follow);
    }
    overlay
}

/// The clients with subscriptions, in the form of the reply.
fn clients(parts: &Parts) -> Vec<Value> {
    parts
        .base
        .emitter
        .subscriptions()
        .clients()
        .map(|(name, client)| {
            json!({
                "client": serde_json::from_str::<Value>(name).unwrap_or_default(),
                "lastReceived": instant(client.requested_ms),
                "events": client.events(),
            })
        })
        .collect()
}

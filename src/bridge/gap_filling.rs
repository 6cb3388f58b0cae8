//! Reports for `GetStatus` how gaps were filled. It counts the entries of each section that were
//! received live, and the entries that Twitchat's summary filled in.

use serde_json::{Map, Value, json};

use super::{io::Now, parts::Parts};
use crate::credits::arrivals::can_be_filled;

/// The sections of the running session, and the reasons for which their numbers may be wrong.
pub(super) fn status(parts: &Parts, now: Now) -> Value {
    let arrivals = parts.base.model.fold().session.arrivals();
    let sections: Map<String, Value> = arrivals
        .sections()
        .map(|(section, arrived)| {
            let filled = if can_be_filled(section) {
                arrived.filled.into()
            } else {
                Value::Null
            };
            let entries = json!({ "live": arrived.live, "filled": filled });
            (section.to_owned(), entries)
        })
        .collect();
    json!({ "sections": sections, "doubts": doubts(parts, now) })
}

fn doubts(parts: &Parts, now: Now) -> Vec<&'static str> {
    let base = &parts.base;
    let merged_ms = parts.summary.merged_ms();
    let is_merged = base
        .obs
        .since_ms()
        .is_some_and(|since_ms| merged_ms.is_some_and(|merged_ms| merged_ms >= since_ms));
    let incomplete = if !base.obs.is_up() {
        Some("OBS is not connected: events of this time are filled in later")
    } else if !parts.presence.is_present() {
        Some("Twitchat is not connected: events of this time are filled in later")
    } else if !is_merged {
        Some(
            "the bridge has not received Twitchat's summary since it connected to OBS: earlier \
                events may be missing",
        )
    } else if parts.summary.is_pending() {
        Some("the bridge waits for Twitchat's summary, which may add entries")
    } else {
        None
    };
    let started_ms = base.model.session().started_ms;
    let proven_ms = base.model.fold().pages_proven_ms();
    let has_twins = base.model.fold().has_two_pages(now.wall_ms)
        || proven_ms.is_some_and(|proven_ms| proven_ms >= started_ms);
    let twins = has_twins.then_some(
        "two pages of Twitchat were connected: cheers and rewards from before the bridge noticed \
            this may count twice",
    );
    incomplete.into_iter().chain(twins).collect()
}

//! The pages of the end credits and the state of each, according to their own reports.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bridge::{io::Now, time::instant},
    request::Report,
};

/// A page reports every 20 s. It counts as gone this many milliseconds after its last report.
const GONE_MS: u64 = 50_000;
/// Number of pages that are remembered. Nothing else limits how many names clients can use.
const MOST: usize = 32;

#[derive(Debug)]
struct Page {
    report: Report,
    heard_ms: u64,
    heard_wall_ms: i64,
}

/// The pages by the name of their client.
#[derive(Debug, Default)]
pub(super) struct Pages(BTreeMap<String, Page>);

impl Pages {
    /// Stores the report of a page.
    pub(super) fn report(&mut self, client: &str, report: Report, now: Now) {
        self.forget(now.mono_ms);
        if self.0.len() >= MOST
            && !self.0.contains_key(client)
            && let Some(oldest) = self
                .0
                .iter()
                .min_by_key(|(_, page)| page.heard_ms)
                .map(|(client, _)| client.clone())
        {
            self.0.remove(&oldest);
        }
        let page = Page {
            report,
            heard_ms: now.mono_ms,
            heard_wall_ms: now.wall_ms,
        };
        self.0.insert(client.to_owned(), page);
    }

    /// Removes the pages that count as gone.
    pub(super) fn forget(&mut self, mono_ms: u64) {
        self.0
            .retain(|_, page| mono_ms < page.heard_ms.saturating_add(GONE_MS));
    }

    /// Removes all pages, because the connection to OBS is lost.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The roll that a page shows now, according to its last report.
    pub(super) fn shown_roll(&self) -> Option<Uuid> {
        let mut shown = self.0.values().filter(|page| page.report.shows_roll());
        shown.find_map(|page| page.report.roll)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// When the next page counts as gone, on the monotonic clock.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.0
            .values()
            .map(|page| page.heard_ms.saturating_add(GONE_MS))
            .min()
    }

    /// The `pages` of the reply to `GetStatus`.
    pub(super) fn status(&self) -> Value {
        let page = |(client, page): (&String, &Page)| {
            json!({
                "client": serde_json::from_str::<Value>(client).unwrap_or_default(),
                "page": page.report.page,
                "state": <&str>::from(page.report.state),
                "roll": page.report.roll,
                "seconds": page.report.seconds,
                "warnings": page.report.warnings,
                "lastReceived": instant(page.heard_wall_ms),
            })
        };
        self.0.iter().map(page).collect::<Vec<_>>().into()
    }
}

//! Pages of the end credits: who is there and what each shows, by their own reports.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    bridge::{io::Now, time::instant},
    request::Report,
};

/// A page reports every 20 s: one that was not heard for this long is gone.
const GONE_MS: u64 = 50_000;
/// The most pages that are remembered; nothing else bounds what clients may claim.
const MOST: usize = 32;

#[derive(Debug)]
struct Page {
    report: Report,
    heard_ms: u64,
    heard_wall_ms: i64,
}

/// All of them, by the client's own name.
#[derive(Debug, Default)]
pub(super) struct Pages(BTreeMap<String, Page>);

impl Pages {
    /// A page reports.
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

    /// Leaves out those that are gone.
    pub(super) fn forget(&mut self, mono_ms: u64) {
        self.0
            .retain(|_, page| mono_ms < page.heard_ms.saturating_add(GONE_MS));
    }

    /// All are gone: OBS is.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many are there.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// When the next one counts as gone.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.0
            .values()
            .map(|page| page.heard_ms.saturating_add(GONE_MS))
            .min()
    }

    /// What `GetStatus` says of them.
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

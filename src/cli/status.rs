//! `status`: how the bridge is doing.

use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::client::{self, Timeout};
use super::context::Context;
use super::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge status
  twitchat-bridge status --json | jq .twitchat.present

The bridge is asked over OBS. If nobody answers, the exit code is 5.";

/// Is the bridge running, does it hear Twitchat, and what has it counted?
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let reply = context
            .request("GetStatus", Map::new(), self.timeout)
            .await?;
        let status = Value::from(client::answer(reply));
        if self.json {
            out::line(serde_json::to_string_pretty(&status)?)?;
        } else {
            out::line(
                View {
                    status: &status,
                    now: Timestamp::now(),
                    zone: TimeZone::system(),
                }
                .table(),
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The answer for people. What an older or newer bridge does not tell is left out.
struct View<'a> {
    status: &'a Value,
    now: Timestamp,
    zone: TimeZone,
}

impl View<'_> {
    fn table(&self) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        let rows = [
            ("OBS", self.obs()),
            ("Twitchat", self.twitchat()),
            ("Bridge", self.bridge()),
            ("Session", self.session()),
            ("Received", self.received()),
            ("Last event", self.last()),
            ("Journal", self.journal()),
        ];
        table.add_rows(
            rows.into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(label, text)| [label.to_owned(), text]),
        );
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table.trim_fmt()
    }

    fn obs(&self) -> String {
        if !self.is("/obs/connected") {
            return "not connected".into();
        }
        let streaming = if self.is("/obs/streaming") {
            "streaming"
        } else {
            "not streaming"
        };
        let version = format!(
            "{} (obs-websocket {})",
            self.text("/obs/version"),
            self.text("/obs/websocketVersion")
        );
        joined([
            version,
            self.when("connected ", "/obs/since"),
            streaming.into(),
            prefixed("scene ", self.text("/obs/scene")),
        ])
    }

    fn twitchat(&self) -> String {
        if !self.is("/twitchat/present") {
            let last = joined([
                prefixed("last it was ", self.text("/twitchat/generationName")),
                self.when("heard ", "/twitchat/lastReceived"),
            ]);
            let last = if last.is_empty() {
                last
            } else {
                format!(" ({last})")
            };
            return format!("not heard: is it open, and connected to this OBS?{last}");
        }
        let two_pages =
            "TWO PAGES of it are connected: what both report counts once; close one of them";
        joined([
            if self.is("/twitchat/twoPages") {
                two_pages.into()
            } else {
                "there".into()
            },
            self.text("/twitchat/generationName").to_owned(),
            self.when("last heard ", "/twitchat/lastReceived"),
            self.when("its summary merged ", "/twitchat/summaryMerged"),
        ])
    }

    fn bridge(&self) -> String {
        joined([
            prefixed("version ", self.text("/run/version")),
            self.when("started ", "/run/started"),
            prefixed("run ", self.text("/run/id")),
        ])
    }

    fn session(&self) -> String {
        let why = match self.text("/session/cause") {
            "first" => "",
            "clear" => "when the credits were cleared",
            "stream" => "when a stream began",
            "closed" => "when the bridge was started again",
            other => other,
        };
        let number = self
            .number("/session/id")
            .map(|id| format!("number {id}"))
            .unwrap_or_default();
        let credits = self
            .number("/session/credits")
            .map(|credits| format!("entries in the credits {credits}"))
            .unwrap_or_default();
        joined([
            number,
            format!("{} {why}", self.when("since ", "/session/started"))
                .trim()
                .to_owned(),
            credits,
        ])
    }

    fn received(&self) -> String {
        let counts = [
            ("messages", "/counts/heard"),
            ("Twitchat's events", "/counts/events"),
            ("its states", "/counts/answers"),
            ("orders to it", "/counts/actions"),
            ("requests", "/counts/requests"),
            ("refused", "/counts/refused"),
            ("published events", "/counts/published"),
            ("filled in from the summary", "/counts/filled"),
            ("played back", "/counts/replayed"),
            ("reported twice", "/counts/twins"),
            ("unusable", "/counts/bad"),
            ("of unknown type", "/counts/unknown"),
            ("people", "/people"),
        ];
        let count = |(label, place): (&str, &str)| {
            self.number(place)
                .filter(|count| *count > 0)
                .map(|count| format!("{label} {count}"))
        };
        joined(counts.into_iter().filter_map(count))
    }

    fn last(&self) -> String {
        joined([
            self.text("/lastEvent/type").to_owned(),
            self.when("", "/lastEvent/at"),
        ])
    }

    fn journal(&self) -> String {
        let waiting = match (self.number("/store/writes"), self.number("/store/durable")) {
            (Some(writes), Some(durable)) => Some((writes.saturating_sub(durable), writes)),
            _ => None,
        };
        let state = match (self.text("/store/trouble"), waiting) {
            ("", Some((0, _))) if self.is("/store/lost") => {
                "what came lately is on disk, but not everything before it".into()
            }
            ("", Some((0, _))) => "all is on disk".into(),
            ("", Some((waiting, writes))) => {
                format!("{waiting} of {writes} writes are still on their way to the disk")
            }
            ("", None) => String::new(),
            (trouble, Some((waiting, _))) => {
                format!("CANNOT BE WRITTEN: {trouble} (writes that wait in memory: {waiting})")
            }
            (trouble, None) => format!("CANNOT BE WRITTEN: {trouble}"),
        };
        let notes = self
            .status
            .pointer("/store/notes")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let note = |number: usize| {
            let text = self.text(&format!("/store/notes/{number}/text"));
            joined([
                self.when("", &format!("/store/notes/{number}/at")),
                text.to_owned(),
            ])
        };
        std::iter::once(out::clean(&state).into_owned())
            .chain((0..notes).map(note))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn text(&self, place: &str) -> &str {
        self.status
            .pointer(place)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn is(&self, place: &str) -> bool {
        self.status.pointer(place) == Some(&Value::Bool(true))
    }

    fn number(&self, place: &str) -> Option<u64> {
        self.status.pointer(place).and_then(Value::as_u64)
    }

    /// A time, and how long ago it was; nothing if there is none.
    fn when(&self, before: &str, place: &str) -> String {
        let Ok(at) = self.text(place).parse::<Timestamp>() else {
            return String::new();
        };
        let there = at.to_zoned(self.zone.clone());
        let today = there.date() == self.now.to_zoned(self.zone.clone()).date();
        let shown = there.strftime(if today { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" });
        format!(
            "{before}{shown} ({} ago)",
            span(self.now.duration_since(at))
        )
    }
}

/// A span in its two largest units.
fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

fn prefixed(before: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{before}{text}")
    }
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    out::clean(&parts.join(", ")).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(status: &Value) -> String {
        View {
            status,
            now: "2026-01-31T20:15:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
        }
        .table()
    }

    #[test]
    fn a_busy_bridge() {
        let status = json!({
            "run": { "id": "8c1f", "version": "0.1.0", "started": "2026-01-29T18:00:00Z",
                "uptimeSeconds": 180_900 },
            "obs": { "connected": true, "since": "2026-01-31T18:00:01Z", "version": "30.2.3",
                "websocketVersion": "5.5.2", "scene": "Game", "streaming": true },
            "twitchat": { "present": true, "generation": 3, "generationName": "Twitchat 17",
                "lastReceived": "2026-01-31T20:14:48Z", "summaryMerged": null },
            "session": { "id": 3, "started": "2026-01-31T19:55:00Z", "cause": "stream",
                "credits": 57 },
            "people": 12, "counts": { "received": 120, "events": 80, "invalid": 0 },
            "lastEvent": { "type": "ON_FOLLOW", "at": "2026-01-31T20:14:48Z" },
            "store": { "writes": 60, "durable": 58, "error": null },
        });
        insta::assert_snapshot!(table(&status));
    }

    #[test]
    fn one_in_trouble_says_so_and_what_it_does_not_say_is_left_out() {
        let status = json!({
            "obs": { "connected": false }, "twitchat": { "present": false },
            "store": { "writes": 1, "durable": 0, "error": "no space left" },
        });
        insta::assert_snapshot!(table(&status));
    }

    #[test]
    fn a_twitchat_that_is_gone_is_remembered() {
        let status = json!({ "twitchat": { "present": false, "generationName": "Twitchat 17" } });
        let said = table(&status);
        assert!(
            said.contains(
                "not heard: is it open, and connected to this OBS? (last it was Twitchat 17)"
            ),
            "{said}"
        );
    }

    #[test]
    fn what_happened_to_the_journal_is_shown() {
        let note = json!({ "at": "2026-01-31T20:14:48Z", "text": "journal.db was deleted while the \
            bridge runs" });
        let status = json!({ "store": { "writes": 9, "durable": 9, "waiting": 0, "error": null,
            "lost": true, "notes": [note] } });
        let said = table(&status);
        assert!(
            said.contains("not everything before it")
                && said.contains("journal.db was deleted while the bridge runs"),
            "{said}"
        );
    }

    #[test]
    fn spans_show_what_matters() {
        assert_eq!(
            [-3, 12, 61, 3_700, 200_000].map(|s| span(SignedDuration::from_secs(s))),
            ["0 s", "12 s", "1 min", "1 h 1 min", "2 d 7 h"]
        );
    }
}

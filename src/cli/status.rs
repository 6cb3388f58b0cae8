//! `status`: shows the state of the bridge.

use std::process::ExitCode;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use twitchat_bridge::client::Error;
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::input;
use twitchat_bridge::obs::{Options, RequestConnection, Target};
use twitchat_bridge::request::status_keys;

use super::client::{self, Timeout};
use super::context::Context;
use super::followed;
use super::out;
use super::screen::{self, Grid};

const AFTER_HELP: &str = "Examples:
  twitchat-bridge status
  twitchat-bridge status --json | jq .twitchat.present

The bridge is asked over OBS. If no bridge replies, the exit code is 5, and OBS itself is asked how
it is.";

/// The limit on clients and pages that are named. Further ones are only counted.
const NAMED: usize = 10;

/// Show whether the bridge runs, whether Twitchat's events arrive, and the number of counted events
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
        let config = context.config()?;
        let target = machine::target(&config);
        let connected = client::connect(target.clone(), self.timeout).await?;
        match client::request(&connected, "GetStatus", Map::new()).await {
            Ok(reply) => {
                let mut status = Value::from(client::answer(reply));
                status_keys::add_both_names(&mut status);
                self.show(&status, &config)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                if matches!(error, Error::NoReply { .. })
                    && let Some(obs) = obs_alone(&target()).await
                {
                    self.show(&obs, &config)?;
                }
                Err(error.into())
            }
        }
    }

    fn show(&self, status: &Value, config: &Config) -> anyhow::Result<()> {
        if self.json {
            return Ok(out::line(serde_json::to_string_pretty(status)?)?);
        }
        let view = View {
            status,
            now: Timestamp::now(),
            zone: TimeZone::system(),
        };
        out::line(view.table(screen::width()))?;
        if let Some(difference) = client::another_config(status, config) {
            out::warn(&difference);
        }
        Ok(())
    }
}

/// The state of OBS, in the shape of the bridge's status. `None` if OBS does not reply.
async fn obs_alone(target: &Target) -> Option<Value> {
    let obs = RequestConnection::connect(target, &Options::default())
        .await
        .ok()?;
    let version = obs.version().await.ok()?;
    let streaming = obs.stream_status().await.ok().map(|stream| stream.active);
    let scene = obs.program_scene().await.ok();
    Some(json!({ "obs": { "connected": true, "version": version.obs,
        "websocketVersion": version.websocket, "streaming": streaming, "scene": scene } }))
}

struct View<'a> {
    status: &'a Value,
    now: Timestamp,
    zone: TimeZone,
}

impl View<'_> {
    fn table(&self, width: Option<usize>) -> String {
        let mut grid = Grid::new(["", ""], 1).without_head();
        let rows = [
            ("OBS", self.obs()),
            ("Twitchat", self.twitchat()),
            ("Bridge", self.bridge()),
            ("Settings", self.settings()),
            ("Session", self.session()),
            ("Received", self.received()),
            ("Gaps", self.gaps()),
            ("Last event", self.last()),
            ("Overlay", self.overlay()),
            ("Rules", self.automation("/rules")),
            ("Actions", self.automation("/actions")),
            ("Labels", self.labels()),
            ("Clients", self.clients()),
            ("Journal", self.journal()),
        ];
        for (label, text) in rows {
            if !text.is_empty() {
                grid.row([label.to_owned(), text]);
            }
        }
        grid.show(width)
    }

    fn obs(&self) -> String {
        if !self.is("/obs/connected") {
            return "not connected".into();
        }
        let streaming = match self.status.pointer("/obs/streaming") {
            Some(Value::Bool(true)) => "streaming",
            Some(Value::Bool(false)) => "not streaming",
            _ => "",
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
        if self.status.get("twitchat").is_none() {
            return String::new();
        }
        if !self.is("/twitchat/present") {
            let last = joined([
                prefixed("last it was ", self.text("/twitchat/generationName")),
                self.when("last message ", "/twitchat/lastReceived"),
            ]);
            let last = if last.is_empty() {
                last
            } else {
                format!(" ({last})")
            };
            return format!("not connected: is it open, and connected to this OBS?{last}");
        }
        let two_pages = "TWO PAGES of Twitchat are connected; shared events count once: close one";
        joined([
            if self.is("/twitchat/twoPages") {
                two_pages.into()
            } else {
                "connected".into()
            },
            self.text("/twitchat/generationName").to_owned(),
            self.when("last message ", "/twitchat/lastReceived"),
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

    /// The line about a changed config file; empty if all settings are in force.
    fn settings(&self) -> String {
        let error = self.text("/run/configError");
        let error = prefixed(
            "the config file has errors, so the former settings stay in force: ",
            &out::clean(error),
        );
        let waiting: Vec<_> = self
            .list("/run/restartFor")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        joined([
            error,
            prefixed("start the bridge again for ", &waiting.join(", ")),
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
            ("messages", "/counts/received"),
            ("Twitchat's events", "/counts/events"),
            ("its states", "/counts/answers"),
            ("actions sent to it", "/counts/actions"),
            ("requests", "/counts/requests"),
            ("refused", "/counts/refused"),
            ("published events", "/counts/published"),
            ("filled in from the summary", "/counts/filled"),
            ("played back", "/counts/replayed"),
            ("reported twice", "/counts/twins"),
            ("unusable", "/counts/invalid"),
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

    /// The origin of the entries of each section, and reasons for which the numbers may be wrong.
    fn gaps(&self) -> String {
        let sections = self
            .status
            .pointer("/gaps/sections")
            .and_then(Value::as_object);
        let entries = |(section, entries): (&String, &Value)| {
            let count = |key: &str| entries.get(key).and_then(Value::as_u64);
            let filled = match count("filled") {
                Some(0) => String::new(),
                Some(filled) => format!(" + {filled} filled in"),
                None => " (cannot be filled in)".to_owned(),
            };
            format!(
                "{section} {} live{filled}",
                count("live").unwrap_or_default()
            )
        };
        let doubts = self.list("/gaps/doubts").iter().filter_map(Value::as_str);
        let doubts = doubts.map(|doubt| format!("not certain: {}", out::clean(doubt)));
        std::iter::once(joined(sections.into_iter().flatten().map(entries)))
            .chain(doubts)
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn last(&self) -> String {
        joined([
            self.text("/lastEvent/type").to_owned(),
            self.when("", "/lastEvent/at"),
        ])
    }

    fn overlay(&self) -> String {
        if self.status.get("overlay").is_none() {
            return String::new();
        }
        let roll = match self.text("/overlay/roll/state") {
            "" => "nothing rolls".to_owned(),
            state => {
                let test = if self.is("/overlay/roll/test") {
                    "test "
                } else {
                    ""
                };
                let place = self.number("/overlay/roll/elapsedMs").map(|ms| ms / 1_000);
                let length = self.status.pointer("/overlay/roll/seconds");
                let seconds = match (place, length.and_then(Value::as_f64)) {
                    (Some(place), Some(length)) => format!(" ({place} of {length:.0} s)"),
                    _ => String::new(),
                };
                format!("{test}{state}{seconds}")
            }
        };
        let scene = if self.is("/overlay/shown") {
            "its scene is on air"
        } else {
            "its scene is off air"
        };
        let pages = self.list("/overlay/pages");
        let number = u64::try_from(pages.len()).unwrap_or(u64::MAX);
        let open = match number {
            0 => "no page reports: `twitchat-bridge overlay install` adds one to OBS".to_owned(),
            _ => format!("{} open", input::count(number, "page")),
        };
        let warnings = pages
            .iter()
            .filter_map(|page| page.get("warnings").and_then(Value::as_array))
            .flatten()
            .filter_map(Value::as_str)
            .take(NAMED)
            .map(|warning| out::clean(warning).into_owned());
        let follow = self
            .status
            .pointer("/overlay/follow")
            .unwrap_or(&Value::Null);
        std::iter::once(joined([roll, scene.into(), open]))
            .chain(warnings)
            .chain(followed::lines(follow))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The number of rules or actions, how often they ran, and the last error of each.
    fn automation(&self, place: &str) -> String {
        let all = self.list(place);
        let sum = |key: &str| -> u64 {
            let numbers = all.iter().filter_map(|one| one.get(key)?.as_u64());
            numbers.sum()
        };
        let part = |key: &str, what: &str| match sum(key) {
            0 => String::new(),
            number => format!("{what} {number}"),
        };
        let numbers = joined([
            counted(all),
            part("runs", "runs"),
            part("running", "running now"),
            part("waiting", "waiting"),
            part("skipped", "skipped"),
            part("failed", "failed steps"),
        ]);
        with_problems(numbers, all, "name", "lastError")
    }

    fn labels(&self) -> String {
        let all = self.list("/labels");
        with_problems(counted(all), all, "source", "error")
    }

    /// The names of clients with subscriptions.
    fn clients(&self) -> String {
        let all = self.list("/clients");
        let name = |client: &Value| match client.get("client") {
            Some(Value::String(name)) => name.clone(),
            None | Some(Value::Null) => "without a name".to_owned(),
            Some(other) => other.to_string(),
        };
        let named = all.iter().take(NAMED).map(name);
        let more = match all.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("and {more} more"),
        };
        joined(named.chain([more]))
    }

    fn list(&self, place: &str) -> &[Value] {
        let list = self.status.pointer(place).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    fn journal(&self) -> String {
        let waiting = match (self.number("/store/writes"), self.number("/store/durable")) {
            (Some(writes), Some(durable)) => Some((writes.saturating_sub(durable), writes)),
            _ => None,
        };
        let state = match (self.text("/store/error"), waiting) {
            ("", Some((0, _))) if self.is("/store/lost") => {
                "recent entries are on disk, but not all earlier ones".into()
            }
            ("", Some((0, _))) => "all is on disk".into(),
            ("", Some((waiting, writes))) => {
                let (writes, are) = (
                    input::count(writes, "write"),
                    if waiting == 1 {
                        "is still on its"
                    } else {
                        "are still on their"
                    },
                );
                format!("{waiting} of {writes} {are} way to the disk")
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
            .chain(self.backups())
            .chain((0..notes).map(note))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The last backup of the journal. `None` for a bridge that makes no backups.
    fn backups(&self) -> Option<String> {
        let keep = self
            .number("/store/backups/keep")
            .filter(|keep| *keep > 0)?;
        let count = self.number("/store/backups/count").unwrap_or_default();
        let last = match self.when("last backup ", "/store/backups/last") {
            last if last.is_empty() => "no backup yet".to_owned(),
            last => format!("{last}, {count} of {keep} kept"),
        };
        let error = self.text("/store/backups/error");
        Some(match error {
            "" => last,
            error => format!("BACKUP FAILED: {} ({last})", out::clean(error)),
        })
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

    /// A time, and how long ago it was. Empty if there is no time.
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

/// The number of entries, and how many of them are switched off. Empty if there are no entries.
fn counted(all: &[Value]) -> String {
    let is_off = |one: &&Value| one.get("enabled") == Some(&Value::Bool(false));
    match (all.len(), all.iter().filter(is_off).count()) {
        (0, _) => String::new(),
        (number, 0) => number.to_string(),
        (number, off) => format!("{number} ({off} switched off)"),
    }
}

/// Adds a line for each of `all` that has a problem.
fn with_problems(line: String, all: &[Value], name: &str, problem: &str) -> String {
    let text = |one: &Value, key: &str| Some(one.get(key)?.as_str()?.to_owned());
    let problems = all
        .iter()
        .filter_map(|one| Some((text(one, name)?, text(one, problem)?)))
        .map(|(name, problem)| out::clean(&format!("{name}: {problem}")).into_owned());
    std::iter::once(line)
        .chain(problems)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A duration in its two largest units.
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
        .table(None)
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
    fn problems_are_shown_and_missing_fields_are_left_out() {
        let status = json!({
            "obs": { "connected": false }, "twitchat": { "present": false },
            "store": { "writes": 1, "durable": 0, "error": "no space left" },
        });
        insta::assert_snapshot!(table(&status));
    }

    #[test]
    fn the_last_twitchat_is_shown_when_none_is_connected() {
        let status = json!({ "twitchat": { "present": false, "generationName": "Twitchat 17" } });
        let shown = table(&status);
        assert!(
            shown.contains(
                "not connected: is it open, and connected to this OBS? (last it was Twitchat 17)"
            ),
            "{shown}"
        );
    }

    #[test]
    fn what_happened_to_the_journal_is_shown() {
        let note = json!({ "at": "2026-01-31T20:14:48Z", "text": "journal.db was deleted while the \
            bridge runs" });
        let status = json!({ "store": { "writes": 9, "durable": 9, "waiting": 0, "error": null,
            "lost": true, "notes": [note] } });
        let shown = table(&status);
        assert!(
            shown.contains("not all earlier ones")
                && shown.contains("journal.db was deleted while the bridge runs"),
            "{shown}"
        );
    }

    #[test]
    fn overlay_rules_labels_and_clients_are_shown() {
        let rule = |name: &str, enabled: bool, error: Option<&str>| {
            json!({ "name": name, "enabled": enabled, "runs": 4, "running": 0, "waiting": 1,
                "skipped": 0, "failed": 1, "lastError": error })
        };
        let status = json!({
            "overlay": { "shown": true,
                "roll": { "id": "7", "test": true, "state": "rolling", "elapsedMs": 12_400,
                    "seconds": 90.0, "names": 57 },
                "pages": [{ "client": "a", "page": "credits", "warnings": ["lost: x.png"] }] },
            "rules": [rule("greet", true, None), rule("raid", false, Some("OBS has no scene x"))],
            "actions": [],
            "labels": [{ "source": "Latest", "enabled": true, "writes": 3, "error": null },
                { "source": "نور", "enabled": true, "writes": 0,
                    "error": "OBS has no such source" }],
            "clients": [{ "client": "my overlay", "events": {} }, { "client": "雪\u{1b}[2J",
                "events": {} }],
        });
        insta::assert_snapshot!(table(&status), @"
        OBS      not connected
        Overlay  test rolling (12 of 90 s), its scene is on air, 1 page open
                 lost: x.png
        Rules    2 (1 switched off), runs 8, waiting 2, failed steps 2
                 raid: OBS has no scene x
        Labels   2
                 نور: OBS has no such source
        Clients  my overlay, 雪 [2J
        ");
    }

    #[test]
    fn gaps_are_shown_by_section_with_the_doubts() {
        let status = json!({ "gaps": { "sections": { "Cheers": { "live": 4, "filled": 0 },
            "Follows": { "live": 12, "filled": 3 }, "Pyramids": { "live": 1, "filled": null } },
            "doubts": ["Twitchat is not connected"] } });
        insta::assert_snapshot!(table(&status), @"
        OBS   not connected
        Gaps  Cheers 4 live, Follows 12 live + 3 filled in, Pyramids 1 live (cannot be filled in)
              not certain: Twitchat is not connected
        ");
    }

    #[test]
    fn the_state_of_obs_is_shown_without_a_bridge() {
        let status = json!({ "obs": { "connected": true, "version": "30.2.3",
            "websocketVersion": "5.5.2", "streaming": true, "scene": "Game" } });
        let shown = "OBS  30.2.3 (obs-websocket 5.5.2), streaming, scene Game";
        assert_eq!(table(&status), shown);
    }

    #[test]
    fn the_status_stays_within_a_narrow_terminal() {
        let clients: Vec<_> = (0..30)
            .map(|number| json!({ "client": format!("雪見うどん {number}") }))
            .collect();
        let status = json!({ "obs": { "connected": true, "version": "30.2.3",
            "websocketVersion": "5.5.2", "scene": "a scene with quite a long name, indeed" },
            "clients": clients });
        let view = View {
            status: &status,
            now: Timestamp::UNIX_EPOCH,
            zone: TimeZone::UTC,
        };
        let shown = view.table(Some(60));
        let widest = shown.lines().map(screen::cells).max();
        assert!(widest.is_some_and(|widest| widest <= 60), "{shown}");
    }

    #[test]
    fn one_write_that_waits_is_singular() {
        let shown =
            |writes| table(&json!({ "store": { "writes": writes, "durable": writes - 1 } }));
        assert!(shown(1).contains("1 of 1 write is still on its way to the disk"));
        assert!(shown(3).contains("1 of 3 writes is still on its way to the disk"));
    }

    #[test]
    fn spans_show_the_two_largest_units() {
        assert_eq!(
            [-3, 12, 61, 3_700, 200_000].map(|s| span(SignedDuration::from_secs(s))),
            ["0 s", "12 s", "1 min", "1 h 1 min", "2 d 7 h"]
        );
    }
}

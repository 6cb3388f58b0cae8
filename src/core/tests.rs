//! The core driven by hand: inputs in, effects out, and a replay of its own writes.

use serde_json::{Value, json};

use super::{
    journal::{Row, Seq, Session, Write},
    port::{Effect, Input, Kept, Now, ObsInfo, Run, Settings},
    *,
};

const START_MS: i64 = 1_780_000_000_000;

/// A core with a store that commits at once, or when told to.
struct Bench {
    core: Core,
    now: Now,
    effects: Vec<Effect>,
    rows: Vec<Row>,
    sessions: Vec<Session>,
    kept: std::collections::BTreeMap<&'static str, String>,
    people: Vec<journal::PersonRow>,
    writes: u64,
    commits: bool,
}

fn settings() -> Settings {
    let mut settings =
        Settings { reset_on_stream_start: true, grace_ms: 1_800_000, reset_after_ms: 43_200_000, tell: true, ..Settings::default() };
    settings.credits.ignore.bots = true;
    settings.credits.ignore.broadcaster = true;
    settings
}

fn run(name: &str) -> Run {
    Run { bridge: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()), instance: "store".into(), started_ms: START_MS, takeover: false }
}

fn info() -> ObsInfo {
    ObsInfo { obs_version: "30.2.3".into(), websocket_version: "5.5.2".into() }
}

impl Bench {
    fn new() -> Self {
        Self::with(settings(), &[], Seq(0), &Kept::default(), START_MS)
    }

    fn with(settings: Settings, sessions: &[Session], last: Seq, kept: &Kept, wall_ms: i64) -> Self {
        let now = Now { wall_ms, mono_ms: 1_000_000 };
        let mut core = Core::new(settings, run("ours"), sessions, last, kept, now);
        let first = core.start();
        let mut bench = Self {
            core,
            now,
            effects: Vec::new(),
            rows: Vec::new(),
            sessions: sessions.to_vec(),
            kept: std::collections::BTreeMap::new(),
            people: Vec::new(),
            writes: 0,
            commits: true,
        };
        bench.take(first);
        bench
    }

    fn up() -> Self {
        let mut bench = Self::new();
        bench.input(Input::Up(info()));
        bench
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Write(write) = &effect {
                self.writes += 1;
                match write.clone() {
                    Write::Append(row) => self.rows.push(row),
                    Write::Begin(session) => {
                        self.sessions.retain(|known| known.id != session.id);
                        self.sessions.push(session);
                    }
                    Write::Keep { key, value } => drop(self.kept.insert(key, value.into())),
                    Write::Person(person) => self.people.push(person),
                }
            }
            self.effects.push(effect);
        }
    }

    fn input(&mut self, input: Input) {
        let effects = self.core.handle(input, self.now);
        self.take(effects);
        if self.commits {
            let effects = self.core.handle(Input::Durable { writes: self.writes }, self.now);
            self.take(effects);
        }
    }

    fn hear(&mut self, event_data: &str) {
        self.input(Input::Heard(Heard::read(event_data).unwrap()));
    }

    fn twitchat(&mut self, kind: &str, data: Value) {
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{kind}{data}{}", self.writes).as_bytes()).to_string();
        self.hear(&json!({ "origin": "twitchat", "type": kind, "id": id, "data": data }).to_string());
    }

    /// Lets time pass as the shell would: with a tick whenever one is due.
    fn pass(&mut self, ms: u64) {
        let end = self.now.mono_ms + ms;
        while self.core.due_ms() < end {
            let step = self.core.due_ms().max(self.now.mono_ms + 1) - self.now.mono_ms;
            self.now.mono_ms += step;
            self.now.wall_ms += i64::try_from(step).unwrap();
            self.input(Input::Tick);
        }
        self.now.wall_ms += i64::try_from(end - self.now.mono_ms).unwrap();
        self.now.mono_ms = end;
        self.input(Input::Tick);
    }

    /// What was sent since the last call.
    fn sent(&mut self) -> Vec<Value> {
        let effects = std::mem::take(&mut self.effects);
        effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Send(json) => Some(serde_json::from_str(json.get()).unwrap()),
                _ => None,
            })
            .collect()
    }

    fn ask(&mut self, request: Value) -> Value {
        self.sent();
        self.hear(&request.to_string());
        let mut replies: Vec<_> = self.sent().into_iter().filter(|message| message.get("status").is_some()).collect();
        assert_eq!(replies.len(), 1, "{request}");
        replies.remove(0)
    }

    fn credits(&mut self) -> Value {
        let mut reply = self.ask(json!({ "request": "GetCredits", "id": "credits", "spelling": "seed", "extended": true }));
        for key in ["seq", "bridge", "origin", "id", "status"] {
            reply.as_object_mut().unwrap().remove(key);
        }
        reply
    }

    fn kept(&self) -> Kept {
        let number = |key| self.kept.get(key).and_then(|text| text.parse().ok());
        Kept {
            alive_ms: number("alive_ms"),
            streamed_ms: number("streamed_ms"),
            generation: self.kept.get("generation").cloned(),
            channels: self.kept.get("channels").cloned(),
        }
    }

    /// A new process with what this one has written.
    fn restarted(&self) -> Self {
        let last = self.rows.last().map_or(Seq(0), |row| row.seq);
        let mut next = Self::with(settings(), &self.sessions, last, &self.kept(), self.now.wall_ms);
        self.people.iter().for_each(|person| next.core.recall_person(person));
        let running = next.core.session().id;
        let mut session = SessionId(0);
        for row in &self.rows {
            if row.session != session {
                next.core.replay_next_session();
                session = row.session;
            }
            if row.session == running || row.kind.to_lowercase().contains("bits") || row.kind.contains("REWARD") {
                next.core.replay(row);
            }
            if let Some(id) = &row.id {
                next.core.recall_id(id);
            }
        }
        if session != running {
            next.core.replay_next_session();
        }
        next.rows.clone_from(&self.rows);
        next.people.clone_from(&self.people);
        for (key, value) in &self.kept {
            next.kept.entry(*key).or_insert_with(|| value.clone());
        }
        next.input(Input::Up(info()));
        next
    }
}

fn fixture(name: &str) -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read_to_string(path).unwrap().lines().map(ToOwned::to_owned).collect()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

/// Both files, in which the summaries are left out.
fn show() -> Vec<String> {
    let second = fixture("twitchat_examples.ndjson").into_iter().enumerate().filter(|(line, _)| !(120..124).contains(line));
    let third = fixture("twitchat_v17_examples.ndjson").into_iter().enumerate().filter(|(line, _)| !(35..37).contains(line));
    second.chain(third).map(|(_, line)| line).collect()
}

#[test]
fn the_captured_messages_give_these_credits() {
    let mut bench = Bench::up();
    for line in show() {
        bench.hear(&line);
    }
    insta::assert_json_snapshot!(bench.credits());
    insta::assert_json_snapshot!(serde_json::to_value(bench.core.counts).unwrap());
}

#[test]
fn a_restart_changes_nothing() {
    let mut bench = Bench::up();
    for line in show() {
        bench.hear(&line);
        bench.pass(700);
    }
    bench.ask(json!({ "request": "PublishEvent", "id": 1, "eventId": "raid-1", "publish": { "source": "twitch", "type": "raid" },
        "data": { "userId": "42", "userName": "fox", "displayName": "Fox", "viewers": 12 } }));
    bench.ask(json!({ "request": "AddToCredits", "id": 2, "section": "Thanks", "value": "Everyone" }));
    let before = bench.credits();
    let mut after = bench.restarted();
    assert_eq!(before, after.credits());
    let mut twice = after.restarted();
    assert_eq!(before, twice.credits());
}

#[test]
fn a_repeated_id_counts_once_even_after_a_restart() {
    let mut bench = Bench::up();
    let follow = json!({ "origin": "twitchat", "type": "FOLLOW", "id": "f1", "data": { "user": { "id": "7", "login": "zed", "displayName": "Zed" } } });
    bench.hear(&follow.to_string());
    bench.hear(&follow.to_string());
    let mut after = bench.restarted();
    after.hear(&follow.to_string());
    assert_eq!((bench.core.counts.duplicates, after.core.counts.duplicates), (1, 1));
    assert_eq!(after.credits()["extended"]["Follows"][0]["count"], 1);
}

#[test]
fn a_reply_waits_until_what_came_before_it_is_on_disk() {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.sent();
    bench.twitchat("FOLLOW", json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    let before = bench.writes;
    bench.hear(r#"{"request":"GetCredits","id":"a"}"#);
    assert!(bench.sent().iter().all(|message| message.get("status").is_none()), "nothing is durable yet");
    bench.input(Input::Durable { writes: before - 1 });
    assert!(bench.sent().iter().all(|message| message.get("status").is_none()));
    bench.input(Input::Durable { writes: bench.writes });
    let replies = bench.sent();
    assert_eq!((replies[0]["id"].as_str(), names(&replies[0]["Events"]["Follows"])), (Some("a"), vec!["Zed"]));
}

#[test]
fn a_store_that_fails_makes_errors_not_promises() {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.twitchat("FOLLOW", json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    bench.hear(r#"{"request":"GetCredits","id":"a"}"#);
    bench.sent();
    bench.input(Input::StoreFailed("disk full".into()));
    bench.hear(r#"{"request":"ClearCredits","id":"b"}"#);
    bench.hear(r#"{"request":"GetStatus","id":"c"}"#);
    let replies = bench.sent();
    let outcome: Vec<_> = replies.iter().map(|reply| (reply["id"].as_str().unwrap(), reply["status"].as_str().unwrap())).collect();
    assert_eq!(outcome, [("a", "error"), ("b", "error"), ("c", "ok")]);
    assert!(replies[0]["error"].as_str().unwrap().contains("disk full"));
    bench.input(Input::StoreHealed);
    bench.input(Input::Durable { writes: bench.writes });
    bench.commits = true;
    assert_eq!(names(&bench.credits()["Events"]["Follows"]), ["Zed"], "nothing was lost meanwhile");
}

#[test]
fn clearing_begins_a_session_and_leaves_the_leaderboards() {
    let mut bench = Bench::up();
    bench.twitchat("BITS", json!({ "channel": "1", "bits": 100, "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    assert_eq!(bench.ask(json!({ "request": "ClearCredits", "id": 1 }))["status"], "ok");
    let credits = bench.credits();
    assert_eq!((names(&credits["Events"]["Cheers"]), names(&credits["TopBits"]["All"])), (vec![], vec!["Zed"]));
    assert_eq!((bench.sessions.len(), &*bench.core.session().cause), (2, "clear"));
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn test_credits_have_every_section_and_touch_nothing() {
    let mut bench = Bench::up();
    let writes = bench.writes;
    let test = bench.ask(json!({ "request": "TestCredits", "id": 1, "spelling": "seed" }));
    for (section, names) in test["Events"].as_object().unwrap() {
        assert!(!names.as_array().unwrap().is_empty(), "{section}");
    }
    assert_eq!(bench.writes, writes);
    assert!(bench.credits()["Events"].as_object().unwrap().values().all(|list| list.as_array().unwrap().is_empty()));
    bench.twitchat("FOLLOW", json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    let test = bench.ask(json!({ "request": "TestCredits", "id": 1, "spelling": "seed" }));
    assert_eq!(names(&test["User"]["Users"]), ["Zed"], "people seen take the place of invented ones");
}

#[test]
fn limit_cuts_lists_and_says_so() {
    let mut bench = Bench::up();
    for id in 1..=5 {
        bench.twitchat("FOLLOW", json!({ "user": { "id": id.to_string(), "login": format!("p{id}"), "displayName": format!("P{id}") } }));
    }
    let reply = bench.ask(json!({ "request": "GetCredits", "id": 1, "limit": 2 }));
    assert_eq!((names(&reply["events"]["follows"]), &reply["limited"]), (vec!["P1", "P2"], &json!(true)));
    assert!(bench.ask(json!({ "request": "GetCredits", "id": 1 })).get("limited").is_none());
}

#[test]
fn forbidden_types_and_strange_ones_change_nothing() {
    let mut bench = Bench::up();
    let rows = bench.rows.len();
    bench.sent();
    for kind in ["ON_OBS_WEBSOCKET_CONNECTED", "OBS_SCENE_CHANGE", "obs_stream_state", "SOMETHING_NEW", "CHAT_FEED_READ"] {
        bench.twitchat(kind, json!({ "user": { "id": "7" } }));
    }
    bench.hear(r#"{"origin":"twitchat","type":"FOLLOW","data":{"user":["1","zed"]}}"#);
    bench.hear(r#"{"origin":"twitchat"}"#);
    bench.hear(r#"{"request":7}"#);
    assert!(bench.sent().iter().all(|message| message.get("status").is_none()));
    let counts = bench.core.counts;
    assert_eq!((bench.rows.len(), counts.forbidden, counts.unknown, counts.actions, counts.bad), (rows, 3, 1, 1, 2));
}

mod bridges {
    use super::*;

    fn hello(name: &str, since: i64, takeover: bool) -> String {
        let bridge = run(name).bridge;
        json!({ "origin": "twitchat-bridge", "bridge": bridge, "request": "Hello", "since": since, "takeover": takeover }).to_string()
    }

    fn yields(bench: &mut Bench) -> bool {
        bench.effects.iter().any(|effect| matches!(effect, Effect::Yield { .. }))
    }

    #[test]
    fn the_later_start_goes_and_the_earlier_objects() {
        let mut bench = Bench::up();
        bench.sent();
        bench.hear(&hello("later", START_MS + 5, false));
        assert!(!yields(&mut bench));
        let sent = bench.sent();
        assert_eq!((sent[0]["status"].as_str(), sent[0]["to"].clone()), (Some("taken"), json!(run("later").bridge)));
        bench.hear(&hello("earlier", START_MS - 5, false));
        assert!(yields(&mut bench));
    }

    #[test]
    fn our_own_echo_and_objections_to_others_are_nothing() {
        let mut bench = Bench::up();
        bench.sent();
        bench.hear(&hello("ours", START_MS, false));
        let objection = |to: &str| json!({ "origin": "twitchat-bridge", "bridge": run("other").bridge, "to": run(to).bridge, "status": "taken", "since": START_MS - 5 });
        bench.hear(&objection("third").to_string());
        assert!(!yields(&mut bench) && bench.sent().is_empty());
        bench.hear(&objection("ours").to_string());
        assert!(yields(&mut bench));
    }

    #[test]
    fn who_takes_over_stays() {
        let mut bench = Bench::up();
        bench.hear(&hello("later", START_MS + 5, true));
        assert!(yields(&mut bench));
    }

    #[test]
    fn one_thawed_from_a_freeze_yields() {
        let mut bench = Bench::up();
        bench.pass(1_000);
        bench.now.mono_ms += 120_000;
        bench.now.wall_ms += 120_000;
        bench.sent();
        bench.hear(&hello("later", START_MS + 60_000, false));
        assert!(yields(&mut bench), "the other started while we were frozen");
    }

    #[test]
    fn a_busy_bridge_is_not_taken_for_a_frozen_one() {
        let mut bench = Bench::up();
        for _ in 0..100 {
            bench.pass(5_000);
        }
        bench.hear(&hello("later", START_MS + 60_000, false));
        assert!(!yields(&mut bench));
    }
}

mod summary {
    use super::*;

    /// The pending question of a kind, as it was sent.
    fn question(bench: &mut Bench, kind: &str) -> Option<Value> {
        bench.sent().into_iter().find(|message| message["type"] == kind)
    }

    fn answered() -> Bench {
        let mut bench = Bench::up();
        assert!(question(&mut bench, "GET_LABEL_OVERLAY_PLACEHOLDERS").is_some(), "probes at once");
        bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({ "RAID_NAME": { "type": "string", "value": "Old" } }));
        let asked = question(&mut bench, "GET_SUMMARY_DATA").expect("asks once Twitchat is there");
        assert_eq!(asked["data"]["offset"], START_MS);
        bench
    }

    fn line(file: &str, number: usize) -> String {
        fixture(file).remove(number - 1)
    }

    #[test]
    fn what_was_missed_is_filled_in_once() {
        let mut bench = answered();
        bench.hear(&line("twitchat_examples.ndjson", 121));
        let credits = bench.credits();
        insta::assert_json_snapshot!(credits);
        let rows = bench.rows.len();
        bench.input(Input::Down);
        bench.input(Input::Up(info()));
        bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
        bench.pass(10);
        let mut again: Value = serde_json::from_str(&line("twitchat_examples.ndjson", 121)).unwrap();
        again["id"] = json!("another");
        bench.hear(&again.to_string());
        assert_eq!((bench.rows.len(), bench.credits()), (rows, credits.clone()));
        assert_eq!(bench.restarted().credits(), credits);
    }

    #[test]
    fn what_was_heard_is_not_filled_again_and_what_comes_late_takes_its_place() {
        let cheer = |bits: u64| json!({ "channel": "1", "bits": bits, "user": { "id": "915500273", "login": "yukihana", "displayName": "雪花Yuki" } });
        let mut bench = answered();
        bench.twitchat("BITS", cheer(5_000));
        bench.hear(&line("twitchat_examples.ndjson", 121));
        let cheers = |bench: &mut Bench| bench.credits()["extended"]["Cheers"].clone();
        let total = |list: &Value| list.as_array().unwrap().iter().map(|line| line["amount"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(total(&cheers(&mut bench)), 5_100, "5000 heard, 100 filled");
        bench.pass(1_000);
        bench.twitchat(
            "BITS",
            json!({ "channel": "1", "bits": 100, "user": { "id": "101337420", "login": "marla_quartz", "displayName": "Marla_Quartz" } }),
        );
        assert_eq!(total(&cheers(&mut bench)), 5_100, "the late live event is the filled one");
        bench.twitchat(
            "BITS",
            json!({ "channel": "1", "bits": 100, "user": { "id": "101337420", "login": "marla_quartz", "displayName": "Marla_Quartz" } }),
        );
        assert_eq!(total(&cheers(&mut bench)), 5_200, "a second one is not");
        let credits = bench.credits();
        assert_eq!(bench.restarted().credits(), credits);
    }

    #[test]
    fn a_live_event_tells_what_the_row_whose_place_it_takes_did_not() {
        let mut bench = answered();
        bench.hear(&line("twitchat_examples.ndjson", 121));
        for number in [31, 33] {
            bench.hear(&line("twitchat_examples.ndjson", number));
        }
        let credits = bench.credits();
        assert!(!names(&credits["Events"]["GiftSubs"]).contains(&"Pippa_Riot"), "a gift she continues is no gift of hers");
        assert!(names(&credits["Events"]["Subs"]).contains(&"Pippa_Riot"));
        assert_eq!(names(&credits["TopChannelRewards"]), ["雪花Yuki"], "a summary does not tell what a reward costs");
        assert_eq!(bench.restarted().credits(), credits);
    }

    #[test]
    fn a_cleared_credit_stays_cleared() {
        let mut bench = answered();
        bench.hear(&line("twitchat_examples.ndjson", 121));
        bench.pass(60_000);
        bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
        bench.input(Input::Down);
        bench.input(Input::Up(info()));
        bench.sent();
        bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
        let asked = question(&mut bench, "GET_SUMMARY_DATA").unwrap();
        assert_eq!(asked["data"]["offset"], bench.core.session().started_ms);
        assert!(bench.core.session().started_ms > START_MS);
    }

    #[test]
    fn unasked_empty_and_contested_summaries_are_left_alone() {
        let rows_of = |bench: &Bench| bench.rows.len();
        let mut bench = answered();
        bench.hear(&line("twitchat_examples.ndjson", 123));
        assert_eq!(rows_of(&bench), 0, "the empty one of the stop button");
        bench.hear(r#"{"origin":"twitchat","type":"GET_SUMMARY_DATA","id":"theirs","data":{"offset":0}}"#);
        bench.hear(&line("twitchat_examples.ndjson", 121));
        assert_eq!(rows_of(&bench), 0, "somebody else asked too");
        bench.sent();
        bench.pass(2_500);
        assert!(question(&mut bench, "GET_SUMMARY_DATA").is_some(), "asked again");
        let mut again: Value = serde_json::from_str(&line("twitchat_examples.ndjson", 121)).unwrap();
        again["id"] = json!("ours");
        bench.hear(&again.to_string());
        let filled = rows_of(&bench);
        assert!(filled > 10);
        let mut unasked: Value = serde_json::from_str(&line("twitchat_v17_examples.ndjson", 36)).unwrap();
        unasked["id"] = json!("unasked");
        bench.hear(&unasked.to_string());
        assert_eq!(rows_of(&bench), filled);
    }

    #[test]
    fn one_with_settings_is_a_buttons() {
        let mut bench = answered();
        let line = line("twitchat_examples.ndjson", 122);
        bench.hear(&line);
        assert!(bench.rows.is_empty());
    }

    #[test]
    fn twitchat_17_is_asked_in_its_own_words() {
        let mut bench = Bench::up();
        bench.sent();
        bench.twitchat("ON_LABEL_OVERLAY_PLACEHOLDERS", json!({}));
        let asked = question(&mut bench, "GET_ENDING_CREDITS_DATA").unwrap();
        assert_eq!(asked["data"]["dateOffset"], START_MS);
        assert_eq!(bench.kept["generation"], "3");
        assert_eq!(bench.ask(json!({ "request": "GetStatus", "id": 1 }))["twitchat"]["generation"], 3);
    }

    #[test]
    fn twitchat_that_starts_later_is_found_and_one_that_goes_is_missed() {
        let mut bench = Bench::up();
        bench.sent();
        bench.pass(95_000);
        let probes = bench.sent().iter().filter(|message| message["type"] == "GET_LABEL_OVERLAY_PLACEHOLDERS").count();
        assert_eq!(probes, 3, "every 30 s");
        bench.twitchat("FOLLOW", json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
        assert!(question(&mut bench, "GET_SUMMARY_DATA").is_some(), "its first traffic asks at once");
        assert!(bench.core.side.is_present());
        bench.pass(330_000);
        assert!(!bench.core.side.is_present(), "it no longer answers");
    }

    #[test]
    fn labels_tell_raids_and_categories_that_have_no_event() {
        let mut bench = answered();
        let labels = |name: &str, id: &str, count: u64, game: &str| json!({ "RAID_NAME": { "value": name }, "RAID_ID": { "value": id }, "RAID_COUNT": { "value": count }, "STREAM_CATEGORY_NAME": { "value": game } });
        bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", labels("Old", "1", 5, "Chess"));
        let before = bench.credits();
        bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", labels("LanternFox", "33881177", 57, "Go"));
        bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", labels("LanternFox", "33881177", 57, "Go"));
        let after = bench.credits();
        assert!(names(&before["Events"]["Raided"]).len() <= 1);
        assert!(names(&after["Events"]["Raided"]).contains(&"LanternFox"));
        assert!(names(&after["Events"]["GameUpdates"]).contains(&"Go"));
        assert_eq!(bench.restarted().credits(), after);
    }
}

mod sessions {
    use super::*;

    #[test]
    fn the_first_session_begins_with_the_stream_that_already_runs() {
        let mut bench = Bench::up();
        bench.input(Input::Stream(Some(600_000)));
        assert_eq!(bench.core.session().started_ms, START_MS - 600_000);
        assert_eq!(bench.sessions.len(), 1);
    }

    #[test]
    fn a_stream_after_the_grace_time_begins_a_session_and_one_within_does_not() {
        let mut bench = Bench::up();
        bench.input(Input::StreamChanged { active: true });
        bench.pass(60_000);
        bench.input(Input::StreamChanged { active: false });
        bench.pass(20 * 60_000);
        bench.input(Input::StreamChanged { active: true });
        assert_eq!(bench.sessions.len(), 1, "20 minutes: the same stream, resumed");
        bench.input(Input::StreamChanged { active: false });
        bench.pass(31 * 60_000);
        bench.input(Input::StreamChanged { active: true });
        assert_eq!((bench.sessions.len(), &*bench.core.session().cause), (2, "stream"));
        assert_eq!(bench.core.session().started_ms, bench.now.wall_ms);
    }

    #[test]
    fn a_stream_that_began_while_we_were_away_begins_a_session_at_its_start() {
        let mut bench = Bench::up();
        bench.input(Input::StreamChanged { active: true });
        bench.pass(60_000);
        bench.input(Input::StreamChanged { active: false });
        bench.input(Input::Down);
        bench.pass(3 * 3_600_000);
        bench.input(Input::Up(info()));
        bench.input(Input::Stream(Some(600_000)));
        assert_eq!((&*bench.core.session().cause, bench.core.session().started_ms), ("stream", bench.now.wall_ms - 600_000));
        bench.input(Input::Down);
        bench.input(Input::Up(info()));
        bench.input(Input::Stream(Some(600_000)));
        assert_eq!(bench.sessions.len(), 2, "the same stream again is none");
    }

    #[test]
    fn closed_for_long_begins_a_session_closed_shortly_does_not() {
        let mut bench = Bench::up();
        bench.pass(60_000);
        bench.input(Input::Stopping);
        bench.now.wall_ms += 11 * 3_600_000;
        assert_eq!(bench.restarted().sessions.len(), 1);
        bench.now.wall_ms += 2 * 3_600_000;
        let after = bench.restarted();
        assert_eq!((after.sessions.len(), &*after.core.session().cause), (2, "closed"));
    }
}

#[test]
fn polls_end_and_predictions_are_cancelled_by_a_message_without_data() {
    let mut bench = Bench::up();
    for line in [38, 39, 40, 41, 44, 47] {
        bench.hear(&fixture("twitchat_examples.ndjson")[line - 1]);
        bench.pass(600);
    }
    let told: Vec<_> = bench
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Told { event, .. } => Some(event.name.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        ["Twitch.PollCreated", "Twitch.PollUpdated", "Twitch.PollCompleted", "Twitch.PredictionCreated", "Twitch.PredictionCanceled"]
    );
}

#[test]
fn a_configured_broadcaster_leaves_other_channels_out() {
    let settings = Settings { broadcaster: Person::new("48210953", "nordlicht_tv", ""), ..settings() };
    let mut bench = Bench::with(settings, &[], Seq(0), &Kept::default(), START_MS);
    bench.input(Input::Up(info()));
    for line in show() {
        bench.hear(&line);
    }
    assert!(bench.core.counts.elsewhere > 0);
    assert!(!names(&bench.credits()["Events"]["Subs"]).contains(&"Lena_Pixel"), "of channel 81726354");
}

mod gifts {
    use super::*;

    fn told(bench: &mut Bench) -> Vec<(String, Value)> {
        std::mem::take(&mut bench.effects)
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Told { event, .. } => Some((event.name.to_string(), event.data)),
                _ => None,
            })
            .collect()
    }

    fn gift(bench: &mut Bench, to: &str) {
        bench.twitchat(
            "SUBSCRIPTION",
            json!({ "tier": 1, "months": 1, "user": { "id": "10", "login": "gil" }, "recipients": [{ "uid": to, "login": format!("p{to}") }],
                "giftCount": 1, "isGift": true }),
        );
    }

    #[test]
    fn a_bomb_is_told_whole_and_before_its_gifts() {
        let mut bench = Bench::up();
        told(&mut bench);
        for to in ["1", "2", "2", "3"] {
            gift(&mut bench, to);
            bench.pass(500);
        }
        assert!(told(&mut bench).is_empty(), "held back");
        bench.pass(2_000);
        let events = told(&mut bench);
        let kinds: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(kinds, ["Twitch.GiftBomb", "Twitch.GiftSub", "Twitch.GiftSub", "Twitch.GiftSub"]);
        assert_eq!((events[0].1["gifts"].as_u64(), events[1].1["fromSubBomb"].as_bool()), (Some(3), Some(true)));
        let credits = bench.credits();
        assert_eq!((&credits["extended"]["GiftSubs"][0]["amount"], &credits["extended"]["GiftBombs"][0]["amount"]), (&json!(3), &json!(3)));
        assert_eq!(bench.restarted().credits(), credits);
    }

    #[test]
    fn a_lone_gift_is_no_bomb() {
        let mut bench = Bench::up();
        told(&mut bench);
        gift(&mut bench, "1");
        bench.pass(2_100);
        let events = told(&mut bench);
        assert_eq!((events.len(), events[0].0.as_str(), events[0].1["fromSubBomb"].as_bool()), (1, "Twitch.GiftSub", Some(false)));
        assert!(names(&bench.credits()["Events"]["GiftBombs"]).is_empty());
    }
}

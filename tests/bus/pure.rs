//! Runs the bridge without I/O on arbitrary inputs. It never panics. Equal inputs give equal
//! effects. A replay of its own journal gives the same credits. The order of messages does not
//! matter.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use twitchat_bridge::bridge::Bridge;
use twitchat_bridge::bridge::io::{
    Autostart, Effect, Input, MetaValues, Now, ObsInfo, Run, Settings,
};
use twitchat_bridge::bridge::journal::{PersonRow, Row, Seq, Session, Write};
use twitchat_bridge::event::Received;
use uuid::Uuid;

use crate::support::{Odd, Script, comparable, credits_of, differences, requests};

const START: Now = Now {
    wall_ms: 1_780_000_000_000,
    mono_ms: 1_000_000,
};

static SCRIPT: LazyLock<Script> = LazyLock::new(Script::new);

/// One input of a test.
#[derive(Debug, Clone)]
enum Step {
    Receive(String),
    Unreadable,
    Up,
    Down,
    Stream(Option<i64>),
    StreamChanged(bool),
    Durable,
    StoreFailed,
    StoreHealed,
    Pass(u64),
}

/// A message that the bridge may receive: a captured message or request, unchanged or changed, or
/// an arbitrary text.
fn message() -> impl Strategy<Value = String> {
    let good: Vec<_> = SCRIPT
        .events
        .iter()
        .cloned()
        .chain(requests())
        .map(|message| message.to_string())
        .collect();
    prop_oneof![
        4 => prop::sample::select(good),
        3 => any::<u8>().prop_map(|seed| Value::Object(Odd::seeded(seed).message()).to_string()),
        1 => ".*",
        1 => (".*", ".*", ".*").prop_map(|(kind, id, text)| {
            json!({ "origin": "twitchat", "type": kind, "id": id, "data": { "message": text,
                "user": { "id": text, "login": id } } }).to_string()
        }),
        1 => (any::<bool>(), "[a-z]{1,3}", 0..3_u64).prop_map(|(earlier, other, taken)| {
            let since = START.wall_ms + if earlier { -5 } else { 5 };
            json!({ "origin": "twitchat-bridge", "bridge": other, "request": "Hello",
                "since": since, "takeover": taken == 0 }).to_string()
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => message().prop_map(Step::Receive),
        1 => Just(Step::Unreadable),
        1 => Just(Step::Up),
        1 => Just(Step::Down),
        1 => prop::option::of(0..100_000_000_i64).prop_map(Step::Stream),
        1 => any::<bool>().prop_map(Step::StreamChanged),
        2 => Just(Step::Durable),
        1 => Just(Step::StoreFailed),
        1 => Just(Step::StoreHealed),
        3 => prop_oneof![0..20_u64, 0..20_000_u64, 0..100_000_000_u64].prop_map(Step::Pass),
    ]
}

/// A bridge without I/O, its clock, and everything that the bridge has written.
struct Bench {
    core: Bridge,
    now: Now,
    rows: Vec<Row>,
    sessions: Vec<Session>,
    people: Vec<PersonRow>,
    kept: BTreeMap<&'static str, String>,
    writes: u64,
    /// The debug text of every effect.
    effects: Vec<String>,
    sent: Vec<Value>,
}

fn settings() -> Settings {
    let mut settings = Settings {
        reset_on_stream_start: true,
        grace_ms: 1_800_000,
        reset_after_ms: 43_200_000,
        tell: true,
        ..Settings::default()
    };
    (
        settings.credits.ignore.bots,
        settings.credits.ignore.broadcaster,
    ) = (true, true);
    settings
}

impl Bench {
    fn new() -> Self {
        Self::with(&[], Seq(0), &MetaValues::default(), START)
    }

    fn with(sessions: &[Session], last: Seq, kept: &MetaValues, now: Now) -> Self {
        let run = Run {
            bridge: Uuid::nil(),
            instance: "store".into(),
            started_ms: now.wall_ms,
            takeover: false,
            process: 7,
            computer: "stream-pc".into(),
            os_version: "6.1.0".into(),
            autostart: Autostart::None,
        };
        let mut core = Bridge::new(settings(), run, sessions, last, kept, now);
        let first = core.start(kept, now);
        let mut bench = Self {
            core,
            now,
            rows: Vec::new(),
            sessions: sessions.to_vec(),
            people: Vec::new(),
            kept: BTreeMap::new(),
            writes: 0,
            effects: Vec::new(),
            sent: Vec::new(),
        };
        bench.take(first);
        bench
    }

    fn take(&mut self, effects: Vec<Effect>) {
        let mut passes = Vec::new();
        for effect in effects {
            self.effects.push(format!("{effect:?}"));
            match effect {
                Effect::Write(write) => {
                    self.writes += 1;
                    self.store(write);
                }
                Effect::Send(json) => self.sent.push(serde_json::from_str(json.get()).unwrap()),
                Effect::Reply { reply, pass, .. } => {
                    self.sent
                        .push(serde_json::from_str(reply.join().unwrap().get()).unwrap());
                    passes.extend(pass);
                }
                _ => {}
            }
        }
        for pass in passes {
            self.input(Input::Sent(pass));
        }
    }

    fn store(&mut self, write: Write) {
        match write {
            Write::Append(row) => self.rows.push(row),
            // As in the store, only the start of an existing session may change.
            Write::Begin(session) => match self
                .sessions
                .iter_mut()
                .find(|known| known.id == session.id)
            {
                Some(known) => known.started_ms = session.started_ms,
                None => self.sessions.push(session),
            },
            Write::Person(person) => {
                let same = |known: &PersonRow| {
                    (&known.platform, &known.id) == (&person.platform, &person.id)
                        && (!person.id.is_empty() || known.login == person.login)
                };
                self.people.retain(|known| !same(known));
                self.people.push(person);
            }
            Write::Keep { key, value } => drop(self.kept.insert(key, value.into())),
            Write::ChangeSessions(_) => unreachable!("nothing is read from the journal here"),
        }
    }

    fn input(&mut self, input: Input) {
        let effects = self.core.handle(input, self.now);
        self.take(effects);
    }

    fn receive(&mut self, text: &str) {
        if let Ok(received) = Received::read(text) {
            self.input(Input::Received(received));
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Receive(text) => self.receive(text),
            Step::Unreadable => self.input(Input::Unreadable),
            Step::Up => self.input(Input::Up(ObsInfo {
                obs_version: "30.2.3".into(),
                websocket_version: "5.5.2".into(),
            })),
            Step::Down => self.input(Input::Down),
            Step::Stream(running_for_ms) => self.input(Input::Stream(*running_for_ms)),
            Step::StreamChanged(active) => self.input(Input::StreamChanged { active: *active }),
            Step::Durable => self.input(Input::Durable {
                writes: self.writes,
            }),
            Step::StoreFailed => self.input(Input::StoreFailed("disk full".into())),
            Step::StoreHealed => self.input(Input::StoreHealed),
            Step::Pass(ms) => {
                self.now.mono_ms += ms;
                self.now.wall_ms += i64::try_from(*ms).unwrap();
                self.input(Input::Tick);
            }
        }
    }

    /// The credits of the bridge, after its store has written everything.
    fn credits(&mut self) -> Value {
        self.input(Input::StoreHealed);
        self.input(Input::Durable {
            writes: self.writes,
        });
        self.sent.clear();
        self.receive(r#"{"request":"GetCredits","extended":true,"id":"credits"}"#);
        let reply = self
            .sent
            .iter()
            .find(|message| message["id"] == "credits")
            .unwrap()
            .clone();
        assert_eq!(reply["status"], "ok", "{reply}");
        let Value::Object(mut fields) = reply else {
            panic!()
        };
        fields.retain(|key, _| !["id", "bridge", "seq"].contains(&key.as_str()));
        Value::Object(fields)
    }

    /// A new bridge with everything that this one has written, started like in `daemon`.
    fn restarted(&self) -> Self {
        let number = |key| self.kept.get(key).and_then(|text| text.parse().ok());
        let text = |key| self.kept.get(key).cloned();
        let kept = MetaValues {
            alive_ms: number("alive_ms"),
            streamed_ms: number("streamed_ms"),
            generation: text("generation"),
            channels: text("channels"),
            subscriptions: text("subscriptions"),
            listed: text("listed"),
            ..MetaValues::default()
        };
        let last = self.rows.last().map_or(Seq(0), |row| row.seq);
        let mut next = Self::with(&self.sessions, last, &kept, self.now);
        self.people
            .iter()
            .for_each(|person| next.core.recall_person(person));
        self.rows.iter().for_each(|row| next.core.replay(row));
        next
    }
}

static IN_ORDER: LazyLock<Value> = LazyLock::new(|| credits_after(&SCRIPT.events));

/// The credits of the captured messages after this order of events.
fn credits_after(events: &[Value]) -> Value {
    let mut bench = Bench::new();
    bench.step(&Step::Up);
    // Twitchat's answer to the first question has the labels with which later labels are compared.
    bench.receive(
        &json!({ "origin": "twitchat", "type": "LABEL_OVERLAY_PLACEHOLDERS",
        "data": SCRIPT.labels })
        .to_string(),
    );
    for event in events {
        bench.receive(&event.to_string());
    }
    comparable(&credits_of(&bench.credits()))
}

fn run(steps: &[Step]) -> Bench {
    let mut bench = Bench::new();
    for step in steps {
        bench.step(step);
    }
    bench
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_same_inputs_give_the_same_effects(steps in prop::collection::vec(step(), 1..60)) {
        prop_assert_eq!(run(&steps).effects, run(&steps).effects);
    }

    #[test]
    fn every_request_gets_one_reply(steps in prop::collection::vec(step(), 1..60)) {
        let mut bench = run(&steps);
        bench.input(Input::StoreHealed);
        bench.input(Input::Durable { writes: bench.writes });
        let asked = steps.iter().filter(|step| matches!(step,
            Step::Receive(text) if is_request(text))).count();
        let is_reply =
            |message: &&Value| ["seq", "status"].iter().all(|key| message.get(key).is_some());
        let replies = bench.sent.iter().filter(is_reply).count();
        prop_assert_eq!(replies, asked);
    }

    #[test]
    fn a_restart_changes_nothing(steps in prop::collection::vec(step(), 1..60)) {
        let mut bench = run(&steps);
        let before = bench.credits();
        let mut after = bench.restarted();
        // The bridge may begin a session when it starts after a long pause.
        prop_assume!(after.core.session().id == bench.core.session().id);
        let after = after.credits();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn the_order_does_not_matter(events in Just(SCRIPT.events.clone()).prop_shuffle(),
        doubled in any::<Index>()) {
        // A message that is received twice counts only once.
        let mut shuffled = events.clone();
        shuffled.push(doubled.get(&events).clone());
        let differences = differences(&credits_after(&shuffled), &IN_ORDER);
        prop_assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

fn is_request(text: &str) -> bool {
    matches!(serde_json::from_str(text),
        Ok(Value::Object(message)) if crate::support::is_request(&message))
}

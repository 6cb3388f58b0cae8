//! Passes events to the engine, and checks the decisions and step effects.

use serde_json::json;

use super::*;
use crate::automation::book::Once;
use crate::automation::{Expression, step::StepEffect};

struct TestBench {
    engine: Engine,
    now_ms: u64,
    session: u64,
    failures: Vec<String>,
    over: Vec<(Owner, bool)>,
}

impl TestBench {
    fn new(toml: &str) -> Self {
        Self::with(toml, None)
    }

    fn with(toml: &str, once_log: Option<&str>) -> Self {
        let book = Rulebook::of_toml(toml).unwrap().shared();
        Self {
            engine: Engine::new(book, once_log),
            now_ms: 1_000,
            session: 1,
            failures: Vec::new(),
            over: Vec::new(),
        }
    }

    fn happens(&mut self, name: &str, data: Value) -> Vec<Decision> {
        self.happens_by(name, data, Cause::Outside)
    }

    fn happens_by(&mut self, name: &str, data: Value, cause: Cause) -> Vec<Decision> {
        let occurrence = Occurrence {
            name: EventName::parse(name).unwrap(),
            data,
            cause,
        };
        let context = Context::of_event(
            &occurrence.name.source,
            &occurrence.name.kind,
            &occurrence.data,
        );
        let verdicts = self
            .engine
            .take(&Arc::new(occurrence), &context, self.session, self.now_ms);
        verdicts.into_iter().map(|(_, decision)| decision).collect()
    }

    /// Takes every turn that is due, without reporting an outcome of the step effects.
    fn turns(&mut self) -> Vec<(RunId, StepEffect)> {
        let mut deeds = Vec::new();
        while let Some((run, _, occurrence)) = self.engine.upcoming(self.now_ms) {
            let context = Context::of_event(
                &occurrence.name.source,
                &occurrence.name.kind,
                &occurrence.data,
            );
            match self.engine.turn(run, &context, self.now_ms) {
                Turn::Do { run, effect, .. } => deeds.push((run, effect)),
                Turn::Failed(failure) => self
                    .failures
                    .push(format!("{} {}: {}", failure.of, failure.step, failure.why)),
                Turn::Over { owner, success, .. } => self.over.push((owner, success)),
                Turn::Nothing => {}
            }
        }
        deeds
    }

    /// Takes turns as [`Self::turns`] does, and reports success for each step effect.
    fn all(&mut self) -> Vec<String> {
        let mut done = Vec::new();
        loop {
            let deeds = self.turns();
            if deeds.is_empty() {
                return done;
            }
            for (run, effect) in deeds {
                done.push(short(&effect));
                assert_eq!(self.engine.done(run, Ok(())), None);
            }
        }
    }
}

fn short(effect: &StepEffect) -> String {
    match effect {
        StepEffect::Send { kind, data, .. } => format!("send {kind} {}", Value::from(data.clone())),
        StepEffect::Publish { name, data, .. } => {
            format!("publish {name} {}", Value::from(data.clone()))
        }
        StepEffect::Broadcast(message) => {
            format!("broadcast {}", Value::from(message.clone()))
        }
        StepEffect::Request { name, data } => {
            format!("request {name} {}", Value::from(data.clone()))
        }
        StepEffect::Obs(request) => format!("obs {}", request.name()),
        StepEffect::Run(program) => format!("run {} {:?}", program.program, program.args),
        StepEffect::Wait(time) => format!("wait {time:?}"),
    }
}

fn raid(viewers: u32) -> Value {
    json!({ "userId": "7", "displayName": "Fox", "viewers": viewers })
}

const THANKS: &str = r#"
    [[rule]]
    name = "thanks"
    on = "Twitch.Raid"
    when = "data.viewers >= 10"
    do = [
        { send = "SEND_MESSAGE", data = { message = "Welcome {{ data.displayName }}!" } },
        { wait = "5s" },
        { obs = "StopStream" },
    ]
"#;

#[test]
fn steps_run_in_order_and_a_wait_delays_the_next_one() {
    let mut desk = TestBench::new(THANKS);
    assert_eq!(desk.happens("Twitch.Raid", raid(57)), [Decision::Runs]);
    assert_eq!(
        desk.all(),
        [r#"send SEND_MESSAGE {"message":"Welcome Fox!"}"#]
    );
    assert_eq!(desk.engine.due_ms(), Some(6_000));
    desk.now_ms = 5_999;
    assert_eq!(desk.all(), [""; 0]);
    desk.now_ms = 6_000;
    assert_eq!(desk.all(), ["obs StopStream"]);
    assert_eq!(
        (
            desk.over.as_slice(),
            desk.engine.runs.len(),
            desk.engine.due_ms()
        ),
        (&[(Owner::Rule(0), true)][..], 0, None)
    );
}

#[test]
fn a_rule_runs_only_on_its_events_and_if_its_condition_is_true() {
    let mut desk = TestBench::new(THANKS);
    assert_eq!(
        desk.happens("Twitch.Raid", raid(9)),
        [Decision::ConditionFalse]
    );
    assert_eq!(desk.happens("Twitch.Follow", raid(99)), []);
    assert_eq!(
        desk.happens_by("Twitch.Raid", raid(99), Cause::Replay),
        [Decision::Replayed]
    );
    assert_eq!(
        desk.happens_by("Twitch.Raid", raid(99), Cause::Run(1)),
        [Decision::SelfCaused]
    );
    let mut off = TestBench::new(&THANKS.replace("when =", "enabled = false\nwhen ="));
    assert_eq!(off.happens("Twitch.Raid", raid(99)), [Decision::Disabled]);
    assert!(!off.engine.book().listens(&EventName::new("Twitch", "Raid")));
}

#[test]
fn a_failed_step_ends_the_run_unless_continue_on_error_is_set() {
    let steps = r#"do = [
        { publish = "Custom.A", data = { x = "{{ data.gone }}" } },
        { publish = "Custom.B" },
    ]"#;
    let mut desk = TestBench::new(&format!("[[rule]]\non = \"Twitch.Raid\"\n{steps}"));
    desk.happens("Twitch.Raid", raid(1));
    assert_eq!(
        (desk.all().len(), desk.failures.as_slice()),
        (
            0,
            &[r#"rule "rule 1" publish Custom.A: x: data.gone is not there"#.to_owned()][..]
        )
    );
    assert_eq!(
        (
            desk.over.as_slice(),
            desk.engine.tally(Owner::Rule(0)).failed
        ),
        (&[(Owner::Rule(0), false)][..], 1)
    );

    let mut desk = TestBench::new(&format!(
        "[[rule]]\non = \"Twitch.Raid\"\ncontinue_on_error = true\n{steps}"
    ));
    desk.happens("Twitch.Raid", raid(1));
    assert_eq!(desk.all(), ["publish Custom.B {}"]);

    let mut desk = TestBench::new(
        "[[rule]]\non = \"Twitch.Raid\"\ndo = [{ obs = \"StopStream\" }, { obs = \"StopRecord\" }]",
    );
    desk.happens("Twitch.Raid", raid(1));
    let (run, _) = desk.turns().remove(0);
    let failure = desk
        .engine
        .done(run, Err("it does not stream".into()))
        .unwrap();
    assert_eq!(
        (&*failure.of, &*failure.step, &*failure.why),
        (r#"rule "rule 1""#, "obs StopStream", "it does not stream")
    );
    assert_eq!(desk.all(), [""; 0]);
}

#[test]
fn a_cooldown_counts_from_the_start_of_a_run() {
    let mut desk = TestBench::new(&THANKS.replace("when =", "cooldown = \"1m\"\nwhen ="));
    desk.happens("Twitch.Raid", raid(20));
    desk.now_ms += 59_000;
    assert_eq!(
        desk.happens("Twitch.Raid", raid(20)),
        [Decision::CoolingDown { left_ms: 1_000 }]
    );
    desk.now_ms += 1_000;
    assert_eq!(desk.happens("Twitch.Raid", raid(20)), [Decision::Runs]);
}

#[test]
fn once_per_person_and_session_survive_a_restart_and_end_with_the_session() {
    let toml = r#"
        [[rule]]
        name = "greet"
        on = "Twitch.FirstWord"
        once_per = "person"
        do = [{ publish = "Custom.Hi" }]
        [[rule]]
        name = "open"
        on = "Twitch.FirstWord"
        once_per = "session"
        do = [{ publish = "Custom.Open" }]
    "#;
    let who = |id: &str| json!({ "user": { "id": id, "login": "x" } });
    let mut desk = TestBench::new(toml);
    assert_eq!(
        desk.happens("Twitch.FirstWord", who("1")),
        [Decision::Runs, Decision::Runs]
    );
    assert_eq!(
        desk.happens("Twitch.FirstWord", who("1")),
        [
            Decision::AlreadyRan(Once::Person),
            Decision::AlreadyRan(Once::Session)
        ]
    );
    assert_eq!(
        desk.happens("Twitch.FirstWord", who("2")),
        [Decision::Runs, Decision::AlreadyRan(Once::Session)]
    );
    assert_eq!(
        desk.happens("Twitch.FirstWord", json!({})),
        [Decision::NoPerson, Decision::AlreadyRan(Once::Session)]
    );
    let once_log = desk.engine.once_log().unwrap();
    assert_eq!(desk.engine.once_log(), None, "nothing has changed");

    let mut after = TestBench::with(toml, Some(&once_log));
    assert_eq!(
        after.happens("Twitch.FirstWord", who("2")),
        [
            Decision::AlreadyRan(Once::Person),
            Decision::AlreadyRan(Once::Session)
        ]
    );
    after.session = 2;
    assert_eq!(
        after.happens("Twitch.FirstWord", who("2")),
        [Decision::Runs, Decision::Runs]
    );
}

#[test]
fn a_burst_is_rate_limited_and_excess_runs_are_counted() {
    let mut desk = TestBench::new(
        "[[rule]]\non = \"Twitch.Raid\"\nat_once = 64\ndo = [{ publish = \"Custom.A\" }]",
    );
    let mut verdicts = Vec::new();
    for _ in 0..10_000 {
        verdicts.extend(desk.happens("Twitch.Raid", raid(1)));
        desk.all();
    }
    let runs = verdicts
        .iter()
        .filter(|decision| **decision == Decision::Runs)
        .count();
    assert_eq!(
        (runs, verdicts.len() - runs),
        (130, 9_870),
        "30 at once, 100 wait"
    );
    let tally = desk.engine.tally(Owner::Rule(0));
    assert_eq!(
        tally,
        Tally {
            runs: 30,
            waiting: 100,
            skipped: 9_870,
            ..Tally::default()
        }
    );
    let mut later = 0;
    while let Some(due_ms) = desk.engine.due_ms() {
        assert!(due_ms > desk.now_ms, "the next turn is due later");
        desk.now_ms = due_ms;
        later += desk.all().len();
    }
    assert_eq!(later, 100);
    assert!(
        (30_000..40_000).contains(&desk.now_ms),
        "three a second: {} ms",
        desk.now_ms
    );
}

#[test]
fn runs_at_once_are_bounded_and_the_next_begins_when_one_ends() {
    let mut desk = TestBench::new(
        "[[rule]]\non = \"Twitch.Raid\"\nat_once = 2\ndo = [{ obs = \"SaveReplayBuffer\" }]",
    );
    for _ in 0..5 {
        desk.happens("Twitch.Raid", raid(1));
    }
    let open = desk.turns();
    assert_eq!(
        (
            open.len(),
            desk.engine.tally(Owner::Rule(0)).waiting,
            desk.engine.due_ms()
        ),
        (2, 3, None)
    );
    desk.engine.done(open[0].0, Ok(()));
    assert_eq!(desk.turns().len(), 1);
    assert_eq!(desk.engine.tally(Owner::Rule(0)).waiting, 2);
}

#[test]
fn a_rule_with_on_own_stops_at_the_greatest_depth() {
    let mut desk = TestBench::new(
        "[[rule]]\non = \"Custom.Ping\"\non_own = true\ndo = [{ publish = \"Custom.Ping\" }]",
    );
    assert_eq!(
        desk.happens_by("Custom.Ping", json!({}), Cause::Run(DEEPEST)),
        [Decision::Runs]
    );
    assert_eq!(
        desk.happens_by("Custom.Ping", json!({}), Cause::Run(DEEPEST + 1)),
        [Decision::TooDeep]
    );
    assert_eq!(desk.engine.tally(Owner::Rule(0)).too_deep, 1);
}

#[test]
fn actions_run_within_actions_with_their_own_args() {
    let mut desk = TestBench::new(
        r#"
        [[rule]]
        on = "Twitch.Raid"
        do = [
            { action = "outer", args = { who = "{{ data.displayName }}" } },
            { publish = "Custom.End" },
        ]
        [[action]]
        name = "Outer"
        do = [
            { action = "inner", args = { text = "from {{ args.who }}", n = "{{ data.viewers }}" } },
            { publish = "Custom.Who", data = { who = "{{ args.who }}" } },
        ]
        [[action]]
        name = "inner"
        do = [{ publish = "Custom.Text", data = { text = "{{ args.text }}", n = "{{ args.n }}" } }]
        "#,
    );
    desk.happens("Twitch.Raid", raid(5));
    assert_eq!(
        desk.all(),
        [
            r#"publish Custom.Text {"n":5,"text":"from Fox"}"#,
            r#"publish Custom.Who {"who":"Fox"}"#,
            "publish Custom.End {}"
        ]
    );
}

#[test]
fn the_end_of_a_called_action_names_its_caller() {
    let mut desk = TestBench::new(
        "[[action]]\nname = \"go\"\ndo = [{ publish = \"Custom.A\", data = { x = \"{{ args.x }}\" \
            } }]",
    );
    let called = Called {
        running: "r1".into(),
        args: json!({ "x": 3 }),
        at_ms: 7,
    };
    let occurrence = Arc::new(Occurrence {
        name: EventName::new("Raw", "Action"),
        data: json!({}),
        cause: Cause::Outside,
    });
    assert!(desk.engine.call(0, called, &occurrence, 0));
    assert_eq!(
        (desk.all(), desk.over),
        (
            vec![r#"publish Custom.A {"x":3}"#.to_owned()],
            vec![(Owner::Action(0), true)]
        )
    );
}

#[test]
fn a_rule_does_not_run_if_its_condition_cannot_be_evaluated() {
    let mut desk =
        TestBench::new(&THANKS.replace("data.viewers >= 10", "data.displayName + 1 > 3"));
    let verdicts = desk.happens("Twitch.Raid", raid(20));
    assert!(
        matches!(&verdicts[..], [Decision::ConditionFailed(why)] if why.to_string().contains('+')),
        "{verdicts:?}"
    );
    assert!(Expression::parse("data.displayName + 1 > 3").is_ok());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// In any order of the moves, runs stay within their limits, no turn stays due for ever, and
    /// all runs end.
    #[test]
    fn runs_stay_bounded_and_all_of_them_end(moves in proptest::collection::vec((0_u8..4,
        0_u64..3_000), 0..120)) {
        let mut desk = TestBench::new(
            r#"
            [[rule]]
            on = "Twitch.Raid"
            at_once = 3
            do = [
                { obs = "StopStream" },
                { wait = "700ms" },
                { publish = "Custom.A", data = { x = "{{ data.displayName }}" } },
            ]
            [[rule]]
            on = "Twitch.*"
            continue_on_error = true
            do = [
                { publish = "Custom.B", data = { x = "{{ data.gone }}" } },
                { obs = "StopRecord" },
            ]
            "#,
        );
        let mut open = Vec::new();
        for (what, pause) in moves {
            desk.now_ms += pause;
            match what {
                0 => drop(desk.happens("Twitch.Raid", raid(1))),
                1 => drop(desk.happens("Twitch.Follow", json!({}))),
                2 => {
                    for (run, _) in open.drain(..) {
                        desk.engine.done(run, Ok(()));
                    }
                }
                _ => {
                    for (run, _) in open.drain(..) {
                        desk.engine.done(run, Err("no".into()));
                    }
                }
            }
            open.extend(desk.turns());
            for owner in [Owner::Rule(0), Owner::Rule(1)] {
                let tally = desk.engine.tally(owner);
                proptest::prop_assert!(tally.running <= 8 && tally.waiting <= 100);
            }
            proptest::prop_assert!(desk.engine.tally(Owner::Rule(0)).running <= 3);
            proptest::prop_assert!(desk.engine.due_ms().is_none_or(|due_ms| due_ms > desk.now_ms),
                "all turns are taken");
        }
        for _ in 0..2_000 {
            for (run, _) in open.drain(..) {
                desk.engine.done(run, Ok(()));
            }
            open.extend(desk.turns());
            match desk.engine.due_ms() {
                Some(due_ms) => desk.now_ms = desk.now_ms.max(due_ms),
                None if open.is_empty() => break,
                None => {}
            }
        }
        let left = [Owner::Rule(0),
            Owner::Rule(1)].map(|owner| desk.engine.tally(owner)).map(|tally| (tally.running,
                tally.waiting));
        proptest::prop_assert_eq!((left, desk.engine.runs.len()), ([(0, 0); 2], 0));
    }
}

//! The output and the exit codes of `rules`, `script` and `labels`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::program::{Home, obs, sessions, wait_until};

const CONFIG: &str = r#"
[[rule]]
name = "thanks"
on = "Twitch.Raid"
when = "data.viewers >= 10"
cooldown = "1m"
do = [
    { send = "SEND_MESSAGE", data = { message = "Welcome {{ data.displayName }}!" } },
    { wait = "5s" },
    { obs = "SaveReplayBuffer" },
]

[[rule]]
name = "credits over"
on = "Credits.Completed"
when = "not data.test and state.streaming"
do = [{ obs = "StopStream" }]

[[action]]
name = "party"
do = [{ send = "SEND_MESSAGE", data = { message = "{{ args.words }}" } }]

[[label]]
source = "Newest"
text = "Latest follower: {{ last('Follow').name }}"
"#;

fn home(mut home: Home) -> Home {
    std::fs::write(home.path("config.toml"), CONFIG).unwrap();
    home.option(&format!("--config={}", home.path("config.toml").display()));
    home
}

fn write(home: &Home, name: &str, text: &str) -> String {
    std::fs::write(home.path(name), text).unwrap();
    name.to_owned()
}

#[tokio::test]
async fn rules_and_labels_are_listed() {
    let home = home(Home::new());
    let done = home.run(&["rules"]).await.succeeds();
    for words in [
        "thanks",
        "Twitch.Raid",
        "send SEND_MESSAGE, wait 5s, obs SaveReplayBuffer",
        "cooldown 1m",
        "party",
    ] {
        assert!(done.out.contains(words), "{words}: {done:?}");
    }
    let json: Value =
        serde_json::from_str(&home.run(&["rules", "--json"]).await.succeeds().out).unwrap();
    assert_eq!(
        (
            &json["rules"][1]["on"],
            &json["rules"][0]["cooldownSeconds"]
        ),
        (&json!(["Credits.Completed"]), &json!(60.0))
    );
    let done = home.run(&["labels"]).await.succeeds();
    assert!(
        done.out.contains("Newest") && done.out.contains("last('Follow').name"),
        "{done:?}"
    );
    let empty = Home::new().run(&["rules"]).await.succeeds();
    assert!(
        empty.out.is_empty() && empty.err.contains("there are no rules"),
        "{empty:?}"
    );
}

#[tokio::test]
async fn labels_are_installed_into_a_scene_that_is_there() {
    let obs = obs().await;
    let home = home(Home::at(obs.port()));
    let failed = home.run(&["labels", "install", "--scene", "Gaem"]).await;
    assert!(
        failed.code == Some(1)
            && failed.err.contains("OBS has no scene \"Gaem\"; it has \"")
            && failed.out.is_empty(),
        "{failed:?}"
    );
    let scene = failed.err.rsplit('"').nth(1).unwrap().to_owned();
    let done = home
        .run(&["labels", "install", "--scene", &scene])
        .await
        .succeeds();
    assert!(done.out.starts_with("made \"Newest\""), "{done:?}");
    let done = home
        .run(&["labels", "install", "--scene", &scene])
        .await
        .succeeds();
    assert!(done.out.contains("already"), "{done:?}");
}

#[tokio::test]
async fn rules_test_prints_the_steps_or_the_reason() {
    let home = home(Home::new());
    let raid = |viewers: u32| {
        json!({ "event": { "source": "Twitch", "type": "Raid" },
        "data": { "displayName": "Fox", "viewers": viewers } })
    };
    let file = write(&home, "raid.json", &raid(57).to_string());
    let done = home.run(&["rules", "test", &file]).await.succeeds();
    for words in [
        "Twitch.Raid",
        "thanks: runs",
        r#"{"message":"Welcome Fox!"}"#,
        "SaveReplayBuffer",
    ] {
        assert!(done.out.contains(words), "{words}: {done:?}");
    }
    let small = write(&home, "small.json", &raid(3).to_string());
    let done = home.run(&["rules", "test", &small]).await;
    assert!(
        done.code == Some(1) && done.out.contains("thanks: its condition is false"),
        "{done:?}"
    );
    let done = home
        .run(&["rules", "test", &file, "--rule", "credits over"])
        .await;
    assert!(
        done.code == Some(1) && done.out.contains("credits over: reacts to other events"),
        "{done:?}"
    );
    let over = json!({ "name": "Credits.Completed", "data": { "test": false } });
    let over = write(&home, "over.json", &over.to_string());
    assert_eq!(
        home.run(&["rules", "test", &over]).await.code,
        Some(1),
        "nothing streams"
    );
    let done = home
        .run(&["rules", "test", &over, "--json", "state.streaming:=true"])
        .await
        .succeeds();
    let json: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&json[0]["runs"], &json[0]["steps"][0]["does"]["obs"]),
        (&json!(true), &json!("StopStream"))
    );
    let twice = home
        .feed(
            &["rules", "test", "-"],
            &format!("{}\n{}", raid(57), raid(57)),
        )
        .await
        .succeeds();
    assert!(twice.out.contains("cools down"), "{twice:?}");
}

#[tokio::test]
async fn a_wrong_rule_or_event_is_2() {
    let home = home(Home::new());
    let raid = write(&home, "raid.json", r#"{"name":"Twitch.Raid","data":{}}"#);
    home.run(&["rules", "test", &raid, "--rule", "thank"])
        .await
        .fails(2, &["there is no rule", "thanks"]);
    let none = write(&home, "none.json", r#"{"hello":1}"#);
    home.run(&["rules", "test", &none]).await.fails(
        2,
        &["none.json: this is not an event: an object with hello"],
    );
    std::fs::write(
        home.path("config.toml"),
        "[[rule]]\non = \"Twitch.Raid\"\ndo = [{ obs = \"StopStraem\" }]",
    )
    .unwrap();
    home.run(&["rules"])
        .await
        .fails(2, &["config.toml:3:15", "did you mean StopStream?"]);
}

const SCRIPT: &str = r#"
[[step]]
send = "send-message"
data = { message = "Bye {{ args.who }}" }
[[step]]
wait = "10ms"
[[step]]
obs = "SetCurrentProgramScene"
data = { sceneName = "Credits" }
[[step]]
action = "party"
args = { words = "The end" }
"#;

#[tokio::test]
async fn a_script_does_its_steps_in_order() {
    let obs = obs().await;
    let home = home(Home::at(obs.port()));
    let file = write(&home, "bye.toml", SCRIPT);
    let done = home.run(&["script", &file, "who=all"]).await.succeeds();
    let printed: Vec<_> = done.err.lines().collect();
    assert_eq!(
        printed,
        [
            "done: send send-message",
            "done: wait 10ms",
            "done: obs SetCurrentProgramScene",
            "done: send SEND_MESSAGE"
        ]
    );
    let messages: Vec<_> = obs
        .received()
        .iter()
        .map(|sent| sent["data"]["message"].clone())
        .collect();
    assert_eq!(messages, ["Bye all", "The end"]);
}

#[tokio::test]
async fn a_dry_run_prints_the_steps_and_needs_no_obs() {
    let home = home(Home::new());
    let file = write(&home, "bye.toml", SCRIPT);
    let done = home
        .run(&["script", &file, "who=all", "--dry-run"])
        .await
        .succeeds();
    let steps: Vec<Value> = done
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        steps[0],
        json!({ "send": "SEND_MESSAGE", "data": { "message": "Bye all" } })
    );
    assert_eq!(
        (steps.len(), &steps[2]["data"]["sceneName"]),
        (4, &json!("Credits"))
    );
    let done = home.run(&["script", &file, "--dry-run"]).await;
    done.fails(
        1,
        &["send send-message cannot be done: message: args.who is not there"],
    );
}

#[tokio::test]
async fn a_step_that_fails_ends_the_script_unless_it_is_to_go_on() {
    let obs = obs().await;
    let home = home(Home::at(obs.port()));
    let lines = "{\"obs\":\"StopStream\"}\n{\"send\":\"STOP_TTS\"}\n";
    let done = home.feed(&["script", "-"], lines).await;
    done.fails(1, &["obs StopStream", "not running"]);
    assert!(obs.received().is_empty());
    let done = home.feed(&["script", "-", "--keep-going"], lines).await;
    done.fails(1, &["obs StopStream"]);
    assert_eq!(obs.received().len(), 1);
    home.feed(
        &["script", "-"],
        "{\"request\":\"AddToCredits\",\"data\":{\"section\":\"T\",\"value\":\"x\"}}",
    )
    .await
    .fails(5, &["no bridge answered AddToCredits"]);
    home.feed(&["script", "-"], "{\"wait\":\"soon\"}")
        .await
        .fails(2, &["-:1:1: line 1.wait: must be a time"]);
}

#[tokio::test]
async fn irreversible_steps_need_a_yes() {
    let obs = obs().await;
    let home = home(Home::at(obs.port()));
    let ban = "{\"send\":\"CHAT_FEED_SELECT_ACTION_BAN\"}";
    let done = home.feed(&["script", "-"], ban).await;
    done.fails(2, &["cannot be undone", "yes = true"]);
    let done = home
        .feed(&["script", "-"], &ban.replace('}', ",\"yes\":true}"))
        .await
        .succeeds();
    assert_eq!(
        (done.err.trim(), obs.received().len()),
        ("done: send CHAT_FEED_SELECT_ACTION_BAN", 1)
    );
}

/// The paths in a value, with a name for each object, list and value.
fn paths(value: &Value, path: &str, paths_of: &mut BTreeSet<String>) {
    for (key, inner) in value.as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        paths(inner, &path, paths_of);
        paths_of.insert(path);
    }
}

/// The data of a published event in the output of `watch --json`.
fn data_of(out: &str, name: &str) -> Option<Value> {
    let lines = out
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut named = lines.filter(|line| line["name"] == name && line["from"] == "bridge");
    named.next().map(|mut line| line["data"]["data"].take())
}

#[tokio::test]
async fn a_script_sees_everything_that_a_rule_sees() {
    let obs = obs().await;
    let mut home = Home::at(obs.port());
    let data = concat!(
        r#"{ state = "{{ state }}", session = "{{ session }}", "#,
        r#"broadcaster = "{{ broadcaster }}", credits = "{{ credits }}" }"#
    );
    let rule = format!(
        "[[rule]]\nname = \"all\"\non = \"Custom.Go\"\ndo = [{{ publish = \"Custom.FromRule\", \
            data = {data} }}]\n"
    );
    let config = format!("[broadcaster]\nid = \"7\"\nlogin = \"anna\"\nname = \"Anna\"\n\n{rule}");
    std::fs::write(home.path("config.toml"), config).unwrap();
    home.option(&format!("--config={}", home.path("config.toml").display()));
    let script = write(
        &home,
        "all.toml",
        &format!("[[step]]\npublish = \"Custom.FromScript\"\ndata = {data}\n"),
    );
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let watch = home.spawn(&["watch", "--all", "--json", "--type", "Custom.*"]);
    wait_until("it has subscribed", || {
        watch.err().contains("connected to OBS")
    })
    .await;
    home.run(&["request", "GetInfo"]).await.succeeds();
    home.run(&[
        "request",
        "PublishEvent",
        "publish.source=Custom",
        "publish.type=Go",
        "data:={}",
    ])
    .await
    .succeeds();
    home.run(&["script", &script]).await.succeeds();
    let both = || {
        Some((
            data_of(&watch.out(), "Custom.FromRule")?,
            data_of(&watch.out(), "Custom.FromScript")?,
        ))
    };
    wait_until("both are there", || both().is_some()).await;
    let (of_rule, of_script) = both().unwrap();
    let (mut rules, mut scripts) = (BTreeSet::new(), BTreeSet::new());
    paths(&of_rule, "", &mut rules);
    paths(&of_script, "", &mut scripts);
    assert_eq!(rules, scripts);
    assert!(
        rules.contains(".state.stream_seconds") && rules.contains(".session.seconds"),
        "{rules:?}"
    );
    assert_eq!(
        (&of_rule["broadcaster"], &of_rule["state"]),
        (&of_script["broadcaster"], &of_script["state"])
    );
    for running in [watch, bridge] {
        running.signal("INT");
        running.end().await.succeeds();
    }
}

#[tokio::test]
async fn a_rule_for_an_event_that_never_comes_by_itself_causes_a_warning() {
    let mut home = Home::new();
    let rule =
        |on: &str, does: &str| format!("[[rule]]\nname = \"{on}\"\non = \"{on}\"\ndo = [{does}]\n");
    let wait = "{ wait = 1 }";
    let rules = [
        rule(
            "Twitch.Raid",
            "{ publish = \"Kofi.Donation\", data = { from = \"{{ last('ShoutoutCreated').name }}\" \
                } }",
        ),
        rule("Kofi.Donation", wait),
        rule("Twitch.AdRun", wait),
        rule("Twitchat.FOLOW", wait),
        rule("Twitch.Shout*", wait),
    ];
    std::fs::write(home.path("config.toml"), rules.concat()).unwrap();
    home.option(&format!("--config={}", home.path("config.toml").display()));
    let done = home.run(&["rules"]).await.succeeds();
    for words in [
        "config.toml:1:1: rule \"Twitch.Raid\": the bridge itself never emits \
            Twitch.ShoutoutCreated: it comes only when",
        "rule \"Twitch.AdRun\": the bridge itself never emits Twitch.AdRun: it comes only when \
            another program publishes it",
        "rule \"Twitchat.FOLOW\": FOLOW is not in any known version of Twitchat; did you \
            mean FOLLOW?",
        "rule \"Twitch.Shout*\": the bridge itself never emits an event that matches Twitch.Shout*",
    ] {
        assert!(done.err.contains(words), "{words}: {done:?}");
    }
    assert_eq!(
        done.err.matches("warning:").count(),
        4,
        "what a rule publishes does come: {done:?}"
    );
    assert_eq!(
        home.run(&["config", "path"]).await.succeeds().err,
        "",
        "other verbs do not repeat it"
    );
}

#[tokio::test]
async fn last_of_an_event_that_nobody_knows_is_an_error_when_the_config_is_read() {
    let mut home = Home::new();
    std::fs::write(
        home.path("config.toml"),
        "[[label]]\nsource = \"Newest\"\ntext = \"{{ last('Folow').name }}\"\n",
    )
    .unwrap();
    home.option(&format!("--config={}", home.path("config.toml").display()));
    home.run(&["labels"]).await.fails(
        2,
        &[
            "config.toml:3",
            "there is no event \"Folow\"; did you mean last(\"Follow\")?",
        ],
    );
}

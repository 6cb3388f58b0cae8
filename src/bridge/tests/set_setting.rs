//! Requests that change a setting: the shell changes the file, and the bridge takes the settings
//! before it replies.

use super::*;
use crate::bridge::io::{MOST_SETTINGS, Reload, SettingSet};
use crate::request::RequestError;

fn request(id: u64) -> Value {
    json!({ "request": "SetSetting", "id": id, "key": "credits.ignore", "value": ["zed"] })
}

/// The keys and values that the shell has to set.
fn wanted(bench: &Bench) -> Vec<(String, Value)> {
    let one = |effect: &Effect| match effect {
        Effect::SetSetting { key, value } => Some((key.to_string(), value.clone())),
        _ => None,
    };
    bench.effects.iter().filter_map(one).collect()
}

fn done(settings: Option<Settings>, answer: Result<Value, RequestError>) -> Input {
    Input::SettingSet(Box::new(SettingSet {
        reload: settings.map(|settings| Reload {
            settings: Ok(settings),
            restart_for: Vec::new(),
        }),
        answer: answer.map(|fields| fields.as_object().cloned().unwrap_or_default()),
    }))
}

fn replies(bench: &mut Bench) -> Vec<Value> {
    let sent = bench.sent().into_iter();
    sent.filter(|message| message.get("status").is_some())
        .collect()
}

#[test]
fn the_setting_is_in_force_when_the_reply_is_sent() {
    let mut bench = Bench::up();
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    assert!(bench.credits().to_string().contains("Zed"));
    bench.sent();
    bench.receive(&request(1).to_string());
    assert_eq!(wanted(&bench), [("credits.ignore".into(), json!(["zed"]))]);
    assert_eq!(replies(&mut bench), [] as [Value; 0]);
    let mut changed = settings();
    changed.credits.ignore.own.insert("zed".into());
    let fields = json!({ "key": "credits.ignore", "old": null, "new": ["zed"], "restart": false });
    bench.input(done(Some(changed), Ok(fields)));
    let replies = replies(&mut bench);
    assert_eq!(replies.len(), 1);
    assert_eq!(
        (&replies[0]["status"], &replies[0]["id"], &replies[0]["new"]),
        (&json!("ok"), &json!(1), &json!(["zed"]))
    );
    assert!(!bench.credits().to_string().contains("Zed"));
}

#[test]
fn a_refused_change_answers_its_own_request_and_keeps_the_settings() {
    let mut bench = Bench::up();
    bench.receive(&request(1).to_string());
    bench.receive(&request(2).to_string());
    bench.sent();
    let why = "the disk is full";
    bench.input(done(None, Err(RequestError::Unavailable(why.into()))));
    bench.input(done(Some(settings()), Ok(json!({ "new": 5 }))));
    let replies = replies(&mut bench);
    assert_eq!(
        (&replies[0]["id"], &replies[0]["error"]),
        (&json!(1), &json!(why))
    );
    assert_eq!(
        (&replies[1]["id"], &replies[1]["new"]),
        (&json!(2), &json!(5))
    );
    // An answer without a request changes nothing.
    bench.input(done(None, Ok(json!({}))));
    assert_eq!(bench.sent(), [] as [Value; 0]);
}

#[test]
fn only_so_many_wait_at_once() {
    let mut bench = Bench::up();
    for id in 0..MOST_SETTINGS as u64 {
        bench.receive(&request(id).to_string());
    }
    assert_eq!(wanted(&bench).len(), MOST_SETTINGS);
    let reply = bench.ask(request(99));
    let error = reply["error"].as_str().unwrap();
    assert!(error.contains("send this one again later"), "{reply}");
    assert_eq!(wanted(&bench), []);
    bench.input(done(None, Ok(json!({}))));
    bench.receive(&request(100).to_string());
    assert_eq!(wanted(&bench).len(), 1);
}

#[test]
fn the_config_can_forbid_every_change() {
    let mut locked = settings();
    locked.permissions.settings = false;
    let mut bench = Bench::with(locked, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    let reply = bench.ask(request(1));
    assert_eq!(
        reply["error"],
        "changing settings over OBS is switched off: to allow it, set settings = \"on\" in the \
            section [bus] of the bridge's config file"
    );
    assert_eq!(wanted(&bench), []);
}

#[test]
fn key_and_value_are_required_and_bounded() {
    let mut bench = Bench::up();
    for (fields, error) in [
        (
            json!({}),
            "`key` is missing; it must be the name of a setting, such as \"overlay.theme\"",
        ),
        (
            json!({ "key": 7, "value": 1 }),
            "`key` must be the name of a setting, such as \"overlay.theme\" (got 7)",
        ),
        (
            json!({ "key": "overlay.theme" }),
            "`value` is missing; it must be the new value, or null to restore the default",
        ),
        (
            json!({ "key": "x".repeat(201), "value": 1 }),
            "`key` must have at most 200 characters (got 201)",
        ),
        (
            json!({ "key": "overlay.theme", "value": "x".repeat(70_000) }),
            "`value` must have at most 65536 bytes (got 70002)",
        ),
    ] {
        let mut request = json!({ "request": "SetSetting", "id": 1 });
        let fields = fields.as_object().cloned().unwrap();
        request.as_object_mut().unwrap().extend(fields);
        assert_eq!(bench.ask(&request)["error"], error);
    }
    bench.receive(
        &json!({ "request": "SetSetting", "key": " overlay.theme ", "value": null }).to_string(),
    );
    assert_eq!(wanted(&bench), [("overlay.theme".into(), Value::Null)]);
}

#[test]
fn the_settings_are_listed_with_whether_requests_may_change_them() {
    for is_allowed in [true, false] {
        let mut listed = settings();
        listed.shown = serde_json::Map::from_iter([("settings".to_owned(), json!([]))]).into();
        listed.permissions.settings = is_allowed;
        let mut bench = Bench::with(listed, &[], Seq(0), &MetaValues::default(), START_MS);
        bench.input(Input::Up(info()));
        let reply = bench.ask(json!({ "request": "GetSettings", "id": 1 }));
        assert_eq!(
            (&reply["settings"], &reply["writable"]),
            (&json!([]), &json!(is_allowed))
        );
    }
}

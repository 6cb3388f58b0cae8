//! Usage errors: exit code 2 and a helpful text.

use crate::program::Home;

#[tokio::test]
async fn impossible_usage_is_refused_before_any_action() {
    let home = Home::new();
    for (arguments, words) in [
        (&["dance"][..], &["unrecognized subcommand", "dance"][..]),
        (
            &["status", "--port", "http"],
            &["flag --port", "a whole number from 1 to 65535"],
        ),
        (&["status", "--host", "http://localhost"], &["flag --host"]),
        (&["status", "--timeout", "0"], &["a time above 0"]),
        (
            &["status", "--password-file", "none"],
            &["cannot read the password file none"],
        ),
        (
            &["status", "--config", "none.toml"],
            &["cannot read the config file none.toml"],
        ),
        (
            &["run", "--password-file", "a", "--password-stdin"],
            &["cannot be used with"],
        ),
        (&["send", "OBS_MUTE"], &["never sent"]),
        (&["send", "on-obs-scene-change"], &["never sent"]),
        (
            &["send", "SEND_MESSAGE", "message"],
            &["key=text or key:=json"],
        ),
        (&["send", "SEND_MESSAGE", "count:=many"], &["is not JSON"]),
        (
            &["send", "SEND_MESSAGE", "--data", "[1]"],
            &["must be a JSON object"],
        ),
        (
            &["send", "SEND_MESSAGE", "a=1", "a.b=2"],
            &["a cannot have a field b"],
        ),
        (
            &["send", "X", "--data", "-", "--password-stdin"],
            &["both read standard input"],
        ),
        (&["send", "SEND_MESSAGE", "-", "@file"], &["given twice"]),
        (
            &["send", "CHAT_FEED_READ", "count=many"],
            &["count is a text", "{\"count\":5}", "--no-check"],
        ),
        (
            &["send", "CHAT_FED_READ"],
            &["did you mean CHAT_FEED_READ", "--no-check sends any name"],
        ),
        (&["send", "SHOUTOUT", "--wait"], &["--wait=CURRENT_TRACK"]),
        (
            &["send", "GET_CURRENT_TRACK", "--wait=CURENT_TRACK"],
            &["did you mean CURRENT_TRACK"],
        ),
        (
            &["send", "RAFFLE_END", "--generation", "17"],
            &["the closest action is SET_RAFFLE_PICK_WINNER"],
        ),
        (
            &["send", "STOP_PREDICTION"],
            &["gives all points back", "--yes"],
        ),
        (&["send", "POLL_TOGGLE", "--generation", "x"], &["17"]),
        (&["send", "POLL_TOGGLE", "--every", "soon"], &["30s"]),
        (
            &["actions", "CHAT_FED_READ"],
            &["did you mean CHAT_FEED_READ"],
        ),
        (
            &["actions", "DANCE-ALL-NIGHT"],
            &["`twitchat-bridge actions` lists all actions"],
        ),
        (
            &["request", "GetInfo", "origin=twitchat"],
            &["origin cannot be a field"],
        ),
        (&["credits", "--limit", "0"], &["--limit"]),
        (&["credits", "--format", "pdf"], &["text, json, markdown"]),
        (
            &["demo", "--speed=-1"],
            &["--speed", "a number from 0.1 to 1000"],
        ),
        (&["config", "show", "-v", "-q"], &["cannot be used with"]),
    ] {
        home.run(arguments).await.fails(2, words);
    }
}

#[tokio::test]
async fn the_allowed_numbers_and_conditions_are_named_in_a_sentence() {
    let home = Home::new();
    for (arguments, words) in [
        (
            &["credits", "--limit", "x"][..],
            &["--limit", "it must be a whole number of at least 1"][..],
        ),
        (
            &["credits", "--limit", "-1"],
            &["--limit", "it must be a whole number of at least 1"],
        ),
        (
            &["credits", "test", "--names", "70000"],
            &["--names", "it must be a whole number between 1 and 50000"],
        ),
        (
            &["credits", "test", "--seed", "-7"],
            &["--seed", "it must be a whole number"],
        ),
        (
            &["credits", "roll", "--seconds", "long"],
            &["--seconds", "it must be a number, such as 2"],
        ),
        (
            &["credits", "speed", "fast"],
            &["it must be a number, such as 2"],
        ),
        (
            &["exec", "--on", "FOLLOW", "--jobs", "0", "--", "true"],
            &["--jobs", "it must be a whole number between 1 and 256"],
        ),
        (
            &["wait", "--for", "FOLLOW", "--count", "-3"],
            &["--count", "it must be a whole number of at least 1"],
        ),
        (
            &["status", "--timeout", "-1"],
            &["--timeout", "a time above 0"],
        ),
        (
            &["replay", "x.ndjson", "--speed", "-1"],
            &["--speed", "a number"],
        ),
        (
            &["watch", "--where", "weather == 'fine'"],
            &["known are event, data"],
        ),
    ] {
        home.run(arguments).await.fails(2, words);
    }
}

#[tokio::test]
async fn without_a_verb_the_help_goes_to_standard_error() {
    let done = Home::new().run(&[]).await;
    assert_eq!((done.code, done.out.as_str()), (Some(2), ""));
    assert!(done.err.contains("Usage: twitchat-bridge"));
}

#[tokio::test]
async fn a_log_filter_that_is_none_is_wrong_usage() {
    let output = Home::new()
        .command(&["config", "path"])
        .env("TWITCHAT_BRIDGE_LOG", "=/=")
        .output()
        .unwrap();
    crate::program::Done::of(&output).fails(2, &["TWITCHAT_BRIDGE_LOG is no log filter"]);
}

#[tokio::test]
async fn a_config_that_cannot_be_used_names_the_place_and_the_nearest_key() {
    let home = Home::new();
    std::fs::write(home.path("c.toml"), "[obs]\nprot = 4456\n").unwrap();
    home.run(&["--config", "c.toml", "status"])
        .await
        .fails(2, &["c.toml:2:1", "did you mean obs.port?"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_log_file_can_be_read_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.run(&["run", "--port=http", "--log-file=bridge.log"])
        .await
        .fails(2, &["--port"]);
    let mode = std::fs::metadata(home.path("bridge.log"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn no_raw_error_of_a_number_is_shown() {
    let home = Home::new();
    for arguments in [
        &["credits", "--limit", "0"][..],
        &["credits", "test", "--seed", "x"],
        &["overlay", "install", "--width", "0"],
        &["exec", "--on", "FOLLOW", "--queue", "x", "--", "true"],
        &["send", "SHOUTOUT", "--repeat", "0"],
        &["credits", "roll", "--speed", "x"],
    ] {
        let done = home.run(arguments).await;
        assert_eq!(done.code, Some(2), "{arguments:?}");
        for raw in ["..", "invalid digit", "invalid float", "not in"] {
            assert!(!done.err.contains(raw), "{arguments:?}: {}", done.err);
        }
    }
}

#[tokio::test]
async fn negative_numbers_reach_their_options() {
    let home = Home::at(1);
    for arguments in [
        &["credits", "roll", "--speed", "-2"][..],
        &["credits", "roll", "--seconds", "-2"],
        &["credits", "test", "--delay", "-2.5"],
        &["credits", "speed", "-1"],
        &["credits", "goto", "-1"],
    ] {
        home.run(arguments).await.fails(3, &["127.0.0.1:1"]);
    }
}

//! OBS is not running, is another program, is too old, requires a password, or goes away. Each verb
//! prints one clear message and returns the right exit code.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};

use jiff::Timestamp;
use serde_json::Value;
use twitchat_bridge::sim::obs::Versions;

use crate::program::{Home, PASSWORD, obs, sessions, wait_until};

/// All verbs that connect, except `run`.
const CONNECTING: [&[&str]; 9] = [
    &["status"],
    &["watch"],
    &["wait", "--for", "FOLLOW"],
    &["exec", "--on", "FOLLOW", "--", "true"],
    &["record", "-"],
    &["send", "SEND_MESSAGE", "message=hi"],
    &["request", "GetInfo"],
    &["credits"],
    &["credits", "clear", "--yes"],
];

#[tokio::test]
async fn no_obs_is_3_and_the_error_names_the_place_to_look() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let home = Home::at(port);
    for verb in CONNECTING {
        home.run(verb).await.fails(
            3,
            &[
                &format!("there is no OBS at 127.0.0.1:{port}"),
                "Enable WebSocket server",
            ],
        );
    }
}

#[tokio::test]
async fn no_such_host_is_3() {
    Home::new()
        .run(&["--host", "no-such-host.invalid", "status"])
        .await
        .fails(3, &["no host named", "no-such-host.invalid"]);
}

#[tokio::test]
async fn a_web_server_is_3_and_reported_as_not_obs() {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            drop(stream.read(&mut [0; 4096]));
            drop(stream.write_all(
                b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            ));
        }
    });
    Home::at(port)
        .run(&["status"])
        .await
        .fails(3, &["is not obs-websocket"]);
}

#[tokio::test]
async fn a_wrong_or_missing_password_is_4() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    std::fs::write(home.path("password"), "not the right one\n").unwrap();
    for verb in [&["status"][..], &["watch"], &["run"], &["-vv", "run"]] {
        home.run(verb)
            .await
            .fails(4, &["refused the password", "Show Connect Info"]);
    }
    std::fs::write(home.path("password"), "").unwrap();
    let done = home.run(&["status"]).await;
    let file = home.path("password").display().to_string();
    assert!(
        done.err.contains(&format!("password file {file}")),
        "{done:?}"
    );
    done.fails(
        4,
        &[
            "is empty",
            "asks for a password and none is set",
            "OBS_PASSWORD",
            "obs.password",
            "--password-file",
        ],
    );
}

#[tokio::test]
async fn the_password_shows_in_no_log_however_loud() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let done = home
        .run(&["-vv", "send", "SEND_MESSAGE", "message=hi"])
        .await
        .succeeds();
    let mut command = home.command(&["status", "--timeout", "0.2"]);
    let output = tokio::task::spawn_blocking(move || {
        command
            .env("TWITCHAT_BRIDGE_LOG", "trace")
            .output()
            .unwrap()
    });
    let loud = crate::program::Done::of(&output.await.unwrap());
    assert!(
        loud.err.len() > done.err.len() && loud.err.contains("TRACE"),
        "{loud:?}"
    );
}

#[tokio::test]
async fn the_password_may_come_from_standard_input_or_the_environment() {
    let obs = obs().await;
    let (home, port) = (Home::new(), obs.port().to_string());
    let send = ["--port", &port, "send", "SEND_MESSAGE", "message=hi"];
    home.feed(
        &[&["--password-stdin"], &send[..]].concat(),
        &format!("{PASSWORD}\n"),
    )
    .await
    .succeeds();
    let mut command = home.command(&send);
    let output = tokio::task::spawn_blocking(move || {
        command.env("OBS_PASSWORD", PASSWORD).output().unwrap()
    });
    assert!(output.await.unwrap().status.success());
}

#[tokio::test]
async fn an_obs_that_is_too_old_is_7() {
    let obs = obs().await;
    obs.set_versions(Versions {
        studio: "29.1.3".into(),
        websocket: "5.2.0".into(),
    });
    let home = Home::at(obs.port());
    for verb in ["status", "watch", "run"] {
        home.run(&[verb]).await.fails(7, &["too old", "OBS 30.2"]);
    }
}

#[tokio::test]
async fn a_kick_ends_run_and_watch_with_8() {
    for verb in ["run", "watch"] {
        let obs = obs().await;
        let home = Home::at(obs.port());
        let running = home.spawn(&[verb]);
        wait_until("it connects", || running.err().contains("connected")).await;
        obs.kick_all();
        running
            .end()
            .await
            .fails(8, &["the user disconnected twitchat-bridge in OBS"]);
    }
}

#[tokio::test]
async fn run_waits_for_an_obs_that_is_not_there_yet() {
    let obs = obs().await;
    obs.stop().await;
    let home = Home::at(obs.port());
    let running = home.spawn(&["run", "--log-file", "logs/of/bridge.log"]);
    let log = || std::fs::read_to_string(home.path("logs/of/bridge.log")).unwrap_or_default();
    wait_until("run prints that it is waiting", || {
        log().contains("there is no OBS at")
    })
    .await;
    obs.start_again().await.unwrap();
    sessions(&obs, 2).await;
    running.signal("TERM");
    let done = running.end().await.succeeds();
    assert_eq!(done.out, "");
    assert_eq!(
        log().matches("there is no OBS at").count(),
        done.err.matches("there is no OBS at").count()
    );
    assert!(!log().contains(PASSWORD));
}

#[tokio::test]
async fn watch_reports_that_obs_closes_and_comes_back() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let running = home.spawn(&["watch"]);
    wait_until("it connects", || {
        running.err().contains("connected to OBS 30.2.3")
    })
    .await;
    obs.stop().await;
    wait_until("it prints that OBS was closed", || {
        running.err().contains("waiting for it to come back")
    })
    .await;
    obs.start_again().await.unwrap();
    wait_until("it prints that OBS is back", || {
        running.err().contains("back: OBS 30.2.3")
    })
    .await;
    home.run(&["send", "SEND_MESSAGE", "message=still here"])
        .await
        .succeeds();
    wait_until("it still hears", || running.out().contains("still here")).await;
    running.signal("INT");
    running.end().await.succeeds();
}

#[tokio::test]
async fn the_loudest_log_has_each_message_and_times_of_the_users_zone() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let mut command = home.command(&["-vv", "run"]);
    command.env("TZ", "Asia/Kolkata");
    let bridge = crate::program::Running::start(&mut command);
    sessions(&obs, 2).await;
    home.run(&["send", "SEND_MESSAGE", "message=Zebedee says hi"])
        .await
        .succeeds();
    wait_until("the message is logged", || {
        let log = bridge.err();
        let line = log.lines().find(|line| line.contains("Zebedee says hi"));
        line.is_some_and(|line| line.contains("received"))
    })
    .await;
    bridge.signal("INT");
    let log = bridge.end().await.succeeds().err;
    assert!(log.contains("sending json={"), "{log}");
    let stamped = log.lines().filter(|line| line.contains("+05:30 ")).count();
    assert!(stamped > 3, "{log}");
    assert!(!log.contains(PASSWORD));
}

/// The objects in a log, without their times. Fails if a line is not an object.
fn objects(log: &str) -> Vec<Value> {
    let object = |line: &str| {
        let mut object: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no object: {line}"));
        let time = object["time"].take();
        assert!(
            time.as_str().unwrap().parse::<Timestamp>().is_ok(),
            "{line}"
        );
        object
    };
    log.lines().map(object).collect()
}

#[tokio::test]
async fn a_log_as_json_has_the_lines_of_the_log_as_text() {
    let obs = obs().await;
    obs.stop().await;
    let mut logs = Vec::new();
    for format in ["text", "json"] {
        let home = Home::at(obs.port());
        let arguments = ["--log-format", format, "run", "--log-file", "bridge.log"];
        let bridge = home.spawn(&arguments);
        wait_until("run prints that it is waiting", || {
            bridge.err().contains("there is no OBS")
        })
        .await;
        obs.start_again().await.unwrap();
        sessions(&obs, 2).await;
        wait_until("it connects", || bridge.err().contains("connected to OBS")).await;
        bridge.signal("INT");
        let done = bridge.end().await.succeeds();
        let file = std::fs::read_to_string(home.path("bridge.log")).unwrap();
        assert!(!file.contains(PASSWORD));
        logs.push((done.err, file));
        obs.stop().await;
    }
    let [(text, _), (json, file)] = <[_; 2]>::try_from(logs).unwrap();
    let lines = objects(&json);
    assert_eq!(lines, objects(&file));
    let waits = lines.iter().find(|line| line["level"] == "warn").unwrap();
    assert!(
        waits["message"].as_str().unwrap().ends_with("retrying"),
        "{waits}"
    );
    assert_eq!(
        (&waits["target"], &waits["fields"]["attempt"]),
        (&"twitchat_bridge::daemon::log".into(), &1.into())
    );
    for line in &lines {
        let message = line["message"].as_str().unwrap();
        assert!(
            text.contains(message),
            "{message} is not in the log as text: {text}"
        );
    }
}

#[tokio::test]
async fn everything_on_standard_error_is_json_wherever_that_is_set() {
    let home = Home::new();
    std::fs::write(home.path("json.toml"), "[bridge]\nlog_format = \"json\"\n").unwrap();
    std::fs::write(home.path("bad.toml"), "[bridge]\nlog_format = \"xml\"\n").unwrap();
    let levels = |done: &crate::program::Done| -> Vec<Value> {
        objects(&done.err)
            .iter()
            .map(|line| line["level"].clone())
            .collect()
    };
    let flag = ["--log-format=json", "--port=1", "--password=x", "status"];
    let done = home.run(&flag).await;
    assert_eq!(
        (done.code, levels(&done)),
        (Some(3), vec!["warn".into(), "error".into()])
    );
    let done = home.run(&["--config=json.toml", "rules"]).await.succeeds();
    assert_eq!(levels(&done), ["info"]);
    let done = home
        .run(&["--config=json.toml", "--log-format=text", "rules"])
        .await;
    assert!(done.err.starts_with("there are no rules"), "{done:?}");
    for (arguments, word) in [(&["dance"][..], "dance"), (&["rules"], "no rules")] {
        let mut command = home.command(arguments);
        command.env("TWITCHAT_BRIDGE_LOG_FORMAT", "JSON");
        let done = crate::program::Done::of(&command.output().unwrap());
        let lines = objects(&done.err);
        assert!(
            lines
                .iter()
                .any(|line| line["message"].as_str().unwrap().contains(word))
        );
    }
    home.run(&["--config=bad.toml", "status"]).await.fails(
        2,
        &["bad.toml:2:14: bridge.log_format must be \"text\" or \"json\""],
    );
    home.run(&["--log-format=xml", "status"])
        .await
        .fails(2, &["text", "json"]);
}

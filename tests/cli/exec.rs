//! `exec`: runs programs for events.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};
use twitchat_bridge::sim::obs::StandIn;
use twitchat_bridge::sim::peer::{RequestPeer, Target};

use crate::program::{Home, PASSWORD, Running, obs, wait_until};

/// Writes a shell script into the home.
fn script(home: &Home, text: &str) -> String {
    let file = home.path("on-event");
    std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
    file.display().to_string()
}

async fn begin(home: &Home, arguments: &[&str]) -> Running {
    let running = home.spawn(&[&["exec", "--on", "FOLLOW"], arguments].concat());
    wait_until("it connects", || running.err().contains("connected to OBS")).await;
    running
}

async fn follow(obs: &StandIn, ids: std::ops::Range<u32>, name: &str) {
    let mut requests = RequestPeer::connect(&Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    })
    .await
    .unwrap();
    for id in ids {
        let user = json!({ "id": id.to_string(), "login": format!("p{id}"), "displayName": name });
        let message = json!({ "origin": "twitchat", "type": "ON_FOLLOW", "id": format!("f{id}"),
            "data": { "user": user } });
        requests.broadcast(&message).await.unwrap();
    }
}

async fn stop(running: Running) -> crate::program::Done {
    running.signal("INT");
    running.end().await.succeeds()
}

#[tokio::test]
async fn a_program_gets_the_event_on_its_input_and_in_its_environment() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let program = script(
        &home,
        r#"echo $$ > "$0.pid"
            printf '%s|' "$#" "$1" "$TWITCHAT_NAME" "$TWITCHAT_ID" \
                "$TWITCHAT_DATA_USER_LOGIN" "$TWITCHAT_DATA_USER_DISPLAYNAME"
            cat"#,
    );
    let running = begin(&home, &["--", &program, "$(touch pwned)"]).await;
    follow(&obs, 1..2, "`touch pwned`; $(touch pwned)\n\u{1b}[31m").await;
    wait_until("it ran", || running.out().ends_with('\n')).await;
    // Wait until the program has ended. Otherwise it would count as ended by `exec`.
    let pid = std::fs::read_to_string(home.path("on-event.pid")).unwrap();
    wait_until("it has ended", || {
        !std::path::Path::new("/proc").join(pid.trim()).exists()
    })
    .await;
    let done = stop(running).await;
    let (fields, line) = done.out.split_at(done.out.rfind('|').unwrap() + 1);
    assert_eq!(
        fields,
        "1|$(touch pwned)|Twitchat.ON_FOLLOW|f1|p1|`touch pwned`; $(touch pwned)  [31m|"
    );
    let event: Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (&event["name"], &event["data"]["user"]["login"]),
        (&json!("Twitchat.ON_FOLLOW"), &json!("p1"))
    );
    assert!(!home.path("pwned").exists(), "no shell has seen it");
    assert!(done.err.ends_with("1 run, 0 failed\n"), "{done:?}");
}

#[tokio::test]
async fn so_many_run_at_once_so_many_wait_and_the_newest_are_dropped() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let program = script(
        &home,
        r#"echo "begin $TWITCHAT_ID"
            while [ ! -e go ]; do sleep 0.02; done
            echo "end $TWITCHAT_ID""#,
    );
    let running = begin(&home, &["--jobs", "2", "--queue", "3", "--", &program]).await;
    follow(&obs, 1..11, "x").await;
    wait_until("five are dropped", || {
        running.err().contains("4 events dropped")
    })
    .await;
    wait_until("two run", || running.out().lines().count() == 2).await;
    std::fs::write(home.path("go"), "").unwrap();
    wait_until("five have run", || {
        running.out().matches("end").count() == 5
    })
    .await;
    let done = stop(running).await;
    let mut begun: Vec<_> = done
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("begin "))
        .collect();
    begun.sort_unstable();
    assert_eq!(begun, ["f1", "f2", "f3", "f4", "f5"]);
    assert!(
        done.err.ends_with("5 runs, 0 failed, 5 events dropped\n"),
        "{done:?}"
    );
}

#[tokio::test]
async fn a_failure_is_reported_and_exec_continues_without_fail_fast() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let program = script(
        &home,
        r#"[ "$TWITCHAT_ID" != f1 ] || exit 3; echo "$TWITCHAT_ID""#,
    );
    let gone = home.path("gone");
    std::fs::copy(&program, &gone).unwrap();
    let (patient, missing) = (
        begin(&home, &["--", &program]).await,
        begin(&home, &["--", "./gone"]).await,
    );
    std::fs::remove_file(gone).unwrap();
    let strict = begin(&home, &["--fail-fast", "--", &program]).await;
    follow(&obs, 1..3, "x").await;
    wait_until("the second ran", || patient.out() == "f2\n").await;
    let done = stop(patient).await;
    assert!(
        done.err
            .contains("failed for Twitchat.ON_FOLLOW (f1): exit status: 3")
            && done.err.contains("2 runs, 1 failed"),
        "{done:?}"
    );
    strict
        .end()
        .await
        .fails(1, &["--fail-fast ends the command at the first failure"]);
    wait_until("nothing was started twice", || {
        missing.err().matches("it cannot be started").count() == 2
    })
    .await;
    let done = stop(missing).await;
    assert!(
        done.err.contains("./gone failed") && done.err.contains("2 runs, 2 failed"),
        "{done:?}"
    );
}

/// Whether a process is still running. Its id is in a file.
fn runs(file: &PathBuf) -> bool {
    let pid = std::fs::read_to_string(file).unwrap();
    std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()))
        .is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn one_that_takes_too_long_is_ended_with_all_that_it_started() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let program = script(
        &home,
        "sleep 600 & echo $! > child.new; mv child.new child; wait",
    );
    let running = begin(&home, &["--timeout", "300ms", "--", &program]).await;
    follow(&obs, 1..2, "x").await;
    wait_until("it was ended", || {
        running
            .err()
            .contains("it took longer than 300ms, and was ended")
    })
    .await;
    wait_until("its child too", || !runs(&home.path("child"))).await;
    stop(running).await;
}

#[tokio::test]
async fn ctrl_c_asks_programs_to_end() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let program = script(
        &home,
        "trap 'echo ended; exit 0' TERM; echo ready; while :; do sleep 0.02; done",
    );
    let running = begin(&home, &["--", &program]).await;
    follow(&obs, 1..2, "x").await;
    wait_until("it runs", || running.out() == "ready\n").await;
    let done = stop(running).await;
    assert_eq!(done.out, "ready\nended\n");
    assert!(
        done.err.ends_with("1 run, 0 failed, 1 ended with `exec`\n"),
        "{done:?}"
    );
}

#[tokio::test]
async fn a_second_ctrl_c_waits_for_nobody() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let program = script(
        &home,
        "trap 'echo ended' TERM; echo $$ > pid.new; mv pid.new pid; echo ready; while :; do sleep \
            0.02; done",
    );
    let running = begin(&home, &["--", &program]).await;
    follow(&obs, 1..2, "x").await;
    wait_until("it runs", || running.out() == "ready\n").await;
    running.signal("INT");
    wait_until("it is asked to end, and does not", || {
        running.out() == "ready\nended\n"
    })
    .await;
    running.signal("INT");
    wait_until("it is killed", || !runs(&home.path("pid"))).await;
    assert_eq!(running.end().await.code, Some(1));
}

#[tokio::test]
async fn it_goes_on_when_obs_restarts() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let running = begin(&home, &["--", "cat"]).await;
    obs.kill().await;
    wait_until("it prints that OBS was closed", || {
        running.err().contains("waiting for it to come back")
    })
    .await;
    obs.start_again().await.unwrap();
    wait_until("it prints that OBS is back", || {
        running.err().contains("back: OBS")
    })
    .await;
    follow(&obs, 1..2, "x").await;
    wait_until("it ran", || running.out().contains(r#""id":"f1""#)).await;
    stop(running).await;
}

#[tokio::test]
async fn a_program_that_does_not_exist_is_an_error_before_anything_is_done() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    for program in ["./no-such-program", "no-such-program-anywhere"] {
        let done = home.run(&["exec", "--on", "FOLLOW", "--", program]).await;
        assert!(!done.err.contains("connected"), "{done:?}");
        done.fails(2, &["there is no program", program]);
    }
}

#[tokio::test]
async fn an_exec_that_cannot_connect_prints_no_tally() {
    let done = Home::at(1)
        .run(&["exec", "--on", "FOLLOW", "--", "true"])
        .await;
    assert!(!done.err.contains("0 runs"), "{done:?}");
    done.fails(3, &["there is no OBS"]);
}

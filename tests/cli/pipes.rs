//! A reader may close the pipe early. This is not an error and causes no output.

use serde_json::json;
use twitchat_bridge::sim::peer::{RequestPeer, Target};

use crate::program::{Done, Home, PASSWORD, Running, obs, wait_until};

/// Runs the program while no process reads its standard output.
async fn unread(home: &Home, arguments: &[&str]) -> Done {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = home.command(arguments);
    let output = tokio::task::spawn_blocking(move || command.stdout(writer).output().unwrap());
    Done::of(&output.await.unwrap())
}

#[tokio::test]
async fn a_closed_pipe_ends_quietly_with_0() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    for verb in [
        &["completions", "bash"][..],
        &["man"],
        &["config", "show"],
        &["--help"],
        &["send", "SEND_MESSAGE", "message=hi"],
        &["demo"],
    ] {
        let done = unread(&home, verb).await.succeeds();
        assert_eq!(done.err, "", "{verb:?}");
    }
}

#[tokio::test]
async fn a_running_command_ends_at_the_first_unread_line() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    for verb in [&["watch"][..], &["record", "-"], &["wait", "--for", "*"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let running = Running::start(home.command(verb).stdout(writer));
        wait_until("it connects", || running.err().contains("connected to OBS")).await;
        let mut requests = RequestPeer::connect(&Target {
            url: obs.url(),
            password: Some(PASSWORD.into()),
        })
        .await
        .unwrap();
        requests
            .broadcast(&json!({ "request": "GetInfo" }))
            .await
            .unwrap();
        running.end().await.succeeds();
    }
}

#[tokio::test]
async fn a_full_disk_is_reported_with_the_name_of_the_recording() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    home.run(&["record", "/dev/full", "--force"])
        .await
        .fails(1, &["cannot write the recording to /dev/full"]);
}

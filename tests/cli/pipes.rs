//! Whoever reads us may have seen enough: that is no error and no reason for words.

use serde_json::json;
use twitchat_bridge::sim::peer::{Talker, Target};

use crate::program::{Done, Home, PASSWORD, Running, obs, wait_until};

/// Runs with nobody at the other end of standard output.
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
    for verb in
        [&["completions", "bash"][..], &["man"], &["config", "show"], &["--help"], &["send", "SEND_MESSAGE", "message=hi"], &["demo"]]
    {
        let done = unread(&home, verb).await.succeeds();
        assert_eq!(done.err, "", "{verb:?}");
    }
}

#[tokio::test]
async fn watch_ends_at_the_first_line_that_nobody_reads() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let watch = Running::start(home.command(&["watch"]).stdout(writer));
    wait_until("it connects", || watch.err().contains("connected to OBS")).await;
    let mut talker = Talker::connect(&Target { url: obs.url(), password: Some(PASSWORD.into()) }).await.unwrap();
    talker.broadcast(&json!({ "request": "GetInfo" })).await.unwrap();
    watch.end().await.succeeds();
}

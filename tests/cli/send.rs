//! The messages of `send` that reach OBS, and the messages that it waits for.

use serde_json::{Value, json};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use twitchat_bridge::sim::obs::Kick;
use twitchat_bridge::sim::peer::Target;
use twitchat_bridge::sim::twitchat::{Generation, Options, StandIn as Twitchat};

use crate::program::{Home, PASSWORD, obs, sessions, wait_until};

/// The types and data of the messages that OBS has relayed.
fn sent(obs: &twitchat_bridge::sim::obs::StandIn) -> Vec<(String, Value)> {
    obs.received()
        .iter()
        .map(|sent| {
            (
                sent["type"].as_str().unwrap().to_owned(),
                sent["data"].clone(),
            )
        })
        .collect()
}

#[tokio::test]
async fn send_makes_an_envelope_and_waits_for_its_echo() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let arguments = [
        "send",
        "custom-chat-message",
        "message=@anna 5",
        "user.name=Anna",
        "col:=3",
        "--data",
        r#"{"col":1,"canClose":true}"#,
    ];
    let done = home.run(&arguments).await.succeeds();
    let received = obs.received();
    let [envelope] = &received[..] else {
        panic!("{received:?}")
    };
    let id = envelope["id"].as_str().unwrap();
    assert_eq!((id.len(), done.out.contains(id)), (36, true));
    assert!(
        done.out.contains("OBS has relayed it") && done.out.contains("It is not known whether"),
        "{done:?}"
    );
    let data =
        json!({ "message": "@anna 5", "user": { "name": "Anna" }, "col": 3, "canClose": true });
    assert_eq!(
        *envelope,
        json!({ "origin": "twitchat", "type": "CUSTOM_CHAT_MESSAGE", "id": id, "data": data })
    );
    assert_eq!(done.err, "");
}

/// A port that forwards to another port, but only when this number of connections is open.
async fn gate(port: u16, open: usize) -> u16 {
    let gate = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = gate.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut waiting = Vec::new();
        while let Ok((client, _)) = gate.accept().await {
            waiting.push(client);
            if waiting.len() < open {
                continue;
            }
            for mut client in waiting.drain(..) {
                tokio::spawn(async move {
                    let mut obs = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    drop(copy_bidirectional(&mut client, &mut obs).await);
                });
            }
        }
    });
    at
}

#[tokio::test]
async fn send_connects_twice_at_the_same_time_and_makes_a_single_request() {
    let obs = obs().await;
    let home = Home::at(gate(obs.port(), 2).await);
    // The first request is the check of OBS's version, which belongs to the connection. A third one
    // would end the connection.
    obs.kick_at_request(3, Kick::Everybody);
    home.run(&["send", "SHOUTOUT"]).await.succeeds();
    assert_eq!(sent(&obs).len(), 1);
}

#[tokio::test]
async fn data_comes_from_files_and_from_standard_input() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let clip = json!({ "id": "Slug-1", "url": "https://clips.twitch.tv/Slug-1",
        "embed_url": "https://clips.twitch.tv/embed?clip=Slug-1",
        "title": "Wow", "duration": 12.9, "view_count": 7 });
    std::fs::write(home.path("clip.json"), clip.to_string()).unwrap();
    home.run(&["send", "SHOW_CLIP", "@clip.json"])
        .await
        .succeeds();
    home.run(&["send", "SHOW_CLIP", "clip:=@clip.json", "params.position=m"])
        .await
        .succeeds();
    home.feed(
        &["send", "SHOW_CLIP", "-"],
        &json!({ "data": [clip], "pagination": {} }).to_string(),
    )
    .await
    .succeeds();
    home.feed(&["send", "SHOW_CLIP", "--data", "-"], &clip.to_string())
        .await
        .succeeds();
    home.run(&[
        "send",
        "SHOW_CLIP",
        "url=https://www.twitch.tv/anna/clip/Slug-1",
        "params.position=tr",
    ])
    .await
    .succeeds();
    let mut shown = clip.clone();
    shown["url"] = clip["embed_url"].clone();
    let whole = json!({ "clip": shown, "params": { "position": "m" }, "message_id": "Slug-1",
        "dateLabel": "" });
    let short = json!({ "clip": { "url": clip["embed_url"], "duration": 30.0 },
        "params": { "position": "tr" }, "message_id": "Slug-1",
        "dateLabel": "" });
    let all: Vec<_> = sent(&obs).into_iter().map(|(_, data)| data).collect();
    assert_eq!(
        all,
        [whole.clone(), whole.clone(), whole.clone(), whole, short]
    );
    let missing = home.run(&["send", "SHOW_CLIP", "@none.json"]).await;
    missing.fails(1, &["cannot read the data from none.json"]);
}

#[tokio::test]
async fn names_of_every_version_are_translated_to_the_one_in_use() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let read = ["send", "CHAT_FEED_READ", "count=5"];
    home.run(&read).await.succeeds();
    let done = home
        .run(&[&read[..], &["--generation", "17"]].concat())
        .await
        .succeeds();
    assert!(
        done.out
            .contains("sent SET_CHAT_FEED_READ for CHAT_FEED_READ"),
        "{done:?}"
    );
    // The file that a bridge with this journal writes.
    let journal = ["--store", "here.db"];
    std::fs::write(home.path("here.generation"), "3\n").unwrap();
    home.run(&[&journal[..], &read].concat()).await.succeeds();
    home.run(
        &[
            &journal[..],
            &[
                "send",
                "SET_CHAT_FEED_READ",
                "count=5",
                "--generation",
                "16",
            ],
        ]
        .concat(),
    )
    .await
    .succeeds();
    let done = home
        .run(&[&journal[..], &["send", "CHAT_FEED_READ_ALL", "count=2"]].concat())
        .await
        .succeeds();
    assert_eq!(
        done.err,
        "count is left out: this version of Twitchat ignores it\n"
    );
    home.run(
        &[
            &journal[..],
            &["send", "NO_SUCH_THING", "a.b=5", "--no-check"],
        ]
        .concat(),
    )
    .await
    .succeeds();
    let new = || {
        (
            "SET_CHAT_FEED_READ".to_owned(),
            json!({ "count": 5, "colIndex": 0 }),
        )
    };
    assert_eq!(
        sent(&obs),
        [
            ("CHAT_FEED_READ".to_owned(), json!({ "count": 5 })),
            new(),
            new(),
            ("CHAT_FEED_READ".to_owned(), json!({ "count": 5, "col": 0 })),
            (
                "SET_CHAT_FEED_READ_ALL".to_owned(),
                json!({ "colIndex": 0 })
            ),
            ("NO_SUCH_THING".to_owned(), json!({ "a": { "b": "5" } })),
        ]
    );
}

#[tokio::test]
async fn a_running_bridge_decides_the_names_to_use() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let run = home.spawn(&["--store", "here.db", "run"]);
    sessions(&obs, 2).await;
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let twitchat = Twitchat::connect(
        target,
        Options {
            generation: Generation::Third,
            ..Options::default()
        },
    )
    .await
    .unwrap();
    let file = home.path("here.generation");
    wait_until("the generation is noted", || {
        std::fs::read_to_string(&file).is_ok_and(|text| text == "3\n")
    })
    .await;
    home.run(&["--store", "here.db", "send", "SHOUTOUT"])
        .await
        .succeeds();
    let is_sent = || {
        twitchat
            .received()
            .iter()
            .any(|(kind, data)| kind == "SET_SHOUTOUT_LAST_RAIDER" && *data == json!({}))
    };
    wait_until("Twitchat gets its own names", is_sent).await;
    run.signal("TERM");
    run.end().await.succeeds();
}

#[tokio::test]
async fn an_answer_is_waited_for_and_printed() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let _twitchat = Twitchat::connect(
        target,
        Options {
            generation: Generation::Third,
            ..Options::default()
        },
    )
    .await
    .unwrap();
    let states = json!({ "timers": [], "countdowns": [] });
    for wait in ["--wait", "--wait=on-global-states"] {
        let done = home
            .run(&["send", "GET_GLOBAL_STATES", wait])
            .await
            .succeeds();
        assert_eq!(serde_json::from_str::<Value>(&done.out).unwrap(), states);
        assert_eq!(done.err, "");
    }
    // 17 answers in its own form. The name of the question does not matter.
    let done = home
        .run(&[
            "send",
            "GET_LABEL_OVERLAY_PLACEHOLDERS",
            "--wait",
            "--repeat",
            "2",
        ])
        .await
        .succeeds();
    assert!(
        serde_json::Deserializer::from_str(&done.out)
            .into_iter::<Value>()
            .flatten()
            .count()
            == 2,
        "{done:?}"
    );
    let late = home
        .run(&["send", "GET_CURRENT_TRACK", "--wait", "--timeout", "0.3"])
        .await;
    late.fails(
        5,
        &[
            "no answer came within 0.3 s",
            "twitchat-bridge actions GET_CURRENT_TRACK",
        ],
    );
    assert_eq!(late.out, "");
}

#[tokio::test]
async fn irreversible_actions_need_a_confirmation() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    for refused in [
        &["send", "STOP_PREDICTION"][..],
        &["send", "chat-feed-select-action-ban"],
        &["send", "SEND_MESSAGE", "message=/ban x"],
    ] {
        home.run(refused).await.fails(2, &["--yes"]);
    }
    home.run(&["send", "STOP_PREDICTION", "--yes"])
        .await
        .succeeds();
    home.run(&["send", "chat-feed-select-action-ban", "duration=600"])
        .await
        .succeeds();
    let kinds: Vec<_> = sent(&obs).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["STOP_PREDICTION", "CHAT_FEED_SELECT_ACTION_BAN"]);
}

#[tokio::test]
async fn again_and_again_with_ids_of_their_own() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    home.run(&["send", "SHOUTOUT", "--repeat", "3", "--every", "50ms"])
        .await
        .succeeds();
    home.run(&["send", "SHOUTOUT", "--repeat", "2"])
        .await
        .succeeds();
    let forever = home.spawn(&["send", "SHOUTOUT", "--every", "20ms"]);
    wait_until("it goes on", || obs.received().len() >= 8).await;
    forever.signal("INT");
    forever.end().await.succeeds();
    let ids: std::collections::BTreeSet<_> = obs
        .received()
        .iter()
        .map(|sent| sent["id"].to_string())
        .collect();
    assert_eq!(ids.len(), obs.received().len());
}

#[tokio::test]
async fn every_goes_on_after_a_restart_of_obs() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let sending = home.spawn(&["send", "SHOUTOUT", "--every", "1s"]);
    wait_until("the first round", || obs.received().len() == 1).await;
    wait_until("its result is printed", || {
        sending.out().lines().count() == 1
    })
    .await;
    obs.stop().await;
    obs.start_again().await.unwrap();
    wait_until("the second round", || sending.out().lines().count() == 2).await;
    sending.signal("INT");
    sending.end().await.succeeds();
}

#[tokio::test]
async fn an_echo_that_does_not_come_is_5() {
    let obs = obs().await;
    obs.drop_broadcasts(1);
    let done = Home::at(obs.port())
        .run(&["send", "SHOUTOUT", "--timeout", "0.3"])
        .await;
    done.fails(5, &["OBS accepted SHOUTOUT but did not relay it"]);
    assert_eq!(done.out, "");
}

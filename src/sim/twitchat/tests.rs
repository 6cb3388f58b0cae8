//! Compares the stand-in Twitchat with the samples of the protocol, and runs it on a stand-in OBS.

use serde_json::Value;

use super::*;
use crate::sim::obs;

const NOW: i64 = 1_750_360_201_000;

fn channel() -> Channel {
    Options::default().channel
}

fn olle() -> Person {
    Person::new("60477318", "OlleBakar").login("olle_bakar")
}

fn marla() -> Person {
    Person::new("101337420", "Marla_Quartz")
}

fn one(generation: Generation, moment: &Moment) -> (&'static str, Value) {
    let mut messages = send_each(generation, &channel(), moment, NOW);
    assert_eq!(messages.len(), 1);
    let (kind, data) = messages.remove(0);
    (kind, data.unwrap())
}

#[test]
fn the_first_generation_nests_and_tags() {
    let roles = Roles {
        vip: true,
        ..Roles::default()
    };
    let (kind, data) = one(
        Generation::First,
        &Moment::FirstMessage {
            who: olle().roles(roles),
            text: "evening everyone!".into(),
        },
    );
    assert_eq!(kind, "MESSAGE_FIRST");
    assert_eq!(data["message"]["channel"], "#nordlicht_tv");
    assert_eq!(data["message"]["tags"]["badges"], json!({"vip": "1"}));
    assert_eq!(data["message"]["tags"]["display-name"], "OlleBakar");
    let (kind, data) = one(Generation::First, &Moment::Follow { who: olle() });
    assert_eq!(
        (kind, data),
        (
            "FOLLOW",
            json!({"user": {"display_name": "OlleBakar", "username": "olle_bakar",
                "user_id": "60477318"}})
        )
    );
    assert!(
        send_each(
            Generation::First,
            &channel(),
            &Moment::Cheer {
                who: olle(),
                bits: 1,
                text: String::new()
            },
            NOW
        )
        .is_empty()
    );
}

/// Compares complete lines of `twitchat_examples.ndjson` and `twitchat_v17_examples.ndjson`.
#[test]
fn subscriptions_are_sent_as_in_the_samples() {
    let (kind, data) = one(
        Generation::Second,
        &Moment::Sub {
            who: olle(),
            tier: Tier::Prime,
        },
    );
    assert_eq!(kind, "SUBSCRIPTION");
    let line_25 = json!({
        "tier": "prime", "months": 1, "user": {"id": "60477318", "login": "olle_bakar"},
            "message": "", "message_chunks": [], "recipients": [],
        "streakMonths": 1, "totalSubDuration": 1, "giftCount": 0, "isPrimeUpgrade": false,
            "isGift": false, "isGiftUpgrade": false,
        "isResub": false
    });
    assert_eq!(data, line_25);

    let lena = Person::new("150203391", "Lena_Pixel");
    let (kind, data) = one(
        Generation::Third,
        &Moment::Sub {
            who: lena,
            tier: Tier::Prime,
        },
    );
    assert_eq!(kind, "ON_SUBSCRIPTION");
    let mut line_9 = line_25;
    line_9["channel"] = "48210953".into();
    line_9["user"] = json!({"id": "150203391", "login": "lena_pixel", "displayName": "Lena_Pixel"});
    assert_eq!(data, line_9);
}

#[test]
fn a_bomb_is_sent_as_single_gifts() {
    let to = vec![Person::new("1", "A"), Person::new("2", "B")];
    let messages = send_each(
        Generation::Second,
        &channel(),
        &Moment::Gift {
            from: marla(),
            to,
            tier: Tier::One,
        },
        NOW,
    );
    let recipients: Vec<_> = messages
        .iter()
        .map(|(_, data)| data.as_ref().unwrap()["recipients"][0]["login"].clone())
        .collect();
    assert_eq!(recipients, ["a", "b"]);
    assert!(messages.iter().all(|(_, data)| {
        data.as_ref()
            .is_some_and(|data| data["giftCount"] == 1 && data["isGift"] == true)
    }));
}

#[test]
fn a_poll_ends_with_its_result_and_then_nothing() {
    let poll = Vote {
        id: "p".into(),
        title: "What next?".into(),
        choices: vec![
            Choice {
                label: "Boss rush".into(),
                votes: 14,
                voters: 14,
            },
            Choice {
                label: "Speedrun".into(),
                votes: 22,
                voters: 22,
            },
        ],
        duration_seconds: 120,
    };
    for (generation, cleared) in [
        (Generation::Second, Some(json!({}))),
        (Generation::Third, None),
    ] {
        let mut messages = send_each(
            generation,
            &channel(),
            &Moment::Poll {
                poll: poll.clone(),
                set_up: VotePhase::Ends,
            },
            NOW,
        )
        .into_iter();
        let (_, poll) = messages.next().unwrap();
        let poll = poll.unwrap()["poll"].take();
        assert_eq!(
            (
                &poll["winner"]["label"],
                &poll["duration_s"],
                poll.get("ended_at")
            ),
            (&json!("Speedrun"), &Value::Null, None)
        );
        assert_eq!(messages.next().unwrap().1, cleared);
    }
}

async fn set_up(generation: Generation) -> (obs::StandIn, StandIn, RequestPeer, EventPeer) {
    let obs = obs::StandIn::start(obs::Options {
        order: obs::Order::All,
        ..obs::Options::default()
    })
    .await
    .unwrap();
    let target = Target {
        url: obs.url(),
        password: None,
    };
    let (requests, receiver) = (
        RequestPeer::connect(&target).await.unwrap(),
        EventPeer::connect(&target).await.unwrap(),
    );
    let twitchat = StandIn::connect(
        target,
        Options {
            generation,
            ..Options::default()
        },
    )
    .await
    .unwrap();
    (obs, twitchat, requests, receiver)
}

/// The next message of Twitchat. Messages of the test itself have no id.
async fn answer(receiver: &mut EventPeer) -> Value {
    let next = async {
        loop {
            let message = receiver.next().await.unwrap();
            if message.get("id").is_some() {
                return message;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), next)
        .await
        .unwrap()
}

fn question(kind: &str, data: &Value) -> Value {
    json!({"origin": "twitchat", "type": kind, "data": data})
}

#[tokio::test]
async fn each_generation_answers_with_its_own_names() {
    for (generation, ask, offset, summary, labels) in [
        (
            Generation::Second,
            "GET_SUMMARY_DATA",
            "offset",
            "SUMMARY_DATA",
            "LABEL_OVERLAY_PLACEHOLDERS",
        ),
        (
            Generation::Third,
            "GET_ENDING_CREDITS_DATA",
            "dateOffset",
            "SET_ENDING_CREDITS_DATA",
            "ON_LABEL_OVERLAY_PLACEHOLDERS",
        ),
    ] {
        let (_obs, twitchat, mut requests, mut receiver) = set_up(generation).await;
        twitchat.play_unreceived(Moment::Follow { who: olle() });
        requests
            .broadcast(&question("NO_SUCH_QUESTION", &json!({})))
            .await
            .unwrap();
        requests
            .broadcast(&question("GET_LABEL_OVERLAY_PLACEHOLDERS", &json!({})))
            .await
            .unwrap();
        let reply = answer(&mut receiver).await;
        assert_eq!(
            (&reply["type"], &reply["data"]["FOLLOWER_NAME"]["value"]),
            (&json!(labels), &json!("OlleBakar"))
        );
        requests
            .broadcast(&question(ask, &json!({offset: 1})))
            .await
            .unwrap();
        let reply = answer(&mut receiver).await;
        assert_eq!(
            (&reply["type"], &reply["data"]["follows"][0]["login"]),
            (&json!(summary), &json!("OlleBakar"))
        );
        requests
            .broadcast(&question(ask, &json!({offset: now_ms() + 60_000})))
            .await
            .unwrap();
        assert_eq!(answer(&mut receiver).await["data"]["follows"], json!([]));
        assert_eq!(twitchat.received().len(), 4);
    }
}

#[tokio::test]
async fn an_id_is_understood_once() {
    let (_obs, twitchat, mut requests, mut receiver) = set_up(Generation::Third).await;
    let mut twice = question("GET_LABEL_OVERLAY_PLACEHOLDERS", &json!({}));
    twice["id"] = "same".into();
    requests.broadcast(&twice).await.unwrap();
    requests.broadcast(&twice).await.unwrap();
    twitchat.send_each("ON_LAST", None).await.unwrap();
    let mut kinds = Vec::new();
    while kinds.last().is_none_or(|kind| kind != "ON_LAST") {
        kinds.push(
            answer(&mut receiver).await["type"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| *kind == "ON_LABEL_OVERLAY_PLACEHOLDERS")
            .count(),
        1
    );
    assert_eq!(twitchat.received().len(), 1);
}

#[tokio::test]
async fn a_raid_shows_in_the_labels_alone() {
    let (_obs, twitchat, _requester, mut receiver) = set_up(Generation::Second).await;
    twitchat.switch(Generation::Third).await.unwrap();
    twitchat
        .play(Moment::Raid {
            who: marla(),
            viewers: 57,
        })
        .await
        .unwrap();
    twitchat.settled().await.unwrap();
    assert_eq!(answer(&mut receiver).await["type"], "ON_TWITCHAT_READY");
    assert_eq!(
        answer(&mut receiver).await["data"]["RAID_NAME"]["value"],
        "LastWeeksRaider"
    );
    assert_eq!(
        answer(&mut receiver).await["data"]["RAID_NAME"]["value"],
        "Marla_Quartz"
    );
}

#[tokio::test]
async fn it_comes_back_with_its_history() {
    let (obs, twitchat, ..) = set_up(Generation::Second).await;
    obs.kill().await;
    // The kernel decides whether the first write detects the dead socket. The moment is remembered
    // in either case.
    drop(twitchat.play(Moment::Follow { who: olle() }).await);
    obs.start_again().await.unwrap();
    twitchat.reconnect().await.unwrap();
    let target = Target {
        url: obs.url(),
        password: None,
    };
    let (mut requests, mut receiver) = (
        RequestPeer::connect(&target).await.unwrap(),
        EventPeer::connect(&target).await.unwrap(),
    );
    requests
        .broadcast(&question("GET_SUMMARY_DATA", &json!({})))
        .await
        .unwrap();
    assert_eq!(
        answer(&mut receiver).await["data"]["follows"][0]["uid"],
        "60477318"
    );
}

//! If the notices are not read for a while, the link waits without blocking the thread, and reports
//! the events afterwards.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;
use twitchat_bridge::obs::{Gone, Kind, Notice, Options, RequestError, Stop};
use twitchat_bridge::sim;
use twitchat_bridge::sim::obs::StandIn;

use crate::support::{Link, SOON, impatient, on_one_thread, stand_in, target, wait_until};

/// More events than the notices have room for, so that some events are collected in a batch.
const FRAMES: usize = 70;
/// The maximum number of waiting notices.
const NOTICES: usize = 64;
/// The time within which all notices must be read.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Sends an event to all sessions.
fn send(obs: &StandIn, number: usize) {
    let event = json!({ "origin": "twitchat", "type": "T", "id": number.to_string() });
    obs.send_raw(
        json!({ "op": 5, "d": { "eventType": "CustomEvent", "eventIntent": 1,
        "eventData": event } })
        .to_string(),
    );
}

/// Sends events one at a time, so that each becomes a separate notice while there is room.
async fn fill(obs: &StandIn, link: &Link, frames: usize) {
    for frame in 0..frames {
        send(obs, frame);
        wait_until("the event is a notice", || {
            link.notices.len() == NOTICES.min(frame + 1)
        })
        .await;
    }
    obs.drained().await;
}

/// Reads until the link has ended. Returns the number of events, and the other notices.
async fn read_all(link: &mut Link) -> (usize, Vec<Notice>) {
    let (mut events, mut others) = (0, Vec::new());
    let reading = async {
        while let Some(notice) = link.notices.recv().await {
            match notice {
                Notice::Received(batch) => events += batch.events.len(),
                other => others.push(other),
            }
        }
    };
    timeout(AT_ONCE, reading).await.expect("the link ends");
    (events, others)
}

/// A live link whose notices are no longer read.
async fn live() -> (StandIn, Link) {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    (obs, link)
}

#[test]
fn a_kick_while_nobody_reads_keeps_no_thread_busy_and_is_reported_after_the_events() {
    on_one_thread(|| async {
        let (obs, mut link) = live().await;
        fill(&obs, &link, FRAMES).await;
        obs.kick_all();
        // The stand-in runs on the same thread. If it cannot run, this never returns.
        timeout(SOON, obs.until_sessions(0)).await.unwrap();
        let (events, others) = read_all(&mut link).await;
        assert_eq!(events, FRAMES);
        let [Notice::Down(down), Notice::Stopped(Stop::Failed(stop))] = &*others else {
            panic!("{others:?}")
        };
        assert_eq!([down.kind(), stop.kind()], [Kind::Kicked; 2]);
    });
}

#[test]
fn a_crash_while_nobody_reads_keeps_no_thread_busy_and_the_link_comes_back() {
    on_one_thread(|| async {
        let (obs, mut link) = live().await;
        fill(&obs, &link, FRAMES).await;
        obs.kill().await;
        assert!(matches!(
            timeout(SOON, link.obs.version()).await,
            Ok(Err(RequestError::NotConnected))
        ));
        obs.start_again().await.unwrap();
        assert_eq!(link.received(FRAMES).await.len(), FRAMES);
        assert_eq!(link.until_down().await.kind(), Kind::Unreachable);
        link.until_up().await;
    });
}

/// Checks the case in which the notice of the lost link takes the last place.
#[tokio::test]
async fn a_stop_arrives_although_the_notice_before_it_took_the_last_place() {
    let (obs, mut link) = live().await;
    fill(&obs, &link, NOTICES).await;
    obs.kick_all();
    timeout(SOON, obs.until_sessions(0)).await.unwrap();
    assert!(matches!(link.next().await, Notice::Received(_)));
    // The link ends without waiting for a reader.
    link.tasks.close();
    timeout(SOON, link.tasks.wait()).await.unwrap();
    let (events, others) = read_all(&mut link).await;
    assert_eq!(events, NOTICES - 1);
    let [Notice::Down(_), Notice::Stopped(Stop::Failed(stop))] = &*others else {
        panic!("{others:?}")
    };
    assert_eq!(stop.kind(), Kind::Kicked);
}

#[tokio::test]
async fn a_shutdown_while_nobody_reads_ends_the_task_and_is_still_reported() {
    let (obs, mut link) = live().await;
    fill(&obs, &link, FRAMES).await;
    link.cancel.cancel();
    link.tasks.close();
    timeout(SOON, link.tasks.wait()).await.unwrap();
    let (_, others) = read_all(&mut link).await;
    assert!(
        matches!(&*others, [Notice::Stopped(Stop::Shutdown)]),
        "{others:?}"
    );
}

#[test]
fn a_shutdown_after_a_crash_that_nobody_has_read_of_ends_the_task() {
    on_one_thread(|| async {
        let (obs, mut link) = live().await;
        fill(&obs, &link, FRAMES).await;
        obs.kill().await;
        assert!(matches!(
            timeout(SOON, link.obs.version()).await,
            Ok(Err(RequestError::NotConnected))
        ));
        link.cancel.cancel();
        link.tasks.close();
        timeout(SOON, link.tasks.wait()).await.unwrap();
        let (_, others) = read_all(&mut link).await;
        assert!(
            matches!(&*others, [Notice::Stopped(Stop::Shutdown)]),
            "{others:?}"
        );
    });
}

/// Room for a single event. No ping is sent, because its answer could wake the waiting reader.
fn room_for_one() -> Options {
    Options {
        bytes_in_flight: 200,
        ping_after: 3 * SOON,
        ..Options::default()
    }
}

#[tokio::test]
async fn an_event_that_found_no_room_arrives_when_there_is_room_again_although_nothing_follows() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), room_for_one());
    link.until_up().await;
    send(&obs, 0);
    let Notice::Received(first) = link.next().await else {
        panic!("an event")
    };
    send(&obs, 1);
    // When this request has its reply, the second event has been read and is waiting.
    link.obs.version().await.unwrap();
    drop(first);
    assert_eq!(link.received(1).await.len(), 1);
}

/// The event connection shows why OBS has ended, after the events that have to wait for room.
#[tokio::test]
async fn an_obs_that_closes_while_nobody_reads_is_not_taken_for_a_kick() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), room_for_one());
    link.until_up().await;
    for number in 0..FRAMES {
        send(&obs, number);
    }
    obs.stop().await;
    // This is longer than the time for which the link waits until the event connection shows the
    // cause.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(link.received(FRAMES).await.len(), FRAMES);
    assert_eq!(
        link.until_down().await.to_string(),
        Gone::Exited.to_string()
    );
}

#[tokio::test]
async fn a_request_that_waits_for_its_reply_fails_when_the_link_is_lost() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), impatient());
    link.until_up().await;
    obs.freeze();
    let (request, down) = (link.obs.clone(), link.until_down());
    let (reply, down) = timeout(SOON / 4, futures::future::join(request.version(), down))
        .await
        .expect("not the time of a request");
    assert!(
        matches!(reply, Err(RequestError::NotConnected)),
        "{reply:?}"
    );
    assert!(down.to_string().contains("has not answered"), "{down}");
}

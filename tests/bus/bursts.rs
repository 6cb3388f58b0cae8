//! A client sends very many requests at once. Meanwhile others still get their replies, and the
//! bridge's memory stays small.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::sim::peer::{EventPeer, RequestPeer};

use crate::support::{Bus, Process, SOON, Site, on_both, play, wait_until};

const FOLLOWERS: u64 = 50_000;
/// The number of requests in the burst.
const BURST: usize = 300;
/// The pause between two requests of the other client.
const EVERY: Duration = Duration::from_millis(50);
/// The maximum memory of the bridge.
const MEMORY_KIB: u64 = 200 * 1024;
/// The targets on an idle machine: for the median of the other client's replies, and for the
/// slowest reply. The output shows whether the targets are met.
const AIM: Duration = Duration::from_millis(100);
const AIM_AT_WORST: Duration = Duration::from_secs(2);
/// The maximum that the subscriptions may write to disk.
const WRITTEN_KIB: u64 = 10 * 1024;

on_both!(
    timing_of_another_client_during_a_burst,
    ten_thousand_subscribers_and_twenty_thousand_requests_take_little_memory
);

/// The limits are relative to measurements in the same run, because a message as large as the large
/// reply also takes time to pass through OBS.
async fn timing_of_another_client_during_a_burst(site: Site) {
    let bridge = Process::on(&site).await;
    play(&site, (0..FOLLOWERS).map(follow)).await;
    let mut bus = Bus::connect(&site).await;
    wait_until("every follower is counted", 4 * SOON, async || {
        (bus.status().await["people"].as_u64() >= Some(FOLLOWERS)).then_some(())
    })
    .await;
    drop(bus);
    let times = ReplyTimes::on(&site).await;
    let mut other = RequestPeer::connect(&site.peer()).await.unwrap();
    let quiet = times
        .ask_until(&mut other, "quiet", Instant::now() + Duration::from_secs(2))
        .await;

    let begun = Instant::now();
    let large = times
        .reply_to(
            &mut other,
            json!({ "request": "GetCredits", "id": "large-0-", "client": "large" }),
        )
        .await;
    let pass = begun.elapsed();

    let mut greedy = RequestPeer::connect(&site.peer()).await.unwrap();
    let begun = Instant::now();
    for number in 0..BURST {
        greedy
            .pipeline_text(
                &json!({ "request": "GetCredits", "id": format!("burst-{number}-") }).to_string(),
            )
            .await
            .unwrap();
    }
    greedy.flush().await.unwrap();
    let until_the_last = times.all_replied("burst", BURST);
    let meanwhile = times
        .ask_while(&mut other, "meanwhile", until_the_last)
        .await;
    let took = begun.elapsed();
    let peak_kib = bridge.memory_kib("VmHWM");
    let refused = times.errors("burst");

    let ([quiet, _], [middle, worst]) = (summary(&quiet), summary(&meanwhile));
    println!(
        "{BURST} GetCredits at once of {} KiB each: the last reply after {took:?}, {refused} \
            refused; another client's {} GetInfo: median {middle:?} \
         (quiet {quiet:?}), worst {worst:?}; one large reply takes {pass:?}; {peak_kib} KiB at \
         most; {} the aim",
        large / 1024,
        meanwhile.len(),
        if middle <= AIM.max(quiet * 5) && worst <= AIM_AT_WORST {
            "within"
        } else {
            "NOT within"
        },
    );
    assert!(
        refused > 0 && refused < BURST,
        "{refused} of {BURST} refused"
    );
    assert!(
        middle <= AIM.max(quiet * 5).max(pass * 2),
        "median {middle:?}"
    );
    assert!(worst <= AIM_AT_WORST.max(pass * 10), "worst {worst:?}");
    assert!(peak_kib < MEMORY_KIB, "{peak_kib} KiB");
}

async fn ten_thousand_subscribers_and_twenty_thousand_requests_take_little_memory(site: Site) {
    const CLIENTS: usize = 10_000;
    const REQUESTS: usize = 20_000;
    let bridge = Process::on(&site).await;
    play(&site, (0..5_000).map(follow)).await;
    let times = ReplyTimes::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let stored = async || {
        let status = bus.status().await;
        (status["counts"]["events"] == 5_000
            && status["store"]["writes"] == status["store"]["durable"])
            .then_some(())
    };
    wait_until("the followers are on disk", 2 * SOON, stored).await;
    let before = bridge.written_kib();
    let subscribe = |client: usize| {
        json!({ "request": "Subscribe", "id": format!("sub-{client}-"),
        "client": format!("client {client}"), "events": { "Twitch": ["Follow"] } })
    };
    play(&site, (0..CLIENTS).map(subscribe)).await;
    times.all_replied("sub", CLIENTS).await;
    let written_kib = bridge.written_kib() - before;
    play(
        &site,
        (0..REQUESTS)
            .map(|number| json!({ "request": "GetCredits", "id": format!("many-{number}-") })),
    )
    .await;
    times.all_replied("many", REQUESTS).await;
    let peak_kib = bridge.memory_kib("VmHWM");
    let status = bus.status().await;
    println!(
        "{CLIENTS} Subscribes wrote {written_kib} KiB; with {REQUESTS} GetCredits the bridge had \
            {peak_kib} KiB at most"
    );
    assert_eq!(times.errors("sub"), 0);
    assert_eq!(status["counts"]["clientsPushedOut"], CLIENTS - 1_000);
    assert!(written_kib < WRITTEN_KIB, "{written_kib} KiB written");
    assert!(peak_kib < MEMORY_KIB, "{peak_kib} KiB");
}

/// The time of each reply, by the id of the request. The time is taken before the message is
/// parsed, because this build is not optimised.
struct ReplyTimes {
    replies: Arc<Mutex<HashMap<String, Reply>>>,
    _task: AbortOnDropHandle<()>,
}

#[derive(Debug, Clone, Copy)]
struct Reply {
    at: Instant,
    bytes: usize,
    is_error: bool,
}

impl ReplyTimes {
    async fn on(site: &Site) -> Self {
        let mut receiver = EventPeer::connect(&site.peer()).await.unwrap();
        let replies = Arc::<Mutex<HashMap<String, Reply>>>::default();
        let noted = Arc::clone(&replies);
        let task = tokio::spawn(async move {
            while let Ok(frame) = receiver.next_frame().await {
                let at = Instant::now();
                let Some(text) = frame
                    .as_text()
                    .filter(|text| text.contains(r#""origin":"twitchat-bridge""#))
                else {
                    continue;
                };
                // No object in a list has a key `id`, so the first `id` belongs to the request.
                let Some(id) = text
                    .split(r#""id":""#)
                    .nth(1)
                    .and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                let reply = Reply {
                    at,
                    bytes: text.len(),
                    is_error: text.contains(r#""status":"error""#),
                };
                noted.lock().unwrap().insert(id.to_owned(), reply);
            }
        });
        Self {
            replies,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Waits for a reply and returns its size.
    async fn reply_to(&self, requests: &mut RequestPeer, request: Value) -> usize {
        let id = request["id"].as_str().unwrap().to_owned();
        requests.pipeline_text(&request.to_string()).await.unwrap();
        requests.flush().await.unwrap();
        wait_until("a reply", 2 * SOON, async || {
            self.replies
                .lock()
                .unwrap()
                .get(&id)
                .map(|reply| reply.bytes)
        })
        .await
    }

    async fn all_replied(&self, group: &str, count: usize) {
        let prefix = format!("{group}-");
        let all = async || {
            let replied = self
                .replies
                .lock()
                .unwrap()
                .keys()
                .filter(|id| id.starts_with(&prefix))
                .count();
            (replied == count).then_some(())
        };
        wait_until("a reply to each request", 8 * SOON, all).await;
    }

    fn errors(&self, group: &str) -> usize {
        let prefix = format!("{group}-");
        self.replies
            .lock()
            .unwrap()
            .iter()
            .filter(|(id, reply)| id.starts_with(&prefix) && reply.is_error)
            .count()
    }

    async fn ask_until(
        &self,
        requests: &mut RequestPeer,
        group: &str,
        end: Instant,
    ) -> Vec<Duration> {
        self.ask_while(requests, group, tokio::time::sleep_until(end))
            .await
    }

    /// Makes `GetInfo` requests until `other` has ended. Returns how long each reply took.
    async fn ask_while(
        &self,
        requests: &mut RequestPeer,
        group: &str,
        other: impl Future<Output = ()>,
    ) -> Vec<Duration> {
        let mut asked = Vec::new();
        let mut other = std::pin::pin!(other);
        loop {
            let id = format!("{group}-{}-", asked.len());
            asked.push((id.clone(), Instant::now()));
            requests
                .pipeline_text(
                    &json!({ "request": "GetInfo", "id": id, "client": "another" }).to_string(),
                )
                .await
                .unwrap();
            requests.flush().await.unwrap();
            if timeout(EVERY, &mut other).await.is_ok() {
                break;
            }
        }
        self.all_replied(group, asked.len()).await;
        let replies = self.replies.lock().unwrap();
        asked
            .iter()
            .map(|(id, begun)| replies[id].at - *begun)
            .collect()
    }
}

fn summary(took: &[Duration]) -> [Duration; 2] {
    let mut took = took.to_vec();
    took.sort();
    [took[took.len() / 2], took[took.len() - 1]]
}

fn follow(number: u64) -> Value {
    let name = format!("Viewer_{number}");
    let user = json!({ "id": (100_000_000 + number).to_string(), "login": name.to_lowercase(),
        "displayName": name });
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": format!("follow-{number}"),
        "data": { "user": user } })
}

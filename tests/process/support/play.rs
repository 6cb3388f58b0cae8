//! Events on the stream, and the people in the credits.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::task::JoinHandle;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::Target;
use twitchat_bridge::sim::peer::RequestPeer;

use super::obs::peer;

/// The follow of the person with this number. Its message id is the name.
pub(crate) fn follow(number: usize) -> Value {
    let (name, login) = (name(number), name(number).to_lowercase());
    let user =
        json!({ "id": (1_000_000 + number).to_string(), "login": login, "displayName": name });
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": name, "data": { "user": user } })
}

pub(crate) fn name(number: usize) -> String {
    format!("Viewer{number}")
}

/// The name of the person who follows. `None` if the message is not a follow.
pub(crate) fn follower(received: &Received) -> Option<String> {
    match received {
        Received::Twitchat(message) if &*message.kind == "FOLLOW" => {
            message.id.as_deref().map(ToOwned::to_owned)
        }
        _ => None,
    }
}

/// The names of the followers in a reply.
pub(crate) fn followers(credits: &Value) -> BTreeSet<String> {
    let names = credits["Events"]["Follows"]
        .as_array()
        .unwrap_or_else(|| panic!("no follows in {credits}"));
    names
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// The number of messages that are sent without waiting for replies.
const PIPELINED: usize = 1_000;

/// Sends follows from `first` until `last` or until OBS is closed. Returns the number after the
/// last follow that was sent.
pub(crate) async fn burst(target: Target, first: usize, last: usize) -> usize {
    let mut requests = RequestPeer::connect(&peer(&target)).await.unwrap();
    for number in first..last {
        if requests.pipeline(&follow(number)).await.is_err() {
            return number;
        }
        if number % PIPELINED == PIPELINED - 1 && requests.settled().await.is_err() {
            return number;
        }
    }
    requests.settled().await.map_or(last, |()| last)
}

/// A burst in the background.
pub(crate) fn start_burst(target: &Target, first: usize, last: usize) -> JoinHandle<usize> {
    tokio::spawn(burst(target.clone(), first, last))
}

/// Asserts that nobody is missing in the credits.
#[track_caller]
pub(crate) fn assert_all_in(expected: &BTreeSet<String>, credits: &BTreeSet<String>, what: &str) {
    let missing: Vec<_> = expected.difference(credits).collect();
    assert!(
        missing.is_empty(),
        "{what}: {} of {} are missing, such as {:?}",
        missing.len(),
        expected.len(),
        missing.first()
    );
}

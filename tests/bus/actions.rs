//! Sends every action of all three generations over OBS: a client receives exactly the envelope
//! that the catalogue defines.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tokio::time::timeout;
use twitchat_bridge::obs::{Options, RequestConnection};
use twitchat_bridge::sim::peer::EventPeer;
use twitchat_bridge::twitchat::Generation;
use twitchat_bridge::twitchat::action::{self, Naming};
use uuid::Uuid;

use crate::support::{SOON, Site, fixture, on_both};

on_both!(each_action_arrives_as_the_catalogue_promises);

/// The captured data of each type. If a type was not captured, the catalogue's example.
fn data_of(
    generation: Generation,
    name: &str,
    captured: &HashMap<(bool, String), Map<String, Value>>,
) -> Map<String, Value> {
    let is_new = generation == Generation::Third;
    let example = || action::find(name).unwrap().example(Naming::of(generation));
    captured
        .get(&(is_new, name.to_owned()))
        .cloned()
        .unwrap_or_else(example)
}

fn captured() -> HashMap<(bool, String), Map<String, Value>> {
    let read = |is_new: bool, file: &str| {
        fixture(file).into_iter().map(move |line| {
            let data = line["data"].as_object().cloned().unwrap_or_default();
            ((is_new, line["type"].as_str().unwrap().to_owned()), data)
        })
    };
    read(false, "twitchat_actions.ndjson")
        .chain(read(true, "twitchat_v17_actions.ndjson"))
        .collect()
}

async fn each_action_arrives_as_the_catalogue_promises(site: Site) {
    let mut receiver = EventPeer::connect(&site.peer()).await.unwrap();
    let requester = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    let captured = captured();
    let mut expected = HashMap::new();
    let mut counts = HashMap::new();
    for generation in Generation::ALL {
        for action in action::actions() {
            let Some(name) = action.name_in(generation) else {
                continue;
            };
            let data = data_of(generation, name, &captured);
            let prepared = action::prepare(name, data.clone(), Some(generation))
                .unwrap_or_else(|problem| panic!("{problem}"));
            assert_eq!(
                (prepared.kind.as_str(), &prepared.dropped),
                (name, &Vec::new())
            );
            // The translation only adds fields.
            assert!(
                data.iter()
                    .all(|(key, value)| prepared.data.get(key) == Some(value)),
                "{name}"
            );
            if captured.contains_key(&(generation == Generation::Third, name.to_owned())) {
                assert_eq!(prepared.data, data, "{name}");
            }
            let id = Uuid::new_v4().to_string();
            let envelope = prepared.envelope(&id);
            requester
                .broadcast(&serde_json::value::to_raw_value(&envelope).unwrap())
                .await
                .unwrap();
            expected.insert(
                id.clone(),
                json!({ "origin": "twitchat", "type": name, "id": id, "data": prepared.data }),
            );
            *counts.entry(generation).or_insert(0) += 1;
        }
    }
    // 31 actions of the public API page and one for presence; with all that exist up to 16; all of
    // 17, and its other messages that cause an action.
    assert_eq!(
        (counts[&Generation::First], counts[&Generation::Third]),
        (32, 106)
    );
    assert!(counts[&Generation::Second] >= 94, "{counts:?}");
    let all = async {
        while !expected.is_empty() {
            let message = receiver.next().await.unwrap();
            // A real OBS may relay messages of other clients, too.
            if let Some(promised) = message["id"].as_str().and_then(|id| expected.remove(id)) {
                assert_eq!(message, promised);
            }
        }
    };
    timeout(SOON, all).await.expect("every action arrives");
    println!("{counts:?}");
}

//! A Twitchat that only answers questions with given data. `sim::twitchat` is a stand-in with a
//! history.

use serde_json::{Value, json, value::to_raw_value};
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Options, RequestConnection};
use uuid::Uuid;

use super::{Script, Site};

/// Answers in the form of the second generation until it is dropped.
#[derive(Debug)]
pub(crate) struct Twitchat {
    _task: AbortOnDropHandle<()>,
}

impl Twitchat {
    pub(crate) async fn on(site: &Site, script: &Script) -> Self {
        let receiver = EventConnection::connect(&site.target(), &Options::default())
            .await
            .unwrap();
        let requester = RequestConnection::connect(&site.target(), &Options::default())
            .await
            .unwrap();
        let task = answer(
            receiver,
            requester,
            script.labels.clone(),
            script.summary.clone(),
        );
        Self {
            _task: AbortOnDropHandle::new(tokio::spawn(task)),
        }
    }
}

async fn answer(
    mut receiver: EventConnection,
    requester: RequestConnection,
    labels: Value,
    summary: Value,
) {
    while let Ok(mut batch) = receiver.next().await {
        for received in batch.events.drain(..) {
            let Received::Twitchat(message) = received else {
                continue;
            };
            let (kind, data) = match &*message.kind {
                "GET_LABEL_OVERLAY_PLACEHOLDERS" => ("LABEL_OVERLAY_PLACEHOLDERS", &labels),
                "GET_SUMMARY_DATA" => ("SUMMARY_DATA", &summary),
                _ => continue,
            };
            let answer =
                json!({ "origin": "twitchat", "type": kind, "id": Uuid::new_v4(), "data": data });
            requester
                .broadcast(&to_raw_value(&answer).unwrap())
                .await
                .unwrap();
        }
    }
}

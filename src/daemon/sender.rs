//! What the bridge says on OBS, one message after the other: sent one at a time, OBS keeps their order.

use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tracing::{debug, warn};

use crate::obs::{Obs, RequestError};

/// Sends until there is nothing more to come.
pub(super) async fn run(obs: Obs, mut queue: mpsc::Receiver<Box<RawValue>>) {
    while let Some(message) = queue.recv().await {
        match obs.broadcast(&message).await {
            Ok(()) => {}
            // Who asked is cut off as well, or hears our next Hello.
            Err(error @ RequestError::NotConnected) => debug!(%error, "a message was not sent"),
            Err(error) => warn!(%error, bytes = message.get().len(), "a message was not sent"),
        }
    }
}

//! What the bridge says on OBS, one message after the other. Sent one at a time, OBS keeps their order but for one in thousands on a busy
//! machine; what must be in order has a `seq`. Waiting for each to be heard too would make replies wait for all that is heard before.

use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tracing::{debug, warn};

use crate::obs::{Obs, RequestError};

/// Sends until there is nothing more to come.
pub(super) async fn run(obs: Obs, mut queue: mpsc::Receiver<Box<RawValue>>) {
    let mut failures: u64 = 0;
    while let Some(message) = queue.recv().await {
        match obs.broadcast(&message).await {
            Ok(()) => {}
            // Who asked is cut off as well, or hears our next Hello.
            Err(error @ RequestError::NotConnected) => debug!(%error, "a message was not sent"),
            Err(error) => {
                failures += 1;
                if failures.is_power_of_two() {
                    warn!(%error, bytes = message.get().len(), failures, "a message was not sent");
                }
            }
        }
    }
}

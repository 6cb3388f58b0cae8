//! Sends the bridge's messages to OBS, one after the other. OBS keeps the order of messages that
//! are sent one at a time, with very few exceptions on a busy machine. Messages whose order matters
//! have a `seq`. The sender does not wait for the echo of each message: otherwise replies would
//! wait for all messages that come before the echo.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tracing::{debug, error, warn};

use super::outbox::{Message, Outbox};
use crate::obs::{Obs, RequestError};

/// The longest pause before the next large reply. OBS is still busy with a large reply after it has
/// accepted it. So the pause is as long as the last large reply took, but not longer than this.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// Sends messages until the outbox is closed and empty.
pub(super) async fn run(obs: Obs, outbox: Arc<Outbox>) {
    let mut rested = Instant::now();
    let mut failures = 0;
    while let Some(message) = outbox.next(rested).await {
        let begun = Instant::now();
        send(&obs, &message, &mut failures).await;
        if message.is_large_reply() {
            rested = Instant::now() + begun.elapsed().min(LONGEST_REST);
        }
        if let Some(pass) = message.pass() {
            outbox.give_back(pass);
        }
    }
}

async fn send(obs: &Obs, message: &Message, failures: &mut u64) {
    let sent = match message {
        Message::Ordered(json) => obs.broadcast(json).await,
        // The reply's parts are joined only now. The joined text is dropped when OBS has accepted
        // it.
        Message::Reply { reply, .. } => match reply.join() {
            Ok(json) => obs.broadcast(&json).await,
            Err(error) => {
                return error!(%error, "a reply is invalid JSON; this is a bug in twitchat-bridge");
            }
        },
    };
    match sent {
        Ok(()) => {}
        // The clients lost their connection too, or they will receive the next Hello of the bridge.
        Err(error @ RequestError::NotConnected) => debug!(%error, "a message was not sent"),
        Err(error) => {
            *failures += 1;
            if failures.is_power_of_two() {
                warn!(%error, bytes = message.bytes(), failures = *failures, "a message was not \
                    sent");
            }
        }
    }
}

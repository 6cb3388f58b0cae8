//! What the bridge says on OBS, one message after the other. Sent one at a time, OBS keeps their
//! order but for one in thousands on a busy machine; what must be in order has a `seq`. Waiting for
//! each to be heard too would make replies wait for all that is heard before.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tracing::{debug, error, warn};

use super::outbox::{Message, Outbox};
use crate::obs::{Obs, RequestError};

/// OBS is still busy with a large reply when it has taken it. The next one waits as long as this
/// one took, but no longer than this.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// Sends until there is nothing more to come.
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
        // The parts are joined only now, and the whole is gone when OBS has it.
        Message::Reply { reply, .. } => match reply.join() {
            Ok(json) => obs.broadcast(&json).await,
            Err(error) => {
                return error!(%error, "a reply is no JSON; this is a bug in twitchat-bridge");
            }
        },
    };
    match sent {
        Ok(()) => {}
        // Who asked is cut off as well, or hears our next Hello.
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

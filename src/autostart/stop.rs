//! Stops a bridge that has no window and no console, through a file beside its journal.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::Error;
use crate::store::{Claim, StoreError, is_in_use};

/// The time limit for stopping: twice the longest time that a bridge takes to end.
const WITHIN: Duration = Duration::from_secs(10);
/// The pause between two checks whether the bridge has ended.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks the bridge that uses this journal to stop, and waits up to 10 s for its end. Returns
/// whether a bridge was running.
///
/// # Errors
/// Fails if the bridge does not stop in time, or if the files beside the journal cannot be used.
pub async fn stop(journal: &Path) -> Result<bool, Error> {
    let failed = |source: StoreError| Error::Stop(source.into());
    if !is_in_use(journal).map_err(failed)? {
        return Ok(false);
    }
    let claim = Claim::to_stop(journal);
    let deadline = Instant::now() + WITHIN;
    while is_in_use(journal).map_err(failed)? {
        if Instant::now() >= deadline {
            return Err(Error::NotStopped { within: WITHIN });
        }
        claim.make().map_err(|source| Error::Stop(source.into()))?;
        sleep(PAUSE).await;
    }
    Ok(true)
}

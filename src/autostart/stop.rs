//! Stops a bridge that has no window and no console, through a file beside its journal.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::Error;
use crate::store::{Claim, StoreError, is_in_use};

/// Time limit of a stop: twice the longest time that a bridge takes to end.
const WITHIN: Duration = Duration::from_secs(10);
/// Pause between two checks whether the bridge has ended.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks the bridge that uses this journal to stop, and waits until it has, for up to 10 s. Returns
/// whether one was running.
///
/// # Errors
/// The bridge does not stop in time, or the files beside the journal cannot be used.
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

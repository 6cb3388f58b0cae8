//! Opens a journal that another bridge uses, for `run --takeover`: asks that bridge to stop, and
//! waits for the lock.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::Error;
use crate::store::{Claim, Opening, Store, StoreError};

/// How long to wait for the other bridge: twice the longest time that a bridge takes to end.
const WITHIN: Duration = Duration::from_secs(10);
/// The pause between two attempts to open the journal.
const PAUSE: Duration = Duration::from_millis(50);

/// `None` if `stop` is cancelled meanwhile.
pub(super) async fn open(
    path: &Path,
    computer: &str,
    stop: &CancellationToken,
) -> Result<Option<Opening>, Error> {
    let claim = Claim::new(path, computer);
    let deadline = Instant::now() + WITHIN;
    let mut asked = false;
    while !stop.is_cancelled() {
        let pid = match Store::lock(path) {
            Err(StoreError::Taken { pid, .. }) => pid,
            other => return Ok(Some(other?)),
        };
        if Instant::now() >= deadline {
            return Err(StoreError::NotGivenUp {
                path: path.to_owned(),
                pid,
                within: WITHIN,
            }
            .into());
        }
        if !asked {
            info!(
                process = pid,
                "asking the bridge that uses the journal to stop"
            );
            asked = true;
        }
        claim.make().map_err(|source| StoreError::Claim {
            path: path.to_owned(),
            source,
        })?;
        sleep(PAUSE).await;
    }
    Ok(None)
}

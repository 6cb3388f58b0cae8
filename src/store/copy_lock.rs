//! Ensures that no copy of a journal is made while a person is being removed from the copies. The
//! lock also holds between programs, because `store backup` works while a bridge runs.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::StoreError;
use super::copies::real;
use super::files::with_suffix;
use super::lock;

const SUFFIX: &str = ".copies.lock";
/// Attempts to get the lock, which together take a minute.
const ATTEMPTS: u32 = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// Releases the lock when it is dropped. The system releases it after a crash.
#[derive(Debug)]
pub struct CopyLock {
    _file: File,
}

impl CopyLock {
    /// Waits for the lock, at most a minute. Do not call this on the store's thread or in a task.
    ///
    /// # Errors
    /// [`StoreError::CopiesInUse`] if another program keeps the lock, [`StoreError::Lock`] if the
    /// lock file cannot be used.
    pub fn take(journal: &Path) -> Result<Self, StoreError> {
        let path = with_suffix(&real(journal), SUFFIX);
        let failed = |error| lock::failed(&path, error);
        let file = lock::open(&path).map_err(failed)?;
        for _ in 0..ATTEMPTS {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => thread::park_timeout(PAUSE),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        Err(StoreError::CopiesInUse {
            path: journal.to_owned(),
        })
    }
}

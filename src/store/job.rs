use std::fmt;

use super::Store;

/// Work that waits for the store's thread.
pub(super) struct Job(Box<dyn FnOnce(&mut Store) + Send>);

impl Job {
    pub(super) fn new(work: impl FnOnce(&mut Store) + Send + 'static) -> Self {
        Self(Box::new(work))
    }

    pub(super) fn run(self, store: &mut Store) {
        (self.0)(store);
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

//! The tasks of the stand-ins. A panic in one of them is a bug in the test equipment, so it is
//! logged.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;

/// Runs a task to its end, and logs a panic.
pub(in crate::sim) async fn watched(what: &'static str, task: impl Future<Output = ()>) {
    if AssertUnwindSafe(task).catch_unwind().await.is_err() {
        tracing::error!(task = what, "a task of a stand-in panicked");
    }
}

//! Tasks whose panics are returned as errors.

use std::{any::Any, panic::AssertUnwindSafe};

use futures::FutureExt;
use tracing::error;

/// The error of a task that panicked, with the panic's message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is a bug in twitchat-bridge: {0}")]
pub(super) struct Panicked(pub(super) String);

/// Runs a task to its end. A panic is logged at once, and returned as an error.
pub(super) async fn watched<T>(what: &str, task: impl Future<Output = T>) -> Result<T, Panicked> {
    // The state after a panic is not used again, because each caller ends the part that panicked.
    AssertUnwindSafe(task)
        .catch_unwind()
        .await
        .map_err(|panic| {
            let panicked = Panicked(words(&*panic).to_owned());
            error!(task = what, "a task panicked; {panicked}");
            panicked
        })
}

/// The panic's message, or a fixed text if it has none.
fn words(panic: &(dyn Any + Send)) -> &str {
    let formatted = panic.downcast_ref::<String>().map(String::as_str);
    formatted
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_returned_as_an_error_with_its_message() {
        assert_eq!(watched("a test", async { 3 }).await, Ok(3));
        assert_eq!(
            watched::<()>("a test", async { panic!("no {}", 7) }).await,
            Err(Panicked("no 7".into()))
        );
        assert_eq!(
            watched::<()>("a test", async { panic!("plain") }).await,
            Err(Panicked("plain".into()))
        );
    }
}

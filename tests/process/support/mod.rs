//! What the tests share: programs that are started and watched, a client of the bus, an OBS to use.

pub(crate) mod bridge;
pub(crate) mod bus;
pub(crate) mod obs;
pub(crate) mod play;
pub(crate) mod refusal;

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// Nothing that a test merely waits for takes nearly as long.
pub(crate) const SOON: Duration = Duration::from_secs(30);
/// Between two looks at something that does not tell by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The password of every stand-in. Its like must appear nowhere: each [`bridge::Program`] looks for
/// it in what it has written.
pub(crate) const PASSWORD: &str = "Hunter2-must-not-show";
/// A wrong one, which must not show either.
pub(crate) const WRONG_PASSWORD: &str = "Wrong1-must-not-show";

/// Waits until the condition holds; says what it waited for if it never does. Gives how long it
/// took.
pub(crate) async fn wait_until(
    what: &str,
    within: Duration,
    mut holds: impl FnMut() -> bool,
) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < within, "not within {within:?}: {what}");
        sleep(LOOK_AGAIN).await;
    }
    begun.elapsed()
}

/// The future's outcome; says what was waited for if it takes too long.
pub(crate) async fn within<T>(what: &str, limit: Duration, future: impl Future<Output = T>) -> T {
    timeout(limit, future)
        .await
        .unwrap_or_else(|_| panic!("not within {limit:?}: {what}"))
}

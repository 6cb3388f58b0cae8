//! Code that the tests share: programs that are started and observed, a client on OBS, and an OBS.

pub(crate) mod bridge;
pub(crate) mod bus;
pub(crate) mod obs;
pub(crate) mod play;
pub(crate) mod refusal;

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// Longer than any wait should take.
pub(crate) const SOON: Duration = Duration::from_secs(30);
/// The pause between two checks of a condition that must be polled.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The password of every stand-in. It must not appear anywhere: each [`bridge::Program`] searches
/// its output for it.
pub(crate) const PASSWORD: &str = "Hunter2-must-not-show";
/// A wrong password, which must not appear either.
pub(crate) const WRONG_PASSWORD: &str = "Wrong1-must-not-show";

/// Polls until the condition holds, and returns how long it took. Panics with `what` after the
/// limit.
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

/// The result of the future. Panics with `what` after the limit.
pub(crate) async fn within<T>(what: &str, limit: Duration, future: impl Future<Output = T>) -> T {
    timeout(limit, future)
        .await
        .unwrap_or_else(|_| panic!("not within {limit:?}: {what}"))
}

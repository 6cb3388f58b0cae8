//! The participants of a test: an OBS, the bridge, and other clients.

mod bridge;
mod bus;
mod case;
mod compare;
mod fixtures;
mod odd;
mod site;
mod twitchat;

use std::time::Duration;

use tokio::time::{Instant, sleep};

pub(crate) use bridge::{Bridge, Process, program};
pub(crate) use bus::{Bus, Witness, play};
pub(crate) use case::check_case;
pub(crate) use compare::{comparable, credits_of, differences, names};
pub(crate) use fixtures::{Script, fixture, shuffled};
pub(crate) use odd::{Odd, is_request, requests};
pub(crate) use site::Site;
pub(crate) use twitchat::Twitchat;

/// Longer than any wait should take, even on a busy machine in a debug build.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// Makes two tests of each body: one with its own stand-in OBS, and one on the real OBS.
macro_rules! on_both {
    ($($body:ident),+ $(,)?) => {
        mod on_the_stand_in {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $body() {
                super::$body($crate::support::Site::stand_in().await).await;
            })+
        }

        mod on_a_real_obs {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs a real OBS: scripts/test starts one"]
            async fn $body() {
                super::$body($crate::support::Site::real()).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// Repeats `look` until it returns a value. Panics with `what` if that takes too long.
pub(crate) async fn wait_until<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let deadline = Instant::now() + within;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: not within {within:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

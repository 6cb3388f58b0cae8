//! The stream of the demo: ten seconds with all three generations of Twitchat in sequence, and
//! another program that publishes a raid.
//!
//! The same seed gives the same show, and the show provides the expected credits. The demo and the
//! tests use it.

mod cast;
mod expected;
#[cfg(test)]
mod tests;
mod timeline;

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

pub use expected::Expected;

use super::peer::{PeerError, RequestPeer, Target};
use super::twitchat::{Generation, Options, StandIn};
use timeline::{Act, LENGTH, Timeline, publish_raid};

/// The duration of the show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShowSpeed(pub Duration);

impl ShowSpeed {
    /// A speed at which people can watch.
    pub const LIVE: Self = Self(Duration::from_secs(10));
    /// The highest possible speed.
    pub const HURRIED: Self = Self(Duration::ZERO);
}

/// A show that is ready to begin: Twitchat is connected and has not sent any message yet.
#[derive(Debug)]
pub struct Show {
    timeline: Timeline,
    pace: ShowSpeed,
    twitchat: StandIn,
    publisher: RequestPeer,
}

impl Show {
    /// Connects Twitchat and the other program to an obs-websocket server.
    pub async fn connect(target: Target, seed: u64, pace: ShowSpeed) -> Result<Self, PeerError> {
        let publisher = RequestPeer::connect(&target).await?;
        // Twitchat sends a cheer after a second and labels after 100 ms. A fast show uses shorter
        // delays.
        let options = Options {
            generation: Generation::First,
            bits_delay: pace.0 / 10,
            label_delay: if pace.0 < ShowSpeed::LIVE.0 {
                Duration::ZERO
            } else {
                Duration::from_millis(100)
            },
            ..Options::default()
        };
        Ok(Self {
            timeline: Timeline::new(seed),
            pace,
            twitchat: StandIn::connect(target, options).await?,
            publisher,
        })
    }

    pub fn expected(&self) -> Expected {
        Expected::of(&self.timeline)
    }

    /// Answers questions as long as a handle to it exists.
    pub fn twitchat(&self) -> &StandIn {
        &self.twitchat
    }

    /// Plays the show, and waits until OBS has relayed all messages.
    pub async fn play(&mut self) -> Result<(), PeerError> {
        let begin = Instant::now();
        for (cue, act) in &self.timeline.0 {
            sleep_until(begin + self.pace.0 * *cue / LENGTH).await;
            match act {
                Act::Switch(generation) => self.twitchat.switch(*generation).await?,
                Act::Play(moment) => self.twitchat.play(moment.clone()).await?,
                Act::PublishRaid { who, viewers } => {
                    self.publisher
                        .broadcast(&publish_raid(who, *viewers))
                        .await?;
                }
            }
        }
        self.twitchat.settled().await
    }
}

//! The demo's stream: ten lively seconds, three generations of Twitchat one after the other, and
//! somebody else who publishes a raid.
//!
//! The same seed gives the same show, and the show says what the credits should be after it. Called
//! by the demo and by the tests.

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

/// How long the show takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShowSpeed(pub Duration);

impl ShowSpeed {
    /// As people like to watch it.
    pub const LIVE: Self = Self(Duration::from_secs(10));
    /// As fast as it goes.
    pub const HURRIED: Self = Self(Duration::ZERO);
}

/// A show that is ready to begin: Twitchat is connected and has said nothing yet.
#[derive(Debug)]
pub struct Show {
    timeline: Timeline,
    pace: ShowSpeed,
    twitchat: StandIn,
    publisher: RequestPeer,
}

impl Show {
    /// Connects everybody who plays to an obs-websocket.
    pub async fn connect(target: Target, seed: u64, pace: ShowSpeed) -> Result<Self, PeerError> {
        let publisher = RequestPeer::connect(&target).await?;
        // Twitchat tells a cheer after a second and labels after 100 ms; a hurried show hurries
        // these too.
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

    /// What the credits should say afterwards.
    pub fn expected(&self) -> Expected {
        Expected::of(&self.timeline)
    }

    /// The Twitchat that plays. It goes on answering as long as somebody holds it.
    pub fn twitchat(&self) -> &StandIn {
        &self.twitchat
    }

    /// Plays the show and waits until OBS has all of it.
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

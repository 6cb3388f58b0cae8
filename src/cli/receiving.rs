//! Receives everything that a verb reacts to while it runs: messages, the state of the link,
//! Ctrl-C, and a regular tick. `watch`, `wait`, `exec`, `record` and `replay` use it. Writes a note
//! to standard error when the connection to OBS is lost, and when it is restored. Only a failure of
//! the first connection is an error.

pub(super) mod decode;
pub(super) mod filter;
pub(super) mod kinds;
mod messages;
pub(super) mod picker;
pub(super) mod subscription;
pub(super) mod summary;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::event::ObsSubscription;
use twitchat_bridge::obs::{self, Batch, Info, Notice, Obs, Stop};

use super::failure::Failure;
use super::out;
use super::signals::Signals;

/// How often a verb gets a [`News::Tick`].
const TICK: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(crate) enum News {
    /// OBS is connected, for the first time or again.
    Up(Info),
    /// The connection to OBS is lost. The link reconnects.
    Down,
    /// Messages were received, or events of OBS that the verb has subscribed to.
    Received(Batch),
    Scene(String),
    /// OBS has started or stopped streaming.
    Stream {
        active: bool,
    },
    /// OBS has started or stopped recording.
    Recording {
        active: bool,
        /// The path of the recording; empty if it is unknown.
        path: String,
    },
    /// Events of OBS were lost. These are the current states of its outputs, as far as they are
    /// known.
    Outputs {
        streaming: Option<bool>,
        recording: Option<bool>,
    },
    /// Comes every [`TICK`].
    Tick,
    /// The user wants the verb to stop.
    Signal,
}

/// The state of the link that the user has last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Unseen,
    Up,
    Down,
}

/// The link to OBS and all other sources of [`News`].
#[derive(Debug)]
pub(crate) struct Receiving {
    obs: Obs,
    notices: Receiver<Notice>,
    signals: Signals,
    clock: Interval,
    link: Link,
    /// Ends the task of the link when this is dropped. If the task panics, the notices end.
    _link: DropGuard,
}

impl Receiving {
    /// Starts to connect to OBS. `events` are the events of OBS to receive in addition to messages.
    pub(crate) fn start(config: &Config, events: ObsSubscription) -> anyhow::Result<Self> {
        let signals = Signals::listen()?;
        let target = machine::target(config);
        let stop = CancellationToken::new();
        let (obs, notices) = obs::start(
            move || std::future::ready(target()),
            obs::Options::default(),
            stop.clone(),
            &TaskTracker::new(),
        );
        obs.subscribe(events);
        let mut clock = interval(TICK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            obs,
            notices,
            signals,
            clock,
            link: Link::Unseen,
            _link: stop.drop_guard(),
        })
    }

    /// A handle for requests to OBS while it is connected.
    pub(crate) fn obs(&self) -> Obs {
        self.obs.clone()
    }

    /// The future may be dropped and the method called again, without losing news.
    pub(crate) async fn next(&mut self) -> anyhow::Result<News> {
        loop {
            let notice = tokio::select! {
                notice = self.notices.recv() => notice.ok_or(Failure::Broke)?,
                _ = self.clock.tick() => return Ok(News::Tick),
                () = self.signals.next() => return Ok(News::Signal),
            };
            if let Some(news) = self.take(notice)? {
                return Ok(news);
            }
        }
    }

    fn take(&mut self, notice: Notice) -> anyhow::Result<Option<News>> {
        Ok(Some(match notice {
            Notice::Received(batch) => News::Received(batch),
            Notice::SceneChanged(scene) => News::Scene(scene),
            Notice::StreamChanged { active } => News::Stream { active },
            Notice::RecordingChanged { active, path } => News::Recording { active, path },
            Notice::Outputs {
                streaming,
                recording,
            } => News::Outputs {
                streaming,
                recording,
            },
            Notice::Up(info) => {
                let verb = if self.link == Link::Unseen {
                    "connected to"
                } else {
                    "back:"
                };
                out::note(format_args!(
                    "{verb} OBS {} (obs-websocket {})",
                    info.version.obs, info.version.websocket
                ));
                self.link = Link::Up;
                News::Up(info)
            }
            Notice::Down(cause) => {
                out::note(format_args!("{cause}; waiting for it to come back"));
                self.link = Link::Down;
                News::Down
            }
            Notice::Waiting { cause, .. } if self.link == Link::Unseen => {
                return Err(Failure::Link(cause).into());
            }
            Notice::Stopped(Stop::Failed(cause)) => {
                return Err(Failure::Link(Arc::clone(&cause)).into());
            }
            // A SceneChanged follows a change of the collection, so events need nothing more. This
            // link asks for the version, so `Up` comes instead of `Connected`.
            Notice::Connected
            | Notice::CollectionChanged
            | Notice::Waiting { .. }
            | Notice::Stopped(Stop::Shutdown | Stop::ObsEnded(_)) => return Ok(None),
        }))
    }
}

//! Plays a recording for `replay`. It chooses the messages to play, computes how long they take,
//! and returns them one by one.

use std::fs::File;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc;
use twitchat_bridge::event::{Message, Received};
use twitchat_bridge::files::text;
use twitchat_bridge::twitchat::catalogue::{self, Class};

use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::receiving::kinds::Kinds;
use crate::cli::recording::{RecordedMessage, RecordingError, RecordingReader};

/// The time between two messages without a recorded time.
const PAUSE: Duration = Duration::from_secs(1);
/// The number of messages that are read ahead.
const AHEAD: usize = 256;
/// The limit on broken lines that are reported. Further broken lines are only counted.
const NAMED: u64 = 5;

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The types to play. If it is empty, all events of Twitchat are played.
    pub(crate) kinds: Kinds,
    /// Whether to skip lines that cannot be read.
    pub(crate) skip_broken: bool,
}

impl Choice {
    fn wants(&self, kind: &str) -> bool {
        let is_wanted = if self.kinds.match_all() {
            catalogue::look_up(kind).is_some_and(|entry| entry.class == Class::Event)
        } else {
            self.kinds.matches(&format!("Twitchat.{kind}"))
        };
        is_wanted && !catalogue::is_forbidden(kind)
    }

    /// The next message to play; `None` at the end.
    fn next<R: BufRead>(
        &self,
        reader: &mut RecordingReader<R>,
        left_out: &mut LeftOut,
    ) -> Result<Option<Played>, RecordingError> {
        loop {
            match reader.next() {
                Ok(None) => return Ok(None),
                Ok(Some(RecordedMessage {
                    line,
                    ms,
                    received: Received::Twitchat(message),
                })) if self.wants(&message.kind) => {
                    return Ok(Some(Played { line, ms, message }));
                }
                Ok(Some(_)) => left_out.unwanted += 1,
                Err(error) if self.skip_broken && error.is_of_line() => left_out.broken(&error),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Counts the messages and lines that are not played.
#[derive(Debug, Clone, Copy, Default)]
struct LeftOut {
    unwanted: u64,
    broken: u64,
    /// Whether an earlier pass over the file has reported the broken lines.
    is_reported: bool,
}

impl LeftOut {
    fn broken(&mut self, error: &RecordingError) {
        self.broken += 1;
        if !self.is_reported && self.broken <= NAMED {
            out::warn(&format!("{error}: left out"));
        }
    }
}

#[derive(Debug)]
pub(crate) struct Played {
    /// The number of the message's line, from 1.
    pub(crate) line: u64,
    /// The recorded time in milliseconds; `None` if the line has no time.
    pub(crate) ms: Option<u64>,
    pub(crate) message: Message,
}

/// Computes the pause before each message.
#[derive(Debug, Clone)]
pub(crate) struct PlaybackSpeed {
    /// The factor by which playback is faster; `None` for no pauses.
    speed: Option<f64>,
    /// A fixed interval, which replaces the recorded times.
    every: Option<Duration>,
    begun: bool,
    /// The recorded time of the previous message.
    before_ms: Option<u64>,
}

impl PlaybackSpeed {
    pub(crate) fn new(speed: Option<f64>, every: Option<Duration>) -> Self {
        Self {
            speed,
            every,
            begun: false,
            before_ms: None,
        }
    }

    /// The time to wait before a message. The first message is due at once.
    pub(crate) fn pause(&mut self, ms: Option<u64>) -> Duration {
        let recorded = || Some(Duration::from_millis(ms?.saturating_sub(self.before_ms?)));
        let begun = std::mem::replace(&mut self.begun, true);
        let pause = if begun {
            self.every.or_else(recorded).unwrap_or(PAUSE)
        } else {
            Duration::ZERO
        };
        self.before_ms = ms;
        self.speed
            .map_or(Duration::ZERO, |factor| pause.div_f64(factor))
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan {
    /// The number of messages to play.
    pub(crate) messages: u64,
    /// The duration of playing all of them.
    pub(crate) takes: Duration,
}

impl Scan {
    /// Fails at a line that cannot be read. If such lines are skipped, it reports the first few of
    /// them instead.
    pub(crate) fn of(
        file: &Path,
        choice: &Choice,
        mut playback_speed: PlaybackSpeed,
    ) -> anyhow::Result<Self> {
        let mut reader = RecordingReader::new(open(file).with_context(|| cannot_be_played(file))?);
        let (mut scan, mut left_out) = (
            Self {
                messages: 0,
                takes: Duration::ZERO,
            },
            LeftOut::default(),
        );
        while let Some(played) = choice
            .next(&mut reader, &mut left_out)
            .with_context(|| cannot_be_played(file))?
        {
            scan.messages += 1;
            scan.takes += playback_speed.pause(played.ms);
        }
        Ok(scan)
    }
}

fn cannot_be_played(file: &Path) -> String {
    format!("{} cannot be played", file.display())
}

fn open(file: &Path) -> io::Result<Box<dyn BufRead>> {
    if file.as_os_str() == "-" {
        text::stream(io::stdin())
    } else {
        text::stream(File::open(file)?)
    }
}

#[derive(Debug)]
enum FromReader {
    Message(Played),
    End { left_out: u64 },
    Broken(RecordingError),
}

/// A thread reads the messages, because reading standard input may block.
#[derive(Debug)]
pub(crate) struct RecordedMessages {
    file: PathBuf,
    from_reader: mpsc::Receiver<FromReader>,
    /// Whether the thread has reported its end.
    is_over: bool,
    /// The number of messages and lines that are not played. It is complete only at the end.
    pub(crate) left_out: u64,
}

impl RecordedMessages {
    /// `is_surveyed` means that the broken lines were already reported.
    pub(crate) fn start(file: &Path, choice: &Choice, is_surveyed: bool) -> Self {
        let (sender, from_reader) = mpsc::channel(AHEAD);
        let (path, choice) = (file.to_owned(), choice.clone());
        tokio::task::spawn_blocking(move || {
            let read = || -> Result<u64, RecordingError> {
                let input = open(&path).map_err(|source| RecordingError::Io { line: 1, source })?;
                let (mut reader, mut left_out) = (
                    RecordingReader::new(input),
                    LeftOut {
                        is_reported: is_surveyed,
                        ..LeftOut::default()
                    },
                );
                while let Some(played) = choice.next(&mut reader, &mut left_out)? {
                    if sender.blocking_send(FromReader::Message(played)).is_err() {
                        break;
                    }
                }
                Ok(left_out.unwanted + left_out.broken)
            };
            let last =
                read().map_or_else(FromReader::Broken, |left_out| FromReader::End { left_out });
            // This fails after a stop, because the receiver was dropped.
            drop(sender.blocking_send(last));
        });
        Self {
            file: file.to_owned(),
            from_reader,
            is_over: false,
            left_out: 0,
        }
    }

    /// The next message; `None` at the end. The future may be dropped and the method called again.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<Played>> {
        match self.from_reader.recv().await {
            Some(FromReader::Message(played)) => Ok(Some(played)),
            Some(FromReader::Broken(error)) => {
                self.is_over = true;
                Err(error).with_context(|| cannot_be_played(&self.file))
            }
            Some(FromReader::End { left_out }) => {
                (self.is_over, self.left_out) = (true, left_out);
                Ok(None)
            }
            None if self.is_over => Ok(None),
            // The thread that reads has panicked.
            None => Err(Failure::Broke).with_context(|| cannot_be_played(&self.file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(kinds: &[&str]) -> Choice {
        Choice {
            kinds: Kinds::new(kinds.iter().map(|kind| kind.parse().unwrap()).collect()),
            skip_broken: false,
        }
    }

    #[test]
    fn only_events_are_played_and_no_actions() {
        let events = choice(&[]);
        for kind in ["FOLLOW", "ON_FOLLOW", "ON_BITS", "POLL_PROGRESS"] {
            assert!(events.wants(kind), "{kind}");
        }
        for kind in [
            "SEND_MESSAGE",
            "SUMMARY_DATA",
            "GET_SUMMARY_DATA",
            "LABEL_OVERLAY_PLACEHOLDERS",
            "NOBODY_KNOWS",
            "ON_OBS_SCENE_CHANGE",
        ] {
            assert!(!events.wants(kind), "{kind}");
        }
        let named = choice(&["SEND_MESSAGE", "*OBS*"]);
        assert!(named.wants("SET_SEND_MESSAGE") && !named.wants("FOLLOW"));
        assert!(
            !named.wants("ON_OBS_SCENE_CHANGE") && !named.wants("OBS_SCENE"),
            "never"
        );
    }

    #[test]
    fn pauses_follow_the_recording_and_the_speed() {
        let pauses = |speed, every: Option<u64>, times: &[Option<u64>]| {
            let mut playback_speed = PlaybackSpeed::new(speed, every.map(Duration::from_millis));
            times
                .iter()
                .map(|ms| playback_speed.pause(*ms).as_millis())
                .collect::<Vec<_>>()
        };
        let times = [Some(5_000), Some(5_400), Some(5_300), None, None];
        assert_eq!(pauses(Some(1.0), None, &times), [0, 400, 0, 1_000, 1_000]);
        assert_eq!(pauses(Some(4.0), None, &times), [0, 100, 0, 250, 250]);
        assert_eq!(
            pauses(Some(0.5), Some(100), &times),
            [0, 200, 200, 200, 200]
        );
        assert_eq!(pauses(None, Some(100), &times), [0; 5]);
    }
}

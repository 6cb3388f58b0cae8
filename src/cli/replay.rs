//! `replay`: plays a recording back onto OBS.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::value::{RawValue, to_raw_value};
use tokio::time::{Instant, sleep_until};
use twitchat_bridge::event::received::Replay;
use twitchat_bridge::event::{ObsSubscription, Received};
use twitchat_bridge::input::{self, duration};
use twitchat_bridge::obs::{Batch, RequestError};
use uuid::Uuid;

use super::candidates;
use super::context::Context;
use super::failure::Failure;
use super::out;
use super::progress::Progress;
use super::receiving::kinds::{Kind, Kinds};
use super::receiving::{News, Receiving};
use super::recording::Envelope;
use super::recording::player::{Choice, PlaybackSpeed, Played, RecordedMessages, Scan};
use super::span;

const AFTER_HELP: &str =
    "The command is for testing overlays. Each message gets a new id and the mark \
        \"replay\":true, which Twitchat ignores: the bridge emits the event, but does not count \
it. With --count the bridge counts it as if it happened now.

Only Twitchat's events are played: no requests, no replies, and no actions, which Twitchat would \
carry out. --for plays the named types instead, actions included. Types that begin with OBS_ or \
ON_OBS_ are never played.

FILE is a recording of `record`, or one message per line without times. If a line is broken, the \
command names it and plays nothing; --skip-broken plays the other lines. From standard input (-) \
the lines before a broken one are played. While OBS is closed, the replay waits.

Examples:
  twitchat-bridge replay tuesday.ndjson
  twitchat-bridge replay tuesday.ndjson --speed 10 --loop
  twitchat-bridge replay messages.ndjson --every 2s --for FOLLOW
  zcat tuesday.ndjson.gz | twitchat-bridge replay - --speed max";

/// The pause before a message is sent again if OBS was not ready.
const AGAIN: Duration = Duration::from_millis(500);
/// How long `replay` waits for a message to come back from OBS. After that it warns and sends the
/// next one.
const ECHO_WITHIN: Duration = Duration::from_secs(5);

/// Play a recording back onto OBS to test overlays; it does not change the credits
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The recording to play, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Play this many times as fast; 0 or max for as fast as OBS accepts the messages
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed,
        allow_negative_numbers = true)]
    speed: Speed,
    /// Wait this long between two messages, instead of the recorded time [default: 1s if no time is
    /// recorded]
    #[arg(long, value_name = "DURATION", value_parser = span::read, allow_negative_numbers = true)]
    every: Option<Duration>,
    /// Count the events as if they happened now
    #[arg(long)]
    count: bool,
    /// Repeat the recording until Ctrl-C
    #[arg(long = "loop")]
    again: bool,
    /// Play only messages of this Twitchat type, which may be an action. May be given several times
    #[arg(long = "for", value_name = "TYPE", add = candidates::kinds())]
    kinds: Vec<Kind>,
    /// Skip lines that cannot be read
    #[arg(long)]
    skip_broken: bool,
}

/// The factor by which to play faster; `None` for as fast as possible.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Speed(Option<f64>);

fn speed(text: &str) -> Result<Speed, String> {
    match text.trim().parse::<f64>() {
        _ if text.trim().eq_ignore_ascii_case("max") => Ok(Speed(None)),
        Ok(0.0) => Ok(Speed(None)),
        Ok(factor) if (0.001..=1_000_000.0).contains(&factor) => Ok(Speed(Some(factor))),
        _ => Err(r#"it must be a number such as 0.5 or 10, or "max""#.into()),
    }
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let kinds = Kinds::new(self.kinds);
        kinds.only_of(&["Twitchat"]).map_err(Failure::Usage)?;
        kinds.doubts().for_each(|doubt| out::warn(&doubt));
        let all = kinds.match_all();
        let choice = Choice {
            kinds,
            skip_broken: self.skip_broken,
        };
        let playback_speed = PlaybackSpeed::new(self.speed.0, self.every);
        let scan = scan(&self.file, &choice, &playback_speed, self.again, context)?;
        let config = context.config()?;
        let mut player = Player {
            receiving: Receiving::start(&config, ObsSubscription::default())?,
            mark: if self.count {
                Replay::Counted
            } else {
                Replay::EmittedOnly
            },
            progress: Progress::new(),
            scan,
            due: Instant::now(),
            played: 0,
            left_out: 0,
        };
        player
            .run(&self.file, &choice, &playback_speed, self.again)
            .await?;
        player.progress.clear();
        let left_out = match player.left_out {
            0 => String::new(),
            count if all => format!("; left out {count} that are not Twitchat events"),
            count => format!("; left out {count}"),
        };
        out::note(format_args!(
            "played {}{left_out}",
            input::count(player.played, "message")
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// Scans the file before it is played. Returns `None` for standard input.
fn scan(
    file: &Path,
    choice: &Choice,
    playback_speed: &PlaybackSpeed,
    again: bool,
    context: &Context,
) -> anyhow::Result<Option<Scan>> {
    if file.as_os_str() == "-" {
        if again {
            return Err(Failure::Usage(
                "standard input cannot be played again: --loop needs a file".into(),
            )
            .into());
        }
        if context.takes_stdin() {
            return Err(Failure::Usage(
                "the recording and --password-stdin both read standard input: give \
                    one of them in a file"
                    .into(),
            )
            .into());
        }
        return Ok(None);
    }
    let scan = Scan::of(file, choice, playback_speed.clone())?;
    if scan.messages == 0 {
        return Err(Failure::NothingToPlay {
            file: file.display().to_string(),
        }
        .into());
    }
    Ok(Some(scan))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Go {
    On,
    Stop,
}

#[derive(Debug)]
struct Player {
    receiving: Receiving,
    mark: Replay,
    progress: Progress,
    scan: Option<Scan>,
    due: Instant,
    played: u64,
    left_out: u64,
}

impl Player {
    async fn run(
        &mut self,
        file: &Path,
        choice: &Choice,
        playback_speed: &PlaybackSpeed,
        again: bool,
    ) -> anyhow::Result<()> {
        if self.until_up().await? == Go::Stop {
            return Ok(());
        }
        loop {
            let (mut playback_speed, began) = (playback_speed.clone(), self.played);
            let mut messages = RecordedMessages::start(file, choice, self.scan.is_some());
            loop {
                let message = match self.read(&mut messages).await? {
                    NextMessage::Message(message) => message,
                    NextMessage::End => break,
                    NextMessage::Stopped => return Ok(()),
                };
                self.due += playback_speed.pause(message.ms);
                if self.until_due().await? == Go::Stop || self.play(&message).await? == Go::Stop {
                    return Ok(());
                }
                self.show(self.played - began);
            }
            self.left_out = messages.left_out;
            // If the file contains nothing to play any more, the loop would read it again for ever.
            if !again || self.played == began {
                return Ok(());
            }
        }
    }

    async fn read(&mut self, messages: &mut RecordedMessages) -> anyhow::Result<NextMessage> {
        loop {
            let news = tokio::select! {
                message = messages.next() => {
                    return Ok(message?.map_or(NextMessage::End, NextMessage::Message));
                }
                news = self.receiving.next() => news?,
            };
            let stopped = matches!(news, News::Signal)
                || matches!(news, News::Down) && self.until_up().await? == Go::Stop;
            if stopped {
                return Ok(NextMessage::Stopped);
            }
        }
    }

    /// Waits until OBS is connected. A message that was due meanwhile is sent then.
    async fn until_up(&mut self) -> anyhow::Result<Go> {
        self.progress.clear();
        loop {
            match self.receiving.next().await? {
                News::Signal => return Ok(Go::Stop),
                News::Up(_) => {
                    self.due = Instant::now();
                    return Ok(Go::On);
                }
                _ => {}
            }
        }
    }

    async fn until_due(&mut self) -> anyhow::Result<Go> {
        loop {
            tokio::select! {
                () = sleep_until(self.due) => return Ok(Go::On),
                news = self.receiving.next() => match news? {
                    News::Signal => return Ok(Go::Stop),
                    News::Down => return self.until_up().await,
                    _ => {}
                }
            }
        }
    }

    /// Sends a message again and again until OBS has accepted it.
    async fn play(&mut self, Played { line, message, .. }: &Played) -> anyhow::Result<Go> {
        let id = Uuid::new_v4().to_string();
        let envelope = to_raw_value(&Envelope::new(message, Some(&id), Some(self.mark)))?;
        loop {
            match self.send(&envelope, &id).await? {
                Sent::Stopped => return Ok(Go::Stop),
                Sent::Lost => {
                    if self.until_up().await? == Go::Stop {
                        return Ok(Go::Stop);
                    }
                }
                Sent::Replied(Ok(())) => {
                    self.played += 1;
                    return Ok(Go::On);
                }
                Sent::Replied(Err(RequestError::TooLarge { .. })) => {
                    self.progress.clear();
                    out::warn(&format!("line {line} is too large for OBS: left out"));
                    return Ok(Go::On);
                }
                // Either the link is lost, and the next news reports that, or OBS is not ready yet.
                Sent::Replied(Err(
                    RequestError::NotConnected
                    | RequestError::TimedOut { .. }
                    | RequestError::NotReady { .. },
                )) => {
                    self.due = Instant::now() + AGAIN;
                    if self.until_due().await? == Go::Stop {
                        return Ok(Go::Stop);
                    }
                }
                Sent::Replied(Err(error)) => {
                    return Err(
                        anyhow::Error::from(error).context(format!("line {line} was not played"))
                    );
                }
            }
        }
    }

    /// Sends a message and waits for its echo. OBS replies before it has relayed the message, so
    /// the next message could overtake it. After the echo this cannot happen, because OBS relays a
    /// message to all clients before it relays the next one.
    async fn send(&mut self, envelope: &RawValue, id: &str) -> anyhow::Result<Sent> {
        let obs = self.receiving.obs();
        let sending = obs.broadcast(envelope);
        tokio::pin!(sending);
        let (mut echoed, mut taken) = (false, None);
        loop {
            tokio::select! {
                reply = &mut sending, if taken.is_none() => {
                    if echoed || reply.is_err() {
                        return Ok(Sent::Replied(reply));
                    }
                    taken = Some(Instant::now());
                }
                () = sleep_until(taken.unwrap_or_else(Instant::now) + ECHO_WITHIN),
                    if taken.is_some() => {
                    self.progress.clear();
                    out::warn("OBS accepted a message but did not relay it in time: the following \
                    messages may arrive before it");
                    return Ok(Sent::Replied(Ok(())));
                }
                news = self.receiving.next() => match news? {
                    News::Signal => return Ok(Sent::Stopped),
                    News::Down => return Ok(Sent::Lost),
                    News::Received(batch) => {
                        echoed = echoed || has(&batch, id);
                        if echoed && taken.is_some() {
                            return Ok(Sent::Replied(Ok(())));
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn show(&mut self, played: u64) {
        let all = self
            .scan
            .map(|scan| {
                format!(
                    " of {}, {} in all",
                    scan.messages,
                    duration::show(scan.takes)
                )
            })
            .unwrap_or_default();
        self.progress.show(format_args!("{played}{all}"));
    }
}

fn has(batch: &Batch, id: &str) -> bool {
    batch.events.iter().any(|received| match received {
        Received::Twitchat(message) => message.id.as_deref() == Some(id),
        _ => false,
    })
}

#[derive(Debug)]
enum NextMessage {
    Message(Played),
    End,
    Stopped,
}

#[derive(Debug)]
enum Sent {
    Replied(Result<(), RequestError>),
    /// The connection to OBS was lost.
    Lost,
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds() {
        assert_eq!(
            ["1", "0.5", " 10 "].map(speed),
            [1.0, 0.5, 10.0].map(|factor| Ok(Speed(Some(factor))))
        );
        assert!(
            ["0", "max", "MAX"]
                .iter()
                .all(|text| speed(text) == Ok(Speed(None)))
        );
        assert!(
            ["-1", "fast", "nan", "inf", ""]
                .iter()
                .all(|text| speed(text).is_err())
        );
    }
}

//! `watch`: what is on the bus.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::event::Person;
use twitchat_bridge::obs::{self, Notice, Stop};

use super::context::Context;
use super::decode::{Decoder, Line};
use super::failure::Failure;
use super::glob::Glob;
use super::out::{self, BOLD, DIM, OutError};
use super::signals::Signals;
use super::summary;

const AFTER_HELP: &str = "Names:
  Twitchat.TYPE      a message of Twitchat's as it is, such as Twitchat.ON_FOLLOW
  Twitch.Follow ...  the event of Streamer.bot that it maps to, or one that a bridge sends
  Request.NAME       somebody asks the bridge
  Bridge.Reply       a bridge answers; also Bridge.Hello, Bridge.Taken, Bridge.Message
  Other.Message      anything else; Other.Unreadable what is broken

With --json each line is one object, and these keys stay as they are:
  at    when it was heard, such as 2026-01-31T20:15:00.123Z
  from  twitchat, bridge, client, other; or mapped: made of Twitchat's message, as the bridge does it
  name  as above
  id    the id of the message or request, or null
  data  Twitchat's or the event's data; of requests and bridges the whole message; else null

Examples:
  twitchat-bridge watch
  twitchat-bridge watch --type 'Twitch.*' --type 'Request.*'
  twitchat-bridge watch --json --type Twitch.Raid | jq .data.viewers";

/// See what is on the bus, as it happens
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
    /// Only messages with such a name; * stands for anything, ? for one character. May be given several times
    #[arg(long = "type", value_name = "PATTERN")]
    kinds: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let mut signals = Signals::listen()?;
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        let target = machine::target(&config);
        let read_target = move || std::future::ready(target());
        let (_obs, mut notices) = obs::start(read_target, obs::Options::default(), stop.clone(), &tracker);
        let mut watcher = Watcher { printer: Printer::new(&self), decoder: Decoder::new(broadcaster(&config)), link: Link::Unseen };
        let mut clock = interval(Duration::from_secs(1));
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                notice = notices.recv() => watcher.take(notice.ok_or(Failure::Broke)?)?,
                _ = clock.tick() => {
                    let lines = watcher.decoder.tick(Timestamp::now());
                    watcher.printer.print(&lines)?;
                }
                () = signals.next() => return Ok(ExitCode::SUCCESS),
            }
        }
    }
}

/// Whose channel it is, if the config says.
fn broadcaster(config: &Config) -> Option<Person> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let whose = &config.broadcaster;
    Person::new(&text(&whose.id), &text(&whose.login), &text(&whose.name))
}

/// What was last said of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Unseen,
    Up,
    Down,
}

struct Watcher {
    printer: Printer,
    decoder: Decoder,
    link: Link,
}

impl Watcher {
    fn take(&mut self, notice: Notice) -> anyhow::Result<()> {
        match notice {
            Notice::Heard(batch) => {
                let now = Timestamp::now();
                for heard in &batch.events {
                    self.printer.print(&self.decoder.hear(heard, now))?;
                }
            }
            Notice::Up(info) => {
                let verb = if self.link == Link::Unseen { "connected to" } else { "back:" };
                out::note(format_args!("{verb} OBS {} (obs-websocket {})", info.version.obs, info.version.websocket));
                self.link = Link::Up;
            }
            Notice::Waiting { cause, .. } if self.link == Link::Unseen => return Err(Failure::Link(cause).into()),
            Notice::Down(cause) => {
                out::note(format_args!("{cause}; waiting for it to come back"));
                self.link = Link::Down;
            }
            Notice::Stopped(Stop::Failed(cause)) => return Err(Failure::Link(Arc::clone(&cause)).into()),
            Notice::Waiting { .. } | Notice::SceneChanged(_) | Notice::StreamChanged { .. } | Notice::Stopped(Stop::Shutdown) => {}
        }
        Ok(())
    }
}

struct Printer {
    json: bool,
    kinds: Vec<Glob>,
    zone: TimeZone,
}

impl Printer {
    fn new(args: &Args) -> Self {
        Self { json: args.json, kinds: args.kinds.iter().map(|kind| Glob::new(kind)).collect(), zone: TimeZone::system() }
    }

    fn print(&self, lines: &[Line]) -> Result<(), OutError> {
        let wanted = |line: &&Line| self.kinds.is_empty() || self.kinds.iter().any(|kind| kind.matches(&line.name));
        lines.iter().filter(wanted).try_for_each(|line| self.line(line))
    }

    fn line(&self, line: &Line) -> Result<(), OutError> {
        if self.json {
            return out::line(serde_json::to_string(line).map_err(std::io::Error::from)?);
        }
        let time = line.at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string();
        let name = out::clean(&line.name);
        out::line(format_args!("{DIM}{time}{DIM:#}  {BOLD}{name:<32}{BOLD:#}  {}", summary::of(&line.data)))
    }
}

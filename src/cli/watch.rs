//! `watch`: shows the messages on OBS.

mod once;

use std::process::ExitCode;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use twitchat_bridge::automation::Expression;
use twitchat_bridge::event::ObsSubscription;

use super::candidates;
use super::context::Context;
use super::out::{self, OutError};
use super::receiving::decode::{Decoder, Line};
use super::receiving::filter::{self, Filter};
use super::receiving::kinds::{self, Kind, Kinds};
use super::receiving::subscription::Subscription;
use super::receiving::summary;
use super::receiving::{News, Receiving};
use super::screen;
use once::ShownEvents;

const MORE: &str = "Names of messages:
  Twitchat.TYPE      an unchanged Twitchat message, such as Twitchat.ON_FOLLOW
  Twitch.Follow ...  the event that it maps to, that a program publishes, or that a bridge sends
  Obs.SceneChanged   also Obs.Connected, Disconnected, StreamingStarted, StreamingStopped, \
  RecordingStarted, RecordingStopped
  Obs.Event          any event of OBS; its own name is in data.obsEvent.event
  Obs.VendorEvent    an event of a plugin of OBS
  Obs.CustomEvent    a message of another program, which is its data
  Request.NAME       a request to the bridge  Bridge.Reply       a reply of a bridge; also \
  Bridge.Hello, Bridge.Taken, Bridge.Message
  Other.Unreadable   a broken message

With --json each line is one object with these keys:
  at      when it was received, such as 2026-01-31T20:15:00.123Z
  from    twitchat, bridge, client, obs, other; or mapped: made from a Twitchat message, as the \
  bridge does
  name    as above
  id      the id of the message or request, or null
  data    the data of the message or event; the whole message of a request or a bridge; else null
  replay  true if the message is played back from a recording; else absent

Each event is shown once: a message of Twitchat is shown as its event, if it has one, and an \
event that a bridge emits as well is not shown again. --type shows the messages that you name; \
--all shows everything that OBS sends. Obs.Event and Obs.VendorEvent are shown \
with --all, or if --type names them.

No bridge is needed to see events. Gifts are shown as a bridge emits them: after two seconds \
without another gift of the same giver, and GiftBomb before its gifts. Only a bridge emits \
Credits.*, Raw.* and Custom.*: the command subscribes to them if --type names them.

Examples:
  twitchat-bridge watch
  twitchat-bridge watch --type 'Twitch.*' --type 'Request.*'
  twitchat-bridge watch --all
  twitchat-bridge watch --json --type Twitch.Raid | jq .data.viewers";

/// Show events and requests on OBS as they happen
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{}\n\n{MORE}", kinds::HELP, filter::HELP))]
pub(crate) struct Args {
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
    /// Show only messages with this name, see below. May be given several times
    #[arg(long = "type", value_name = "TYPE", add = candidates::kinds())]
    kinds: Vec<Kind>,
    /// Show only events that match this condition, such as "data.viewers >= 10", see below
    #[arg(long = "where", value_name = "CONDITION", value_parser = filter::condition)]
    condition: Option<Expression>,
    /// Show every message that OBS sends, even repeated events
    #[arg(long)]
    all: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let filter = Filter::new(Kinds::new(self.kinds), self.condition);
        let mut decoder = Decoder::of(&config);
        if !self.all {
            decoder = decoder.without_repeats();
        }
        let once = (!self.all).then(|| ShownEvents::new(filter.kinds().match_all()));
        // Without names, these would show most events twice.
        let events = if self.all && filter.kinds().match_all() {
            ObsSubscription {
                events: true,
                vendors: true,
            }
        } else {
            filter.kinds().of_obs()
        };
        let mut receiving = Receiving::start(&config, events)?;
        let mut subscription = Subscription::to(filter.kinds(), "watch", receiving.obs());
        let mut printer = Printer {
            json: self.json,
            filter,
            once,
            zone: TimeZone::system(),
        };
        loop {
            let (news, now) = (receiving.next().await?, Timestamp::now());
            if matches!(news, News::Signal) {
                break;
            }
            let lines = decoder.take(&news, now);
            if let Some(subscription) = &mut subscription {
                subscription.take(&news, &lines, now);
            }
            printer.print(lines)?;
        }
        if let Some(subscription) = subscription {
            subscription.end().await;
        }
        Ok(ExitCode::SUCCESS)
    }
}

struct Printer {
    json: bool,
    filter: Filter,
    once: Option<ShownEvents>,
    zone: TimeZone,
}

impl Printer {
    fn print(&mut self, lines: Vec<Line>) -> Result<(), OutError> {
        lines.into_iter().try_for_each(|line| {
            let is_shown = self.filter.wants(&line)
                && self.once.as_mut().is_none_or(|once| once.is_first(&line));
            if is_shown { self.line(&line) } else { Ok(()) }
        })
    }

    fn line(&self, line: &Line) -> Result<(), OutError> {
        if self.json {
            return out::line(serde_json::to_string(line).map_err(std::io::Error::from)?);
        }
        let time = line
            .at
            .to_zoned(self.zone.clone())
            .strftime("%H:%M:%S")
            .to_string();
        let name = out::clean(&line.name);
        let text = summary::of(&line.data);
        out::line(screen::event(&time, &name, 32, &text, screen::width()))
    }
}

//! `wait`: waits for an event.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};
use twitchat_bridge::automation::Expression;

use super::candidates;
use super::context::Context;
use super::failure::Failure;
use super::number;
use super::out;
use super::receiving::filter::{self, Filter};
use super::receiving::kinds::{self, Kind, Kinds};
use super::receiving::picker::{self, Picker};
use super::receiving::{News, Receiving};
use super::span;

const EXAMPLES: &str = "Examples:
  twitchat-bridge wait --for FOLLOW
  twitchat-bridge wait --for Twitch.Raid --timeout 10m && twitchat-bridge send SHOUTOUT
  twitchat-bridge wait --for Twitch.Cheer --where 'data.message.bits >= 100'
  twitchat-bridge wait --for Obs.StreamingStopped
  twitchat-bridge wait --for Twitch.Cheer --count 3 | jq -r .data.displayName

Prints each event as `watch --json` does. Exit codes: 0 the event happened, 5 it did not happen \
in time, 1 it was stopped before.";

/// Wait for an event and print it as JSON
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{}\n\n{}\n\n{EXAMPLES}", kinds::HELP, filter::HELP,
    picker::HELP))]
pub(crate) struct Args {
    /// Wait for this event, see below. If given several times, wait for any of them
    #[arg(long = "for", value_name = "TYPE", required = true, add = candidates::kinds())]
    kinds: Vec<Kind>,
    /// Wait only for events that match this condition, such as "data.viewers >= 10", see below
    #[arg(long = "where", value_name = "CONDITION", value_parser = filter::condition)]
    condition: Option<Expression>,
    /// Give up after this time, such as 30s or 5m [default: never]
    #[arg(long, value_name = "DURATION", value_parser = span::read, allow_negative_numbers = true)]
    timeout: Option<Duration>,
    /// Wait for this many events
    #[arg(long, value_name = "N", default_value = "1", allow_negative_numbers = true,
        value_parser = number::whole::<u32>(1..=u32::MAX.into()))]
    count: u32,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        let config = context.config()?;
        let filter = Filter::new(Kinds::new(self.kinds), self.condition);
        let mut receiving = Receiving::start(&config, filter.kinds().of_obs())?;
        let mut picker = Picker::new(&config, "wait", filter, receiving.obs());
        let waiting = async {
            let mut left = self.count;
            loop {
                let news = receiving.next().await?;
                if matches!(news, News::Signal) {
                    return Err(Failure::Stopped.into());
                }
                for line in picker.take(&news, Timestamp::now()) {
                    out::line(serde_json::to_string(&line)?)?;
                    left -= 1;
                    if left == 0 {
                        return Ok(ExitCode::SUCCESS);
                    }
                }
            }
        };
        let ended = tokio::select! {
            ended = waiting => ended,
            within = passed(deadline, self.timeout) => Err(Failure::Late { within }.into()),
        };
        picker.finish().await;
        ended
    }
}

async fn passed(deadline: Option<Instant>, timeout: Option<Duration>) -> Duration {
    match (deadline, timeout) {
        (Some(deadline), Some(timeout)) => {
            sleep_until(deadline).await;
            timeout
        }
        _ => std::future::pending().await,
    }
}

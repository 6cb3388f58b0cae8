//! `send`: sends Twitchat an action or a question.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::{MissedTickBehavior, interval};
use twitchat_bridge::client::{Client, Error};
use twitchat_bridge::daemon::{machine, state};
use twitchat_bridge::input;
use twitchat_bridge::obs::RequestError;
use twitchat_bridge::twitchat::Generation;
use twitchat_bridge::twitchat::action::{self, Expected, Prepared, Problem};
use twitchat_bridge::twitchat::catalogue;

use super::candidates;
use super::client::{self, Timeout};
use super::context::Context;
use super::failure::Failure;
use super::fields::{self, DataFields};
use super::number;
use super::out;
use super::signals::Signals;
use super::span;

const EXAMPLES: &str = "Examples:
  twitchat-bridge send CHAT_FEED_READ count=5
  twitchat-bridge send send-message message='Hello everybody'
  twitchat-bridge send SHOW_CLIP url=https://clips.twitch.tv/AwkwardHelplessSalamander
  twitch api get clips -q id=AwkwardHelplessSalamander | twitchat-bridge send SHOW_CLIP -
  twitchat-bridge send GET_CURRENT_TRACK --wait | jq -r .trackName
  twitchat-bridge send TIMER_ADD timeAdd=30 --repeat 3 --every 10m

`twitchat-bridge actions` lists all actions, `twitchat-bridge actions SHOW_CLIP` explains one. The \
names of every Twitchat version work: the command translates them to the version that the
bridge last received messages from.
Neither the bridge nor Twitchat has to run: exit code 0 means that OBS relayed the action.";

/// Send Twitchat an action, such as a chat message
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{EXAMPLES}", fields::HELP))]
pub(crate) struct Args {
    /// The action's name, in any case, with - or _
    #[arg(value_name = "ACTION", value_parser = name,
        add = candidates::actions())]
    action: String,
    #[command(flatten)]
    fields: DataFields,
    /// Wait for the answer, or for this event, and print its data as JSON
    #[arg(long, value_name = "EVENT", num_args = 0..=1, require_equals = true,
        default_missing_value = "", add = candidates::events())]
    wait: Option<String>,
    #[command(flatten)]
    timeout: Timeout,
    /// Send the action this many times
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=u32::MAX.into()),
        allow_negative_numbers = true)]
    repeat: Option<u32>,
    /// Repeat the action at this interval, such as 30s or 5m. Without --repeat, repeat it until
    /// Ctrl-C
    #[arg(long, value_name = "DURATION", value_parser = span::read, allow_negative_numbers = true)]
    every: Option<Duration>,
    /// Translate the action for this Twitchat version, such as 16 or 17 [default: the version that
    /// last sent the bridge a message]
    #[arg(long, value_name = "VERSION", add = candidates::versions())]
    generation: Option<Generation>,
    /// Send name and data unchanged, without checks and translation
    #[arg(long)]
    no_check: bool,
    /// Do not ask before an action that cannot be undone
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Converts a name to Twitchat's spelling.
fn name(text: &str) -> Result<String, String> {
    let name = text.trim().to_uppercase().replace('-', "_");
    if name.is_empty() {
        Err("the name is empty".into())
    } else if catalogue::is_forbidden(&name) {
        Err(Problem::Forbidden(name).to_string())
    } else if name.chars().any(|c| c.is_whitespace() || c == '=') {
        Err("it must be a name such as SEND_MESSAGE, with fields after it".into())
    } else {
        Ok(name)
    }
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let data = self.fields.object(context)?;
        let config = context.config()?;
        let generation = self.generation.or_else(|| state::generation(&config));
        let prepared = prepare(&self.action, data, generation, self.no_check)?;
        let awaited = self
            .wait
            .as_ref()
            .map(|event| awaited(event, &prepared))
            .transpose()?
            .unwrap_or_default();
        for key in &prepared.dropped {
            out::note(format_args!(
                "{key} is left out: this version of Twitchat ignores it"
            ));
        }
        if let Some(harm) = prepared.destructive.filter(|_| !self.yes) {
            confirm(&prepared.kind, harm)?;
        }
        let round = Round {
            client: client::connect(machine::target(&config), self.timeout).await?,
            asked: &self.action,
            prepared: &prepared,
            awaited: &awaited,
        };
        match (self.every, self.repeat) {
            (None, times) => {
                for _ in 0..times.unwrap_or(1) {
                    round.run().await?;
                }
            }
            (Some(pause), times) => repeat(&round, pause, times).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn prepare(
    name: &str,
    data: Map<String, Value>,
    generation: Option<Generation>,
    unchecked: bool,
) -> Result<Prepared, Failure> {
    let prepared = if unchecked {
        Prepared::raw(name, data)
    } else {
        action::prepare(name, data, generation)
    };
    prepared.map_err(|problem| {
        let way_out = match problem {
            Problem::Forbidden(_) => "",
            Problem::Unknown { .. } => {
                ". `twitchat-bridge actions` lists all actions; --no-check sends any name"
            }
            _ => ". --no-check sends it unchanged",
        };
        Failure::Usage(format!("{problem}{way_out}"))
    })
}

/// The messages to wait for: the event in `--wait`, or else the known answers.
fn awaited(event: &str, prepared: &Prepared) -> Result<Vec<Expected>, Failure> {
    if event.is_empty() {
        if prepared.answers.is_empty() {
            let hint = "no answer to this action is known: name the event to wait for, as in \
                 --wait=CURRENT_TRACK";
            return Err(Failure::Usage(format!("{}: {hint}", prepared.kind)));
        }
        return Ok(prepared.answers.clone());
    }
    let event = name(event).map_err(|why| Failure::Usage(format!("--wait={event}: {why}")))?;
    let Some(entry) = catalogue::look_up(&event) else {
        let known = catalogue::entries().iter().map(|entry| entry.name);
        let similar = input::similar(&event, known).join(" or ");
        let hint = if similar.is_empty() {
            String::new()
        } else {
            format!(": did you mean {similar}?")
        };
        return Err(Failure::Usage(format!(
            "no version of Twitchat has an event {event}{hint}"
        )));
    };
    let kinds = std::iter::once(entry.name)
        .chain(entry.counterparts.iter().copied())
        .collect();
    Ok(vec![Expected { kinds, same: None }])
}

/// Asks the user before an action that cannot be undone.
fn confirm(kind: &str, harm: &str) -> anyhow::Result<()> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Failure::Usage(format!("{kind}: {harm}. Add --yes to send it anyway")).into());
    }
    write!(anstream::stderr(), "{kind}: {harm}. Send it? [y/N] ")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        Err(Failure::Usage("not sent".into()).into())
    }
}

/// Sends the message until the number is reached or the user stops it. If sending takes longer than
/// the pause, the next message is sent later.
async fn repeat(round: &Round<'_>, pause: Duration, times: Option<u32>) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let mut clock = interval(pause);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut left = times;
    while left != Some(0) {
        tokio::select! {
            _ = clock.tick() => {}
            () = signals.next() => return Ok(()),
        }
        tokio::select! {
            done = round.run() => done?,
            () = signals.next() => return Ok(()),
        }
        left = left.map(|left| left - 1);
    }
    Ok(())
}

/// Each message gets a new id, because Twitchat drops a message whose id it has seen.
struct Round<'a> {
    client: Client,
    asked: &'a str,
    prepared: &'a Prepared,
    /// The messages that answer the action. Empty if the user does not wait for an answer.
    awaited: &'a [Expected],
}

impl Round<'_> {
    async fn run(&self) -> anyhow::Result<()> {
        let (sent, answer) = self
            .client
            .deliver(self.prepared, self.awaited)
            .await
            .map_err(too_large)?;
        if let Some(data) = answer {
            return Ok(out::line(serde_json::to_string_pretty(&data)?)?);
        }
        let instead = if sent.kind == self.asked {
            String::new()
        } else {
            format!(" for {}", self.asked)
        };
        out::line(format_args!(
            "sent {}{instead} (id {}): OBS has relayed it to all its clients. It is not known \
                whether Twitchat is open and has acted on it.",
            sent.kind, sent.id
        ))?;
        Ok(())
    }
}

/// If the data is too large for OBS, this is a usage error, because the user gave the data.
fn too_large(error: Error) -> anyhow::Error {
    match &error {
        Error::Obs(cause) if matches!(cause.as_inner(), RequestError::TooLarge { .. }) => {
            Failure::Usage(error.to_string()).into()
        }
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_converted_to_twitchats_spelling() {
        assert_eq!(name(" send-message"), Ok("SEND_MESSAGE".into()));
        assert_eq!(name("Set_Timer_Add"), Ok("SET_TIMER_ADD".into()));
    }

    #[test]
    fn a_forbidden_message_is_refused() {
        for word in ["OBS_MUTE_TOGGLE", "on-obs-scene-change", "obs-x"] {
            assert!(name(word).unwrap_err().contains("never sent"), "{word}");
        }
        assert!(name("message=hi").is_err() && name("").is_err());
    }

    #[test]
    fn the_awaited_event_has_its_names_in_every_version() {
        let track = prepare("get-current-track", Map::new(), None, false).unwrap();
        let kinds = |event| {
            awaited(event, &track)
                .map(|expected| expected[0].kinds.clone())
                .map_err(|error| error.to_string())
        };
        assert_eq!(kinds(""), Ok(vec!["CURRENT_TRACK", "ON_CURRENT_TRACK"]));
        assert_eq!(kinds("on-follow"), Ok(vec!["ON_FOLLOW", "FOLLOW"]));
        assert!(kinds("FOLOW").unwrap_err().contains("did you mean FOLLOW"));
        let silent = prepare("SHOUTOUT", Map::new(), None, false).unwrap();
        assert!(
            awaited("", &silent)
                .unwrap_err()
                .to_string()
                .contains("--wait=")
        );
    }
}

//! `events`: lists Twitchat's messages and the Streamer.bot events that are made of them, or
//! explains one.

mod samples;

use std::collections::BTreeSet;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;
use twitchat_bridge::event::{EventName, name::catalogue as known_events};
use twitchat_bridge::input;
use twitchat_bridge::twitchat::Generation;
use twitchat_bridge::twitchat::catalogue::{self, Class, MessageType};

use super::candidates;
use super::failure::Failure;
use super::out::{self, BOLD, OutError};
use super::screen;
use samples::Samples;

const EXAMPLES: &str = "Examples:
  twitchat-bridge events
  twitchat-bridge events Twitch.Cheer
  twitchat-bridge events ON_SUBSCRIPTION
  twitchat-bridge events --all --json | jq -r '.[].name'

Twitchat's message types have no source. `twitchat-bridge wait`, `exec` and `watch` accept all \
of these names.";

/// Events that only the bridge or OBS causes, each with its cause.
const OTHERS: [(&str, &str); 19] = [
    ("Credits.Started", "the end credits begin to roll"),
    (
        "Credits.Completed",
        "the end credits have rolled to their end",
    ),
    ("Credits.Stopped", "somebody stopped the end credits"),
    ("Credits.Paused", "the end credits were paused"),
    ("Credits.Resumed", "the end credits continue after a pause"),
    ("Obs.Connected", "the bridge has connected to OBS"),
    (
        "Obs.Disconnected",
        "the connection to OBS was lost; shown by `watch`, `wait` and `exec`",
    ),
    (
        "Obs.CustomEvent",
        "another program sent a message over OBS that is not a request",
    ),
    (
        "Obs.Event",
        "any event happens in OBS: data.obsEvent.event is its type in obs-websocket",
    ),
    ("Obs.RecordingStarted", "OBS began to record"),
    ("Obs.RecordingStopped", "OBS stopped recording"),
    ("Obs.SceneChanged", "OBS shows another scene"),
    ("Obs.StreamingStarted", "OBS began to stream"),
    ("Obs.StreamingStopped", "OBS stopped streaming"),
    (
        "Obs.VendorEvent",
        "a plugin or a script of OBS emitted an event of its own",
    ),
    ("Raw.Action", "somebody asked the bridge for an action"),
    ("Raw.ActionCompleted", "the action of a Raw.Action was sent"),
    (
        "Custom.Event",
        "the answer to a DoAction with sbClientResponse",
    ),
    ("Custom.CodeEvent", "a page executed a code trigger"),
];

/// List all events, or explain one
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The event to explain: a Twitchat message type, or Source.Type; in any case
    #[arg(value_name = "EVENT", add = candidates::events())]
    name: Option<String>,
    /// Also list the events that only other programs publish
    #[arg(long)]
    all: bool,
    /// List only the messages of this Twitchat version, such as 16 or 17, and their events
    #[arg(long, value_name = "VERSION", add = candidates::versions())]
    generation: Option<Generation>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The keys are part of `--json`, so they must not change.
#[derive(Debug, Serialize)]
struct Explained {
    name: String,
    /// `Twitchat` for Twitchat's own types.
    source: String,
    /// The meaning of the event, or the moment at which it is emitted.
    about: String,
    /// For a type of Twitchat: every name, with the versions that use it.
    names: Vec<String>,
    /// For a type of Twitchat: the events that are made of it.
    becomes: BTreeSet<String>,
    /// For another event: the types of Twitchat that it is made of.
    from: BTreeSet<String>,
    /// Invented or anonymized data of such an event.
    example: Value,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let samples = Samples::read();
        if let Some(name) = &self.name {
            let explained = one(name, &samples).ok_or_else(|| unknown(name))?;
            if self.json {
                out::line(serde_json::to_string_pretty(&explained)?)?;
            } else {
                explain(&explained)?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        let listed = self.listed(&samples);
        if self.json {
            out::line(serde_json::to_string_pretty(&listed)?)?;
        } else {
            let width = screen::width();
            for event in listed {
                let entry = screen::entry(&event.name, screen::NAMES, &event.about, width);
                out::line(entry)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Twitchat's types come first, then all other events. Both are sorted by name.
    fn listed(&self, samples: &Samples) -> Vec<Explained> {
        let is_wanted = |entry: &&MessageType| {
            let version = self.generation;
            is_emitted(entry)
                && version.map_or(!is_newer_name(entry), |version| {
                    entry.generations.has(version)
                })
        };
        let mut listed: Vec<_> = catalogue::entries()
            .iter()
            .filter(is_wanted)
            .map(|entry| of_twitchat(entry, samples))
            .collect();
        let becomes: BTreeSet<_> = listed
            .iter()
            .flat_map(|event| event.becomes.clone())
            .collect();
        let others = OTHERS
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .filter(|_| self.generation.is_none());
        let mut names: BTreeSet<String> = becomes.into_iter().chain(others).collect();
        if self.all {
            names.extend(known_events().iter().flat_map(|(source, kinds)| {
                kinds.iter().map(move |kind| format!("{source}.{kind}"))
            }));
        }
        listed.extend(names.into_iter().map(|name| of_streamer_bot(name, samples)));
        listed
    }
}

/// Whether Twitchat sends the message. It does not send actions and questions.
fn is_emitted(entry: &MessageType) -> bool {
    matches!(
        entry.class,
        Class::Event | Class::Answer | Class::Announcement
    )
}

/// Whether the entry is only the name in Twitchat 17 of another entry.
fn is_newer_name(entry: &MessageType) -> bool {
    entry.about.is_empty() && entry.generations.has(Generation::Third)
}

fn one(name: &str, samples: &Samples) -> Option<Explained> {
    let name = name.trim();
    let kind = name
        .strip_prefix("Twitchat.")
        .unwrap_or(name)
        .to_uppercase()
        .replace('-', "_");
    if let Some(entry) = catalogue::look_up(&kind).filter(|entry| is_emitted(entry)) {
        return Some(of_twitchat(entry, samples));
    }
    let name = EventName::parse(name)?;
    let is_other = OTHERS
        .iter()
        .any(|(other, _)| other.eq_ignore_ascii_case(&name.to_string()));
    (name.is_known() || is_other || samples.event(&name.to_string()).is_some())
        .then(|| of_streamer_bot(name.to_string(), samples))
}

fn of_twitchat(entry: &MessageType, samples: &Samples) -> Explained {
    let names = || {
        std::iter::once(entry.name)
            .chain(entry.counterparts.iter().copied())
            .filter_map(catalogue::look_up)
    };
    let sample = samples.kind(entry.name);
    Explained {
        name: entry.name.to_owned(),
        source: "Twitchat".into(),
        about: catalogue::about(entry.name).to_owned(),
        names: names()
            .map(|entry| format!("{} ({})", entry.name, entry.generations))
            .collect(),
        becomes: names()
            .filter_map(|entry| samples.kind(entry.name))
            .flat_map(|sample| sample.becomes.clone())
            .collect(),
        from: BTreeSet::new(),
        example: sample.map(|sample| sample.data.clone()).unwrap_or_default(),
    }
}

fn of_streamer_bot(name: String, samples: &Samples) -> Explained {
    let emitted = samples.event(&name);
    let other = OTHERS
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(&name))
        .map(|(_, when)| format!("When {when}."));
    let from = emitted
        .map(|emitted| emitted.by.clone())
        .unwrap_or_default();
    let from_twitchat = || {
        let kinds: Vec<_> = from.iter().cloned().collect();
        if kinds.is_empty() {
            "Only if another program publishes it.".to_owned()
        } else {
            format!("From {}.", kinds.join(", "))
        }
    };
    Explained {
        about: other.unwrap_or_else(from_twitchat),
        source: name.split('.').next().unwrap_or_default().to_owned(),
        names: Vec::new(),
        becomes: BTreeSet::new(),
        example: emitted
            .map(|emitted| emitted.data.clone())
            .or_else(|| samples::of_obs(&name))
            .unwrap_or_default(),
        name,
        from,
    }
}

fn unknown(name: &str) -> Failure {
    let kinds = catalogue::entries()
        .iter()
        .filter(|entry| is_emitted(entry))
        .map(|entry| entry.name.to_owned());
    let events = known_events()
        .iter()
        .flat_map(|(source, kinds)| kinds.iter().map(move |kind| format!("{source}.{kind}")));
    let all: Vec<String> = kinds.chain(events).collect();
    let similar =
        input::similar(&name.replace('-', "_"), all.iter().map(String::as_str)).join(" or ");
    let hint = if similar.is_empty() {
        "`twitchat-bridge events --all` lists all events".to_owned()
    } else {
        format!("did you mean {similar}?")
    };
    Failure::Usage(format!("there is no event {name}: {hint}"))
}

fn explain(event: &Explained) -> Result<(), OutError> {
    let width = screen::width();
    let about = screen::hanging("", &event.about, 0, width);
    out::line(format_args!("{BOLD}{}{BOLD:#}\n{about}\n", event.name))?;
    for name in &event.names {
        out::line(screen::hanging("Name     ", name, 9, width))?;
    }
    let becomes: Vec<_> = event.becomes.iter().map(String::as_str).collect();
    if !becomes.is_empty() {
        out::line(screen::hanging("Becomes  ", &becomes.join(", "), 9, width))?;
    }
    if event.example.is_null() {
        return Ok(());
    }
    out::line(format_args!(
        "\n{BOLD}Data, for example{BOLD:#}\n{:#}",
        event.example
    ))
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan};
    use serde_json::json;
    use twitchat_bridge::event::Received;
    use twitchat_bridge::mapping::emitted;

    use super::*;
    use crate::cli::receiving::decode::{Decoder, From};

    #[test]
    fn the_listed_events_are_those_that_messages_and_the_bridge_cause() {
        let samples = Samples::read();
        let mut caused: BTreeSet<String> = samples.events().map(ToOwned::to_owned).collect();
        caused.extend(OTHERS.iter().map(|(name, _)| (*name).to_owned()));
        caused.extend(of_uncaptured());
        let declared = emitted::by_itself().map(|(source, kind)| format!("{source}.{kind}"));
        assert_eq!(declared.collect::<BTreeSet<_>>(), caused);
    }

    #[test]
    fn every_event_of_obs_has_an_example() {
        for (source, kind) in emitted::by_itself().filter(|(source, _)| *source == "Obs") {
            let name = format!("{source}.{kind}");
            assert!(samples::of_obs(&name).is_some(), "{name}");
        }
    }

    /// Events without a captured message: a chat message on YouTube, and a prediction whose points
    /// change.
    fn of_uncaptured() -> BTreeSet<String> {
        let user =
            json!({ "id": "UCq3fXh0cJm1vZr8yXb2kQeg", "login": "yuki", "displayName": "Yuki" });
        let points = |points: u32| {
            let outcomes = json!([{ "id": "a", "label": "Yes", "votes": points, "voters": 1 },
                { "id": "b", "label": "No", "votes": 1 }]);
            let prediction = json!({ "id": "p", "title": "?", "outcomes": outcomes,
                "duration_s": 120, "pendingAnswer": false });
            json!({ "origin": "twitchat", "type": "ON_PREDICTION_PROGRESS",
                "id": points.to_string(), "data": { "prediction": prediction } })
        };
        let first = json!({ "origin": "twitchat", "type": "ON_MESSAGE_FIRST_TODAY", "id": "f",
            "data": { "message": "hi", "user": user } });
        let (mut decoder, at) = (Decoder::default(), Timestamp::UNIX_EPOCH);
        let mut lines = Vec::new();
        for message in [first, points(1), points(2)] {
            lines.extend(decoder.receive(&Received::read(&message.to_string()).unwrap(), at));
        }
        lines.extend(decoder.tick(at + 3.seconds()));
        lines
            .into_iter()
            .filter(|line| line.from == From::Mapped)
            .map(|line| line.name)
            .collect()
    }
}

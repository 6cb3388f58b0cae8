//! The values that a shell can complete: names of actions, events, requests and themes, and the
//! sections, rules and labels of the config.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;

use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use twitchat_bridge::config::{self, Config, Flags};
use twitchat_bridge::daemon::machine;
use twitchat_bridge::mapping::emitted;
use twitchat_bridge::overlay;
use twitchat_bridge::request;
use twitchat_bridge::twitchat::action;
use twitchat_bridge::twitchat::catalogue::{self, Class};

/// The names of actions in every version of Twitchat.
pub(crate) fn actions() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let names = action::actions().flat_map(|action| {
            let about = action.about;
            action.names.all().map(move |name| (name.to_owned(), about))
        });
        described(names)
    })
}

/// The values of `events`: message types of Twitchat, and `Source.Type`.
pub(crate) fn events() -> ArgValueCandidates {
    ArgValueCandidates::new(|| described(types().chain(emitted())))
}

/// The values of `--type`, `--for` and `--on`: events, and all events of a source.
pub(crate) fn kinds() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let sources: BTreeSet<String> = emitted::all()
            .map(|event| format!("{}.*", event.source))
            .collect();
        described(
            types()
                .chain(emitted())
                .chain(sources.into_iter().map(|source| (source, ""))),
        )
    })
}

pub(crate) fn requests() -> ArgValueCandidates {
    ArgValueCandidates::new(|| described(request::known_names().map(|name| (name.to_owned(), ""))))
}

/// The keys of all settings of the config file.
pub(crate) fn settings() -> ArgValueCandidates {
    ArgValueCandidates::new(|| described(config::names().map(|name| (name, ""))))
}

/// The themes of the end-credits page, and the themes in the user's own style sheet.
pub(crate) fn themes() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let own = overlay::custom_css(overlay::usual_folder().as_deref());
        described(overlay::themes(&own).into_iter().map(|name| (name, "")))
    })
}

/// The ids of the sections of the end credits. They come from the config, or are the default ones.
pub(crate) fn sections() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let sections = config().unwrap_or_default().overlay.script.sections;
        described(sections.into_iter().map(|section| (section.id.into(), "")))
    })
}

pub(crate) fn rules() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let rules = config().map(|config| config.rules).unwrap_or_default();
        let names: Vec<String> = rules
            .rules
            .iter()
            .map(|rule| rule.name.to_string())
            .collect();
        described(names.into_iter().map(|name| (name, "")))
    })
}

/// The names of the text sources of the config's labels.
pub(crate) fn labels() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let rules = config().map(|config| config.rules).unwrap_or_default();
        let names: Vec<String> = rules
            .labels
            .iter()
            .map(|label| label.source.to_string())
            .collect();
        described(names.into_iter().map(|name| (name, "")))
    })
}

pub(crate) fn versions() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        described(["16", "17"].map(|name| (name.to_owned(), "")).into_iter())
    })
}

/// The message types that Twitchat emits.
fn types() -> impl Iterator<Item = (String, &'static str)> {
    catalogue::entries()
        .iter()
        .filter(|entry| {
            matches!(
                entry.class,
                Class::Event | Class::Answer | Class::Announcement
            )
        })
        .map(|entry| (entry.name.to_owned(), catalogue::about(entry.name)))
}

fn emitted() -> impl Iterator<Item = (String, &'static str)> {
    emitted::all().map(|event| (event.to_string(), ""))
}

/// Sorts the names and removes repetitions. A shell shows the description beside the name, if there
/// is one.
fn described(names: impl Iterator<Item = (String, &'static str)>) -> Vec<CompletionCandidate> {
    let sorted: BTreeSet<(String, &'static str)> = names.collect();
    sorted
        .into_iter()
        .map(|(name, about)| {
            let help = Some(about).filter(|about| !about.is_empty());
            CompletionCandidate::new(name).help(help.map(Into::into))
        })
        .collect()
}

/// The config from the `--config` on the command line, or from the default file. `None` if it
/// cannot be read, because a shell shows no errors while it completes.
fn config() -> Option<Config> {
    let words: Vec<_> = env::args_os().collect();
    let after = |(option, value): (&_, &_)| (*option == "--config").then(|| PathBuf::from(value));
    let file = words.iter().zip(words.iter().skip(1)).find_map(after);
    let flags = Flags {
        config: file,
        ..Flags::default()
    };
    machine::config(flags).ok().map(|(config, _)| config)
}

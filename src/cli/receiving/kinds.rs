//! The names of the events that a verb reacts to, as the user gives them: `FOLLOW`,
//! `Twitchat.ON_FOLLOW`, `Twitch.*`. `watch`, `wait`, `exec`, `record` and `replay` use them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::str::FromStr;

use twitchat_bridge::event::{EventName, Glob, ObsSubscription};
use twitchat_bridge::mapping::emitted;
use twitchat_bridge::twitchat::catalogue;

pub(crate) const HELP: &str = "Events:
  FOLLOW             a Twitchat message type, under the names of all versions: ON_FOLLOW too
  Twitchat.FOLLOW    exactly this type
  Twitch.Follow ...  an event as Streamer.bot names it
  Twitch.*           * stands for anything, ? for one character";

/// The sources of events that only a bridge emits, because they are about its own work.
const OF_BRIDGE: [&str; 3] = ["Credits", "Raw", "Custom"];

/// The sources of messages that are not events.
const OTHERS: [&str; 3] = ["Request", "Bridge", "Other"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `Source.Type`, or a pattern.
    Named(Glob, String),
    /// A type of Twitchat, with its names in every version.
    Twitchat(Vec<String>),
}

impl FromStr for Kind {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let text = text.trim();
        if text.contains(['.', '*', '?']) {
            return Ok(Self::Named(Glob::new(text), text.to_owned()));
        }
        Ok(Self::Twitchat(names_of(
            &text.to_uppercase().replace('-', "_"),
        )))
    }
}

/// `None` if `text` names no source, or the source `*`.
fn glob_of_source(text: &str) -> Option<Glob> {
    text.split_once('.')
        .filter(|(source, _)| *source != "*")
        .map(|(source, _)| Glob::new(source))
}

/// All names of a message type, before and after Twitchat's renamings.
fn names_of(kind: &str) -> Vec<String> {
    let own = catalogue::look_up(kind)
        .map(|entry| entry.counterparts.clone())
        .unwrap_or_default();
    let others = catalogue::entries()
        .iter()
        .filter(|entry| entry.counterparts.contains(&kind))
        .map(|entry| entry.name);
    let mut names: Vec<String> = [kind]
        .into_iter()
        .chain(own)
        .chain(others)
        .map(ToOwned::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

impl Kind {
    fn matches(&self, name: &str) -> bool {
        let twitchat = name.strip_prefix("Twitchat.");
        match self {
            Self::Twitchat(names) => {
                twitchat.is_some_and(|kind| names.iter().any(|name| name == kind))
            }
            Self::Named(glob, text) => {
                glob.matches(name)
                    || (!text.contains('.') && twitchat.is_some_and(|kind| glob.matches(kind)))
            }
        }
    }

    /// The warning about an unknown name, or about an event that the bridge never emits by itself.
    fn doubt(&self) -> Option<String> {
        match self {
            Self::Twitchat(names)
                if names.iter().any(|name| catalogue::look_up(name).is_some()) =>
            {
                None
            }
            Self::Twitchat(names) => {
                emitted::doubt_of_type(names.first().map_or("", String::as_str))
            }
            Self::Named(glob, text) if text.contains(['*', '?']) => {
                let is_other =
                    |source: &str| glob_of_source(text).is_some_and(|glob| glob.matches(source));
                let is_type = !text.contains('.')
                    && catalogue::entries()
                        .iter()
                        .any(|entry| glob.matches(entry.name));
                let of_twitchat = || {
                    catalogue::entries()
                        .iter()
                        .any(|entry| glob.matches(&format!("Twitchat.{}", entry.name)))
                };
                if is_type || OTHERS.into_iter().any(is_other) || of_twitchat() {
                    return None;
                }
                emitted::doubt_of_pattern(text, |name| glob.matches(&name.to_string()))
            }
            Self::Named(_, text) => {
                let name = EventName::parse(text)?;
                if OTHERS
                    .iter()
                    .any(|source| name.source.eq_ignore_ascii_case(source))
                {
                    None
                } else {
                    emitted::doubt(&name)
                }
            }
        }
    }

    /// The source and the type. `None` if not only a bridge emits the event.
    fn of_bridge(&self) -> Option<(&'static str, String)> {
        let Self::Named(_, text) = self else {
            return None;
        };
        let (source, kind) = text.split_once('.')?;
        let source = OF_BRIDGE
            .into_iter()
            .find(|own| own.eq_ignore_ascii_case(source))?;
        Some((
            source,
            if kind.contains(['*', '?']) {
                "*".to_owned()
            } else {
                kind.to_owned()
            },
        ))
    }
}

/// All names that the user gave. Without any name, everything matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kinds(Vec<Kind>);

impl Kinds {
    pub(crate) fn new(kinds: Vec<Kind>) -> Self {
        Self(kinds)
    }

    /// Checks that all names with a source have one of these sources. The error is about the first
    /// name with another source.
    pub(crate) fn only_of(&self, sources: &[&str]) -> Result<(), String> {
        let is_fine = |text: &str| match text.split_once('.') {
            Some((source, _)) => {
                source.contains(['*', '?'])
                    || sources.iter().any(|one| one.eq_ignore_ascii_case(source))
            }
            None => true,
        };
        self.0
            .iter()
            .find_map(|kind| match kind {
                Kind::Named(_, text) if !is_fine(text) => Some(format!(
                    "{text} is not a message on OBS, but is made of one: name a type of \
                        Twitchat's, such as FOLLOW"
                )),
                _ => None,
            })
            .map_or(Ok(()), Err)
    }

    pub(crate) fn match_all(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        self.match_all() || self.0.iter().any(|kind| kind.matches(name))
    }

    /// The warnings about the names.
    pub(crate) fn doubts(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(Kind::doubt)
    }

    /// The events that OBS sends only to subscribers. Empty without any name.
    pub(crate) fn of_obs(&self) -> ObsSubscription {
        let named = |name| !self.match_all() && self.matches(name);
        ObsSubscription {
            events: named("Obs.Event"),
            vendors: named("Obs.VendorEvent"),
        }
    }

    /// The events to subscribe to at a bridge, in the form that a `Subscribe` has.
    pub(crate) fn of_bridge(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut events: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (source, kind) in self.0.iter().filter_map(Kind::of_bridge) {
            events.entry(source).or_default().push(kind);
        }
        events
    }
}

/// Whether only a bridge emits events of this source. The verb itself decodes all other events, so
/// they need no bridge.
pub(crate) fn is_of_bridge(source: &str) -> bool {
    OF_BRIDGE.contains(&source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(texts: &[&str]) -> Kinds {
        Kinds::new(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn a_plain_type_matches_its_names_in_every_version() {
        for given in ["FOLLOW", "on-follow", " On_Follow "] {
            let kinds = kinds(&[given]);
            assert!(
                kinds.matches("Twitchat.FOLLOW") && kinds.matches("Twitchat.ON_FOLLOW"),
                "{given}"
            );
            assert!(
                !kinds.matches("Twitch.Follow") && !kinds.matches("Twitchat.FOLLOWERS"),
                "{given}"
            );
        }
        let modes = kinds(&["STOP_EMERGENCY"]);
        assert!(
            modes.matches("Twitchat.SET_EMERGENCY_MODE")
                && !modes.matches("Twitchat.START_EMERGENCY")
        );
        assert!(kinds(&["SOMETHING_NEW"]).matches("Twitchat.SOMETHING_NEW"));
    }

    #[test]
    fn full_names_match_exactly_and_patterns_as_written() {
        assert!(
            kinds(&["Twitchat.FOLLOW"]).matches("Twitchat.FOLLOW")
                && !kinds(&["Twitchat.FOLLOW"]).matches("Twitchat.ON_FOLLOW")
        );
        assert!(
            kinds(&["twitch.*"]).matches("Twitch.Raid")
                && !kinds(&["twitch.*"]).matches("Twitchat.RAID")
        );
        assert!(
            kinds(&["*"]).matches("Other.Unreadable")
                && kinds(&["on_*"]).matches("Twitchat.ON_BITS")
        );
        assert!(kinds(&["raid", "*follow*"]).matches("Twitch.Follow"));
        assert!(kinds(&[]).matches("Anything.AtAll"));
    }

    #[test]
    fn unknown_names_give_a_warning() {
        let doubts = |texts: &[&str]| kinds(texts).doubts().collect::<Vec<_>>();
        let fine = [
            "FOLLOW",
            "ON_FOLLOW",
            "Twitch.Follow",
            "twitch.follow",
            "Request.GetInfo",
            "Request.*",
            "Twitchat.ON_*",
            "on_*",
            "*",
        ];
        assert_eq!(doubts(&fine), [""; 0]);
        assert_eq!(
            doubts(&["FOLOW", "Twitchat.FOLOW", "Twitch.Folow", "*.Folow"]),
            [
                "FOLOW is not in any known version of Twitchat; did you mean FOLLOW?",
                "FOLOW is not in any known version of Twitchat; did you mean FOLLOW?",
                "no event Twitch.Folow is known: it comes only when another program publishes it \
                    with PublishEvent; did you mean Twitch.Follow?",
                "no known event matches *.Folow",
            ]
        );
    }

    #[test]
    fn events_that_only_other_programs_publish_give_a_warning() {
        let doubts = |text: &str| kinds(&[text]).doubts().next();
        for text in [
            "Twitch.*",
            "*sub*",
            "Custom.Party",
            "Credits.*",
            "Obs.SceneChanged",
        ] {
            assert_eq!(doubts(text), None, "{text}");
        }
        assert!(doubts("Kofi.Donation").unwrap().contains(
            "never emits Kofi.Donation: it comes only when another program publishes it"
        ));
        assert!(
            doubts("Twitch.Shoutout*")
                .unwrap()
                .contains("never emits an event that matches Twitch.Shoutout*")
        );
    }

    #[test]
    fn named_events_of_obs_are_subscribed_to() {
        let of = |names: &[&str]| {
            let ObsSubscription { events, vendors } = kinds(names).of_obs();
            (events, vendors)
        };
        assert_eq!(of(&["obs.event", "FOLLOW"]), (true, false));
        assert_eq!(of(&["Obs.VendorEvent"]), (false, true));
        assert_eq!((of(&["Obs.*"]), of(&["*"])), ((true, true), (true, true)));
        assert_eq!(
            (of(&[]), of(&["Obs.SceneChanged", "Custom.Event"])),
            ((false, false), (false, false))
        );
    }

    #[test]
    fn events_that_only_a_bridge_emits_are_subscribed_to() {
        assert!(
            kinds(&["Twitch.Follow", "FOLLOW", "*"])
                .of_bridge()
                .is_empty()
        );
        let asked = kinds(&["credits.Completed", "Credits.St*", "RAW.*"]).of_bridge();
        assert_eq!(
            asked,
            BTreeMap::from([
                ("Credits", vec!["Completed".to_owned(), "*".into()]),
                ("Raw", vec!["*".into()])
            ])
        );
    }
}

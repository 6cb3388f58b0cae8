//! Names of events: `Source.Type` in Streamer.bot's canonical spelling, and the catalogue of all
//! known names.

use std::{collections::HashMap, fmt, sync::LazyLock};

/// Source and type of an event, in canonical spelling if the catalogue has the name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventName {
    /// `Twitch`, `Kofi`, `Obs`, …
    pub source: Box<str>,
    /// `Follow`, `Donation`, …
    pub kind: Box<str>,
}

type Types = (Box<str>, Vec<Box<str>>);

/// The source of Twitchat's own messages as events.
pub const TWITCHAT: &str = "Twitchat";

/// Sources and their types: all from Streamer.bot 1.0's `GetEvents`, newer ones that were observed
/// in use, and older ones to which overlays still subscribe.
static CATALOGUE: LazyLock<Vec<Types>> = LazyLock::new(|| {
    let sources: HashMap<Box<str>, Vec<Box<str>>> =
        serde_json::from_str(include_str!("catalogue.json")).unwrap_or_default();
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.sort();
    sources
});

/// Maps each lower-case `source.type` to its canonical name.
static INDEX: LazyLock<HashMap<String, EventName>> = LazyLock::new(|| {
    let mut index = HashMap::new();
    for (source, kinds) in catalogue() {
        for kind in kinds {
            let name = EventName {
                source: source.clone(),
                kind: kind.clone(),
            };
            index.insert(name.to_string().to_ascii_lowercase(), name);
        }
    }
    index
});

/// Every known source with its types, sorted by source.
pub fn catalogue() -> &'static [Types] {
    &CATALOGUE
}

impl EventName {
    /// Makes a name, in canonical spelling if the catalogue has it. Case does not matter.
    pub fn new(source: &str, kind: &str) -> Self {
        let given = Self {
            source: source.into(),
            kind: kind.into(),
        };
        INDEX
            .get(&given.to_string().to_ascii_lowercase())
            .cloned()
            .unwrap_or(given)
    }

    /// Reads `Source.Type`. Returns `None` without a point, and if one of the parts is empty.
    pub fn parse(text: &str) -> Option<Self> {
        let (source, kind) = text.split_once('.')?;
        (!source.is_empty() && !kind.is_empty()).then(|| Self::new(source, kind))
    }

    /// Whether the catalogue has this name.
    pub fn is_known(&self) -> bool {
        INDEX.contains_key(&self.to_string().to_ascii_lowercase())
    }

    /// Whether the name equals the given `Source` and `Type`, ignoring case.
    pub fn is(&self, source: &str, kind: &str) -> bool {
        self.source.eq_ignore_ascii_case(source) && self.kind.eq_ignore_ascii_case(kind)
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.source, self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogue_holds_every_source_and_type_of_the_public_tables() {
        // 44 sources with 464 types in today's client table, HotKey, two that were observed in use,
        // and those that were dropped over the years; also the bridge's own: Credits, with 5, and
        // Obs.CustomEvent.
        assert_eq!(catalogue().len(), 46);
        assert_eq!(
            catalogue()
                .iter()
                .map(|(_, kinds)| kinds.len())
                .sum::<usize>(),
            493
        );
    }

    #[test]
    fn any_case_becomes_canonical_and_strangers_stay_as_they_are() {
        assert_eq!(
            EventName::new("twitch", "giftsub").to_string(),
            "Twitch.GiftSub"
        );
        assert_eq!(
            EventName::parse("YOUTUBE.superchat").unwrap().to_string(),
            "YouTube.SuperChat"
        );
        let stranger = EventName::new("Acme", "Boom");
        assert_eq!(
            (stranger.to_string().as_str(), stranger.is_known()),
            ("Acme.Boom", false)
        );
        assert_eq!(
            (
                EventName::parse("Twitch"),
                EventName::parse(".x"),
                EventName::parse("x.")
            ),
            (None, None, None)
        );
    }
}

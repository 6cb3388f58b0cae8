use crate::{
    event::{
        EventName, Glob,
        name::{self, TWITCHAT},
    },
    input::{did_you_mean, nearest},
    mapping::{emitted, obs},
    twitchat::catalogue as types,
};

/// A pattern that event names can match: `Twitch.Raid`, `Twitch.*`, `Twitchat.ON_*`, `*.GiftSub`,
/// `*`. Case does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    source: Glob,
    kind: Glob,
    written: Box<str>,
}

impl Pattern {
    /// If a name has no `*` and its source is known, the event must be known too. This finds typing
    /// errors.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((source, kind)) = text
            .split_once('.')
            .or_else(|| (text == "*").then_some(("*", "*")))
        else {
            let hint = of_any_source(text)
                .map(|known| format!("; did you mean {known}?"))
                .unwrap_or_default();
            return Err(format!(
                "{text} is not a name of events: write a source and a type such as \
                    Twitch.Raid{hint}"
            ));
        };
        if source.is_empty() || kind.is_empty() || text.chars().any(char::is_whitespace) {
            return Err(format!(
                "{text:?} is not a name of events: write a source and a type such as Twitch.Raid"
            ));
        }
        let pattern = Self {
            source: Glob::new(source),
            kind: Glob::new(kind),
            written: text.into(),
        };
        let exact = !text.contains('*');
        if exact && !source.eq_ignore_ascii_case(TWITCHAT) {
            let event = EventName::new(source, kind);
            let sources = name::catalogue()
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(source));
            if sources && !event.is_known() && !source.eq_ignore_ascii_case("Custom") {
                let known: Vec<_> = name::catalogue()
                    .iter()
                    .filter(|(known, _)| known.eq_ignore_ascii_case(source))
                    .flat_map(|(source, kinds)| {
                        kinds.iter().map(move |kind| format!("{source}.{kind}"))
                    })
                    .collect();
                let near = nearest(text, known.iter().map(String::as_str));
                return Err(format!("there is no event {text}{}", did_you_mean(near)));
            }
        }
        Ok(pattern)
    }

    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// A warning if no matching event may ever come. `None` if the bridge emits a matching event by
    /// itself.
    pub(super) fn doubt(&self) -> Option<String> {
        let is_exact = !self.written.contains(['*', '?']);
        if self.names_twitchat() {
            let (_, kind) = self.written.split_once('.')?;
            let is_known = |name: &str| self.kind.matches(name);
            return match (
                is_exact,
                types::entries().iter().any(|entry| is_known(entry.name)),
            ) {
                (true, _) => emitted::doubt_of_type(kind),
                (false, true) => None,
                (false, false) => Some(format!(
                    "no known message of Twitchat matches {}",
                    self.written
                )),
            };
        }
        if is_exact {
            return emitted::doubt(&EventName::parse(&self.written)?);
        }
        emitted::doubt_of_pattern(&self.written, |name| self.matches(name))
    }

    /// Whether it matches Twitchat's own messages. `*` alone does not.
    pub fn names_twitchat(&self) -> bool {
        !self.source.is_all() && self.source.matches(TWITCHAT)
    }

    pub fn matches(&self, event: &EventName) -> bool {
        let is_raw = event.source.eq_ignore_ascii_case(TWITCHAT) || obs::is_passed_on(event);
        let names_source = !(is_raw && self.source.is_all());
        names_source && self.source.matches(&event.source) && self.kind.matches(&event.kind)
    }
}

fn of_any_source(kind: &str) -> Option<String> {
    let twitch_first = name::catalogue()
        .iter()
        .filter(|(source, _)| &**source == "Twitch")
        .chain(name::catalogue());
    let found =
        twitch_first.flat_map(|(source, kinds)| kinds.iter().map(move |known| (source, known)));
    found
        .into_iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(kind))
        .map(|(source, known)| format!("{source}.{known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, event: &str) -> bool {
        Pattern::parse(pattern)
            .unwrap()
            .matches(&EventName::parse(event).unwrap())
    }

    #[test]
    fn names_match_in_any_case_and_with_stars() {
        assert!(
            matches("twitch.raid", "Twitch.Raid") && !matches("Twitch.Raid", "Twitch.RaidStart")
        );
        assert!(
            matches("Twitch.*Sub*", "Twitch.ReSub")
                && matches("*.GiftSub", "Twitch.GiftSub")
                && matches("*", "Kofi.Donation")
        );
        assert!(
            matches("Twitch.Hype*End", "Twitch.HypeTrainEnd")
                && !matches("Twitch.Hype*End", "Twitch.HypeTrainStart")
        );
        assert!(matches("Acme.Boom", "Acme.Boom") && matches("Obs.S?ene*", "Obs.SceneChanged"));
    }

    #[test]
    fn only_a_pattern_that_names_twitchat_matches_its_messages() {
        assert!(
            matches("Twitchat.ON_FOLLOW", "Twitchat.ON_FOLLOW")
                && matches("twitchat.*", "Twitchat.FOLLOW")
        );
        assert!(!matches("*", "Twitchat.FOLLOW") && !matches("*.FOLLOW", "Twitchat.FOLLOW"));
        assert!(matches("*.FOLLOW", "Twitch.Follow"));
    }

    #[test]
    fn messages_that_obs_passes_on_need_their_source_in_the_pattern() {
        for event in ["Obs.Event", "Obs.VendorEvent", "Obs.CustomEvent"] {
            assert!(matches(event, event));
            assert!(matches("Obs.*", event));
            assert!(!matches("*", event));
        }
        assert!(matches("*", "Obs.SceneChanged"));
    }

    #[test]
    fn a_typing_error_is_reported() {
        let wrong = |text: &str| Pattern::parse(text).unwrap_err();
        assert_eq!(
            wrong("Twitch.Riad"),
            "there is no event Twitch.Riad; did you mean Twitch.Raid?"
        );
        assert_eq!(
            wrong("raid"),
            "raid is not a name of events: write a source and a type such as Twitch.Raid; did you \
                mean Twitch.Raid?"
        );
        assert!(wrong("Twitch.").contains("a source and a type"));
    }
}

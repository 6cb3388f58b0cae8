//! The events that a verb reacts to: their names, and a condition on their data. `watch`, `wait`
//! and `exec` use them.

use twitchat_bridge::automation::{Context, Expression};

use super::decode::Line;
use super::kinds::Kinds;
use crate::cli::out;

pub(crate) const HELP: &str = "Conditions:
  data.viewers >= 10                    a field of the event's data (`data` in its JSON)
  data.user.login in ['anna', 'berta']  a missing field is false
  event.type == 'Follow' and not (data.displayName | lower).endswith('bot')
Conditions are written as in rules (docs/rules.md), with the names event and data only.";

pub(crate) fn condition(text: &str) -> Result<Expression, String> {
    Expression::parse_of_event(text).map_err(|error| error.to_string())
}

/// The names of the events, and a condition.
#[derive(Debug)]
pub(crate) struct Filter {
    kinds: Kinds,
    condition: Option<Expression>,
    complained: bool,
}

impl Filter {
    pub(crate) fn new(kinds: Kinds, condition: Option<Expression>) -> Self {
        kinds.doubts().for_each(|doubt| out::warn(&doubt));
        Self {
            kinds,
            condition,
            complained: false,
        }
    }

    pub(crate) fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// Whether the line has one of the names and the condition is true. A condition that cannot be
    /// evaluated counts as false, and the first such error is shown.
    pub(crate) fn wants(&mut self, line: &Line) -> bool {
        if !self.kinds.matches(&line.name) {
            return false;
        }
        let Some(condition) = &self.condition else {
            return true;
        };
        let (source, kind) = line.name.split_once('.').unwrap_or(("", &line.name));
        condition
            .test(&Context::of_event(source, kind, &line.data))
            .unwrap_or_else(|failed| {
                if !std::mem::replace(&mut self.complained, true) {
                    out::warn(&format!("the condition fails on {}: {failed}", line.name));
                }
                false
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cli::receiving::decode::From;

    fn line(name: &str, data: Value) -> Line {
        Line {
            at: jiff::Timestamp::UNIX_EPOCH,
            from: From::Mapped,
            name: name.into(),
            id: Value::Null,
            data,
            counterpart: Value::Null,
            replay: false,
        }
    }

    #[test]
    fn name_and_condition_must_both_match() {
        let kinds = Kinds::new(vec!["Twitch.*".parse().unwrap()]);
        let mut filter = Filter::new(
            kinds,
            Some(condition("data.viewers >= 10 and event.type == 'Raid'").unwrap()),
        );
        assert!(filter.wants(&line("Twitch.Raid", json!({ "viewers": 10 }))));
        for (name, data) in [
            ("Twitch.Raid", json!({ "viewers": 9 })),
            ("Twitch.Raid", Value::Null),
            ("Twitch.Cheer", json!({ "viewers": 10 })),
        ] {
            assert!(!filter.wants(&line(name, data.clone())), "{name} {data}");
        }
        assert!(!filter.wants(&line("Kick.Raid", json!({ "viewers": 10 }))));
    }

    #[test]
    fn a_condition_that_cannot_be_evaluated_is_false() {
        let mut filter = Filter::new(
            Kinds::new(Vec::new()),
            Some(condition("data.viewers | join > 1 or data.viewers < 'x'").unwrap()),
        );
        assert!(!filter.wants(&line("Twitch.Raid", json!({ "viewers": 1 }))));
    }

    #[test]
    fn a_value_that_only_a_bridge_has_is_refused() {
        assert!(
            condition("state.streaming")
                .unwrap_err()
                .contains("state does not exist; only a running bridge has this value")
        );
        assert!(condition("data.viewers >").is_err());
    }

    #[test]
    fn an_unknown_name_lists_only_the_names_that_exist_here() {
        let error = condition("weather == 'fine'").unwrap_err();
        assert!(error.ends_with("known are event, data"), "{error}");
        let error = condition("dat.x").unwrap_err();
        assert!(error.ends_with("did you mean data?"), "{error}");
        let error = condition("stat.x").unwrap_err();
        assert!(!error.contains("state"), "{error}");
    }
}

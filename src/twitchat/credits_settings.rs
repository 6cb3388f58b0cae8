//! The settings of Twitchat's own end-credits overlay, as `ENDING_CREDITS_CONFIGS` and the summary
//! have them: general parameters, and one slot for each section.
//!
//! Twitchat leaves out parameters that were never set, and adds others with each version. So the
//! settings stay a JSON object, and [`Params`] reads one parameter at a time.

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::lenient;
use crate::input::Given;

/// The messages with which Twitchat sends its settings while somebody changes them.
pub const CONFIGS: [&str; 2] = ["ENDING_CREDITS_CONFIGS", "ON_ENDING_CREDITS_CONFIGS"];

/// The general parameters of Twitchat 16 and 17.
pub const GENERAL: &[&str] = &[
    "scale",
    "padding",
    "paddingTitle",
    "stickyTitle",
    "colorTitle",
    "colorEntry",
    "fontTitle",
    "fontEntry",
    "ignoreBots",
    "ignoreCustomBots",
    "textShadow",
    "timing",
    "duration",
    "startDelay",
    "loop",
    "showIcons",
    "powerUpEmotes",
    "speed",
    "fadeSize",
    "slots",
    "hideEmptySlots",
];

/// The parameters of a slot in Twitchat 16 and 17. `customHTML` and `htmlTemplate` are only in 16,
/// `filterPowerUps` and `powerUpIds` only in 17.
pub const OF_SLOT: &[&str] = &[
    "id",
    "slotType",
    "label",
    "maxEntries",
    "enabled",
    "layout",
    "customHTML",
    "htmlTemplate",
    "showAmounts",
    "showSubMonths",
    "showBadges",
    "showMods",
    "showVIPs",
    "showSubs",
    "showResubs",
    "showSubgifts",
    "showSubsPrime",
    "showSubsT1",
    "showSubsT2",
    "showSubsT3",
    "showAllSubs",
    "showAllSubgifters",
    "showSubsYoutube",
    "showSubsTiktok",
    "showSubgiftsYoutube",
    "showTipsKofi",
    "showSubsKofi",
    "showTipsTipeee",
    "showTipsPatreon",
    "showTipsStreamlabs",
    "showTipsStreamelements",
    "showMerchKofi",
    "showMerchStreamlabs",
    "sortByNames",
    "sortByRoles",
    "sortByAmounts",
    "sortByTotalAmounts",
    "sortBySubTypes",
    "showChatters",
    "showTrainConductors",
    "showPuSkin",
    "showPuEmote",
    "showPuCeleb",
    "showTotalAmounts",
    "uniqueUsers",
    "text",
    "currency",
    "filterRewards",
    "showRewardUsers",
    "showNormalCheers",
    "showPinnedCheers",
    "anonLastNames",
    "patreonTiers",
    "rewardIds",
    "filterPowerUps",
    "powerUpIds",
    "showPremiumWarning",
];

/// The parameters of the overlay, or of one slot. A parameter that is missing, null or of another
/// type is `None`.
#[derive(Debug, Clone, Copy)]
pub struct Params<'a>(pub &'a Map<String, Value>);

impl<'a> Params<'a> {
    fn given(self, name: &str) -> Option<Given<'a>> {
        self.0.get(name).map(Given::from)
    }

    pub fn flag(self, name: &str) -> Option<bool> {
        self.given(name)?.flag()
    }

    /// Whether the parameter is `true`; missing counts as `false`.
    pub fn is_on(self, name: &str) -> bool {
        self.flag(name) == Some(true)
    }

    /// Whether the parameter is not `false`; missing counts as `true`.
    pub fn is_not_off(self, name: &str) -> bool {
        self.flag(name) != Some(false)
    }

    pub fn number(self, name: &str) -> Option<f64> {
        self.given(name)?
            .number()
            .filter(|number| number.is_finite())
    }

    /// A text, which may be empty.
    pub fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    /// The texts of a list; empty if there is none.
    pub fn words(self, name: &str) -> Vec<&'a str> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The slots in order.
    pub fn slots(self) -> impl Iterator<Item = Params<'a>> {
        let list = self.0.get("slots").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(Params)
    }

    /// The names of the parameters that are given.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str)
    }
}

/// The parts of a summary that are about the settings of the overlay.
#[derive(Debug, Default)]
pub struct InSummary {
    /// `None` if nobody asked for them, or if the overlay was never set up.
    pub params: Option<Map<String, Value>>,
    /// The types of the slots that Twitchat reserves for its supporters, unless the user is one.
    pub reserved: Vec<Box<str>>,
    /// The text of a section without entries; empty if it is not known.
    pub no_entry: Box<str>,
    /// The text of a number of months, such as `{MONTHS} month | {MONTHS} months`; empty if it is
    /// not known.
    pub months: Box<str>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Parts<'a> {
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    premium_warning_slots: Option<&'a RawValue>,
    #[serde(borrow)]
    labels: Option<&'a RawValue>,
}

/// The settings in `data` of `ENDING_CREDITS_CONFIGS`; `None` if it holds none, or is longer than
/// [`LONGEST`] bytes.
pub fn read(data: &RawValue) -> Option<Map<String, Value>> {
    let params = object(data).filter(|_| data.get().len() <= LONGEST)?;
    params
        .get("slots")
        .is_some_and(Value::is_array)
        .then_some(params)
}

/// The most bytes of settings that are read: Twitchat's own have about 0.5 KiB for each section.
pub const LONGEST: usize = 256 * 1024;

/// The settings in `data` of a summary.
pub fn in_summary(data: &RawValue) -> InSummary {
    let parts: Parts<'_> = lenient::object(data).unwrap_or_default();
    let reserved = parts
        .premium_warning_slots
        .and_then(object)
        .unwrap_or_default();
    let labels = parts.labels.and_then(object).unwrap_or_default();
    InSummary {
        params: parts.params.and_then(read),
        reserved: reserved
            .iter()
            .filter(|(_, is_reserved)| Given::from(*is_reserved).flag() == Some(true))
            .map(|(slot, _)| slot.as_str().into())
            .collect(),
        no_entry: Params(&labels).text("no_entry").unwrap_or_default().into(),
        months: Params(&labels)
            .text("sub_duration")
            .unwrap_or_default()
            .into(),
    }
}

fn object(data: &RawValue) -> Option<Map<String, Value>> {
    serde_json::from_str(data.get()).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::event::Received;

    /// The type declarations of Twitchat 16.17.1 and 17.0.0: `version`, `of` (general or slot) and
    /// the names of the parameters.
    const DECLARED: &str = include_str!("../../tests/fixtures/twitchat_credits_parameters.tsv");
    const RECORDED: [&str; 2] = [
        include_str!("../../tests/fixtures/twitchat_examples.ndjson"),
        include_str!("../../tests/fixtures/twitchat_v17_examples.ndjson"),
    ];

    fn declared(of: &str) -> BTreeSet<&'static str> {
        let lines = DECLARED.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let mut cells = line.split('\t');
                (cells.nth(1) == Some(of)).then(|| cells.next()).flatten()
            })
            .collect()
    }

    /// The settings in the recorded messages of both versions.
    fn recorded() -> Vec<Map<String, Value>> {
        let lines = RECORDED.iter().flat_map(|file| file.lines());
        lines
            .filter_map(|line| match Received::read(line) {
                Ok(Received::Twitchat(message)) => {
                    let data = message.data?;
                    if CONFIGS.contains(&&*message.kind) {
                        read(&data)
                    } else {
                        in_summary(&data).params
                    }
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn every_parameter_of_the_declarations_and_of_recorded_messages_is_known() {
        let known = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(known(GENERAL), declared("general"));
        assert_eq!(known(OF_SLOT), declared("slot"));
        let recorded = recorded();
        assert_eq!(recorded.len(), 3, "16: configs and a summary, 17: configs");
        for params in &recorded {
            let params = Params(params);
            assert!(params.names().all(|name| GENERAL.contains(&name)));
            assert!(
                params
                    .slots()
                    .flat_map(Params::names)
                    .all(|name| OF_SLOT.contains(&name))
            );
        }
    }

    #[test]
    fn the_table_in_the_docs_has_every_parameter() {
        const DOCS: &str = include_str!("../../docs/overlay.md");
        let (_, tables) = DOCS.split_once("### Every parameter").unwrap();
        let (tables, _) = tables.split_once("\n## ").unwrap();
        let (general, of_slot) = tables.split_once("| parameter of a slot |").unwrap();
        let named = |table: &str| -> BTreeSet<String> {
            let rows = table.lines().filter(|line| line.starts_with("| `"));
            let cells = rows.filter_map(|row| row.split('|').nth(1));
            cells
                .flat_map(|cell| cell.split('`').skip(1).step_by(2))
                .map(ToOwned::to_owned)
                .collect()
        };
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(named(general), all(GENERAL));
        assert_eq!(named(of_slot), all(OF_SLOT));
        let rows = tables.lines().filter(|line| line.starts_with("| `"));
        let is_answered = |row: &str| {
            row.split('|')
                .nth(2)
                .is_some_and(|here| here.trim().len() > 3)
        };
        assert!(rows.clone().all(is_answered) && rows.count() > 40);
    }

    #[test]
    fn parameters_of_another_type_count_as_missing() {
        let all = json!({ "scale": "30", "loop": "true", "colorTitle": 5, "speed": null,
            "fadeSize": "wide", "ignoreCustomBots": ["a", 5, "b"], "slots": [5, { "id": "x" }] });
        let params = Params(all.as_object().unwrap());
        assert_eq!(
            (
                params.number("scale"),
                params.number("speed"),
                params.number("fadeSize")
            ),
            (Some(30.0), None, None)
        );
        assert_eq!(
            (
                params.flag("loop"),
                params.text("colorTitle"),
                params.flag("missing")
            ),
            (Some(true), None, None)
        );
        assert_eq!(params.words("ignoreCustomBots"), ["a", "b"]);
        assert_eq!(params.slots().count(), 1);
    }

    #[test]
    fn settings_without_slots_and_huge_ones_are_refused() {
        let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap();
        assert!(read(&raw("[]")).is_none());
        assert!(read(&raw(r#"{"scale":30}"#)).is_none());
        assert!(read(&raw(r#"{"slots":[]}"#)).is_some());
        let huge = format!(r#"{{"slots":[],"x":"{}"}}"#, "x".repeat(LONGEST));
        assert!(read(&raw(&huge)).is_none());
    }

    #[test]
    fn a_summary_says_which_sections_are_reserved() {
        let raw = RawValue::from_string(
            json!({ "params": { "slots": [] }, "labels": { "no_entry": "Nobody" },
                "premiumWarningSlots": { "rewards": true, "polls": false } })
            .to_string(),
        )
        .unwrap();
        let found = in_summary(&raw);
        assert_eq!(
            (found.params.is_some(), found.reserved, &*found.no_entry),
            (true, vec!["rewards".into()], "Nobody")
        );
    }
}

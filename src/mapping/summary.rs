//! Finds the rows of a summary that the journal lacks, by matching two multisets.
//!
//! A live fact and the summary's row for it have no id in common, but they have the same [`Key`]. A
//! row is missing if the summary has it more often than the journal. Once these rows are added, a
//! second run finds none. `bridge` counts the keys of all journal entries since the summary's
//! start.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Value, value::RawValue};

use super::filled;
use crate::{
    event::{
        Fact, Person,
        fact::{SubKind, SupportKind},
    },
    twitchat::summary::{List, Row, Summary},
};

/// Identifies reports of the same thing. It is the same in every run of the same binary, and never
/// stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u64);

/// A row that the journal lacks, in whole or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The summary's list, which is the `kind` of the journal's row.
    pub list: &'static str,
    /// The row to journal. In a gift bomb, `missing` is the number of gifts that the journal lacks.
    pub row: Box<str>,
    pub key: Key,
    /// Number of missing entries: gifts of a gift bomb, else 1.
    pub n: u32,
}

/// The key of a fact, and how often it counts. `None` for facts that no summary reports.
pub fn keys_of(fact: &Fact) -> Option<(Key, u32)> {
    let key = match fact {
        Fact::Follow { who } => key("follow", who, ()),
        Fact::Cheer { who, bits, .. } => key("bits", who, bits),
        Fact::Raid { who, viewers, .. } => key("raid", who, viewers),
        Fact::Redemption(redemption) => key("reward", &redemption.who, &redemption.reward_id),
        Fact::Gift(gift) => return Some((key("gift", &gift.gifter, gift.tier), gift.count)),
        Fact::Subscription(sub) => match sub.kind {
            SubKind::New | SubKind::PrimeUpgrade => key("sub", &sub.who, sub.tier),
            SubKind::Renewed => key("resub", &sub.who, sub.tier),
            // Twitchat's summary lists upgrades among the gifts, as a gift from the person who
            // upgraded.
            SubKind::GiftUpgrade => key("gift", &sub.who, sub.tier),
        },
        Fact::HypeTrain(train) if &*train.phase == "HypeTrainEnd" => {
            let mut conductors: Vec<_> = train
                .conductors
                .iter()
                .map(|one| (&*one.kind, identity(&one.who)))
                .collect();
            conductors.sort_unstable();
            hash(&("train", train.level, train.percent, conductors))
        }
        Fact::Support(support) => {
            // Support has no id here, neither live nor in the summary.
            let name = name(&support.who).to_lowercase();
            let source = support.name.source.to_lowercase();
            let money = support
                .money
                .as_ref()
                .map(|money| (money.amount, money.currency.code()));
            match support.kind {
                SupportKind::Tip => hash(&("tip", source, name, money)),
                SupportKind::Merch => hash(&("merch", source, name, support.what.to_lowercase())),
                SupportKind::Member => return None,
            }
        }
        Fact::Presence(presence) => key(
            "chatter",
            &presence.who,
            (presence.who.roles, presence.spoke),
        ),
        Fact::HypeTrain(_)
        | Fact::Withdrawn { .. }
        | Fact::GoalContribution { .. }
        | Fact::Stream { .. }
        | Fact::Pyramid { .. }
        | Fact::Broadcaster { .. }
        | Fact::Ban { .. }
        | Fact::Plain { .. } => return None,
    };
    Some((key, 1))
}

/// The rows that the journal has too few of, oldest first. `known` returns how often the journal
/// has a key.
pub fn missing(summary: &Summary, known: impl Fn(Key) -> u32) -> Vec<Missing> {
    let mut left = HashMap::new();
    // Lists are newest first; the journal is in the order of events.
    summary
        .rows
        .iter()
        .rev()
        .filter_map(|(list, raw)| lacking(*list, raw, &mut left, &known))
        .collect()
}

/// The missing part of one row. Uses up the known entries in `left`.
fn lacking(
    list: List,
    raw: &RawValue,
    left: &mut HashMap<Key, u32>,
    known: &impl Fn(Key) -> u32,
) -> Option<Missing> {
    let (key, wanted) = keys_of(&filled::fact(list, &Row::read(raw.get())?)?)?;
    let left = match left.entry(key) {
        Entry::Occupied(left) => left.into_mut(),
        Entry::Vacant(free) => free.insert(known(key)),
    };
    let taken = wanted.min(*left);
    *left -= taken;
    let n = wanted - taken;
    (n > 0).then(|| Missing {
        list: list.as_str(),
        row: row(list, raw, n),
        key,
        n,
    })
}

/// The row in the format of the journal.
fn row(list: List, raw: &RawValue, missing: u32) -> Box<str> {
    if list != List::Subgifts {
        return raw.get().into();
    }
    let Ok(mut row) = serde_json::from_str::<serde_json::Map<String, Value>>(raw.get()) else {
        return raw.get().into();
    };
    row.insert("missing".into(), missing.into());
    Value::Object(row).to_string().into()
}

fn key(tag: &str, who: &Person, more: impl Hash) -> Key {
    hash(&(tag, identity(who), more))
}

/// Platform and id, or the name if there is no id.
fn identity(who: &Person) -> (crate::event::Platform, bool, String) {
    if who.id.is_empty() {
        (who.platform, false, name(who).to_lowercase())
    } else {
        (who.platform, true, who.id.to_string())
    }
}

/// The display name, because the summary has no logins.
fn name(who: &Person) -> &str {
    if who.display.is_empty() {
        &who.login
    } else {
        &who.display
    }
}

fn hash(value: &impl Hash) -> Key {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    Key(hasher.finish())
}

#[cfg(test)]
mod tests;

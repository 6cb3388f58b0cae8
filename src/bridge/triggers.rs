use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::twitchat::Generation;

/// A trigger that the user has made in Twitchat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Trigger {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) disabled: bool,
}

/// Reads the list of triggers of any generation. Entries that cannot be parsed are left out.
pub(super) fn read(data: &RawValue) -> Vec<Trigger> {
    #[derive(Deserialize)]
    struct List {
        #[serde(alias = "triggerList")]
        triggers: Vec<Value>,
    }
    let list: Option<List> = serde_json::from_str(data.get()).ok();
    list.map(|list| {
        list.triggers
            .into_iter()
            .filter_map(|trigger| serde_json::from_value(trigger).ok())
            .collect()
    })
    .unwrap_or_default()
}

/// The type of the message that asks for the list of triggers.
pub(super) fn question(generation: Generation) -> &'static str {
    if generation == Generation::Third {
        "GET_TRIGGER_LIST"
    } else {
        "TRIGGERS_GET_ALL"
    }
}

/// Whether a message of this type contains the list of triggers.
pub(super) fn is_list(kind: &str) -> bool {
    matches!(kind, "TRIGGER_LIST" | "ON_TRIGGER_LIST")
}

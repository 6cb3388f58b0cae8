//! The state of scene collections and studio mode, and the events about its changes.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::time::Instant;

pub(super) const FIRST_COLLECTION: &str = "Untitled";

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happened {
    pub(super) kind: &'static str,
    pub(super) intent: u64,
    pub(super) data: Value,
}

impl Happened {
    pub(super) fn new(kind: &'static str, intent: u64, data: Value) -> Self {
        Self { kind, intent, data }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) kind: String,
    pub(super) settings: Value,
    /// The duration of the medium that the input plays; `None` if it plays none.
    pub(super) media_ms: Option<u64>,
    /// The length of its file. OBS reports it only while the file plays or is paused.
    pub(super) file_ms: Option<u64>,
}

/// A source in a scene.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) scene: String,
    pub(super) source: String,
    pub(super) enabled: bool,
}

/// The content of a scene collection.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) scenes: Vec<String>,
    pub(super) program: String,
    pub(super) inputs: BTreeMap<String, Input>,
    pub(super) items: Vec<Item>,
}

/// Studio mode and scene collections.
#[derive(Debug)]
pub(super) struct OnAir {
    /// The scene in the preview; `None` without studio mode.
    pub(super) preview: Option<String>,
    /// While studio mode is being left: the scene that stays on air, and the time when OBS reports
    /// it.
    pub(super) leaving: Option<(String, Instant)>,
    pub(super) collection: String,
    /// The collections that are not open.
    pub(super) others: BTreeMap<String, Contents>,
}

impl Default for OnAir {
    fn default() -> Self {
        Self {
            preview: None,
            leaving: None,
            collection: FIRST_COLLECTION.into(),
            others: BTreeMap::new(),
        }
    }
}

//! What a scene collection and studio mode hold, and what changes of it OBS reports.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::time::Instant;

pub(super) const FIRST_COLLECTION: &str = "Untitled";

/// An event that follows from a change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happened {
    pub(super) kind: &'static str,
    pub(super) intent: u64,
    pub(super) data: Value,
}

#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) kind: String,
    pub(super) settings: Value,
    /// How long what it plays is, if it plays anything.
    pub(super) media_ms: Option<u64>,
}

/// A source in a scene.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) scene: String,
    pub(super) source: String,
    pub(super) enabled: bool,
}

/// What a scene collection holds.
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
    /// Studio mode is being left: the scene that stays on air, and when OBS says so.
    pub(super) leaving: Option<(String, Instant)>,
    pub(super) collection: String,
    /// Collections that are not open.
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

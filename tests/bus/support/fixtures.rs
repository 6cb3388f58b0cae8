//! The captured messages, and the order in which tests play them.

use std::path::Path;

use proptest::prelude::RngExt;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::Value;

/// The lines of a file in `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The messages to play, and the answers of Twitchat.
#[derive(Debug)]
pub(crate) struct Script {
    /// Every captured message except the summaries.
    pub(crate) events: Vec<Value>,
    /// `data` of the answer to the question for labels.
    pub(crate) labels: Value,
    /// `data` of the answer to the question for the summary.
    pub(crate) summary: Value,
}

impl Script {
    pub(crate) fn new() -> Self {
        let all: Vec<_> = [
            fixture("twitchat_examples.ndjson"),
            fixture("twitchat_v17_examples.ndjson"),
        ]
        .concat();
        let is_summary = |message: &Value| {
            message["type"] == "SUMMARY_DATA" || message["type"] == "SET_ENDING_CREDITS_DATA"
        };
        let first = |kind: &str| {
            all.iter().find(|message| message["type"] == kind).unwrap()["data"].clone()
        };
        let (labels, summary) = (first("LABEL_OVERLAY_PLACEHOLDERS"), first("SUMMARY_DATA"));
        let events: Vec<_> = all
            .into_iter()
            .filter(|message| !is_summary(message))
            .collect();
        assert_eq!(
            events.len(),
            134 - 4 + 50 - 2,
            "summaries are lines 121 to 124, and 36 and 37"
        );
        Self {
            events,
            labels,
            summary,
        }
    }
}

/// Changes the order of a list. The same seed gives the same order.
pub(crate) fn shuffled<T>(mut list: Vec<T>, seed: u8) -> Vec<T> {
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    for last in (1..list.len()).rev() {
        list.swap(last, random.random_range(0..=last));
    }
    list
}

//! The bridge's questions to Twitchat: its presence, its generation, and the events that it has
//! seen.
//!
//! Answers do not repeat an id of the question, and Twitchat also sends them without a question. So
//! only one question may wait for an answer at a time.

use serde_json::{Value, json};

use super::Generation;

const ASK_LABELS: &str = "GET_LABEL_OVERLAY_PLACEHOLDERS";
const ASK_SUMMARY: &str = "GET_SUMMARY_DATA";
const ASK_SUMMARY_17: &str = "GET_ENDING_CREDITS_DATA";

/// A question that both 16.x and 17 answer. The name of the answer shows the generation.
pub fn probe() -> (&'static str, Value) {
    (ASK_LABELS, json!({}))
}

/// Asks for everything that Twitchat has seen since a time, in Unix milliseconds. The data is
/// always an object, because 16.x does not answer without one.
pub fn summary(generation: Generation, since_ms: i64) -> (&'static str, Value) {
    match generation {
        Generation::First | Generation::Second => (ASK_SUMMARY, json!({ "offset": since_ms })),
        Generation::Third => (ASK_SUMMARY_17, json!({ "dateOffset": since_ms })),
    }
}

/// Asks for the settings of Twitchat's own end-credits overlay, which come with a summary. The
/// summary has the events since `since_ms`, Unix milliseconds: with the present time it is short.
///
/// Twitchat 16 does not answer before it knows the stream.
pub fn credits_settings(generation: Generation, since_ms: i64) -> (&'static str, Value) {
    let (kind, mut data) = summary(generation, since_ms);
    let key = match generation {
        Generation::First | Generation::Second => "includeParams",
        Generation::Third => "includeOverlayParams",
    };
    if let Value::Object(data) = &mut data {
        data.insert(key.into(), true.into());
    }
    (kind, data)
}

/// Whether a message of this type asks for the summary.
pub fn is_summary_question(kind: &str) -> bool {
    matches!(kind, ASK_SUMMARY | ASK_SUMMARY_17)
}

/// The generation of a summary's sender. `None` if the type is not a summary.
pub fn summary_answer(kind: &str) -> Option<Generation> {
    match kind {
        "SUMMARY_DATA" => Some(Generation::Second),
        "SET_ENDING_CREDITS_DATA" => Some(Generation::Third),
        _ => None,
    }
}

/// The generation of the labels' sender. `None` if the type is not a map of labels.
pub fn label_answer(kind: &str) -> Option<Generation> {
    match kind {
        "LABEL_OVERLAY_PLACEHOLDERS" => Some(Generation::Second),
        "ON_LABEL_OVERLAY_PLACEHOLDERS" => Some(Generation::Third),
        _ => None,
    }
}

/// The messages with which Twitchat's page says that it was loaded.
const READY: [&str; 2] = ["TWITCHAT_READY", "ON_TWITCHAT_READY"];

/// Whether a message of this type says that Twitchat's page was loaded.
pub fn is_ready(kind: &str) -> bool {
    READY.contains(&kind)
}

/// Whether a message of this type is a summary.
pub fn is_summary_answer(kind: &str) -> bool {
    summary_answer(kind).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twitchat::catalogue::{Class, look_up, name_in};

    #[test]
    fn questions_have_the_names_of_the_receiver() {
        assert_eq!(probe(), ("GET_LABEL_OVERLAY_PLACEHOLDERS", json!({})));
        assert_eq!(
            summary(Generation::Second, 5),
            ("GET_SUMMARY_DATA", json!({"offset": 5}))
        );
        assert_eq!(
            summary(Generation::Third, 5),
            ("GET_ENDING_CREDITS_DATA", json!({"dateOffset": 5}))
        );
        assert_eq!(
            credits_settings(Generation::Second, 5),
            (
                "GET_SUMMARY_DATA",
                json!({"offset": 5, "includeParams": true})
            )
        );
        assert_eq!(
            credits_settings(Generation::Third, 5),
            (
                "GET_ENDING_CREDITS_DATA",
                json!({"dateOffset": 5, "includeOverlayParams": true})
            )
        );
        for (kind, _) in [
            probe(),
            summary(Generation::First, 0),
            summary(Generation::Third, 0),
        ] {
            assert_eq!(look_up(kind).unwrap().class, Class::Question);
        }
    }

    #[test]
    fn answers_show_the_generation_of_the_sender() {
        for (kind, generation) in [
            ("LABEL_OVERLAY_PLACEHOLDERS", Generation::Second),
            ("SUMMARY_DATA", Generation::Second),
        ] {
            let other = name_in(kind, Generation::Third).unwrap();
            assert_eq!(
                label_answer(kind).or(summary_answer(kind)),
                Some(generation)
            );
            assert_eq!(
                label_answer(other).or(summary_answer(other)),
                Some(Generation::Third)
            );
        }
        assert!(
            is_summary_question("GET_SUMMARY_DATA")
                && !is_summary_question("SUMMARY_DATA")
                && !is_summary_answer("FOLLOW")
        );
    }
}

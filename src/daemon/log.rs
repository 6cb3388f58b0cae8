//! Writes notes and warnings to the log, each at its level.

use std::collections::HashMap;
use std::sync::Arc;

use tracing::{debug, info, warn};

use crate::{bridge::io::Note, obs};

/// The limit on different warnings that are counted separately. Further warnings share one counter.
const WARNINGS: usize = 256;

/// Warnings that may be repeated: each is logged at its 1st, 2nd, 4th, 8th … time.
#[derive(Debug, Default)]
pub(super) struct Repeats(HashMap<Box<str>, u64>);

impl Repeats {
    /// Returns how often this warning has come so far, or `None` if it must not be logged this
    /// time.
    pub(super) fn count(&mut self, text: &str) -> Option<u64> {
        let text = if self.0.len() < WARNINGS || self.0.contains_key(text) {
            text
        } else {
            ""
        };
        let times = self.0.entry(text.into()).or_default();
        *times += 1;
        times.is_power_of_two().then_some(*times)
    }

    fn warn(&mut self, note: &Note) {
        let text = note.to_string();
        match self.count(&text) {
            Some(1) => warn!("{text}"),
            Some(times) => warn!("{text} (so far {times} times)"),
            None => {}
        }
    }
}

/// Notes that the operator may want to act on are warnings.
pub(super) fn note(note: &Note, repeats: &mut Repeats) {
    match note {
        Note::StoreFailed(_) | Note::StoreNoted { lost: true, .. } => tracing::error!("{note}"),
        Note::TwitchatThere { .. }
        | Note::SummaryMerged { .. }
        | Note::SessionBegun { .. }
        | Note::Forgotten { .. }
        | Note::SessionsChanged { .. }
        | Note::OtherBridge { .. }
        | Note::RollBegins { .. }
        | Note::RollEnded { .. }
        | Note::RollGoesOn { .. }
        | Note::Reloaded { .. }
        | Note::StoreHealed => info!("{note}"),
        Note::SummaryUnanswered
        | Note::BadData { .. }
        | Note::LabelFailed { .. }
        | Note::RollRefused { .. }
        | Note::SceneUnknown { .. }
        | Note::NoMusic { .. } => repeats.warn(note),
        // These notes report changes of a state, or limit their repetitions themselves.
        Note::TwitchatGone
        | Note::TwoPages { .. }
        | Note::StoreNoted { lost: false, .. }
        | Note::Thawed
        | Note::SilentBridge { .. }
        | Note::TooLarge { .. }
        | Note::ConfigRefused { .. }
        | Note::StepFailed(_)
        | Note::RuleBusy { .. }
        | Note::ProgramDropped(_)
        | Note::RuleLoop { .. }
        | Note::RuleUnclear { .. } => warn!("{note}"),
        Note::SummaryRefused { .. } | Note::NoVendor { .. } => debug!("{note}"),
    }
}

/// Logs why OBS cannot be reached, at the 1st, 2nd, 4th, 8th … attempt that fails for the same
/// reason.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    logged: Option<String>,
    times: u32,
}

impl Waiting {
    pub(super) fn write_line(
        &mut self,
        attempt: u32,
        delay: std::time::Duration,
        cause: &Arc<obs::Cause>,
    ) {
        let text = cause.to_string();
        if self.logged.as_ref() == Some(&text) {
            self.times += 1;
        } else {
            self.logged = Some(text);
            self.times = 1;
        }
        if self.times.is_power_of_two() {
            warn!(attempt, delay_ms = delay.as_millis(), "{cause}; retrying");
        }
    }

    pub(super) fn over(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(repeats: &mut Repeats, texts: impl IntoIterator<Item = String>) -> Vec<String> {
        texts
            .into_iter()
            .filter_map(|text| Some(format!("{text} {}", repeats.count(&text)?)))
            .collect()
    }

    #[test]
    fn a_repeated_warning_is_logged_at_1_2_4_8() {
        let mut repeats = Repeats::default();
        let ten = std::iter::repeat_n("a".to_owned(), 10);
        assert_eq!(logged(&mut repeats, ten), ["a 1", "a 2", "a 4", "a 8"]);
        assert_eq!(logged(&mut repeats, ["b".to_owned()]), ["b 1"]);
    }

    #[test]
    fn warnings_that_are_never_the_same_are_counted_together() {
        let mut repeats = Repeats::default();
        let many = (0..WARNINGS).map(|number| number.to_string());
        assert_eq!(logged(&mut repeats, many).len(), WARNINGS);
        let more = (0..1_000).map(|number| format!("more {number}"));
        assert_eq!(logged(&mut repeats, more).len(), 10);
    }
}

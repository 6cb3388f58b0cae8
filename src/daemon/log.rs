//! What is said in the log, and how loud.

use std::sync::Arc;

use tracing::{debug, info, warn};

use crate::{bridge::io::Note, obs};

/// The bridge's notes. Warnings are what the operator may want to act on.
pub(super) fn note(note: &Note) {
    match note {
        Note::StoreFailed(_) | Note::StoreNoted { lost: true, .. } => tracing::error!("{note}"),
        Note::TwitchatThere { .. }
        | Note::SummaryMerged { .. }
        | Note::SessionBegun { .. }
        | Note::OtherBridge { .. }
        | Note::RollBegins { .. }
        | Note::RollEnded { .. }
        | Note::StoreHealed => info!("{note}"),
        Note::TwitchatGone
        | Note::TwoPages { .. }
        | Note::SummaryUnanswered
        | Note::StoreNoted { lost: false, .. }
        | Note::BadData { .. }
        | Note::Thawed
        | Note::SilentBridge { .. }
        | Note::TooLarge { .. }
        | Note::StepFailed(_)
        | Note::RuleBusy { .. }
        | Note::ProgramDropped(_)
        | Note::RuleLoop { .. }
        | Note::RuleUnclear { .. }
        | Note::LabelFailed { .. }
        | Note::RollRefused { .. }
        | Note::SceneUnknown { .. }
        | Note::NoMusic { .. } => warn!("{note}"),
        Note::SummaryRefused { .. } | Note::NoVendor { .. } => debug!("{note}"),
    }
}

/// Says why OBS is not reached: once, and again when the cause changes; in the loud log also at
/// attempts 2, 4, 8, …
#[derive(Debug, Default)]
pub(super) struct Waiting {
    said: Option<String>,
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
        if self.said.as_ref() == Some(&text) {
            self.times += 1;
        } else {
            self.said = Some(text);
            self.times = 1;
        }
        if self.times == 1 {
            warn!("{cause}; trying on");
        } else if self.times.is_power_of_two() {
            debug!(attempt, delay_ms = delay.as_millis(), "{cause}; trying on");
        }
    }

    pub(super) fn over(&mut self) {
        *self = Self::default();
    }
}

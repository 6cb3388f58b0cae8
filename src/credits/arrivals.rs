//! The sources of a session's entries: live events, or Twitchat's summary.

use std::collections::BTreeMap;

use super::section::{Section, support_section};
use crate::event::{
    Fact,
    fact::{SubKind, SupportKind},
};

/// The entries of a section, counted when they arrived. Refunds and edits do not lower the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arrived {
    pub live: u64,
    /// Taken from Twitchat's summary, because no live event had reported them.
    pub filled: u64,
}

/// [`Arrived`] for each section that has entries.
#[derive(Debug, Default)]
pub struct Arrivals(BTreeMap<&'static str, Arrived>);

impl Arrivals {
    /// The sections in the order of their names, in the legacy spelling.
    pub fn sections(&self) -> impl Iterator<Item = (&'static str, Arrived)> {
        self.0.iter().map(|(section, arrived)| (*section, *arrived))
    }

    pub(super) fn live(&mut self, section: &'static str, count: u64) {
        if count > 0 {
            self.0.entry(section).or_default().live += count;
        }
    }

    pub(super) fn filled(&mut self, section: &'static str, count: u64) {
        if count > 0 {
            self.0.entry(section).or_default().filled += count;
        }
    }

    /// Notes that entries of a summary turned out to be live events that arrived a moment later.
    pub(super) fn claim(&mut self, section: &'static str, count: u64) {
        let arrived = self.0.entry(section).or_default();
        let count = count.min(arrived.filled);
        arrived.filled -= count;
        arrived.live += count;
    }

    /// Notes that a live event turned out to be another report of something that counts already.
    pub(super) fn take_back(&mut self, section: &'static str) {
        if let Some(arrived) = self.0.get_mut(section) {
            arrived.live = arrived.live.saturating_sub(1);
        }
    }
}

/// The section that counts the entries of a fact. `None` if the fact makes no entry, or an entry
/// that is listed only once regardless of the number of reports.
pub(super) fn section_of(fact: &Fact) -> Option<&'static str> {
    let section = match fact {
        Fact::Follow { .. } => Section::Follows,
        Fact::Cheer { .. } => Section::Cheers,
        Fact::Subscription(subscription) if subscription.kind == SubKind::Renewed => {
            Section::ReSubs
        }
        Fact::Subscription(_) => Section::Subs,
        Fact::Gift(_) => Section::GiftSubs,
        Fact::Raid { .. } => Section::Raided,
        Fact::Redemption(_) => Section::RewardRedemptions,
        Fact::GoalContribution { .. } => Section::GoalContributions,
        Fact::Pyramid { .. } => Section::Pyramids,
        Fact::HypeTrain(_) => Section::HypeTrainContributors,
        Fact::Presence(_) => Section::Users,
        Fact::Support(support) => return Some(support_section(support.kind)),
        Fact::Withdrawn { .. }
        | Fact::Stream { .. }
        | Fact::Broadcaster { .. }
        | Fact::Ban { .. }
        | Fact::Plain { .. } => return None,
    };
    Some(section.legacy())
}

/// Whether Twitchat's summary reports the entries of this section, so that missed entries can be
/// filled in.
pub fn can_be_filled(section: &str) -> bool {
    let never = [
        Section::GoalContributions.legacy(),
        Section::Pyramids.legacy(),
        support_section(SupportKind::Member),
    ];
    !never.contains(&section)
}

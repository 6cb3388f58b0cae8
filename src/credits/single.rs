//! What the sums of the sections do not show: each gift of its own, and which reward was redeemed
//! by whom.
//!
//! The roll may list them one by one; replies never do.

use std::collections::HashMap;

use super::{known::PersonId, section::Section, tally::Tally};
use crate::event::{
    EventName, Money,
    fact::{Support, SupportKind, Tier},
};

/// One cheer, raid, subscription or redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    /// Where it counts.
    pub section: Section,
    pub who: PersonId,
    /// Bits, viewers, months, points.
    pub amount: u64,
    /// The tier of a subscription.
    pub tier: Option<Tier>,
    /// When, Unix milliseconds.
    pub at_ms: i64,
}

/// One tip, order or membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportOnce {
    /// Which of the three.
    pub kind: SupportKind,
    pub who: PersonId,
    /// How much, where told.
    pub money: Option<Money>,
    /// What was bought, or the tier.
    pub what: Box<str>,
    /// The event that told it.
    pub name: EventName,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// What a refund calls it; may be empty.
    pub id: Box<str>,
}

/// A reward and who redeemed it.
#[derive(Debug)]
pub struct Reward {
    /// Its id; may be empty.
    pub id: Box<str>,
    pub title: Box<str>,
    /// Who, how often, for how many points.
    pub by: Tally,
}

/// All of a session.
#[derive(Debug, Default)]
pub struct Singles {
    list: Vec<Once>,
    support: Vec<SupportOnce>,
    rewards: Vec<Reward>,
    places: HashMap<Box<str>, usize>,
}

impl Singles {
    /// Those of a section, in the journal's order.
    pub fn of(&self, section: Section) -> impl Iterator<Item = &Once> {
        self.list.iter().filter(move |once| once.section == section)
    }

    /// Tips, orders or memberships, in the journal's order.
    pub fn support(&self, kind: SupportKind) -> impl Iterator<Item = &SupportOnce> {
        self.support.iter().filter(move |once| once.kind == kind)
    }

    /// Rewards, first redeemed first.
    pub fn rewards(&self) -> &[Reward] {
        &self.rewards
    }

    pub(super) fn add(&mut self, once: Once) {
        self.list.push(once);
    }

    /// Takes back the last one of a section that somebody has at this time, of this amount if it is
    /// given: it turned out to be something else.
    pub(super) fn take_back(
        &mut self,
        section: Section,
        who: PersonId,
        amount: Option<u64>,
        at_ms: i64,
    ) {
        let is_it = |once: &Once| {
            (once.section, once.who, once.at_ms) == (section, who, at_ms)
                && amount.is_none_or(|amount| amount == once.amount)
        };
        if let Some(place) = self.list.iter().rposition(is_it) {
            self.list.remove(place);
        }
    }

    pub(super) fn add_support(&mut self, support: &Support, who: PersonId, at_ms: i64) {
        let Support {
            kind,
            money,
            what,
            name,
            id,
            ..
        } = support.clone();
        self.support.push(SupportOnce {
            kind,
            who,
            money,
            what,
            name,
            at_ms,
            id,
        });
    }

    /// What was added last.
    pub(super) fn last_support(&self) -> Option<&SupportOnce> {
        self.support.last()
    }

    /// Whether support of this id is among them.
    pub(super) fn has_support(&self, id: &str) -> bool {
        !id.is_empty() && self.support.iter().any(|once| *once.id == *id)
    }

    /// Support was refunded: takes it out and gives its kind. `None` if it is not there.
    pub(super) fn refund(&mut self, id: &str) -> Option<SupportKind> {
        let place = self
            .support
            .iter()
            .rposition(|once| !id.is_empty() && *once.id == *id)?;
        Some(self.support.remove(place).kind)
    }

    /// A redemption of this session was cancelled. `reward` is its reward's id, or the title where
    /// it has none.
    pub(super) fn take_redemption_back(&mut self, reward: &str, who: PersonId, points: u64) {
        let is_it = |once: &Once| {
            once.section == Section::RewardRedemptions && once.who == who && once.amount == points
        };
        if let Some(place) = self.list.iter().rposition(is_it) {
            self.list.remove(place);
        }
        self.take_reward_back(reward, who, points);
    }

    /// Takes one of somebody's redemptions of a reward back: by the reward's id, or by its title
    /// where it has none.
    pub(super) fn take_reward_back(&mut self, reward: &str, who: PersonId, points: u64) {
        if let Some(reward) = self
            .places
            .get(reward)
            .and_then(|place| self.rewards.get_mut(*place))
        {
            reward.by.take_back(who, 1, points);
        }
    }

    /// Somebody redeemed a reward: told apart by id, and by name where there is none.
    pub(super) fn redeem(&mut self, id: &str, title: &str, who: PersonId, points: u64, at_ms: i64) {
        let key = if id.is_empty() { title } else { id };
        let place = *self.places.entry(key.into()).or_insert(self.rewards.len());
        if place == self.rewards.len() {
            self.rewards.push(Reward {
                id: id.into(),
                title: title.into(),
                by: Tally::default(),
            });
        }
        if let Some(reward) = self.rewards.get_mut(place) {
            if !title.is_empty() {
                reward.title = title.into();
            }
            reward.by.add(who, 1, points, None, at_ms);
        }
    }
}

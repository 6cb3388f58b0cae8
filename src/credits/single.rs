//! The single events behind the sums of the sections, and the people who redeemed each reward.
//!
//! A roll may list them one by one; replies never do.

use std::collections::HashMap;

use super::{known::PersonId, section::Section, tally::Tally};
use crate::event::{
    EventName, Money,
    fact::{Support, SupportKind, Tier},
};

/// One cheer, raid, subscription or redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    pub section: Section,
    pub who: PersonId,
    /// Number of bits, viewers, months or points.
    pub amount: u64,
    /// Tier of a subscription; `None` for other events.
    pub tier: Option<Tier>,
    pub at_ms: i64,
}

/// One tip, order or membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportOnce {
    pub kind: SupportKind,
    pub who: PersonId,
    /// The amount; `None` if it is unknown.
    pub money: Option<Money>,
    /// The purchase or the tier; may be empty.
    pub what: Box<str>,
    pub name: EventName,
    pub at_ms: i64,
    /// The id that a refund would name; may be empty.
    pub id: Box<str>,
}

/// A reward and the people who redeemed it.
#[derive(Debug)]
pub struct Reward {
    /// The reward's id; may be empty.
    pub id: Box<str>,
    pub title: Box<str>,
    /// The people, with the number of redemptions and of points.
    pub by: Tally,
}

/// All single events of a session.
#[derive(Debug, Default)]
pub struct Singles {
    list: Vec<Once>,
    support: Vec<SupportOnce>,
    rewards: Vec<Reward>,
    places: HashMap<Box<str>, usize>,
}

impl Singles {
    /// The events of a section, in the journal's order.
    pub fn of(&self, section: Section) -> impl Iterator<Item = &Once> {
        self.list.iter().filter(move |once| once.section == section)
    }

    /// Tips, orders or memberships, in the journal's order.
    pub fn support(&self, kind: SupportKind) -> impl Iterator<Item = &SupportOnce> {
        self.support.iter().filter(move |once| once.kind == kind)
    }

    /// Rewards, in the order in which they were first redeemed.
    pub fn rewards(&self) -> &[Reward] {
        &self.rewards
    }

    pub(super) fn add(&mut self, once: Once) {
        self.list.push(once);
    }

    /// Removes the last event of a section that a person has at this time, and with this amount if
    /// it is given, because it turned out to be something else.
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

    /// The support that was added last.
    pub(super) fn last_support(&self) -> Option<&SupportOnce> {
        self.support.last()
    }

    pub(super) fn has_support(&self, id: &str) -> bool {
        !id.is_empty() && self.support.iter().any(|once| *once.id == *id)
    }

    /// Removes support that was refunded. Returns its kind, or `None` if it is not there.
    pub(super) fn refund(&mut self, id: &str) -> Option<SupportKind> {
        let place = self
            .support
            .iter()
            .rposition(|once| !id.is_empty() && *once.id == *id)?;
        Some(self.support.remove(place).kind)
    }

    /// Removes a redemption of this session that was cancelled. `reward` is the reward's id, or its
    /// title if it has no id.
    pub(super) fn take_redemption_back(&mut self, reward: &str, who: PersonId, points: u64) {
        let is_it = |once: &Once| {
            once.section == Section::RewardRedemptions && once.who == who && once.amount == points
        };
        if let Some(place) = self.list.iter().rposition(is_it) {
            self.list.remove(place);
        }
        self.take_reward_back(reward, who, points);
    }

    /// Subtracts one redemption of a person from a reward. `reward` is its id, or its title if it
    /// has no id.
    pub(super) fn take_reward_back(&mut self, reward: &str, who: PersonId, points: u64) {
        if let Some(reward) = self
            .places
            .get(reward)
            .and_then(|place| self.rewards.get_mut(*place))
        {
            reward.by.take_back(who, 1, points);
        }
    }

    /// Adds a redemption to its reward, which is identified by its id, or by its title if it has no
    /// id.
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

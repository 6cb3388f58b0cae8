//! Counts money and memberships of other services, and takes back refunds and cancelled
//! redemptions.

use super::{Fold, LONGEST_TITLE, Outcome, Sections};
use crate::{
    credits::{
        Section,
        people::Registered,
        redeemed::Redeemed,
        single::{Once, SupportOnce},
    },
    event::{
        EventName, cut,
        fact::{Redemption, Support, SupportKind},
    },
};

/// The support with its texts limited in length.
fn bounded(support: &Support) -> Support {
    let short = |text: &str, most| Box::<str>::from(cut(text, most));
    Support {
        what: short(&support.what, LONGEST_TITLE),
        name: EventName {
            source: short(&support.name.source, LONGEST_TITLE),
            kind: short(&support.name.kind, LONGEST_TITLE),
        },
        ..support.clone()
    }
}

impl Sections {
    /// Rebuilds the lines of a kind of support from the support that was not taken back.
    fn sum_support(&mut self, kind: SupportKind) {
        self.support.remove(&kind);
        let left: Vec<SupportOnce> = self.singles.support(kind).cloned().collect();
        for once in &left {
            self.support.entry(kind).or_default().add(once);
        }
    }
}

impl Fold {
    pub(super) fn redemption(
        &mut self,
        redemption: &Redemption,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) {
        let who = self.register(&redemption.who, at_ms, registered);
        let points = redemption.cost.unwrap_or_default();
        self.session.add_once(Once {
            section: Section::RewardRedemptions,
            who,
            amount: points,
            tier: None,
            at_ms,
        });
        let (id, title) = (
            cut(&redemption.reward_id, LONGEST_TITLE),
            cut(&redemption.title, LONGEST_TITLE),
        );
        self.session.singles.redeem(&id, &title, who, points, at_ms);
        self.leaderboards.points(who, points);
        let reward = if id.is_empty() { &title } else { &id }.as_ref().into();
        self.redemptions.note(
            &redemption.id,
            Redeemed {
                who,
                points,
                reward,
                session: self.number,
            },
        );
    }

    /// Whether something that counts has this id and can be taken back: a redemption of any
    /// session, or support of the running one.
    pub fn can_withdraw(&self, id: &str) -> bool {
        self.redemptions.has(id) || self.session.singles.has_support(id)
    }

    /// Takes back a redemption of this or an earlier session, or support of this session.
    pub(super) fn withdraw(&mut self, id: &str) -> Outcome {
        let is_of_session = if let Some(kind) = self.session.singles.refund(id) {
            self.session.sum_support(kind);
            true
        } else if let Some(Redeemed {
            who,
            points,
            reward,
            session,
        }) = self.redemptions.take(id)
        {
            self.leaderboards.points_back(who, points);
            let is_of_session = session == self.number;
            if is_of_session {
                self.session
                    .list_mut(Section::RewardRedemptions)
                    .take_back(who, 1, points);
                self.session
                    .singles
                    .take_redemption_back(&reward, who, points);
            }
            is_of_session
        } else {
            return Outcome::Repeat;
        };
        self.session.facts = self.session.facts.saturating_sub(is_of_session.into());
        Outcome::Counted
    }

    pub(super) fn support(
        &mut self,
        support: &Support,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) {
        let support = &bounded(support);
        let who = self.register(&support.who, at_ms, registered);
        self.session.singles.add_support(support, who, at_ms);
        if let Some(once) = self.session.singles.last_support().cloned() {
            self.session
                .support
                .entry(once.kind)
                .or_default()
                .add(&once);
        }
    }
}

//! The handling of reports of a second Twitchat page. `credits::twins` has the rule.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Fold, LONGEST_TITLE};
use crate::{
    credits::{
        PersonId, Section,
        people::Registered,
        twins::{Gave, Twin, What},
    },
    event::{Fact, Person, cut, fact::SubKind, person::ANONYMOUS_CHEERER},
};

fn number(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl Fold {
    /// Whether two pages are proven to be open at this time.
    pub fn has_two_pages(&self, now_ms: i64) -> bool {
        self.twins.covers(now_ms)
    }

    /// When two pages were last proven, Unix milliseconds.
    pub fn pages_proven_ms(&self) -> Option<i64> {
        self.twins.proven_ms()
    }

    /// Whether facts since the last call prove that two pages are open. The caller must journal the
    /// proof.
    pub fn take_proof(&mut self) -> bool {
        self.twins.take_proof()
    }

    /// Whether the last fact was a twin.
    pub fn last_is_twin(&self) -> bool {
        self.last_is_twin
    }

    /// Removes the twins from the credits, because two pages are proven. Returns the number of
    /// twins.
    pub fn prove_pages(&mut self, at_ms: i64) -> usize {
        let twins = self.twins.prove(at_ms);
        self.changes += 1;
        for twin in &twins {
            self.take_out(twin);
        }
        twins.len()
    }

    /// Records the report of something that can happen only once. A second report within a moment
    /// is evidence for two pages.
    pub(super) fn note_report(
        &mut self,
        fact: &Fact,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) {
        let mut who_is = |fold: &mut Self, person: &Person| {
            let who = fold.register(person, at_ms, registered);
            fold.people.root(who)
        };
        match fact {
            Fact::Follow { who } => {
                let who = who_is(self, who);
                self.twins.first(who, number(&("follow", who)), at_ms);
            }
            Fact::Subscription(subscription) => {
                let who = who_is(self, &subscription.who);
                let total = if subscription.kind == SubKind::Renewed {
                    subscription.cumulative_months
                } else {
                    0
                };
                self.twins
                    .first(who, number(&("sub", who, subscription.kind, total)), at_ms);
            }
            Fact::Gift(gift) if !gift.bomb => {
                let gifter = who_is(self, &gift.gifter);
                for recipient in &gift.recipients {
                    let recipient = who_is(self, recipient);
                    self.twins.first(
                        gifter,
                        number(&("gift", gifter, gift.tier, recipient)),
                        at_ms,
                    );
                }
            }
            _ => {}
        }
    }

    /// The contents of a report of bits or a reward. `None` for other facts.
    pub(super) fn gave(
        &mut self,
        fact: &Fact,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) -> Option<Gave> {
        let (who, what, chat) = match fact {
            Fact::Cheer { who, bits, chat } => (who, What::Bits(*bits), chat),
            Fact::Redemption(redemption) => {
                let name = if redemption.reward_id.is_empty() {
                    &redemption.title
                } else {
                    &redemption.reward_id
                };
                let reward = cut(name, LONGEST_TITLE).into();
                (
                    &redemption.who,
                    What::Reward(reward, redemption.cost.unwrap_or_default()),
                    &redemption.chat,
                )
            }
            _ => return None,
        };
        Some(Gave {
            who: self.register(who, at_ms, registered),
            what,
            print: chat.print,
        })
    }

    fn take_out(&mut self, twin: &Twin) {
        let Twin {
            gave: Gave { who, what, .. },
            key,
            session,
            at_ms,
        } = twin;
        let (section, amount) = match what {
            What::Bits(bits) => {
                if !self.is_anonymous(*who) {
                    self.leaderboards.bits_back(*who, *bits, *at_ms);
                }
                (Section::Cheers, *bits)
            }
            What::Reward(_, points) => {
                self.leaderboards.points_back(*who, *points);
                (Section::RewardRedemptions, *points)
            }
        };
        if *session != self.number {
            return;
        }
        self.session.list_mut(section).take_back(*who, 1, amount);
        self.session
            .singles
            .take_back(section, *who, Some(amount), *at_ms);
        if let What::Reward(reward, points) = what {
            self.session.singles.take_reward_back(reward, *who, *points);
        }
        if let Some((key, count)) = key
            && let Some(place) = self
                .session
                .ledger
                .iter()
                .rposition(|entry| entry == &(*at_ms, *key, *count))
        {
            self.session.ledger.swap_remove(place);
        }
        self.session.facts = self.session.facts.saturating_sub(1);
        self.session.arrivals.take_back(section.legacy());
    }

    fn is_anonymous(&self, who: PersonId) -> bool {
        self.people
            .known(who)
            .is_some_and(|known| *known.id == *ANONYMOUS_CHEERER.0)
    }
}

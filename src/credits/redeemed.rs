//! Remembers redemptions that may be cancelled, even in a later session, because points that a
//! viewer got back must not stay in the leaderboard.

use std::collections::{HashMap, VecDeque};

use super::known::PersonId;

/// Number of redemptions that are remembered. Older ones can no longer be taken back.
const MOST: usize = 50_000;

/// The entry and the points that a redemption has added to the credits.
#[derive(Debug)]
pub(super) struct Redeemed {
    pub(super) who: PersonId,
    pub(super) points: u64,
    /// The reward's id, or its title if it has no id.
    pub(super) reward: Box<str>,
    /// The session in which it counts, by its number in this run.
    pub(super) session: u64,
}

/// The latest redemptions, by their ids.
#[derive(Debug, Default)]
pub(super) struct Redemptions {
    by_id: HashMap<Box<str>, Redeemed>,
    order: VecDeque<Box<str>>,
}

impl Redemptions {
    /// Remembers a redemption. One without an id cannot be taken back, so it is ignored.
    pub(super) fn note(&mut self, id: &str, redeemed: Redeemed) {
        if id.is_empty() || self.by_id.insert(id.into(), redeemed).is_some() {
            return;
        }
        self.order.push_back(id.into());
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    pub(super) fn take(&mut self, id: &str) -> Option<Redeemed> {
        let taken = self.by_id.remove(id)?;
        // Otherwise, a redemption with the same id would be dropped instead of an older one.
        self.order.retain(|kept| **kept != *id);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{credits::People, event::Person};

    #[test]
    fn only_the_latest_are_remembered() {
        let who = People::default()
            .register(&Person::new("1", "a", "A").unwrap(), 0)
            .who;
        let mut redemptions = Redemptions::default();
        for id in 0..=MOST {
            redemptions.note(
                &id.to_string(),
                Redeemed {
                    who,
                    points: 1,
                    reward: "r".into(),
                    session: 1,
                },
            );
        }
        assert_eq!(
            (
                redemptions.has("0"),
                redemptions.has("1"),
                redemptions.by_id.len()
            ),
            (false, true, MOST)
        );
        assert!(redemptions.take("1").is_some());
        assert!(redemptions.take("1").is_none());
        assert_eq!(redemptions.order.len(), redemptions.by_id.len());
    }
}

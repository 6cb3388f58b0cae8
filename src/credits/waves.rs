//! Gift waves: single gifts of one gifter and tier, each within ten seconds of the last, put back together to the bomb they were.
//!
//! Ten seconds is Twitchat's own rule. Twitch refuses to gift somebody twice, so the same recipient twice within a wave is the same gift
//! told by two open Twitchat pages.

use std::collections::{HashMap, HashSet};

use super::people::PersonId;
use crate::event::fact::Tier;

/// The longest pause within a wave.
pub const WAVE_GAP_MS: i64 = 10_000;

/// How a gift changed its wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first of its wave.
    Single,
    /// The second recipient: from here on it is a bomb.
    BecomesBomb,
    /// One more of a bomb.
    Continues,
    /// Told before.
    Repeat,
}

#[derive(Debug)]
struct Wave {
    last_ms: i64,
    recipients: HashSet<PersonId>,
}

/// The waves that may still go on.
#[derive(Debug, Default)]
pub struct Waves {
    running: HashMap<(PersonId, Tier), Wave>,
    /// So many waves may be there before those that are over are looked for.
    room: usize,
}

/// Waves that are there before any is looked at.
const FEW: usize = 1_000;

impl Waves {
    /// Whether this gift was told already, within a wave that may still go on.
    pub fn has(&self, gifter: PersonId, tier: Tier, recipient: PersonId, at_ms: i64) -> bool {
        let wave = self.running.get(&(gifter, tier)).filter(|wave| at_ms - wave.last_ms <= WAVE_GAP_MS);
        wave.is_some_and(|wave| wave.recipients.contains(&recipient))
    }

    /// Takes one gift.
    pub fn gift(&mut self, gifter: PersonId, tier: Tier, recipient: PersonId, at_ms: i64) -> Step {
        if self.running.len() > self.room.max(FEW) {
            self.running.retain(|_, wave| at_ms - wave.last_ms <= WAVE_GAP_MS);
            // Looking at all of them for each gift would take the square of their number.
            self.room = 2 * self.running.len();
        }
        let wave = self.running.entry((gifter, tier)).or_insert_with(|| Wave { last_ms: at_ms, recipients: HashSet::new() });
        if at_ms - wave.last_ms > WAVE_GAP_MS {
            wave.recipients.clear();
        }
        if !wave.recipients.insert(recipient) {
            return Step::Repeat;
        }
        wave.last_ms = wave.last_ms.max(at_ms);
        match wave.recipients.len() {
            1 => Step::Single,
            2 => Step::BecomesBomb,
            _ => Step::Continues,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{credits::People, event::Person};

    /// For each gift, it would take the square of their number.
    #[test]
    fn waves_are_looked_through_only_when_they_have_doubled() {
        let mut people = People::default();
        let who: Vec<_> = (0..20_000).map(|id| people.meet(&Person::new(&id.to_string(), "", "").unwrap(), 0).who).collect();
        let mut waves = Waves::default();
        let mut looked_through = 0;
        for gifter in &who {
            let room = waves.room;
            waves.gift(*gifter, Tier::One, *gifter, 0);
            looked_through += usize::from(waves.room != room);
        }
        assert_eq!((waves.running.len(), looked_through), (who.len(), 5));
        waves.room = 0;
        for (place, gifter) in (2_i64..).zip(&who) {
            waves.gift(*gifter, Tier::Two, *gifter, place * WAVE_GAP_MS);
        }
        assert!(waves.running.len() <= 2 * FEW, "{} that are over", waves.running.len());
    }

    #[test]
    fn two_recipients_make_a_bomb_and_a_pause_ends_it() {
        let mut people = People::default();
        let mut meet = |id: &str| people.meet(&Person::new(id, id, "").unwrap(), 0).who;
        let (gifter, a, b, c) = (meet("1"), meet("2"), meet("3"), meet("4"));
        let mut waves = Waves::default();
        let mut gift = |to, tier, at| waves.gift(gifter, tier, to, at);
        assert_eq!(gift(a, Tier::One, 0), Step::Single);
        assert_eq!(gift(a, Tier::One, 100), Step::Repeat, "a second Twitchat page");
        assert_eq!(gift(b, Tier::One, 10_000), Step::BecomesBomb);
        assert_eq!(gift(b, Tier::Two, 10_001), Step::Single, "another tier is another wave");
        assert_eq!(gift(c, Tier::One, 20_000), Step::Continues, "each within ten seconds of the last");
        assert_eq!(gift(a, Tier::One, 30_001), Step::Single);
    }
}

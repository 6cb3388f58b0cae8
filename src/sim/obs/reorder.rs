//! Decides which broadcasts change places. OBS reorders broadcasts because it passes each one to a
//! thread pool.
//!
//! Measured on OBS 30.2.3: 79 of 1,000 back-to-back pairs swapped; 6,451 of 100,000 in a burst,
//! displaced by up to 1,558 places; none of 2,000 when each is sent after the reply to the previous
//! one (1 of 2,000 on a busy machine). This module holds a straggler back until some later
//! broadcasts have passed it. The hub delivers all stragglers when no more broadcasts arrive, and
//! sends the reply to a straggler only together with it. So a broadcast that is sent after a reply
//! never overtakes, unless replies are sent early.
//!
//! Pure: the hub passes the items, and the seed decides.

use std::collections::BTreeMap;

/// The number of stragglers in a thousand broadcasts.
const STRAGGLERS_PER_MILLE: u64 = 80;

/// The stragglers of one stand-in.
#[derive(Debug)]
pub(super) struct Reorder<T> {
    random: fastrand::Rng,
    enabled: bool,
    taken: u64,
    /// The keys are the number of the broadcast after which each straggler is delivered, then its
    /// own number.
    held: BTreeMap<(u64, u64), T>,
}

impl<T> Reorder<T> {
    pub(super) fn new(seed: u64, enabled: bool) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            enabled,
            taken: 0,
            held: BTreeMap::new(),
        }
    }

    /// Takes an item, and returns the items to deliver at once, in their order.
    pub(super) fn push(&mut self, item: T) -> Vec<T> {
        let number = self.taken;
        self.taken = self.taken.saturating_add(1);
        if self.enabled && self.random.u64(..1_000) < STRAGGLERS_PER_MILLE {
            let places = self.places();
            self.held
                .insert((number.saturating_add(places), number), item);
            return self.release(number);
        }
        let mut out = vec![item];
        out.append(&mut self.release(number));
        out
    }

    /// Returns all stragglers.
    pub(super) fn flush(&mut self) -> Vec<T> {
        std::mem::take(&mut self.held).into_values().collect()
    }

    /// The number of items so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The stragglers that are delivered after item `number`.
    fn release(&mut self, number: u64) -> Vec<T> {
        let later = self.held.split_off(&(number.saturating_add(1), 0));
        std::mem::replace(&mut self.held, later)
            .into_values()
            .collect()
    }

    /// The number of places that a straggler loses: usually one, rarely hundreds.
    fn places(&mut self) -> u64 {
        match self.random.u64(..1_000) {
            0..700 => 1,
            700..950 => self.random.u64(2..=16),
            950..999 => self.random.u64(17..=200),
            _ => self.random.u64(201..=1_560),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burst(seed: u64, count: u64) -> Vec<u64> {
        let mut reorder = Reorder::new(seed, true);
        let mut out: Vec<u64> = (0..count).flat_map(|number| reorder.push(number)).collect();
        out.extend(reorder.flush());
        out
    }

    #[test]
    fn a_burst_is_complete_and_swapped_about_as_often_as_measured() {
        let out = burst(1, 100_000);
        let swapped = out.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert!((5_000..9_000).contains(&swapped), "{swapped}");
        let furthest = out
            .iter()
            .zip(0u64..)
            .map(|(number, place)| place.abs_diff(*number))
            .max()
            .unwrap();
        assert!((300..=1_700).contains(&furthest), "{furthest}");
        let mut sorted = out;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100_000).collect::<Vec<_>>());
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(burst(3, 1_000), burst(3, 1_000));
        assert_ne!(burst(3, 1_000), burst(4, 1_000));
    }

    #[test]
    fn flushed_after_each_item_nothing_is_swapped() {
        let mut reorder = Reorder::new(1, true);
        let out: Vec<u64> = (0..2_000)
            .flat_map(|number| {
                let mut out = reorder.push(number);
                out.extend(reorder.flush());
                out
            })
            .collect();
        assert!(out.is_sorted());
    }

    #[test]
    fn switched_off_it_changes_nothing() {
        let mut reorder = Reorder::new(1, false);
        assert!((0..1_000u64).all(|number| reorder.push(number) == [number]));
    }
}

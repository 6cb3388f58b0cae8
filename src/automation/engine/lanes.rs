//! Queues for work outside the pure part: programs and requests to OBS.
//!
//! Each rule or action has a lane. Tasks wait in the lane of their owner. They never delay the
//! first task of another lane.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Bound,
};

use super::run::Owner;

#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The limit on running tasks of one lane.
    pub(super) each: usize,
    /// The limit on running tasks of all lanes. The first task of each lane does not count.
    pub(super) all: usize,
    /// The limit on waiting tasks in one lane.
    pub(super) waiting: usize,
    /// The limit on the total bytes of the tasks that wait in one lane. A single larger task is
    /// accepted.
    pub(super) bytes: usize,
}

#[derive(Debug)]
struct Lane<T> {
    running: usize,
    queue: VecDeque<(T, usize)>,
    bytes: usize,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self {
            running: 0,
            queue: VecDeque::new(),
            bytes: 0,
        }
    }
}

#[derive(Debug)]
pub(super) struct Lanes<T> {
    bounds: Bounds,
    by_owner: BTreeMap<Owner, Lane<T>>,
    /// The number of running tasks. The first task of each lane does not count.
    beside: usize,
    /// The lane that started a task last.
    last: Option<Owner>,
}

impl<T> Lanes<T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            by_owner: BTreeMap::new(),
            beside: 0,
            last: None,
        }
    }

    /// Appends a task of this many bytes to a lane. Returns `false` if the lane is full.
    pub(super) fn put(&mut self, owner: Owner, work: T, bytes: usize) -> bool {
        let lane = self.by_owner.entry(owner).or_default();
        let fits = lane.queue.is_empty()
            || (lane.queue.len() < self.bounds.waiting && lane.bytes + bytes <= self.bounds.bytes);
        if fits {
            lane.bytes += bytes;
            lane.queue.push_back((work, bytes));
        }
        fits
    }

    /// Starts the next task that may run now, and returns it with its owner. Call this until it
    /// returns `None`.
    pub(super) fn begin(&mut self) -> Option<(Owner, T)> {
        let has_room = self.beside < self.bounds.all;
        let each = self.bounds.each;
        let first = |lane: &Lane<T>| lane.running == 0;
        let owner = self
            .turn(first)
            .or_else(|| self.turn(|lane| has_room && lane.running < each))?;
        let lane = self.by_owner.get_mut(&owner)?;
        let (work, bytes) = lane.queue.pop_front()?;
        lane.bytes -= bytes;
        self.beside += usize::from(lane.running > 0);
        lane.running += 1;
        self.last = Some(owner);
        Some((owner, work))
    }

    /// The first lane after the last one that has a waiting task and for which `may` is true.
    fn turn(&self, may: impl Fn(&Lane<T>) -> bool) -> Option<Owner> {
        let after = self.last.map_or(Bound::Unbounded, Bound::Excluded);
        let mut lanes = self
            .by_owner
            .range((after, Bound::Unbounded))
            .chain(&self.by_owner);
        lanes
            .find(|(_, lane)| !lane.queue.is_empty() && may(lane))
            .map(|(owner, _)| *owner)
    }

    /// Call this when a running task of this owner has ended.
    pub(super) fn ended(&mut self, owner: Owner) {
        let Some(lane) = self
            .by_owner
            .get_mut(&owner)
            .filter(|lane| lane.running > 0)
        else {
            return;
        };
        lane.running -= 1;
        self.beside -= usize::from(lane.running > 0);
    }

    /// The number of running tasks of a lane and the number of waiting ones.
    pub(super) fn count(&self, owner: Owner) -> (usize, usize) {
        self.by_owner
            .get(&owner)
            .map(|lane| (lane.running, lane.queue.len()))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        each: 3,
        all: 4,
        waiting: 5,
        bytes: 100,
    };

    fn begun(lanes: &mut Lanes<u32>) -> Vec<(usize, u32)> {
        let place = |owner| match owner {
            Owner::Rule(place) | Owner::Action(place) => place,
        };
        std::iter::from_fn(|| lanes.begin())
            .map(|(owner, work)| (place(owner), work))
            .collect()
    }

    #[test]
    fn the_first_of_a_lane_never_waits_for_others() {
        let mut lanes = Lanes::new(BOUNDS);
        for owner in 0..3 {
            assert!((0..5).all(|work| lanes.put(Owner::Rule(owner), work, 1)));
        }
        assert_eq!(
            begun(&mut lanes),
            [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (0, 2)],
            "four in addition to the first of each"
        );
        assert!(lanes.put(Owner::Rule(9), 7, 1));
        assert_eq!(
            begun(&mut lanes),
            [(9, 7)],
            "although all of the shared room is taken"
        );
    }

    #[test]
    fn shared_room_goes_to_each_in_turn() {
        let mut lanes = Lanes::new(BOUNDS);
        for owner in 0..3 {
            assert!((0..5).all(|work| lanes.put(Owner::Rule(owner), work, 1)));
        }
        begun(&mut lanes);
        lanes.ended(Owner::Rule(0));
        assert_eq!(begun(&mut lanes), [(1, 2)]);
        lanes.ended(Owner::Rule(0));
        lanes.ended(Owner::Rule(0));
        assert_eq!(
            begun(&mut lanes),
            [(0, 3), (2, 2)],
            "the first task of its lane, and the lane whose turn it is"
        );
        assert_eq!(
            (lanes.count(Owner::Rule(0)), lanes.count(Owner::Rule(2))),
            ((1, 1), (3, 2))
        );
    }

    #[test]
    fn what_waits_is_bounded_by_number_and_by_bytes() {
        let mut lanes = Lanes::new(BOUNDS);
        let taken = |lanes: &mut Lanes<u32>, bytes| {
            (0..10)
                .filter(|work| lanes.put(Owner::Rule(0), *work, bytes))
                .count()
        };
        assert_eq!(taken(&mut lanes, 1), 5);
        assert_eq!(begun(&mut lanes).len(), 3);
        assert_eq!(taken(&mut lanes, 49), 2, "next to two of one byte");
        let mut lanes = Lanes::new(BOUNDS);
        assert_eq!(taken(&mut lanes, 1_000), 1, "a single task may be large");
    }

    #[test]
    fn the_end_of_an_unknown_task_changes_nothing() {
        let mut lanes = Lanes::<u32>::new(BOUNDS);
        lanes.ended(Owner::Action(1));
        assert_eq!(
            (lanes.count(Owner::Action(1)), begun(&mut lanes)),
            ((0, 0), vec![])
        );
    }
}

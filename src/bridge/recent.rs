//! Remembers the last few thousand ids as hashes.

use std::{
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

/// The hash of an id, which is the same in each run.
pub(super) fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// The number of remembered ids of Twitchat's messages.
pub const RECENT_IDS: usize = 4_096;

/// A bounded set that forgets the oldest id.
#[derive(Debug)]
pub struct Recent {
    order: VecDeque<u64>,
    set: HashSet<u64>,
    size: usize,
}

impl Recent {
    /// An empty set for at most `size` ids.
    pub fn new(size: usize) -> Self {
        Self {
            order: VecDeque::with_capacity(size),
            set: HashSet::with_capacity(size),
            size,
        }
    }

    /// Returns `false` if the set already contains it.
    pub fn insert(&mut self, id: &str) -> bool {
        let id = hash(id);
        if !self.set.insert(id) {
            return false;
        }
        if self.order.len() == self.size
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        self.order.push_back(id);
        true
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.set.contains(&hash(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut recent = Recent::new(2);
        assert!(recent.insert("a") && recent.insert("b") && !recent.insert("a"));
        assert!(recent.insert("c") && !recent.has("a") && recent.has("b") && recent.insert("a"));
    }
}

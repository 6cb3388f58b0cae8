//! What actions and their parameters are called before and since 17.

use crate::twitchat::Generation;

/// Whose words: 17 has renamed everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Naming {
    /// Up to 16.x.
    Old,
    /// From 17 on.
    New,
}

impl Naming {
    /// The words of a generation.
    pub fn of(generation: Generation) -> Self {
        if generation == Generation::Third {
            Self::New
        } else {
            Self::Old
        }
    }
}

/// What something is called on either side of the great renaming; `None` where it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// Up to 16.x.
    pub old: Option<&'static str>,
    /// From 17 on.
    pub new: Option<&'static str>,
}

impl Names {
    /// The name in these words.
    pub fn of(self, naming: Naming) -> Option<&'static str> {
        match naming {
            Naming::Old => self.old,
            Naming::New => self.new,
        }
    }

    /// Its names, each once, the older one first.
    pub fn all(self) -> impl Iterator<Item = &'static str> {
        self.old
            .into_iter()
            .chain(self.new.filter(|new| self.old != Some(new)))
    }
}

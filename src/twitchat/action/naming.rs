//! The names of actions and parameters, up to Twitchat 16 and from Twitchat 17 on.

use crate::twitchat::Generation;

/// One of the two sets of names. Twitchat 17 renamed everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Naming {
    /// The names of Twitchat up to 16.x.
    Old,
    /// The names of Twitchat from 17 on.
    New,
}

impl Naming {
    pub fn of(generation: Generation) -> Self {
        if generation == Generation::Third {
            Self::New
        } else {
            Self::Old
        }
    }
}

/// The old and the new name of an action or a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// The name in Twitchat up to 16.x; `None` if it does not exist there.
    pub old: Option<&'static str>,
    /// The name in Twitchat from 17 on; `None` if it does not exist there.
    pub new: Option<&'static str>,
}

impl Names {
    /// The name in this naming; `None` if it does not exist there.
    pub fn of(self, naming: Naming) -> Option<&'static str> {
        match naming {
            Naming::Old => self.old,
            Naming::New => self.new,
        }
    }

    /// Both names, the older one first. Only one name if they are equal.
    pub fn all(self) -> impl Iterator<Item = &'static str> {
        self.old
            .into_iter()
            .chain(self.new.filter(|new| self.old != Some(new)))
    }
}

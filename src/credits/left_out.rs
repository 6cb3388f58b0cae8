//! Decides which people are left out of a reply. It is the only place for this decision, for lists,
//! leaderboards, rolls, labels and exports.

use std::collections::HashSet;

use super::{fold::Fold, ignore::Ignore, known::PersonId, people::People};

/// The state that the decision depends on, when a reply is made.
#[derive(Debug)]
pub struct LeftOut<'a> {
    ignore: &'a Ignore,
    people: &'a People,
    broadcaster: Vec<&'a str>,
    banned: HashSet<PersonId>,
}

impl<'a> LeftOut<'a> {
    /// Looks up the banned people once. Use one instance for many people.
    pub fn new(fold: &'a Fold, ignore: &'a Ignore) -> Self {
        let banned = if ignore.banned {
            fold.bans.roots(&fold.people)
        } else {
            HashSet::new()
        };
        Self {
            ignore,
            people: &fold.people,
            broadcaster: fold.broadcaster.ids(),
            banned,
        }
    }

    pub fn has(&self, who: PersonId) -> bool {
        self.is_banned(who) || self.is_ignored(who)
    }

    /// Whether a person is left out because they are banned.
    pub fn is_banned(&self, who: PersonId) -> bool {
        !self.banned.is_empty() && self.banned.contains(&self.people.shown(who))
    }

    /// Whether somebody is left out for another reason: a bot, the broadcaster, the config's own
    /// list, or an edit by the streamer.
    pub fn is_ignored(&self, who: PersonId) -> bool {
        self.people.is_hidden(who) || self.is_left_out_by_config(who)
    }

    /// Whether a setting leaves somebody out.
    pub fn is_left_out_by_config(&self, who: PersonId) -> bool {
        self.people
            .known(self.people.shown(who))
            .is_none_or(|known| self.ignore.covers(known, &self.broadcaster))
    }
}

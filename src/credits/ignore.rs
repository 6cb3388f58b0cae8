//! People who are always left out of all sections: the broadcaster, known bots, and the config's
//! own list. [`LeftOut`](super::LeftOut) adds people who are banned.

use std::collections::{BTreeSet, HashSet};

use super::known::Known;
use crate::event::Platform;

/// Chat bots and services that many channels have, in lower case and sorted. Streamer.bot lists
/// them; `ignore_bots` leaves them out.
pub const KNOWN_BOTS: &[&str] = &[
    "blerp",
    "botrixoficial",
    "buttsbot",
    "coebot",
    "commanderroot",
    "deepbot",
    "fossabot",
    "frostytoolsdotcom",
    "kofistreambot",
    "lattemotte",
    "mixitupapp",
    "moobot",
    "nightbot",
    "ohbot",
    "own3d",
    "phantombot",
    "playwithviewersbot",
    "pokemoncommunitygame",
    "pretzelrocks",
    "restreambot",
    "revlobot",
    "scorpbot",
    "sery_bot",
    "songlistbot",
    "soundalerts",
    "stay_hydrated_bot",
    "streamelements",
    "streamholics",
    "streamlabs",
    "streamlootsbot",
    "supibot",
    "tangiabot",
    "tipeeebot",
    "vivbot",
    "wizebot",
    "wzbot",
    "xanbot",
];

/// The broadcaster's account, if it is known.
#[derive(Debug, Clone, Default)]
pub struct Broadcaster {
    pub configured: Option<Box<str>>,
    /// Channels of polls and predictions, which only the owner's Twitchat sends.
    own: BTreeSet<Box<str>>,
    /// Channels of other messages. These may be other channels that are open in Twitchat, so their
    /// number is limited.
    seen: BTreeSet<Box<str>>,
    changes: u64,
}

/// Number of channels that are remembered.
const CHANNELS: usize = 64;

impl Broadcaster {
    /// Records the channel id of a message. Returns whether it is new.
    pub fn learn(&mut self, id: &str, own: bool) -> bool {
        let channels = if own { &mut self.own } else { &mut self.seen };
        let is_new =
            channels.len() < CHANNELS && !channels.contains(id) && channels.insert(id.into());
        self.changes += u64::from(is_new);
        is_new
    }

    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The learnt channels as JSON, for the store.
    pub fn to_json(&self) -> String {
        serde_json::json!({ "own": self.own, "seen": self.seen }).to_string()
    }

    /// Adds the channels that were stored.
    pub fn recall(&mut self, json: &str) {
        #[derive(serde::Deserialize)]
        struct Stored {
            own: BTreeSet<Box<str>>,
            seen: BTreeSet<Box<str>>,
        }
        if let Ok(stored) = serde_json::from_str::<Stored>(json) {
            self.changes += 1;
            self.own.extend(stored.own);
            self.seen.extend(stored.seen);
        }
    }

    /// The ids of the broadcaster: the configured id; otherwise the ids in polls and predictions;
    /// otherwise the single channel that all messages share. The result depends on what was
    /// received, but never on its order.
    pub fn ids(&self) -> Vec<&str> {
        if let Some(id) = &self.configured {
            vec![id]
        } else if !self.own.is_empty() {
            self.own.iter().map(|id| &**id).collect()
        } else if self.seen.len() == 1 {
            self.seen.iter().map(|id| &**id).collect()
        } else {
            Vec::new()
        }
    }
}

/// The settings that decide which people are left out.
#[derive(Debug, Clone, Default)]
pub struct Ignore {
    /// Whether to leave out [`KNOWN_BOTS`].
    pub bots: bool,
    /// Whether to leave out the broadcaster.
    pub broadcaster: bool,
    /// Whether to leave out people who are banned.
    pub banned: bool,
    /// Ids, logins and display names to leave out, in lower case.
    pub own: HashSet<Box<str>>,
}

impl Ignore {
    /// The names to leave out. A person who has or had one of these names is left out.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.own
            .iter()
            .map(|name| &**name)
            .chain(KNOWN_BOTS.iter().copied().filter(|_| self.bots))
    }

    /// Whether a person is left out. A former name that the config lists counts too. `broadcaster`
    /// holds the broadcaster's ids.
    pub fn covers(&self, who: &Known, broadcaster: &[&str]) -> bool {
        if self.broadcaster
            && who.platform == Platform::Twitch
            && !who.id.is_empty()
            && broadcaster.contains(&&*who.id)
        {
            return true;
        }
        if self.own.is_empty() && !self.bots {
            return false;
        }
        let (login, display) = (who.login.to_lowercase(), who.display.to_lowercase());
        let listed = |name: &str| {
            !name.is_empty()
                && (self.own.contains(name)
                    || (self.bots && KNOWN_BOTS.binary_search(&name).is_ok()))
        };
        who.listed.iter().any(|name| listed(name))
            || listed(&login)
            || (login.is_empty() && listed(&display))
            || self.own.contains(&*display) && !display.is_empty()
            || self.own.contains(&*who.id) && !who.id.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_are_sorted_and_lower_case() {
        assert!(KNOWN_BOTS.is_sorted() && KNOWN_BOTS.iter().all(|bot| *bot == bot.to_lowercase()));
    }

    #[test]
    fn the_broadcaster_is_the_common_channel_unless_a_poll_names_it() {
        let mut broadcaster = Broadcaster::default();
        assert!(broadcaster.ids().is_empty());
        assert!(broadcaster.learn("1", false) && !broadcaster.learn("1", false));
        assert_eq!(broadcaster.ids(), ["1"]);
        broadcaster.learn("2", false);
        assert!(
            broadcaster.ids().is_empty(),
            "two channels: the owner is unknown"
        );
        broadcaster.learn("3", true);
        assert_eq!(broadcaster.ids(), ["3"]);
        broadcaster.configured = Some("4".into());
        assert_eq!(broadcaster.ids(), ["4"]);
    }
}

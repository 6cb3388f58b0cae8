//! The expected credits after the show. Independent code makes them from the same timeline.

use crate::sim::twitchat::{Generation, Moment, VotePhase};

use super::timeline::{Act, Timeline};

/// Display names by section without duplicates, in the order in which they were played. OBS changes
/// the order, so compare them as sets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    pub follows: Vec<String>,
    pub cheers: Vec<String>,
    pub subs: Vec<String>,
    pub resubs: Vec<String>,
    /// `GiftSubs`: everybody who gave subscriptions, gift bombs included.
    pub gift_subs: Vec<String>,
    /// `GiftBombs`: people who gave several subscriptions at once.
    pub gift_bombs: Vec<String>,
    pub raided: Vec<String>,
    /// `RewardRedemptions`.
    pub redemptions: Vec<String>,
    /// `GameUpdates`: the games to which the streamer switched. The game at the start of Twitchat
    /// does not count.
    pub games: Vec<String>,
    /// `User.Users`: people who wrote in the chat.
    pub users: Vec<String>,
    /// Users with a moderator's badge in the chat. Only the first generation reports the badge with
    /// the message; the summary has the badges of all users.
    pub moderators: Vec<String>,
    /// Users with a VIP badge in the chat.
    pub vips: Vec<String>,
    pub polls: Vec<String>,
    pub bits: Vec<(String, u64)>,
}

impl Expected {
    pub(super) fn of(timeline: &Timeline) -> Self {
        let (mut expected, mut has_badges) = (Self::default(), false);
        for (_, act) in &timeline.0 {
            match act {
                Act::Switch(generation) => has_badges = *generation == Generation::First,
                Act::Play(moment) => expected.count(moment, has_badges),
                Act::PublishRaid { who, .. } => once(&mut expected.raided, &who.display),
            }
        }
        expected
    }

    fn count(&mut self, moment: &Moment, has_badges: bool) {
        match moment {
            Moment::Follow { who } => once(&mut self.follows, &who.display),
            Moment::FirstMessage { who, .. }
            | Moment::NonFollower { who, .. }
            | Moment::Chat { who } => {
                once(&mut self.users, &who.display);
                if has_badges && who.roles.moderator {
                    once(&mut self.moderators, &who.display);
                }
                if has_badges && who.roles.vip {
                    once(&mut self.vips, &who.display);
                }
            }
            Moment::Cheer { who, bits, .. } => {
                once(&mut self.cheers, &who.display);
                match self.bits.iter_mut().find(|(name, _)| *name == who.display) {
                    Some((_, sum)) => *sum = sum.saturating_add(*bits),
                    None => self.bits.push((who.display.clone(), *bits)),
                }
            }
            Moment::Sub { who, .. }
            | Moment::PrimeUpgrade { who }
            | Moment::GiftUpgrade { who } => once(&mut self.subs, &who.display),
            Moment::Resub { who, .. } => once(&mut self.resubs, &who.display),
            Moment::Gift { from, to, .. } => {
                once(&mut self.gift_subs, &from.display);
                if to.len() > 1 {
                    once(&mut self.gift_bombs, &from.display);
                }
            }
            Moment::Redeem { who, .. } => once(&mut self.redemptions, &who.display),
            Moment::Raid { who, .. } => once(&mut self.raided, &who.display),
            Moment::Category { name } => once(&mut self.games, name),
            Moment::Poll {
                poll,
                set_up: VotePhase::Ends,
            } => once(&mut self.polls, &poll.title),
            Moment::Poll { .. }
            | Moment::Prediction { .. }
            | Moment::Tip { .. }
            | Moment::HypeTrain { .. } => {}
        }
    }
}

fn once(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|known| known == name) {
        list.push(name.to_owned());
    }
}

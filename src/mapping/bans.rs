//! Bans in a summary. Twitchat leaves banned people out of all lists of its summary, except for
//! their row among the chatters, which then has no messages. Twitchat never lowers its counter of
//! bans, so the counter alone does not prove that somebody is banned now.

use std::collections::HashSet;

use super::filled::person;
use crate::{
    event::{Person, Platform},
    twitchat::summary::{List, Row, Summary},
};

/// A chatter of a summary who has been banned at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub who: Person,
    /// How often the person was banned since the summary's start.
    pub bans: u64,
}

/// Everything that one summary shows about bans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    /// Everybody who was banned at some time according to the summary, without duplicates.
    pub counted: Vec<Counted>,
    /// Everybody who has an entry of their own in the summary, and is therefore not banned now.
    pub shown: HashSet<Person>,
}

impl Standings {
    pub fn of(summary: &Summary) -> Self {
        let mut standings = Self::default();
        for (list, raw) in &summary.rows {
            let Some(row) = Row::read(raw.get()) else {
                continue;
            };
            let who = match list {
                List::Chatters => {
                    let Some(who) = person(&row) else { continue };
                    let bans = row.bans.count().unwrap_or_default();
                    if bans > 0 {
                        standings.counted.push(Counted {
                            who: who.clone(),
                            bans,
                        });
                    }
                    Some(who).filter(|_| row.count.count().is_some_and(|messages| messages > 0))
                }
                // These rows come from Twitch's list of subscribers, which includes banned people.
                List::Subs | List::Resubs | List::Subgifts if row.from_active_subs.0 => None,
                List::Follows
                | List::Raids
                | List::Subs
                | List::Resubs
                | List::Subgifts
                | List::Bits
                | List::HypeChats
                | List::Rewards
                | List::Shoutouts
                | List::SuperChats
                | List::SuperStickers
                | List::TiktokGifts
                | List::TiktokLikes
                | List::TiktokShares => person(&row),
                List::Powerups => Person::on(Platform::Twitch, "", "", &row.login.0),
                // Tips and orders have no Twitch id, patrons are the complete list of patrons, and
                // the other lists are not about single persons.
                List::Tips
                | List::Merch
                | List::PatreonMembers
                | List::HypeTrains
                | List::Polls
                | List::Predictions => None,
            };
            standings.shown.extend(who);
        }
        standings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(summary: &str) -> (Vec<(String, u64)>, Vec<String>) {
        let standings =
            Standings::of(&Summary::read(serde_json::from_str(summary).unwrap()).unwrap());
        let mut shown: Vec<_> = standings
            .shown
            .iter()
            .map(|who| format!("{}{}", who.id, who.display))
            .collect();
        shown.sort();
        (
            standings
                .counted
                .iter()
                .map(|one| (one.who.id.to_string(), one.bans))
                .collect(),
            shown,
        )
    }

    #[test]
    fn only_an_entry_of_their_own_shows_that_people_are_not_banned() {
        let summary = r#"{"chatters":[{"uid":"1","count":0,"bans":1},{"uid":"2","count":3,
            "bans":2},{"uid":"3","count":0,"bans":0,"tos":1}],
            "follows":[{"uid":"4"}],"subs":[{"uid":"5","fromActiveSubs":true},{"uid":"6"}],
            "subgifts":[{"uid":"7","fromActiveSubs":true}],
            "patreonMembers":[{"uid":"8"}],"tips":[{"login":"Tip","platform":"kofi"}],
            "powerups":[{"login":"Power"}],
            "hypeTrains":[{"level":2,"conductorBits":{"uid":"9"}}],"polls":[{"title":"a"}]}"#;
        let (counted, shown) = of(summary);
        assert_eq!(counted, [("1".to_owned(), 1), ("2".to_owned(), 2)]);
        assert_eq!(shown, ["2", "4", "6", "Power"]);
    }
}

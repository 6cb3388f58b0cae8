//! What a summary says of bans. Twitchat leaves the people who are banned out of all of its lists,
//! except for their line among the chatters: that line has no messages then. Its counter of bans is
//! never lowered, so the counter alone proves nothing.

use std::collections::HashSet;

use super::filled::person;
use crate::{
    event::{Person, Platform},
    twitchat::summary::{List, Row, Summary},
};

/// Somebody among a summary's chatters who was banned at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub who: Person,
    /// How often they were banned since the summary's start.
    pub bans: u64,
}

/// What one summary says of bans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    /// Everybody whom it calls banned at some time, each once.
    pub counted: Vec<Counted>,
    /// Everybody whom it shows with anything of their own, so that they are not banned now.
    pub shown: HashSet<Person>,
}

impl Standings {
    /// Reads them out of a summary.
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
                // These come from Twitch's list of subscribers, whoever is banned.
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
                // Tips and orders have no id of Twitch, patrons are all there are, and the others
                // are about nobody.
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
    fn only_what_is_somebodys_own_shows_that_they_are_not_banned() {
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

//! Twitchat's memory of the stream, and the summary that Twitchat makes of it.
//!
//! Lists are newest first, `login` contains the display name, and no list is missing, as
//! in Twitchat's own summary. Pure.

use serde_json::{Map, Value, json};

use super::moment::{Moment, Person, Tier, VotePhase};
use super::speech::tier;

/// Gifts of one giver and tier become one row if the time between them is shorter than this.
const BOMB_GAP_MS: i64 = 10_000;

/// The lists of a summary.
const LISTS: [&str; 22] = [
    "follows",
    "raids",
    "subs",
    "resubs",
    "subgifts",
    "bits",
    "hypeChats",
    "rewards",
    "shoutouts",
    "hypeTrains",
    "chatters",
    "polls",
    "predictions",
    "tips",
    "merch",
    "powerups",
    "superChats",
    "superStickers",
    "tiktokGifts",
    "tiktokLikes",
    "tiktokShares",
    "patreonMembers",
];

/// All moments, oldest first.
#[derive(Debug, Default)]
pub(super) struct History(Vec<(i64, Moment)>);

#[derive(Debug)]
struct Bomb {
    from: Person,
    tier: Tier,
    last_ms: i64,
    total: usize,
}

impl History {
    pub(super) fn remember(&mut self, at_ms: i64, moment: Moment) {
        self.0.push((at_ms, moment));
    }

    /// The data of a summary of everything since `offset_ms`.
    pub(super) fn summary(&self, offset_ms: i64) -> Value {
        let mut lists: Map<String, Value> = LISTS
            .iter()
            .map(|list| ((*list).to_owned(), json!([])))
            .collect();
        let since = || self.0.iter().filter(|(at_ms, _)| *at_ms >= offset_ms);
        let mut put = |list: &str, row: Value| {
            if let Some(rows) = lists.get_mut(list).and_then(Value::as_array_mut) {
                rows.push(row);
            }
        };
        for (_, moment) in since().rev() {
            if let Some((list, row)) = row(moment) {
                put(list, row);
            }
        }
        for bomb in bombs(since()).iter().rev() {
            let Person { id, display, .. } = &bomb.from;
            put(
                "subgifts",
                json!({"uid": id, "login": display, "tier": tier(bomb.tier), "total": bomb.total,
                    "platform": "twitch"}),
            );
        }
        for (who, count) in chatters(since()) {
            let Person {
                id, display, roles, ..
            } = who;
            put(
                "chatters",
                json!({
                    "uid": id, "login": display, "count": count, "vip": roles.vip,
                        "mod": roles.moderator, "sub": roles.subscriber,
                    "bans": 0, "tos": 0, "tosDuration": 0,
                }),
            );
        }
        lists.insert("streamDuration".into(), 0.into());
        lists.insert(
            "labels".into(),
            json!({
                "no_entry": "No entry", "train": "Level {LEVEL} at {PERCENT}%",
                    "premium_only": "Premium section",
                "sub_duration": "{MONTHS} month | {MONTHS} months",
            }),
        );
        Value::Object(lists)
    }
}

/// The list that a moment belongs to, and its row in that list. `None` if the summary does not
/// contain the moment.
fn row(moment: &Moment) -> Option<(&'static str, Value)> {
    let sub = |who: &Person, at: Tier, months: u64| {
        json!({"uid": who.id, "login": who.display,
        "tier": tier(at), "subDuration": months, "platform": "twitch"})
    };
    Some(match moment {
        Moment::Follow { who } => ("follows", json!({"uid": who.id, "login": who.display})),
        Moment::Raid { who, viewers } => (
            "raids",
            json!({"uid": who.id, "login": who.display, "raiders": viewers}),
        ),
        Moment::Sub { who, tier } => ("subs", sub(who, *tier, 1)),
        Moment::PrimeUpgrade { who } => ("subs", sub(who, Tier::One, 1)),
        Moment::Resub {
            who, tier, months, ..
        } => ("resubs", sub(who, *tier, *months)),
        // Twitchat lists a person who continues a gifted subscription as a giver.
        Moment::GiftUpgrade { who } => (
            "subgifts",
            json!({"uid": who.id, "login": who.display, "tier": 1, "total": 1,
                "platform": "twitch"}),
        ),
        Moment::Cheer { who, bits, .. } => (
            "bits",
            json!({"uid": who.id, "login": who.display, "bits": bits, "pinned": false}),
        ),
        Moment::Redeem { who, reward, .. } => {
            let reward = json!({"name": reward.title, "id": reward.id,
                "icon": "https://cdn.example/reward.png"});
            (
                "rewards",
                json!({"uid": who.id, "login": who.display, "reward": reward}),
            )
        }
        Moment::Poll {
            poll,
            set_up: VotePhase::Ends,
        } => {
            let choices = poll.choices.iter().enumerate();
            let choices: Vec<_> = choices
                .map(|(place, choice)| {
                    json!({"title": choice.label, "votes": choice.votes,
                    "win": place == poll.leader()})
                })
                .collect();
            (
                "polls",
                json!({"title": poll.title, "votes": poll.votes(), "choices": choices}),
            )
        }
        Moment::Prediction {
            prediction,
            set_up: VotePhase::Ends,
        } => {
            let outcomes = prediction
                .choices
                .iter()
                .enumerate()
                .map(|(place, choice)| {
                    json!({"title": choice.label, "points": choice.votes, "voters": choice.voters,
                    "win": place == prediction.leader()})
                });
            let outcomes: Vec<_> = outcomes.collect();
            (
                "predictions",
                json!({"title": prediction.title, "points": prediction.votes(),
                    "outcomes": outcomes}),
            )
        }
        Moment::Tip {
            name,
            cents,
            currency,
        } => {
            let amount = serde_json::Number::from_f64(
                f64::from(u32::try_from(*cents).unwrap_or(u32::MAX)) / 100.0,
            );
            (
                "tips",
                json!({"login": name, "amount": amount, "currency": currency, "platform": "kofi"}),
            )
        }
        Moment::HypeTrain {
            level,
            percent,
            bits: (cheerer, bits),
            points: (giver, points),
        } => {
            let bits = json!({"uid": cheerer.id, "login": cheerer.display, "bits": bits});
            let subs = json!({"uid": giver.id, "login": giver.display, "subs": points});
            (
                "hypeTrains",
                json!({"level": level, "percent": percent, "conductorBits": bits,
                    "conductorSubs": subs}),
            )
        }
        _ => return None,
    })
}

/// Groups gifts into gift bombs, oldest first.
fn bombs<'a>(moments: impl Iterator<Item = &'a (i64, Moment)>) -> Vec<Bomb> {
    let mut bombs: Vec<Bomb> = Vec::new();
    for (at_ms, moment) in moments {
        let Moment::Gift { from, to, tier } = moment else {
            continue;
        };
        let running = bombs
            .iter_mut()
            .rev()
            .find(|bomb| bomb.from.id == from.id && bomb.tier == *tier);
        match running.filter(|bomb| at_ms.saturating_sub(bomb.last_ms) < BOMB_GAP_MS) {
            Some(bomb) => {
                bomb.last_ms = *at_ms;
                bomb.total = bomb.total.saturating_add(to.len());
            }
            None => bombs.push(Bomb {
                from: from.clone(),
                tier: *tier,
                last_ms: *at_ms,
                total: to.len(),
            }),
        }
    }
    bombs
}

/// The number of messages of each person. The person with the latest message comes first.
fn chatters<'a>(
    moments: impl DoubleEndedIterator<Item = &'a (i64, Moment)>,
) -> Vec<(&'a Person, u64)> {
    let mut chatters: Vec<(&Person, u64)> = Vec::new();
    for (_, moment) in moments.rev() {
        let (Moment::Chat { who }
        | Moment::FirstMessage { who, .. }
        | Moment::NonFollower { who, .. }) = moment
        else {
            continue;
        };
        match chatters.iter_mut().find(|(known, _)| known.id == who.id) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => chatters.push((who, 1)),
        }
    }
    chatters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> Person {
        Person::new(name.len().to_string(), name)
    }

    #[test]
    fn a_summary_has_every_list_and_begins_at_the_offset() {
        let mut history = History::default();
        history.remember(
            10,
            Moment::Follow {
                who: person("Early"),
            },
        );
        history.remember(
            20,
            Moment::Follow {
                who: person("Later"),
            },
        );
        history.remember(
            30,
            Moment::Follow {
                who: person("Latest"),
            },
        );
        let summary = history.summary(20);
        assert_eq!(
            summary["follows"],
            json!([{"uid": "6", "login": "Latest"}, {"uid": "5", "login": "Later"}])
        );
        assert!(LISTS.iter().all(|list| summary[*list].is_array()));
        assert_eq!(history.summary(0)["follows"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn gifts_within_ten_seconds_are_one_row() {
        let mut history = History::default();
        let gift = |to: &[&str]| Moment::Gift {
            from: person("Giver"),
            to: to.iter().map(|to| person(to)).collect(),
            tier: Tier::One,
        };
        history.remember(0, gift(&["a"]));
        history.remember(9_999, gift(&["bb", "ccc"]));
        history.remember(20_000, gift(&["dddd"]));
        let totals: Vec<_> = history.summary(0)["subgifts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["total"].clone())
            .collect();
        assert_eq!(totals, [1, 3]);
    }

    #[test]
    fn chatters_are_counted_and_carry_their_roles() {
        let mut history = History::default();
        let who = person("Vip").roles(super::super::moment::Roles {
            vip: true,
            ..Default::default()
        });
        history.remember(
            0,
            Moment::FirstMessage {
                who: who.clone(),
                text: "hi".into(),
            },
        );
        history.remember(1, Moment::Chat { who });
        let chatters = history.summary(0)["chatters"].clone();
        assert_eq!(
            (
                &chatters[0]["count"],
                &chatters[0]["vip"],
                &chatters[0]["mod"]
            ),
            (&json!(2), &json!(true), &json!(false))
        );
    }
}

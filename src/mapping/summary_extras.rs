//! Summary extras: contents of Twitchat's summary that are not matched row by row. They are states
//! that only grow, and events that no other section credits: polls, shoutouts, power-ups, activity
//! in chat, and patrons.
//!
//! Twitchat sends no event when they happen, so there is no event to match them with. Each summary
//! is joined with the earlier ones (`credits::joined_extras`). The journal stores them as one row,
//! [`KIND`], which is a summary with only these lists.

use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::decode::tier;
use crate::{
    event::{Decimal, Person, Platform, fact::Tier},
    twitchat::{
        lenient::{self, Flag, Number, Rows, Text},
        summary::{Conductor, List, Row, Summary},
    },
};

/// `kind` of the row in the journal.
pub const KIND: &str = "rest";

/// A poll or a prediction that is over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EndedVote {
    pub title: Box<str>,
    /// Total number of votes, or of channel points.
    pub total: u64,
    /// Each choice with its votes or points, and whether it won.
    pub choices: Vec<(Box<str>, u64, bool)>,
}

/// In this file, `W` identifies a person: it is a [`Person`] of the summary, or the id of a person
/// in the credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shoutout<W = Person> {
    /// The person who received or gave the shoutout.
    pub who: W,
    pub received: bool,
    pub viewers: u64,
}

/// A power-up that a viewer used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PowerUp<W = Person> {
    pub who: W,
    /// `animation`, `gigantifiedemote`, `celebration` or `custom`.
    pub kind: Box<str>,
    /// The emote's picture; empty if it has none.
    pub image: Box<str>,
    /// The skin of a message effect; empty if it has none.
    pub skin: Box<str>,
    /// The power-up's name; empty if not reported.
    pub name: Box<str>,
    /// The id of a power-up of the channel's own; empty for others.
    pub id: Box<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Patron<W = Person> {
    pub who: W,
    pub months: u32,
    /// The tier's id; may be empty.
    pub tier: Box<str>,
    /// Total of all payments, without a currency.
    pub given: Decimal,
}

/// A person's activity in chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Activity {
    pub messages: u64,
    pub bans: u64,
    pub timeouts: u64,
    /// Total seconds of the timeouts.
    pub timeout_seconds: u64,
}

/// A hype train that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Train<W = Person> {
    pub level: u32,
    /// Progress within the level, in percent.
    pub percent: u32,
    /// The conductors, by subscriptions and by bits.
    pub conductors: Vec<W>,
}

/// The contents of a summary that are joined with the same contents of earlier summaries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SummaryExtras {
    pub polls: Vec<EndedVote>,
    pub predictions: Vec<EndedVote>,
    /// Shoutouts that the broadcaster gave or received.
    pub shoutouts: Vec<Shoutout>,
    pub power_ups: Vec<PowerUp>,
    /// Likes on TikTok.
    pub likes: Vec<(Person, u64)>,
    /// Shares on TikTok.
    pub shares: Vec<(Person, u64)>,
    pub patrons: Vec<Patron>,
    pub chatters: Vec<(Person, Activity)>,
    pub trains: Vec<Train>,
    /// Cheers that were pinned for bits: the person and the number of bits.
    pub pinned: Vec<(Person, u64)>,
    /// All current subscribers, if Twitchat's own credits overlay is set to list them.
    pub active_subs: Vec<(Person, Tier)>,
    /// The people who gave current subscriptions, with tier and number, under the same setting.
    pub active_gifters: Vec<(Person, Tier, u64)>,
    /// Pictures of rewards: the reward's id and the address.
    pub reward_icons: Vec<(Box<str>, Box<str>)>,
    /// Pictures of gifts and stickers: the sender and the address.
    pub stickers: Vec<(Person, Box<str>)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    votes: Number,
    points: Number,
    win: Flag,
}

impl SummaryExtras {
    /// Reads the extras of a summary, oldest first.
    pub fn of(summary: &Summary) -> Self {
        let mut rest = Self::default();
        for (list, raw) in summary.rows.iter().rev() {
            if let Some(row) = Row::read(raw.get()) {
                rest.take(*list, &row);
            }
        }
        rest
    }

    /// Reads the extras of a row of the journal. `None` if the row cannot be parsed.
    pub fn read(body: &str) -> Option<Self> {
        let data: &RawValue = serde_json::from_str(body).ok()?;
        Some(Self::of(&Summary::read(data).ok()?))
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn take(&mut self, list: List, row: &Row<'_>) {
        let who = || {
            let platform = if row.platform.is_empty() {
                Platform::of_id(&row.uid.0)
            } else {
                Platform::parse(&row.platform.0)
            };
            Person::on(platform, &row.uid.0, "", &row.login.0)
        };
        let on = |platform| Person::on(platform, &row.uid.0, "", &row.login.0);
        let text = |text: &Text<'_>| -> Box<str> { (&*text.0).into() };
        let count = |number: Number| number.count().unwrap_or_default();
        let counted = |who| (who, count(row.count));
        match list {
            List::Polls => self.polls.extend(vote(row, &row.choices, row.votes)),
            List::Predictions => self
                .predictions
                .extend(vote(row, &row.outcomes, row.points)),
            List::Shoutouts => {
                self.shoutouts.extend(who().map(|who| Shoutout {
                    who,
                    received: row.received.0,
                    viewers: count(row.viewers),
                }));
            }
            List::Powerups => {
                let power_up = |who| PowerUp {
                    who,
                    kind: text(&row.kind),
                    image: text(&row.emote_url),
                    skin: text(&row.skin),
                    name: text(&row.power_up_name),
                    id: text(&row.power_up_id),
                };
                self.power_ups.extend(on(Platform::Twitch).map(power_up));
            }
            List::TiktokLikes => self.likes.extend(on(Platform::TikTok).map(counted)),
            List::TiktokShares => self.shares.extend(on(Platform::TikTok).map(counted)),
            List::PatreonMembers => {
                let given = row.lifetime_amount.decimal().unwrap_or_default();
                let months = row.months.small().unwrap_or_default();
                self.patrons.extend(on(Platform::Patreon).map(|who| Patron {
                    who,
                    months,
                    tier: text(&row.tier),
                    given,
                }));
            }
            List::Chatters => {
                let activity = Activity {
                    messages: count(row.count),
                    bans: count(row.bans),
                    timeouts: count(row.tos),
                    timeout_seconds: count(row.tos_duration),
                };
                self.chatters.extend(who().map(|who| (who, activity)));
            }
            List::HypeTrains => self.trains.extend(train(row)),
            List::Bits if row.pinned.0 => {
                self.pinned.extend(who().map(|who| (who, count(row.bits))));
            }
            List::Subs if row.from_active_subs.0 => self
                .active_subs
                .extend(who().map(|who| (who, tier(&row.tier.0)))),
            List::Subgifts if row.from_active_subs.0 => {
                let total = row.total.decimal().unwrap_or_default().count().max(1);
                self.active_gifters
                    .extend(who().map(|who| (who, tier(&row.tier.0), total)));
            }
            List::Rewards => {
                let icon = row
                    .reward
                    .0
                    .as_ref()
                    .filter(|reward| is_url(&reward.icon.0) && !reward.id.is_empty());
                self.reward_icons.extend(
                    icon.map(|reward| (text(&reward.id), text(&reward.icon)))
                        .filter(|icon| !self.reward_icons.contains(icon)),
                );
            }
            List::TiktokGifts if is_url(&row.image_url.0) => {
                self.stickers
                    .extend(on(Platform::TikTok).map(|who| (who, text(&row.image_url))));
            }
            List::SuperStickers if is_url(&row.sticker_url.0) => {
                self.stickers
                    .extend(on(Platform::YouTube).map(|who| (who, text(&row.sticker_url))));
            }
            _ => {}
        }
    }
}

fn train(row: &Row<'_>) -> Option<Train> {
    let conductors = [&row.conductor_subs, &row.conductor_bits];
    let person = |one: &Conductor<'_>| Person::new(&one.uid.0, "", &one.login.0);
    Some(Train {
        level: row.level.small()?,
        percent: row.percent.small().unwrap_or_default(),
        conductors: conductors
            .iter()
            .filter_map(|one| one.0.as_ref().and_then(person))
            .collect(),
    })
}

/// Whether this is an address on the network. Other pages cannot load a path inside Twitchat.
fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn vote(row: &Row<'_>, choices: &Rows<'_>, total: Number) -> Option<EndedVote> {
    let choice = |raw: &&RawValue| {
        let choice: Choice<'_> = lenient::object(raw)?;
        let votes = choice
            .votes
            .count()
            .or(choice.points.count())
            .unwrap_or_default();
        Some(((&*choice.title.0).into(), votes, choice.win.0))
    };
    let title = (!row.title.is_empty()).then(|| (&*row.title.0).into())?;
    Some(EndedVote {
        title,
        total: total.count().unwrap_or_default(),
        choices: choices.0.iter().filter_map(choice).collect(),
    })
}

/// The lists that the journal keeps, each with the fields that are kept.
const KEPT: [(List, &[&str]); 15] = [
    (List::Polls, &["title", "votes", "choices"]),
    (List::Predictions, &["title", "points", "outcomes"]),
    (List::Shoutouts, &["uid", "login", "received", "viewers"]),
    (
        List::Powerups,
        &["login", "type", "skinID", "emoteUrl", "powerUpName"],
    ),
    (List::TiktokLikes, &["uid", "login", "count"]),
    (List::TiktokShares, &["uid", "login", "count"]),
    (
        List::PatreonMembers,
        &["uid", "login", "months", "tier", "lifetimeAmount"],
    ),
    (
        List::Chatters,
        &["uid", "login", "count", "bans", "tos", "tosDuration"],
    ),
    (
        List::HypeTrains,
        &["level", "percent", "conductorBits", "conductorSubs"],
    ),
    (List::Bits, &["uid", "login", "bits", "pinned"]),
    (
        List::Subs,
        &["uid", "login", "tier", "fromActiveSubs", "platform"],
    ),
    (
        List::Subgifts,
        &[
            "uid",
            "login",
            "tier",
            "total",
            "fromActiveSubs",
            "platform",
        ],
    ),
    (List::Rewards, &["reward"]),
    (List::TiktokGifts, &["uid", "login", "imageUrl"]),
    (List::SuperStickers, &["uid", "login", "stickerUrl"]),
];

/// The summary in the format of the journal: only these lists and fields.
pub fn body(summary: &Summary) -> Box<str> {
    let mut kept = Map::new();
    for (list, fields) in KEPT {
        let rows: Vec<Value> = summary
            .list(list)
            .filter_map(|raw| slim(list, raw, fields))
            .collect();
        if !rows.is_empty() {
            kept.insert(list.as_str().to_owned(), rows.into());
        }
    }
    Value::Object(kept).to_string().into()
}

fn slim(list: List, raw: &RawValue, fields: &[&str]) -> Option<Value> {
    let row: Map<String, Value> = serde_json::from_str(raw.get()).ok()?;
    let has = |field: &str| {
        row.get(field)
            .is_some_and(|value| *value != json!(false) && !value.is_null())
    };
    let matters = match list {
        List::Bits => has("pinned"),
        List::Subs | List::Subgifts => has("fromActiveSubs"),
        List::TiktokGifts => has("imageUrl"),
        List::SuperStickers => has("stickerUrl"),
        _ => true,
    };
    matters.then(|| {
        Value::Object(
            row.into_iter()
                .filter(|(field, _)| fields.contains(&field.as_str()))
                .collect(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Received;

    fn summary(line: usize) -> Summary {
        let lines = include_str!("../../tests/fixtures/twitchat_examples.ndjson");
        let Received::Twitchat(message) =
            Received::read(lines.lines().nth(line - 1).unwrap()).unwrap()
        else {
            panic!("line {line}")
        };
        Summary::read(message.data.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn everything_that_no_row_credits_is_taken() {
        insta::assert_debug_snapshot!(SummaryExtras::of(&summary(121)));
    }

    #[test]
    fn the_journal_keeps_only_data_that_is_read() {
        for line in [121, 122, 123, 124] {
            let summary = summary(line);
            let body = body(&summary);
            assert_eq!(
                SummaryExtras::read(&body).unwrap(),
                SummaryExtras::of(&summary),
                "line {line}"
            );
        }
        assert_eq!(&*body(&summary(123)), "{}");
        assert!(SummaryExtras::read("{}").unwrap().is_empty());
        assert_eq!(SummaryExtras::read("[]"), None);
    }

    #[test]
    fn rows_of_any_shape_are_accepted() {
        let odd = r#"{"polls":[7,{"title":"","choices":3},{"title":"a","choices":[1,
            {"win":"yes"}],"votes":"12"}],"chatters":[{}],"powerups":null,
            "shoutouts":[{"uid":7,"login":null,"received":1}],
            "patreonMembers":[{"login":"A","months":"3","lifetimeAmount":"1.5"}]}"#;
        let rest = SummaryExtras::read(odd).unwrap();
        assert_eq!(
            (
                rest.polls.len(),
                rest.polls[0].total,
                rest.chatters.len(),
                rest.shoutouts.len()
            ),
            (1, 12, 0, 1)
        );
        assert_eq!(
            (rest.patrons[0].months, rest.patrons[0].given.to_string()),
            (3, "1.5".into())
        );
    }
}

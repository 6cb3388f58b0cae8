//! Twitchat's summary: everything that Twitchat has seen since a given time, in 22 lists. The
//! bridge uses it to find events that it missed.
//!
//! Beware: lists are newest first; `login` is a display name; test events cannot be distinguished
//! from real ones; `subs` may hold every active subscriber; gift upgrades are listed among the
//! gifts; a hype train's `subs` are points; `streamDuration` is not the length of the stream.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{self, Figure, Flag, Loose, Number, Rows, Text};

/// The lists of a summary. Older versions of Twitchat have fewer.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "camelCase")]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum List {
    Follows,
    Raids,
    Subs,
    Resubs,
    Subgifts,
    Bits,
    HypeChats,
    Rewards,
    Shoutouts,
    HypeTrains,
    Chatters,
    Polls,
    Predictions,
    Tips,
    Merch,
    Powerups,
    SuperChats,
    SuperStickers,
    TiktokGifts,
    TiktokLikes,
    TiktokShares,
    PatreonMembers,
}

impl List {
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The list's key in the summary, which is also the `kind` of the journal's row.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads a list's key. `None` if it is unknown.
    pub fn parse(key: &str) -> Option<Self> {
        key.parse().ok()
    }
}

/// Why a summary cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The summary's data is not an object.
    #[error("the summary is not a JSON object")]
    NotAnObject,
}

/// A summary with its unchanged rows.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Lists are in the order of [`List::ALL`], and the rows of each list are newest first.
    pub rows: Vec<(List, Box<RawValue>)>,
    /// The text for an empty section. `None` if Twitchat sent no labels.
    pub no_entry: Option<Box<str>>,
    /// Whether the summary contains the settings of Twitchat's credits overlay. The bridge's own
    /// question for the summary never asks for them.
    pub has_params: bool,
}

impl Summary {
    /// Reads `data` of `SUMMARY_DATA` or `SET_ENDING_CREDITS_DATA`. A list is empty if it is
    /// missing or has another type.
    pub fn read(data: &RawValue) -> Result<Self, Error> {
        let parts: std::collections::BTreeMap<Box<str>, &RawValue> =
            lenient::object(data).ok_or(Error::NotAnObject)?;
        let rows_of = |key: &str| {
            parts
                .get(key)
                .map_or_else(Rows::default, |raw| {
                    serde_json::from_str(raw.get()).unwrap_or_default()
                })
                .0
        };
        let rows = List::ALL
            .iter()
            .flat_map(|list| {
                rows_of(list.as_str())
                    .into_iter()
                    .map(|row| (*list, row.to_owned()))
            })
            .collect();
        let labels = parts
            .get("labels")
            .and_then(|raw| lenient::object::<Labels<'_>>(raw));
        let has_params = parts
            .get("params")
            .is_some_and(|raw| lenient::is_object(raw));
        Ok(Self {
            rows,
            no_entry: labels.map(|labels| labels.no_entry.0.into()),
            has_params,
        })
    }

    /// The rows of one list, newest first.
    pub fn list(&self, list: List) -> impl DoubleEndedIterator<Item = &RawValue> {
        self.rows
            .iter()
            .filter(move |(of, _)| *of == list)
            .map(|(_, row)| &**row)
    }

    /// Whether Twitchat's test button has made it: the `resubs` of a test hold current subscribers,
    /// which a real summary never does.
    pub fn is_test(&self) -> bool {
        self.list(List::Resubs)
            .any(|raw| Row::read(raw.get()).is_some_and(|row| row.from_active_subs.0))
    }

    /// Whether this is the empty summary that Twitchat sends when its credits are stopped. The real
    /// summary of a quiet stream has labels.
    pub fn is_empty_stop(&self) -> bool {
        self.rows.is_empty() && self.no_entry.as_deref().is_none_or(str::is_empty)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Labels<'a> {
    #[serde(borrow)]
    no_entry: Text<'a>,
}

/// One row of any list. Each list has its own fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "Twitchat's own words")]
pub struct Row<'a> {
    #[serde(borrow)]
    pub uid: Text<'a>,
    pub login: Text<'a>,
    pub platform: Text<'a>,
    pub raiders: Number,
    /// The tier: 1, 2, 3 or `prime`.
    pub tier: Text<'a>,
    /// Months in total.
    pub sub_duration: Number,
    /// Whether this is a current subscriber who did not subscribe in this stream.
    pub from_active_subs: Flag,
    /// Number of subscriptions in a gift bomb; the price of merch, -1 if it is not reported.
    pub total: Figure<'a>,
    /// How many gifts of a journalled gift bomb the journal lacked. The bridge adds this field;
    /// Twitchat does not send it.
    pub missing: Number,
    pub bits: Number,
    pub reward: Loose<Reward<'a>>,
    pub level: Number,
    pub percent: Number,
    pub conductor_bits: Loose<Conductor<'a>>,
    pub conductor_subs: Loose<Conductor<'a>>,
    /// Number of messages of a chatter, or of gifts, likes or shares on TikTok.
    pub count: Number,
    /// How often a chatter was banned since the summary's start; an unban does not lower it.
    pub bans: Number,
    pub vip: Flag,
    #[serde(rename = "mod")]
    pub moderator: Flag,
    pub sub: Flag,
    /// The amount in the currency's unit; for TikTok, the diamonds of each gift.
    pub amount: Figure<'a>,
    pub currency: Text<'a>,
    pub products: Rows<'a>,
    pub pinned: Flag,
    pub received: Flag,
    pub viewers: Number,
    /// Number of timeouts of a chatter, and their total length in seconds.
    pub tos: Number,
    pub tos_duration: Number,
    pub title: Text<'a>,
    pub votes: Number,
    pub points: Number,
    pub choices: Rows<'a>,
    pub outcomes: Rows<'a>,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    pub emote_url: Text<'a>,
    #[serde(rename = "skinID")]
    pub skin: Text<'a>,
    pub power_up_name: Text<'a>,
    pub power_up_id: Text<'a>,
    pub months: Number,
    pub lifetime_amount: Figure<'a>,
    pub image_url: Text<'a>,
    pub sticker_url: Text<'a>,
}

/// A redeemed reward.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "Twitchat's own words")]
pub struct Reward<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    pub name: Text<'a>,
    pub icon: Text<'a>,
}

/// The conductor of a hype train.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "Twitchat's own words")]
pub struct Conductor<'a> {
    #[serde(borrow)]
    pub uid: Text<'a>,
    pub login: Text<'a>,
    pub bits: Number,
    pub subs: Number,
}

impl<'a> Row<'a> {
    /// Returns `None` if the row is not an object.
    pub fn read(json: &'a str) -> Option<Self> {
        json.trim_start()
            .starts_with('{')
            .then(|| serde_json::from_str(json).ok())
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Received;

    const LINES: &str = include_str!("../../tests/fixtures/twitchat_examples.ndjson");

    fn line(number: usize) -> Summary {
        let Received::Twitchat(message) =
            Received::read(LINES.lines().nth(number - 1).unwrap()).unwrap()
        else {
            panic!("line {number}")
        };
        Summary::read(message.data.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn all_lists_are_read_newest_first() {
        let summary = line(121);
        assert_eq!(summary.rows.len(), 26);
        let logins: Vec<_> = summary
            .list(List::Follows)
            .map(|row| Row::read(row.get()).unwrap().login.0)
            .collect();
        assert_eq!(logins, ["Pippa_Riot", "TobiWanders"]);
        assert_eq!(
            (
                summary.no_entry.as_deref(),
                summary.has_params,
                summary.is_empty_stop()
            ),
            (Some("Nothing here"), false, false)
        );
        assert!(line(122).has_params);
    }

    #[test]
    fn the_oldest_form_lacks_lists_and_labels() {
        let summary = line(124);
        assert_eq!(
            (
                summary.list(List::Tips).count(),
                summary.list(List::Subs).count(),
                summary.is_empty_stop()
            ),
            (0, 1, false)
        );
    }

    #[test]
    fn a_stop_is_distinguished_from_a_quiet_stream() {
        assert!(line(123).is_empty_stop());
        let read = |json: &str| Summary::read(serde_json::from_str(json).unwrap());
        assert!(read("{}").unwrap().is_empty_stop());
        assert!(
            !read(r#"{"follows":null,"labels":{"no_entry":"Nobody"}}"#)
                .unwrap()
                .is_empty_stop()
        );
        assert_eq!(read("[]").unwrap_err(), Error::NotAnObject);
    }

    #[test]
    fn every_list_has_one_name() {
        for list in List::ALL {
            assert_eq!(List::parse(list.as_str()), Some(*list));
        }
        let keys = List::ALL
            .iter()
            .map(|list| list.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let of_twitchat = "follows raids subs resubs subgifts bits hypeChats rewards shoutouts \
            hypeTrains chatters polls predictions tips \
                           merch powerups superChats superStickers tiktokGifts tiktokLikes \
                           tiktokShares patreonMembers";
        assert_eq!(keys, of_twitchat);
    }
}

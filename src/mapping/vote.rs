//! Polls and predictions: reads the states that Twitchat sends, and follows them from beginning to
//! end.
//!
//! Twitchat repeats the whole state, twice if two of its pages are open, and OBS may swap messages
//! that are close together. So the number of votes only grows, and a poll that is over stays over.
//! When a poll is cleared, its result may still arrive for a moment, so the end is delayed. "Vote"
//! means a poll or a prediction here.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::decode::channel::is_twitch_id;
use crate::{
    event::{EventName, Fact},
    twitchat::lenient::{self, Flag, Loose, Number, Rows, Text},
};

/// How long a cleared vote waits for its last state, which OBS may deliver after the clearing.
pub(super) const SETTLE_MS: i64 = 500;

/// How many ended votes are remembered. Late messages about them are ignored.
const REMEMBERED: usize = 16;

/// One choice of a poll, or one outcome of a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) id: Box<str>,
    pub(super) title: Box<str>,
    /// Number of votes; in a prediction, of channel points.
    pub(super) votes: u64,
    /// Number of people, only in a prediction.
    pub(super) voters: u64,
}

/// A state of a poll or of a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vote {
    pub(super) id: Box<str>,
    pub(super) title: Box<str>,
    pub(super) choices: Vec<Choice>,
    pub(super) started_ms: Option<i64>,
    pub(super) duration_s: Option<u64>,
    /// The actual end, in Unix milliseconds, if Twitchat reported it.
    pub(super) ends_ms: Option<i64>,
    /// Id of the leading choice while the vote runs, and of the winner at the end.
    pub(super) winner: Option<Box<str>>,
    /// Whether the prediction takes no more bets.
    pub(super) locked: bool,
    pub(super) is_test: bool,
    /// Twitch's status in upper case. Only the oldest Twitchat sends it; else it is empty.
    pub(super) status: Box<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VoteMessage {
    /// There is no vote any more: the data is `{}`, `null`, or absent.
    Cleared,
    State(Vote),
    /// The message cannot be read.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VoteKind {
    Poll,
    Prediction,
}

/// A message about a vote and its kind, for [`super::Interpreter::votes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteReport {
    pub(super) kind: VoteKind,
    pub(super) message: VoteMessage,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Outer<'a> {
    #[serde(borrow)]
    poll: Option<&'a RawValue>,
    prediction: Option<&'a RawValue>,
}

/// The fields of a vote in all generations.
#[derive(Deserialize, Default)]
#[serde(default)]
struct VoteFields<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    title: Text<'a>,
    choices: Rows<'a>,
    outcomes: Rows<'a>,
    started_at: Text<'a>,
    created_at: Text<'a>,
    ended_at: Text<'a>,
    duration_s: Number,
    duration: Number,
    prediction_window: Number,
    winner: Loose<ChoiceWords<'a>>,
    winning_outcome_id: Text<'a>,
    #[serde(rename = "pendingAnswer")]
    pending_answer: Flag,
    #[serde(rename = "isFake")]
    is_fake: Flag,
    status: Text<'a>,
    channel_id: Text<'a>,
    broadcaster_id: Text<'a>,
}

impl<'a> VoteFields<'a> {
    /// Reads the fields inside `poll` or `prediction`, or flat as on the public API page. `None` if
    /// they are not an object.
    fn read(data: &'a RawValue) -> Option<Self> {
        let outer = lenient::object::<Outer<'_>>(data)?;
        lenient::object(outer.poll.or(outer.prediction).unwrap_or(data))
    }

    /// The owner of the channel. Twitchat sends only votes of the owner's channel.
    fn owner(&self) -> Option<Fact> {
        let id = [&self.channel_id, &self.broadcaster_id]
            .into_iter()
            .find(|id| is_twitch_id(&id.0))?;
        Some(Fact::Broadcaster {
            id: (&*id.0).into(),
            own: true,
        })
    }
}

/// The fields of a choice or an outcome in all generations.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ChoiceWords<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    label: Text<'a>,
    title: Text<'a>,
    votes: Number,
    channel_points: Number,
    voters: Number,
    users: Number,
}

/// Reads a message about a vote: its state, and the owner of the channel that it is on.
pub(super) fn read(data: Option<&RawValue>) -> (VoteMessage, Option<Fact>) {
    let Some(data) = data.filter(|data| data.get() != "null") else {
        return (VoteMessage::Cleared, None);
    };
    VoteFields::read(data).map_or((VoteMessage::Nothing, None), |fields| {
        let owner = fields.owner();
        (message(fields), owner)
    })
}

fn message(words: VoteFields<'_>) -> VoteMessage {
    let rows = if words.choices.0.is_empty() {
        &words.outcomes
    } else {
        &words.choices
    };
    let choices: Vec<_> = rows
        .0
        .iter()
        .filter_map(|row| lenient::object::<ChoiceWords<'_>>(row))
        .map(choice)
        .collect();
    if words.id.is_empty() && choices.is_empty() {
        return VoteMessage::Cleared;
    }
    let started_ms = when(&words.started_at.0).or_else(|| when(&words.created_at.0));
    let winner = words
        .winner
        .0
        .map(|winner| choice(winner).id)
        .or_else(|| Some(words.winning_outcome_id.0.into()));
    let status: Box<str> = words.status.0.to_uppercase().into();
    VoteMessage::State(Vote {
        // The public API page shows predictions without an id.
        id: if words.id.is_empty() {
            format!("{}@{}", words.title.0, started_ms.unwrap_or_default()).into()
        } else {
            words.id.0.into()
        },
        title: words.title.0.into(),
        choices,
        started_ms,
        duration_s: [words.duration_s, words.duration, words.prediction_window]
            .into_iter()
            .find_map(Number::count),
        ends_ms: when(&words.ended_at.0),
        winner: winner.filter(|id| !id.is_empty()),
        locked: words.pending_answer.0 || &*status == "LOCKED",
        is_test: words.is_fake.0,
        status,
    })
}

fn choice(words: ChoiceWords<'_>) -> Choice {
    let title: Box<str> = if words.label.is_empty() {
        words.title.0.into()
    } else {
        words.label.0.into()
    };
    Choice {
        id: if words.id.is_empty() {
            title.clone()
        } else {
            words.id.0.into()
        },
        title,
        votes: words
            .votes
            .count()
            .or(words.channel_points.count())
            .unwrap_or_default(),
        voters: words
            .voters
            .count()
            .or(words.users.count())
            .unwrap_or_default(),
    }
}

/// Reads a time as Unix milliseconds, from a number or a date. `None` for 0 and negative numbers.
fn when(text: &str) -> Option<i64> {
    let number = text.trim().parse::<f64>().ok();
    Number(number)
        .whole()
        .or_else(|| {
            text.parse::<Timestamp>()
                .ok()
                .map(Timestamp::as_millisecond)
        })
        .filter(|ms| *ms > 0)
}

/// A time in Streamer.bot's format: UTC, with seven digits for fractions of a second. Empty if the
/// time is out of range.
pub(super) fn iso(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map(|time| format!("{time:.7}"))
        .unwrap_or_default()
}

/// An event about a vote. A later field replaces an earlier one of the same name.
pub(super) fn event(kind: &str, fields: impl Iterator<Item = (&'static str, Value)>) -> Fact {
    Fact::Plain {
        name: EventName::new("Twitch", kind),
        data: fields.map(|(key, value)| (key.to_owned(), value)).collect(),
    }
}

impl Vote {
    /// The sum of all votes; in a prediction, of all points.
    pub(super) fn total(&self) -> u64 {
        self.choices
            .iter()
            .fold(0, |sum, choice| sum.saturating_add(choice.votes))
    }

    /// The actual end, or else the planned end, in Unix milliseconds.
    pub(super) fn end_ms(&self) -> Option<i64> {
        let planned = || {
            Some(
                self.started_ms?
                    .saturating_add(i64::try_from(self.duration_s?.saturating_mul(1000)).ok()?),
            )
        };
        self.ends_ms.or_else(planned)
    }

    /// The winner, or the choice with the most votes.
    pub(super) fn leader(&self) -> Option<&Choice> {
        let named = self
            .choices
            .iter()
            .find(|choice| self.winner.as_deref() == Some(&*choice.id));
        // If several choices have the most votes, the first one leads, as in Twitchat.
        named.or_else(|| self.choices.iter().rev().max_by_key(|choice| choice.votes))
    }

    /// Takes over values of the earlier state that this one does not repeat.
    fn filled_from(mut self, earlier: &Self) -> Self {
        if self.title.is_empty() {
            self.title.clone_from(&earlier.title);
        }
        if self.choices.is_empty() {
            self.choices.clone_from(&earlier.choices);
        }
        self.started_ms = self.started_ms.or(earlier.started_ms);
        self.duration_s = self.duration_s.or(earlier.duration_s);
        self.ends_ms = self.ends_ms.or(earlier.ends_ms);
        self.winner = self.winner.or_else(|| earlier.winner.clone());
        self
    }
}

/// The change that a state of a vote caused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A vote that was open before is over.
    Begun {
        /// The vote that was open before.
        before: Option<Vote>,
    },
    Moved {
        /// Whether this state locked it.
        locked: bool,
    },
    /// The state is a repeat, is outdated, or belongs to a vote that is over.
    Nothing,
}

/// Follows votes, one at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct VoteCourse {
    current: Option<Vote>,
    cleared_ms: Option<i64>,
    over: VecDeque<Box<str>>,
}

impl VoteCourse {
    /// The open vote.
    pub(super) fn current(&self) -> Option<&Vote> {
        self.current.as_ref()
    }

    pub(super) fn take(&mut self, vote: Vote, now_ms: i64) -> Step {
        if self.over.contains(&vote.id) {
            return Step::Nothing;
        }
        let Some(current) = self
            .current
            .as_mut()
            .filter(|current| current.id == vote.id)
        else {
            let before = self.close();
            self.current = Some(Vote {
                started_ms: vote.started_ms.or(Some(now_ms)),
                ..vote
            });
            return Step::Begun { before };
        };
        let vote = vote.filled_from(current);
        if vote == *current
            || vote.total() < current.total()
            || (current.locked && !vote.locked && vote.winner.is_none())
        {
            return Step::Nothing;
        }
        let locked = vote.locked && !current.locked;
        *current = vote;
        Step::Moved { locked }
    }

    /// Records that the open vote was cleared. It counts as over once [`SETTLE_MS`] have passed.
    pub(super) fn clear(&mut self, now_ms: i64) {
        if self.current.is_some() {
            self.cleared_ms.get_or_insert(now_ms);
        }
    }

    /// Whether the open vote was cleared.
    pub(super) fn is_cleared(&self) -> bool {
        self.cleared_ms.is_some()
    }

    /// When [`Self::settle`] has something to do, in Unix milliseconds.
    pub(super) fn due_ms(&self) -> Option<i64> {
        self.cleared_ms
            .map(|cleared| cleared.saturating_add(SETTLE_MS))
    }

    /// The vote that was cleared at least [`SETTLE_MS`] ago, and the time of the clearing. If the
    /// clock shows an earlier time than that, it was set back, and the vote is over at once.
    pub(super) fn settle(&mut self, now_ms: i64) -> Option<(Vote, i64)> {
        let due_ms = self.due_ms()?;
        let cleared_ms = self
            .cleared_ms
            .filter(|cleared_ms| due_ms <= now_ms || now_ms < *cleared_ms)?;
        self.close().map(|vote| (vote, cleared_ms))
    }

    /// Ends the open vote and returns it.
    pub(super) fn close(&mut self) -> Option<Vote> {
        self.cleared_ms = None;
        let vote = self.current.take()?;
        self.over.truncate(REMEMBERED - 1);
        self.over.push_front(vote.id.clone());
        Some(vote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(json: &str) -> Vote {
        match read(Some(serde_json::from_str(json).unwrap())).0 {
            VoteMessage::State(vote) => vote,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_clearing_is_sent_in_three_ways() {
        for json in ["{}", "null", r#"{"poll":null}"#, r#"{"prediction":{}}"#] {
            assert_eq!(
                read(Some(serde_json::from_str(json).unwrap())).0,
                VoteMessage::Cleared,
                "{json}"
            );
        }
        assert_eq!(
            (
                read(None).0,
                read(Some(serde_json::from_str("[1]").unwrap())).0
            ),
            (VoteMessage::Cleared, VoteMessage::Nothing)
        );
    }

    #[test]
    fn times_come_as_numbers_and_as_dates() {
        let ms = 1_660_500_600_000;
        assert_eq!(
            [
                when("1660500600000"),
                when("1660500600000.0"),
                when("2022-08-14T18:10:00Z")
            ],
            [Some(ms); 3]
        );
        assert_eq!([when(""), when("0"), when("soon")], [None; 3]);
        assert_eq!(
            (iso(ms).as_str(), iso(i64::MAX).as_str()),
            ("2022-08-14T18:10:00.0000000Z", "")
        );
        assert_eq!(
            state(r#"{"id":"a","started_at":1000,"duration":2}"#).end_ms(),
            Some(3000)
        );
    }

    #[test]
    fn votes_only_grow_and_an_ended_vote_stays_ended() {
        let poll = |votes: u32| {
            state(&format!(
                r#"{{"id":"a","started_at":1,"choices":[{{"id":"x","votes":{votes}}}]}}"#
            ))
        };
        let mut course = VoteCourse::default();
        assert_eq!(course.take(poll(1), 0), Step::Begun { before: None });
        assert_eq!(course.take(poll(1), 0), Step::Nothing);
        assert_eq!(course.take(poll(3), 0), Step::Moved { locked: false });
        assert_eq!(course.take(poll(2), 0), Step::Nothing);
        course.clear(10);
        course.clear(400);
        assert_eq!((course.settle(509), course.due_ms()), (None, Some(510)));
        assert_eq!(
            course.settle(510).map(|(vote, at)| (vote.total(), at)),
            Some((3, 10))
        );
        assert_eq!(
            (course.take(poll(9), 600), course.current()),
            (Step::Nothing, None)
        );
    }

    #[test]
    fn a_cleared_vote_does_not_wait_for_hours_because_the_clock_was_set_back() {
        let hours = 6 * 3_600_000;
        let mut course = VoteCourse::default();
        course.take(state(r#"{"id":"a","started_at":1}"#), hours);
        course.clear(hours);
        assert_eq!(course.settle(hours), None);
        assert_eq!(course.settle(1).map(|(_, at)| at), Some(hours));
    }

    #[test]
    fn a_tie_is_led_by_the_first() {
        let vote = state(
            r#"{"id":"a","choices":[{"id":"x","votes":1},{"id":"y","votes":2},{"id":"z",
                "votes":2}]}"#,
        );
        assert_eq!(vote.leader().map(|choice| &*choice.id), Some("y"));
    }
}

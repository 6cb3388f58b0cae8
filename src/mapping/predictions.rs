//! Predictions: turns the states that Twitchat repeats into `PredictionCreated`,
//! `PredictionUpdated`, `PredictionLocked`, `PredictionCompleted` and `PredictionCanceled`.

use serde_json::{Value, json};

use super::vote::{self, Choice, Step, Vote, VoteCourse, VoteMessage, iso};
use crate::event::Fact;

/// Follows the channel's predictions.
#[derive(Debug, Clone, Default)]
pub struct Predictions {
    course: VoteCourse,
}

impl Predictions {
    /// Reads a message. Returns its events as [`Fact::Plain`].
    pub(super) fn take(&mut self, message: VoteMessage, now_ms: i64) -> Vec<Fact> {
        let mut facts = self.tick(now_ms);
        let vote = match message {
            VoteMessage::State(vote) => vote,
            VoteMessage::Cleared => {
                self.course.clear(now_ms);
                return facts;
            }
            VoteMessage::Nothing => return facts,
        };
        // If another prediction was open, the bridge missed its end and does not know its result,
        // so it has no event.
        let step = self.course.take(vote, now_ms);
        let Some(current) = self.course.current().filter(|_| step != Step::Nothing) else {
            return facts;
        };
        if matches!(step, Step::Begun { .. }) {
            facts.push(open("PredictionCreated", current));
        }
        let is_canceled = matches!(&*current.status, "CANCELED" | "CANCELLED");
        if is_resolved(current) || is_canceled {
            facts.extend(self.course.close().map(|vote| {
                if is_canceled {
                    canceled(&vote, now_ms)
                } else {
                    completed(&vote, now_ms)
                }
            }));
        } else if matches!(step, Step::Moved { locked: true })
            || (current.locked && matches!(step, Step::Begun { .. }))
        {
            facts.push(locked(current, now_ms));
        } else if matches!(step, Step::Moved { .. }) && !self.course.is_cleared() {
            facts.push(open("PredictionUpdated", current));
        }
        facts
    }

    /// When [`Self::tick`] has an event to return, in Unix milliseconds.
    pub fn due_ms(&self) -> Option<i64> {
        self.course.due_ms()
    }

    /// Cancels a prediction that was cleared at least half a second ago without a result.
    pub fn tick(&mut self, now_ms: i64) -> Vec<Fact> {
        self.course
            .settle(now_ms)
            .map(|(vote, cleared_ms)| canceled(&vote, cleared_ms))
            .into_iter()
            .collect()
    }
}

/// Whether the prediction has a result. Twitchat reports the winner together with the end. The
/// oldest version sends Twitch's status.
fn is_resolved(vote: &Vote) -> bool {
    &*vote.status == "RESOLVED" || (vote.winner.is_some() && vote.ends_ms.is_some())
}

fn open(kind: &str, vote: &Vote) -> Fact {
    let planned = Vote {
        ends_ms: None,
        ..vote.clone()
    };
    event(
        kind,
        vote,
        [(
            "locks_at",
            json!(planned.end_ms().map_or_else(String::new, iso)),
        )],
    )
}

fn locked(vote: &Vote, now_ms: i64) -> Fact {
    event(
        "PredictionLocked",
        vote,
        [
            ("locked_at", json!(iso(now_ms))),
            ("lockedAt", json!(iso(now_ms))),
        ],
    )
}

fn completed(vote: &Vote, now_ms: i64) -> Fact {
    let ended = iso(vote.ends_ms.unwrap_or(now_ms));
    let outcomes = outcomes(vote);
    let winner = vote.winner.as_deref().unwrap_or_default();
    let winning = outcomes
        .iter()
        .find(|outcome| outcome["id"] == winner)
        .cloned()
        .unwrap_or_default();
    event(
        "PredictionCompleted",
        vote,
        [
            ("status", json!("resolved")),
            ("winning_outcome_id", json!(winner)),
            ("winningOutcomeId", json!(winner)),
            ("winning_outcome", winning.clone()),
            ("winningOutcome", winning),
            ("ended_at", json!(ended)),
            ("endedAt", json!(ended)),
        ],
    )
}

fn canceled(vote: &Vote, ended_ms: i64) -> Fact {
    let ended = json!(iso(ended_ms));
    event(
        "PredictionCanceled",
        vote,
        [
            ("status", json!("canceled")),
            ("winning_outcome_id", json!("")),
            ("ended_at", ended.clone()),
            ("endedAt", ended),
        ],
    )
}

fn event<const N: usize>(kind: &str, vote: &Vote, more: [(&'static str, Value); N]) -> Fact {
    let started = vote.started_ms.map_or_else(String::new, iso);
    let fields = [
        ("id", json!(vote.id)),
        ("title", json!(vote.title)),
        ("outcomes", Value::Array(outcomes(vote))),
        ("started_at", json!(started)),
        ("createdAt", json!(started)),
        (
            "predictionWindow",
            json!(vote.duration_s.unwrap_or_default()),
        ),
        ("isTest", json!(vote.is_test)),
    ];
    vote::event(kind, fields.into_iter().chain(more))
}

fn outcomes(vote: &Vote) -> Vec<Value> {
    // Twitch colours two outcomes blue and pink. It colours more than two outcomes blue.
    let second = if vote.choices.len() == 2 {
        "pink"
    } else {
        "blue"
    };
    let color = |place| if place == 0 { "blue" } else { second };
    vote.choices
        .iter()
        .enumerate()
        .map(|(place, choice)| outcome(choice, color(place)))
        .collect()
}

/// Twitchat does not report the people who predicted an outcome.
fn outcome(choice: &Choice, color: &str) -> Value {
    json!({
        "id": choice.id, "title": choice.title, "color": color, "top_predictors": [],
        "users": choice.voters, "total_users": choice.voters, "channel_points": choice.votes,
            "total_points": choice.votes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::decode::tests::{event_data, lines, names};

    const OLD: &str = include_str!("../../tests/fixtures/twitchat_examples.ndjson");
    const NEW: &str = include_str!("../../tests/fixtures/twitchat_v17_examples.ndjson");

    /// Reads lines of the examples at intervals of one second and lets the last prediction settle.
    fn play(file: &str, numbers: &[usize]) -> Vec<Fact> {
        let (mut predictions, mut facts, mut now) =
            (Predictions::default(), Vec::new(), 1_750_361_200_000);
        let all = lines(file);
        for number in numbers {
            let message = &all[number - 1];
            facts.extend(predictions.take(vote::read(message.data.as_deref()).0, now));
            now += 1000;
        }
        facts.extend(predictions.tick(now));
        assert_eq!(predictions.due_ms(), None);
        facts
    }

    #[test]
    fn a_prediction_is_created_locked_and_completed() {
        let facts = play(OLD, &[44, 45, 46, 47]);
        assert_eq!(
            names(&facts),
            [
                "Twitch.PredictionCreated",
                "Twitch.PredictionLocked",
                "Twitch.PredictionCompleted"
            ]
        );
        insta::assert_json_snapshot!(event_data(&facts));
    }

    #[test]
    fn cleared_without_a_winner_is_canceled() {
        assert_eq!(
            names(&play(OLD, &[43, 47])),
            ["Twitch.PredictionCreated", "Twitch.PredictionCanceled"]
        );
        assert_eq!(
            names(&play(NEW, &[23, 24, 25])),
            [
                "Twitch.PredictionCreated",
                "Twitch.PredictionLocked",
                "Twitch.PredictionCanceled"
            ]
        );
        assert_eq!(names(&play(OLD, &[47])), [""; 0]);
    }

    #[test]
    fn two_open_pages_are_emitted_once() {
        let facts = play(OLD, &[44, 44, 45, 45, 46, 47, 46, 47]);
        assert_eq!(
            names(&facts),
            [
                "Twitch.PredictionCreated",
                "Twitch.PredictionLocked",
                "Twitch.PredictionCompleted"
            ]
        );
    }

    #[test]
    fn a_result_that_obs_put_behind_the_clearing_is_no_cancellation() {
        let mut predictions = Predictions::default();
        let all = lines(OLD);
        let mut receive = |number: usize, now| {
            predictions.take(vote::read(all[number - 1].data.as_deref()).0, now)
        };
        receive(45, 0);
        assert_eq!(receive(47, 1000), []);
        assert_eq!(names(&receive(46, 1003)), ["Twitch.PredictionCompleted"]);
        assert_eq!(
            (predictions.due_ms(), predictions.tick(9000)),
            (None, vec![])
        );
    }
}

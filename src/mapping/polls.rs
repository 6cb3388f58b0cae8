//! Twitch polls: turns the states that Twitchat repeats into `PollCreated`, `PollUpdated` and
//! `PollCompleted`.
//!
//! Polls in chat (`CHAT_POLL_PROGRESS`) are Twitchat's own, and Streamer.bot has no event for them.

use serde_json::{Value, json};

use super::vote::{self, Choice, Step, Vote, VoteCourse, VoteMessage, iso};
use crate::event::Fact;

/// Follows the channel's polls.
#[derive(Debug, Clone, Default)]
pub struct Polls {
    course: VoteCourse,
}

impl Polls {
    /// Reads a message. Returns its events as [`Fact::Plain`].
    pub(super) fn take(&mut self, message: VoteMessage, now_ms: i64) -> Vec<Fact> {
        let mut facts = self.tick(now_ms);
        match message {
            VoteMessage::Cleared => self.course.clear(now_ms),
            VoteMessage::State(vote) => match self.course.take(vote, now_ms) {
                Step::Begun { before } => {
                    facts.extend(before.map(|vote| completed(&vote, now_ms)));
                    facts.extend(
                        self.course
                            .current()
                            .map(|vote| running("PollCreated", vote, now_ms)),
                    );
                }
                // A state that arrives after the clearing is the result. It is emitted when the
                // poll has settled.
                Step::Moved { .. } if self.course.is_cleared() => {}
                Step::Moved { .. } => facts.extend(
                    self.course
                        .current()
                        .map(|vote| running("PollUpdated", vote, now_ms)),
                ),
                Step::Nothing => {}
            },
            VoteMessage::Nothing => {}
        }
        if self
            .course
            .current()
            .is_some_and(|vote| matches!(&*vote.status, "COMPLETED" | "TERMINATED" | "ARCHIVED"))
        {
            facts.extend(self.course.close().map(|vote| completed(&vote, now_ms)));
        }
        facts
    }

    /// When [`Self::tick`] has an event to return, in Unix milliseconds.
    pub fn due_ms(&self) -> Option<i64> {
        self.course.due_ms()
    }

    /// Ends a poll that was cleared at least half a second ago.
    pub fn tick(&mut self, now_ms: i64) -> Vec<Fact> {
        self.course
            .settle(now_ms)
            .map(|(vote, cleared_ms)| completed(&vote, cleared_ms))
            .into_iter()
            .collect()
    }
}

fn running(kind: &str, vote: &Vote, now_ms: i64) -> Fact {
    let end = vote.end_ms();
    let left_ms = end.map_or(0, |end| end.saturating_sub(now_ms).max(0));
    let more = [
        ("ends_at", json!(end.map_or_else(String::new, iso))),
        ("remainingDurationMilliseconds", json!(left_ms)),
    ];
    vote::event(kind, common(vote).into_iter().chain(more))
}

fn completed(vote: &Vote, now_ms: i64) -> Fact {
    // The poll may have been ended by hand before its planned end, or this message may arrive after
    // it.
    let ended = iso(vote.end_ms().map_or(now_ms, |end| end.min(now_ms)));
    let status = if vote.status.is_empty() || &*vote.status == "ACTIVE" {
        "completed".into()
    } else {
        vote.status.to_lowercase()
    };
    let more = [
        ("status", json!(status)),
        ("ended_at", json!(ended)),
        ("endedAt", json!(ended)),
        ("ends_at", json!(ended)),
        ("winningChoice", vote.leader().map_or(Value::Null, choice)),
        ("remainingDurationMilliseconds", json!(0)),
    ];
    vote::event("PollCompleted", common(vote).into_iter().chain(more))
}

fn common(vote: &Vote) -> [(&'static str, Value); 9] {
    let started = vote.started_ms.map_or_else(String::new, iso);
    [
        ("id", json!(vote.id)),
        ("title", json!(vote.title)),
        ("choices", vote.choices.iter().map(choice).collect()),
        (
            "channel_points_voting",
            json!({ "is_enabled": false, "amount_per_vote": 0 }),
        ),
        ("started_at", json!(started)),
        ("startedAt", json!(started)),
        ("duration", json!(vote.duration_s.unwrap_or_default())),
        ("totalVotes", json!(vote.total())),
        ("isTest", json!(vote.is_test)),
    ]
}

fn choice(choice: &Choice) -> Value {
    json!({ "id": choice.id, "choice_id": choice.id, "title": choice.title,
        "channel_points_votes": 0, "votes": choice.votes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::decode::tests::{event_data, lines, names};

    /// Reads lines of the examples at intervals of one second and lets the last poll settle.
    fn play(file: &str, numbers: &[usize]) -> Vec<Fact> {
        let (mut polls, mut facts, mut now) = (Polls::default(), Vec::new(), 1_750_360_201_000);
        let all = lines(file);
        for number in numbers {
            let message = &all[number - 1];
            facts.extend(polls.take(vote::read(message.data.as_deref()).0, now));
            now += 1000;
        }
        facts.extend(polls.tick(now));
        assert_eq!(polls.due_ms(), None);
        facts
    }

    const OLD: &str = include_str!("../../tests/fixtures/twitchat_examples.ndjson");
    const NEW: &str = include_str!("../../tests/fixtures/twitchat_v17_examples.ndjson");

    #[test]
    fn a_poll_is_created_updated_and_completed() {
        let facts = play(OLD, &[38, 39, 40, 41]);
        assert_eq!(
            names(&facts),
            [
                "Twitch.PollCreated",
                "Twitch.PollUpdated",
                "Twitch.PollCompleted"
            ]
        );
        insta::assert_json_snapshot!(event_data(&facts));
    }

    #[test]
    fn two_open_pages_are_emitted_once() {
        let facts = play(OLD, &[38, 38, 39, 39, 40, 41, 40, 41, 41]);
        assert_eq!(
            names(&facts),
            [
                "Twitch.PollCreated",
                "Twitch.PollUpdated",
                "Twitch.PollCompleted"
            ]
        );
    }

    #[test]
    fn seventeen_clears_without_data() {
        assert_eq!(
            names(&play(NEW, &[16, 17, 18])),
            [
                "Twitch.PollCreated",
                "Twitch.PollUpdated",
                "Twitch.PollCompleted"
            ]
        );
    }

    #[test]
    fn the_flat_and_the_first_form_are_polls_too() {
        assert_eq!(
            names(&play(OLD, &[36, 37, 41])),
            [
                "Twitch.PollCreated",
                "Twitch.PollUpdated",
                "Twitch.PollCompleted"
            ]
        );
        assert_eq!(names(&play(OLD, &[42])), ["Twitch.PollCreated"]);
        assert_eq!(names(&play(OLD, &[41])), [""; 0]);
    }

    #[test]
    fn a_result_that_obs_put_behind_the_clearing_still_counts() {
        let mut polls = Polls::default();
        let all = lines(OLD);
        let mut receive =
            |number: usize, now| polls.take(vote::read(all[number - 1].data.as_deref()).0, now);
        assert_eq!(names(&receive(38, 0)), ["Twitch.PollCreated"]);
        assert_eq!((receive(41, 1000), receive(40, 1003)), (vec![], vec![]));
        let facts = polls.tick(1500);
        let data = *event_data(&facts).first().unwrap();
        assert_eq!(
            (&data["totalVotes"], &data["winningChoice"]["title"]),
            (&json!(36), &json!("Speedrun"))
        );
    }

    #[test]
    fn a_status_of_the_first_generation_ends_it() {
        let mut polls = Polls::default();
        let data =
            serde_json::from_str(r#"{"poll":{"id":"a","choices":[],"status":"TERMINATED"}}"#)
                .unwrap();
        let facts = polls.take(vote::read(Some(data)).0, 5);
        assert_eq!(
            names(&facts),
            ["Twitch.PollCreated", "Twitch.PollCompleted"]
        );
        let data = *event_data(&facts).last().unwrap();
        assert_eq!(data["status"], "terminated");
    }
}

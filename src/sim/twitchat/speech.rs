//! The messages of Twitchat for a moment, in the form of its generation.
//!
//! Names and shapes are from Twitchat 7 to 17. Pure: it takes the moment and the time, and returns
//! types and data.

use serde_json::{Value, json};

use super::channel::{Channel, Generation, Outgoing};
use super::first;
use super::moment::{Moment, Person, Tier, Vote, VotePhase};

/// The messages for a moment; empty if this generation has none.
pub(super) fn send_each(
    generation: Generation,
    channel: &Channel,
    moment: &Moment,
    now_ms: i64,
) -> Vec<Outgoing> {
    match generation {
        Generation::First => first::send_each(channel, moment, now_ms),
        Generation::Second | Generation::Third => Author {
            third: generation == Generation::Third,
            channel,
            now_ms,
        }
        .send_each(moment),
    }
}

/// Returns `"prime"` or a number.
pub(super) fn tier(tier: Tier) -> Value {
    match tier {
        Tier::Prime => "prime".into(),
        Tier::One => 1.into(),
        Tier::Two => 2.into(),
        Tier::Three => 3.into(),
    }
}

/// Makes the messages of Twitchat 7 and later.
struct Author<'a> {
    third: bool,
    channel: &'a Channel,
    now_ms: i64,
}

impl Author<'_> {
    fn send_each(&self, moment: &Moment) -> Vec<Outgoing> {
        let name = |second, third| if self.third { third } else { second };
        match moment {
            Moment::Follow { who } => {
                let mut data = json!({"user": user(who)});
                self.add_channel(&mut data);
                vec![(name("FOLLOW", "ON_FOLLOW"), Some(data))]
            }
            Moment::FirstMessage { who, text } => {
                vec![(
                    name("MESSAGE_FIRST", "ON_MESSAGE_FIRST_TODAY"),
                    Some(self.message(who, text)),
                )]
            }
            Moment::NonFollower { who, text } => {
                vec![(
                    name("MESSAGE_NON_FOLLOWER", "ON_MESSAGE_FROM_NON_FOLLOWER"),
                    Some(self.message(who, text)),
                )]
            }
            Moment::Cheer { who, bits, text } => {
                vec![(name("BITS", "ON_BITS"), Some(self.cheer(who, *bits, text)))]
            }
            Moment::Redeem { who, reward, text } => {
                let mut data = match text {
                    Some(text) => self.message(who, text),
                    None => json!({"channel": self.channel.id, "user": user(who)}),
                };
                if let Some(data) = data.as_object_mut() {
                    data.extend(
                        text.as_ref()
                            .map(|text| ("message_chunks".to_owned(), words(text))),
                    );
                    data.insert(
                        "reward".into(),
                        json!({"id": reward.id, "cost": reward.cost, "title": reward.title}),
                    );
                }
                vec![(name("REWARD_REDEEM", "ON_REWARD_REDEEM"), Some(data))]
            }
            Moment::Poll { poll, set_up } => self.progress(
                name("POLL_PROGRESS", "ON_POLL_PROGRESS"),
                "poll",
                poll,
                *set_up,
            ),
            Moment::Prediction { prediction, set_up } => self.progress(
                name("PREDICTION_PROGRESS", "ON_PREDICTION_PROGRESS"),
                "prediction",
                prediction,
                *set_up,
            ),
            Moment::Chat { .. }
            | Moment::Raid { .. }
            | Moment::Category { .. }
            | Moment::Tip { .. }
            | Moment::HypeTrain { .. } => Vec::new(),
            _ => self
                .subscriptions(moment)
                .into_iter()
                .map(|data| (name("SUBSCRIPTION", "ON_SUBSCRIPTION"), Some(data)))
                .collect(),
        }
    }

    /// Returns one message per subscription, because Twitchat never sends a gift bomb as a whole.
    fn subscriptions(&self, moment: &Moment) -> Vec<Value> {
        match moment {
            Moment::Sub { who, tier: at } => {
                vec![self.subscription(who, &json!({"tier": tier(*at)}))]
            }
            Moment::Resub {
                who,
                tier: at,
                months,
                streak,
                text,
            } => vec![self.subscription(
                who,
                &json!({
                    "tier": tier(*at), "totalSubDuration": months, "streakMonths": streak,
                        "message": text,
                    "message_chunks": words(text), "isResub": true,
                }),
            )],
            Moment::Gift { from, to, tier: at } => to
                .iter()
                .map(|to| {
                    let gift = json!({
                        "tier": tier(*at), "recipients": [{"uid": to.id, "login": to.login}],
                            "streakMonths": 0, "giftCount": 1, "isGift": true,
                    });
                    self.subscription(from, &gift)
                })
                .collect(),
            Moment::GiftUpgrade { who } => {
                vec![self.subscription(who, &json!({"isGiftUpgrade": true}))]
            }
            Moment::PrimeUpgrade { who } => {
                vec![self.subscription(who, &json!({"isPrimeUpgrade": true}))]
            }
            _ => Vec::new(),
        }
    }

    fn subscription(&self, who: &Person, differs: &Value) -> Value {
        let mut data = json!({
            "tier": 1, "months": 1, "user": {"id": who.id, "login": who.login}, "message": "",
                "message_chunks": [], "recipients": [],
            "streakMonths": 1, "totalSubDuration": 1, "giftCount": 0, "isPrimeUpgrade": false,
                "isGift": false, "isGiftUpgrade": false,
            "isResub": false,
        });
        if let (Some(data), Some(differs)) = (data.as_object_mut(), differs.as_object()) {
            data.extend(differs.clone());
            if self.third {
                data.insert("user".into(), user(who));
            }
        }
        self.add_channel(&mut data);
        data
    }

    fn cheer(&self, who: &Person, bits: u64, text: &str) -> Value {
        let cheer = format!("Cheer{bits}");
        let picture = |size| format!("https://cdn.example/cheer/{bits}/{size}.gif");
        let mut data = self.message(who, &format!("{cheer} {text}"));
        if let Some(data) = data.as_object_mut() {
            let chunks = json!([
                {"type": "cheermote", "value": cheer, "emote": picture(1), "emoteHD": picture(4)},
                {"type": "text", "value": format!(" {text}")},
            ]);
            data.insert("message_chunks".into(), chunks);
            data.insert("bits".into(), bits.into());
            data.insert("pinned".into(), false.into());
            data.insert("pinLevel".into(), 0.into());
        }
        data
    }

    fn message(&self, who: &Person, text: &str) -> Value {
        json!({"channel": self.channel.id, "message": text, "user": user(who)})
    }

    /// Adds the channel, which FOLLOW and SUBSCRIPTION contain only since 17.
    fn add_channel(&self, data: &mut Value) {
        if let Some(data) = data.as_object_mut().filter(|_| self.third) {
            data.insert("channel".into(), self.channel.id.as_str().into());
        }
    }

    /// The messages about a poll or a prediction. At the end Twitchat clears the state: with `{}`
    /// until 16, without data since 17.
    fn progress(
        &self,
        kind: &'static str,
        field: &'static str,
        vote: &Vote,
        set_up: VotePhase,
    ) -> Vec<Outgoing> {
        let cleared = (kind, (!self.third).then(|| json!({})));
        if set_up == VotePhase::Cancelled {
            return vec![cleared];
        }
        let state = (kind, Some(json!({field: self.vote(field, vote, set_up)})));
        if set_up == VotePhase::Ends {
            vec![state, cleared]
        } else {
            vec![state]
        }
    }

    fn vote(&self, field: &str, vote: &Vote, set_up: VotePhase) -> Value {
        let poll = field == "poll";
        let choice_shape = |place: usize| {
            let choice = vote.choices.get(place)?;
            let mut choice_shape = json!({"id": vote.choice_id(place), "label": choice.label,
                "votes": choice.votes});
            if let Some(choice_shape) = choice_shape.as_object_mut().filter(|_| !poll) {
                choice_shape.insert("voters".into(), choice.voters.into());
            }
            Some(choice_shape)
        };
        let choices: Vec<_> = (0..vote.choices.len()).filter_map(choice_shape).collect();
        let length_ms =
            i64::try_from(vote.duration_seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let mut body = json!({
            "date": self.now_ms, "id": vote.id, "platform": "twitch",
                "channel_id": self.channel.id, "type": field, "title": vote.title,
            "duration_s": vote.duration_seconds, "started_at": self.now_ms,
                "isStart": set_up == VotePhase::Begins,
        });
        let Some(fields) = body.as_object_mut() else {
            return body;
        };
        fields.insert(
            if poll { "choices" } else { "outcomes" }.into(),
            choices.into(),
        );
        let over = set_up == VotePhase::Ends;
        if !poll {
            fields.insert("pendingAnswer".into(), (set_up == VotePhase::Locks).into());
            fields.insert("totalPoints".into(), vote.votes().into());
            fields.insert("totalUsers".into(), vote.voters().into());
        }
        // A running poll has a leader and a planned end. Its last message has neither a duration
        // nor an end. The last message of a prediction has its winner and its end.
        if poll || over {
            fields.extend(choice_shape(vote.leader()).map(|winner| ("winner".to_owned(), winner)));
        }
        if poll && over {
            fields.insert("duration_s".into(), Value::Null);
        } else if poll {
            fields.insert(
                "ended_at".into(),
                self.now_ms.saturating_add(length_ms).into(),
            );
        } else if over {
            fields.insert("ended_at".into(), self.now_ms.into());
        }
        body
    }
}

fn user(who: &Person) -> Value {
    json!({"id": who.id, "login": who.login, "displayName": who.display})
}

fn words(text: &str) -> Value {
    if text.is_empty() {
        json!([])
    } else {
        json!([{"type": "text", "value": text}])
    }
}

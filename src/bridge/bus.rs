//! Talking to others on the same OBS: requests and their replies, our Hello, other bridges.
//!
//! A reply waits until all that was written before it is on disk: what the bridge says, a crash
//! cannot take back. While the journal cannot be written, replies go out at once and say that they
//! are not durable; only what has to be stored is refused.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Bridge,
    port::{Effect, Note, Now},
    recent,
    replies::Pass,
    roll::Cause,
    subscriptions,
};
use crate::{
    credits::{self, sample},
    event::{EventName, Fact, heard::BRIDGE},
    mapping::published,
    request::{
        self, Asker, Call, RequestError, Unknown,
        reply::{self, Body, Durability},
    },
};

/// What a reply promises, beside what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// Nothing: it is about the bridge itself.
    Nothing,
    /// That nothing it says is taken back by a crash.
    Lasting,
    /// The same, of entries that the journal holds: the credits.
    Credits,
    /// That what was asked for is stored.
    Stored,
}

/// An answer that waits for the store.
#[derive(Debug)]
pub(super) struct Pending {
    asker: Asker,
    client: Box<str>,
    unknown: Unknown,
    answer: Result<Body, RequestError>,
    promise: Promise,
    seq: u64,
    /// Of a large answer.
    pass: Option<Pass>,
}

/// What is read of another bridge's message, or of our own echo.
#[derive(Debug, Deserialize)]
struct Peer<'a> {
    #[serde(borrow, default)]
    bridge: Option<&'a str>,
    #[serde(borrow, default)]
    request: Option<&'a str>,
    #[serde(borrow, default)]
    to: Option<&'a str>,
    #[serde(borrow, default)]
    status: Option<&'a str>,
    since: Option<i64>,
    #[serde(default)]
    takeover: bool,
}

/// The note on a refund or a cancelled redemption that takes nothing back.
const NOT_FOUND: &str = "nothing to take back: no redemption, and no support of the running \
    session, counts with this id";

impl Bridge {
    pub(super) fn request(&mut self, whole: &str, now: Now) {
        let Some(request) = request::read(whole) else {
            self.counts.other += 1;
            return;
        };
        self.counts.requests += 1;
        let client = request.asker.key();
        self.subscriptions.heard(&client, now.wall_ms);
        let promise = request
            .call
            .as_ref()
            .map_or(Promise::Nothing, |call| self.promise(call));
        let is_info = request.call == Ok(Call::GetInfo);
        let answer = request.call.and_then(|call| {
            self.can_store(promise)?;
            self.answer_request(call, &client, now)
        });
        let (answer, pass) = match answer {
            Ok((body, pass)) => (Ok(body), pass),
            Err(error) => (Err(error), None),
        };
        // Neither GetInfo nor an error shows anything that a crash could take back: a slow disk
        // keeps nobody waiting for them.
        let is_immediate = is_info || answer.is_err();
        let (asker, unknown, client) = (request.asker, request.unknown, client.into());
        let pending = Pending {
            asker,
            client,
            unknown,
            answer,
            promise,
            seq: self.bus_seq,
            pass,
        };
        // An answer that is no large one is of the size of its request.
        let ready = if is_immediate {
            Some(pending)
        } else {
            self.writes.hold(pending, whole.len())
        };
        if let Some(ready) = ready {
            self.reply(ready);
        }
    }

    /// What the reply to this will promise.
    pub(super) fn promise(&self, call: &Call) -> Promise {
        match call {
            Call::GetInfo | Call::GetStatus => Promise::Nothing,
            Call::GetCredits(_)
            | Call::GetActiveViewers { .. }
            | Call::RollCredits(_)
            | Call::GetRoll(_) => Promise::Credits,
            Call::ClearCredits | Call::AddToCredits { .. } => Promise::Stored,
            Call::PublishEvent {
                name,
                data,
                event_id,
            } => self.promise_of_event(name, data, event_id.as_deref()),
            // Subscriptions are stored too, but only as a convenience: clients subscribe again when
            // the bridge says Hello.
            Call::Subscribe(_)
            | Call::UnSubscribe(_)
            | Call::TestCredits(_)
            | Call::GetEvents(_)
            | Call::GetActions
            | Call::DoAction { .. }
            | Call::GetBroadcaster
            | Call::SendMessage { .. }
            | Call::GetEmotes { .. }
            | Call::GetCommands
            | Call::GetCodeTriggers
            | Call::GetGlobals
            | Call::GetUserGlobals
            | Call::GetMonitoredYouTubeBroadcasts
            | Call::ExecuteCodeTrigger { .. }
            | Call::GetGlobal
            | Call::GetUserPronouns { .. }
            | Call::StopCredits
            | Call::ControlCredits(_)
            | Call::OverlayReport(_)
            | Call::Authenticate => Promise::Lasting,
        }
    }

    /// The same for an event that is published: it is stored if it counts or has an id, and if it
    /// is no repeat.
    pub(super) fn promise_of_event(
        &self,
        name: &EventName,
        data: &Map<String, Value>,
        event_id: Option<&str>,
    ) -> Promise {
        let is_stored = match event_id {
            Some(id) => !self.published_ids.contains(&recent::hash(id)),
            None => published::read(name, &Value::Object(data.clone())).is_ok_and(|readings| {
                readings.iter().any(|reading| {
                    self.is_new(reading) && reading.facts(name).iter().any(Fact::counts)
                })
            }),
        };
        if is_stored {
            Promise::Stored
        } else {
            Promise::Lasting
        }
    }

    /// Refuses what has to be stored while nothing can be.
    pub(super) fn can_store(&self, promise: Promise) -> Result<(), RequestError> {
        match self.writes.trouble() {
            Some(why) if promise == Promise::Stored => {
                Err(RequestError::NotDurable(why.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Does what a request or a step asks for.
    pub(super) fn act(
        &mut self,
        call: Call,
        client: &str,
        now: Now,
    ) -> Result<Map<String, Value>, RequestError> {
        let options = &self.settings.credits;
        Ok(match call {
            Call::GetCredits(wish) => {
                credits::reply::credits(&self.fold, options, wish.or(options.spelling), now.wall_ms)
            }
            Call::TestCredits(wish) => {
                let test = sample::credits(&self.fold, &options.ignore, now.wall_ms);
                credits::reply::credits(&test, options, wish.or(options.spelling), now.wall_ms)
            }
            Call::ClearCredits => {
                self.begin_session("clear", now.wall_ms);
                Map::new()
            }
            Call::PublishEvent {
                name,
                data,
                event_id,
            } => {
                let done = self
                    .publish(&name, data, event_id.as_deref(), now)
                    .map_err(|wrong| RequestError::Data(wrong.to_string()))?;
                let mut event = Map::from_iter([
                    ("source".to_owned(), json!(name.source)),
                    ("type".to_owned(), json!(name.kind)),
                    ("known".to_owned(), name.is_known().into()),
                    ("repeat".to_owned(), done.is_repeat.into()),
                ]);
                if done.taken_back > 0 {
                    event.insert("takenBack".into(), done.taken_back.into());
                }
                if done.not_found > 0 {
                    event.insert("note".into(), NOT_FOUND.into());
                }
                // Below `published`, not `event`: a page would take it for the event itself.
                Map::from_iter([("published".to_owned(), event.into())])
            }
            Call::AddToCredits { section, value } => {
                self.add_to_credits(&section, value, now);
                Map::new()
            }
            Call::Subscribe(names) => {
                let sorted = self.subscriptions.add(client, &names, now.wall_ms)?;
                let mut reply = Map::from_iter([("events".to_owned(), json!(sorted.accepted))]);
                if !sorted.unknown.is_empty() {
                    reply.insert("unknown".into(), json!(sorted.unknown));
                }
                let doubts = subscriptions::doubts(&names);
                if !doubts.is_empty() {
                    reply.insert("warnings".into(), doubts.into());
                }
                reply
            }
            Call::UnSubscribe(names) => {
                let sorted = self.subscriptions.remove(client, &names);
                // Only the types, one after the other, as the seed has it.
                let types: Vec<_> = sorted
                    .accepted
                    .into_values()
                    .flatten()
                    .map(|kind| Value::from(&*kind))
                    .collect();
                let mut reply = Map::from_iter([("events".to_owned(), types.into())]);
                if !sorted.unknown.is_empty() {
                    reply.insert("unknown".into(), json!(sorted.unknown));
                }
                reply
            }
            Call::GetEvents(spelling) => Self::get_events(spelling),
            Call::GetActions => self.get_actions(),
            Call::DoAction { id, name, args } => {
                self.do_action(id.as_deref(), name.as_deref(), args, now)?
            }
            Call::GetBroadcaster => self.get_broadcaster(),
            Call::GetActiveViewers { limit } => self.get_active_viewers(limit),
            Call::SendMessage { platform, message } => {
                self.send_message(platform, &message, now)?
            }
            Call::GetEmotes { platform } => Self::get_emotes(platform),
            Call::GetCommands => Self::empty("commands"),
            Call::GetCodeTriggers => Self::empty("triggers"),
            Call::GetGlobals | Call::GetGlobal => Self::empty("variables"),
            Call::GetUserGlobals => Map::from_iter([
                ("variables".to_owned(), json!([])),
                ("count".to_owned(), 0.into()),
            ]),
            Call::GetMonitoredYouTubeBroadcasts => Self::empty("broadcasts"),
            Call::ExecuteCodeTrigger { trigger, args } => {
                self.execute_code_trigger(&trigger, &args, now)
            }
            Call::GetUserPronouns { login } => Self::no_pronouns(&login),
            Call::RollCredits(wish) => self.roll_credits(wish, Cause::Asked, now)?,
            Call::StopCredits => self.stop_credits(now),
            Call::ControlCredits(command) => self.control_credits(&command, now)?,
            Call::GetRoll(wish) => self.get_roll(&wish, now),
            Call::OverlayReport(report) => self.overlay_report(client, report, now),
            Call::GetInfo => Map::from_iter([("info".to_owned(), self.info())]),
            Call::GetStatus => self.status(now),
            Call::Authenticate => Map::new(),
        })
    }

    pub(super) fn durable(&mut self, writes: u64) {
        while let Some(pending) = self.writes.committed(writes) {
            self.reply(pending);
        }
    }

    /// The store failed: nobody who waits is left without an answer.
    pub(super) fn release_waiting(&mut self) {
        for pending in self.writes.give_up() {
            self.reply(pending);
        }
    }

    fn reply(
        &mut self,
        Pending {
            asker,
            client,
            unknown,
            mut answer,
            promise,
            seq,
            pass,
        }: Pending,
    ) {
        let bridge = self.run.bridge.to_string();
        let mut durability = Durability::Durable;
        if answer.is_ok() {
            match (self.writes.trouble(), promise) {
                (_, Promise::Nothing) => {}
                (Some(why), Promise::Stored) => {
                    answer = Err(RequestError::NotYetDurable(why.to_owned()));
                }
                (Some(_), _) => durability = Durability::InMemory,
                (None, Promise::Credits) if self.writes.has_lost() => {
                    durability = Durability::InMemory;
                }
                (None, _) => {}
            }
        }
        let is_error = answer.is_err();
        let written = reply::write(&bridge, &asker, seq, durability, &unknown, answer);
        self.counts.refused += u64::from(is_error || written.is_err());
        let written = written.or_else(|error| {
            reply::write(
                &bridge,
                &asker,
                seq,
                Durability::Durable,
                &unknown,
                Err(error),
            )
        });
        match written {
            Ok(reply) => self.out.push(Effect::Reply {
                reply,
                client,
                pass,
            }),
            // An error as large as that cannot be: what it repeats is bounded.
            Err(_) => self.note_too_large(),
        }
    }

    /// The shell has handed a large reply to OBS, or found nobody there.
    pub(super) fn sent(&mut self, pass: Pass) {
        self.replies.arrived(pass);
    }

    /// What `GetInfo` and Hello say.
    pub(super) fn info(&self) -> Value {
        json!({
            "instanceId": self.run.instance,
            "name": self.settings.name,
            "version": env!("CARGO_PKG_VERSION"),
            "os": std::env::consts::OS,
            "osVersion": std::env::consts::ARCH,
            "mode": "headless",
            "darkMode": false,
            "source": BRIDGE,
        })
    }

    /// Tells everybody that we are here: clients subscribe again, another bridge objects.
    pub(super) fn say_hello(&mut self, now: Now) {
        let bridge = self.run.bridge.to_string();
        let mut hello = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), bridge.as_str().into()),
            ("request".to_owned(), "Hello".into()),
            (
                "timestamp".to_owned(),
                super::status::instant(now.wall_ms).into(),
            ),
            ("session".to_owned(), bridge.as_str().into()),
            ("since".to_owned(), self.since_ms.into()),
            ("info".to_owned(), self.info()),
        ]);
        if self.run.takeover {
            hello.insert("takeover".into(), true.into());
        }
        self.send(&hello);
        self.subscriptions.greeted(now.wall_ms);
    }

    /// A bridge's message: our own echo, another one's Hello, or its objection to ours.
    pub(super) fn bridge(&mut self, whole: &str) {
        let Ok(peer) = serde_json::from_str::<Peer<'_>>(whole) else {
            self.counts.other += 1;
            return;
        };
        let own = self.run.bridge.to_string();
        let Some(other) = peer.bridge.filter(|other| *other != own) else {
            self.counts.echoes += u64::from(peer.bridge.is_some());
            return;
        };
        let objects = peer.status == Some("taken") && peer.to == Some(own.as_str());
        if peer.request != Some("Hello") && !objects {
            self.counts.other += 1;
            return;
        }
        // The earlier start stays, then the smaller id; one that takes over counts as earlier than
        // all that do not. One that does not say since when is nobody to yield to.
        let Some(since) = peer.since else {
            self.counts.other += 1;
            return;
        };
        let theirs = (
            !peer.takeover,
            if peer.takeover {
                since.saturating_neg()
            } else {
                since
            },
            other,
        );
        let ours = (
            !self.run.takeover,
            if self.run.takeover {
                -self.since_ms
            } else {
                self.since_ms
            },
            own.as_str(),
        );
        if theirs < ours {
            self.out.push(Effect::Yield {
                other: other.into(),
            });
        } else {
            self.objections.want(other);
        }
    }

    /// Tells other bridges that this OBS is taken.
    pub(super) fn run_objections(&mut self, now: Now) {
        while let Some((other, is_news)) = self.objections.take(now.mono_ms) {
            self.object(&other);
            if is_news {
                self.out.push(Effect::Note(Note::OtherBridge { other }));
            }
        }
    }

    /// Ends subscriptions that nobody renewed.
    pub(super) fn expire_subscriptions(&mut self, now: Now) {
        self.subscriptions.expire(now.wall_ms);
    }

    /// Writes the list of subscriptions, if it has changed and it is time.
    pub(super) fn keep_subscriptions(&mut self, now: Now) {
        if let Some(json) = self.subscriptions.take_due(now.mono_ms) {
            self.keep("subscriptions", json);
        }
    }

    fn object(&mut self, other: &str) {
        let mut taken = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), self.run.bridge.to_string().into()),
            ("to".to_owned(), other.into()),
            ("status".to_owned(), "taken".into()),
            ("since".to_owned(), self.since_ms.into()),
        ]);
        if self.run.takeover {
            taken.insert("takeover".into(), true.into());
        }
        self.send(&taken);
    }
}

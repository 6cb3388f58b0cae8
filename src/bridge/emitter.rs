//! Emits events: to clients that subscribed over OBS, to the rules and labels, and to the log.

use std::{cell::OnceCell, sync::Arc};

use serde_json::{Map, Value, json, value::RawValue};
use uuid::Uuid;

use super::{
    io::{Effect, Now},
    output::Output,
    subscriptions::Subscriptions,
    time,
};
use crate::{
    automation::{Cause, Rulebook, Uses},
    event::{EmittedEvent, EventName, Message, ObsSubscription, name::TWITCHAT, received::BRIDGE},
    mapping::{interpreter::Playback, obs::CUSTOM_EVENT},
};

/// An event that rules may react to, or that `last(…)` may show.
#[derive(Debug)]
pub(super) struct EventOccurrence {
    pub(super) name: EventName,
    pub(super) data: Value,
    /// The time of the event in Unix milliseconds.
    pub(super) at_ms: i64,
    /// Whether `last(…)` remembers this event.
    pub(super) is_latest: bool,
    /// `None` if rules must not react to this event.
    pub(super) cause: Option<Cause>,
}

/// The events that rules and labels need, regardless of subscriptions.
#[derive(Debug)]
struct Interest {
    book: Arc<Rulebook>,
    /// Whether any rule or label needs events.
    events: bool,
    /// Whether any rule or label needs Twitchat's own messages.
    messages: bool,
    last: Last,
    /// The events of OBS that rules and labels need.
    obs: ObsSubscription,
    /// Whether any rule or label needs the `CustomEvent`s of other programs.
    custom_events: bool,
}

/// The kinds of events for which rules and labels use `last(…)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Last {
    Nothing,
    Events,
    EventsAndMessages,
}

impl Interest {
    fn of(book: &Arc<Rulebook>) -> Self {
        let last = match (book.uses().contains(Uses::LAST), book.names_twitchat()) {
            (false, _) => Last::Nothing,
            (true, false) => Last::Events,
            (true, true) => Last::EventsAndMessages,
        };
        let needs = |kind| book.needs(&EventName::new("Obs", kind));
        Self {
            book: Arc::clone(book),
            events: last >= Last::Events || book.rules.iter().any(|rule| rule.enabled),
            messages: last == Last::EventsAndMessages || book.listens_to_twitchat(),
            last,
            obs: ObsSubscription {
                events: needs("Event"),
                vendors: needs("VendorEvent"),
            },
            custom_events: needs(CUSTOM_EVENT),
        }
    }
}

/// Emits events to everybody who needs them.
#[derive(Debug)]
pub(super) struct Emitter {
    bridge: Uuid,
    /// Whether the program that runs the bridge uses [`Effect::Emitted`].
    reports: bool,
    interest: Interest,
    subscriptions: Subscriptions,
    /// The events of OBS that the shell receives.
    obs: ObsSubscription,
    /// The number of events that were emitted in this run.
    emitted: u64,
    /// The number of the last event that was sent to OBS.
    bus_seq: u64,
    /// Whether the bridge is connected to OBS.
    is_connected: bool,
    /// The cause of the events that are being emitted.
    cause: Cause,
    /// Event occurrences that rules and labels have not processed yet.
    occurrences: Vec<EventOccurrence>,
}

impl Emitter {
    pub(super) fn new(
        bridge: Uuid,
        reports: bool,
        book: &Arc<Rulebook>,
        subscriptions: Subscriptions,
    ) -> Self {
        Self {
            bridge,
            reports,
            interest: Interest::of(book),
            subscriptions,
            obs: ObsSubscription::default(),
            emitted: 0,
            bus_seq: 0,
            is_connected: false,
            cause: Cause::Outside,
            occurrences: Vec::new(),
        }
    }

    /// Called when rules and labels have changed, because they may need other events.
    pub(super) fn replace(&mut self, book: &Arc<Rulebook>) {
        self.interest = Interest::of(book);
    }

    /// Called when the connection to OBS is made or lost.
    pub(super) fn connected(&mut self, is_connected: bool) {
        self.is_connected = is_connected;
    }

    pub(super) fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }

    pub(super) fn subscriptions_mut(&mut self) -> &mut Subscriptions {
        &mut self.subscriptions
    }

    pub(super) fn bus_seq(&self) -> u64 {
        self.bus_seq
    }

    /// Whether any client, rule, label or the program needs events. If not, callers can skip making
    /// them.
    pub(super) fn is_needed(&self) -> bool {
        self.reports || self.subscriptions.any() || self.interest.events
    }

    /// Whether any client, rule or label needs these events of the source `Obs`: `Event`,
    /// `VendorEvent` or `CustomEvent`.
    pub(super) fn needs_of_obs(&self, kind: &str) -> bool {
        let by_rules = match kind {
            "Event" => self.interest.obs.events,
            "VendorEvent" => self.interest.obs.vendors,
            _ => self.interest.custom_events,
        };
        by_rules || self.subscriptions.want("Obs", kind)
    }

    /// Makes the shell receive the events of OBS that are needed. With `narrows`, the shell also
    /// stops receiving events that are no longer needed. The caller must not set it often, because
    /// clients may come and go at a high rate.
    pub(super) fn subscribe_to_obs(&mut self, narrows: bool, out: &mut Output) {
        let needed = ObsSubscription {
            events: self.needs_of_obs("Event"),
            vendors: self.needs_of_obs("VendorEvent"),
        };
        let next = if narrows {
            needed
        } else {
            self.obs.union(needed)
        };
        if next != self.obs {
            self.obs = next;
            out.push(Effect::Subscribe(next));
        }
    }

    /// Sets the cause of the events that are emitted from now on. Returns the previous cause.
    pub(super) fn set_cause(&mut self, cause: Cause) -> Cause {
        std::mem::replace(&mut self.cause, cause)
    }

    /// The cause of the events that are being emitted.
    pub(super) fn cause(&self) -> Cause {
        self.cause
    }

    /// Takes the event occurrences that rules and labels have not processed yet, in order.
    pub(super) fn take_occurrences(&mut self) -> Vec<EventOccurrence> {
        std::mem::take(&mut self.occurrences)
    }

    /// Emits an event, under each of its sources.
    pub(super) fn emit(
        &mut self,
        event: EmittedEvent,
        playback: Playback,
        out: &mut Output,
        now: Now,
    ) {
        self.emitted += 1;
        let EmittedEvent { name, data } = &event;
        let is_latest = playback == Playback::Live && self.notes();
        self.occur(name, data, is_latest, playback, now);
        for source in sources(name) {
            if self.subscriptions.want(source, &name.kind) {
                self.put_on_bus(source, &name.kind, data.clone(), playback, out, now);
            }
        }
        if self.reports {
            out.push(Effect::Emitted {
                seq: self.emitted,
                at_ms: now.wall_ms,
                event,
            });
        }
    }

    /// Emits a message of Twitchat as an event of the source `Twitchat`, with its data unchanged.
    /// Only clients that subscribed to that source receive it.
    pub(super) fn emit_message(
        &mut self,
        kind: &str,
        data: &JsonData<'_>,
        playback: Playback,
        out: &mut Output,
        now: Now,
    ) {
        if self.interest.messages {
            let is_latest =
                playback == Playback::Live && self.interest.last == Last::EventsAndMessages;
            let name = EventName::new(TWITCHAT, kind);
            self.occur(&name, data.value(), is_latest, playback, now);
        }
        if self.subscriptions.want(TWITCHAT, kind) {
            self.put_on_bus(TWITCHAT, kind, data.value().clone(), playback, out, now);
        }
    }

    /// Records an event for `last(…)` without emitting it.
    pub(super) fn note(&mut self, event: EmittedEvent, at_ms: i64) {
        if self.notes() {
            self.occurrences.push(EventOccurrence {
                name: event.name,
                data: event.data,
                at_ms,
                is_latest: true,
                cause: None,
            });
        }
    }

    /// Whether [`Self::note`] has any effect.
    pub(super) fn notes(&self) -> bool {
        self.interest.last >= Last::Events
    }

    fn occur(
        &mut self,
        name: &EventName,
        data: &Value,
        is_latest: bool,
        playback: Playback,
        now: Now,
    ) {
        let cause = match self.cause {
            own @ Cause::Run(_) => own,
            _ if playback == Playback::Recorded => Cause::Replay,
            outside => outside,
        };
        let cause = Some(cause).filter(|_| self.interest.book.listens(name));
        if is_latest || cause.is_some() {
            self.occurrences.push(EventOccurrence {
                name: name.clone(),
                data: data.clone(),
                at_ms: now.wall_ms,
                is_latest,
                cause,
            });
        }
    }

    /// Sends an event to OBS, if OBS is connected.
    pub(super) fn put_on_bus(
        &mut self,
        source: &str,
        kind: &str,
        data: Value,
        playback: Playback,
        out: &mut Output,
        now: Now,
    ) {
        if !self.is_connected {
            return;
        }
        let mut frame = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), self.bridge.to_string().into()),
            ("seq".to_owned(), (self.bus_seq + 1).into()),
            ("timeStamp".to_owned(), time::time_stamp(now.wall_ms).into()),
            (
                "event".to_owned(),
                json!({ "source": source, "type": kind }),
            ),
            ("data".to_owned(), data),
        ]);
        if playback == Playback::Recorded {
            frame.insert("replay".into(), true.into());
        }
        if out.send(&frame) {
            self.bus_seq += 1;
        }
    }
}

/// A message's data as a JSON value. It is built at most once and only when needed, because most
/// messages interest no subscriber and no rule.
#[derive(Debug)]
pub(super) struct JsonData<'a> {
    raw: Option<&'a RawValue>,
    value: OnceCell<Value>,
}

impl<'a> JsonData<'a> {
    pub(super) fn of(message: &'a Message) -> Self {
        Self {
            raw: message.data.as_deref(),
            value: OnceCell::new(),
        }
    }

    /// `null` if the message has no data.
    pub(super) fn value(&self) -> &Value {
        self.value.get_or_init(|| {
            self.raw
                .and_then(|raw| serde_json::from_str(raw.get()).ok())
                .unwrap_or(Value::Null)
        })
    }
}

/// The sources under which an event is emitted. Streamer.bot has moved pyramids from Misc to
/// Twitch, so they have both.
fn sources(name: &EventName) -> Vec<&str> {
    if matches!(&*name.source, "Twitch" | "Misc")
        && matches!(&*name.kind, "PyramidSuccess" | "PyramidBroken")
    {
        vec!["Twitch", "Misc"]
    } else {
        vec![&name.source]
    }
}

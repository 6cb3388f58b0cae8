//! Telling events: to who subscribed on OBS, and to the log.

use serde_json::{Map, Value, json};

use super::{
    Bridge,
    port::{Effect, Now},
    status,
};
use crate::{
    event::{Event, EventName, Fact, Message, Person, heard::BRIDGE, name::TWITCHAT},
    mapping::{
        Interpreter,
        interpreter::{At, Emitted, Playback},
        obs,
    },
};

impl Bridge {
    /// Whether anybody listens: only then are events made.
    pub(super) fn is_heard(&self) -> bool {
        self.settings.tell || self.subscriptions.any() || self.rules.need_events()
    }

    /// Tells a fact as an event, with its people as complete as they are known. Gifts wait for the
    /// rest of their bomb, chat lines for their other messages, new subscriptions for the
    /// resubscription that they may be.
    pub(super) fn tell_fact(
        &mut self,
        fact: &Fact,
        id: Option<&str>,
        playback: Playback,
        now: Now,
    ) {
        if !self.is_heard() {
            return;
        }
        let mut fact = fact.clone();
        fact.each_person(|person| self.fold.people.complete(person));
        let id = id.map_or_else(|| self.fresh_id(), ToOwned::to_owned);
        let broadcaster = self.broadcaster();
        let emitted = self
            .interpreter(playback)
            .emit(fact, &id, &at(now, broadcaster.as_ref()));
        self.tell_all(emitted, playback, now);
    }

    /// Tells what waits for no more, and polls and predictions that have ended.
    pub(super) fn release(&mut self, playback: Playback, now: Now) {
        if self
            .interpreter(playback)
            .due_ms()
            .is_none_or(|due_ms| now.mono_ms < due_ms)
        {
            return;
        }
        let broadcaster = self.broadcaster();
        let at = at(now, broadcaster.as_ref());
        let emitted = self.interpreter(playback).release(&at);
        let ended = self.interpreter(playback).settle(&at);
        self.tell_all(emitted, playback, now);
        for fact in ended {
            self.tell_fact(&fact, None, playback, now);
        }
    }

    fn tell_all(&mut self, emitted: Vec<Emitted>, playback: Playback, now: Now) {
        for Emitted { event, .. } in emitted {
            self.tell_as(event, playback, now);
        }
    }

    fn interpreter(&mut self, playback: Playback) -> &mut Interpreter {
        match playback {
            Playback::Live => &mut self.live,
            Playback::Recorded => &mut self.recorded,
        }
    }

    /// An event of the model.
    pub(super) fn tell(&mut self, event: Event, now: Now) {
        self.tell_as(event, Playback::Live, now);
    }

    fn tell_as(&mut self, event: Event, playback: Playback, now: Now) {
        self.told += 1;
        let Event { name, data } = &event;
        if playback == Playback::Live {
            self.note_event(name, data, now.wall_ms);
        }
        self.rules_hear(name, data, playback, now);
        for source in sources(name) {
            if self.subscriptions.want(source, &name.kind) {
                self.put_on_bus(source, &name.kind, data.clone(), playback, now);
            }
        }
        if self.settings.tell {
            self.out.push(Effect::Told {
                seq: self.told,
                at_ms: now.wall_ms,
                event,
            });
        }
    }

    /// A message of Twitchat as an event of the source `Twitchat`, its data untouched: only to who
    /// names that source.
    pub(super) fn tell_message(&mut self, message: &Message, playback: Playback, now: Now) {
        let data = || {
            message
                .data
                .as_deref()
                .and_then(|raw| serde_json::from_str(raw.get()).ok())
                .unwrap_or(Value::Null)
        };
        if self.rules.need_messages() {
            if playback == Playback::Live {
                self.note_message(&message.kind, message.data.as_deref(), now);
            }
            self.rules_hear(
                &EventName::new(TWITCHAT, &message.kind),
                &data(),
                playback,
                now,
            );
        }
        if self.subscriptions.want(TWITCHAT, &message.kind) {
            self.put_on_bus(TWITCHAT, &message.kind, data(), playback, now);
        }
        if !Interpreter::has_states(&message.kind) || !self.is_heard() {
            return;
        }
        if let Some(event) = self
            .interpreter(playback)
            .state(&message.kind, &data(), now.mono_ms)
        {
            self.tell_as(event, playback, now);
        }
    }

    /// OBS shows another scene.
    pub(super) fn scene_changed(&mut self, name: &str, now: Now) {
        let before = self.scene.replace(name.into());
        let is_same = before.as_ref().is_some_and(|before| **before == *name);
        if is_same {
            return;
        }
        if let Some(before) = &before {
            self.tell_obs(obs::scene_changed(&self.connection(), name, before), now);
        }
        if self.obs.is_some() {
            self.look_at_scene(name, before.is_some(), now);
        }
    }

    /// Another scene collection is open, and its scene is on air, whatever its name.
    pub(super) fn collection_changed(&mut self, now: Now) {
        self.rules.labels.forget();
        if let Some(scene) = self.scene.clone().filter(|_| self.obs.is_some()) {
            self.look_at_scene(&scene, true, now);
        }
    }

    /// Something about OBS itself.
    pub(super) fn tell_obs(&mut self, event: Event, now: Now) {
        if self.is_heard() {
            self.tell(event, now);
        }
    }

    /// The OBS that we are connected to.
    pub(super) fn connection(&self) -> Value {
        let (obs, websocket) = self
            .obs
            .as_ref()
            .map(|(info, _)| (&*info.obs_version, &*info.websocket_version))
            .unwrap_or_default();
        obs::connection(&self.run.instance, obs, websocket)
    }

    pub(super) fn put_on_bus(
        &mut self,
        source: &str,
        kind: &str,
        data: Value,
        playback: Playback,
        now: Now,
    ) {
        if self.obs.is_none() {
            return;
        }
        let mut frame = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), self.run.bridge.to_string().into()),
            ("seq".to_owned(), (self.bus_seq + 1).into()),
            (
                "timeStamp".to_owned(),
                status::time_stamp(now.wall_ms).into(),
            ),
            (
                "event".to_owned(),
                json!({ "source": source, "type": kind }),
            ),
            ("data".to_owned(), data),
        ]);
        if playback == Playback::Recorded {
            frame.insert("replay".into(), true.into());
        }
        if self.send(&frame) {
            self.bus_seq += 1;
        }
    }
}

/// This moment, as the interpreter takes it.
pub(super) fn at(now: Now, broadcaster: Option<&Person>) -> At<'_> {
    At {
        wall_ms: now.wall_ms,
        mono_ms: now.mono_ms,
        broadcaster,
    }
}

/// The sources under which an event is told. Pyramids moved from Misc to Twitch over the years.
fn sources(name: &EventName) -> Vec<&str> {
    if matches!(&*name.source, "Twitch" | "Misc")
        && matches!(&*name.kind, "PyramidSuccess" | "PyramidBroken")
    {
        vec!["Twitch", "Misc"]
    } else {
        vec![&name.source]
    }
}

//! Telling events: to who subscribed on OBS, and to the log.

use serde_json::{Map, Value, json};

use super::{
    Core,
    port::{Effect, Now},
    status,
    subscriptions::TWITCHAT,
};
use crate::{
    event::{Event, EventName, Fact, Message, heard::BRIDGE},
    mapping::{general, lines, obs, render},
};

impl Core {
    /// Whether anybody listens: only then are events made.
    pub(super) fn is_heard(&self) -> bool {
        !self.silent && (self.settings.tell || self.subscriptions.any() || self.rules.need_events())
    }

    /// Tells a fact as an event, with its people as complete as they are known. Gifts wait for the rest of their bomb, chat lines for
    /// their other messages, new subscriptions for the resubscription that they may be.
    pub(super) fn tell_fact(&mut self, fact: &Fact, id: Option<&str>, now: Now) {
        if !self.is_heard() {
            return;
        }
        let mut fact = fact.clone();
        fact.each_person(|person| self.fold.people.complete(person));
        let id = id.map_or_else(|| self.fresh_id(), ToOwned::to_owned);
        if let Fact::Gift(gift) = fact {
            let gifts = if self.replaying { &mut self.stage.gifts } else { &mut self.gifts };
            gifts.hold(gift, &id, now.mono_ms);
            return;
        }
        if let Fact::Subscription(subscription) = &fact {
            let subs = if self.replaying { &mut self.stage.subs } else { &mut self.subs };
            if subs.hold(subscription, &id, now.mono_ms) {
                return;
            }
        }
        let broadcaster = self.broadcaster();
        let lines = if self.replaying { &mut self.stage.lines } else { &mut self.lines };
        if let Some(line) = lines::line_of(&fact) {
            lines.hold(line, &id, now.mono_ms);
            if matches!(fact, Fact::Presence(_)) {
                return;
            }
        }
        if matches!(fact, Fact::Plain { .. }) {
            // A line that is deleted must not come after its deletion.
            for line in lines.release_all(now.wall_ms, broadcaster.as_ref()) {
                self.tell(line.event, now);
            }
        }
        let context = render::Context { at_ms: now.wall_ms, id: &id, broadcaster: broadcaster.as_ref() };
        if let Some(event) = render::event(&fact, &context) {
            self.tell(event, now);
        }
    }

    /// Does something without telling any event of it.
    pub(super) fn silently<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.silent, true);
        let outcome = act(self);
        self.silent = before;
        outcome
    }

    /// An event of the model.
    pub(super) fn tell(&mut self, event: Event, now: Now) {
        self.told += 1;
        let Event { name, data } = &event;
        self.note_event(name, data, now.wall_ms);
        self.rules_hear(name, data, now);
        for source in sources(name) {
            if self.subscriptions.want(source, &name.kind) {
                self.put_on_bus(source, &name.kind, data.clone(), now);
            }
        }
        if self.settings.tell {
            self.out.push(Effect::Told { seq: self.told, at_ms: now.wall_ms, event });
        }
    }

    /// A message of Twitchat as an event of the source `Twitchat`, its data untouched: only to who names that source.
    pub(super) fn tell_message(&mut self, message: &Message, now: Now) {
        let data = || message.data.as_deref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or(Value::Null);
        if self.rules.need_messages() {
            self.note_message(&message.kind, message.data.as_deref(), now);
            self.rules_hear(&EventName::new(TWITCHAT, &message.kind), &data(), now);
        }
        if self.subscriptions.want(TWITCHAT, &message.kind) {
            self.put_on_bus(TWITCHAT, &message.kind, data(), now);
        }
        if !general::is_event(&message.kind) || !self.is_heard() {
            return;
        }
        let event = if self.replaying {
            self.stage.states.event_replayed(&message.kind, &data(), now.mono_ms)
        } else {
            self.states.event(&message.kind, &data())
        };
        if let Some(event) = event {
            self.tell(event, now);
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
        let (obs, websocket) = self.obs.as_ref().map(|(info, _)| (&*info.obs_version, &*info.websocket_version)).unwrap_or_default();
        obs::connection(&self.run.instance, obs, websocket)
    }

    pub(super) fn put_on_bus(&mut self, source: &str, kind: &str, data: Value, now: Now) {
        if self.obs.is_none() {
            return;
        }
        let mut frame = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), self.run.bridge.to_string().into()),
            ("seq".to_owned(), (self.bus_seq + 1).into()),
            ("timeStamp".to_owned(), status::time_stamp(now.wall_ms).into()),
            ("event".to_owned(), json!({ "source": source, "type": kind })),
            ("data".to_owned(), data),
        ]);
        if self.replaying {
            frame.insert("replay".into(), true.into());
        }
        if self.send(&frame) {
            self.bus_seq += 1;
        }
    }
}

/// The sources under which an event is told. Pyramids moved from Misc to Twitch over the years.
fn sources(name: &EventName) -> Vec<&str> {
    if matches!(&*name.source, "Twitch" | "Misc") && matches!(&*name.kind, "PyramidSuccess" | "PyramidBroken") {
        vec!["Twitch", "Misc"]
    } else {
        vec![&name.source]
    }
}

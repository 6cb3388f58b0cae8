//! What comes in and may count: Twitchat's messages and published events. Journalled first, then
//! counted, then told.

use serde_json::{Map, Value, value::RawValue};

use super::{
    Bridge, actions, fold_origin,
    journal::{PersonRow, Row, RowOrigin, Write},
    port::{Effect, Note, Now},
    recent,
    telling::at,
};
use crate::{
    credits::{Outcome, PersonId},
    event::{Event, EventName, Fact, Message, cut, fact::Presence, heard::Replay},
    mapping::{
        self,
        interpreter::Playback,
        published::{self, Reading, Standing},
        render,
    },
    twitchat::{catalogue, catalogue::Class, generation_of, question},
};

/// What became of a published event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Published {
    /// All of it was published before.
    pub(super) is_repeat: bool,
    /// How much it took back: redemptions and support that count no longer.
    pub(super) taken_back: u32,
    /// How much it would have taken back, if it had counted.
    pub(super) not_found: u32,
}

/// A row in the making: where it comes from, what it is called, what makes a repeat harmless.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) origin: RowOrigin,
    pub(super) kind: &'a str,
    pub(super) id: Option<&'a str>,
}

/// Whether what is taken in is told as events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// Each fact that counts.
    Each,
    /// None: it happened earlier, or its events are made of something else.
    Silent,
}

impl Bridge {
    pub(super) fn twitchat(&mut self, message: &Message, now: Now) {
        if catalogue::is_forbidden(&message.kind) {
            self.counts.forbidden += 1;
            return;
        }
        if let Some(id) = &message.id {
            if self.sent_ids.has(id) {
                self.counts.echoes += 1;
                return;
            }
            if !self.heard_ids.insert(id) {
                self.counts.duplicates += 1;
                return;
            }
        }
        self.counts.replayed += u64::from(message.replay.is_some());
        if message.replay == Some(Replay::Told) {
            self.replayed(message, now);
            return;
        }
        self.play_overlay(message, now);
        let class = catalogue::look_up(&message.kind).map(|entry| entry.class);
        if !matches!(class, Some(Class::Action | Class::Question)) {
            self.tell_message(message, Playback::Live, now);
        }
        // Told as it came; what is kept of it has an end.
        let shortened = shortened(message);
        let message = shortened.as_ref().unwrap_or(message);
        match class {
            Some(Class::Action | Class::Announcement | Class::Forbidden) => {
                self.counts.actions += 1;
            }
            Some(Class::Question) => {
                self.counts.actions += 1;
                if question::is_summary_question(&message.kind) {
                    self.side.heard_question(now.mono_ms);
                }
            }
            Some(Class::Answer) => {
                self.counts.answers += 1;
                self.answer(message, now);
            }
            Some(Class::Event) => {
                self.counts.events += 1;
                self.event(message, now);
            }
            None => {
                self.counts.unknown += 1;
                self.last = Some((cut(&message.kind, LONGEST_KIND).into(), now.wall_ms));
            }
        }
    }

    fn answer(&mut self, message: &Message, now: Now) {
        self.present(generation_of(message), now);
        if question::label_answer(&message.kind).is_some() {
            if let Some(data) = &message.data {
                for fact in self.live.labels(data) {
                    self.publish_own(fact, now);
                }
            }
        } else if actions::is_trigger_list(&message.kind) {
            self.triggers = message
                .data
                .as_deref()
                .map(actions::triggers)
                .unwrap_or_default();
        } else if question::is_summary_answer(&message.kind) {
            self.summary(message.data.as_deref(), now);
        } else {
            self.event(message, now);
        }
    }

    fn event(&mut self, message: &Message, now: Now) {
        self.present(generation_of(message), now);
        self.note_generation(message, now);
        self.note_deletion(message, now);
        self.last = Some((message.kind.clone(), now.wall_ms));
        let (kind, data) = (&*message.kind, message.data.as_deref());
        for fact in self.live.ballots(kind, data, &at(now, None)) {
            self.tell_fact(&fact, message.id.as_deref(), Playback::Live, now);
        }
        if !mapping::feeds(kind) {
            return;
        }
        let read = mapping::heard(kind, data);
        if let Some(trouble) = read.trouble {
            self.counts.bad += 1;
            if self.counts.bad.is_power_of_two() {
                self.out.push(Effect::Note(Note::BadData {
                    kind: kind.into(),
                    why: trouble.to_string(),
                }));
            }
        }
        if self.is_elsewhere(&read.facts) {
            self.counts.elsewhere += 1;
            return;
        }
        // A message that the streamer marks as read may have been there for long.
        let is_deed = message.replay.is_none() && !mapping::heard::is_marked_read(kind);
        let doers = if is_deed {
            self.doers(&read.facts)
        } else {
            Vec::new()
        };
        let origin = if message.replay.is_none() {
            RowOrigin::Heard
        } else {
            RowOrigin::Played
        };
        let source = Source {
            origin,
            kind,
            id: message.id.as_deref(),
        };
        let keep_texts = self.settings.keep_texts;
        let print = read.facts.iter().find_map(print).unwrap_or_default();
        self.take(read.facts, source, Telling::Each, now, || match data {
            None => "null".into(),
            Some(data) if keep_texts => data.get().into(),
            Some(data) => mapping::texts::with_print(&mapping::strip_texts(data), print),
        });
        self.note_deeds(&doers, now);
    }

    /// Whether a message is of another channel that is open in Twitchat. Known only when the config
    /// says whose bridge this is: a learnt channel would make it depend on what came first.
    pub(super) fn is_elsewhere(&self, facts: &[Fact]) -> bool {
        let Some(own) = &self.fold.broadcaster.configured else {
            return false;
        };
        matches!(facts.first(), Some(Fact::Broadcaster { id, own: false }) if id != own)
    }

    /// Takes facts in: a row for them if any is news, then each counts, then each is told. Tells
    /// whether anything was news: whether not all of it was reported before.
    pub(super) fn take(
        &mut self,
        facts: Vec<Fact>,
        source: Source<'_>,
        telling: Telling,
        now: Now,
        body: impl FnOnce() -> Box<str>,
    ) -> bool {
        let mut is_news = false;
        for fact in &facts {
            if let Fact::Broadcaster { id, own } = fact
                && self.fold.broadcaster.learn(id, *own)
            {
                let channels = self.fold.broadcaster.to_json();
                self.keep("channels", channels);
            }
        }
        if facts.iter().any(|fact| self.is_news(fact)) {
            self.append(source, now, body());
            for fact in facts {
                let key = mapping::summary::keys_of(&fact);
                let mut changed: Vec<PersonId> = Vec::new();
                let origin = fold_origin(source.origin, source.id.is_some());
                let mut outcome = self.fold.apply(&fact, key, origin, now.wall_ms, |met| {
                    if met.changed {
                        changed.push(met.who);
                    }
                });
                self.keep_people(&changed);
                if self.fold.take_proof() {
                    self.prove_pages("events", now);
                    if self.fold.last_is_twin() {
                        outcome = Outcome::Twin;
                    }
                }
                if telling == Telling::Silent && outcome == Outcome::Counted {
                    self.note_fact(&fact, now.wall_ms);
                }
                match outcome {
                    Outcome::Counted if telling == Telling::Silent => {}
                    Outcome::Counted => self.tell_fact(&fact, source.id, Playback::Live, now),
                    Outcome::Repeat | Outcome::Part => self.counts.repeats += 1,
                    Outcome::Twin => self.counts.twins += 1,
                }
                is_news |= outcome != Outcome::Twin && !matches!(fact, Fact::Broadcaster { .. });
            }
        } else {
            for mut fact in facts {
                let mut changed = Vec::new();
                let people = &mut self.fold.people;
                fact.each_person(|person| {
                    let met = people.meet(person, now.wall_ms);
                    if met.changed {
                        changed.push(met.who);
                    }
                });
                self.keep_people(&changed);
                if telling == Telling::Each {
                    self.tell_fact(&fact, source.id, Playback::Live, now);
                }
                is_news = true;
            }
        }
        is_news
    }

    /// Whether credits would change: somebody who is already in chat with these roles is no news.
    fn is_news(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Presence(Presence { who, spoke, .. }) => self
                .fold
                .people
                .find(who)
                .is_none_or(|id| self.fold.session.is_news(id, who.roles, *spoke)),
            // Kept aside, for all sessions.
            Fact::Broadcaster { .. } => false,
            _ => fact.counts(),
        }
    }

    pub(super) fn append(&mut self, source: Source<'_>, now: Now, body: Box<str>) {
        let seq = self.writes.number_row();
        self.counts.journal += 1;
        self.write(Write::Append(Row {
            seq,
            session: self.session.id,
            at_ms: now.wall_ms,
            origin: source.origin,
            kind: source.kind.into(),
            id: source.id.map(Into::into),
            body,
        }));
    }

    fn keep_people(&mut self, changed: &[PersonId]) {
        for who in changed {
            let Some(known) = self.fold.people.known(*who) else {
                continue;
            };
            let row = PersonRow {
                platform: known.platform.as_str().into(),
                id: known.id.clone(),
                login: known.login.clone(),
                display: known.display.clone(),
                seen_ms: known.seen_ms,
            };
            self.write(Write::Person(row));
        }
    }

    /// An event that the bridge derives itself, from labels: journalled as if somebody had
    /// published it.
    fn publish_own(&mut self, fact: Fact, now: Now) {
        let (id, broadcaster) = (self.fresh_id(), self.broadcaster());
        let context = render::Context {
            at_ms: now.wall_ms,
            id: &id,
            broadcaster: broadcaster.as_ref(),
        };
        let Some(Event { name, data }) = render::event(&fact, &context) else {
            return;
        };
        let kind = name.to_string();
        self.last = Some((kind.as_str().into(), now.wall_ms));
        let source = Source {
            origin: RowOrigin::Published,
            kind: &kind,
            id: Some(&id),
        };
        self.take(vec![fact], source, Telling::Each, now, || {
            data.to_string().into()
        });
    }

    /// `PublishEvent`.
    pub(super) fn publish(
        &mut self,
        name: &EventName,
        data: Map<String, Value>,
        event_id: Option<&str>,
        now: Now,
    ) -> Result<Published, published::Wrong> {
        let data = Value::Object(data);
        let readings = published::read(name, &data)?;
        if let Some(id) = event_id
            && !self.published_ids.insert(recent::hash(id))
        {
            self.counts.duplicates += 1;
            return Ok(Published {
                is_repeat: true,
                ..Published::default()
            });
        }
        let mut published = Published {
            is_repeat: true,
            ..Published::default()
        };
        for (place, reading) in readings.iter().enumerate() {
            // One id for all that one envelope holds.
            let event_id = event_id.filter(|_| place == 0);
            let takes_back = self.takes_back(name, reading);
            let is_news = self.publish_one(name, reading, event_id, now);
            published.is_repeat &= !is_news;
            match takes_back.filter(|_| is_news) {
                Some(true) => published.taken_back += 1,
                Some(false) => published.not_found += 1,
                None => {}
            }
        }
        Ok(published)
    }

    /// Whether this takes something back that counts, if it is to take something back.
    fn takes_back(&self, name: &EventName, reading: &Reading) -> Option<bool> {
        let id = reading
            .facts(name)
            .into_iter()
            .find_map(|fact| match fact {
                Fact::Withdrawn { id } => Some(id),
                _ => None,
            })?;
        Some(!self.is_not_ours(reading) && self.fold.can_withdraw(&id))
    }

    /// One thing that a published event says. Tells whether it is news.
    fn publish_one(
        &mut self,
        name: &EventName,
        reading: &Reading,
        event_id: Option<&str>,
        now: Now,
    ) -> bool {
        if !self.is_new(reading) {
            self.counts.duplicates += 1;
            return false;
        }
        let mut ids = own_ids(reading);
        let is_told_by_another =
            reading.refund_of.is_none() && reading.settles(name) && !self.settles(reading);
        // A refund of what never counted changes nothing, and does not keep what comes later from
        // counting.
        let is_no_refund = reading
            .refund_of
            .as_ref()
            .is_some_and(|id| !self.fold.can_withdraw(id));
        if is_told_by_another || is_no_refund {
            ids.clear();
        } else if reading.settles(name) {
            ids.extend(
                reading
                    .pledge
                    .iter()
                    .map(|pledge| format!("settled {pledge}")),
            );
        }
        self.published_ids
            .extend(ids.iter().map(|id| recent::hash(id)));
        self.counts.published += 1;
        let kind = name.to_string();
        self.last = Some((kind.as_str().into(), now.wall_ms));
        let mut ids = event_id.map(ToOwned::to_owned).into_iter().chain(ids);
        let id = ids.next();
        let source = Source {
            origin: RowOrigin::Published,
            kind: &kind,
            id: id.as_deref(),
        };
        let json = reading.data.to_string();
        let shortened = mapping::shorten(&json);
        let kept: Option<Value> = shortened
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok());
        // What is kept of it has an end.
        let kept = kept
            .and_then(|data| published::read(name, &data).ok())
            .and_then(|readings| readings.into_iter().next());
        let facts = kept.as_ref().unwrap_or(reading).facts(name);
        let is_elsewhere = self.is_not_ours(reading);
        self.counts.elsewhere += u64::from(is_elsewhere);
        let counts =
            !is_elsewhere && !is_told_by_another && !is_no_refund && facts.iter().any(Fact::counts);
        let mut is_told = true;
        if counts {
            let body = self.kept_body(shortened.unwrap_or(json));
            let doers = self.doers(&facts);
            // What subscribers receive is made below, of the publisher's own data.
            is_told = self.take(facts, source, Telling::Silent, now, || body);
            self.note_deeds(&doers, now);
        } else if id.is_some() {
            // Only so that a repeat after a restart is known as one.
            self.append(source, now, "{}".into());
        }
        // The further ids of an event: that they are known outlives a restart too.
        for id in ids {
            self.append(
                Source {
                    id: Some(&id),
                    ..source
                },
                now,
                "{}".into(),
            );
        }
        if is_told && self.is_heard() {
            let (fresh, broadcaster) = (self.fresh_id(), self.broadcaster());
            let mut says = reading.says.clone();
            says.each_person(|person| self.fold.people.complete(person));
            let id = event_id.unwrap_or(&fresh);
            let context = render::Context {
                at_ms: now.wall_ms,
                id,
                broadcaster: broadcaster.as_ref(),
            };
            self.tell(published::event(name, reading, &says, &context), now);
        }
        is_told
    }

    /// Whether this settles a pledge that was pending. Once only: each later charge is an update
    /// too.
    fn settles(&self, reading: &Reading) -> bool {
        let has = |state: &str| {
            let id = reading
                .pledge
                .as_ref()
                .map(|pledge| recent::hash(&format!("{state} {pledge}")));
            id.is_some_and(|id| self.published_ids.contains(&id))
        };
        reading.standing == Standing::Counts && has("pending") && !has("settled")
    }

    /// Whether nothing with the same id of its service was published before.
    pub(super) fn is_new(&self, reading: &Reading) -> bool {
        own_ids(reading)
            .first()
            .is_none_or(|id| !self.published_ids.contains(&recent::hash(id)))
    }

    /// Whether a published event is of another channel than the configured one, or of a guest's in
    /// a shared chat.
    fn is_not_ours(&self, reading: &Reading) -> bool {
        let own = self.fold.broadcaster.configured.as_deref();
        let is_other = own
            .zip(reading.channel.as_deref())
            .is_some_and(|(own, channel)| own != channel);
        is_other || reading.standing == Standing::Guest
    }

    fn kept_body(&self, json: String) -> Box<str> {
        match serde_json::from_str::<&RawValue>(&json) {
            Ok(raw) if !self.settings.keep_texts => mapping::strip_texts(raw),
            _ => json.into(),
        }
    }

    /// `AddToCredits`.
    pub(super) fn add_to_credits(&mut self, section: &str, value: Value, now: Now) {
        let body = serde_json::json!({ "section": section, "value": value }).to_string();
        self.append(
            Source {
                origin: RowOrigin::Added,
                kind: section,
                id: None,
            },
            now,
            body.into(),
        );
        self.fold.add_custom(section, value);
    }
}

/// What is to be remembered of an event, so that a repeat is harmless: the first is looked for.
/// What does not count needs no id, but once a redemption is cancelled, an earlier state of it that
/// comes late must not count.
fn own_ids(reading: &Reading) -> Vec<String> {
    if let Some(id) = &reading.refund_of {
        return vec![format!("withdrawn {id}")];
    }
    match (&reading.id, reading.standing) {
        (Some(id), Standing::Counts) => vec![id.clone()],
        (Some(id), Standing::Withdrawn) => vec![format!("withdrawn {id}"), id.clone()],
        (_, Standing::Pending) => reading
            .pledge
            .iter()
            .map(|pledge| format!("pending {pledge}"))
            .collect(),
        _ => Vec::new(),
    }
}

/// The number that stands for the text of bits or a reward.
fn print(fact: &Fact) -> Option<u16> {
    match fact {
        Fact::Cheer { chat, .. } => Some(chat.print),
        Fact::Redemption(redemption) => Some(redemption.chat.print),
        _ => None,
    }
}

/// Characters of an unknown type that `GetStatus` shows.
const LONGEST_KIND: usize = 100;

/// The message with its long texts cut, if it has any.
fn shortened(message: &Message) -> Option<Message> {
    let data = message
        .data
        .as_deref()
        .and_then(|data| mapping::shorten(data.get()))?;
    // What was JSON before is JSON still.
    let data = RawValue::from_string(data).ok();
    Some(Message {
        data,
        ..message.clone()
    })
}

/// Section and value of an `AddToCredits` row.
pub(super) fn read_added(body: &str) -> Option<(String, Value)> {
    let mut body: Map<String, Value> = serde_json::from_str(body).ok()?;
    let Value::String(section) = body.remove("section")? else {
        return None;
    };
    Some((section, body.remove("value")?))
}

/// Facts of a published row.
pub(super) fn read_published(kind: &str, body: &str) -> Vec<Fact> {
    let (Some(name), Ok(data)) = (EventName::parse(kind), serde_json::from_str::<Value>(body))
    else {
        return Vec::new();
    };
    published::journalled(&name, &data)
}

//! Ingests published events, and remembers their ids so that repeats do not count.

use serde_json::{Map, Value, value::RawValue};

use super::{Emission, Ingest};
use crate::{
    bridge::{
        bans,
        base::Base,
        io::Now,
        journal::{RowOrigin, Source},
        recent,
    },
    credits::Fold,
    event::{EventName, Fact},
    mapping::{
        self,
        interpreter::Playback,
        published::{self, Reading, Standing},
        render,
    },
};

/// The outcome of publishing an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::bridge) struct Published {
    /// Whether all parts of the event were published before.
    pub(in crate::bridge) is_repeat: bool,
    /// The number of redemptions and entries of support that no longer count because of this event.
    pub(in crate::bridge) taken_back: u32,
    /// The number of redemptions and entries that this event should take back, but that did not
    /// count.
    pub(in crate::bridge) not_found: u32,
}

impl Ingest {
    /// Fails if the data of the event is not valid.
    pub(in crate::bridge) fn publish(
        &mut self,
        name: &EventName,
        data: Map<String, Value>,
        event_id: Option<&str>,
        base: &mut Base,
        now: Now,
    ) -> Result<Published, published::Error> {
        let data = Value::Object(data);
        let readings = published::read(name, &data)?;
        if let Some(id) = event_id
            && !self.published_ids.insert(recent::hash(id))
        {
            base.counts.messages.duplicates += 1;
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
            // The `eventId` identifies all readings of the event together, so it is stored only
            // with the first one.
            let event_id = event_id.filter(|_| place == 0);
            let takes_back = takes_back(name, reading, base.model.fold());
            let is_new = self.publish_one(name, reading, event_id, base, now);
            published.is_repeat &= !is_new;
            match takes_back.filter(|_| is_new) {
                Some(true) => published.taken_back += 1,
                Some(false) => published.not_found += 1,
                None => {}
            }
        }
        Ok(published)
    }

    /// Publishes one reading of an event. Returns whether the reading is new.
    fn publish_one(
        &mut self,
        name: &EventName,
        reading: &Reading,
        event_id: Option<&str>,
        base: &mut Base,
        now: Now,
    ) -> bool {
        if !self.is_new(reading) {
            base.counts.messages.duplicates += 1;
            return false;
        }
        let mut ids = own_ids(reading);
        let is_told_by_another =
            reading.refund_of.is_none() && reading.settles(name) && !self.settles(reading);
        // A refund of an event that never counted changes nothing. It must not prevent a later
        // event from counting.
        let is_no_refund = reading
            .refund_of
            .as_ref()
            .is_some_and(|id| !base.model.fold().can_withdraw(id));
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
        base.counts.credits.published += 1;
        let kind = name.to_string();
        base.last = Some((kind.as_str().into(), now.wall_ms));
        let mut ids = event_id.map(ToOwned::to_owned).into_iter().chain(ids);
        let id = ids.next();
        let source = Source {
            origin: RowOrigin::Published,
            kind: &kind,
            id: id.as_deref(),
        };
        let json = reading.data.to_string();
        let shortened = mapping::shorten(&json);
        let meta: Option<Value> = shortened
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok());
        // Stored texts are limited in length.
        let meta = meta
            .and_then(|data| published::read(name, &data).ok())
            .and_then(|readings| readings.into_iter().next());
        let facts = meta.as_ref().unwrap_or(reading).facts(name);
        let is_elsewhere = is_not_ours(reading, base.model.fold());
        base.counts.messages.elsewhere += u64::from(is_elsewhere);
        let counts =
            !is_elsewhere && !is_told_by_another && !is_no_refund && facts.iter().any(Fact::counts);
        let mut is_new = true;
        if counts {
            let body = stored_body(shortened.unwrap_or(json), base.settings.keep_texts);
            let doers = bans::doers(base.model.fold(), &facts);
            // The event for subscribers is made below, from the publisher's own data.
            is_new = self.take(facts, source, Emission::Silent, base, now, || body);
            bans::note_acts(base, &doers, now);
        } else if id.is_some() {
            // This row only lets the bridge recognize a repeat after a restart.
            base.model
                .append(source, now.wall_ms, "{}".into(), &mut base.out);
        }
        // Further ids of the event are also stored, so that they are known after a restart.
        for id in ids {
            let source = Source {
                id: Some(&id),
                ..source
            };
            base.model
                .append(source, now.wall_ms, "{}".into(), &mut base.out);
        }
        if is_new && base.emitter.is_needed() {
            let (fresh, broadcaster) = (base.out.fresh_id(), base.model.broadcaster());
            let mut says = reading.fact.clone();
            says.each_person(|person| base.model.fold().people.complete(person));
            let id = event_id.unwrap_or(&fresh);
            let context = render::Context {
                at_ms: now.wall_ms,
                id,
                broadcaster: broadcaster.as_ref(),
            };
            let event = published::event(name, reading, &says, &context);
            base.emitter.emit(event, Playback::Live, &mut base.out, now);
        }
        is_new
    }

    /// Whether this settles a pending pledge. A pledge is settled only once, although each later
    /// charge is also an update.
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

    /// Whether the service has not published an event with the same id before.
    pub(in crate::bridge) fn is_new(&self, reading: &Reading) -> bool {
        own_ids(reading)
            .first()
            .is_none_or(|id| !self.published_ids.contains(&recent::hash(id)))
    }
}

/// The ids of an event to remember. The first id identifies a repeat. An event that does not count
/// needs no id. When a redemption is cancelled, its own id is also remembered. So an earlier state
/// of the redemption that arrives late does not count.
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

/// `None` if the event takes nothing back. Otherwise, whether the event that it takes back counts.
fn takes_back(name: &EventName, reading: &Reading, fold: &Fold) -> Option<bool> {
    let id = reading
        .facts(name)
        .into_iter()
        .find_map(|fact| match fact {
            Fact::Withdrawn { id } => Some(id),
            _ => None,
        })?;
    Some(!is_not_ours(reading, fold) && fold.can_withdraw(&id))
}

/// Whether a published event belongs to another channel than the configured one, or to a guest's
/// channel in a shared chat.
fn is_not_ours(reading: &Reading, fold: &Fold) -> bool {
    let own = fold.broadcaster.configured.as_deref();
    let is_other = own
        .zip(reading.channel.as_deref())
        .is_some_and(|(own, channel)| own != channel);
    is_other || reading.standing == Standing::Guest
}

fn stored_body(json: String, keep_texts: bool) -> Box<str> {
    match serde_json::from_str::<&RawValue>(&json) {
        Ok(raw) if !keep_texts => mapping::strip_texts(raw),
        _ => json.into(),
    }
}

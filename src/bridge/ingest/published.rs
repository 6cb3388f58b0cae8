//! Published events: what they change in the credits, and the ids that make a repeat harmless.

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

/// What became of a published event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::bridge) struct Published {
    /// All of it was published before.
    pub(in crate::bridge) is_repeat: bool,
    /// How much it took back: redemptions and support that count no longer.
    pub(in crate::bridge) taken_back: u32,
    /// How much it would have taken back, if it had counted.
    pub(in crate::bridge) not_found: u32,
}

impl Ingest {
    /// `PublishEvent`.
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
            // One id for all that one envelope holds.
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

    /// One thing that a published event says. Gives whether it is news.
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
        // A refund of what never counted changes nothing, and does not keep what comes later from
        // counting.
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
        // What is kept of it has an end.
        let meta = meta
            .and_then(|data| published::read(name, &data).ok())
            .and_then(|readings| readings.into_iter().next());
        let facts = meta.as_ref().unwrap_or(reading).facts(name);
        let is_elsewhere = is_not_ours(reading, base.model.fold());
        base.counts.messages.elsewhere += u64::from(is_elsewhere);
        let counts =
            !is_elsewhere && !is_told_by_another && !is_no_refund && facts.iter().any(Fact::counts);
        let mut is_told = true;
        if counts {
            let body = stored_body(shortened.unwrap_or(json), base.settings.keep_texts);
            let doers = bans::doers(base.model.fold(), &facts);
            // What subscribers receive is made below, of the publisher's own data.
            is_told = self.take(facts, source, Emission::Silent, base, now, || body);
            bans::note_acts(base, &doers, now);
        } else if id.is_some() {
            // Only so that a repeat after a restart is known as one.
            base.model
                .append(source, now.wall_ms, "{}".into(), &mut base.out);
        }
        // The further ids of an event: that they are known outlives a restart too.
        for id in ids {
            let source = Source {
                id: Some(&id),
                ..source
            };
            base.model
                .append(source, now.wall_ms, "{}".into(), &mut base.out);
        }
        if is_told && base.emitter.is_needed() {
            let (fresh, broadcaster) = (base.out.fresh_id(), base.model.broadcaster());
            let mut says = reading.says.clone();
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
    pub(in crate::bridge) fn is_new(&self, reading: &Reading) -> bool {
        own_ids(reading)
            .first()
            .is_none_or(|id| !self.published_ids.contains(&recent::hash(id)))
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

/// Whether this takes something back that counts, if it is to take something back.
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

/// Whether a published event is of another channel than the configured one, or of a guest's in a
/// shared chat.
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

//! Rebuilds the bridge from the store.

use std::ops::ControlFlow;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Error, machine, system};
use crate::{
    bridge::{
        Bridge,
        ingest::LASTING,
        io::{Autostart, Effect, LearntMeta, MetaValues, Now, Run, Settings},
        journal::Write,
        recent::RECENT_IDS,
    },
    store::{Reader, Rows, Store, StoreError},
};

/// The limit on people of earlier runs that are loaded. The most recently seen people are loaded
/// first.
pub(super) const PEOPLE: usize = 100_000;

/// A bridge, and the effects to run first.
pub(super) struct Started {
    pub(super) bridge: Bridge,
    pub(super) effects: Vec<Effect>,
    pub(super) rows: u64,
}

/// Reads the store into a new bridge. `None` if `stop` is cancelled meanwhile.
pub(super) fn bridge(
    store: &Store,
    settings: Settings,
    (takeover, autostart): (bool, Autostart),
    now: Now,
    stop: &CancellationToken,
) -> Result<Option<Started>, Error> {
    let notes = store.notes();
    let store = store.reader();
    let meta = meta_values(store)?;
    let known_instance = store.meta("instance")?;
    let instance: Box<str> = known_instance
        .clone()
        .unwrap_or_else(|| Uuid::new_v4().to_string())
        .into();
    let run = Run {
        bridge: Uuid::new_v4(),
        instance: instance.clone(),
        started_ms: now.wall_ms,
        takeover,
        process: std::process::id(),
        computer: machine::computer(),
        os_version: system::version(),
        autostart,
    };
    let mut bridge = Bridge::new(
        settings,
        run,
        &store.sessions()?,
        store.last_seq()?,
        &meta,
        now,
    );

    // The people are added oldest first. So, of two people with the same name, the most recently
    // seen one keeps it.
    let mut people = Vec::new();
    store.people(PEOPLE, |row| people.push(row))?;
    people
        .iter()
        .rev()
        .for_each(|row| bridge.recall_person(row));
    store
        .recent_ids(RECENT_IDS)?
        .iter()
        .for_each(|id| bridge.recall_id(id));
    store.published_ids(|id| bridge.recall_published(id))?;

    let Some(rows) = rows(store, &mut bridge, stop)? else {
        return Ok(None);
    };
    for note in notes {
        tracing::error!("{note}");
        bridge.note_journal(note, now);
    }
    let mut effects = bridge.start(&meta, now);
    if known_instance.is_none() {
        effects.push(bridge.adopt(Write::Keep {
            key: "instance",
            value: instance,
        }));
    }
    Ok(Some(Started {
        bridge,
        effects,
        rows,
    }))
}

pub(super) fn meta_values(store: Reader<'_>) -> Result<MetaValues, StoreError> {
    let number = |key| -> Result<Option<i64>, StoreError> {
        Ok(store.meta(key)?.and_then(|text| text.parse().ok()))
    };
    Ok(MetaValues {
        alive_ms: number("alive_ms")?,
        streamed_ms: number("streamed_ms")?,
        generation: store.meta("generation")?,
        channels: store.meta("channels")?,
        subscriptions: store.meta("subscriptions")?,
        once: store.meta("once")?,
        latest: store.meta("latest")?,
        roll: store.meta("roll")?,
        roll_content: store.meta("roll_content")?,
        twitchat: LearntMeta {
            credits: store.meta("twitchat_credits")?,
            language: store.meta("twitchat_language")?,
        },
        listed: store.meta("listed")?,
        forgotten: store.meta("forgotten")?,
        resumed_ms: number("resumed_ms")?,
        summary_from_ms: number("summary_from_ms")?,
        last_session: number("last_session")?.map(i64::cast_unsigned),
    })
}

/// Reads the journal into the bridge and returns the number of rows; `None` if `stop` is cancelled
/// meanwhile.
fn rows(
    store: Reader<'_>,
    bridge: &mut Bridge,
    stop: &CancellationToken,
) -> Result<Option<u64>, Error> {
    let go_on = || {
        if stop.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let mut rows = 0;
    let wanted = Rows {
        sessions: &[bridge.session().id],
        kinds: &LASTING,
    };
    let read = store.rows(wanted, |row| {
        bridge.replay(&row);
        rows += 1;
        go_on()
    })?;
    Ok(read.is_continue().then_some(rows))
}

//! Text sources of OBS that show a template, kept up to date: written when the text has changed, a
//! few times a second at most, and again after OBS was away. The last text always arrives.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Bridge,
    limit::RateLimit,
    port::{Effect, Note, Now, Ticket},
};
use crate::automation::{Failed, ObsRequest, Rulebook, Uses};

/// At least so long between two writings of one label.
const EACH_MS: u64 = 300;
/// Labels that count seconds are looked at this often.
const CLOCK_MS: u64 = 1_000;
/// After OBS refused a text (there is no such source yet, mostly), it is tried again so much later.
const AGAIN_MS: u64 = 10_000;
/// What a source shows is asked for this often, and less often with many labels: sources come, go,
/// get other names and other texts, and a collection has its own.
const CHECK_MS: u64 = 2_000;
const CHECK_EACH_MS: u64 = 100;
/// Writings over somebody else's text: so many at once, and the pause between further ones. Two
/// programs must not fight without end.
const REPAIRS: u64 = 5;
const REPAIR_EACH_MS: u64 = 20_000;
const MISSING: &str = "OBS has no source of this name in the scene collection that is open";
const CONTESTED: &str =
    "another program writes this source too: the bridge writes over it every 20 s at most";
/// Labels that are written at once: OBS takes one request at a time, and others have requests too.
const AT_ONCE: usize = 4;
/// Notes of one label whose trouble changes: so many at once, and the pause between further ones.
const NOTES: u64 = 3;
const NOTE_EACH_MS: u64 = 60_000;

#[derive(Debug)]
struct State {
    /// What OBS shows, as far as it is known.
    shown: Option<Box<str>>,
    /// What is on its way.
    writing: Option<Box<str>>,
    /// Not before this.
    free_ms: u64,
    /// When OBS is to be asked next what the source shows.
    check_ms: u64,
    /// OBS was asked, and its answer counts: nothing was written since.
    reading: bool,
    /// OBS has no source of this name.
    missing: bool,
    /// Writings over a text that somebody else has written.
    repairs: RateLimit,
    writes: u64,
    /// What is wrong.
    trouble: Option<Box<str>>,
    /// The trouble is to be noted in the log.
    note: RateLimit,
}

impl Default for State {
    fn default() -> Self {
        let note = RateLimit::new(NOTES, NOTE_EACH_MS);
        let repairs = RateLimit::new(REPAIRS, REPAIR_EACH_MS);
        let (check_ms, reading, missing) = (0, false, false);
        Self {
            shown: None,
            writing: None,
            free_ms: 0,
            check_ms,
            reading,
            missing,
            repairs,
            writes: 0,
            trouble: None,
            note,
        }
    }
}

impl State {
    /// Something is wrong. Gives what is to be noted in the log.
    fn failed(&mut self, why: String, source: &str, now: Now) -> Option<Note> {
        if self.trouble.as_deref() != Some(&*why) {
            self.trouble = Some(why.into());
            self.note.want();
        }
        let why = self
            .trouble
            .as_deref()
            .filter(|_| self.note.take(now.mono_ms))?;
        Some(Note::LabelFailed {
            source: source.into(),
            why: why.into(),
        })
    }
}

/// All labels of the config.
#[derive(Debug)]
pub(super) struct TextLabels {
    states: Vec<State>,
    uses: Uses,
    /// Something happened since they were last looked at.
    touched: bool,
    look_ms: Option<u64>,
}

impl TextLabels {
    pub(super) fn new(book: &Arc<Rulebook>) -> Self {
        let enabled = || book.labels.iter().filter(|label| label.enabled);
        Self {
            states: book.labels.iter().map(|_| State::default()).collect(),
            uses: enabled()
                .map(|label| label.text.uses())
                .fold(Uses::default(), Uses::and),
            touched: true,
            look_ms: enabled().next().map(|_| 0),
        }
    }

    /// Something happened that a label may show.
    pub(super) fn touch(&mut self) {
        self.touched = true;
    }

    /// OBS is there again: what it shows is not known.
    pub(super) fn forget(&mut self) {
        for state in &mut self.states {
            (state.shown, state.writing, state.free_ms, state.check_ms) = (None, None, 0, 0);
            (state.reading, state.missing) = (false, false);
        }
        self.touched = true;
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.look_ms
    }
}

impl Bridge {
    /// Looks at the labels when something has happened, and writes those that changed.
    pub(super) fn run_labels(&mut self, now: Now) {
        let labels = &self.rules.labels;
        let due = labels.look_ms.is_some_and(|look_ms| now.mono_ms >= look_ms);
        if labels.look_ms.is_none() || self.obs.is_none() || !(labels.touched || due) {
            return;
        }
        let uses = labels.uses;
        let book = Arc::clone(self.rules.engine.book());
        let context = self.context(uses, None, now);
        let mut writing = self
            .rules
            .labels
            .states
            .iter()
            .filter(|state| state.writing.is_some())
            .count();
        let mut next_ms = if uses.has("state") || uses.has("session") {
            now.mono_ms + CLOCK_MS
        } else {
            u64::MAX
        };
        let check_each_ms = CHECK_MS.max(book.labels.len() as u64 * CHECK_EACH_MS);
        for (place, label) in book
            .labels
            .iter()
            .enumerate()
            .filter(|(_, label)| label.enabled)
        {
            let text = label.text.render(&context);
            let Some(state) = self.rules.labels.states.get_mut(place) else {
                continue;
            };
            if state.writing.is_none() && (state.shown.is_some() || state.missing) {
                if now.mono_ms >= state.check_ms {
                    state.reading = true;
                    state.check_ms = now.mono_ms + check_each_ms;
                    self.out.push(Effect::ReadLabel {
                        place,
                        input: label.source.as_ref().into(),
                    });
                }
                next_ms = next_ms.min(state.check_ms);
            }
            let text = match text {
                Ok(text) => text,
                Err(Failed(why)) => {
                    self.out
                        .extend(state.failed(why, &label.source, now).map(Effect::Note));
                    continue;
                }
            };
            // U+0000 would end the text within OBS.
            let text = text.replace('\0', "");
            if state.writing.is_some() || state.missing || state.shown.as_deref() == Some(&*text) {
                continue;
            }
            if now.mono_ms < state.free_ms {
                next_ms = next_ms.min(state.free_ms);
                continue;
            }
            if writing >= AT_ONCE {
                // They are looked at again when one of those is written.
                continue;
            }
            writing += 1;
            state.writing = Some(text.as_str().into());
            state.reading = false;
            state.check_ms = now.mono_ms + check_each_ms;
            state.free_ms = now.mono_ms + EACH_MS;
            state.writes += 1;
            let settings = Map::from_iter([("text".to_owned(), Value::from(text))]);
            let request = ObsRequest::SetInputSettings {
                input: label.source.to_string(),
                settings,
                overlay: Some(true),
            };
            self.out.push(Effect::Ask {
                ticket: Ticket::Label(place),
                request,
            });
        }
        self.rules.labels.touched = false;
        self.rules.labels.look_ms = Some(next_ms);
    }

    /// OBS has taken a label's text, or not.
    pub(super) fn label_written(&mut self, place: usize, outcome: Result<(), String>, now: Now) {
        let Some(state) = self.rules.labels.states.get_mut(place) else {
            return;
        };
        // Without one, OBS was away meanwhile.
        let Some(written) = state.writing.take() else {
            return;
        };
        match outcome {
            Ok(()) => {
                state.shown = Some(written);
                // Who else writes it is known only after a while without them.
                state.trouble = state
                    .trouble
                    .take()
                    .filter(|trouble| **trouble == *CONTESTED);
            }
            Err(why) => {
                state.free_ms = now.mono_ms + AGAIN_MS;
                // It is asked for: mostly there is no such source yet.
                (state.missing, state.check_ms) = (true, now.mono_ms + CHECK_MS);
                let source = self
                    .rules
                    .engine
                    .book()
                    .labels
                    .get(place)
                    .map(|label| &*label.source)
                    .unwrap_or_default();
                self.out
                    .extend(state.failed(why, source, now).map(Effect::Note));
            }
        }
        self.rules.labels.touched = true;
    }

    /// What a label's source shows in OBS; `None` if there is no such source.
    pub(super) fn label_read(
        &mut self,
        place: usize,
        found: Result<Option<String>, String>,
        now: Now,
    ) {
        let Some(state) = self.rules.labels.states.get_mut(place) else {
            return;
        };
        // Without it, the label was written since, or OBS was away.
        if !std::mem::take(&mut state.reading) {
            return;
        }
        let source = self
            .rules
            .engine
            .book()
            .labels
            .get(place)
            .map(|label| &*label.source)
            .unwrap_or_default();
        match found {
            // The connection is lost, or OBS is not ready: it is asked again in time.
            Err(_) => {}
            Ok(None) => {
                (state.missing, state.shown) = (true, None);
                self.out
                    .extend(state.failed(MISSING.into(), source, now).map(Effect::Note));
            }
            Ok(Some(text)) if std::mem::take(&mut state.missing) => {
                (state.shown, state.trouble, state.free_ms) = (Some(text.into()), None, 0);
            }
            Ok(Some(text)) if state.shown.as_deref() == Some(&*text) => {
                // Undisturbed for as long as it takes to be free again.
                if state.trouble.as_deref() == Some(CONTESTED)
                    && state.repairs.free_ms() <= now.mono_ms
                {
                    state.trouble = None;
                }
            }
            Ok(Some(text)) if state.repairs.allows(now.mono_ms) => state.shown = Some(text.into()),
            Ok(Some(_)) => self.out.extend(
                state
                    .failed(CONTESTED.into(), source, now)
                    .map(Effect::Note),
            ),
        }
        self.rules.labels.touched = true;
    }

    /// What `GetStatus` says of the labels.
    pub(super) fn labels_status(&self) -> Vec<Value> {
        let states = self
            .rules
            .engine
            .book()
            .labels
            .iter()
            .zip(&self.rules.labels.states);
        states
            .map(|(label, state)| {
                json!({ "source": label.source, "enabled": label.enabled,
            "writes": state.writes, "trouble": state.trouble })
            })
            .collect()
    }
}

//! Text sources of OBS that show a template, kept up to date: written when the text has changed, a few times a second at most, and again
//! after OBS was away. The last text always arrives.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Core,
    limit::RateLimit,
    port::{Effect, Note, Now, Ticket},
};
use crate::rule::{Failed, ObsRequest, Rulebook, Uses};

/// At least so long between two writings of one label.
const EACH_MS: u64 = 300;
/// Labels that count seconds are looked at this often.
const CLOCK_MS: u64 = 1_000;
/// After OBS refused a text (there is no such source yet, mostly), it is tried again so much later.
const AGAIN_MS: u64 = 10_000;
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
    writes: u64,
    /// What is wrong.
    trouble: Option<Box<str>>,
    /// The trouble is to be noted in the log.
    note: RateLimit,
}

impl Default for State {
    fn default() -> Self {
        let note = RateLimit::new(NOTES, NOTE_EACH_MS);
        Self { shown: None, writing: None, free_ms: 0, writes: 0, trouble: None, note }
    }
}

impl State {
    /// Something is wrong. Gives what is to be noted in the log.
    fn failed(&mut self, why: String, source: &str, now: Now) -> Option<Note> {
        if self.trouble.as_deref() != Some(&*why) {
            self.trouble = Some(why.into());
            self.note.want();
        }
        let why = self.trouble.as_deref().filter(|_| self.note.take(now.mono_ms))?;
        Some(Note::LabelFailed { source: source.into(), why: why.into() })
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
            uses: enabled().map(|label| label.text.uses()).fold(Uses::default(), Uses::and),
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
            (state.shown, state.writing, state.free_ms) = (None, None, 0);
        }
        self.touched = true;
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.look_ms
    }
}

impl Core {
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
        let mut writing = self.rules.labels.states.iter().filter(|state| state.writing.is_some()).count();
        let mut next_ms = if uses.has("state") || uses.has("session") { now.mono_ms + CLOCK_MS } else { u64::MAX };
        for (place, label) in book.labels.iter().enumerate().filter(|(_, label)| label.enabled) {
            let text = label.text.render(&context);
            let Some(state) = self.rules.labels.states.get_mut(place) else { continue };
            let text = match text {
                Ok(text) => text,
                Err(Failed(why)) => {
                    self.out.extend(state.failed(why, &label.source, now).map(Effect::Note));
                    continue;
                }
            };
            if state.writing.is_some() || state.shown.as_deref() == Some(&*text) {
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
            state.free_ms = now.mono_ms + EACH_MS;
            state.writes += 1;
            let settings = Map::from_iter([("text".to_owned(), Value::from(text))]);
            let request = ObsRequest::SetInputSettings { input: label.source.to_string(), settings, overlay: Some(true) };
            self.out.push(Effect::Ask { ticket: Ticket::Label(place), request });
        }
        self.rules.labels.touched = false;
        self.rules.labels.look_ms = Some(next_ms);
    }

    /// OBS has taken a label's text, or not.
    pub(super) fn label_written(&mut self, place: usize, outcome: Result<(), String>, now: Now) {
        let Some(state) = self.rules.labels.states.get_mut(place) else { return };
        // Without one, OBS was away meanwhile.
        let Some(written) = state.writing.take() else { return };
        match outcome {
            Ok(()) => (state.shown, state.trouble) = (Some(written), None),
            Err(why) => {
                state.free_ms = now.mono_ms + AGAIN_MS;
                let source = self.rules.engine.book().labels.get(place).map(|label| &*label.source).unwrap_or_default();
                self.out.extend(state.failed(why, source, now).map(Effect::Note));
            }
        }
        self.rules.labels.touched = true;
    }

    /// What `GetStatus` says of the labels.
    pub(super) fn labels_status(&self) -> Vec<Value> {
        let states = self.rules.engine.book().labels.iter().zip(&self.rules.labels.states);
        states.map(|(label, state)| json!({ "source": label.source, "enabled": label.enabled, "writes": state.writes, "trouble": state.trouble })).collect()
    }
}

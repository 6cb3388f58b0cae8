//! Text sources of OBS that show a template, kept up to date: written when the text has changed, a few times a second at most, and again
//! after OBS was away. The last text always arrives.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Core,
    port::{Effect, Note, Now, Ticket},
};
use crate::rule::{Failed, ObsRequest, Rulebook, Uses};

/// At least so long between two writings of one label.
const EACH_MS: u64 = 300;
/// Labels that count seconds are looked at this often.
const CLOCK_MS: u64 = 1_000;
/// After OBS refused a text (there is no such source yet, mostly), it is tried again so much later.
const AGAIN_MS: u64 = 10_000;

#[derive(Debug, Default)]
struct State {
    /// What OBS shows, as far as it is known.
    shown: Option<Box<str>>,
    /// What is on its way.
    writing: Option<Box<str>>,
    /// Not before this.
    free_ms: u64,
    writes: u64,
    /// What was last said to be wrong.
    trouble: Option<Box<str>>,
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
        let mut next_ms = if uses.has("state") || uses.has("session") { now.mono_ms + CLOCK_MS } else { u64::MAX };
        for (place, label) in book.labels.iter().enumerate().filter(|(_, label)| label.enabled) {
            let text = label.text.render(&context);
            let Some(state) = self.rules.labels.states.get_mut(place) else { continue };
            let text = match text {
                Ok(text) => text,
                Err(Failed(why)) => {
                    if state.trouble.as_deref() != Some(&*why) {
                        state.trouble = Some(why.as_str().into());
                        self.out.push(Effect::Note(Note::LabelFailed { source: label.source.clone(), why }));
                    }
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
                if state.trouble.as_deref() != Some(&*why) {
                    state.trouble = Some(why.as_str().into());
                    let source = self.rules.engine.book().labels.get(place).map(|label| label.source.clone()).unwrap_or_default();
                    self.out.push(Effect::Note(Note::LabelFailed { source, why }));
                }
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

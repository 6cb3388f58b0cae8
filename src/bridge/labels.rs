//! Keeps text sources of OBS up to date with the templates of the config's labels.
//!
//! The bridge writes a source when its text has changed, at most a few times a second, and again
//! after OBS was disconnected. The latest text is always written.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    io::{Effect, Note, Now, Ticket},
    limit::RateLimit,
    output::Output,
};
use crate::automation::{Context, EvaluationError, Label, ObsRequest, Rulebook, Uses};

/// The shortest time between two writes of one label, in milliseconds.
const EACH_MS: u64 = 300;
/// The time between two evaluations of labels that may show a time, in milliseconds.
const CLOCK_MS: u64 = 1_000;
/// The time between a write that OBS refused and the next write, in milliseconds. OBS mostly
/// refuses a write because the source does not exist yet.
const AGAIN_MS: u64 = 10_000;
/// The shortest time between two reads of a source's text, in milliseconds. It is `CHECK_EACH_MS`
/// per label if that is more. The text must be read again and again, because sources are created,
/// removed, renamed and edited, and each collection has its own.
const CHECK_MS: u64 = 2_000;
const CHECK_EACH_MS: u64 = 100;
/// The limits on overwriting the text of another program: the number at once, and the milliseconds
/// between further writes. Two programs must not overwrite each other endlessly.
const REPAIRS: u64 = 5;
const REPAIR_EACH_MS: u64 = 20_000;
const MISSING: &str = "OBS has no source of this name in the current scene collection";
const CONTESTED: &str =
    "another program writes this source too: the bridge overwrites it at most every 20 s";
/// The limit on labels that are written at the same time. OBS handles one request at a time, and
/// other parts of the bridge also make requests.
const AT_ONCE: usize = 4;
/// The limits on log entries about one label whose error changes: the number at once, and the
/// milliseconds between further entries.
const NOTES: u64 = 3;
const NOTE_EACH_MS: u64 = 60_000;

#[derive(Debug)]
struct LabelState {
    /// The text that OBS shows; `None` while it is unknown.
    shown: Option<Box<str>>,
    /// The text that was sent to OBS and is not confirmed yet.
    writing: Option<Box<str>>,
    /// The time from which the next write is allowed, on the monotonic clock.
    free_ms: u64,
    /// The time at which to read the source's text again, on the monotonic clock.
    check_ms: u64,
    /// Whether the bridge waits for OBS's answer with the text. A write makes this answer invalid.
    reading: bool,
    /// Whether OBS has no source of this name.
    missing: bool,
    /// Limits overwriting the text of another program.
    repairs: RateLimit,
    writes: u64,
    /// The error that `GetStatus` shows.
    trouble: Option<Box<str>>,
    /// Limits log entries about the error.
    note: RateLimit,
}

impl Default for LabelState {
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

impl LabelState {
    /// Sets the error, and logs it if it is new.
    fn failed(&mut self, why: String, source: &str, out: &mut Output, now: Now) {
        if self.trouble.as_deref() != Some(&*why) {
            self.trouble = Some(why.into());
            self.note.want();
        }
        if let Some(why) = self
            .trouble
            .as_deref()
            .filter(|_| self.note.take(now.mono_ms))
        {
            out.note(Note::LabelFailed {
                source: source.into(),
                why: why.into(),
            });
        }
    }

    fn write(&mut self, place: usize, label: &Label, text: String, out: &mut Output, now: Now) {
        self.writing = Some(text.as_str().into());
        self.reading = false;
        self.free_ms = now.mono_ms + EACH_MS;
        self.writes += 1;
        let settings = Map::from_iter([("text".to_owned(), Value::from(text))]);
        out.push(Effect::Ask {
            ticket: Ticket::Label(place),
            request: ObsRequest::SetInputSettings {
                input: label.source.to_string(),
                settings,
                overlay: Some(true),
            },
        });
    }
}

#[derive(Debug)]
pub(super) struct Labels {
    book: Arc<Rulebook>,
    states: Vec<LabelState>,
    uses: Uses,
    /// Whether a value that a label may show has changed since the last evaluation.
    touched: bool,
    look_ms: Option<u64>,
}

impl Labels {
    pub(super) fn new(book: &Arc<Rulebook>) -> Self {
        let enabled = || book.labels.iter().filter(|label| label.enabled);
        Self {
            book: Arc::clone(book),
            states: book.labels.iter().map(|_| LabelState::default()).collect(),
            uses: enabled()
                .map(|label| label.text.uses())
                .fold(Uses::default(), Uses::union),
            touched: true,
            look_ms: enabled().next().map(|_| 0),
        }
    }

    /// Called when a value that a label may show has changed.
    pub(super) fn touch(&mut self) {
        self.touched = true;
    }

    /// Called after a reconnect and when another collection is open, because the texts of all
    /// sources are unknown then.
    pub(super) fn forget(&mut self) {
        for state in &mut self.states {
            (state.shown, state.writing, state.free_ms, state.check_ms) = (None, None, 0, 0);
            (state.reading, state.missing) = (false, false);
        }
        self.touched = true;
    }

    /// Whether a label that is switched on uses this source.
    pub(super) fn has_source(&self, source: &str) -> bool {
        let mut enabled = self.book.labels.iter().filter(|label| label.enabled);
        enabled.any(|label| *label.source == *source)
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.look_ms
    }

    /// The parts of the context that the templates of the labels use. `None` if the labels need not
    /// be evaluated now.
    pub(super) fn due(&self, now: Now) -> Option<Uses> {
        let look_ms = self.look_ms?;
        (self.touched || now.mono_ms >= look_ms).then_some(self.uses)
    }

    /// Evaluates all labels, writes the changed texts, and reads the texts of the sources.
    pub(super) fn run(&mut self, context: &Context, out: &mut Output, now: Now) {
        let book = Arc::clone(&self.book);
        let mut writing = self
            .states
            .iter()
            .filter(|state| state.writing.is_some())
            .count();
        let mut next_ms = if self.uses.contains(Uses::STATE) || self.uses.contains(Uses::SESSION) {
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
            let text = label.text.render(context);
            let Some(state) = self.states.get_mut(place) else {
                continue;
            };
            if state.writing.is_none() && (state.shown.is_some() || state.missing) {
                if now.mono_ms >= state.check_ms {
                    state.reading = true;
                    state.check_ms = now.mono_ms + check_each_ms;
                    out.push(Effect::ReadLabel {
                        place,
                        input: label.source.as_ref().into(),
                    });
                }
                next_ms = next_ms.min(state.check_ms);
            }
            let text = match text {
                Ok(text) => text,
                Err(EvaluationError(why)) => {
                    state.failed(why, &label.source, out, now);
                    continue;
                }
            };
            // OBS would cut the text at a U+0000.
            let text = text.replace('\0', "");
            if state.writing.is_some() || state.missing || state.shown.as_deref() == Some(&*text) {
                continue;
            }
            if now.mono_ms < state.free_ms {
                next_ms = next_ms.min(state.free_ms);
                continue;
            }
            if writing >= AT_ONCE {
                // The labels are evaluated again when one of the pending writes is done.
                continue;
            }
            writing += 1;
            state.check_ms = now.mono_ms + check_each_ms;
            state.write(place, label, text, out, now);
        }
        self.touched = false;
        self.look_ms = Some(next_ms);
    }

    /// Called when OBS has accepted or refused a label's text.
    pub(super) fn written(
        &mut self,
        place: usize,
        outcome: Result<(), String>,
        out: &mut Output,
        now: Now,
    ) {
        let (Some(state), Some(label)) = (self.states.get_mut(place), self.book.labels.get(place))
        else {
            return;
        };
        // Nothing is pending if OBS was disconnected in the meantime.
        let Some(written) = state.writing.take() else {
            return;
        };
        match outcome {
            Ok(()) => {
                state.shown = Some(written);
                // Only time shows whether the other program has stopped writing.
                state.trouble = state
                    .trouble
                    .take()
                    .filter(|trouble| **trouble == *CONTESTED);
            }
            Err(why) => {
                state.free_ms = now.mono_ms + AGAIN_MS;
                // Mostly the source does not exist yet, so the bridge reads it to find out.
                (state.missing, state.check_ms) = (true, now.mono_ms + CHECK_MS);
                state.failed(why, &label.source, out, now);
            }
        }
        self.touched = true;
    }

    /// Called when OBS has answered the question for the text of a label's source. `found` is
    /// `None` if there is no such source.
    pub(super) fn read(
        &mut self,
        place: usize,
        found: Result<Option<String>, String>,
        out: &mut Output,
        now: Now,
    ) {
        let (Some(state), Some(label)) = (self.states.get_mut(place), self.book.labels.get(place))
        else {
            return;
        };
        // The answer is out of date if the label was written since, or OBS was disconnected.
        if !std::mem::take(&mut state.reading) {
            return;
        }
        match found {
            // The connection is lost, or OBS is not ready. The source is read again later.
            Err(_) => {}
            Ok(None) => {
                (state.missing, state.shown) = (true, None);
                state.failed(MISSING.into(), &label.source, out, now);
            }
            Ok(Some(text)) if std::mem::take(&mut state.missing) => {
                (state.shown, state.trouble, state.free_ms) = (Some(text.into()), None, 0);
            }
            Ok(Some(text)) if state.shown.as_deref() == Some(&*text) => {
                // No other program has changed the text during the time that the limit on repairs
                // needs to recover.
                if state.trouble.as_deref() == Some(CONTESTED)
                    && state.repairs.free_ms() <= now.mono_ms
                {
                    state.trouble = None;
                }
            }
            Ok(Some(text)) if state.repairs.allows(now.mono_ms) => state.shown = Some(text.into()),
            Ok(Some(_)) => state.failed(CONTESTED.into(), &label.source, out, now),
        }
        self.touched = true;
    }

    /// The value of `labels` in the reply to `GetStatus`.
    pub(super) fn status(&self) -> Vec<Value> {
        self.book
            .labels
            .iter()
            .zip(&self.states)
            .map(|(label, state)| {
                json!({ "source": label.source, "enabled": label.enabled,
                    "writes": state.writes, "error": state.trouble })
            })
            .collect()
    }
}

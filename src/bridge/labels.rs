//! Text sources of OBS that show a template, kept up to date: written when the text has changed, a
//! few times a second at most, and again after OBS was away. The last text always arrives.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    io::{Effect, Note, Now, Ticket},
    limit::RateLimit,
    output::Output,
};
use crate::automation::{Context, EvaluationError, Label, ObsRequest, Rulebook, Uses};

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
struct LabelState {
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
    /// Something is wrong: the log says so, unless it did.
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

    /// Writes a text.
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

/// All labels of the config.
#[derive(Debug)]
pub(super) struct Labels {
    book: Arc<Rulebook>,
    states: Vec<LabelState>,
    uses: Uses,
    /// Something happened since they were last looked at.
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

    /// Whether the labels are to be looked at: something has happened, or it is time to. Gives what
    /// their templates use.
    pub(super) fn due(&self, now: Now) -> Option<Uses> {
        let look_ms = self.look_ms?;
        (self.touched || now.mono_ms >= look_ms).then_some(self.uses)
    }

    /// Writes the labels whose text has changed.
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
            state.check_ms = now.mono_ms + check_each_ms;
            state.write(place, label, text, out, now);
        }
        self.touched = false;
        self.look_ms = Some(next_ms);
    }

    /// OBS has taken a label's text, or not.
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
                state.failed(why, &label.source, out, now);
            }
        }
        self.touched = true;
    }

    /// What a label's source shows in OBS; `None` if there is no such source.
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
        // Without it, the label was written since, or OBS was away.
        if !std::mem::take(&mut state.reading) {
            return;
        }
        match found {
            // The connection is lost, or OBS is not ready: it is asked again in time.
            Err(_) => {}
            Ok(None) => {
                (state.missing, state.shown) = (true, None);
                state.failed(MISSING.into(), &label.source, out, now);
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
            Ok(Some(_)) => state.failed(CONTESTED.into(), &label.source, out, now),
        }
        self.touched = true;
    }

    /// What `GetStatus` says of the labels.
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

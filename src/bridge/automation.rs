//! Connects the rule engine to the bridge's state: passes events to the rules and advances their
//! runs step by step.
//!
//! `automation::Engine` decides; [`steps`](super::steps) carries the steps out. Work for the shell
//! becomes an effect, and its outcome comes back as [`Input::Done`](super::io::Input::Done).

use std::{collections::VecDeque, sync::Arc};

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    base::Base,
    emitter::EventOccurrence,
    io::{Effect, Note, Now, Ticket},
    last_events::LastEvents,
    output::Output,
    presence::Presence,
    sessions::StreamState,
    time,
};
use crate::{
    automation::{
        self, BegunProgram, BegunRequest, Called, Cause, Context, Decision, Dropped, Engine,
        ExpectedEffect, Failure, ObsRequest, Occurrence, Owner, Part, Program, ProgramEnd,
        ProgramId, Rulebook, RunId, Turn, Uses,
    },
    credits::{self, LeftOut, Spelling, reply::ReplyOptions},
    event::{EventName, Person},
};

/// The shortest time between two writes of the once log, in milliseconds.
const ONCE_MS: u64 = 1_000;

/// The rule engine and its state between two inputs.
#[derive(Debug)]
pub(super) struct Automation {
    engine: Engine,
    /// Event occurrences for which no rule was evaluated yet.
    inbox: VecDeque<Occurrence>,
    last_events: LastEvents,
    once_due_ms: u64,
    credits: Option<(CreditsAt, Part)>,
}

/// The number of changes of the fold, the number of changes of the bans, and the first days of the
/// month and the week. While these stay the same, the credits stay the same.
type CreditsAt = (u64, u64, (Date, Date));

/// The parts of the bridge that templates and conditions can read.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) base: &'a Base,
    pub(super) presence: &'a Presence,
    pub(super) stream: &'a StreamState,
}

impl Automation {
    /// `once` and `latest` are the stored meta values of the last run.
    pub(super) fn new(book: &Arc<Rulebook>, once: Option<&str>, latest: Option<&str>) -> Self {
        Self {
            inbox: VecDeque::new(),
            last_events: LastEvents::new(book.uses().contains(Uses::LAST), latest),
            once_due_ms: 0,
            credits: None,
            engine: Engine::new(Arc::clone(book), once),
        }
    }

    /// Replaces the rulebook, which ends all runs. Returns the number of ended runs.
    pub(super) fn replace(&mut self, book: &Arc<Rulebook>) -> usize {
        self.last_events.keep_on(book.uses().contains(Uses::LAST));
        self.credits = None;
        self.inbox.clear();
        self.engine.replace(Arc::clone(book))
    }

    /// Replaces the state with these meta values, after a person was removed from them.
    pub(super) fn recall(&mut self, once: Option<&str>, latest: Option<&str>) {
        let is_wanted = self.engine.book().uses().contains(Uses::LAST);
        self.last_events = LastEvents::new(is_wanted, latest);
        self.engine.recall_once(once);
        self.credits = None;
    }

    pub(super) fn book(&self) -> &Arc<Rulebook> {
        self.engine.book()
    }

    /// The time at which [`Self::run`] or a run of a rule is due, on the monotonic clock. `None` if
    /// neither is due.
    pub(super) fn due_ms(&self) -> Option<u64> {
        let once = self.engine.has_news().then_some(self.once_due_ms);
        self.engine.due_ms().into_iter().chain(once).min()
    }

    /// Accepts event occurrences for the rules and for `last(…)`. Returns whether `last(…)` has
    /// changed.
    pub(super) fn take_in(&mut self, occurrences: Vec<EventOccurrence>, mono_ms: u64) -> bool {
        let mut has_changed = false;
        for occurrence in occurrences {
            let EventOccurrence {
                name,
                data,
                at_ms,
                is_latest,
                cause,
            } = occurrence;
            if is_latest {
                self.last_events.note(&name, &data, at_ms);
                has_changed = true;
            }
            if let Some(cause) = cause {
                let cause = match cause {
                    Cause::Outside => self.engine.cause_of(&name, &data, mono_ms),
                    known => known,
                };
                self.inbox.push_back(Occurrence { name, data, cause });
            }
        }
        has_changed
    }

    /// Stores the last events if they have changed.
    pub(super) fn keep_last_events(&mut self, out: &mut Output) {
        self.last_events.keep(out);
    }

    /// Evaluates the rules for every waiting event occurrence. Returns the notes for the log.
    pub(super) fn judge_all(&mut self, view: View<'_>, now: Now) -> Vec<Note> {
        let mut notes = Vec::new();
        while let Some(occurrence) = self.inbox.pop_front() {
            let uses = self.engine.uses(&occurrence.name);
            let context = self.context(uses, Some(&occurrence), view, now);
            let session = view.base.model.session().id.0;
            let verdicts = self
                .engine
                .take(&Arc::new(occurrence), &context, session, now.mono_ms);
            notes.extend(
                verdicts
                    .into_iter()
                    .filter_map(|(place, decision)| self.note_of(place, &decision)),
            );
        }
        notes
    }

    /// The log entry for a decision; `None` for most decisions. Busy rules and failing conditions
    /// are logged at their 1st, 2nd, 4th, 8th … time, because a burst of them would fill the log. A
    /// rule in an endless chain of causes is logged once.
    fn note_of(&self, place: usize, decision: &Decision) -> Option<Note> {
        let tally = self.engine.tally(Owner::Rule(place));
        let rule = self
            .book()
            .rules
            .get(place)
            .map(|rule| rule.name.clone())
            .unwrap_or_default();
        match decision {
            Decision::Busy if tally.skipped.is_power_of_two() => Some(Note::RuleBusy {
                rule,
                times: tally.skipped,
            }),
            Decision::TooDeep if tally.too_deep == 1 => Some(Note::RuleLoop { rule }),
            Decision::ConditionFailed(why) if tally.unclear.is_power_of_two() => {
                Some(Note::RuleUnclear {
                    rule,
                    times: tally.unclear,
                    why: why.to_string(),
                })
            }
            _ => None,
        }
    }

    /// Advances a run that is due. Returns `None` if all runs wait.
    pub(super) fn turn(&mut self, view: View<'_>, now: Now) -> Option<Turn> {
        let (run, uses, occurrence) = self.engine.upcoming(now.mono_ms)?;
        let context = self.context(uses, Some(&occurrence), view, now);
        Some(self.engine.turn(run, &context, now.mono_ms))
    }

    /// Starts the next requests and programs of the lanes, and stores the once log if that is due.
    pub(super) fn run(&mut self, out: &mut Output, now: Now) {
        while let Some(BegunRequest {
            run,
            request,
            depth,
        }) = self.engine.next_request()
        {
            self.engine
                .expect(ExpectedEffect::of_obs(&request), depth, now.mono_ms);
            out.push(Effect::Ask {
                ticket: Ticket::Run(run),
                request,
            });
        }
        while let Some(BegunProgram { id, of, program }) = self.engine.next_program() {
            out.push(Effect::Run {
                ticket: Ticket::Program(id),
                of,
                program,
            });
        }
        if self.engine.has_news() && now.mono_ms >= self.once_due_ms {
            self.keep_once_log(out, now);
        }
    }

    /// Stores the once log if it has changed.
    pub(super) fn keep_once_log(&mut self, out: &mut Output, now: Now) {
        if let Some(log) = self.engine.once_log() {
            self.once_due_ms = now.mono_ms + ONCE_MS;
            out.keep("once", log);
        }
    }

    pub(super) fn listens(&self, name: &EventName) -> bool {
        self.book().listens(name)
    }

    /// The parts of the context that the conditions of rules for this event need.
    pub(super) fn uses(&self, name: &EventName) -> Uses {
        self.engine.uses(name)
    }

    /// The decision for the rule at this index if this event occurred now.
    pub(super) fn preview(
        &self,
        place: usize,
        occurrence: &Occurrence,
        condition: &Context,
        session: u64,
        now: Now,
    ) -> Decision {
        self.engine
            .preview(place, occurrence, condition, session, now.mono_ms)
    }

    /// Starts the named action at this index in the config. Returns `false` if too many of its runs
    /// are active or waiting.
    pub(super) fn call(
        &mut self,
        place: usize,
        called: Called,
        occurrence: Occurrence,
        now: Now,
    ) -> bool {
        self.engine
            .call(place, called, &Arc::new(occurrence), now.mono_ms)
    }

    /// Registers the events that a step will cause later, so that the engine recognizes them as
    /// self-caused.
    pub(super) fn expect(&mut self, causality: Vec<ExpectedEffect>, depth: u8, now: Now) {
        self.engine.expect(causality, depth, now.mono_ms);
    }

    /// Queues a step's request to OBS. Returns `false` if too many requests wait.
    pub(super) fn want_request(&mut self, run: RunId, request: ObsRequest, depth: u8) -> bool {
        self.engine.want_request(run, request, depth)
    }

    /// Queues a step's program. Returns [`Dropped`] if too many programs wait.
    pub(super) fn want_program(&mut self, run: RunId, program: Program) -> Result<(), Dropped> {
        self.engine.want_program(run, program)
    }

    /// Called when OBS has answered the request of a step.
    pub(super) fn request_done(
        &mut self,
        run: RunId,
        outcome: Result<(), String>,
        out: &mut Output,
    ) {
        self.engine.request_ended(run);
        self.step_done(run, outcome, out);
    }

    /// Called when the program of a step has ended.
    pub(super) fn program_done(
        &mut self,
        program: ProgramId,
        outcome: Result<(), String>,
        out: &mut Output,
    ) {
        match self.engine.program_ended(program, outcome) {
            ProgramEnd::Step(run, outcome) => self.step_done(run, outcome, out),
            ProgramEnd::Failed(failure) => step_failed(failure, out),
            ProgramEnd::Nothing => {}
        }
    }

    /// Passes the outcome of a step to the engine, and logs a failure.
    pub(super) fn step_done(&mut self, run: RunId, outcome: Result<(), String>, out: &mut Output) {
        if let Some(failure) = self.engine.done(run, outcome) {
            step_failed(failure, out);
        }
    }

    /// The context of a template or a condition. Only the parts named by `uses` are made.
    pub(super) fn context(
        &mut self,
        uses: Uses,
        occurrence: Option<&Occurrence>,
        view: View<'_>,
        now: Now,
    ) -> Context {
        let model = &view.base.model;
        let mut context = match occurrence {
            Some(occurrence) if uses.contains(Uses::EVENT) || uses.contains(Uses::DATA) => {
                Context::of_event(
                    &occurrence.name.source,
                    &occurrence.name.kind,
                    &occurrence.data,
                )
            }
            _ => Context::default(),
        };
        if uses.contains(Uses::CREDITS) {
            context = context.with("credits", self.credits_part(view.base, now));
        }
        if uses.contains(Uses::STATE) {
            context = context.with("state", Part::of(&state(view, now)));
        }
        if uses.contains(Uses::SESSION) {
            let session = automation::Session {
                id: model.session().id.0,
                started: time::instant(model.session().started_ms),
                seconds: model.session_seconds(now.wall_ms),
                cause: model.session().cause.to_string(),
            };
            context = context.with("session", Part::of(&session));
        }
        if uses.contains(Uses::BROADCASTER) {
            context = context.with("broadcaster", Part::of(&broadcaster(view.base)));
        }
        if uses.contains(Uses::LAST) {
            let left_out = LeftOut::new(model.fold(), &view.base.settings.credits.ignore);
            let last = self.last_events.shown(&left_out, &model.fold().people);
            context = context.with_last(last);
        }
        context
    }

    /// The credits in the current spelling. They are computed again only if they may have changed.
    fn credits_part(&mut self, base: &Base, now: Now) -> Part {
        let fold = base.model.fold();
        let at: CreditsAt = (
            fold.changes(),
            fold.bans.revision(),
            fold.leaderboards.period(now.wall_ms),
        );
        if let Some((made_at, part)) = &self.credits
            && *made_at == at
        {
            return part.clone();
        }
        let options = ReplyOptions {
            spelling: Spelling::Current,
            extended: false,
            limit: None,
        };
        let part = Part::of(&credits::reply::credits(
            fold,
            &base.settings.credits,
            options,
            now.wall_ms,
        ));
        self.credits = Some((at, part.clone()));
        part
    }

    /// The lists of rules and of actions in the reply to `GetStatus`.
    pub(super) fn status(&self) -> (Vec<Value>, Vec<Value>) {
        let line = |name: &str, enabled: bool, owner| {
            let tally = self.engine.tally(owner);
            json!({ "name": name, "enabled": enabled, "runs": tally.runs, "running": tally.running,
                "waiting": tally.waiting, "skipped": tally.skipped, "failed": tally.failed,
                "lastError": self.engine.last_error(owner),
                "programs": self.engine.programs(owner) })
        };
        let rules = self
            .book()
            .rules
            .iter()
            .enumerate()
            .map(|(place, rule)| line(&rule.name, rule.enabled, Owner::Rule(place)));
        let actions = self
            .book()
            .actions
            .iter()
            .enumerate()
            .map(|(place, action)| line(&action.name, action.enabled, Owner::Action(place)));
        (rules.collect(), actions.collect())
    }
}

/// Logs the 1st, 2nd, 4th, 8th … failure of a step.
pub(super) fn step_failed(failure: Failure, out: &mut Output) {
    if failure.times.is_power_of_two() {
        out.note(Note::StepFailed(failure));
    }
}

fn state(view: View<'_>, now: Now) -> automation::BridgeState {
    automation::BridgeState {
        obs: view.base.obs.is_up(),
        scene: view.base.obs.scene().unwrap_or_default().to_owned(),
        streaming: view.stream.is_on(),
        recording: view.base.obs.recording().unwrap_or(false),
        stream_seconds: view.stream.seconds(now.wall_ms),
        twitchat: view.presence.is_present(),
        generation: view
            .presence
            .generation()
            .map_or(0, crate::twitchat::Generation::number),
    }
}

fn broadcaster(base: &Base) -> automation::BroadcasterNames {
    let Person {
        id, login, display, ..
    } = base.model.broadcaster().unwrap_or_default();
    let name = if display.is_empty() { &login } else { &display }.to_string();
    automation::BroadcasterNames {
        id: id.into(),
        login: login.into(),
        name,
    }
}

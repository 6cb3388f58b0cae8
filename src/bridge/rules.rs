//! Rules and named actions at work: what is told is judged, what runs is done, one step after the
//! other.
//!
//! `automation::Engine` decides; this is its hands and eyes within the bridge. What the shell must do
//! leaves as an effect and comes back as [`Input::Done`](super::port::Input::Done).

use std::{collections::VecDeque, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    Bridge, label,
    port::{Effect, Note, Now, Ticket},
    status,
};
use crate::{
    automation::{
        self, BegunProgram, BegunRequest, Cause, Context, Deed, Engine, Happening, Latest, Owner,
        Part, ProgramEnd, ProgramId, Rulebook, RunId, Trace, Turn, Uses, Verdict,
    },
    credits::{self, Spelling, reply::Wish},
    event::{EventName, Person},
    mapping::interpreter::Playback,
    request,
};

/// At least so long between two writings of who had their turn.
const LEDGER_MS: u64 = 1_000;

/// Everything that rules, actions and labels need between two inputs.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) engine: Engine,
    /// What happened while an input was dealt with, and no rule has looked at yet.
    inbox: VecDeque<Happening>,
    /// Who causes what is told right now.
    cause: Cause,
    hears_twitchat: bool,
    pub(super) wants_latest: bool,
    pub(super) wants_twitchat: bool,
    pub(super) latest: Arc<Latest>,
    pub(super) latest_kept: Option<Box<str>>,
    pub(super) labels: label::TextLabels,
    ledger_due_ms: u64,
    credits: Option<(CreditsAt, Part)>,
}

/// What credits depend on: while it is the same, so are they.
type CreditsAt = (u64, u64, u64);

impl Rules {
    pub(super) fn new(book: &Arc<Rulebook>, ledger: Option<&str>) -> Self {
        let uses = book.uses();
        let engine = Engine::new(Arc::clone(book), ledger);
        Self {
            inbox: VecDeque::new(),
            cause: Cause::Outside,
            hears_twitchat: engine.listens_to_twitchat(),
            wants_latest: uses.has("last"),
            wants_twitchat: uses.has("last") && book.names_twitchat(),
            latest: Arc::default(),
            latest_kept: None,
            labels: label::TextLabels::new(book),
            ledger_due_ms: 0,
            credits: None,
            engine,
        }
    }

    /// Whether events are needed although nobody has subscribed.
    pub(super) fn need_events(&self) -> bool {
        self.wants_latest || self.engine.book().rules.iter().any(|rule| rule.enabled)
    }

    /// Whether Twitchat's own messages are.
    pub(super) fn need_messages(&self) -> bool {
        self.hears_twitchat || self.wants_twitchat
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        let ledger = self.engine.has_news().then_some(self.ledger_due_ms);
        [self.engine.due_ms(), self.labels.due_ms(), ledger]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Bridge {
    /// An event is told: the rules will look at it.
    pub(super) fn rules_hear(
        &mut self,
        name: &EventName,
        data: &Value,
        playback: Playback,
        now: Now,
    ) {
        if !self.rules.engine.listens(name) {
            return;
        }
        let cause = match self.rules.cause {
            own @ Cause::Own(_) => own,
            _ if playback == Playback::Recorded => Cause::Replay,
            _ => self.rules.engine.cause_of(name, data, now.mono_ms),
        };
        self.rules.inbox.push_back(Happening {
            name: name.clone(),
            data: data.clone(),
            cause,
        });
    }

    /// Judges what happened and goes on with every run, until all of them wait for something.
    pub(super) fn run_rules(&mut self, now: Now) {
        loop {
            while let Some(happening) = self.rules.inbox.pop_front() {
                self.judge(happening, now);
            }
            let Some((run, uses, happening)) = self.rules.engine.upcoming(now.mono_ms) else {
                break;
            };
            let context = self.context(uses, Some(&happening), now);
            match self.rules.engine.turn(run, &context, now.mono_ms) {
                Turn::Nothing => {}
                Turn::Failed(failure) => self.step_failed(failure),
                Turn::Over {
                    owner,
                    called,
                    success,
                } => self.run_over(owner, called, success, now),
                Turn::Do { run, deed, depth } => self.perform(run, deed, depth, now),
            }
        }
        while let Some(BegunRequest {
            run,
            request,
            depth,
        }) = self.rules.engine.next_request()
        {
            self.rules
                .engine
                .expect(Trace::of_obs(&request), depth, now.mono_ms);
            self.out.push(Effect::Ask {
                ticket: Ticket::Run(run),
                request,
            });
        }
        while let Some(BegunProgram { id, of, program }) = self.rules.engine.next_program() {
            self.out.push(Effect::Run {
                ticket: Ticket::Program(id),
                of,
                program,
            });
        }
        if self.rules.engine.has_news() && now.mono_ms >= self.rules.ledger_due_ms {
            self.keep_ledger(now);
        }
    }

    /// Keeps who had their turn in this session.
    pub(super) fn keep_ledger(&mut self, now: Now) {
        if let Some(ledger) = self.rules.engine.ledger() {
            self.rules.ledger_due_ms = now.mono_ms + LEDGER_MS;
            self.keep("once", ledger);
        }
    }

    fn judge(&mut self, happening: Happening, now: Now) {
        let uses = self.rules.engine.uses(&happening.name);
        let context = self.context(uses, Some(&happening), now);
        let verdicts = self.rules.engine.take(
            &Arc::new(happening),
            &context,
            self.session.id.0,
            now.mono_ms,
        );
        for (place, verdict) in verdicts {
            let tally = self.rules.engine.tally(Owner::Rule(place));
            let rule = || {
                self.rules
                    .engine
                    .book()
                    .rules
                    .get(place)
                    .map(|rule| rule.name.clone())
                    .unwrap_or_default()
            };
            let note = match verdict {
                // Said at 1, 2, 4, 8 …: a burst would fill the log.
                Verdict::Busy if tally.skipped.is_power_of_two() => Note::RuleBusy {
                    rule: rule(),
                    times: tally.skipped,
                },
                Verdict::TooDeep if tally.too_deep == 1 => Note::RuleLoop { rule: rule() },
                Verdict::WhenFailed(why) if tally.unclear.is_power_of_two() => Note::RuleUnclear {
                    rule: rule(),
                    times: tally.unclear,
                    why: why.to_string(),
                },
                _ => continue,
            };
            self.out.push(Effect::Note(note));
        }
    }

    /// What a template or a condition sees. Only what it uses is made.
    pub(super) fn context(
        &mut self,
        uses: Uses,
        happening: Option<&Happening>,
        now: Now,
    ) -> Context {
        let mut context = match happening {
            Some(happening) if uses.has("event") || uses.has("data") => Context::of_event(
                &happening.name.source,
                &happening.name.kind,
                &happening.data,
            ),
            _ => Context::default(),
        };
        if uses.has("credits") {
            context = context.with("credits", self.credits_part(now));
        }
        if uses.has("state") {
            context = context.with("state", Part::of(&self.state_part(now)));
        }
        if uses.has("session") {
            let session = automation::Session {
                id: self.session.id.0,
                started: status::instant(self.session.started_ms),
                seconds: self.session_seconds(now),
                cause: self.session.cause.to_string(),
            };
            context = context.with("session", Part::of(&session));
        }
        if uses.has("broadcaster") {
            let Person {
                id, login, display, ..
            } = self.broadcaster().unwrap_or_default();
            let name = if display.is_empty() { &login } else { &display }.to_string();
            context = context.with(
                "broadcaster",
                Part::of(&automation::Whose {
                    id: id.into(),
                    login: login.into(),
                    name,
                }),
            );
        }
        if uses.has("last") {
            self.hide_latest();
            context = context.with_last(&self.rules.latest);
        }
        context
    }

    fn state_part(&self, now: Now) -> automation::State {
        automation::State {
            obs: self.obs.is_some(),
            scene: self.scene.as_deref().unwrap_or_default().to_owned(),
            streaming: self.stream.is_on(),
            stream_seconds: self.stream_seconds(now),
            twitchat: self.side.is_present(),
            generation: self
                .side
                .generation()
                .map_or(0, crate::twitchat::Generation::number),
        }
    }

    /// For how long OBS has been streaming; 0 if it does not.
    pub(super) fn stream_seconds(&self, now: Now) -> i64 {
        self.stream
            .on_since_ms()
            .map_or(0, |since_ms| (now.wall_ms - since_ms).max(0) / 1_000)
    }

    /// How long ago the session began.
    pub(super) fn session_seconds(&self, now: Now) -> i64 {
        (now.wall_ms - self.session.started_ms).max(0) / 1_000
    }

    /// The credits in today's spelling, made again only when they may have changed.
    fn credits_part(&mut self, now: Now) -> Part {
        let at: CreditsAt = (
            self.session.id.0,
            self.fold.session.facts(),
            self.counts.journal,
        );
        if let Some((made_at, part)) = &self.rules.credits
            && *made_at == at
        {
            return part.clone();
        }
        let wish = Wish {
            spelling: Spelling::Current,
            extended: false,
            limit: None,
        };
        let part = Part::of(&credits::reply::credits(
            &self.fold,
            &self.settings.credits,
            wish,
            now.wall_ms,
        ));
        self.rules.credits = Some((at, part.clone()));
        part
    }

    /// Does what a step says, here or in the shell.
    fn perform(&mut self, run: RunId, deed: Deed, depth: u8, now: Now) {
        let outcome = match deed {
            Deed::Send {
                kind,
                data,
                check,
                yes,
            } => self.send_step(&kind, data, check, yes, depth, now),
            Deed::Publish { name, data, id } => self.caused(depth, |bridge| {
                bridge
                    .can_store(bridge.promise_of_event(&name, &data, id.as_deref()))
                    .map_err(|error| error.to_string())?;
                bridge
                    .publish(&name, data, id.as_deref(), now)
                    .map(drop)
                    .map_err(|wrong| wrong.to_string())
            }),
            Deed::Request { name, data } => self.request_step(&name, data, depth, now),
            Deed::Obs(_) if self.obs.is_none() => Err("OBS is not connected".to_owned()),
            Deed::Obs(request) => {
                if self.rules.engine.want_request(run, request, depth) {
                    return;
                }
                Err("too many requests to OBS wait already".to_owned())
            }
            Deed::Run(program) => {
                let background = program.background;
                match self.rules.engine.want_program(run, program) {
                    Ok(()) if !background => return,
                    Ok(()) => Ok(()),
                    Err(dropped) => {
                        if dropped.times.is_power_of_two() {
                            self.out.push(Effect::Note(Note::ProgramDropped(dropped)));
                        }
                        // A step does not depend on what becomes of its program in the background.
                        if background {
                            Ok(())
                        } else {
                            Err("too many programs wait already".to_owned())
                        }
                    }
                }
            }
            // The engine's own business.
            Deed::Wait(_) => Ok(()),
        };
        self.step_done(run, outcome);
    }

    /// OBS has answered a step's request.
    pub(super) fn request_done(&mut self, run: RunId, outcome: Result<(), String>) {
        self.rules.engine.request_ended(run);
        self.step_done(run, outcome);
    }

    /// A step's program has ended.
    pub(super) fn program_done(&mut self, program: ProgramId, outcome: Result<(), String>) {
        match self.rules.engine.program_ended(program, outcome) {
            ProgramEnd::Step(run, outcome) => self.step_done(run, outcome),
            ProgramEnd::Failed(failure) => self.step_failed(failure),
            ProgramEnd::Nothing => {}
        }
    }

    /// How a step went.
    pub(super) fn step_done(&mut self, run: RunId, outcome: Result<(), String>) {
        if let Some(failure) = self.rules.engine.done(run, outcome) {
            self.step_failed(failure);
        }
    }

    fn step_failed(&mut self, failure: automation::Failure) {
        if failure.times.is_power_of_two() {
            self.out.push(Effect::Note(Note::StepFailed(failure)));
        }
    }

    /// Does something on behalf of a run: the events that it tells are the run's own.
    fn caused<T>(&mut self, depth: u8, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.rules.cause, Cause::Own(depth));
        let outcome = act(self);
        self.rules.cause = before;
        outcome
    }

    /// Who causes what is told right now.
    pub(super) fn cause(&self) -> Cause {
        self.rules.cause
    }

    fn send_step(
        &mut self,
        kind: &str,
        data: Map<String, Value>,
        check: bool,
        yes: bool,
        depth: u8,
        now: Now,
    ) -> Result<(), String> {
        if self.obs.is_none() || !self.side.is_present() {
            return Err("Twitchat is not heard on this OBS: nobody would act".into());
        }
        let prepared = automation::prepare(kind, data, check, yes, self.side.generation())
            .map_err(|refused| refused.to_string())?;
        self.rules
            .engine
            .expect(Trace::of_action(&prepared), depth, now.mono_ms);
        self.send_action(&prepared.kind, prepared.data.into());
        Ok(())
    }

    fn request_step(
        &mut self,
        name: &str,
        data: Map<String, Value>,
        depth: u8,
        now: Now,
    ) -> Result<(), String> {
        let call = request::of(name, data).map_err(|error| error.to_string())?;
        self.can_store(self.promise(&call))
            .map_err(|error| error.to_string())?;
        self.rules
            .engine
            .expect(Trace::of_request(name), depth, now.mono_ms);
        self.caused(depth, |bridge| bridge.act(call, "", now))
            .map(drop)
            .map_err(|error| error.to_string())
    }

    /// What `GetStatus` says of rules and actions.
    pub(super) fn rules_status(&self) -> (Vec<Value>, Vec<Value>) {
        let engine = &self.rules.engine;
        let line = |name: &str, enabled: bool, owner| {
            let tally = engine.tally(owner);
            json!({ "name": name, "enabled": enabled, "runs": tally.runs, "running": tally.running,
                "waiting": tally.waiting,
                "skipped": tally.skipped, "failed": tally.failed,
                    "lastError": engine.trouble(owner),
                "programs": engine.programs(owner) })
        };
        let rules = engine
            .book()
            .rules
            .iter()
            .enumerate()
            .map(|(place, rule)| line(&rule.name, rule.enabled, Owner::Rule(place)));
        let actions = engine
            .book()
            .actions
            .iter()
            .enumerate()
            .map(|(place, action)| line(&action.name, action.enabled, Owner::Action(place)));
        (rules.collect(), actions.collect())
    }
}

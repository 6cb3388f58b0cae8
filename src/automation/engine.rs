//! Decides which rules run on an event, and advances their runs. It has no side effects: `bridge`
//! makes the contexts and carries out the step effects.
//!
//! Each rule or action has a limited number of active runs, and at most 100 runs that wait. Further
//! runs are only counted.

mod causality;
mod lanes;
mod obs_effects;
mod occurrence;
mod once_log;
mod outside;
mod rate_limit;
mod run;
mod shell;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde_json::Value;

use super::{
    book::{Rule, Rulebook},
    context::{Context, Part, Uses},
    sequence::{Next, Sequence},
    step::StepEffect,
};
use crate::event::EventName;
use causality::Causality;
use once_log::OnceLog;
use outside::Outside;
use rate_limit::{Admission, RateLimit};
use run::{Run, RunState};

pub use causality::ExpectedEffect;
pub use occurrence::{Cause, DEEPEST, Decision, Occurrence};
pub use outside::{BegunProgram, BegunRequest, Dropped, ProgramEnd, ProgramId, ProgramTally};
pub use rate_limit::Tally;
pub use run::{Called, Failure, Owner, RunId};

#[derive(Debug, PartialEq)]
pub enum Turn {
    /// A step effect to carry out. The caller passes its outcome to [`Engine::done`].
    Do {
        run: RunId,
        effect: StepEffect,
        /// The causality depth of the events that the step effect will cause.
        depth: u8,
    },
    Failed(Failure),
    /// A run has ended.
    Over {
        owner: Owner,
        /// The call of the action; `None` if no client called it.
        called: Option<Called>,
        success: bool,
    },
    /// The run waits, or continues in a later turn.
    Nothing,
}

#[derive(Debug, Default)]
pub struct Engine {
    book: Arc<Rulebook>,
    rate_limits: BTreeMap<Owner, RateLimit>,
    runs: BTreeMap<RunId, Run>,
    ready: VecDeque<RunId>,
    begun: u64,
    once_log: OnceLog,
    causality: Causality,
    outside: Outside,
}

impl Engine {
    /// `once_log` is the value that [`Self::once_log`] returned before a restart.
    pub fn new(book: Arc<Rulebook>, once_log: Option<&str>) -> Self {
        let rules = book
            .rules
            .iter()
            .enumerate()
            .map(|(place, rule)| (Owner::Rule(place), RateLimit::new(rule.at_once)));
        let actions = book
            .actions
            .iter()
            .enumerate()
            .map(|(place, action)| (Owner::Action(place), RateLimit::new(action.at_once)));
        let rate_limits = rules.chain(actions).collect();
        Self {
            rate_limits,
            once_log: once_log.map(OnceLog::recall).unwrap_or_default(),
            book,
            ..Self::default()
        }
    }

    /// Replaces the rulebook and ends all runs. Returns the number of ended runs. The once log
    /// stays. Outcomes of the ended runs' tasks that arrive later change nothing, because ids are
    /// never used again.
    pub fn replace(&mut self, book: Arc<Rulebook>) -> usize {
        let before = std::mem::replace(self, Self::new(book, None));
        self.begun = before.begun;
        self.outside.begun = before.outside.begun;
        self.once_log = before.once_log;
        self.causality = before.causality;
        before.runs.len()
    }

    pub fn book(&self) -> &Arc<Rulebook> {
        &self.book
    }

    /// The parts of the context that the conditions of rules for this event need.
    pub fn uses(&self, name: &EventName) -> Uses {
        let rules = self
            .book
            .rules
            .iter()
            .filter(|rule| rule.enabled && rule.is_for(name));
        rules
            .filter_map(|rule| rule.when.as_ref())
            .map(super::Expression::uses)
            .fold(Uses::default(), Uses::union)
    }

    /// The causality depth of this event; `None` if no run has caused it.
    pub fn cause_of(&mut self, name: &EventName, data: &Value, now_ms: u64) -> Cause {
        self.causality
            .find(name, data, now_ms)
            .map_or(Cause::Outside, Cause::Run)
    }

    /// Registers the events that a step effect will cause later.
    pub fn expect(
        &mut self,
        causality: impl IntoIterator<Item = ExpectedEffect>,
        depth: u8,
        now_ms: u64,
    ) {
        // The cause of an event matters only if a rule reacts to the event.
        let causality = causality
            .into_iter()
            .filter(|expected| expected.name().is_none_or(|name| self.book.listens(&name)));
        self.causality.expect(causality, depth, now_ms);
    }

    /// Makes a decision for every rule that reacts to this event, and starts the runs. Returns each
    /// decision with the index of its rule.
    pub fn take(
        &mut self,
        occurrence: &Arc<Occurrence>,
        context: &Context,
        session: u64,
        now_ms: u64,
    ) -> Vec<(usize, Decision)> {
        self.once_log.enter(session);
        let book = Arc::clone(&self.book);
        let mut verdicts = Vec::new();
        for (place, rule) in book
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.is_for(&occurrence.name))
        {
            let mut decision = self.judge(place, rule, occurrence, context, session, now_ms);
            if decision == Decision::Runs {
                let sequence = Sequence::new(&rule.steps, Part::of(&serde_json::json!({})));
                let run = Run {
                    sequence,
                    occurrence: Arc::clone(occurrence),
                    called: None,
                    state: RunState::Ready,
                    owner: Owner::Rule(place),
                    failed: false,
                };
                if self.begin(run, now_ms) {
                    let cooldown_ms = u64::try_from(rule.cooldown.as_millis()).unwrap_or(u64::MAX);
                    self.rate_limit(Owner::Rule(place))
                        .cool(now_ms.saturating_add(cooldown_ms));
                    self.once_log.note(rule, occurrence);
                } else {
                    decision = Decision::Busy;
                }
            }
            verdicts.push((place, decision));
        }
        verdicts
    }

    fn judge(
        &mut self,
        place: usize,
        rule: &Rule,
        occurrence: &Occurrence,
        context: &Context,
        session: u64,
        now_ms: u64,
    ) -> Decision {
        let decision = self.decide(place, rule, occurrence, context, session, now_ms);
        match decision {
            Decision::TooDeep => self.rate_limit(Owner::Rule(place)).too_deep(),
            Decision::ConditionFailed(_) => self.rate_limit(Owner::Rule(place)).unclear(),
            _ => {}
        }
        decision
    }

    /// The decision for the rule at this index if this event occurred now. This starts and counts
    /// nothing. The context must have the parts of [`Self::uses`].
    pub fn preview(
        &self,
        place: usize,
        occurrence: &Occurrence,
        context: &Context,
        session: u64,
        now_ms: u64,
    ) -> Decision {
        let rule = self.book.rules.get(place);
        let Some(rule) = rule.filter(|rule| rule.is_for(&occurrence.name)) else {
            return Decision::OtherEvent;
        };
        let limit = self.rate_limits.get(&Owner::Rule(place));
        match self.decide(place, rule, occurrence, context, session, now_ms) {
            Decision::Runs if limit.is_some_and(RateLimit::is_full) => Decision::Busy,
            decision => decision,
        }
    }

    fn decide(
        &self,
        place: usize,
        rule: &Rule,
        occurrence: &Occurrence,
        context: &Context,
        session: u64,
        now_ms: u64,
    ) -> Decision {
        if !rule.enabled {
            return Decision::Disabled;
        }
        match occurrence.cause {
            Cause::Run(_) if !rule.on_own => return Decision::SelfCaused,
            Cause::Run(depth) if depth > DEEPEST => return Decision::TooDeep,
            Cause::Replay if !rule.on_replay => return Decision::Replayed,
            _ => {}
        }
        let limit = self.rate_limits.get(&Owner::Rule(place));
        if let Some(left_ms) = limit.and_then(|limit| limit.cooling(now_ms)) {
            return Decision::CoolingDown { left_ms };
        }
        if let Some(decision) = self.once_log.forbids(rule, occurrence, session) {
            return decision;
        }
        match rule.when.as_ref().map(|when| when.test(context)) {
            Some(Err(why)) => Decision::ConditionFailed(why),
            Some(Ok(false)) => Decision::ConditionFalse,
            Some(Ok(true)) | None => Decision::Runs,
        }
    }

    /// Returns `false` if too many runs of it are active or waiting.
    pub fn call(
        &mut self,
        place: usize,
        called: Called,
        occurrence: &Arc<Occurrence>,
        now_ms: u64,
    ) -> bool {
        let Some(action) = self.book.actions.get(place) else {
            return false;
        };
        let sequence = Sequence::new(&action.steps, Part::of(&called.args));
        let owner = Owner::Action(place);
        let run = Run {
            sequence,
            occurrence: Arc::clone(occurrence),
            called: Some(called),
            state: RunState::Ready,
            owner,
            failed: false,
        };
        self.begin(run, now_ms)
    }

    fn rate_limit(&mut self, owner: Owner) -> &mut RateLimit {
        self.rate_limits
            .entry(owner)
            .or_insert_with(|| RateLimit::new(1))
    }

    fn begin(&mut self, run: Run, now_ms: u64) -> bool {
        match self.rate_limit(run.owner).admit(run, now_ms) {
            Admission::Now(run) => {
                self.go(*run);
                true
            }
            Admission::Later => true,
            Admission::Never => false,
        }
    }

    fn go(&mut self, run: Run) {
        self.begun += 1;
        self.ready.push_back(RunId(self.begun));
        self.runs.insert(RunId(self.begun), run);
    }

    /// The next run that is due, with the parts of the context that its next step needs and the
    /// event that started the run. `None` if no run is due.
    pub fn upcoming(&mut self, now_ms: u64) -> Option<(RunId, Uses, Arc<Occurrence>)> {
        let due: Vec<_> = self
            .runs
            .iter()
            .filter(|(_, run)| matches!(run.state, RunState::Until(until) if until <= now_ms))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            if let Some(run) = self.runs.get_mut(&id) {
                run.state = RunState::Ready;
                self.ready.push_back(id);
            }
        }
        let freed: Vec<_> = self
            .rate_limits
            .values_mut()
            .flat_map(|rate_limit| rate_limit.release(now_ms))
            .collect();
        for run in freed {
            self.go(run);
        }
        let id = self.ready.pop_front()?;
        let run = self.runs.get(&id)?;
        Some((id, run.sequence.uses(), Arc::clone(&run.occurrence)))
    }

    /// Advances a run by one step. The context must have the parts that [`Self::upcoming`]
    /// returned.
    pub fn turn(&mut self, id: RunId, context: &Context, now_ms: u64) -> Turn {
        let Some(run) = self.runs.get_mut(&id) else {
            return Turn::Nothing;
        };
        let depth = run.occurrence.depth().saturating_add(1);
        match run.sequence.next(&self.book, context) {
            // The run has entered an action. Its first step needs another context.
            None => {
                self.ready.push_front(id);
                Turn::Nothing
            }
            Some(Next::Do(StepEffect::Wait(time))) => {
                run.state = RunState::Until(
                    now_ms.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
                );
                Turn::Nothing
            }
            Some(Next::Do(effect)) => {
                run.state = RunState::Asked;
                Turn::Do {
                    run: id,
                    effect,
                    depth,
                }
            }
            Some(Next::Failed(why)) => Turn::Failed(self.fail(id, &why.to_string())),
            Some(Next::Over) => self.over(id),
        }
    }

    /// Receives the outcome of a step effect. Returns a failure to log if the step effect failed.
    pub fn done(&mut self, id: RunId, outcome: Result<(), String>) -> Option<Failure> {
        let run = self.runs.get_mut(&id)?;
        match outcome {
            Ok(()) => {
                run.state = RunState::Ready;
                self.ready.push_back(id);
                None
            }
            Err(why) => Some(self.fail(id, &why)),
        }
    }

    /// Ends the run after a failed step, unless `continue_on_error` is set.
    fn fail(&mut self, id: RunId, why: &str) -> Failure {
        let (mut of, mut step, mut times) = (String::new(), String::new(), 0);
        if let Some(run) = self.runs.get_mut(&id) {
            let goes_on = match run.owner {
                Owner::Rule(place) => self
                    .book
                    .rules
                    .get(place)
                    .is_some_and(|rule| rule.continue_on_error),
                Owner::Action(place) => self
                    .book
                    .actions
                    .get(place)
                    .is_some_and(|action| action.continue_on_error),
            };
            step = run.sequence.place();
            run.failed = true;
            run.state = RunState::Ready;
            if !goes_on {
                run.sequence.end();
            }
            let owner = run.owner;
            self.ready.push_back(id);
            of = self.name_of(owner);
            times = self.rate_limit(owner).failed(&format!("{step}: {why}"));
        }
        Failure {
            of: of.into(),
            step: step.into(),
            why: why.into(),
            times,
        }
    }

    fn name_of(&self, owner: Owner) -> String {
        let name = match owner {
            Owner::Rule(place) => self.book.rules.get(place).map(|rule| ("rule", &rule.name)),
            Owner::Action(place) => self
                .book
                .actions
                .get(place)
                .map(|action| ("action", &action.name)),
        };
        name.map(|(what, name)| format!("{what} {name:?}"))
            .unwrap_or_default()
    }

    fn over(&mut self, id: RunId) -> Turn {
        let Some(run) = self.runs.remove(&id) else {
            return Turn::Nothing;
        };
        self.rate_limit(run.owner).ended();
        Turn::Over {
            owner: run.owner,
            called: run.called,
            success: !run.failed,
        }
    }

    /// The time at which the next turn is due. It is 0 if a turn is due now, and `None` if all runs
    /// wait for an outcome.
    pub fn due_ms(&self) -> Option<u64> {
        let now = (!self.ready.is_empty()).then_some(0);
        let waits = self.runs.values().filter_map(|run| {
            if let RunState::Until(until) = run.state {
                Some(until)
            } else {
                None
            }
        });
        let queues = self.rate_limits.values().filter_map(RateLimit::due_ms);
        now.into_iter().chain(waits).chain(queues).min()
    }

    pub fn tally(&self, owner: Owner) -> Tally {
        self.rate_limits
            .get(&owner)
            .map(RateLimit::tally)
            .unwrap_or_default()
    }

    /// The error of the last failed step of a rule or action.
    pub fn last_error(&self, owner: Owner) -> Option<&str> {
        self.rate_limits.get(&owner).and_then(RateLimit::last_error)
    }

    /// Replaces the once log with one that [`Self::once_log`] returned.
    pub fn recall_once(&mut self, json: Option<&str>) {
        self.once_log = json.map(OnceLog::recall).unwrap_or_default();
    }

    /// The once log as JSON for the store, if it has changed since the last call.
    pub fn once_log(&mut self) -> Option<String> {
        self.once_log.changed()
    }

    pub fn has_news(&self) -> bool {
        self.once_log.has_changed()
    }
}

//! Evaluates rules for an event without carrying out their steps. The result shows each step with
//! its templates filled in. `rules test` and the request `TestRule` show it.

use serde_json::{Map, Value, json};

use super::{
    book::{Rule, Rulebook},
    broadcast::check_broadcast,
    context::{Context, Part, Uses},
    engine::Decision,
    sequence::{Next, Sequence},
    step::{StepEffect, prepare},
};
use crate::{input::duration, request, twitchat::Generation};

#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    pub rule: Box<str>,
    pub decision: Decision,
    /// Empty if the rule would not run.
    pub steps: Vec<TriedStep>,
}

/// A step with its templates filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedStep {
    /// A summary of the step, such as `send SEND_MESSAGE`.
    pub step: String,
    /// The effect of the step, or the reason why the step would fail.
    pub effect: Result<Value, String>,
}

impl Trial {
    /// `context` makes the values that a step reads, except for `args`.
    pub fn new(
        book: &Rulebook,
        rule: &Rule,
        decision: Decision,
        generation: Option<Generation>,
        context: impl FnMut(Uses) -> Context,
    ) -> Self {
        let steps = if decision == Decision::Runs {
            steps(book, rule, generation, context)
        } else {
            Vec::new()
        };
        Self {
            rule: rule.name.clone(),
            decision,
            steps,
        }
    }

    /// Whether the rule would run and each of its steps can be filled in.
    pub fn is_fine(&self) -> bool {
        self.decision == Decision::Runs && self.steps.iter().all(|step| step.effect.is_ok())
    }

    pub fn to_json(&self) -> Map<String, Value> {
        let steps: Vec<_> = self
            .steps
            .iter()
            .map(|step| match &step.effect {
                Ok(effect) => json!({ "step": step.step, "does": effect }),
                Err(why) => json!({ "step": step.step, "error": why }),
            })
            .collect();
        Map::from_iter([
            ("rule".to_owned(), Value::from(&*self.rule)),
            ("runs".to_owned(), (self.decision == Decision::Runs).into()),
            ("decision".to_owned(), self.decision.to_string().into()),
            ("steps".to_owned(), steps.into()),
        ])
    }
}

/// Goes through the steps in the bridge's order, without waiting.
fn steps(
    book: &Rulebook,
    rule: &Rule,
    generation: Option<Generation>,
    mut context: impl FnMut(Uses) -> Context,
) -> Vec<TriedStep> {
    let mut sequence = Sequence::new(&rule.steps, Part::of(&json!({})));
    let mut tried = Vec::new();
    loop {
        let context = context(sequence.uses());
        let effect = match sequence.next(book, &context) {
            None => continue,
            Some(Next::Over) => return tried,
            Some(Next::Failed(why)) => Err(why.to_string()),
            Some(Next::Do(effect)) => describe(effect, generation),
        };
        let ends = effect.is_err() && !rule.continue_on_error;
        tried.push(TriedStep {
            step: sequence.place(),
            effect,
        });
        if ends {
            return tried;
        }
    }
}

/// The effect of a step as JSON, or the reason why it would be refused. `generation` is `None` if
/// the version of Twitchat is unknown.
pub fn describe(effect: StepEffect, generation: Option<Generation>) -> Result<Value, String> {
    Ok(match effect {
        StepEffect::Send {
            kind,
            data,
            check,
            yes,
        } => {
            let prepared = prepare(&kind, data, check, yes, generation)
                .map_err(|refused| refused.to_string())?;
            json!({ "send": prepared.kind, "data": prepared.data })
        }
        StepEffect::Publish { name, data, id } => {
            json!({ "publish": name.to_string(), "data": data, "id": id })
        }
        StepEffect::Broadcast(message) => {
            check_broadcast(&message).map_err(|problem| problem.to_string())?;
            json!({ "broadcast": message })
        }
        StepEffect::Request { name, data } => {
            request::of(&name, data.clone()).map_err(|error| error.to_string())?;
            json!({ "request": name, "data": data })
        }
        StepEffect::Obs(request) => json!({ "obs": request.name(), "data": request.data() }),
        StepEffect::Wait(time) => json!({ "wait": duration::show(time) }),
        StepEffect::Run(program) => {
            json!({ "run": program.program, "args": program.args,
                "timeout": duration::show(program.within), "background": program.background })
        }
    })
}

//! Goes through steps one after the other, including the steps of named actions. It has no clock: a
//! wait is a step effect like any other.

use std::sync::Arc;

use super::{
    book::Rulebook,
    context::{Context, Part, Uses},
    jinja::EvaluationError,
    step::{Does, Step, StepEffect, Steps},
};

/// The greatest nesting depth of named actions. Actions that would run themselves are rejected when
/// they are read.
const DEPTH: usize = 32;

#[derive(Debug, Clone)]
struct Frame {
    steps: Steps,
    next: usize,
    args: Part,
}

/// The remaining steps of a list, including the steps of entered actions.
#[derive(Debug, Clone)]
pub struct Sequence {
    frames: Vec<Frame>,
    at: Option<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    Do(StepEffect),
    /// The templates of the step cannot be filled in. The following steps remain.
    Failed(EvaluationError),
    Over,
}

impl Sequence {
    /// Starts at the first step. `args` holds the arguments of an action.
    pub fn new(steps: &Steps, args: Part) -> Self {
        Self {
            frames: vec![Frame {
                steps: Arc::clone(steps),
                next: 0,
                args,
            }],
            at: None,
        }
    }

    /// The parts of the context that the next step needs.
    pub fn uses(&self) -> Uses {
        self.upcoming().map(Step::uses).unwrap_or_default()
    }

    /// A summary of the step that was begun last.
    pub fn place(&self) -> String {
        self.at.as_ref().map(Step::summary).unwrap_or_default()
    }

    /// The step that was begun last.
    pub fn step(&self) -> Option<&Step> {
        self.at.as_ref()
    }

    fn upcoming(&self) -> Option<&Step> {
        self.frames
            .iter()
            .rev()
            .find_map(|frame| frame.steps.get(frame.next))
    }

    /// Drops the remaining steps.
    pub fn end(&mut self) {
        self.frames.clear();
    }

    /// Whether no step remains.
    pub fn is_over(&self) -> bool {
        self.upcoming().is_none()
    }

    /// Begins the next step. The context must have the parts that [`Self::uses`] returned; `args`
    /// is added here. For a step that runs an action, the sequence enters the action and returns
    /// `None`; then the caller calls again with a new context.
    pub fn next(&mut self, book: &Rulebook, context: &Context) -> Option<Next> {
        while self
            .frames
            .last()
            .is_some_and(|frame| frame.next >= frame.steps.len())
        {
            self.frames.pop();
        }
        let Some(frame) = self.frames.last_mut() else {
            return Some(Next::Over);
        };
        let Some(step) = frame.steps.get(frame.next).cloned() else {
            return Some(Next::Over);
        };
        frame.next += 1;
        let context = context.clone().with("args", frame.args.clone());
        let next = match &step.does {
            Does::Action { name, args } => match (book.action(name), args.render(&context)) {
                (None, _) => Some(Next::Failed(EvaluationError(format!(
                    "there is no action {name}"
                )))),
                (_, Err(failed)) => Some(Next::Failed(failed)),
                (Some(_), _) if self.frames.len() >= DEPTH => Some(Next::Failed(EvaluationError(
                    "too many actions within actions".into(),
                ))),
                (Some(action), _) if !action.enabled => Some(Next::Failed(EvaluationError(
                    format!("the action {name} is switched off"),
                ))),
                (Some(action), Ok(args)) => {
                    self.frames.push(Frame {
                        steps: Arc::clone(&action.steps),
                        next: 0,
                        args: Part::of(&args),
                    });
                    None
                }
            },
            does => Some(match does.render(&context) {
                Ok(effect) => Next::Do(effect),
                Err(failed) => Next::Failed(failed),
            }),
        };
        self.at = Some(step);
        next
    }
}

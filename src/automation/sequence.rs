//! Going through steps one after the other, into named actions and out of them again. It knows no
//! time: a wait is a deed like any other.

use std::sync::Arc;

use super::{
    book::Rulebook,
    context::{Context, Part, Uses},
    jinja::EvaluationError,
    step::{Does, Step, StepEffect, Steps},
};

/// Named actions within named actions. Those that would run themselves are refused before they run,
/// so this is far away.
const DEPTH: usize = 32;

/// A place in a list of steps.
#[derive(Debug, Clone)]
struct Frame {
    steps: Steps,
    next: usize,
    args: Part,
}

/// What is left of a list of steps.
#[derive(Debug, Clone)]
pub struct Sequence {
    frames: Vec<Frame>,
    /// The last step that was begun.
    at: Option<Step>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// This is to be done.
    Do(StepEffect),
    /// The step's templates cannot be filled in. What follows is still there.
    Failed(EvaluationError),
    /// There is nothing more to do.
    Over,
}

impl Sequence {
    /// All steps, from the first. `args` is what an action was called with.
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

    /// What the next step needs of a context.
    pub fn uses(&self) -> Uses {
        self.upcoming().map(Step::uses).unwrap_or_default()
    }

    /// The step that was begun last, in a few words.
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

    /// Leaves out what is left.
    pub fn end(&mut self) {
        self.frames.clear();
    }

    /// Whether all is done.
    pub fn is_over(&self) -> bool {
        self.upcoming().is_none()
    }

    /// Begins the next step. The context needs what [`Self::uses`] says; `args` is set here. A step
    /// that runs an action is gone into, and gives nothing to do by itself: `None`, and the context
    /// is to be made anew.
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
                    "actions within actions without end".into(),
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

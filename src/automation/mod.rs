//! PURE. Rules, named actions and labels, the steps and templates that they consist of, and
//! templates of documents.
//!
//! `config` reads and checks them with this module, `bridge` runs the rules, and `cli::script` runs
//! steps without a bridge. This module does not carry out steps. It returns the next step effect,
//! with its templates filled in.

mod book;
mod bounded;
mod broadcast;
mod context;
mod document;
mod engine;
pub mod expression;
mod jinja;
mod latest;
pub mod obs_request;
mod parts;
mod pattern;
mod script;
mod sequence;
mod step;
mod supposed;
mod template;
#[cfg(test)]
mod tests;
mod trial;

pub use book::{Label, NamedAction, Once, Rule, Rulebook, SECTIONS};
pub use broadcast::{BroadcastProblem, check_broadcast, is_of_twitchat};
pub use context::{Context, Part, Uses};
pub use document::{Document, Markup};
pub use engine::{
    BegunProgram, BegunRequest, Called, Cause, DEEPEST, Decision, Dropped, Engine, ExpectedEffect,
    Failure, Occurrence, Owner, ProgramEnd, ProgramId, ProgramTally, RunId, Tally, Turn,
};
pub use expression::Expression;
pub use jinja::{EvaluationError, ExpressionProblem, Scope};
pub use latest::{LastEvent as LatestEntry, Latest};
pub use obs_request::ObsRequest;
pub use parts::{BridgeState, BroadcasterNames, Session};
pub use pattern::Pattern;
pub use script::read_script;
pub use sequence::{Next, Sequence};
pub use step::{Program, Refused, Step, StepEffect, Steps, prepare};
pub use template::{Shape, Template};
pub use trial::{Trial, TriedStep, describe};

//! PURE. What the bridge does by itself: rules, named actions, labels, and the steps and templates that they are made of.
//!
//! `config` reads them and has them checked here, `core` runs the rules, `cli::script` runs steps by itself. Nothing in here does a step:
//! it says which one is next, with its templates filled in.

pub mod context;
pub mod expression;
mod jinja;
pub mod latest;

pub use context::{Context, Part, Uses};
pub use expression::Expression;
pub use jinja::{Failed, Flaw, Scope};
pub use latest::Latest;

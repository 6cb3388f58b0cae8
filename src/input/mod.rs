//! PURE. Reads and checks the input of people and programs: values with their places, tables of
//! fields, problems, suggestions for unknown names, and durations.
//!
//! Every part may use this module. It knows nothing of settings, rules, requests or actions. A
//! [`Node`] is a value of a file with its place. A [`Field`] is a node with the name that errors
//! use for it, and [`Fields`] is a table of fields. [`Given`] decides which values count as a
//! number, a duration or one of a few words, in files and in JSON.

mod count;
pub mod duration;
mod error_chain;
mod field;
mod fields;
mod given;
mod nearest;
mod node;
mod problem;
mod setting;
mod toml_text;

pub use count::{count, unit};
pub use error_chain::error_chain;
pub use field::Field;
pub use fields::Fields;
pub use given::Given;
pub use nearest::{did_you_mean, hint, nearest, similar};
pub use node::{Content, Node, Spot, Table};
pub use problem::{Cause, Problem, Read};
pub(crate) use setting::settings;
pub use setting::{Setting, Show, quoted, show_list};
pub use toml_text::{BACKSLASH_HINT, TomlError, parse_toml};

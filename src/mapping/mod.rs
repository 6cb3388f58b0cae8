//! PURE. Maps Twitchat's messages to Streamer.bot's events, and published events to facts.

mod at;
pub mod bans;
pub mod decode;
pub mod emitted;
pub mod filled;
pub mod general;
pub mod gifts;
pub mod interpreter;
pub mod labels;
pub mod length;
pub mod lines;
pub mod obs;
mod outcome;
pub mod polls;
pub mod predictions;
pub mod published;
pub mod render;
pub mod samples;
pub mod subs;
pub mod summary;
pub mod summary_extras;
pub mod texts;
mod vote;

pub use decode::{Decoded, MissingField, decode, feeds};
pub use filled::filled;
pub use gifts::Gifts;
pub use interpreter::Interpreter;
pub use labels::Labels;
pub use length::shorten;
pub use lines::Lines;
pub use polls::Polls;
pub use predictions::Predictions;
pub use subs::Subs;
pub use summary_extras::SummaryExtras;
pub use texts::strip_texts;
pub use vote::VoteReport;

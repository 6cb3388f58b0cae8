//! PURE. Twitchat's messages into Streamer.bot's events, and published events into facts.

mod ballot;
pub mod bans;
pub mod emitted;
pub mod filled;
pub mod general;
pub mod gifts;
pub mod heard;
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
pub mod rest;
pub mod subs;
pub mod summary;
pub mod texts;

pub use filled::filled;
pub use gifts::Gifts;
pub use heard::{Read, Trouble, feeds, heard};
pub use interpreter::Interpreter;
pub use labels::Labels;
pub use length::shorten;
pub use lines::Lines;
pub use polls::Polls;
pub use predictions::Predictions;
pub use rest::Rest;
pub use subs::Subs;
pub use texts::strip_texts;

//! SHELL. Everything that touches an obs-websocket: requests (`talk`), the event reader (`listen`),
//! supervision of both, OBS's own settings.
//!
//! The daemon calls [`start`] and hears of the link through [`Notice`]s; the verbs of the CLI use
//! [`Listener`] and [`Talker`] alone. Nothing here knows what the messages mean, and nothing here
//! listens on a socket.

mod act;
mod batch;
mod dial;
pub mod discovery;
mod error;
mod frame;
mod hello;
mod link;
mod listen;
mod notice;
mod options;
mod pulse;
mod refusal;
mod serve;
mod settle;
mod studio;
mod supervise;
mod talk;
mod target;
mod text;

pub use batch::Batch;
pub use error::{Cause, ConnectError, Gone, Kind, LARGEST_MESSAGE, RequestError, Step};
pub use listen::Listener;
pub use notice::{Info, Notice, Stop};
pub use options::Options;
pub use studio::{InputState, PAGE_EVENT};
pub use supervise::{Obs, start};
pub use talk::{StreamStatus, Talker, Version};
pub use target::Target;
pub use text::Installed;

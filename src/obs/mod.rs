//! SHELL. Everything that uses obs-websocket: requests (`request_connection`), the event reader
//! (`event_connection`), the supervision of both, and OBS's own settings.
//!
//! The daemon calls [`start`] and receives [`Notice`]s about the link. The verbs of the CLI use
//! [`EventConnection`] and [`RequestConnection`] without supervision. Nothing here interprets the
//! messages, and nothing listens on a socket.

mod act;
mod batch;
mod dial;
pub mod discovery;
mod error;
mod event_connection;
mod frame;
mod hello;
mod keepalive;
mod link;
mod notice;
mod options;
mod process;
mod refusal;
mod request_connection;
mod running;
mod scenes;
mod serve;
mod settle;
mod shown;
mod subscription;
mod supervise;
mod target;
mod text;

pub use batch::Batch;
pub use error::{Cause, ConnectError, Gone, Kind, LARGEST_MESSAGE, RequestError, Step};
pub use event_connection::EventConnection;
pub use link::WhenObsEnds;
pub use notice::{Info, Notice, Stop};
pub use options::Options;
pub use process::Process;
pub use request_connection::{RequestConnection, StreamStatus, Version};
pub use scenes::{InputState, PAGE_EVENT};
pub use supervise::{Obs, start};
pub use target::Target;
pub use text::Installed;

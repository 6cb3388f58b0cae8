//! The state that nearly every component uses. It is passed to their methods, and has no methods of
//! its own.

use super::{
    config_state::ConfigState,
    connection::Connection,
    counts::Counts,
    emitter::Emitter,
    io::{Run, Settings},
    model::Model,
    output::Output,
};

/// Contains the config, this run, OBS, the credits, the events to emit, and the effects.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) settings: Settings,
    pub(super) run: Run,
    pub(super) obs: Connection,
    pub(super) model: Model,
    pub(super) emitter: Emitter,
    pub(super) out: Output,
    /// The result of the last change of the config file.
    pub(super) config: ConfigState,
    pub(super) counts: Counts,
    /// The kind of the last event that was received or published, and its time in Unix
    /// milliseconds.
    pub(super) last: Option<(Box<str>, i64)>,
}

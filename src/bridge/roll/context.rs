//! The arguments of the roll's methods.

use crate::{
    bridge::{base::Base, io::Now, presence::Presence},
    event::EmittedEvent,
    mapping::interpreter::Playback,
};

/// Everything that a method of [`Roll`](super::Roll) may need.
#[derive(Debug)]
pub(in crate::bridge) struct Context<'a> {
    pub(in crate::bridge) base: &'a mut Base,
    pub(in crate::bridge) presence: &'a Presence,
    /// Whether Twitchat is being asked for its summary.
    pub(in crate::bridge) is_asking: bool,
    pub(in crate::bridge) now: Now,
}

pub(super) fn emit(cx: &mut Context<'_>, event: EmittedEvent) {
    let base = &mut *cx.base;
    base.emitter
        .emit(event, Playback::Live, &mut base.out, cx.now);
}

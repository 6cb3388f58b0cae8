//! What somebody plays back from a recording, to see how overlays look: told as if it happened now, written down nowhere, counted in no
//! credits. Nothing that is known of the channel, its people or its Twitchat changes by it: a recording may be of any of them.

use super::{Core, port::Now};
use crate::{
    event::Message,
    mapping::{self, Gifts, Lines, Polls, Predictions, Subs, general::States},
    twitchat::{catalogue, catalogue::Class},
};

/// Polls, predictions, gifts, subscriptions, chat lines and states that are played back, apart from the real ones.
#[derive(Debug, Default)]
pub(super) struct Stage {
    pub(super) polls: Polls,
    pub(super) predictions: Predictions,
    pub(super) gifts: Gifts,
    pub(super) lines: Lines,
    pub(super) subs: Subs,
    pub(super) states: States,
}

impl Core {
    /// A message of a recording.
    pub(super) fn replayed(&mut self, message: &Message, now: Now) {
        let class = catalogue::look_up(&message.kind).map(|entry| entry.class);
        if matches!(class, Some(Class::Action | Class::Question)) {
            return;
        }
        self.on_stage(|core| {
            core.tell_message(message, now);
            if class == Some(Class::Event) {
                let (kind, data) = (&*message.kind, message.data.as_deref());
                let mut facts = core.stage.polls.heard(kind, data, now.wall_ms);
                facts.extend(core.stage.predictions.heard(kind, data, now.wall_ms));
                facts.extend(mapping::heard(kind, data).facts);
                for fact in facts {
                    core.tell_fact(&fact, message.id.as_deref(), now);
                }
            }
        });
    }

    /// Does something that is a replay: the events it tells say so.
    pub(super) fn on_stage(&mut self, act: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.replaying, true);
        act(self);
        self.replaying = before;
    }
}

//! What somebody plays back from a recording, to see how overlays look: told as if it happened now,
//! written down nowhere, counted in no credits. Nothing that is known of the channel, its people or
//! its Twitchat changes by it: a recording may be of any of them.

use super::{Bridge, port::Now, telling::at};
use crate::{
    event::Message,
    mapping::{self, interpreter::Playback},
    twitchat::{catalogue, catalogue::Class},
};

impl Bridge {
    /// A message of a recording.
    pub(super) fn replayed(&mut self, message: &Message, now: Now) {
        let class = catalogue::look_up(&message.kind).map(|entry| entry.class);
        if matches!(class, Some(Class::Action | Class::Question)) {
            return;
        }
        self.tell_message(message, Playback::Recorded, now);
        if class == Some(Class::Event) {
            let (kind, data) = (&*message.kind, message.data.as_deref());
            let mut facts = self.recorded.ballots(kind, data, &at(now, None));
            facts.extend(mapping::heard(kind, data).facts);
            for fact in facts {
                self.tell_fact(&fact, message.id.as_deref(), Playback::Recorded, now);
            }
        }
    }
}

//! Sends messages to pages: over OBS, and by obs-browser's vendor request.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Roll,
    context::Context,
    rolling::{REVISION, Rolling},
};
use crate::{
    bridge::{
        io::{Effect, Note},
        output::Output,
    },
    event::received::BRIDGE,
};

impl Roll {
    pub(super) fn send_roll(&self, cx: &mut Context<'_>) {
        if let Some(roll) = self.rolling.as_ref().filter(|roll| roll.is_whole()) {
            let message = to_pages(
                &cx.base.out,
                "roll",
                [("roll".to_owned(), roll.object(cx.now).into())],
            );
            cx.base.out.send(&message);
        }
    }

    pub(super) fn put_control(
        &mut self,
        roll: Option<Uuid>,
        command: &str,
        value: Value,
        place: Option<(Option<u64>, u64)>,
        cx: &mut Context<'_>,
    ) {
        let mut fields = vec![
            ("roll".to_owned(), json!(roll)),
            ("command".to_owned(), command.into()),
            ("value".to_owned(), value),
            ("seq".to_owned(), self.controls.next_seq().into()),
        ];
        // Places of names belong to one revision of the roll, and OBS may change the order.
        let revision = self.rolling.as_ref().map_or(0, Rolling::revision);
        if revision > 0 {
            fields.push((REVISION.to_owned(), revision.into()));
        }
        if let Some((at, elapsed_ms)) = place {
            fields.push(("elapsedMs".to_owned(), elapsed_ms.into()));
            fields.extend(at.map(|at| ("at".to_owned(), at.into())));
        }
        let message = to_pages(&cx.base.out, "control", fields);
        cx.base.out.send(&message);
        self.emit(&message, cx);
    }

    /// Whether the vendor request is the only way to reach pages, and possible.
    fn feeds(&self, cx: &Context<'_>) -> bool {
        self.shown && cx.base.obs.is_up() && self.pages.count() == 0 && !self.feed.is_broken()
    }

    /// Sends the roll again by the vendor request, if that is due.
    pub(super) fn feed_pages(&mut self, cx: &mut Context<'_>) {
        if self.rolling.is_none() || !self.feed.is_due(cx.now.mono_ms) {
            return;
        }
        if !self.feeds(cx) {
            // The roll is sent at once when this changes.
            self.feed.fed(0, cx.now.mono_ms);
            return;
        }
        let Some(roll) = self.rolling.as_ref().filter(|roll| roll.is_whole()) else {
            return;
        };
        let mut object = roll.object(cx.now);
        object.insert("seconds".into(), roll.seconds().into());
        let message = to_pages(&cx.base.out, "roll", [("roll".to_owned(), object.into())]);
        let size = self.emit(&message, cx);
        self.feed.fed(size, cx.now.mono_ms);
    }

    /// Sends a message to pages without a connection. Returns its size in bytes, or 0 if no page
    /// would receive it.
    fn emit(&self, message: &Map<String, Value>, cx: &mut Context<'_>) -> usize {
        if !self.feeds(cx) {
            return 0;
        }
        let json = Value::Object(message.clone()).to_string();
        let size = json.len();
        cx.base.out.push(Effect::Emit(json.into()));
        size
    }

    /// OBS refused the vendor request, so it is not used again on this connection.
    pub(in crate::bridge) fn feed_failed(&mut self, why: &str, out: &mut Output) {
        if self.feed.break_off() {
            out.note(Note::NoVendor { why: why.into() });
        }
    }
}

/// Makes a message to pages with these fields.
pub(super) fn to_pages(
    out: &Output,
    overlay: &str,
    fields: impl IntoIterator<Item = (String, Value)>,
) -> Map<String, Value> {
    let mut message = Map::from_iter([
        ("origin".to_owned(), Value::from(BRIDGE)),
        ("bridge".to_owned(), out.bridge().into()),
        ("overlay".to_owned(), overlay.into()),
    ]);
    message.extend(fields);
    message
}

//! Acts as Twitchat's own end-credits overlay, so that its buttons, triggers and controls work on
//! our page.
//!
//! Twitchat's overlay works like this: it announces itself when it is asked, and every 20 s. The
//! buttons "start" and "test" make Twitchat send the summary without a question, with the settings
//! of its overlay; "stop" makes it send an empty one. The `resubs` of a test hold current
//! subscribers, which a real summary never does. `speed` makes the original overlay faster by this
//! many pixels per second with each frame, until 0 is sent. `scrollTo` holds it at a section until
//! the same section is sent again.

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::{
    Roll,
    buttons::Button,
    context::Context,
    rolling::{Cause, Rolling},
};
use crate::{
    bridge::io::FromTwitchat,
    credits::roll::Kind,
    event::Message,
    request::{Command, Place, RollOptions},
    twitchat::{
        Generation,
        catalogue::name_in,
        credits_settings::CONFIGS,
        lenient::{self, Flag, Number, Rows, Text},
        summary::Summary,
    },
};

const ASK_PRESENCE: [&str; 2] = [
    "GET_CREDITS_OVERLAY_PRESENCE",
    "GET_ENDING_CREDITS_PRESENCE",
];
const PRESENCE: &str = "CREDITS_OVERLAY_PRESENCE";
const CONTROL: [&str; 2] = ["ENDING_CREDITS_CONTROL", "SET_ENDING_CREDITS_CONTROL"];
const COMPLETE: &str = "ENDING_CREDITS_COMPLETE";
/// Milliseconds between two announcements, as with Twitchat's own overlay.
const PRESENCE_MS: u64 = 20_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Control<'a> {
    prev: Flag,
    next: Flag,
    speed: Number,
    #[serde(borrow)]
    scroll_to: Text<'a>,
    #[serde(borrow, rename = "scrollToSectionID")]
    scroll_to_section: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Params<'a> {
    #[serde(borrow)]
    slots: Rows<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Slot<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    slot_type: Text<'a>,
}

/// The button that made Twitchat send an unasked summary; `None` if the summary is an answer to
/// somebody's question.
fn button(summary: &Summary) -> Option<Button> {
    if summary.is_empty_stop() {
        return Some(Button::Stop);
    }
    match summary.has_params {
        true if summary.is_test() => Some(Button::Test),
        true => Some(Button::Start),
        false => None,
    }
}

impl Roll {
    /// Handles a message that may be meant for an end-credits overlay.
    pub(in crate::bridge) fn play_overlay(&mut self, message: &Message, cx: &mut Context<'_>) {
        if !cx.base.settings.overlay.twitchat {
            return;
        }
        let (kind, data) = (&*message.kind, message.data.as_deref());
        if ASK_PRESENCE.contains(&kind) {
            if self.is_there() {
                let generation = if kind.starts_with("GET_ENDING") {
                    Generation::Third
                } else {
                    Generation::Second
                };
                self.presence.want(generation);
                self.presence_due_ms = Some(cx.now.mono_ms + PRESENCE_MS);
            }
        } else if CONTROL.contains(&kind) {
            self.steer(data, cx);
        } else if CONFIGS.contains(&kind) {
            self.learn_slots(data);
        }
    }

    /// Handles a summary that may be the effect of a button. Returns whether it was.
    pub(in crate::bridge) fn press(
        &mut self,
        data: Option<&RawValue>,
        cx: &mut Context<'_>,
    ) -> bool {
        let Some(summary) = data
            .and_then(|data| Summary::read(data).ok())
            .filter(|_| cx.base.settings.overlay.twitchat)
        else {
            return false;
        };
        let Some(button) = button(&summary) else {
            return false;
        };
        if let Some(params) = data
            .and_then(lenient::object::<With<'_>>)
            .and_then(|with| with.params)
        {
            self.learn_slots(Some(params));
        }
        match button {
            Button::Stop => {
                self.buttons.forget();
                if self.rolling.is_some() || self.pending.is_some() {
                    self.stop(cx);
                }
            }
            // If no page shows the credits, the button is meant for Twitchat's own overlay.
            Button::Start | Button::Test if self.is_there() => {
                self.buttons.press(button);
                self.run_button(cx);
            }
            Button::Start | Button::Test => {}
        }
        true
    }

    /// Begins the roll of the last press, if the limit allows it.
    pub(super) fn run_button(&mut self, cx: &mut Context<'_>) {
        if let Some(button) = self.buttons.take(cx.now.mono_ms) {
            let options = RollOptions {
                test: button == Button::Test,
                ..RollOptions::default()
            };
            // The only error is a roll that is too large for OBS.
            drop(self.start(options, Cause::Twitchat, None, cx));
        }
    }

    fn steer(&mut self, data: Option<&RawValue>, cx: &mut Context<'_>) {
        let Some(control) = data.and_then(lenient::object::<Control<'_>>) else {
            return;
        };
        let mut commands = Vec::new();
        if let Some(speed) = control.speed.0 {
            // The speed that the original overlay reaches after about a second.
            commands.push(Command::Speed(1.0 + speed));
        }
        let slot = if control.scroll_to.is_empty() {
            &control.scroll_to_section
        } else {
            &control.scroll_to
        };
        if !slot.is_empty() {
            commands.extend(self.hold_at(&slot.0, &cx.base.settings.overlay.followed));
        }
        if control.next.0 {
            commands.push(Command::Next);
        }
        if control.prev.0 {
            commands.push(Command::Previous);
        }
        for command in commands {
            // An error means that no roll is on or that there is no such section. Twitchat's own
            // overlay ignores that as well.
            drop(self.control(&command, cx));
        }
        if let (Some(roll), false) = (&mut self.rolling, slot.is_empty()) {
            roll.held = roll.position.is_paused().then(|| (&*slot.0).into());
        }
    }

    /// The commands that hold the roll at a section of Twitchat's overlay. If it is already held
    /// there, the roll resumes.
    fn hold_at(&self, slot: &str, followed: &FromTwitchat) -> Vec<Command> {
        let Some(roll) = &self.rolling else {
            return Vec::new();
        };
        if roll.held.as_deref() == Some(slot) {
            return vec![Command::Resume];
        }
        let kind = self.slots.get(slot).map_or(slot, |kind| kind);
        let is_of = |(id, kinds): &(Box<str>, Vec<Kind>)| {
            **id == *slot || kinds.iter().any(|known| known.is_slot(kind))
        };
        let own = followed.slots.iter().find(|(known, _)| **known == *slot);
        let place = |section: &str| roll.sections.iter().position(|(id, _)| **id == *section);
        let index = own
            .and_then(|(_, section)| place(section))
            .or_else(|| roll.sections.iter().position(is_of));
        index
            .map(|index| vec![Command::Goto(Place::Index(index)), Command::Pause])
            .unwrap_or_default()
    }

    fn learn_slots(&mut self, params: Option<&RawValue>) {
        let Some(params) = params.and_then(lenient::object::<Params<'_>>) else {
            return;
        };
        let slots = params
            .slots
            .0
            .into_iter()
            .filter_map(lenient::object::<Slot<'_>>)
            .filter(|slot| !slot.id.is_empty());
        self.slots = slots
            .map(|slot| ((&*slot.id.0).into(), (&*slot.slot_type.0).into()))
            .collect();
    }

    /// Announces the overlay to Twitchat when a page appears, and every 20 s.
    pub(super) fn mind_presence(&mut self, cx: &mut Context<'_>) {
        let there = cx.base.settings.overlay.twitchat
            && cx.base.obs.is_up()
            && self.is_there()
            && cx.presence.is_present();
        if !there {
            self.presence_due_ms = None;
        } else if self
            .presence_due_ms
            .is_none_or(|due_ms| cx.now.mono_ms >= due_ms)
        {
            self.presence_due_ms = Some(cx.now.mono_ms + PRESENCE_MS);
            self.presence
                .want(cx.presence.generation().unwrap_or(Generation::Second));
        }
        for generation in self.presence.take(cx.now.mono_ms) {
            send_to_twitchat(PRESENCE, generation, cx);
        }
    }

    /// Announces the end of the credits, which runs the triggers that the user has made for it. Our
    /// own tests do not, because they must not end a stream.
    pub(super) fn send_twitchat_complete(&self, cx: &mut Context<'_>) {
        let is_due = |roll: &Rolling| !roll.test || roll.cause == Cause::Twitchat;
        if cx.base.settings.overlay.twitchat && self.rolling.as_ref().is_some_and(is_due) {
            let generation = cx.presence.generation().unwrap_or(Generation::Second);
            send_to_twitchat(COMPLETE, generation, cx);
        }
    }
}

fn send_to_twitchat(kind: &str, generation: Generation, cx: &mut Context<'_>) {
    let generation = generation.max(Generation::Second);
    if let Some(name) = name_in(kind, generation) {
        cx.base.out.send_action(name, Value::Object(Map::new()));
    }
}

#[derive(Deserialize)]
struct With<'a> {
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

//! The roll of the end credits: when it begins and ends, which pages show it, and how it is
//! controlled.
//!
//! A roll has an id, so everything that is sent about it may be sent again. Pages on OBS report
//! their state. Pages that cannot report get the roll by obs-browser's vendor request; the bridge
//! assumes that they take as long as it has estimated. Twitchat's own buttons are in [`twitchat`].

mod adopt;
mod begin;
mod buttons;
mod context;
mod controls;
mod feed;
mod following;
mod guests;
mod hidden;
mod hide;
mod looks;
mod pages;
mod pending;
mod position;
mod recovery;
mod rolling;
mod scene;
mod send;
mod steer;
mod stored;
mod twitchat;
mod welcome;

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    archive::Archive,
    io::{Note, Now},
};
use crate::{
    credits::roll::{Reason, doubt_of_theme},
    event::EmittedEvent,
    request::{PageState, Report, RequestError, RollOptions},
};
pub(super) use begin::get_roll;
use buttons::{Buttons, OverlayPresence};
pub(super) use context::Context;
use context::emit;
use controls::Controls;
use feed::Feed;
use looks::Looks;
use pages::Pages;
use pending::Pending;
use recovery::Recovery;
pub(super) use rolling::Cause;
use rolling::Rolling;

/// The state of the end credits.
#[derive(Debug, Default)]
pub(super) struct Roll {
    pages: Pages,
    rolling: Option<Rolling>,
    pending: Option<Pending>,
    /// Whether the scene on air shows the page.
    shown: bool,
    looks: Looks,
    controls: Controls,
    /// Whether Twitchat has to be asked for its summary.
    asks_summary: bool,
    /// When OBS was asked about the music, on the monotonic clock; `None` if no answer is pending.
    asked_music_ms: Option<u64>,
    feed: Feed,
    /// Maps the ids of the sections in Twitchat's own overlay to their types.
    slots: HashMap<Box<str>, Box<str>>,
    presence_due_ms: Option<u64>,
    buttons: Buttons,
    presence: OverlayPresence,
    recovery: Recovery,
}

/// Milliseconds after which OBS will no longer answer about the music.
const MUSIC_MS: u64 = 15_000;

/// Milliseconds by which the position that a page reports may differ from the assumed one.
const AGREES_MS: f64 = 250.0;

/// Minimum milliseconds between the ends of two passes.
const PASS_MS: u64 = 2_000;

impl Roll {
    /// When [`Self::run`] is due; `None` if it is not.
    pub(super) fn due_ms(&self) -> Option<u64> {
        let pending = self.pending.as_ref().map(|pending| pending.deadline_ms);
        let end = self
            .rolling
            .as_ref()
            .filter(|_| self.pages.count() == 0)
            .and_then(|roll| roll.position.reaches_ms(roll.length_ms))
            .and_then(|end_ms| self.recovery.assumes_end_ms(end_ms));
        let feed = self.rolling.as_ref().and_then(|_| self.feed.due_ms());
        let hidden = self.rolling.as_ref().and_then(|roll| roll.people.due_ms());
        let guests = self.guests_due_ms();
        let look = self.looks.due_ms();
        let controls = self.controls.due_ms();
        let limits = [
            guests,
            look,
            controls,
            self.buttons.due_ms(),
            self.presence.due_ms(),
            self.rolling.as_ref().and_then(|_| self.recovery.due_ms()),
        ];
        [
            pending,
            end,
            feed,
            hidden,
            self.pages.due_ms(),
            self.presence_due_ms,
        ]
        .into_iter()
        .chain(limits)
        .flatten()
        .min()
    }

    /// Whether any page shows the credits, as far as is known.
    fn is_there(&self) -> bool {
        self.shown || self.pages.count() > 0
    }

    /// Number of names that the reply to a page's report will have: 0 if the page shows the current
    /// roll.
    pub(super) fn names_for(&self, report: &Report) -> usize {
        self.rolling
            .as_ref()
            .filter(|roll| report.roll != Some(roll.id) && roll.is_whole())
            .map_or(0, |roll| roll.names)
    }

    /// The `overlay` of the reply to `GetStatus`.
    pub(super) fn status(&self, now: Now) -> Value {
        let roll = self.rolling.as_ref().map(|roll| {
            json!({ "id": roll.id, "test": roll.test, "state": roll.state(),
                "elapsedMs": roll.position.elapsed_ms(now.mono_ms),
                "seconds": roll.seconds(), "pace": <&str>::from(roll.why.pace), "names": roll.names,
                "noMusic": roll.why.no_music })
        });
        let preparing = self
            .pending
            .as_ref()
            .map(|pending| json!({ "id": pending.id, "test": false, "state": "preparing" }));
        json!({ "roll": roll.or(preparing), "shown": self.shown, "pages": self.pages.status() })
    }

    /// Whether Twitchat has to be asked for its summary because of a roll. If so, the next call
    /// returns `false`.
    pub(super) fn take_summary_question(&mut self) -> bool {
        std::mem::take(&mut self.asks_summary)
    }

    /// `RollCredits`: ends the current roll and begins one with the present credits, or with those
    /// of a session that was read. Rules use it as well. An error if the roll is too large for OBS.
    pub(super) fn start(
        &mut self,
        options: RollOptions,
        cause: Cause,
        archive: Option<Arc<Archive>>,
        cx: &mut Context<'_>,
    ) -> Result<Map<String, Value>, RequestError> {
        let id = cx.base.out.fresh_uuid();
        self.pending = None;
        let configured = &cx.base.settings.overlay.script.look.theme;
        let doubt = options
            .theme
            .as_ref()
            .filter(|theme| *theme != configured)
            .and_then(|theme| doubt_of_theme(theme));
        let pending = self.prepare_roll(id, options, cause, archive, cx);
        let (test, mut state) = (pending.options.test, "preparing");
        if pending.is_ready() {
            self.begin_roll(pending, cx)?;
            state = "rolling";
        } else {
            self.pending = Some(pending);
        }
        let seconds = self
            .rolling
            .as_ref()
            .filter(|roll| roll.id == id)
            .map(Rolling::seconds);
        let reply = json!({ "roll": id, "test": test, "state": state, "seconds": seconds,
            "pages": self.pages.count(), "shown": self.shown });
        let mut reply = into_map(reply);
        if let Some(doubt) = doubt {
            reply.insert("warnings".into(), json!([doubt]));
        }
        Ok(reply)
    }

    /// `StopCredits`. The reply shows whether a roll was on. A roll that only a page shows is
    /// stopped too.
    pub(super) fn stop(&mut self, cx: &mut Context<'_>) -> Map<String, Value> {
        let pending = self.pending.take();
        let stopped = self
            .end_roll("Stopped", cx)
            .or(pending.map(|pending| pending.id))
            .or_else(|| self.pages.shown_roll());
        if self.rolling.is_none() && stopped.is_some() {
            self.send_control(stopped, "stop", Value::Null, None, cx);
        }
        into_map(json!({ "roll": stopped, "stopped": stopped.is_some() }))
    }

    /// `OverlayReport`: a page reports its state. The reply contains the roll that it should show,
    /// if it shows another one.
    pub(super) fn page_report(
        &mut self,
        client: &str,
        report: Report,
        cx: &mut Context<'_>,
    ) -> Map<String, Value> {
        let (state, shows, seconds) = (report.state, report.roll, report.seconds);
        let names = report.names;
        let at_ms = report.elapsed_ms.filter(|_| report.shows_roll());
        let pace = report.pace;
        self.adopt(&report, cx);
        self.pages.report(client, report, cx.now);
        let mut reply = Map::new();
        if let Some(roll) = &mut self.rolling {
            if shows == Some(roll.id) {
                let is_new = |length_ms: &f64| (length_ms - roll.length_ms).abs() > 0.5;
                if let Some(length_ms) = seconds.map(|seconds| seconds * 1_000.0).filter(is_new) {
                    roll.length_ms = length_ms;
                    self.recovery.want_movement();
                }
                if let (Some(pace), true) = (pace, roll.why.pace != Reason::Music) {
                    roll.why.pace = pace;
                }
                if names.is_some_and(|names| names < roll.names) {
                    roll.guests.send_again();
                }
                // A page begins when it has laid out the roll, later than the bridge assumes.
                let is_off =
                    |at_ms: &f64| (at_ms - roll.position.at(cx.now.mono_ms)).abs() > AGREES_MS;
                if let Some(at_ms) = at_ms.filter(is_off) {
                    roll.position.jump(at_ms, cx.now.mono_ms);
                    self.recovery.want_movement();
                }
                if state == PageState::Complete {
                    self.complete_roll(cx);
                }
            } else if roll.is_whole() {
                reply.insert("roll".into(), roll.object(cx.now).into());
            }
        }
        self.mind_presence(cx);
        reply
    }

    /// A pass has ended: ends the roll, unless it repeats.
    fn complete_roll(&mut self, cx: &mut Context<'_>) {
        let Some(roll) = &mut self.rolling else {
            return;
        };
        if !roll.passes.repeat {
            self.end_roll("Completed", cx);
            return;
        }
        // Several pages end the same pass at slightly different times.
        if roll
            .passes
            .last_ms
            .is_some_and(|last_ms| cx.now.mono_ms < last_ms + PASS_MS)
        {
            return;
        }
        roll.passes.last_ms = Some(cx.now.mono_ms);
        roll.position.jump(0.0, cx.now.mono_ms);
        self.recovery.want_movement();
        self.emit_roll("Completed", cx);
        self.send_twitchat_complete(cx);
        self.renew_pass(cx);
    }

    /// Ends the roll. Returns its id, or `None` if no roll was on.
    fn end_roll(&mut self, how: &'static str, cx: &mut Context<'_>) -> Option<Uuid> {
        let id = self.rolling.as_ref()?.id;
        // Stored first, so that a restart does not end the roll a second time.
        Self::store_end(cx);
        self.recovery.ended(id);
        if how == "Completed" {
            self.send_twitchat_complete(cx);
        }
        self.emit_roll(how, cx);
        let roll = self.rolling.take()?;
        self.feed.pause();
        cx.base.out.note(Note::RollEnded {
            how,
            test: roll.test,
        });
        Some(roll.id)
    }

    /// Emits `Credits.Started`, `.Completed`, `.Stopped`, `.Paused` or `.Resumed`.
    fn emit_roll(&mut self, kind: &str, cx: &mut Context<'_>) {
        let Some(roll) = self
            .rolling
            .as_ref()
            .filter(|_| cx.base.emitter.is_needed())
        else {
            return;
        };
        let data = json!({ "roll": roll.id, "test": roll.test, "seconds": roll.seconds(),
            "names": roll.names,
            "elapsedMs": roll.position.elapsed_ms(cx.now.mono_ms), "cause": roll.cause });
        emit(cx, EmittedEvent::new("Credits", kind, data));
    }

    /// Does everything that is due.
    pub(super) fn run(&mut self, cx: &mut Context<'_>) {
        self.pages.forget(cx.now.mono_ms);
        self.begin_pending(cx);
        if self.pages.count() == 0
            && let Some(roll) = &self.rolling
            && roll
                .position
                .reaches_ms(roll.length_ms)
                .and_then(|end_ms| self.recovery.assumes_end_ms(end_ms))
                .is_some_and(|end_ms| cx.now.mono_ms >= end_ms)
        {
            self.complete_roll(cx);
        }
        self.run_button(cx);
        self.run_look(cx);
        self.run_controls(cx);
        self.store(cx);
        self.feed_pages(cx);
        self.mind_presence(cx);
    }

    /// OBS is connected again: sends the roll again, because pages may have missed everything.
    pub(super) fn connected(&mut self, cx: &mut Context<'_>) {
        self.recovery.connected(cx.now.mono_ms);
        self.feed.mend();
        self.feed.revive(cx.now.mono_ms);
        if let Some(scene) = cx.base.obs.scene().map(ToOwned::to_owned) {
            self.look_at_scene(&scene, false, cx);
        }
        self.send_roll(cx);
    }

    /// The connection to OBS is lost, and with it all pages.
    pub(super) fn disconnected(&mut self) {
        self.pages.clear();
        self.shown = false;
        self.looks.forget();
        self.presence.forget();
        self.presence_due_ms = None;
    }
}

fn into_map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value {
        map
    } else {
        Map::new()
    }
}

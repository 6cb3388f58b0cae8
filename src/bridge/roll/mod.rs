//! The end credits roll: when they begin and end, who shows them, and how they are steered.
//!
//! A roll has an id; everything that is sent about it may be sent again. Pages on OBS report what
//! they show; a page that cannot (fed by obs-browser's vendor request) is trusted to take as long
//! as it was told. Twitchat's own buttons are in [`twitchat`].

mod begin;
mod feed;
mod hidden;
mod pages;
mod position;
mod scene;
mod twitchat;

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Bridge,
    limit::RateLimit,
    port::{Effect, Note, Now},
};
use crate::{
    credits::roll::Kind,
    event::{Event, heard::BRIDGE},
    request::{Command, PageState, Place, Report, RequestError, RollWish},
};
use begin::Pending;
use feed::Feed;
use hidden::Shown;
use pages::Pages;
use position::Position;
use scene::Looks;

/// Who asked for a roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// A request, a rule.
    Asked,
    /// Its scene went on air; it ends when the scene leaves.
    Scene,
    /// A button in Twitchat.
    Twitchat,
}

/// A roll that is on.
#[derive(Debug)]
struct Rolling {
    id: Uuid,
    test: bool,
    cause: Cause,
    /// What pages are sent, but for how far it is.
    object: Map<String, Value>,
    position: Position,
    /// How long it takes: the estimate, until a page has measured.
    length_ms: f64,
    /// Where each section is in the middle, by the estimate.
    starts_ms: Vec<f64>,
    sections: Vec<(Box<str>, Vec<Kind>)>,
    names: usize,
    repeats: bool,
    /// When its last pass ended, if it repeats.
    passed_ms: Option<u64>,
    /// The section that Twitchat holds it at.
    held: Option<Box<str>>,
    /// Where people stand in it, and who of them is hidden.
    people: Shown,
}

/// Everything about the end credits.
#[derive(Debug)]
pub(super) struct Show {
    pages: Pages,
    rolling: Option<Rolling>,
    pending: Option<Pending>,
    /// Controls sent in this run.
    seq: u64,
    /// The page's source is in the scene on air.
    shown: bool,
    looks: Looks,
    controls: RateLimit,
    /// Controls were left out: pages are to be told where the roll is.
    astray: RateLimit,
    /// The music was asked about, and OBS has not answered yet.
    asked_music_ms: Option<u64>,
    feed: Feed,
    /// Twitchat's ids of its own overlay's sections, with their types.
    slots: HashMap<Box<str>, Box<str>>,
    presence_due_ms: Option<u64>,
    buttons: twitchat::Buttons,
    presence: twitchat::Presence,
}

/// Controls at once, and the pause between further ones. Whoever steers by hand stays below that.
const CONTROLS: u64 = 20;
const CONTROL_EACH_MS: u64 = 100;
/// After controls were left out, pages are told the state this much later.
const ASTRAY_EACH_MS: u64 = 500;
/// OBS has answered by then, or not at all.
const MUSIC_MS: u64 = 15_000;

impl Default for Show {
    fn default() -> Self {
        Self {
            pages: Pages::default(),
            rolling: None,
            pending: None,
            seq: 0,
            shown: false,
            looks: Looks::default(),
            controls: RateLimit::new(CONTROLS, CONTROL_EACH_MS),
            astray: RateLimit::new(1, ASTRAY_EACH_MS),
            asked_music_ms: None,
            feed: Feed::default(),
            slots: HashMap::new(),
            presence_due_ms: None,
            buttons: twitchat::Buttons::default(),
            presence: twitchat::Presence::default(),
        }
    }
}

/// A second pass cannot end sooner after the first.
const PASS_MS: u64 = 2_000;

impl Rolling {
    fn object(&self, now: Now) -> Map<String, Value> {
        let mut object = self.object.clone();
        self.people.write(&mut object);
        object.insert(
            "elapsedMs".into(),
            self.position.elapsed_ms(now.mono_ms).into(),
        );
        object.insert("paused".into(), self.position.is_paused().into());
        object.insert("rate".into(), self.position.factor().into());
        object
    }

    fn seconds(&self) -> f64 {
        self.length_ms / 1_000.0
    }

    /// The section that is in the middle, by the estimate.
    fn section_at(&self, at_ms: f64) -> Option<usize> {
        self.starts_ms
            .iter()
            .rposition(|start| *start <= at_ms + 1.0)
    }

    fn state(&self) -> &'static str {
        if self.position.is_paused() {
            "paused"
        } else {
            "rolling"
        }
    }
}

impl Show {
    /// When something is to be done at the latest.
    pub(super) fn due_ms(&self) -> Option<u64> {
        let pending = self.pending.as_ref().map(|pending| pending.deadline_ms);
        let end = self
            .rolling
            .as_ref()
            .filter(|_| self.pages.count() == 0)
            .and_then(|roll| roll.position.reaches_ms(roll.length_ms));
        let feed = self.rolling.as_ref().and_then(|_| self.feed.due_ms());
        let hidden = self.rolling.as_ref().and_then(|roll| roll.people.due_ms());
        let look = self.looks.due_ms();
        let astray = self
            .astray
            .due_ms()
            .map(|due_ms| due_ms.max(self.controls.free_ms()));
        let limits = [look, astray, self.buttons.due_ms(), self.presence.due_ms()];
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

    /// Whether anybody could see a roll.
    fn is_there(&self) -> bool {
        self.shown || self.pages.count() > 0
    }

    /// How many names the reply to a page's report will have: none if it shows the roll that is on.
    pub(super) fn names_for(&self, report: &Report) -> usize {
        self.rolling
            .as_ref()
            .filter(|roll| report.roll != Some(roll.id))
            .map_or(0, |roll| roll.names)
    }

    /// What `GetStatus` says.
    pub(super) fn status(&self, now: Now) -> Value {
        let roll = self.rolling.as_ref().map(|roll| {
            json!({ "id": roll.id, "test": roll.test, "state": roll.state(),
                "elapsedMs": roll.position.elapsed_ms(now.mono_ms),
                "seconds": roll.seconds(), "names": roll.names })
        });
        let preparing = self
            .pending
            .as_ref()
            .map(|pending| json!({ "id": pending.id, "test": false, "state": "preparing" }));
        json!({ "roll": roll.or(preparing), "shown": self.shown, "pages": self.pages.status() })
    }
}

impl Bridge {
    /// `RollCredits`: what is on ends, and the credits as they are now roll. Rules call it too.
    pub(super) fn roll_credits(
        &mut self,
        wish: RollWish,
        cause: Cause,
        now: Now,
    ) -> Result<Map<String, Value>, RequestError> {
        let id = self.fresh_uuid();
        self.show.pending = None;
        let pending = self.prepare_roll(id, wish, cause, now);
        let (test, mut state) = (pending.wish.test, "preparing");
        if pending.is_ready() {
            self.begin_roll(pending, now)?;
            state = "rolling";
        } else {
            self.show.pending = Some(pending);
        }
        let show = &self.show;
        let seconds = show
            .rolling
            .as_ref()
            .filter(|roll| roll.id == id)
            .map(Rolling::seconds);
        let reply = json!({ "roll": id, "test": test, "state": state, "seconds": seconds,
            "pages": show.pages.count(), "shown": show.shown });
        Ok(into_map(reply))
    }

    /// `StopCredits`. Tells whether anything was on.
    pub(super) fn stop_credits(&mut self, now: Now) -> Map<String, Value> {
        let pending = self.show.pending.take();
        let stopped = self
            .end_roll("Stopped", now)
            .or(pending.map(|pending| pending.id));
        if self.show.rolling.is_none() && stopped.is_some() {
            self.send_control(stopped, "stop", Value::Null, None, now);
        }
        into_map(json!({ "roll": stopped, "stopped": stopped.is_some() }))
    }

    /// `ControlCredits`.
    #[expect(clippy::too_many_lines, reason = "one arm for each command")]
    pub(super) fn control_credits(
        &mut self,
        command: &Command,
        now: Now,
    ) -> Result<Map<String, Value>, RequestError> {
        if *command == Command::Stop {
            return Ok(self.stop_credits(now));
        }
        let Some(roll) = &mut self.show.rolling else {
            let why = match self.show.pending {
                Some(_) => {
                    "the credits do not roll yet: Twitchat is being asked for what it still has to \
                        tell"
                }
                None => "no credits roll: RollCredits begins them",
            };
            return Err(RequestError::Unavailable(why.into()));
        };
        let id = roll.id;
        let at_ms = roll.position.at(now.mono_ms);
        let here = roll.section_at(at_ms);
        let mut to = |place: Option<usize>| {
            if let Some(start) = place.and_then(|place| roll.starts_ms.get(place)) {
                roll.position.jump(*start, now.mono_ms);
            }
        };
        let mut event = None;
        let (word, value) = match command {
            Command::Pause | Command::Resume => {
                let pause = *command == Command::Pause;
                event = (roll.position.is_paused() != pause).then_some(if pause {
                    "Paused"
                } else {
                    "Resumed"
                });
                roll.position.pause(pause, now.mono_ms);
                roll.held = roll.held.take().filter(|_| pause);
                (if pause { "pause" } else { "resume" }, Value::Null)
            }
            Command::Next => {
                to(Some(here.map_or(0, |here| here + 1)));
                ("next", Value::Null)
            }
            Command::Previous => {
                to(Some(here.unwrap_or(0).saturating_sub(1)));
                ("previous", Value::Null)
            }
            Command::Speed(factor) => {
                roll.position.speed(*factor, now.mono_ms);
                ("speed", json!(factor))
            }
            Command::Goto(Place::At(at_ms)) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "milliseconds of a roll are far below 2^53"
                )]
                roll.position.jump(*at_ms as f64, now.mono_ms);
                ("goto", Value::Null)
            }
            Command::Goto(place) => {
                let index = match place {
                    Place::Index(index) => {
                        Some(*index).filter(|index| *index < roll.sections.len())
                    }
                    Place::Section(id) => roll
                        .sections
                        .iter()
                        .position(|(known, _)| known.eq_ignore_ascii_case(id)),
                    Place::At(_) => None,
                };
                let Some(index) = index else {
                    let known = roll
                        .sections
                        .iter()
                        .map(|(id, _)| &**id)
                        .collect::<Vec<_>>()
                        .join(", ");
                    return Err(RequestError::Unavailable(format!(
                        "there is no such section in this roll; there are: {known}"
                    )));
                };
                to(Some(index));
                (
                    "goto",
                    roll.sections
                        .get(index)
                        .map_or(Value::Null, |(id, _)| Value::from(&**id)),
                )
            }
            Command::Look(part) => {
                // For pages that come later as well.
                if let Some(look) = roll.object.get_mut("look").and_then(Value::as_object_mut) {
                    look.extend(part.clone());
                }
                ("look", Value::Object(part.clone()))
            }
            Command::Stop => ("stop", Value::Null),
        };
        let (elapsed_ms, state) = (roll.position.elapsed_ms(now.mono_ms), roll.state());
        let at = if let Command::Goto(Place::At(at_ms)) = command {
            Some(*at_ms)
        } else {
            None
        };
        self.send_control(
            Some(id),
            word,
            value,
            at.or(Some(elapsed_ms)).map(|ms| (at, ms)),
            now,
        );
        if let Some(kind) = event {
            self.tell_roll(kind, now);
        }
        Ok(into_map(
            json!({ "roll": id, "state": state, "elapsedMs": elapsed_ms }),
        ))
    }

    /// `OverlayReport`: a page says what it shows. The reply hands it what it should show.
    pub(super) fn overlay_report(
        &mut self,
        client: &str,
        report: Report,
        now: Now,
    ) -> Map<String, Value> {
        let (state, shows, seconds) = (report.state, report.roll, report.seconds);
        self.show.pages.report(client, report, now);
        let mut reply = Map::new();
        if let Some(roll) = &mut self.show.rolling {
            if shows == Some(roll.id) {
                if let Some(seconds) = seconds {
                    roll.length_ms = seconds * 1_000.0;
                }
                if state == PageState::Complete {
                    self.complete_roll(now);
                }
            } else {
                reply.insert("roll".into(), roll.object(now).into());
            }
        }
        self.mind_presence(now);
        reply
    }

    /// A pass has ended: the end, unless it repeats.
    fn complete_roll(&mut self, now: Now) {
        let Some(roll) = &mut self.show.rolling else {
            return;
        };
        if !roll.repeats {
            self.end_roll("Completed", now);
            return;
        }
        // Several pages end the same pass, each a little later than the other.
        if roll
            .passed_ms
            .is_some_and(|passed_ms| now.mono_ms < passed_ms + PASS_MS)
        {
            return;
        }
        roll.passed_ms = Some(now.mono_ms);
        roll.position.jump(0.0, now.mono_ms);
        self.tell_roll("Completed", now);
        self.tell_twitchat_complete();
    }

    /// The roll is over. Tells which it was.
    fn end_roll(&mut self, how: &'static str, now: Now) -> Option<Uuid> {
        self.show.rolling.as_ref()?;
        if how == "Completed" {
            self.tell_twitchat_complete();
        }
        self.tell_roll(how, now);
        let roll = self.show.rolling.take()?;
        self.show.feed.rest();
        self.out.push(Effect::Note(Note::RollEnded {
            how,
            test: roll.test,
        }));
        Some(roll.id)
    }

    /// `Credits.Started`, `.Completed`, `.Stopped`, `.Paused`, `.Resumed`.
    fn tell_roll(&mut self, kind: &str, now: Now) {
        let Some(roll) = self.show.rolling.as_ref().filter(|_| self.is_heard()) else {
            return;
        };
        let cause = match roll.cause {
            Cause::Asked => "request",
            Cause::Scene => "scene",
            Cause::Twitchat => "twitchat",
        };
        let data = json!({ "roll": roll.id, "test": roll.test, "seconds": roll.seconds(),
            "names": roll.names,
            "elapsedMs": roll.position.elapsed_ms(now.mono_ms), "cause": cause });
        self.tell(Event::new("Credits", kind, data), now);
    }

    /// What is due.
    pub(super) fn run_roll(&mut self, now: Now) {
        self.show.pages.forget(now.mono_ms);
        self.begin_pending(now);
        if self.show.pages.count() == 0
            && let Some(roll) = &self.show.rolling
            && roll
                .position
                .reaches_ms(roll.length_ms)
                .is_some_and(|end_ms| now.mono_ms >= end_ms)
        {
            self.complete_roll(now);
        }
        self.run_button(now);
        self.run_look(now);
        self.run_controls(now);
        self.feed_pages(now);
        self.mind_presence(now);
    }

    /// OBS is there again: pages may have missed everything.
    pub(super) fn show_up(&mut self, now: Now) {
        self.show.feed.revive(now.mono_ms);
        if let Some(scene) = self.scene.clone() {
            self.look_at_scene(&scene, false, now);
        }
        self.send_roll(now);
    }

    /// OBS is gone and all pages with it.
    pub(super) fn show_down(&mut self) {
        self.show.pages.clear();
        self.show.shown = false;
        self.show.looks.forget();
        self.show.presence.forget();
        self.show.presence_due_ms = None;
    }

    fn send_roll(&mut self, now: Now) {
        if let Some(roll) = &self.show.rolling {
            let message = self.to_pages("roll", [("roll".to_owned(), roll.object(now).into())]);
            self.send(&message);
        }
    }

    /// Sends pages a control. In a flood of them some are left out, and pages are told where the
    /// roll is when it is over. A stop is never left out: there is one for each roll at most.
    fn send_control(
        &mut self,
        roll: Option<Uuid>,
        command: &str,
        value: Value,
        place: Option<(Option<u64>, u64)>,
        now: Now,
    ) {
        if command == "stop" {
            self.show.astray.forget();
        } else if self.show.astray.is_wanted() || !self.show.controls.allows(now.mono_ms) {
            self.show.astray.want();
            return;
        }
        self.put_control(roll, command, value, place);
    }

    /// Tells pages how the roll looks, moves and where it is, after controls were left out.
    fn run_controls(&mut self, now: Now) {
        if !self.show.astray.is_wanted()
            || self.show.controls.free_ms() > now.mono_ms
            || !self.show.astray.take(now.mono_ms)
        {
            return;
        }
        let Some(roll) = &self.show.rolling else {
            return;
        };
        let (id, at_ms) = (Some(roll.id), roll.position.elapsed_ms(now.mono_ms));
        let look = roll.object.get("look").cloned().unwrap_or_default();
        let (factor, is_paused) = (roll.position.factor(), roll.position.is_paused());
        let place = |at| Some((at, at_ms));
        self.put_control(id, "look", look, place(None));
        self.put_control(id, "speed", json!(factor), place(None));
        self.put_control(id, "goto", Value::Null, place(Some(at_ms)));
        self.put_control(
            id,
            if is_paused { "pause" } else { "resume" },
            Value::Null,
            place(None),
        );
    }

    fn put_control(
        &mut self,
        roll: Option<Uuid>,
        command: &str,
        value: Value,
        place: Option<(Option<u64>, u64)>,
    ) {
        self.show.seq += 1;
        let mut fields = vec![
            ("roll".to_owned(), json!(roll)),
            ("command".to_owned(), command.into()),
            ("value".to_owned(), value),
            ("seq".to_owned(), self.show.seq.into()),
        ];
        if let Some((at, elapsed_ms)) = place {
            fields.push(("elapsedMs".to_owned(), elapsed_ms.into()));
            fields.extend(at.map(|at| ("at".to_owned(), at.into())));
        }
        let message = self.to_pages("control", fields);
        self.send(&message);
        self.emit(&message);
    }

    /// The envelope of what pages are told.
    fn to_pages(
        &self,
        overlay: &str,
        fields: impl IntoIterator<Item = (String, Value)>,
    ) -> Map<String, Value> {
        let mut message = Map::from_iter([
            ("origin".to_owned(), Value::from(BRIDGE)),
            ("bridge".to_owned(), self.run.bridge.to_string().into()),
            ("overlay".to_owned(), overlay.into()),
        ]);
        message.extend(fields);
        message
    }
}

fn into_map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value {
        map
    } else {
        Map::new()
    }
}

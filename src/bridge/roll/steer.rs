//! Controls a roll: pause, speed, position and look.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Roll, context::Context, into_map};
use crate::{
    credits::roll::doubt_of_theme,
    request::{Command, Place, RequestError},
};

impl Roll {
    /// `ControlCredits`. An error if no roll is on, or if there is no such section.
    #[expect(clippy::too_many_lines, reason = "one arm for each command")]
    pub(in crate::bridge) fn control(
        &mut self,
        command: &Command,
        cx: &mut Context<'_>,
    ) -> Result<Map<String, Value>, RequestError> {
        if *command == Command::Stop {
            return Ok(self.stop(cx));
        }
        let Some(roll) = &mut self.rolling else {
            let why = match self.pending {
                Some(_) => {
                    "the credits do not roll yet: the bridge is asking Twitchat for the events it \
                        missed"
                }
                None => "no credits roll: RollCredits begins them",
            };
            return Err(RequestError::Unavailable(why.into()));
        };
        if matches!(command, Command::Look(_)) {
            self.recovery.want_all();
        } else {
            self.recovery.want_movement();
        }
        let (id, is_whole) = (roll.id, roll.is_whole());
        let at_ms = roll.position.at(cx.now.mono_ms);
        let here = roll.section_at(at_ms);
        let mut to = |place: Option<usize>| {
            if let Some(start) = place.and_then(|place| roll.starts_ms.get(place)) {
                roll.position.jump(*start, cx.now.mono_ms);
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
                roll.position.pause(pause, cx.now.mono_ms);
                roll.held = roll.held.take().filter(|_| pause);
                (if pause { "pause" } else { "resume" }, Value::Null)
            }
            Command::Next => {
                to(Some(here.map_or(0, |here| here + 1)));
                ("next", Value::Null)
            }
            Command::Previous => {
                // Before the first section there is nothing to go back to.
                to(here.map(|here| here.saturating_sub(1)));
                ("previous", Value::Null)
            }
            Command::Speed(factor) => {
                roll.position.speed(*factor, cx.now.mono_ms);
                ("speed", json!(factor))
            }
            Command::Goto(Place::At(at_ms)) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "milliseconds of a roll are far below 2^53"
                )]
                roll.position.jump(*at_ms as f64, cx.now.mono_ms);
                ("goto", Value::Null)
            }
            Command::Goto(Place::Section(section)) if !is_whole => ("goto", json!(section)),
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
                // The roll's object is changed too, for pages that load later.
                if let Some(look) = roll.object.get_mut("look").and_then(Value::as_object_mut) {
                    look.extend(part.clone());
                }
                ("look", Value::Object(part.clone()))
            }
            Command::Stop => ("stop", Value::Null),
        };
        let (elapsed_ms, state) = (roll.position.elapsed_ms(cx.now.mono_ms), roll.state());
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
            cx,
        );
        if let Some(kind) = event {
            self.emit_roll(kind, cx);
        }
        let mut reply = into_map(json!({ "roll": id, "state": state, "elapsedMs": elapsed_ms }));
        if let Command::Look(part) = command
            && let Some(doubt) = part
                .get("theme")
                .and_then(Value::as_str)
                .and_then(doubt_of_theme)
        {
            reply.insert("warnings".into(), json!([doubt]));
        }
        Ok(reply)
    }

    /// The look in the settings has changed: updates the current roll and its pages.
    pub(in crate::bridge) fn restyle(&mut self, look: Map<String, Value>, cx: &mut Context<'_>) {
        if self.rolling.is_some() {
            // The roll is on, so the command is accepted.
            drop(self.control(&Command::Look(look), cx));
        }
    }

    /// Sends a control to pages. If too many controls arrive, some are left out, and pages get the
    /// roll's state afterwards. A stop is never left out: there is at most one for each roll.
    pub(super) fn send_control(
        &mut self,
        roll: Option<Uuid>,
        command: &str,
        value: Value,
        place: Option<(Option<u64>, u64)>,
        cx: &mut Context<'_>,
    ) {
        if command == "stop" {
            self.controls.forget();
        } else if !self.controls.allows(cx.now.mono_ms) {
            return;
        }
        self.put_control(roll, command, value, place, cx);
    }

    /// Sends pages the look, speed and position of the roll, after controls were left out.
    pub(super) fn run_controls(&mut self, cx: &mut Context<'_>) {
        if !self.controls.take(cx.now.mono_ms) {
            return;
        }
        let Some(roll) = &self.rolling else {
            return;
        };
        let (id, at_ms) = (Some(roll.id), roll.position.elapsed_ms(cx.now.mono_ms));
        let look = roll.object.get("look").cloned().unwrap_or_default();
        let (factor, is_paused) = (roll.position.factor(), roll.position.is_paused());
        let place = |at| Some((at, at_ms));
        self.put_control(id, "look", look, place(None), cx);
        self.put_control(id, "speed", json!(factor), place(None), cx);
        self.put_control(id, "goto", Value::Null, place(Some(at_ms)), cx);
        self.put_control(
            id,
            if is_paused { "pause" } else { "resume" },
            Value::Null,
            place(None),
            cx,
        );
    }
}

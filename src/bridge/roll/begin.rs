//! How a roll begins: what must be known first, and what it is made of then.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Cause, Position, Rolling, hidden::Shown};
use crate::{
    bridge::{
        Bridge,
        port::{Effect, Note, Now},
    },
    credits::{
        Fold, LeftOut, PersonId,
        roll::{self, Given, Look, Section},
        sample,
    },
    event::Person,
    request::{RequestError, RollWish, reply},
};

/// A roll that waits for the summary, or for how long its music is.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) id: Uuid,
    pub(super) wish: RollWish,
    pub(super) cause: Cause,
    pub(super) deadline_ms: u64,
    wants_summary: bool,
    wants_music: bool,
    music_seconds: Option<f64>,
}

impl Pending {
    pub(super) fn is_ready(&self) -> bool {
        !self.wants_summary && !self.wants_music
    }
}

impl Bridge {
    /// Asks for what a roll needs to know.
    pub(super) fn prepare_roll(
        &mut self,
        id: Uuid,
        wish: RollWish,
        cause: Cause,
        now: Now,
    ) -> Pending {
        let overlay = &self.settings.overlay;
        let patient = overlay.wait_ms > 0 && self.obs.is_some();
        let music = overlay
            .music
            .clone()
            .filter(|_| patient && wish.seconds.is_none() && wish.speed.is_none());
        let deadline_ms = now.mono_ms + overlay.wait_ms;
        let wants_summary = patient && !wish.test && self.ask_summary_now(now);
        let wants_music = music.is_some();
        // An answer that is on its way is for this roll as well.
        let asked = self
            .show
            .asked_music_ms
            .is_some_and(|asked_ms| now.mono_ms < asked_ms + super::MUSIC_MS);
        if let Some(input) = music.filter(|_| !asked) {
            self.show.asked_music_ms = Some(now.mono_ms);
            self.out.push(Effect::AskMusic { input });
        }
        Pending {
            id,
            wish,
            cause,
            deadline_ms,
            wants_summary,
            wants_music,
            music_seconds: None,
        }
    }

    /// How long the music is, if OBS could say.
    pub(in crate::bridge) fn music(&mut self, seconds: Result<f64, String>, now: Now) {
        self.show.asked_music_ms = None;
        let Some(pending) = self
            .show
            .pending
            .as_mut()
            .filter(|pending| pending.wants_music)
        else {
            return;
        };
        pending.wants_music = false;
        match seconds {
            Ok(seconds) => pending.music_seconds = Some(seconds),
            Err(why) => self.out.push(Effect::Note(Note::NoMusic { why })),
        }
        self.begin_pending(now);
    }

    /// Begins what waited for something, once it is there or the time is up.
    pub(super) fn begin_pending(&mut self, now: Now) {
        let asked = self.is_asking_summary();
        let Some(pending) = &mut self.show.pending else {
            return;
        };
        pending.wants_summary &= asked;
        if !pending.is_ready() && now.mono_ms < pending.deadline_ms {
            return;
        }
        if let Some(pending) = self.show.pending.take()
            && let Err(error) = self.begin_roll(pending, now)
        {
            self.out.push(Effect::Note(Note::RollRefused {
                why: error.to_string(),
            }));
        }
    }

    /// Makes the roll of what is known now and sends it.
    pub(super) fn begin_roll(&mut self, pending: Pending, now: Now) -> Result<(), RequestError> {
        let Pending {
            id,
            wish,
            cause,
            music_seconds,
            ..
        } = pending;
        let test = wish.test;
        let (object, mut rolling) = self.make_roll(id, &wish, cause, music_seconds, now);
        // As it will travel: what OBS cannot carry is refused as a whole.
        reply::message(&self.to_pages("roll", [("roll".to_owned(), object.clone().into())]))?;
        rolling.object = object;
        self.end_roll("Stopped", now);
        self.out.push(Effect::Note(Note::RollBegins {
            test,
            names: rolling.names,
            pages: self.show.pages.count(),
            shown: self.show.shown,
        }));
        self.show.rolling = Some(rolling);
        self.send_roll(now);
        self.tell_roll("Started", now);
        self.show.feed.revive(now.mono_ms);
        if !self.show.shown
            && let Some(scene) = self.scene.clone()
            && self.obs.is_some()
        {
            self.look_at_scene(&scene, false, now);
        }
        self.feed_pages(now);
        Ok(())
    }

    /// `GetRoll`: the roll as it would begin, for who makes a page of it.
    pub(in crate::bridge) fn get_roll(&mut self, wish: &RollWish, now: Now) -> Map<String, Value> {
        let id = self.fresh_uuid();
        let (mut object, rolling) = self.make_roll(id, wish, Cause::Asked, None, now);
        object.insert("seconds".into(), rolling.seconds().into());
        object.insert("elapsedMs".into(), 0.into());
        super::into_map(json!({ "roll": object, "names": rolling.names }))
    }

    fn make_roll(
        &self,
        id: Uuid,
        wish: &RollWish,
        cause: Cause,
        music_seconds: Option<f64>,
        now: Now,
    ) -> (Map<String, Value>, Rolling) {
        let overlay = &self.settings.overlay;
        let look = look(&overlay.script.look, wish, music_seconds);
        let made_up: Option<Fold> = match (wish.test, wish.crowd) {
            (true, Some(crowd)) => Some(crowd.credits(now.wall_ms)),
            (true, None) => Some(sample::credits(
                &self.fold,
                &self.settings.credits.ignore,
                now.wall_ms,
            )),
            (false, _) => None,
        };
        let fold = made_up.as_ref().unwrap_or(&self.fold);
        let channel = self.broadcaster().map(|who| {
            if who.display.is_empty() {
                who.login
            } else {
                who.display
            }
        });
        let given = Given {
            now_ms: now.wall_ms,
            started_ms: self.session.started_ms,
            zone: overlay.zone.clone(),
            channel: channel.unwrap_or_default().into(),
        };
        let sections = roll::sections(&overlay.script, fold, &self.settings.credits, &given);
        let length = roll::length(&sections, &look, overlay.script.height);
        let places = match (&made_up, wish.crowd) {
            (None, _) => roll::places(&sections),
            // Test credits of people who were seen have entries of their own.
            (Some(test), None) => roll::places(&sections)
                .into_iter()
                .filter_map(|(place, who)| Some((place, self.real(test, who)?)))
                .collect(),
            (Some(_), Some(_)) => Vec::new(),
        };
        let names = sections.iter().map(Section::len).sum();
        let mut object = super::into_map(
            json!({ "id": id, "test": wish.test, "look": look, "sections": sections,
                "seconds": null }),
        );
        if overlay.script.emotes {
            object.insert(
                "emotes".into(),
                json!(emotes(
                    fold,
                    &LeftOut::new(fold, &self.settings.credits.ignore)
                )),
            );
        }
        let rolling = Rolling {
            id,
            test: wish.test,
            cause,
            object: Map::new(),
            position: Position::start(now.mono_ms),
            length_ms: length.seconds * 1_000.0,
            starts_ms: length
                .sections
                .iter()
                .map(|start| start * 1_000.0)
                .collect(),
            sections: sections
                .into_iter()
                .map(|section| (section.id, section.kinds))
                .collect(),
            names,
            repeats: look.repeats,
            passed_ms: None,
            held: None,
            people: Shown::new(places),
        };
        (object, rolling)
    }
}

impl Bridge {
    /// Somebody of test credits as the bridge knows them.
    fn real(&self, test: &Fold, who: PersonId) -> Option<PersonId> {
        let known = test.people.known(who)?;
        self.fold.people.find(&Person::on(
            known.platform,
            &known.id,
            &known.login,
            &known.display,
        )?)
    }
}

/// The config's look, with what this roll wishes.
fn look(base: &Look, wish: &RollWish, music_seconds: Option<f64>) -> Look {
    let mut look = base.clone();
    if let Some(seconds) = wish.seconds.or(music_seconds) {
        look.seconds = Some(seconds);
    }
    if let Some(speed) = wish.speed {
        look.speed = speed;
        look.seconds = wish.seconds;
    }
    look.mode = wish.mode.unwrap_or(look.mode);
    look.delay = wish.delay.unwrap_or(look.delay);
    look.repeats = wish.repeats.unwrap_or(look.repeats);
    if let Some(theme) = &wish.theme {
        look.theme.clone_from(theme);
    }
    look
}

/// Pictures of power-ups, each once.
fn emotes<'a>(fold: &'a Fold, left_out: &LeftOut<'_>) -> Vec<&'a str> {
    const MOST: usize = 50;
    let mut seen = std::collections::HashSet::new();
    let shown = fold
        .session
        .extras()
        .power_ups
        .list()
        .iter()
        .filter(|one| !left_out.has(one.who));
    let images = shown.map(|one| &*one.image);
    images
        .filter(|image| !image.is_empty() && seen.insert(*image))
        .take(MOST)
        .collect()
}

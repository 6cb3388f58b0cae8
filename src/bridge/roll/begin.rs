//! Prepares and begins a roll.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    MUSIC_MS, Roll,
    context::Context,
    guests::Guests,
    hidden::Shown,
    into_map,
    pending::Pending,
    position::Position,
    rolling::{Cause, Made, Passes, Rolling, Why},
    send::to_pages,
};
use crate::{
    bridge::{
        archive::Archive,
        base::Base,
        io::{Effect, Note, Now},
        summary,
    },
    credits::{
        Fold, LeftOut, PersonId,
        roll::{self, Duration, Given, Look, Reason, Section},
        sample, test_audience,
    },
    input::duration,
    request::{RequestError, RollOptions, reply},
};

impl Roll {
    /// Asks for the summary and for the length of the music, as far as the roll needs them.
    pub(super) fn prepare_roll(
        &mut self,
        id: Uuid,
        options: RollOptions,
        cause: Cause,
        archive: Option<Arc<Archive>>,
        cx: &mut Context<'_>,
    ) -> Pending {
        let overlay = &cx.base.settings.overlay;
        let patient = overlay.wait_ms > 0 && cx.base.obs.is_up();
        let music = overlay
            .music
            .clone()
            .filter(|_| patient && options.seconds.is_none() && options.speed.is_none());
        let deadline_ms = cx.now.mono_ms + overlay.wait_ms;
        let wants_summary =
            patient && !options.test && archive.is_none() && summary::can_ask(cx.presence);
        self.asks_summary |= wants_summary;
        let wants_music = music.is_some();
        let wait = duration::show(std::time::Duration::from_millis(overlay.wait_ms));
        // The answer to an earlier question serves this roll too.
        let asked = self
            .asked_music_ms
            .is_some_and(|asked_ms| cx.now.mono_ms < asked_ms + MUSIC_MS);
        if let Some(input) = music.filter(|_| !asked) {
            self.asked_music_ms = Some(cx.now.mono_ms);
            cx.base.out.push(Effect::AskMusic { input });
        }
        Pending {
            id,
            options,
            cause,
            archive,
            deadline_ms,
            wants_summary,
            wants_music,
            music: wants_music.then(|| Err(format!("OBS has not answered within {wait}"))),
        }
    }

    /// OBS has answered how long the music is, or why that is unknown.
    pub(in crate::bridge) fn music(&mut self, seconds: Result<f64, String>, cx: &mut Context<'_>) {
        self.asked_music_ms = None;
        let Some(pending) = self.pending.as_mut().filter(|pending| pending.wants_music) else {
            return;
        };
        pending.wants_music = false;
        if let Err(why) = &seconds {
            cx.base.out.note(Note::NoMusic { why: why.clone() });
        }
        pending.music = Some(seconds);
        self.begin_pending(cx);
    }

    /// Begins the pending roll if everything that it waits for has arrived, or its deadline has
    /// passed.
    pub(super) fn begin_pending(&mut self, cx: &mut Context<'_>) {
        let is_asking = cx.is_asking || self.asks_summary;
        let Some(pending) = &mut self.pending else {
            return;
        };
        pending.wants_summary &= is_asking;
        if !pending.is_ready() && cx.now.mono_ms < pending.deadline_ms {
            return;
        }
        if let Some(pending) = self.pending.take()
            && let Err(error) = self.begin_roll(pending, cx)
        {
            cx.base.out.note(Note::RollRefused {
                why: error.to_string(),
            });
        }
    }

    /// Makes the roll from the current state, ends the previous one, and sends it to the pages. An
    /// error if the roll is too large for OBS.
    pub(super) fn begin_roll(
        &mut self,
        pending: Pending,
        cx: &mut Context<'_>,
    ) -> Result<(), RequestError> {
        let Pending {
            id,
            options,
            cause,
            archive,
            music,
            ..
        } = pending;
        let test = options.test;
        let (music_seconds, no_music) = match music {
            Some(Ok(seconds)) => (Some(seconds), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, None),
        };
        let (object, mut rolling) =
            make_roll(id, &options, cause, archive.as_deref(), music_seconds, cx);
        rolling.why.no_music = no_music;
        // The whole message is checked first: a roll that OBS cannot carry is refused as a whole.
        reply::message(&to_pages(
            &cx.base.out,
            "roll",
            [("roll".to_owned(), object.clone().into())],
        ))?;
        rolling.object = object;
        self.end_roll("Stopped", cx);
        cx.base.out.note(Note::RollBegins {
            test,
            names: rolling.names,
            pages: self.pages.count(),
            shown: self.shown,
        });
        self.rolling = Some(rolling);
        self.recovery.want_all();
        self.send_roll(cx);
        self.emit_roll("Started", cx);
        self.feed.revive(cx.now.mono_ms);
        if !self.shown
            && let Some(scene) = cx.base.obs.scene().map(ToOwned::to_owned)
            && cx.base.obs.is_up()
        {
            self.look_at_scene(&scene, false, cx);
        }
        self.feed_pages(cx);
        Ok(())
    }
}

/// `GetRoll`: the roll as it would begin now, for a program that makes a page of it.
pub(in crate::bridge) fn get_roll(
    options: &RollOptions,
    archive: Option<&Archive>,
    cx: &mut Context<'_>,
) -> Map<String, Value> {
    let id = cx.base.out.fresh_uuid();
    let (mut object, rolling) = make_roll(id, options, Cause::Asked, archive, None, cx);
    object.insert("seconds".into(), rolling.seconds().into());
    object.insert("elapsedMs".into(), 0.into());
    into_map(json!({ "roll": object, "names": rolling.names }))
}

/// Makes the object that pages receive, and the state of the roll.
pub(super) fn make_roll(
    id: Uuid,
    options: &RollOptions,
    cause: Cause,
    archive: Option<&Archive>,
    music_seconds: Option<f64>,
    cx: &Context<'_>,
) -> (Map<String, Value>, Rolling) {
    let overlay = &cx.base.settings.overlay;
    let credits = cx.base.settings.roll_options();
    let look = look(overlay.look(), options, music_seconds);
    let made_up: Option<Fold> = match (options.test, options.test_audience) {
        (true, Some(test_audience)) => Some(test_audience.credits(cx.now.wall_ms)),
        (true, None) => {
            let people = sample::seen(cx.base.model.fold(), &credits.ignore);
            Some(test_audience::credits_of(&people, cx.now.wall_ms))
        }
        (false, _) => None,
    };
    let live = cx.base.model.fold();
    let fold = made_up
        .as_ref()
        .or_else(|| archive.map(Archive::fold))
        .unwrap_or(live);
    let given = match archive {
        Some(archive) => Given {
            now_ms: archive.time_ms(cx.now.wall_ms),
            started_ms: archive.session().started_ms,
            ..given(cx.base, cx.now)
        },
        None => given(cx.base, cx.now),
    };
    let sections = roll::sections(&overlay.script, fold, &credits, &given);
    let length = roll::length(&sections, &look, overlay.script.height);
    let places = match options.test_audience {
        Some(_) => Vec::new(),
        None if std::ptr::eq(fold, live) => roll::places(&sections),
        // In other credits than the present ones, people have ids of their own.
        None => roll::places(&sections)
            .into_iter()
            .filter_map(|(place, who)| Some((place, known(live, fold, who)?)))
            .collect(),
    };
    let names = sections.iter().map(Section::len).sum();
    let mut object = into_map(
        json!({ "id": id, "test": options.test, "look": look, "sections": sections,
                "seconds": null }),
    );
    if overlay.script.emotes {
        object.insert(
            "emotes".into(),
            json!(emotes(fold, &LeftOut::new(fold, &credits.ignore))),
        );
    }
    let rolling = Rolling {
        id,
        test: options.test,
        cause,
        object: Map::new(),
        position: Position::start(cx.now.mono_ms),
        length_ms: length.seconds * 1_000.0,
        why: Why {
            pace: match music_seconds {
                Some(_) => Reason::Music,
                None => length.reason,
            },
            no_music: None,
        },
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
        passes: Passes {
            repeat: look.repeats,
            last_ms: None,
        },
        held: None,
        guests: Guests::since(live.changes()),
        people: Shown::new(places, cx.base.model.fold().edits().revision()),
        made: Made {
            of_earlier: archive.is_some(),
            options: archive.is_none().then(|| options.clone()),
            music_seconds,
            look: into_map(json!(look)),
            length_ms: length.seconds * 1_000.0,
        },
    };
    (object, rolling)
}

/// The data that the sections need besides the credits.
fn given(base: &Base, now: Now) -> Given {
    let channel = base.model.broadcaster().map(|who| {
        if who.display.is_empty() {
            who.login
        } else {
            who.display
        }
    });
    Given {
        now_ms: now.wall_ms,
        started_ms: base.model.session().started_ms,
        zone: base.settings.overlay.zone.clone(),
        channel: channel.unwrap_or_default().into(),
        language: base.settings.overlay.language(),
    }
}

/// The sections of a roll that would begin now.
pub(super) fn current_sections(base: &Base, now: Now) -> Vec<Section> {
    let plan = &base.settings.overlay.script;
    let fold = base.model.fold();
    roll::sections(plan, fold, &base.settings.roll_options(), &given(base, now))
}

/// Finds a person of a test roll or an earlier session among the people that the bridge has seen.
pub(super) fn known(fold: &Fold, other: &Fold, who: PersonId) -> Option<PersonId> {
    let known = other.people.known(who)?;
    fold.people.find(&known.person()?)
}

/// The config's look, with the options of this roll applied.
fn look(mut look: Look, options: &RollOptions, music_seconds: Option<f64>) -> Look {
    match (options.seconds, options.speed, music_seconds) {
        (Some(Duration::Auto), None, _) => {
            (look.seconds, look.speed, look.slide_seconds) = (Duration::Auto, None, None);
        }
        (Some(seconds), _, _) => look.seconds = seconds,
        (None, Some(_), _) => look.seconds = Duration::Auto,
        (None, None, Some(seconds)) => look.seconds = Duration::Seconds(seconds),
        (None, None, None) => {}
    }
    look.speed = options.speed.or(look.speed);
    look.mode = options.mode.unwrap_or(look.mode);
    look.delay = options.delay.unwrap_or(look.delay);
    look.repeats = options.repeats.unwrap_or(look.repeats);
    if let Some(theme) = &options.theme {
        look.theme.clone_from(theme);
    }
    look
}

/// Images of power-ups without duplicates.
fn emotes<'a>(fold: &'a Fold, left_out: &LeftOut<'_>) -> Vec<&'a str> {
    const MOST: usize = 50;
    let mut seen = std::collections::HashSet::new();
    let shown = fold
        .session
        .joined_extras()
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

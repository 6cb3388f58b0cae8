//! The settings of Twitchat's own end-credits overlay: learns them from Twitchat's messages, stores
//! them, and puts them into the plan of the credits if the config says so.
//!
//! Twitchat sends them while somebody changes them, with the summary if a button for the credits is
//! pressed, and in its answers to those who ask for them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    io::{FromTwitchat, LearntMeta, Now, Overlay, Settings},
    limit::RateLimit,
    output::Output,
    presence::Presence,
    settings_question::SettingsQuestion,
    summary::{Summary, can_ask},
    time::instant,
};
use crate::{
    credits::roll::{CreditsPlan, Follow, Followed, Language, follow::SECTIONS},
    twitchat::credits_settings::Params,
};

/// The setting that says whose settings the credits have.
const FOLLOW: &str = "overlay.follow";
/// The key of the meta value.
const KEY: &str = "twitchat_credits";
/// The key of the meta value with the language.
const LANGUAGE_KEY: &str = "twitchat_language";
/// Limits on changes of the plan, and on writes: number at once, and milliseconds between further
/// ones.
const CHANGES: (u64, u64) = (5, 150);
const WRITES: (u64, u64) = (2, 2_000);

/// Twitchat's settings, as far as the bridge has received them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Learnt {
    params: Map<String, Value>,
    /// The types of the slots that Twitchat reserves for its supporters.
    reserved: Vec<Box<str>>,
    /// Twitchat's text for a section without entries; may be empty.
    no_entry: Box<str>,
    /// When they were received, Unix milliseconds.
    at_ms: i64,
}

/// Twitchat's settings of the end credits.
#[derive(Debug)]
pub(super) struct Following {
    /// The plan of the config.
    configured: CreditsPlan,
    learnt: Option<Learnt>,
    /// What the learnt settings stand for.
    followed: Option<Followed>,
    /// The language of Twitchat's texts; English until they are known.
    language: Language,
    question: SettingsQuestion,
    changes: RateLimit,
    writes: RateLimit,
}

impl Following {
    /// Goes on with the settings of an earlier run.
    pub(super) fn recall(meta: &LearntMeta) -> Self {
        let json = meta.credits.as_deref();
        let learnt: Option<Learnt> = json.and_then(|json| serde_json::from_str(json).ok());
        let language = meta.language.as_deref().and_then(Language::of_code);
        Self {
            configured: CreditsPlan::default(),
            followed: learnt.as_ref().map(followed),
            learnt,
            language: language.unwrap_or_default(),
            question: SettingsQuestion::default(),
            changes: RateLimit::new(CHANGES.0, CHANGES.1),
            writes: RateLimit::new(WRITES.0, WRITES.1),
        }
    }

    /// A person was forgotten: the stored settings, which do not name them any more, take the place
    /// of those in memory.
    pub(super) fn replace(&mut self, json: Option<&str>) {
        self.learnt = json.and_then(|json| serde_json::from_str(json).ok());
        self.followed = self.learnt.as_ref().map(followed);
        self.changes.want();
    }

    /// The settings come from the config: remembers its plan, and puts Twitchat's settings into it.
    pub(super) fn reconfigure(&mut self, settings: &mut Settings) {
        self.configured.clone_from(&settings.overlay.script);
        self.put_into(&mut settings.overlay);
    }

    /// Makes the plan anew of the config's and of Twitchat's settings.
    pub(super) fn put_into(&self, overlay: &mut Overlay) {
        let found = self.learnt.as_ref().zip(self.followed.as_ref());
        let Some((learnt, followed)) = found.filter(|_| overlay.follow == Follow::Twitchat) else {
            overlay.script.clone_from(&self.configured);
            overlay.followed = FromTwitchat {
                language: self.language,
                ..FromTwitchat::default()
            };
            return;
        };
        let fixed = &overlay.fixed;
        overlay.script = followed.apply(&self.configured, fixed, &learnt.reserved);
        overlay.followed = FromTwitchat {
            ignores_bots: followed.ignores_bots(fixed),
            language: self.language,
            slots: if Followed::is_fixed(SECTIONS, fixed) {
                Vec::new()
            } else {
                let sections = followed.sections().iter();
                sections
                    .map(|one| (one.slot.clone(), one.plan.id.clone()))
                    .collect()
            },
        };
    }

    /// Settings were received. Each `None` leaves what is known.
    pub(super) fn learn(
        &mut self,
        params: Map<String, Value>,
        reserved: Option<Vec<Box<str>>>,
        no_entry: Option<Box<str>>,
        now: Now,
    ) {
        let (old_reserved, old_no_entry) = match &self.learnt {
            Some(known) => (known.reserved.clone(), known.no_entry.clone()),
            None => Default::default(),
        };
        let new = Learnt {
            params,
            reserved: reserved.unwrap_or(old_reserved),
            no_entry: no_entry.unwrap_or(old_no_entry),
            at_ms: now.wall_ms,
        };
        let is_same = self.learnt.as_ref().is_some_and(|known| {
            (&known.params, &known.reserved, &known.no_entry)
                == (&new.params, &new.reserved, &new.no_entry)
        });
        if is_same {
            return;
        }
        self.followed = Some(followed(&new));
        self.learnt = Some(new);
        self.changes.want();
        self.writes.want();
    }

    /// A text of Twitchat was received in this language.
    pub(super) fn learn_language(&mut self, language: Language) {
        if self.language != language {
            self.language = language;
            self.changes.want();
            self.writes.want();
        }
    }

    /// Whether the settings have changed and the plan is to be made anew now. If so, the next call
    /// returns `false`.
    pub(super) fn take_change(&mut self, mono_ms: u64) -> bool {
        self.changes.take(mono_ms)
    }

    /// Asks Twitchat for its settings at this time.
    pub(super) fn ask(&mut self, mono_ms: u64) {
        self.question.want(mono_ms);
    }

    /// Whether the answer to the question may still come.
    pub(super) fn awaits_answer(&self) -> bool {
        self.question.is_open()
    }

    pub(super) fn answered(&mut self) {
        self.question.answered();
    }

    /// Sends the question for the settings, and writes them, when each is due. Returns until when
    /// the question for the summary has to wait, and until when an answer could be the one to the
    /// question for the settings.
    pub(super) fn run(
        &mut self,
        presence: &Presence,
        summary: &Summary,
        out: &mut Output,
        now: Now,
    ) -> Option<(u64, u64)> {
        if self.writes.take(now.mono_ms) {
            self.write(out);
        }
        self.question
            .run(presence, may_ask(presence, summary), out, now)
    }

    pub(super) fn disconnected(&mut self) {
        self.question.forget();
    }

    pub(super) fn due_ms(&self, presence: &Presence, summary: &Summary) -> Option<u64> {
        let question = self.question.due_ms(may_ask(presence, summary));
        let limits = [&self.changes, &self.writes];
        let limits = limits.into_iter().filter_map(RateLimit::due_ms);
        question.into_iter().chain(limits).min()
    }

    /// Stores the settings if they have changed.
    pub(super) fn keep(&mut self, out: &mut Output) {
        if !self.writes.is_wanted() {
            return;
        }
        self.writes.forget();
        self.write(out);
    }

    fn write(&self, out: &mut Output) {
        out.keep(LANGUAGE_KEY, self.language.code().to_owned());
        if let Some(json) = self
            .learnt
            .as_ref()
            .and_then(|learnt| serde_json::to_string(learnt).ok())
        {
            out.keep(KEY, json);
        }
    }

    /// The `follow` in the `overlay` of the reply to `GetStatus`.
    pub(super) fn status(&self, overlay: &Overlay) -> Value {
        let follow: &str = overlay.follow.into();
        let (Some(learnt), Some(followed)) = (&self.learnt, &self.followed) else {
            return json!({ "from": follow, "known": false });
        };
        let fixed = &overlay.fixed;
        let overridden: Vec<&str> = followed
            .names()
            .filter(|name| Followed::is_fixed(name, fixed))
            .collect();
        let enabled = || followed.sections().iter().filter(|one| one.is_enabled);
        let mut reserved: Vec<&str> = enabled()
            .map(|one| &*one.slot_type)
            .filter(|slot_type| learnt.reserved.iter().any(|known| **known == **slot_type))
            .collect();
        reserved.dedup();
        let unmatched: Vec<Value> = followed
            .unmatched()
            .iter()
            .map(
                |one| json!({ "parameter": one.parameter, "section": one.section, "why": one.why }),
            )
            .collect();
        // Who has decided about the sections needs no offer.
        let is_open = [FOLLOW, SECTIONS].iter().all(|key| !fixed.contains(key));
        let offered = overlay.follow == Follow::Config && is_open && enabled().next().is_some();
        json!({ "from": follow, "known": true, "offered": offered,
            "received": instant(learnt.at_ms), "sections": enabled().count(),
            "reserved": reserved, "overridden": overridden, "unmatched": unmatched })
    }
}

fn followed(learnt: &Learnt) -> Followed {
    Followed::of(Params(&learnt.params), &learnt.no_entry)
}

/// Whether Twitchat would answer, and no other answer of the same kind is awaited.
fn may_ask(presence: &Presence, summary: &Summary) -> bool {
    presence.is_connected() && can_ask(presence) && !summary.is_pending()
}

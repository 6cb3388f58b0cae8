//! Bans at work: what a summary or somebody's own deed changes, written down as rows; when Twitchat
//! is asked for its summary because of them; what changes for labels and the roll that is on. Who
//! is banned is `credits::bans`.

use serde::{Deserialize, Serialize};

use super::{Bridge, intake::Source, journal::RowOrigin, port::Now};
use crate::{
    credits::{
        PersonId,
        bans::{Asked, Change},
    },
    event::{Fact, Message, Person, Platform},
    mapping::{self, bans::Standings},
    twitchat::summary::Summary,
};

/// `kind` of the journal's row: changes that no other row tells.
pub const KIND: &str = "bans";

/// After the first deletion of a series: Twitchat may still be told who was banned.
const FIRST_ASK_MS: u64 = 10_000;
/// Between two questions for the summary, which may have megabytes; and from the last deletion to
/// the last question.
const ASK_MS: u64 = 60_000;
/// After the beginning of a roll that did not wait for the summary.
const SOON_MS: u64 = 1_000;

/// Changes as the journal keeps them.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    banned: Vec<Line>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ended: Vec<Line>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    counted: Vec<Line>,
}

/// One person: by id, or by name if there is no id.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Line {
    platform: Box<str>,
    id: Box<str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    login: Box<str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    display: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bans: Option<u64>,
}

/// Messages are being deleted.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "the unit belongs to the name")]
struct Deletions {
    first_ms: u64,
    last_ms: u64,
    asked_ms: Option<u64>,
}

impl Deletions {
    fn due_ms(self) -> u64 {
        self.asked_ms
            .map_or(self.first_ms + FIRST_ASK_MS, |asked_ms| {
                ASK_MS + asked_ms.min(self.last_ms)
            })
    }
}

/// When to ask for the summary because of bans, on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Watch {
    deletions: Option<Deletions>,
    /// While the credits roll.
    roll_due_ms: Option<u64>,
    /// Up to which revision of the bans labels and the roll are right.
    revision: u64,
}

impl Watch {
    /// When something is to be done at the latest.
    pub(super) fn due_ms(&self) -> Option<u64> {
        [self.deletions.map(Deletions::due_ms), self.roll_due_ms]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Bridge {
    /// An accepted summary says who is banned now.
    pub(super) fn judge_bans(&mut self, summary: &Summary, asked: Asked, now: Now) {
        let changes = self
            .fold
            .bans
            .judge(&Standings::of(summary), asked, &self.fold.people);
        self.change_bans(&changes, now);
    }

    /// Those of the people in these facts who are banned and do something themselves that nobody
    /// can who is banned.
    pub(super) fn doers(&self, facts: &[Fact]) -> Vec<Person> {
        if self.fold.bans.is_empty() || self.is_of_another_channel(facts) {
            return Vec::new();
        }
        facts
            .iter()
            .filter_map(doer)
            .filter(|who| !who.is_anonymous())
            .cloned()
            .collect()
    }

    /// People did something: a ban of theirs that has been known for a while is over.
    pub(super) fn note_deeds(&mut self, doers: &[Person], now: Now) {
        let (bans, people) = (&self.fold.bans, &self.fold.people);
        let ended = doers
            .iter()
            .filter_map(|who| people.find(who))
            .filter(|who| bans.ends_by_deed(*who, now.wall_ms, people));
        let changes: Vec<_> = ended.map(|who| (who, Change::Ended)).collect();
        self.change_bans(&changes, now);
    }

    /// Whether a message comes from a channel that is not the bridge's own, as far as that is
    /// known.
    fn is_of_another_channel(&self, facts: &[Fact]) -> bool {
        let own = self.fold.broadcaster.ids();
        let channel = facts.iter().find_map(|fact| {
            if let Fact::Broadcaster { id, .. } = fact {
                Some(&**id)
            } else {
                None
            }
        });
        channel.is_some_and(|channel| !own.is_empty() && !own.contains(&channel))
    }

    /// Journals changes, then takes them from the row, as a restart will.
    fn change_bans(&mut self, changes: &[(PersonId, Change)], now: Now) {
        let mut body = Body::default();
        for (who, change) in changes {
            let Some(known) = self.fold.people.known(*who) else {
                continue;
            };
            let mut line = Line {
                platform: known.platform.as_str().into(),
                id: known.id.clone(),
                ..Line::default()
            };
            if known.id.is_empty() {
                (line.login, line.display) = (known.login.clone(), known.display.clone());
            }
            match *change {
                Change::Banned { counter } => body.banned.push(Line {
                    bans: Some(counter),
                    ..line
                }),
                Change::Ended => body.ended.push(line),
                Change::Counted { counter } => body.counted.push(Line {
                    bans: Some(counter),
                    ..line
                }),
            }
        }
        let Some(body) = serde_json::to_string(&body)
            .ok()
            .filter(|_| !changes.is_empty())
        else {
            return;
        };
        self.append(
            Source {
                origin: RowOrigin::Filled,
                kind: KIND,
                id: None,
            },
            now,
            body.as_str().into(),
        );
        self.read_bans(&body, now.wall_ms);
    }

    /// Takes the changes of a row.
    pub(super) fn read_bans(&mut self, body: &str, at_ms: i64) {
        let Ok(Body {
            banned,
            ended,
            counted,
        }) = serde_json::from_str(body)
        else {
            return;
        };
        let number = |line: &Line| line.bans.unwrap_or_default();
        let banned = banned.iter().map(|line| {
            (
                line,
                Change::Banned {
                    counter: number(line),
                },
            )
        });
        let ended = ended.iter().map(|line| (line, Change::Ended));
        let counted = counted.iter().map(|line| {
            (
                line,
                Change::Counted {
                    counter: number(line),
                },
            )
        });
        for (line, change) in banned.chain(ended).chain(counted) {
            let Line {
                platform,
                id,
                login,
                display,
                ..
            } = line;
            if let Some(person) = Person::on(Platform::parse(platform), id, login, display) {
                let who = self.fold.people.meet(&person, at_ms).who;
                self.fold.bans.apply(who, change, at_ms, &self.fold.people);
            }
        }
    }

    /// A message of Twitchat's was heard. One that was deleted is no proof of a ban, but a reason
    /// to ask.
    pub(super) fn note_deletion(&mut self, message: &Message, now: Now) {
        if self.settings.credits.ignore.banned
            && message.replay.is_none()
            && mapping::heard::is_deletion(&message.kind)
        {
            let before = Deletions {
                first_ms: now.mono_ms,
                last_ms: now.mono_ms,
                asked_ms: None,
            };
            self.ban_watch.deletions.get_or_insert(before).last_ms = now.mono_ms;
        }
    }

    /// Asks for the summary when it is time, and hands changes on to labels and the roll.
    pub(super) fn run_bans(&mut self, now: Now) {
        let mut asks = false;
        if let Some(deletions) = &mut self.ban_watch.deletions
            && now.mono_ms >= deletions.due_ms()
        {
            asks = true;
            let is_over = now.mono_ms >= deletions.last_ms + ASK_MS;
            deletions.asked_ms = Some(now.mono_ms);
            if is_over {
                self.ban_watch.deletions = None;
            }
        }
        let rolls = self.settings.credits.ignore.banned && self.rolls_real_credits();
        // A roll that did not wait for the summary asks for it soon.
        let first_ms = if self.settings.overlay.wait_ms == 0 {
            SOON_MS
        } else {
            ASK_MS
        };
        let watch = &mut self.ban_watch;
        watch.roll_due_ms = match watch.roll_due_ms.filter(|_| rolls) {
            None => rolls.then_some(now.mono_ms + first_ms),
            Some(due_ms) if now.mono_ms < due_ms => Some(due_ms),
            Some(_) => {
                asks = true;
                Some(now.mono_ms + ASK_MS)
            }
        };
        if asks {
            // With nobody to ask, the next summary will tell.
            self.ask_summary_now(now);
        }
        if std::mem::replace(&mut self.ban_watch.revision, self.fold.bans.revision())
            != self.fold.bans.revision()
        {
            self.rules.labels.touch();
            self.hide_in_roll();
        }
        self.run_hidden(now);
    }
}

/// Who does something in chat or for the channel by this fact. A gift is its giver's deed.
fn doer(fact: &Fact) -> Option<&Person> {
    match fact {
        Fact::Presence(presence) if presence.spoke => Some(&presence.who),
        Fact::Follow { who } | Fact::Cheer { who, .. } => Some(who),
        Fact::Subscription(subscription) => Some(&subscription.who),
        Fact::Gift(gift) => Some(&gift.gifter),
        Fact::Redemption(redemption) => Some(&redemption.who),
        _ => None,
    }
}

//! Handles bans. A summary, or an act of a person, may begin or end a ban, and the change is
//! journalled. Deleted messages and a roll are reasons to ask Twitchat for its summary. Labels and
//! the roll are updated after each change. `credits::bans` decides who is banned.

use serde::{Deserialize, Serialize};

use super::{
    base::Base,
    io::{Now, Settings},
    journal::Source,
};
use crate::{
    credits::{
        Fold, PersonId,
        bans::{Asked, Change},
    },
    event::{Fact, Message, Person, Platform},
    mapping::{self, bans::Standings},
    twitchat::summary::Summary,
};

/// The `kind` of journal rows with changes of bans.
pub const KIND: &str = "bans";

/// The time between the first deletion of a series and the first question for the summary, in
/// milliseconds. Twitchat may not know the ban earlier.
const FIRST_ASK_MS: u64 = 10_000;
/// The time between two questions for the summary, in milliseconds. The last question comes this
/// long after the last deletion. A summary may have megabytes.
const ASK_MS: u64 = 60_000;
/// If a roll did not wait for the summary, the bridge asks for it this many milliseconds after the
/// roll's beginning.
const SOON_MS: u64 = 1_000;

/// The body of a journal row with changes of bans.
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

/// Identifies a person by id, or by names if there is no id.
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

/// A series of deleted messages. The times are on the monotonic clock.
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

/// Decides when to ask for the summary because of bans. The times are on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Watch {
    deletions: Option<Deletions>,
    /// `None` unless a roll that is not a test is running.
    roll_due_ms: Option<u64>,
    /// The revision of the bans in labels and in the roll.
    revision: u64,
}

/// The work that is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) asks: bool,
    /// Whether labels and the roll must be updated, because bans have changed.
    pub(super) changed: bool,
}

impl Watch {
    /// The time at which [`Self::run`] is due; `None` if it is not due.
    pub(super) fn due_ms(&self) -> Option<u64> {
        [self.deletions.map(Deletions::due_ms), self.roll_due_ms]
            .into_iter()
            .flatten()
            .min()
    }

    /// Handles a message that deletes chat messages. A deletion does not prove a ban, so it is only
    /// a reason to ask for the summary.
    pub(super) fn note_deletion(&mut self, message: &Message, settings: &Settings, now: Now) {
        if settings.credits.ignore.banned
            && message.replay.is_none()
            && mapping::decode::is_deletion(&message.kind)
        {
            let before = Deletions {
                first_ms: now.mono_ms,
                last_ms: now.mono_ms,
                asked_ms: None,
            };
            self.deletions.get_or_insert(before).last_ms = now.mono_ms;
        }
    }

    /// `rolls` is `true` while a roll that is not a test is running.
    pub(super) fn run(&mut self, rolls: bool, base: &Base, now: Now) -> Due {
        let mut asks = false;
        if let Some(deletions) = &mut self.deletions
            && now.mono_ms >= deletions.due_ms()
        {
            asks = true;
            let is_over = now.mono_ms >= deletions.last_ms + ASK_MS;
            deletions.asked_ms = Some(now.mono_ms);
            if is_over {
                self.deletions = None;
            }
        }
        let rolls = base.settings.credits.ignore.banned && rolls;
        // A roll that did not wait for the summary asks for it soon after it has begun.
        let first_ms = if base.settings.overlay.wait_ms == 0 {
            SOON_MS
        } else {
            ASK_MS
        };
        self.roll_due_ms = match self.roll_due_ms.filter(|_| rolls) {
            None => rolls.then_some(now.mono_ms + first_ms),
            Some(due_ms) if now.mono_ms < due_ms => Some(due_ms),
            Some(_) => {
                asks = true;
                Some(now.mono_ms + ASK_MS)
            }
        };
        let revision = base.model.fold().bans.revision();
        let changed = std::mem::replace(&mut self.revision, revision) != revision;
        Due { asks, changed }
    }
}

/// Compares the bans with an accepted summary, which lists the people who are banned now.
pub(super) fn judge(base: &mut Base, summary: &Summary, asked: Asked, now: Now) {
    let fold = base.model.fold_mut();
    let changes = fold
        .bans
        .judge(&Standings::of(summary), asked, &fold.people);
    change(base, &changes, now);
}

/// The people who act in these facts in a way in which a banned person could not. Empty if no ban
/// is stored, or if the facts are from another channel.
pub(super) fn doers(fold: &Fold, facts: &[Fact]) -> Vec<Person> {
    if fold.bans.is_empty() || is_of_another_channel(fold, facts) {
        return Vec::new();
    }
    facts
        .iter()
        .filter_map(doer)
        .filter(|who| !who.is_anonymous())
        .cloned()
        .collect()
}

/// Ends the bans of people who act, unless a ban has become known only a moment ago.
pub(super) fn note_acts(base: &mut Base, doers: &[Person], now: Now) {
    let (bans, people) = (&base.model.fold().bans, &base.model.fold().people);
    let ended = doers
        .iter()
        .filter_map(|who| people.find(who))
        .filter(|who| bans.ends_by_act(*who, now.wall_ms, people));
    let changes: Vec<_> = ended.map(|who| (who, Change::Ended)).collect();
    change(base, &changes, now);
}

/// Whether these facts come from another channel than the bridge's own. `false` if either channel
/// is unknown.
fn is_of_another_channel(fold: &Fold, facts: &[Fact]) -> bool {
    let own = fold.broadcaster.ids();
    let channel = facts.iter().find_map(|fact| {
        if let Fact::Broadcaster { id, .. } = fact {
            Some(&**id)
        } else {
            None
        }
    });
    channel.is_some_and(|channel| !own.is_empty() && !own.contains(&channel))
}

/// After journalling the changes, this applies the row in the same way as a restart does.
fn change(base: &mut Base, changes: &[(PersonId, Change)], now: Now) {
    let mut body = Body::default();
    for (who, change) in changes {
        let Some(known) = base.model.fold().people.known(*who) else {
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
    let source = Source::filled(KIND);
    base.model
        .append(source, now.wall_ms, body.as_str().into(), &mut base.out);
    read(base.model.fold_mut(), &body, now.wall_ms);
}

/// Applies the changes of a journal row. A body that cannot be parsed changes nothing.
pub(super) fn read(fold: &mut Fold, body: &str, at_ms: i64) {
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
        let counter = number(line);
        (line, Change::Banned { counter })
    });
    let ended = ended.iter().map(|line| (line, Change::Ended));
    let counted = counted.iter().map(|line| {
        let counter = number(line);
        (line, Change::Counted { counter })
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
            let who = fold.people.register(&person, at_ms).who;
            fold.bans.apply(who, change, at_ms, &fold.people);
        }
    }
}

/// The person who acts in this fact. For a gift, this is the gifter.
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

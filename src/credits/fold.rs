//! The fold: turns journal rows into credits. The same rows in the same order give the same
//! credits, live and in a replay.

mod pages;
mod support;
mod support_list;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::Value;

pub use self::support_list::SupportLine;
use self::support_list::SupportList;
use super::{
    arrivals::{self, Arrivals},
    bans::Bans,
    edits::{Edit, Edits},
    first::Firsts,
    gift_bombs::{Announced, Change, GiftBombs},
    ignore::Broadcaster,
    joined_extras::JoinedExtras,
    known::PersonId,
    leaderboards::{Calendar, Leaderboards},
    people::{People, Registered},
    recipients::Recipients,
    redeemed::Redemptions,
    section::Section,
    single::{Once, Singles},
    subscribed::{self, Subscribed},
    tally::Tally,
    twins::{Twin, Twins},
};
use crate::event::{
    Fact, Person, Roles, cut,
    fact::{Gift, Presence, SubKind, Subscription, SupportKind},
};
use crate::mapping::{summary::Key, summary_extras::SummaryExtras};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A Twitchat page reported it when it happened. A second page may report the same fact.
    Page,
    /// It was published or played back, or a page reported it in a message without an id.
    Live,
    /// An entry of a summary that matched no live event when it came.
    Filled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Counted,
    /// It was reported before: as a part of something else, or by an entry of a summary.
    Repeat,
    /// Another Twitchat page or another program has already reported it.
    Twin,
    /// It belongs to a fact that already counts, but a summary has a separate entry for it.
    Part,
}

/// A live event that arrives this many milliseconds after an equal entry of a summary is the same
/// event.
pub const CLAIM_MS: i64 = 5_000;
/// A second raid of the same raider with as many viewers within this many milliseconds is the same
/// raid: the labels report it, and a program publishes it too.
pub const SAME_RAID_MS: i64 = 120_000;

/// Longest title, category, reward or item that is stored, in characters.
const LONGEST_TITLE: usize = 200;

/// The section for people with a role.
const ROLE_SECTIONS: [(Roles, Section); 3] = [
    (Roles::MODERATOR, Section::Moderator),
    (Roles::SUBSCRIBER, Section::Subscriber),
    (Roles::VIP, Section::VIPs),
];

#[derive(Debug)]
struct Claimable {
    key: Key,
    at_ms: i64,
    left: u32,
}

/// Distinct values, in the order in which they first appeared.
#[derive(Debug, Default)]
struct Unique {
    list: Vec<Value>,
    seen: HashSet<u64>,
}

impl Unique {
    fn add(&mut self, value: Value) {
        let mut hasher = DefaultHasher::new();
        value.to_string().hash(&mut hasher);
        if self.seen.insert(hasher.finish()) {
            self.list.push(value);
        }
    }
}

/// The credits of one session.
#[derive(Debug, Default)]
pub struct Sections {
    lists: BTreeMap<Section, Tally>,
    games: Unique,
    support: BTreeMap<SupportKind, SupportList>,
    added: BTreeMap<Box<str>, Unique>,
    gift_bombs: GiftBombs,
    recipients: Recipients,
    ledger: Vec<(i64, Key, u32)>,
    claimable: VecDeque<Claimable>,
    raids: HashMap<(PersonId, u64), i64>,
    firsts: Firsts,
    subscribed: Subscribed,
    singles: Singles,
    first_timers: Tally,
    joined_extras: JoinedExtras,
    title: Box<str>,
    facts: u64,
    arrivals: Arrivals,
}

impl Sections {
    /// The people of a section; `None` if it has none yet.
    pub fn list(&self, section: Section) -> Option<&Tally> {
        self.lists.get(&section)
    }

    /// Games, in the order in which they were first played.
    pub fn games(&self) -> &[Value] {
        &self.games.list
    }

    /// Support of this kind: tips, merch or memberships.
    pub fn support(&self, kind: SupportKind) -> &[SupportLine] {
        self.support.get(&kind).map_or(&[], SupportList::lines)
    }

    /// The lines of [`Self::support`], with one line for entries that are shown as one person.
    pub fn support_of<'a>(
        &'a self,
        kind: SupportKind,
        people: &People,
    ) -> impl Iterator<Item = Cow<'a, SupportLine>> + use<'a> {
        let list = self.support.get(&kind).map(|list| list.shown(people));
        list.into_iter().flatten()
    }

    /// The values of `AddToCredits`, by section.
    pub fn added(&self) -> impl Iterator<Item = (&str, &[Value])> {
        self.added
            .iter()
            .map(|(section, values)| (&**section, values.list.as_slice()))
    }

    /// The single events behind the sums.
    pub fn singles(&self) -> &Singles {
        &self.singles
    }

    /// The people who received gifts.
    pub fn recipients(&self) -> &Recipients {
        &self.recipients
    }

    /// The data that only summaries contain.
    pub fn joined_extras(&self) -> &JoinedExtras {
        &self.joined_extras
    }

    /// The latest title of the stream; may be empty.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// People whose first message ever on this channel was reported in this session.
    pub fn first_timers(&self) -> &Tally {
        &self.first_timers
    }

    /// Whether this presence would change anything: a person who is new in chat or on the channel,
    /// or who has a new role.
    pub fn is_new(&self, who: PersonId, presence: &Presence) -> bool {
        let (roles, spoke) = (presence.who.roles, presence.spoke);
        let lacks = |section| {
            self.list(section)
                .is_none_or(|tally| tally.get(who).is_none())
        };
        (spoke && lacks(Section::Users))
            || (presence.is_first_ever() && self.first_timers.get(who).is_none())
            || ROLE_SECTIONS
                .iter()
                .any(|(role, section)| roles.contains(*role) && lacks(*section))
    }

    /// Number of lines of all lists together, with at most `limit` of each.
    pub fn lines(&self, limit: Option<usize>) -> usize {
        let limit = limit.unwrap_or(usize::MAX);
        let lists = self.lists.values().map(Tally::len);
        let support = self.support.values().map(|support| support.lines().len());
        let added = self.added.values().map(|values| values.list.len());
        lists
            .chain(support)
            .chain(added)
            .chain([self.games.list.len()])
            .map(|lines| lines.min(limit))
            .sum()
    }

    /// Number of facts that count.
    pub fn facts(&self) -> u64 {
        self.facts
    }

    pub fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// Counts the entries of a fact by their source. `count` is their number.
    fn arrive(&mut self, fact: &Fact, count: u64, origin: Origin) {
        match (arrivals::section_of(fact), origin) {
            (Some(section), Origin::Filled) => self.arrivals.filled(section, count),
            (Some(section), Origin::Page | Origin::Live) => self.arrivals.live(section, count),
            (None, _) => {}
        }
    }

    /// Number of people in chat.
    fn in_chat(&self) -> usize {
        self.list(Section::Users).map_or(0, Tally::len)
    }

    /// How often each key has been in the journal since this time, entries of summaries included.
    pub fn known_since(&self, since_ms: i64) -> HashMap<Key, u32> {
        let mut known = HashMap::new();
        for (_, key, count) in self.ledger.iter().filter(|(at_ms, ..)| *at_ms >= since_ms) {
            let sum: &mut u32 = known.entry(*key).or_default();
            *sum = sum.saturating_add(*count);
        }
        known
    }

    fn add(&mut self, section: Section, who: PersonId, count: u32, amount: u64, at_ms: i64) {
        self.list_mut(section).add(who, count, amount, None, at_ms);
    }

    fn list_mut(&mut self, section: Section) -> &mut Tally {
        self.lists
            .entry(section)
            .or_insert_with(|| Tally::of(section))
    }

    /// Adds an event to its section's sums and to the single events.
    fn add_once(&mut self, once: Once) {
        let Once {
            section,
            who,
            amount,
            tier,
            at_ms,
        } = once;
        self.list_mut(section).add(who, 1, amount, tier, at_ms);
        self.singles.add(once);
    }

    /// Records that a person is present. Each section lists a person once, so the order of messages
    /// does not matter.
    fn present(&mut self, who: PersonId, roles: Roles, spoke: bool, at_ms: i64) {
        let by_role = ROLE_SECTIONS
            .iter()
            .filter(|(role, _)| roles.contains(*role))
            .map(|(_, section)| *section);
        for section in by_role.chain(spoke.then_some(Section::Users)) {
            let list = self.list_mut(section);
            if list.get(who).is_none() {
                list.add(who, 1, 0, None, at_ms);
            }
        }
    }

    /// Takes the place of an equal entry of a summary. Returns `false` if there is none.
    fn claim(&mut self, key: Option<(Key, u32)>, at_ms: i64) -> bool {
        while self
            .claimable
            .front()
            .is_some_and(|filled| at_ms - filled.at_ms > CLAIM_MS)
        {
            self.claimable.pop_front();
        }
        if self.claimable.is_empty() {
            return false;
        }
        let Some((key, count)) = key else {
            return false;
        };
        let Some(filled) = self
            .claimable
            .iter_mut()
            .find(|filled| filled.key == key && filled.left > 0)
        else {
            return false;
        };
        filled.left = filled.left.saturating_sub(count);
        true
    }
}

/// All state that the credits are made from: people, the running session, leaderboards and the
/// broadcaster.
#[derive(Debug, Default)]
pub struct Fold {
    /// All people that were seen.
    pub people: People,
    pub session: Sections,
    pub leaderboards: Leaderboards,
    /// The broadcaster's account.
    pub broadcaster: Broadcaster,
    changes: u64,
    /// Bans, across sessions.
    pub bans: Bans,
    edits: Edits,
    twins: Twins,
    last_is_twin: bool,
    redemptions: Redemptions,
    /// Number of sessions that began in this run.
    sessions: u64,
    /// Number of the running session in this run, from 1.
    number: u64,
    elsewhere: Elsewhere,
}

/// Another session of the journal whose rows are being read, with sections that no reply shows.
#[derive(Debug, Default)]
struct Elsewhere {
    /// The session's number in the journal.
    id: u64,
    number: u64,
    sections: Sections,
}

impl Fold {
    pub fn new(calendar: Calendar) -> Self {
        Self {
            leaderboards: Leaderboards::new(calendar),
            ..Self::default()
        }
    }

    /// Begins a session with empty sections. People, leaderboards, the broadcaster and bans stay.
    pub fn begin_session(&mut self) {
        self.changes += 1;
        self.sessions += 1;
        self.number = self.sessions;
        self.session = Sections::default();
        self.edits.begin_session();
    }

    /// Notes that settings on which replies depend have changed.
    pub fn settings_changed(&mut self) {
        self.changes += 1;
    }

    /// Reads a row of another session of the journal. Leaderboards, bans and edits of people count
    /// as usual. Everything else counts in sections that no reply shows; they are emptied when
    /// `session` changes.
    pub fn read_elsewhere(&mut self, session: u64, read: impl FnOnce(&mut Self)) {
        if self.elsewhere.id != session {
            self.sessions += 1;
            self.elsewhere = Elsewhere {
                id: session,
                number: self.sessions,
                sections: Sections::default(),
            };
        }
        self.switch();
        read(self);
        self.switch();
    }

    fn switch(&mut self) {
        std::mem::swap(&mut self.session, &mut self.elsewhere.sections);
        std::mem::swap(&mut self.number, &mut self.elsewhere.number);
    }

    /// Takes over the state of an earlier fold that is not in the rows: the channels, listed
    /// accounts, and when people were last seen. This fold replaces the earlier one. Continues its
    /// change counters, so that replies made from the earlier fold are out of date.
    pub fn replaces(&mut self, earlier: &mut Self) {
        self.changes += earlier.changes() + 1;
        self.edits.continue_from(earlier.edits.revision());
        self.broadcaster = std::mem::take(&mut earlier.broadcaster);
        self.people.recall_listed(&earlier.people.listed_json());
        let mut seen: Vec<_> = earlier.people.iter().collect();
        seen.sort_by_key(|known| known.seen_ms);
        for known in seen {
            if let Some(person) = known.person() {
                self.people.register(&person, known.seen_ms);
            }
        }
    }

    pub fn edits(&self) -> &Edits {
        &self.edits
    }

    /// Makes an edit. `seq` is the number of its row in the journal.
    pub fn edit(&mut self, seq: u64, edit: Edit) {
        self.edits.add(seq, edit);
        self.follow_edits();
    }

    /// Takes back the edit with this number. Returns `false` if there is none, or if it is already
    /// undone.
    pub fn undo(&mut self, seq: u64) -> bool {
        let is_there = self.edits.undo(seq);
        self.follow_edits();
        is_there
    }

    /// Calls `look` while the edit applies, and then takes the edit back.
    pub fn try_edit<T>(&mut self, edit: Edit, look: impl FnOnce(&Self) -> T) -> T {
        self.edits.add(u64::MAX, edit);
        self.people.edited = self.edits.people(&self.people);
        let found = look(self);
        self.edits.take_back_trial();
        self.follow_edits();
        found
    }

    fn follow_edits(&mut self) {
        self.changes += 1;
        self.people.edited = self.edits.people(&self.people);
    }

    /// The values in sections that the user defined, from `AddToCredits` and from edits. Each value
    /// is listed once, and removed values are left out.
    pub fn added(&self) -> BTreeMap<&str, Vec<&Value>> {
        let mut all: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        let edits = self.edits.added().iter();
        let edits = edits.map(|(section, values)| (&**section, values.as_slice()));
        for (section, values) in self.session.added().chain(edits) {
            let list = all.entry(section).or_default();
            let is_edit = !list.is_empty();
            for value in values {
                let is_known = is_edit && list.contains(&value);
                if !is_known && !self.edits.is_value_removed(section, value) {
                    list.push(value);
                }
            }
        }
        all.retain(|_, values| !values.is_empty());
        all
    }

    /// Increases with each change that a reply may show. While it is the same, so are the credits
    /// of the same time. New state that a reply shows must also be counted here.
    pub fn changes(&self) -> u64 {
        self.changes + self.people.changes() + self.broadcaster.changes()
    }

    fn register(
        &mut self,
        person: &Person,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) -> PersonId {
        let meeting = self.people.register(person, at_ms);
        registered(meeting);
        meeting.who
    }

    /// Applies one fact to the running session. `key` comes from `mapping::summary`. `registered`
    /// is called for each person whom the fact names.
    pub fn apply(
        &mut self,
        fact: &Fact,
        key: Option<(Key, u32)>,
        origin: Origin,
        at_ms: i64,
        mut registered: impl FnMut(Registered),
    ) -> Outcome {
        if let Fact::Broadcaster { id, own } = fact {
            self.broadcaster.learn(id, *own);
            return Outcome::Counted;
        }
        self.changes += 1;
        if let Fact::Ban { who, lifted } = fact {
            let who = self.register(who, at_ms, &mut registered);
            self.bans.published(who, *lifted, at_ms, &self.people);
            return Outcome::Counted;
        }
        let gave = if origin == Origin::Page {
            self.gave(fact, at_ms, &mut registered)
        } else {
            None
        };
        if origin == Origin::Page {
            self.note_report(fact, at_ms, &mut registered);
        }
        self.last_is_twin = gave
            .as_ref()
            .is_some_and(|gave| self.twins.give(gave, at_ms));
        if (self.last_is_twin && self.twins.covers(at_ms))
            || (origin != Origin::Filled && self.is_known_gift(fact, at_ms, &mut registered))
        {
            return Outcome::Twin;
        }
        let is_heard_twice = matches!(fact, Fact::Gift(gift) if self.is_reported(gift, at_ms));
        let claims = !is_heard_twice
            && origin != Origin::Filled
            && !matches!(fact, Fact::Presence(_))
            && self.session.claim(key, at_ms);
        let before = self.given(fact);
        let in_chat = self.session.in_chat();
        let outcome = if is_heard_twice {
            Outcome::Repeat
        } else if claims {
            if let (Some(section), Some((_, count))) = (arrivals::section_of(fact), key) {
                self.session.arrivals.claim(section, count.into());
            }
            self.take_place(fact, at_ms, &mut registered);
            Outcome::Repeat
        } else {
            self.count(fact, origin, at_ms, &mut registered)
        };
        // A gift of a gift bomb that was reported before is not counted again.
        let given = before
            .zip(self.given(fact))
            .map(|(before, after)| u32::try_from(after.saturating_sub(before)).unwrap_or(u32::MAX));
        let key = key
            .map(|(key, count)| {
                (
                    key,
                    given
                        .filter(|_| outcome != Outcome::Repeat)
                        .unwrap_or(count),
                )
            })
            .filter(|(_, count)| *count > 0);
        // An entry of a summary is recorded even if it does not count, so that the next summary
        // does not fill it in again.
        if matches!(outcome, Outcome::Counted | Outcome::Part) || origin == Origin::Filled {
            self.session
                .ledger
                .extend(key.map(|(key, count)| (at_ms, key, count)));
        }
        if let Some(gave) = gave.filter(|_| self.last_is_twin && outcome == Outcome::Counted) {
            self.twins.count(Twin {
                gave,
                key,
                session: self.number,
                at_ms,
            });
        }
        if outcome == Outcome::Counted {
            let count = match fact {
                Fact::Gift(_) => given.map_or(1, |given| given as usize),
                Fact::Presence(_) => self.session.in_chat().saturating_sub(in_chat),
                _ => 1,
            };
            let count = u64::try_from(count).unwrap_or_default();
            self.session.arrive(fact, count, origin);
            // A withdrawal reduces the number of facts by one.
            self.session.facts += u64::from(!matches!(fact, Fact::Withdrawn { .. }));
            if origin == Origin::Filled {
                self.session
                    .claimable
                    .extend(key.map(|(key, count)| Claimable {
                        key,
                        at_ms,
                        left: count,
                    }));
            }
        }
        outcome
    }

    /// The number of subscriptions that the gifter has given in this session. `None` if the fact is
    /// not a gift.
    fn given(&self, fact: &Fact) -> Option<u64> {
        let Fact::Gift(gift) = fact else { return None };
        let gifter = self.people.find(&gift.gifter);
        Some(
            gifter
                .and_then(|who| self.session.list(Section::GiftSubs)?.get(who))
                .map_or(0, |entry| entry.amount),
        )
    }

    /// Whether a gift was already reported singly.
    fn is_known_gift(
        &mut self,
        fact: &Fact,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) -> bool {
        let Fact::Gift(gift) = fact else { return false };
        let gifter = self.register(&gift.gifter, at_ms, registered);
        let recipients: Vec<_> = gift
            .recipients
            .iter()
            .map(|recipient| self.register(recipient, at_ms, registered))
            .collect();
        self.session.firsts.gift(gift, gifter, &recipients, at_ms)
    }

    /// Whether all recipients of a gift were already reported within the same gift bomb.
    fn is_reported(&self, gift: &Gift, at_ms: i64) -> bool {
        let Some(gifter) = self.people.find(&gift.gifter) else {
            return false;
        };
        let emitted_as = |recipient| {
            self.people
                .find(recipient)
                .is_some_and(|who| self.session.gift_bombs.has(gifter, gift.tier, who, at_ms))
        };
        !gift.recipients.is_empty() && !gift.bomb && gift.recipients.iter().all(emitted_as)
    }

    /// A live event takes the place of an entry of a summary that has been counted: only data that
    /// the entry did not contain is added.
    fn take_place(&mut self, fact: &Fact, at_ms: i64, registered: &mut impl FnMut(Registered)) {
        fact.clone()
            .each_person(|person| registered(self.people.register(person, at_ms)));
        match fact {
            Fact::Redemption(redemption) => {
                let who = self.people.register(&redemption.who, at_ms).who;
                let points = redemption.cost.unwrap_or_default();
                self.session
                    .add(Section::RewardRedemptions, who, 0, points, at_ms);
                self.leaderboards.points(who, points);
            }
            // A summary shows a continued gift as a gift of the person who continues it.
            Fact::Subscription(subscription) if subscription.kind == SubKind::GiftUpgrade => {
                let who = self.people.register(&subscription.who, at_ms).who;
                self.session
                    .list_mut(Section::GiftSubs)
                    .take_back(who, 1, 1);
                self.subscription(subscription, at_ms, registered);
            }
            Fact::Gift(gift) => {
                let gifter = self.people.register(&gift.gifter, at_ms).who;
                let recipients: Vec<_> = gift
                    .recipients
                    .iter()
                    .map(|recipient| self.people.register(recipient, at_ms).who)
                    .collect();
                let unnamed = gift
                    .count
                    .saturating_sub(u32::try_from(recipients.len()).unwrap_or(u32::MAX));
                let (key, announced) = ((gifter, gift.tier), Announced::of(gift));
                let change =
                    self.session
                        .gift_bombs
                        .take(key, announced, &recipients, unnamed, at_ms);
                self.session
                    .recipients
                    .add(key, announced, &recipients, change);
            }
            _ => {}
        }
    }

    fn count(
        &mut self,
        fact: &Fact,
        origin: Origin,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) -> Outcome {
        match fact {
            Fact::Follow { who } => {
                let who = self.register(who, at_ms, registered);
                if self.session.firsts.follow(who, &self.people) {
                    return Outcome::Twin;
                }
                self.session.add(Section::Follows, who, 1, 0, at_ms);
            }
            Fact::Cheer { who, bits, .. } => {
                let anonymous = who.is_anonymous();
                let who = self.register(who, at_ms, registered);
                self.session.add_once(Once {
                    section: Section::Cheers,
                    who,
                    amount: *bits,
                    tier: None,
                    at_ms,
                });
                if !anonymous {
                    self.leaderboards.bits(who, *bits, at_ms);
                }
            }
            Fact::Subscription(subscription) => {
                return self.subscription(subscription, at_ms, registered);
            }
            Fact::Gift(gift) => return self.gift(gift, origin, at_ms, registered),
            Fact::Raid { who, viewers, .. } => {
                let who = self.register(who, at_ms, registered);
                let before = self.session.raids.insert((who, *viewers), at_ms);
                if before.is_some_and(|before| (at_ms - before).abs() <= SAME_RAID_MS) {
                    return Outcome::Repeat;
                }
                self.session.add_once(Once {
                    section: Section::Raided,
                    who,
                    amount: *viewers,
                    tier: None,
                    at_ms,
                });
            }
            Fact::Redemption(redemption) => self.redemption(redemption, at_ms, registered),
            Fact::Withdrawn { id } => return self.withdraw(id),
            Fact::GoalContribution { who, points } => {
                let who = self.register(who, at_ms, registered);
                self.session.add_once(Once {
                    section: Section::GoalContributions,
                    who,
                    amount: *points,
                    tier: None,
                    at_ms,
                });
            }
            Fact::Stream { category, title } => {
                if !title.is_empty() {
                    self.session.title = cut(title, LONGEST_TITLE).into();
                }
                if !category.is_empty() {
                    self.session
                        .games
                        .add(Value::from(cut(category, LONGEST_TITLE)));
                }
            }
            Fact::Pyramid { who, .. } => {
                let who = self.register(who, at_ms, registered);
                self.session.add(Section::Pyramids, who, 1, 0, at_ms);
            }
            Fact::HypeTrain(train) => {
                for (section, list) in [
                    (Section::HypeTrainConductor, &train.conductors),
                    (Section::HypeTrainContributors, &train.contributors),
                ] {
                    for one in list {
                        let who = self.register(&one.who, at_ms, registered);
                        // The totals of a train grow from report to report, so adding them up would
                        // count twice.
                        let before = self
                            .session
                            .list(section)
                            .and_then(|tally| tally.get(who))
                            .map_or(0, |entry| entry.amount);
                        self.session
                            .add(section, who, 1, one.total.saturating_sub(before), at_ms);
                    }
                }
            }
            Fact::Support(support) => self.support(support, at_ms, registered),
            Fact::Presence(presence) => {
                let roles = presence.who.roles;
                let who = self.register(&presence.who, at_ms, registered);
                self.session.present(who, roles, presence.spoke, at_ms);
                if presence.is_first_ever() && self.session.first_timers.get(who).is_none() {
                    self.session.first_timers.add(who, 1, 0, None, at_ms);
                }
            }
            Fact::Broadcaster { .. } | Fact::Ban { .. } | Fact::Plain { .. } => {}
        }
        Outcome::Counted
    }

    fn subscription(
        &mut self,
        subscription: &Subscription,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) -> Outcome {
        let who = self.register(&subscription.who, at_ms, registered);
        let section = if subscription.kind == SubKind::Renewed {
            Section::ReSubs
        } else {
            Section::Subs
        };
        match self
            .session
            .subscribed
            .take(who, subscription, at_ms, &self.people)
        {
            subscribed::Step::Counts => {}
            subscribed::Step::Repeat => {
                self.session.list_mut(section).add(
                    who,
                    0,
                    subscription.known_months().into(),
                    None,
                    at_ms,
                );
                return Outcome::Twin;
            }
            subscribed::Step::Announced => return Outcome::Part,
            subscribed::Step::TakesPlace { who, at_ms } => {
                self.session.list_mut(Section::Subs).take_back(who, 1, 0);
                self.session
                    .singles
                    .take_back(Section::Subs, who, None, at_ms);
                self.session.facts = self.session.facts.saturating_sub(1);
                self.session.arrivals.take_back(Section::Subs.legacy());
            }
        }
        let months = u64::from(subscription.known_months());
        self.session.add_once(Once {
            section,
            who,
            amount: months,
            tier: Some(subscription.tier),
            at_ms,
        });
        self.people.add_roles(who, Roles::SUBSCRIBER);
        self.session.present(who, Roles::SUBSCRIBER, false, at_ms);
        Outcome::Counted
    }

    fn gift(
        &mut self,
        gift: &Gift,
        origin: Origin,
        at_ms: i64,
        registered: &mut impl FnMut(Registered),
    ) -> Outcome {
        let gifter = self.register(&gift.gifter, at_ms, registered);
        let recipients: Vec<_> = gift
            .recipients
            .iter()
            .map(|recipient| self.register(recipient, at_ms, registered))
            .collect();
        let session = &mut self.session;
        let unnamed = gift
            .count
            .saturating_sub(u32::try_from(recipients.len()).unwrap_or(u32::MAX));
        let change = if origin == Origin::Filled {
            // The part of the gift that no live event has reported.
            let bombs = u32::from(gift.bomb);
            Change {
                is_new: unnamed > 0,
                begins: true,
                gifts: unnamed,
                bombs,
                of_bombs: bombs * unnamed,
            }
        } else {
            session.gift_bombs.take(
                (gifter, gift.tier),
                Announced::of(gift),
                &recipients,
                unnamed,
                at_ms,
            )
        };
        let announced = Announced::of(gift);
        session
            .recipients
            .add((gifter, gift.tier), announced, &recipients, change);
        if !change.is_new {
            return Outcome::Repeat;
        }
        session.list_mut(Section::GiftSubs).add(
            gifter,
            u32::from(change.gifts > 0),
            change.gifts.into(),
            Some(gift.tier),
            at_ms,
        );
        if change.bombs > 0 || change.of_bombs > 0 {
            session.list_mut(Section::GiftBombs).add(
                gifter,
                change.bombs,
                change.of_bombs.into(),
                Some(gift.tier),
                at_ms,
            );
        }
        Outcome::Counted
    }

    /// Joins the data that only a summary contains. Returns whether any of it is new.
    pub fn join(&mut self, rest: SummaryExtras, at_ms: i64) -> bool {
        self.changes += 1;
        self.session
            .joined_extras
            .join(rest, &mut self.people, at_ms)
    }

    /// `AddToCredits`: adds a value to a custom section, unless it is already there.
    pub fn add_custom(&mut self, section: &str, value: Value) {
        self.changes += 1;
        self.session
            .added
            .entry(section.into())
            .or_default()
            .add(value);
        self.session.facts += 1;
    }
}

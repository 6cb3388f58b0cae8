//! The shapes of the credits in replies: the legacy spelling, the current one, and the extended
//! lists of objects.
//!
//! Every list is present, even if it is empty, unless its section is switched off and
//! `omit_disabled` is set. No list is ever null.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    edits::{EntryId, Subject, text_of},
    fold::{Fold, SupportLine},
    ignore::Ignore,
    known::PersonId,
    left_out::LeftOut,
    namesakes,
    section::{SUPPORT_SECTIONS, Section, support_section},
    tally::TallyEntry,
};
use crate::event::fact::{SupportKind, Tier};

/// The keys of a reply. The names are parsed in any case; `seed` is an alias of `legacy`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Spelling {
    /// The legacy and the current keys.
    #[default]
    Both,
    /// `Events`, `User`, `TopBits`, …
    #[strum(to_string = "legacy", serialize = "seed")]
    Legacy,
    /// `events`, `users`, `top`, …
    Current,
}

impl Spelling {
    /// The number of copies of each list in a reply.
    pub fn lists(self) -> usize {
        if self == Self::Both { 2 } else { 1 }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    pub spelling: Spelling,
    /// Which people are left out.
    pub ignore: Ignore,
    /// Sections that are switched off.
    pub disabled: HashSet<Section>,
    /// Whether sections that are switched off are missing from replies, instead of empty.
    pub omit_disabled: bool,
    /// The channel's editors, which Twitch does not report.
    pub editors: Vec<Box<str>>,
    /// Groups and their members.
    pub groups: BTreeMap<Box<str>, Vec<Box<str>>>,
    /// Default of the largest number of names in a list.
    pub limit: Option<usize>,
    /// The name for people whom a service does not name; empty for "Anonymous".
    pub anonymous: Box<str>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct ReplyOptions {
    pub spelling: Spelling,
    /// Whether to include lists of objects, under `extended`.
    pub extended: bool,
    /// Largest number of names in a list; `None` for the default.
    pub limit: Option<usize>,
}

/// Builds the fields of a reply.
#[derive(Debug)]
pub struct Writer<'a> {
    fold: &'a Fold,
    options: &'a Options,
    wanted: ReplyOptions,
    now_ms: i64,
    left_out: LeftOut<'a>,
    /// Names by section, which are the same in both spellings.
    named: BTreeMap<Section, Value>,
    /// Leaderboards: bits of all time, of the month and of the week, and channel points.
    ranked: [Vec<(PersonId, u64)>; 4],
    cut: bool,
}

/// The credits as top-level keys of a reply. `limited` is present if a list was cut.
pub fn credits(
    fold: &Fold,
    options: &Options,
    wanted: ReplyOptions,
    now_ms: i64,
) -> Map<String, Value> {
    Writer::new(fold, options, wanted, now_ms).write()
}

/// The entries of one person in the running session, as objects with their `section`. At most
/// `most` objects are returned.
pub fn lines_of(
    fold: &Fold,
    options: &Options,
    who: PersonId,
    now_ms: i64,
    most: usize,
) -> Vec<Value> {
    let who = fold.people.shown(who);
    let writer = Writer::new(fold, options, ReplyOptions::default(), now_ms);
    let mut lines = Vec::new();
    let mut put = |section: &str, line: Value| {
        if let Value::Object(line) = line {
            let section = [("section".to_owned(), Value::from(section))];
            lines.push(Value::Object(section.into_iter().chain(line).collect()));
        }
    };
    for &section in Section::ALL.iter().filter(|section| section.lists_lines()) {
        for entry in writer.entries(section).filter(|entry| entry.who == who) {
            put(section.legacy(), writer.line(section, &entry));
        }
    }
    for (kind, section) in SUPPORT_SECTIONS {
        for line in writer.support(kind).filter(|line| line.who == who) {
            put(section, writer.support_line(section, &line));
        }
    }
    lines.truncate(most);
    lines
}

/// All entries of the credits, each with its section and subject.
pub fn entries<'a>(
    fold: &'a Fold,
    options: &'a Options,
    now_ms: i64,
) -> impl Iterator<Item = (EntryId, Subject)> {
    let writer = Writer::new(fold, options, ReplyOptions::default(), now_ms);
    let people = &fold.people;
    let mut all: Vec<(EntryId, Subject)> = Vec::new();
    let of_person = |section: &str, who| {
        (
            EntryId::of_person(section, who, people),
            Subject::Person(who),
        )
    };
    for &section in Section::ALL.iter().filter(|section| section.lists_lines()) {
        let lines = writer.entries(section);
        all.extend(lines.map(|entry| of_person(section.legacy(), entry.who)));
    }
    for (kind, section) in SUPPORT_SECTIONS {
        let lines = writer.support(kind);
        all.extend(lines.map(|line| of_person(section, line.who)));
    }
    for (section, ranking) in RANKINGS.into_iter().zip(writer.rank()) {
        let lines = ranking.into_iter();
        all.extend(lines.map(|(who, _)| of_person(section.legacy(), who)));
    }
    let of_value = |section: &str, value: &Value| {
        let text = Subject::Text(text_of(value));
        (EntryId::of_value(section, value), text)
    };
    all.extend(
        writer
            .games()
            .map(|game| of_value(Section::GameUpdates.legacy(), game)),
    );
    for (section, values) in fold.added() {
        all.extend(values.into_iter().map(|value| of_value(section, value)));
    }
    all.into_iter()
}

impl<'a> Writer<'a> {
    fn new(fold: &'a Fold, options: &'a Options, wanted: ReplyOptions, now_ms: i64) -> Self {
        Self {
            fold,
            options,
            wanted,
            now_ms,
            left_out: LeftOut::new(fold, &options.ignore),
            named: BTreeMap::new(),
            ranked: [const { Vec::new() }; 4],
            cut: false,
        }
    }
}

impl Writer<'_> {
    fn write(mut self) -> Map<String, Value> {
        self.ranked = self.rank();
        let mut reply = Map::new();
        if self.wanted.spelling != Spelling::Current {
            self.legacy(&mut reply);
        }
        if self.wanted.spelling != Spelling::Legacy {
            self.current(&mut reply);
        }
        if self.wanted.extended {
            reply.insert("extended".into(), self.extended());
        }
        if self.cut {
            reply.insert("limited".into(), Value::Bool(true));
        }
        reply
    }

    fn is_off(&self, section: Section) -> bool {
        self.options.disabled.contains(&section)
    }

    fn put(&self, map: &mut Map<String, Value>, section: Section, key: &str, value: Value) {
        if !(self.options.omit_disabled && self.is_off(section)) {
            map.insert(key.into(), value);
        }
    }

    /// The names of sections, each under its key.
    fn names_of<K: AsRef<str>>(
        &mut self,
        sections: impl IntoIterator<Item = (Section, K)>,
    ) -> Map<String, Value> {
        let mut map = Map::new();
        for (section, key) in sections {
            let names = self.names(section);
            self.put(&mut map, section, key.as_ref(), names);
        }
        map
    }

    fn legacy(&mut self, reply: &mut Map<String, Value>) {
        let legacy = |section: &Section| (*section, section.legacy());
        let events = self.names_of(Section::EVENTS.iter().map(legacy));
        reply.insert("Events".into(), events.into());
        let train = [Section::HypeTrainConductor, Section::HypeTrainContributors];
        reply.extend(self.names_of(train.iter().map(legacy)));
        let user = [
            Section::Editors,
            Section::Moderator,
            Section::Subscriber,
            Section::VIPs,
            Section::Users,
        ];
        let mut user = self.names_of(user.iter().map(legacy));
        for (group, names) in self.groups() {
            self.put(&mut user, Section::Groups, &group, names);
        }
        reply.insert("User".into(), user.into());
        let custom = self.custom();
        self.put(reply, Section::Custom, "Custom", custom);
        let bits = self.top_bits(["All", "Month", "Week"]);
        reply.insert("TopBits".into(), bits.into());
        let points = self.top_points();
        self.put(
            reply,
            Section::TopChannelRewards,
            "TopChannelRewards",
            points,
        );
    }

    fn current(&mut self, reply: &mut Map<String, Value>) {
        let current = |section: &Section| (*section, section.legacy().to_ascii_lowercase());
        let trains = (Section::HypeTrainContributors, "hypetrains".to_owned());
        let events = Section::EVENTS.iter().map(current).chain([trains]);
        let events = self.names_of(events);
        reply.insert("events".into(), events.into());
        let train = self.names_of([
            (Section::HypeTrainConductor, "conductors"),
            (Section::HypeTrainContributors, "contributors"),
        ]);
        reply.insert("hypeTrain".into(), train.into());
        let mut users = self.names_of([
            (Section::Editors, "editors"),
            (Section::Moderator, "moderators"),
            (Section::Subscriber, "subscribers"),
            (Section::VIPs, "vips"),
            (Section::Users, "users"),
        ]);
        let groups = self.groups();
        let group_names: Vec<_> = groups
            .iter()
            .map(|(group, _)| Value::from(group.as_str()))
            .collect();
        self.put(&mut users, Section::Groups, "groups", group_names.into());
        reply.insert("users".into(), users.into());
        self.put(
            reply,
            Section::Groups,
            "groups",
            groups.into_iter().collect::<Map<_, _>>().into(),
        );
        let custom = self.custom();
        self.put(reply, Section::Custom, "custom", custom);
        let mut top = self.top_bits(["allBits", "monthBits", "weekBits"]);
        let points = self.top_points();
        self.put(
            &mut top,
            Section::TopChannelRewards,
            "channelRewards",
            points,
        );
        reply.insert("top".into(), top.into());
    }

    fn shows(&self, who: PersonId) -> bool {
        !self.left_out.has(who)
    }

    fn is_removed(&self, section: &str, who: PersonId) -> bool {
        self.fold
            .edits()
            .is_removed(section, who, &self.fold.people)
    }

    /// Games, in the order in which they were first played.
    fn games(&self) -> impl Iterator<Item = &Value> {
        let games = self.fold.session.games().iter();
        let section = Section::GameUpdates.legacy();
        games.filter(move |game| !self.fold.edits().is_value_removed(section, game))
    }

    /// The largest number of names in a list, from the request or else from the settings.
    fn limit(&self) -> usize {
        self.wanted
            .limit
            .or(self.options.limit)
            .unwrap_or(usize::MAX)
    }

    /// The number of entries to make: one more than the limit, to detect a list that is too long.
    fn enough(&self) -> usize {
        self.limit().saturating_add(1)
    }

    /// Cuts a list to the limit, and records whether it was longer.
    fn cut<T>(&mut self, mut list: Vec<T>) -> Vec<T> {
        let limit = self.limit();
        if list.len() > limit {
            self.cut = true;
            list.truncate(limit);
        }
        list
    }

    /// The lines of a section that are shown. The iterator is lazy.
    fn entries(&self, section: Section) -> impl Iterator<Item = TallyEntry> {
        let list = self
            .fold
            .session
            .list(section)
            .filter(|_| !self.is_off(section));
        let lines = list
            .into_iter()
            .flat_map(|tally| tally.lines(&self.fold.people));
        let has_removed = self.fold.edits().removes_any();
        lines.filter(move |entry| {
            self.shows(entry.who) && !(has_removed && self.is_removed(section.legacy(), entry.who))
        })
    }

    fn names(&mut self, section: Section) -> Value {
        if let Some(names) = self.named.get(&section) {
            return names.clone();
        }
        let names: Vec<Value> = match section {
            _ if self.is_off(section) => Vec::new(),
            Section::GameUpdates => self.games().take(self.enough()).cloned().collect(),
            Section::Editors => self.listed(&self.options.editors),
            _ => self.people(self.entries(section).map(|entry| entry.who), self.enough()),
        };
        let names = Value::Array(self.cut(names));
        self.named.insert(section, names.clone());
        names
    }

    fn people(&self, who: impl Iterator<Item = PersonId>, most: usize) -> Vec<Value> {
        namesakes::names(who, &self.fold.people, most)
    }

    /// The people that the config lists. A known account is shown with its current name.
    fn listed(&self, names: &[Box<str>]) -> Vec<Value> {
        let people = &self.fold.people;
        let found = names.iter().map(|name| (&**name, people.listed_as(name)));
        let shown = found.flat_map(|(name, accounts)| {
            let as_written = accounts.is_empty().then_some(name);
            let current = accounts
                .into_iter()
                .filter(|who| !self.left_out.is_banned(*who))
                .map(|who| people.name(who));
            as_written.into_iter().chain(current.collect::<Vec<_>>())
        });
        unique(shown).collect()
    }

    fn groups(&mut self) -> Vec<(String, Value)> {
        let mut groups = self.options.groups.clone();
        groups.entry("regulars".into()).or_default();
        let off = self.is_off(Section::Groups);
        groups
            .into_iter()
            .map(|(group, members)| {
                let members = if off {
                    Vec::new()
                } else {
                    self.listed(&members)
                };
                (group.into(), Value::Array(self.cut(members)))
            })
            .collect()
    }

    fn support(&self, kind: SupportKind) -> impl Iterator<Item = Cow<'_, SupportLine>> {
        let lines = self.fold.session.support_of(kind, &self.fold.people);
        lines.filter(move |line| {
            self.shows(line.who) && !self.is_removed(support_section(kind), line.who)
        })
    }

    fn custom(&mut self) -> Value {
        let mut custom: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        if self.is_off(Section::Custom) {
            return json!({});
        }
        for (kind, section) in SUPPORT_SECTIONS {
            let names = self.people(self.support(kind).map(|line| line.who), self.enough());
            if !names.is_empty() {
                custom.insert(section.into(), names);
            }
        }
        for (section, values) in self.fold.added() {
            let list = custom.entry(section.into()).or_default();
            let there: HashSet<_> = list.iter().cloned().collect();
            let room = self.enough().saturating_sub(list.len());
            list.extend(
                values
                    .into_iter()
                    .filter(|value| !there.contains(value))
                    .take(room)
                    .cloned(),
            );
        }
        self.limited(custom)
    }

    fn rank(&self) -> [Vec<(PersonId, u64)>; 4] {
        let (leaderboards, people) = (&self.fold.leaderboards, &self.fold.people);
        let shown = |section: Section| {
            move |who| self.shows(who) && !self.is_removed(section.legacy(), who)
        };
        let mut lists = [
            leaderboards.top_bits(people, shown(Section::TopBitsAll)),
            leaderboards.top_bits_month(self.now_ms, people, shown(Section::TopBitsMonth)),
            leaderboards.top_bits_week(self.now_ms, people, shown(Section::TopBitsWeek)),
            leaderboards.top_points(people, shown(Section::TopChannelRewards)),
        ];
        for (section, list) in RANKINGS.into_iter().zip(&mut lists) {
            if self.is_off(section) {
                list.clear();
            }
        }
        lists
    }

    /// The leaderboards of bits (of all time, of the month and of the week) under these keys.
    fn top_bits(&self, keys: [&str; 3]) -> Map<String, Value> {
        let mut map = Map::new();
        for ((section, key), list) in RANKINGS.into_iter().zip(keys).zip(&self.ranked) {
            let names = self.people(list.iter().map(|(who, _)| *who), usize::MAX);
            self.put(&mut map, section, key, Value::Array(names));
        }
        map
    }

    fn top_points(&self) -> Value {
        let [.., points] = &self.ranked;
        Value::Array(self.people(points.iter().map(|(who, _)| *who), usize::MAX))
    }

    /// Lists of custom sections, each cut to the limit.
    fn limited(&mut self, custom: BTreeMap<String, Vec<Value>>) -> Value {
        custom
            .into_iter()
            .map(|(section, values)| (section, Value::Array(self.cut(values))))
            .collect::<Map<_, _>>()
            .into()
    }

    fn extended(&mut self) -> Value {
        let mut map = Map::new();
        for &section in Section::ALL {
            if !section.lists_lines() {
                continue;
            }
            let lines = self.cut(
                self.entries(section)
                    .take(self.enough())
                    .collect::<Vec<_>>(),
            );
            let lines: Vec<_> = lines
                .iter()
                .map(|entry| self.line(section, entry))
                .collect();
            self.put(&mut map, section, section.legacy(), lines.into());
        }
        let games = self.names(Section::GameUpdates);
        let games: Vec<_> = games
            .as_array()
            .into_iter()
            .flatten()
            .map(|name| {
                let entry = EntryId::of_value(Section::GameUpdates.legacy(), name);
                json!({ "name": name, "entry": entry.as_str() })
            })
            .collect();
        self.put(
            &mut map,
            Section::GameUpdates,
            Section::GameUpdates.legacy(),
            games.into(),
        );
        let custom = self.extended_custom();
        self.put(&mut map, Section::Custom, "Custom", custom);
        let ranking = |section: Section, list: &[(PersonId, u64)]| {
            let lines: Vec<_> = list
                .iter()
                .map(|(who, amount)| {
                    self.person(section.legacy(), *who, json!({ "amount": amount }))
                })
                .collect();
            Value::Array(lines)
        };
        let [all, month, week, points] = &self.ranked;
        let all = ranking(Section::TopBitsAll, all);
        let month = ranking(Section::TopBitsMonth, month);
        let week = ranking(Section::TopBitsWeek, week);
        let points = ranking(Section::TopChannelRewards, points);
        map.insert(
            "TopBits".into(),
            json!({ "All": all, "Month": month, "Week": week }),
        );
        self.put(
            &mut map,
            Section::TopChannelRewards,
            "TopChannelRewards",
            points,
        );
        map.into()
    }

    fn extended_custom(&mut self) -> Value {
        let mut custom: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        if self.is_off(Section::Custom) {
            return json!({});
        }
        for (kind, section) in SUPPORT_SECTIONS {
            let lines: Vec<_> = self
                .support(kind)
                .take(self.enough())
                .map(|line| self.support_line(section, &line))
                .collect();
            if !lines.is_empty() {
                custom.insert(section.into(), lines);
            }
        }
        for (section, values) in self.fold.added() {
            let objects = values
                .into_iter()
                .take(self.enough())
                .map(|value| added_line(section, value));
            custom.entry(section.into()).or_default().extend(objects);
        }
        self.limited(custom)
    }

    /// A line about a person: the person's names, the fields of `more`, and the id of the entry.
    fn person(&self, section: &str, who: PersonId, more: Value) -> Value {
        let mut object = Map::new();
        if let Some(known) = self.fold.people.known(who) {
            object.insert("id".into(), Value::from(&*known.id));
            object.insert("name".into(), Value::from(self.fold.people.name(who)));
            object.insert("login".into(), Value::from(&*known.login));
            object.insert("platform".into(), Value::from(known.platform.as_str()));
        }
        if let Value::Object(more) = more {
            object.extend(more);
        }
        let entry = EntryId::of_person(section, who, &self.fold.people);
        object.insert("entry".into(), entry.as_str().into());
        object.into()
    }

    fn line(&self, section: Section, entry: &TallyEntry) -> Value {
        let mut more = json!({ "count": entry.count, "first": instant(entry.first_ms),
            "last": instant(entry.last_ms) });
        if let (Some(unit), Some(more)) = (amount_of(section), more.as_object_mut()) {
            more.insert("amount".into(), entry.amount.into());
            more.insert("unit".into(), unit.into());
            if let Some(tier) = entry.tier {
                more.insert("tier".into(), tier_word(tier).into());
            }
        }
        self.person(section.legacy(), entry.who, more)
    }

    fn support_line(&self, section: &str, line: &SupportLine) -> Value {
        let amounts: Vec<_> = line
            .money
            .iter()
            .map(|money| json!({ "amount": money.text(), "currency": money.currency.as_str() }))
            .collect();
        let mut more = json!({ "count": line.count, "amounts": amounts,
            "event": line.name.to_string(),
            "first": instant(line.first_ms), "last": instant(line.last_ms) });
        if let Some(more) = more.as_object_mut().filter(|_| !line.what.is_empty()) {
            more.insert(
                "what".into(),
                line.what.iter().map(|what| Value::from(&**what)).collect(),
            );
        }
        self.person(section, line.who, more)
    }
}

/// The leaderboards, in the order of [`Writer::rank`].
const RANKINGS: [Section; 4] = [
    Section::TopBitsAll,
    Section::TopBitsMonth,
    Section::TopBitsWeek,
    Section::TopChannelRewards,
];

/// A value of a section that the user defined, as an object with the id of its entry.
fn added_line(section: &str, value: &Value) -> Value {
    let entry = EntryId::of_value(section, value);
    let mut object = match value {
        Value::Object(object) => object.clone(),
        other => Map::from_iter([("name".to_owned(), other.clone())]),
    };
    object.insert("entry".into(), entry.as_str().into());
    object.into()
}

/// Names in the order in which they first appear, without duplicates. Case does not matter.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = Value> {
    let mut seen = HashSet::new();
    names
        .filter(move |name| !name.is_empty() && seen.insert(name.to_lowercase()))
        .map(Value::from)
}

/// The unit of the amounts in a section; `None` if it has no amounts.
fn amount_of(section: Section) -> Option<&'static str> {
    match section {
        Section::Cheers => Some("bits"),
        Section::Subs | Section::ReSubs => Some("months"),
        Section::GiftSubs | Section::GiftBombs => Some("gifts"),
        Section::Raided => Some("viewers"),
        Section::RewardRedemptions | Section::GoalContributions => Some("points"),
        Section::HypeTrainConductor | Section::HypeTrainContributors => Some("hype"),
        _ => None,
    }
}

/// A tier in the spelling of Streamer.bot's events, and `prime` for Prime.
fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::Prime => "prime",
        Tier::One => "1000",
        Tier::Two => "2000",
        Tier::Three => "3000",
    }
}

/// Unix milliseconds as ISO 8601 in UTC.
fn instant(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_string())
        .unwrap_or_default()
}

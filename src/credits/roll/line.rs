//! Makes the lines of each kind of section from the fold: name, amount and time.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    amount::Amount,
    kind::Kind,
    language::Language,
    plan::{Pinned, Plan, Role},
    section::Below,
    unit::Unit,
};
use crate::{
    credits::{
        Fold, LeftOut, Options, PersonId, Section,
        joined_extras::JoinedExtras,
        section::{SUPPORT_SECTIONS, support_section},
        single::SupportOnce,
        sums::Sums,
        tally::TallyEntry,
    },
    event::{
        Decimal, Money, Roles,
        currency::DIAMONDS,
        fact::{SupportKind, Tier},
    },
    mapping::summary_extras::EndedVote,
};

/// Identifies the subject of a line. Lines with the same key are merged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Person(PersonId),
    Thing(String),
}

/// A line of a section, before it is sorted and formatted.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) key: Key,
    /// The kind of section that it was made for.
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) count: u64,
    pub(super) amount: Amount,
    pub(super) first_ms: i64,
    /// 0 for moderators, 1 for VIPs, 2 for subscribers; `None` for others.
    pub(super) role: Option<u8>,
    pub(super) tier: Option<Tier>,
    /// The sum of all payments of a patron; 0 for others.
    pub(super) total: Decimal,
    pub(super) badge: &'static str,
    pub(super) lines: Vec<Below>,
    /// Whether the lines are names of recipients, which stand side by side.
    pub(super) is_inline: bool,
    pub(super) skin: Box<str>,
    pub(super) note: String,
    pub(super) images: Vec<Box<str>>,
    /// The person whose ban hides the line during the roll; `None` if no ban does.
    pub(super) who: Option<PersonId>,
}

impl Line {
    fn new(key: Key, name: &str, amount: Amount, first_ms: i64) -> Self {
        Self {
            key,
            kind: Kind::Text,
            name: name.to_owned(),
            count: 1,
            amount,
            first_ms,
            role: None,
            tier: None,
            total: Decimal::ZERO,
            badge: "",
            lines: Vec::new(),
            is_inline: false,
            skin: Box::default(),
            note: String::new(),
            images: Vec::new(),
            who: None,
        }
    }

    fn thing(name: &str, amount: Amount, place: usize) -> Self {
        let key = Key::Thing(name.to_lowercase());
        Self::new(key, name, amount, in_order(place))
    }

    /// Merges another line about the same subject.
    pub(super) fn absorb(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.amount.join(other.amount);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.tier = self.tier.max(other.tier);
        if !other.note.is_empty() && !self.note.split(", ").any(|part| part == other.note) {
            self.note = if self.note.is_empty() {
                other.note
            } else {
                format!("{}, {}", self.note, other.note)
            };
        }
        self.lines.extend(other.lines);
        self.is_inline |= other.is_inline;
        self.images.extend(other.images);
        self.images.dedup();
        if self.skin.is_empty() {
            self.skin = other.skin;
        }
        // A line that also shows a number of bans is not hidden by a ban.
        self.who = self.who.and(other.who);
    }

    pub(super) fn folded(&self) -> String {
        self.name.to_lowercase()
    }

    pub(super) fn tier_rank(&self) -> u8 {
        self.tier.map_or(0, |tier| match tier {
            Tier::Prime => 1,
            Tier::One => 2,
            Tier::Two => 3,
            Tier::Three => 4,
        })
    }
}

/// Makes lines from the fold.
pub(super) struct Lines<'a> {
    fold: &'a Fold,
    options: &'a Options,
    left_out: LeftOut<'a>,
    now_ms: i64,
    language: Language,
}

impl<'a> Lines<'a> {
    pub(super) fn new(
        fold: &'a Fold,
        options: &'a Options,
        now_ms: i64,
        language: Language,
    ) -> Self {
        Self {
            fold,
            options,
            left_out: LeftOut::new(fold, &options.ignore),
            now_ms,
            language,
        }
    }

    /// The lines of a kind that match the plan.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of section")]
    pub(super) fn of(&self, kind: Kind, plan: &Plan) -> Vec<Line> {
        let (leaderboards, people) = (&self.fold.leaderboards, &self.fold.people);
        let joined_extras = self.joined_extras();
        let shows = |who| self.shows(who, plan);
        match kind {
            Kind::Follows => self.section(Section::Follows, None, plan),
            Kind::Cheers => self.cheers(plan),
            Kind::Subs => self.section(Section::Subs, Some(Unit::Months), plan),
            Kind::ReSubs => self.section(Section::ReSubs, Some(Unit::Months), plan),
            Kind::GiftSubs => self.gifts(Section::GiftSubs, plan),
            Kind::GiftBombs => self.gifts(Section::GiftBombs, plan),
            Kind::Raids => self.section(Section::Raided, Some(Unit::Viewers), plan),
            Kind::Redemptions => self.section(Section::RewardRedemptions, Some(Unit::Points), plan),
            Kind::Goals => self.section(Section::GoalContributions, Some(Unit::Points), plan),
            Kind::Pyramids => self.section(Section::Pyramids, Some(Unit::Times), plan),
            Kind::Conductors => self.section(Section::HypeTrainConductor, Some(Unit::Hype), plan),
            Kind::Contributors => {
                self.section(Section::HypeTrainContributors, Some(Unit::Hype), plan)
            }
            Kind::Moderators => self.section(Section::Moderator, None, plan),
            Kind::Vips => self.section(Section::VIPs, None, plan),
            Kind::Subscribers => self.section(Section::Subscriber, None, plan),
            Kind::Chatters => self.chatters(plan),
            Kind::FirstTimeChatters => self.first_timers(plan),
            Kind::Games => self.games(),
            Kind::Editors => self.listed(&self.options.editors, Section::Editors, plan),
            Kind::Rewards => self.rewards(plan),
            Kind::HypeTrains => (joined_extras.trains.list().iter().enumerate())
                .map(|(place, train)| {
                    let mut line = Line::thing(
                        &self.language.level(train.level, train.percent),
                        Amount::None,
                        place,
                    );
                    line.key = Key::Thing(place.to_string());
                    line.lines = self
                        .shown(train.conductors.iter().copied(), plan)
                        .map(|who| self.below(who, String::new(), "train"))
                        .collect();
                    line
                })
                .collect(),
            Kind::TopBits => {
                let top = leaderboards.top_bits(people, shows);
                self.ranked(top, Unit::Bits, Section::TopBitsAll)
            }
            Kind::TopBitsMonth => {
                let top = leaderboards.top_bits_month(self.now_ms, people, shows);
                self.ranked(top, Unit::Bits, Section::TopBitsMonth)
            }
            Kind::TopBitsWeek => {
                let top = leaderboards.top_bits_week(self.now_ms, people, shows);
                self.ranked(top, Unit::Bits, Section::TopBitsWeek)
            }
            Kind::TopRewards => {
                let top = leaderboards.top_points(people, shows);
                self.ranked(top, Unit::Points, Section::TopChannelRewards)
            }
            Kind::Tips => self.support(SupportKind::Tip, plan, |once| {
                !is_tiktok(once) && &*once.name.source != "YouTube"
            }),
            Kind::SuperChats => self.support(SupportKind::Tip, plan, |once| {
                once.name.is("YouTube", "SuperChat")
            }),
            Kind::SuperStickers => self.support(SupportKind::Tip, plan, |once| {
                once.name.is("YouTube", "SuperSticker")
            }),
            Kind::TiktokGifts => self.support(SupportKind::Tip, plan, is_tiktok),
            Kind::Merch => self.support(SupportKind::Merch, plan, |_| true),
            Kind::Members => self.support(SupportKind::Member, plan, |_| true),
            Kind::Polls => votes(joined_extras.polls.list(), |votes, total| {
                format!("{} %", (votes * 100 + total / 2) / total.max(1))
            }),
            Kind::Predictions => votes(joined_extras.predictions.list(), |points, _| {
                self.language.counted(points, Unit::Points)
            }),
            Kind::ShoutoutsReceived | Kind::ShoutoutsGiven => {
                let these = joined_extras
                    .shoutouts
                    .list()
                    .iter()
                    .filter(|one| one.received == (kind == Kind::ShoutoutsReceived));
                self.each(
                    these.map(|one| (one.who, Amount::Number(one.viewers, Unit::Viewers))),
                    plan,
                )
            }
            Kind::Bans => self.bans(plan),
            Kind::Timeouts => {
                let all = joined_extras.chatters.list().iter();
                let timed_out = all.filter(|(_, one)| one.timeout_seconds > 0);
                let seconds = |seconds| Amount::Number(seconds, Unit::Seconds);
                self.each(
                    timed_out.map(|(who, one)| (*who, seconds(one.timeout_seconds))),
                    plan,
                )
            }
            Kind::PowerUps => self.power_ups(plan),
            Kind::TiktokLikes => self.numbers(joined_extras.likes.list(), Unit::Likes, plan),
            Kind::TiktokShares => self.numbers(joined_extras.shares.list(), Unit::Shares, plan),
            Kind::Patrons => self.patrons(plan),
            Kind::ActiveSubs => {
                let mut lines = self.each(
                    joined_extras
                        .active_subs
                        .list()
                        .iter()
                        .map(|(who, _)| (*who, Amount::None)),
                    plan,
                );
                lines.retain_mut(|line| {
                    Self::has_tier(line, plan, |who| joined_extras.active_subs.get(who))
                });
                lines
            }
            Kind::ActiveGifters => {
                let these = joined_extras
                    .active_gifters
                    .list()
                    .iter()
                    .map(|(who, (count, _))| (*who, Amount::Number(*count, Unit::Gifts)));
                let mut lines = self.each(these, plan);
                lines.retain_mut(|line| {
                    Self::has_tier(line, plan, |who| {
                        joined_extras.active_gifters.get(who).map(|(_, tier)| tier)
                    })
                });
                lines
            }
            Kind::Groups | Kind::Lists | Kind::Text | Kind::Image => Vec::new(),
        }
    }

    fn games(&self) -> Vec<Line> {
        if self.is_off(Section::GameUpdates) {
            return Vec::new();
        }
        let section = Section::GameUpdates.legacy();
        let games = self.fold.session.games().iter();
        let shown = games.filter(|game| !self.fold.edits().is_value_removed(section, game));
        shown
            .filter_map(Value::as_str)
            .enumerate()
            .map(|(place, game)| Line::thing(game, Amount::None, place))
            .collect()
    }

    /// Groups or lists of the user's own, each with its name.
    pub(super) fn named(&self, kind: Kind, plan: &Plan) -> Vec<(String, Vec<Line>)> {
        let wanted = |name: &str| plan.only.is_empty() || plan.only.contains(&*name.to_lowercase());
        if kind == Kind::Groups {
            let groups = self.options.groups.iter().filter(|(name, _)| wanted(name));
            return groups
                .map(|(name, members)| {
                    (
                        name.to_string(),
                        self.listed(members, Section::Groups, plan),
                    )
                })
                .collect();
        }
        let is_off = self.is_off(Section::Custom);
        let standard = |name: &str| {
            SUPPORT_SECTIONS
                .iter()
                .any(|(_, known)| known.eq_ignore_ascii_case(name))
        };
        let added_sections = self.fold.added().into_iter();
        added_sections
            .filter(|(name, _)| !is_off && wanted(name) && !standard(name))
            .map(|(name, values)| {
                let values = values.into_iter().enumerate();
                let lines = values.map(|(place, value)| added(value, place));
                (name.to_owned(), lines.collect())
            })
            .collect()
    }

    fn joined_extras(&self) -> &JoinedExtras {
        self.fold.session.joined_extras()
    }

    fn is_off(&self, section: Section) -> bool {
        self.options.disabled.contains(&section)
    }

    fn is_removed(&self, section: &str, who: PersonId) -> bool {
        self.fold
            .edits()
            .is_removed(section, who, &self.fold.people)
    }

    /// Whether a person is shown, according to the settings of all sections and those of this
    /// section.
    fn shows(&self, who: PersonId, plan: &Plan) -> bool {
        !self.left_out.is_banned(who) && self.shows_if_banned(who, plan)
    }

    /// Whether a person is shown in a section that also shows banned people.
    fn shows_if_banned(&self, who: PersonId, plan: &Plan) -> bool {
        let Some(known) = self.fold.people.known(self.fold.people.shown(who)) else {
            return false;
        };
        let named = |name: &str| !name.is_empty() && plan.ignore.contains(&*name.to_lowercase());
        let is_listed = [&known.login, &known.display, &known.id]
            .into_iter()
            .chain(&known.listed)
            .any(|name| named(name));
        let is_ignored = self.left_out.is_ignored(who) || is_listed;
        !is_ignored && (plan.platforms.is_empty() || plan.platforms.contains(&known.platform))
    }

    fn person(&self, who: PersonId, amount: Amount, first_ms: i64) -> Line {
        let people = &self.fold.people;
        let who = people.shown(who);
        Line {
            role: people.known(who).and_then(|known| role(known.roles)),
            who: Some(who),
            ..Line::new(Key::Person(who), people.name(who), amount, first_ms)
        }
    }

    /// People in the given order, for data without times.
    fn each(&self, list: impl Iterator<Item = (PersonId, Amount)>, plan: &Plan) -> Vec<Line> {
        let shown = list.filter(|(who, _)| self.shows(*who, plan)).enumerate();
        shown
            .map(|(place, (who, amount))| self.person(who, amount, in_order(place)))
            .collect()
    }

    /// People with a number each, in the given order.
    fn numbers(&self, list: &[(PersonId, u64)], unit: Unit, plan: &Plan) -> Vec<Line> {
        let list = list.iter();
        self.each(
            list.map(|(who, number)| (*who, Amount::Number(*number, unit))),
            plan,
        )
    }

    /// The people of a section. They are listed as sums, or as single events if the plan does not
    /// merge and the fold has the events.
    fn section(&self, section: Section, unit: Option<Unit>, plan: &Plan) -> Vec<Line> {
        if self.is_off(section) {
            return Vec::new();
        }
        let badge = match section {
            Section::Subs | Section::ReSubs => "star",
            Section::GiftSubs | Section::GiftBombs => "gift",
            _ => "",
        };
        let line = |who, count: u32, amount, tier: Option<Tier>, first_ms| {
            let amount = match unit {
                None => Amount::None,
                // The cost is not always known.
                Some(Unit::Points | Unit::Times) if amount == 0 => {
                    Amount::Number(count.into(), Unit::Times)
                }
                Some(unit) => Amount::Number(amount, unit),
            };
            Line {
                count: count.into(),
                tier,
                badge,
                ..self.person(who, amount, first_ms)
            }
        };
        let keeps = |who, tier: Option<Tier>| {
            self.shows(who, plan)
                && !self.is_removed(section.legacy(), who)
                && (plan.tiers.is_empty() || tier.is_none_or(|tier| plan.tiers.contains(&tier)))
        };
        let mut single = self.fold.session.singles().of(section).peekable();
        if !plan.merge && single.peek().is_some() {
            return single
                .filter(|once| keeps(once.who, once.tier))
                .map(|once| line(once.who, 1, once.amount, once.tier, once.at_ms))
                .collect();
        }
        let entries = self
            .fold
            .session
            .list(section)
            .map(|tally| tally.people(&self.fold.people))
            .unwrap_or_default();
        entries
            .into_iter()
            .filter(|entry| keeps(entry.who, entry.tier))
            .map(|one| line(one.who, one.count, one.amount, one.tier, one.first_ms))
            .collect()
    }

    /// People who gave subscriptions, with the recipients below them if the plan has any.
    fn gifts(&self, section: Section, plan: &Plan) -> Vec<Line> {
        let mut lines = self.section(section, Some(Unit::Gifts), plan);
        if plan.recipients == 0 {
            return lines;
        }
        let mut recipients: HashMap<PersonId, Vec<PersonId>> = HashMap::new();
        let gifts = self.fold.session.recipients();
        for (gifter, who) in gifts.gifts(section == Section::GiftBombs) {
            let gifter = self.fold.people.shown(gifter);
            recipients.entry(gifter).or_default().push(who);
        }
        for line in &mut lines {
            let (Some(gifter), Amount::Number(gifts, _)) = (line.who, &line.amount) else {
                continue;
            };
            let named = recipients.remove(&gifter).unwrap_or_default();
            line.lines = self.recipients(&named, *gifts, plan);
            line.is_inline = !line.lines.is_empty();
        }
        lines
    }

    /// The lines for the recipients of so many gifts. The last line is the number of gifts whose
    /// recipients are not listed.
    fn recipients(&self, named: &[PersonId], gifts: u64, plan: &Plan) -> Vec<Below> {
        let (mut listed, mut gifts_of_listed) = (Vec::new(), 0);
        for who in named {
            let who = self.fold.people.shown(*who);
            let is_listed = listed.contains(&who);
            if !is_listed && (listed.len() == plan.recipients || !self.shows(who, plan)) {
                continue;
            }
            gifts_of_listed += 1;
            if !is_listed {
                listed.push(who);
            }
        }
        let mut lines: Vec<_> = listed
            .into_iter()
            .map(|who| self.below(who, String::new(), ""))
            .collect();
        let more = gifts.saturating_sub(gifts_of_listed);
        if more > 0 && !lines.is_empty() {
            lines.push(below(self.language.and_more(more), String::new(), ""));
        }
        lines
    }

    fn cheers(&self, plan: &Plan) -> Vec<Line> {
        let pinned = self.joined_extras().pinned.list();
        match plan.pinned {
            Pinned::With => self.section(Section::Cheers, Some(Unit::Bits), plan),
            Pinned::Only => self.numbers(pinned, Unit::Bits, plan),
            Pinned::Without => {
                let mut lines = self.section(Section::Cheers, Some(Unit::Bits), plan);
                for (who, bits) in pinned {
                    let key = Key::Person(self.fold.people.shown(*who));
                    let its = |line: &&mut Line| {
                        line.key == key
                            && (plan.merge || line.amount == Amount::Number(*bits, Unit::Bits))
                    };
                    if let Some(line) = lines.iter_mut().find(its)
                        && let Amount::Number(all, _) = &mut line.amount
                    {
                        *all = all.saturating_sub(*bits);
                    }
                }
                lines.retain(|line| line.amount.rank() > 0);
                lines
            }
        }
    }

    fn chatters(&self, plan: &Plan) -> Vec<Line> {
        let activity = &self.joined_extras().chatters;
        let mut lines = self.section(Section::Users, None, plan);
        lines.retain_mut(|line| {
            let Key::Person(who) = line.key else {
                return false;
            };
            let messages = activity.get(who).map_or(0, |one| one.messages);
            line.amount = if messages == 0 {
                Amount::None
            } else {
                Amount::Number(messages, Unit::Messages)
            };
            let (role, badge) = match line.role {
                Some(0) => (Role::Moderators, "moderator"),
                Some(1) => (Role::Vips, "vip"),
                Some(_) => (Role::Subscribers, "star"),
                None => (Role::Others, ""),
            };
            line.badge = badge;
            plan.roles.is_empty() || plan.roles.contains(&role)
        });
        lines
    }

    /// People who wrote on this channel for the first time ever.
    fn first_timers(&self, plan: &Plan) -> Vec<Line> {
        let section = Section::Users;
        let entries = self.fold.session.first_timers().lines(&self.fold.people);
        entries
            .filter(|entry| {
                !self.is_off(section)
                    && self.shows(entry.who, plan)
                    && !self.is_removed(section.legacy(), entry.who)
            })
            .map(|entry| self.person(entry.who, Amount::None, entry.first_ms))
            .collect()
    }

    /// Numbers of bans. This is the only kind of section that shows people who are banned.
    fn bans(&self, plan: &Plan) -> Vec<Line> {
        let all = self
            .joined_extras()
            .chatters
            .list()
            .iter()
            .filter(|(who, one)| one.bans > 0 && self.shows_if_banned(*who, plan));
        let times = |bans| Amount::Number(bans, Unit::Times);
        all.enumerate()
            .map(|(place, (who, one))| Line {
                who: None,
                ..self.person(*who, times(one.bans), in_order(place))
            })
            .collect()
    }

    fn rewards(&self, plan: &Plan) -> Vec<Line> {
        let (icons, is_off) = (
            &self.joined_extras().reward_icons,
            self.is_off(Section::RewardRedemptions),
        );
        let wanted = |text: &str| plan.only.contains(&*text.to_lowercase());
        let rewards = self.fold.session.singles().rewards().iter().enumerate();
        let rewards = rewards.filter(|(_, reward)| {
            !is_off && (plan.only.is_empty() || wanted(&reward.id) || wanted(&reward.title))
        });
        rewards
            .filter_map(|(place, reward)| {
                let by: Vec<_> = reward
                    .by
                    .people(&self.fold.people)
                    .into_iter()
                    .filter(|entry| self.shows(entry.who, plan))
                    .collect();
                let count: u64 = by.iter().map(|entry| u64::from(entry.count)).sum();
                let who = |entry: &TallyEntry| {
                    let times = Amount::Number(entry.count.into(), Unit::Times).text(self.language);
                    self.below(entry.who, times, "")
                };
                let mut line =
                    Line::thing(&reward.title, Amount::Number(count, Unit::Times), place);
                line.lines = by.iter().map(who).collect();
                line.images.extend(icons.get(&reward.id).cloned());
                (count > 0).then_some(line)
            })
            .collect()
    }

    fn support(
        &self,
        kind: SupportKind,
        plan: &Plan,
        of_it: impl Fn(&SupportOnce) -> bool,
    ) -> Vec<Line> {
        if self.is_off(Section::Custom) {
            return Vec::new();
        }
        let stickers = self.joined_extras().stickers.list();
        let these = self.fold.session.singles().support(kind).filter(|once| {
            let source = &*once.name.source;
            let mut services = plan.services.iter();
            of_it(once)
                && (plan.services.is_empty() || services.any(|one| one.is_source(source)))
                && self.shows(once.who, plan)
                && !self.is_removed(support_section(kind), once.who)
        });
        // What `AddToCredits` put below the same name stands with it.
        let section = support_section(kind);
        let added_too = plan.services.is_empty()
            && matches!(plan.first(), Kind::Tips | Kind::Merch | Kind::Members);
        let own = self.fold.added().into_iter();
        let own = own
            .filter(|(name, _)| added_too && name.eq_ignore_ascii_case(section))
            .flat_map(|(_, values)| values);
        these
            .map(|once| {
                let amount = match &once.money {
                    Some(money) if is_diamonds(money) => {
                        Amount::Number(money.amount.rounded(0).count(), Unit::Diamonds)
                    }
                    Some(money) => Amount::Money(Sums::of(money.clone())),
                    None => Amount::None,
                };
                let root = self.fold.people.shown(once.who);
                let mut line = self.person(once.who, amount, once.at_ms);
                line.note = once.what.to_string();
                line.images.extend(
                    stickers
                        .iter()
                        .filter(|(who, _)| self.fold.people.shown(*who) == root)
                        .map(|(_, image)| image.clone()),
                );
                line
            })
            .chain(own.map(|value| Line {
                first_ms: i64::MAX,
                ..added(value, 0)
            }))
            .collect()
    }

    fn power_ups(&self, plan: &Plan) -> Vec<Line> {
        let all = self.joined_extras().power_ups.list().iter();
        let wanted = |text: &str| !text.is_empty() && plan.only.contains(&*text.to_lowercase());
        all.filter(|one| {
            let is_wanted = plan.only.is_empty()
                || [&one.kind, &one.id, &one.name]
                    .map(|text| wanted(text))
                    .contains(&true);
            is_wanted && self.shows(one.who, plan)
        })
        .enumerate()
        .map(|(place, one)| {
            let once = Amount::Number(1, Unit::Times);
            let mut line = self.person(one.who, once, in_order(place));
            line.note = one.name.to_string();
            line.skin.clone_from(&one.skin);
            line.images
                .extend(Some(one.image.clone()).filter(|image| !image.is_empty()));
            line
        })
        .collect()
    }

    fn patrons(&self, plan: &Plan) -> Vec<Line> {
        let all = self.joined_extras().patrons.iter();
        let wanted =
            all.filter(|one| plan.only.is_empty() || plan.only.contains(&*one.tier.to_lowercase()));
        let amount = |months: u32, given: Decimal| {
            if plan.lifetime {
                Amount::Money(Sums::of(Money::new(given, "")))
            } else {
                Amount::Number(months.into(), Unit::Months)
            }
        };
        let mut lines = self.each(
            wanted.map(|one| (one.who, amount(one.months, one.given))),
            plan,
        );
        let given: HashMap<PersonId, Decimal> = self
            .joined_extras()
            .patrons
            .iter()
            .map(|one| (self.fold.people.shown(one.who), one.given))
            .collect();
        for line in &mut lines {
            line.total = line
                .who
                .and_then(|who| given.get(&who).copied())
                .unwrap_or_default();
        }
        lines
    }

    fn has_tier(line: &mut Line, plan: &Plan, tier: impl Fn(PersonId) -> Option<Tier>) -> bool {
        let Key::Person(who) = line.key else {
            return false;
        };
        line.tier = tier(who);
        plan.tiers.is_empty() || line.tier.is_some_and(|tier| plan.tiers.contains(&tier))
    }

    fn ranked(&self, list: Vec<(PersonId, u64)>, unit: Unit, section: Section) -> Vec<Line> {
        let list = if self.is_off(section) {
            Vec::new()
        } else {
            list
        };
        let list = list
            .into_iter()
            .filter(|(who, _)| !self.is_removed(section.legacy(), *who));
        list.enumerate()
            .map(|(at, (who, amount))| self.person(who, Amount::Number(amount, unit), in_order(at)))
            .collect()
    }

    /// Names that the config lists. The names of known accounts are shown as the accounts have them
    /// now.
    fn listed(&self, names: &[Box<str>], section: Section, plan: &Plan) -> Vec<Line> {
        let is_named = |name: &str| plan.ignore.contains(&*name.to_lowercase());
        let listed = |written: &str| {
            let accounts = self.fold.people.listed_as(written);
            let is_ignored =
                self.options.ignore.own.contains(&*written.to_lowercase()) || is_named(written);
            let as_written =
                (accounts.is_empty() && !is_ignored).then(|| (written.to_owned(), None));
            let shown = accounts
                .into_iter()
                .filter(|who| !self.left_out.has(*who) && !is_named(self.fold.people.name(*who)));
            let shown = shown.map(|who| (self.fold.people.name(who).to_owned(), Some(who)));
            as_written.into_iter().chain(shown).collect::<Vec<_>>()
        };
        let names = names
            .iter()
            .filter(|_| !self.is_off(section))
            .flat_map(|written| listed(written));
        names
            .enumerate()
            .map(|(place, (name, who))| Line {
                who,
                ..Line::thing(&name, Amount::None, place)
            })
            .collect()
    }

    fn shown(
        &self,
        who: impl Iterator<Item = PersonId>,
        plan: &Plan,
    ) -> impl Iterator<Item = PersonId> {
        who.filter(|who| self.shows(*who, plan))
    }

    /// A line with a person's name below another line.
    fn below(&self, who: PersonId, amount: String, icon: &'static str) -> Below {
        Below {
            who: Some(self.fold.people.shown(who)),
            ..below(self.fold.people.name(who).to_owned(), amount, icon)
        }
    }
}

/// The place in a list as a time, which keeps data without times in its order.
fn in_order(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn below(text: String, amount: String, icon: &'static str) -> Below {
    Below {
        text,
        platform: "",
        amount,
        icon,
        who: None,
    }
}

fn is_tiktok(once: &SupportOnce) -> bool {
    once.name.source.eq_ignore_ascii_case("TikTok") || once.money.as_ref().is_some_and(is_diamonds)
}

fn is_diamonds(money: &Money) -> bool {
    money.currency.as_str() == DIAMONDS
}

fn role(roles: Roles) -> Option<u8> {
    let ranks = [
        (Roles::MODERATOR, 0),
        (Roles::VIP, 1),
        (Roles::SUBSCRIBER, 2),
    ];
    ranks
        .into_iter()
        .find(|(role, _)| roles.contains(*role))
        .map(|(_, rank)| rank)
}

/// Questions of votes with their choices below; the winner has a check mark.
fn votes(list: &[EndedVote], share: impl Fn(u64, u64) -> String) -> Vec<Line> {
    let choice = |(title, votes, won): &(Box<str>, u64, bool), total| {
        below(
            title.to_string(),
            share(*votes, total),
            if *won { "check" } else { "" },
        )
    };
    let line = |(place, vote): (usize, &EndedVote)| {
        let mut line = Line::thing(&vote.title, Amount::Number(0, Unit::Times), place);
        // The same question may be asked twice, so the title is no key.
        line.key = Key::Thing(place.to_string());
        line.lines = vote
            .choices
            .iter()
            .map(|one| choice(one, vote.total))
            .collect();
        line
    };
    list.iter().enumerate().map(line).collect()
}

/// A value of `AddToCredits`: a text, a number, or an object with a name.
fn added(value: &Value, place: usize) -> Line {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => text("name").unwrap_or_else(|| value.to_string()),
        other => other.to_string(),
    };
    let mut line = Line::thing(&name, Amount::None, place);
    line.key = Key::Thing(value.to_string());
    line.note = text("note").or_else(|| text("for")).unwrap_or_default();
    line
}

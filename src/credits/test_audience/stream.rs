//! Makes up what an audience does during a stream: most people write, some follow, few give, and
//! one or two give a lot.

use fastrand::Rng;
use serde_json::json;

use crate::{
    credits::{Fold, Origin},
    event::{
        EventName, Fact, Money, Person, Platform, Roles,
        currency::DIAMONDS,
        fact::{
            Chat, Contribution, Gift, HypeTrain, Presence, PresenceEvent, Redemption, SubKind,
            Subscription, Support, SupportKind, Tier,
        },
    },
    mapping::summary_extras::{
        Activity, EndedVote, Patron, PowerUp, Shoutout, SummaryExtras, Train,
    },
};

/// How long the stream has been, in milliseconds.
const STREAM_MS: i64 = 3 * 3_600_000;
/// The thousandths of the audience that have a role.
const MODERATORS: usize = 30;
const VIPS: usize = 40;
const SUBSCRIBERS: usize = 180;

const BITS: [u64; 14] = [
    1, 5, 20, 50, 100, 100, 100, 100, 150, 200, 300, 500, 1_000, 2_500,
];
const VIEWERS: [u64; 12] = [3, 6, 9, 14, 18, 25, 31, 44, 57, 82, 140, 310];
const MONTHS: [u32; 14] = [2, 3, 4, 5, 6, 8, 9, 12, 14, 18, 24, 31, 48, 72];
const TIPS: [i64; 10] = [100, 200, 300, 300, 500, 500, 500, 1_000, 2_000, 5_000];
const CURRENCIES: [&str; 6] = ["EUR", "USD", "GBP", "JPY", "SEK", "BRL"];
const REWARDS: [(&str, u64); 6] = [
    ("Hydrate!", 250),
    ("Stretch break", 500),
    ("Pick the next song", 1_500),
    ("Ask me anything", 800),
    ("Name the next boss", 3_000),
    ("Lights off", 5_000),
];
const SHOP: [&str; 4] = ["Mug", "Hoodie (L)", "Sticker sheet", "Poster, signed"];
const GAMES: [&str; 2] = ["Just Chatting", "Frog Café: Rainy Season"];
const TITLE: &str = "Friday night frogs – road to the last boss";

/// A service that reports tips, with the platform of its people.
const SERVICES: [(&str, &str, Platform); 4] = [
    ("Kofi", "Donation", Platform::Kofi),
    ("StreamElements", "Tip", Platform::StreamElements),
    ("Streamlabs", "Donation", Platform::Streamlabs),
    ("TipeeeStream", "Donation", Platform::Tipeee),
];

/// Credits of a stream with these people. Whether tips are in several currencies is
/// `mixed_currency`.
pub(super) fn credits(
    people: &[Person],
    mixed_currency: bool,
    dice: &mut Rng,
    now_ms: i64,
) -> Fold {
    let mut order: Vec<usize> = (0..people.len()).collect();
    dice.shuffle(&mut order);
    let mut stream = Stream {
        people,
        order,
        next: 0,
        mixed_currency,
        dice,
        now_ms,
        facts: Vec::new(),
        extras: SummaryExtras::default(),
    };
    stream.chat();
    stream.follows_and_raids();
    stream.subscriptions();
    stream.gifts();
    stream.cheers_and_trains();
    stream.rewards();
    stream.money();
    stream.votes();
    stream.summary();
    stream.fold()
}

struct Stream<'a> {
    people: &'a [Person],
    /// A shuffled list of all people, from which those of each section are taken in turn.
    order: Vec<usize>,
    next: usize,
    mixed_currency: bool,
    dice: &'a mut Rng,
    now_ms: i64,
    facts: Vec<(i64, Fact)>,
    extras: SummaryExtras,
}

impl Stream<'_> {
    /// Thousandths of the audience, at least `least` people and at most all of them.
    fn share(&self, thousandths: usize, least: usize) -> usize {
        let all = self.people.len();
        (all * thousandths / 1_000).max(least).min(all)
    }

    /// The next people in the shuffled list.
    fn some(&mut self, count: usize) -> Vec<Person> {
        let from = self.next;
        self.next = (from + count) % self.order.len().max(1);
        let places = self.order.iter().cycle().skip(from).take(count);
        places
            .filter_map(|place| self.people.get(*place).cloned())
            .collect()
    }

    fn one(&mut self) -> Option<Person> {
        self.some(1).pop()
    }

    fn choice<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        self.dice.choice(list).copied()
    }

    fn below(&mut self, most: usize) -> usize {
        self.dice.usize(..most.max(1))
    }

    /// Adds a fact at some time of the stream.
    fn add(&mut self, fact: Fact) {
        let before_ms = self.dice.i64(1_000..STREAM_MS);
        self.facts.push((self.now_ms - before_ms, fact));
    }

    /// Everybody writes, in the order in which they came.
    fn chat(&mut self) {
        let (moderators, vips) = (self.share(MODERATORS, 1), self.share(VIPS, 1));
        let subscribers = self.share(SUBSCRIBERS, 1);
        let newcomers = self.share(40, 1);
        let all = i64::try_from(self.people.len()).unwrap_or(i64::MAX).max(1);
        let order = std::mem::take(&mut self.order);
        for (rank, place) in order.iter().enumerate() {
            let Some(who) = self.people.get(*place) else {
                continue;
            };
            let is_vip = (moderators..moderators + vips).contains(&rank);
            let is_new = rank + newcomers >= order.len() && rank > moderators + vips;
            let roles = Roles::empty()
                .when(rank < moderators, Roles::MODERATOR)
                .when(is_vip, Roles::VIP)
                .when(
                    rank.is_multiple_of(3) && rank < 3 * subscribers,
                    Roles::SUBSCRIBER,
                );
            let arrived = i64::try_from(*place).unwrap_or_default();
            let at_ms = self.now_ms - STREAM_MS + STREAM_MS / all * arrived;
            let presence = Presence {
                who: who.clone().with_roles(roles),
                spoke: true,
                emitted_as: PresenceEvent::FirstWord { ever: is_new },
                ..Presence::default()
            };
            self.facts.push((at_ms, Fact::Presence(presence)));
            // Some people write most of the messages.
            let most = if rank.is_multiple_of(9) { 180 } else { 24 };
            let activity = Activity {
                messages: self.dice.u64(1..most),
                ..Activity::default()
            };
            self.extras.chatters.push((who.clone(), activity));
        }
        self.order = order;
    }

    fn follows_and_raids(&mut self) {
        for who in self.some(self.share(160, 2)) {
            self.add(Fact::Follow { who });
        }
        for who in self.some(self.share(12, 1).min(9)) {
            let viewers = self.choice(&VIEWERS).unwrap_or(5) + self.dice.u64(..5);
            let avatar = Box::default();
            self.add(Fact::Raid {
                who,
                viewers,
                avatar,
            });
        }
        for (place, category) in GAMES.into_iter().enumerate() {
            let title = TITLE.into();
            let category = category.into();
            let after_ms = STREAM_MS - 3_600_000 * i64::try_from(place).unwrap_or_default();
            let fact = Fact::Stream { category, title };
            self.facts.push((self.now_ms - after_ms, fact));
        }
    }

    fn tier(&mut self) -> Tier {
        match self.dice.u64(..20) {
            0 => Tier::Three,
            1 | 2 => Tier::Two,
            3..=8 => Tier::Prime,
            _ => Tier::One,
        }
    }

    fn subscriptions(&mut self) {
        for (kind, thousandths) in [(SubKind::New, 55), (SubKind::Renewed, 85)] {
            for who in self.some(self.share(thousandths, 1)) {
                let months = if kind == SubKind::New {
                    1
                } else {
                    self.choice(&MONTHS).unwrap_or(6)
                };
                let tier = self.tier();
                self.extras.active_subs.push((who.clone(), tier));
                self.add(Fact::Subscription(Subscription {
                    who,
                    tier,
                    kind,
                    months: 1,
                    cumulative_months: months,
                    streak_months: months.min(6),
                    ..Subscription::default()
                }));
            }
        }
    }

    /// Single gifts, and gift bombs of which one is large.
    fn gifts(&mut self) {
        let single = self.share(25, 1);
        let bombs = self.share(12, 1).min(12);
        for number in 0..single + bombs {
            let is_bomb = number >= single;
            let count = match number.saturating_sub(single) {
                _ if !is_bomb => 1,
                0 => 20,
                other if other.is_multiple_of(2) => 10,
                _ => 5,
            };
            let Some(gifter) = self.one() else {
                return;
            };
            // Nobody receives a gift twice.
            let recipients = self.some(count.min(self.people.len().saturating_sub(1)));
            let total = u32::try_from(count).unwrap_or_default();
            let tier = Tier::One;
            let active = (gifter.clone(), tier, u64::from(total));
            self.extras.active_gifters.push(active);
            self.add(Fact::Gift(Gift {
                gifter,
                tier,
                recipients,
                count: total,
                months: 1,
                cumulative_months: 1,
                bomb: is_bomb,
                lone: !is_bomb,
                total,
                ..Gift::default()
            }));
        }
    }

    fn cheers_and_trains(&mut self) {
        let cheerers = self.some(self.share(70, 1));
        for (place, who) in cheerers.iter().enumerate() {
            let times = if place.is_multiple_of(4) { 3 } else { 1 };
            for _ in 0..times {
                let bits = self.choice(&BITS).unwrap_or(100);
                self.add(Fact::Cheer {
                    who: who.clone(),
                    bits,
                    chat: Chat::default(),
                });
                if bits == 300 {
                    self.extras.pinned.push((who.clone(), bits));
                }
            }
        }
        let trains = 1 + self.people.len() / 300;
        for _ in 0..trains.min(4) {
            let some = self.some(self.share(30, 2).min(20));
            let contributors: Vec<_> = some
                .iter()
                .enumerate()
                .map(|(place, who)| Contribution {
                    who: who.clone(),
                    kind: if place.is_multiple_of(2) {
                        "bits"
                    } else {
                        "subs"
                    }
                    .into(),
                    total: 500 * self.dice.u64(1..9),
                })
                .collect();
            let conductors: Vec<_> = contributors.iter().take(2).cloned().collect();
            let (level, percent) = (self.dice.u32(1..7), self.dice.u32(5..100));
            self.extras.trains.push(Train {
                level,
                percent,
                conductors: conductors.iter().map(|one| one.who.clone()).collect(),
            });
            self.add(Fact::HypeTrain(HypeTrain {
                phase: "HypeTrainEnd".into(),
                level,
                percent,
                conductors,
                contributors,
            }));
        }
    }

    fn rewards(&mut self) {
        for who in self.some(self.share(130, 1)) {
            let (title, cost) = match self.dice.u64(..10) {
                0..=3 => REWARDS[0],
                _ => self.choice(&REWARDS).unwrap_or(REWARDS[0]),
            };
            let redemption = Redemption {
                who,
                reward_id: title.to_lowercase().into(),
                title: title.into(),
                cost: Some(cost),
                ..Redemption::default()
            };
            self.add(Fact::Redemption(redemption));
        }
        for who in self.some(self.share(20, 1)) {
            let points = 100 * self.dice.u64(1..40);
            self.add(Fact::GoalContribution { who, points });
        }
        for who in self.some(self.share(6, 1).min(4)) {
            let width = self.dice.u32(3..6);
            self.add(Fact::Pyramid { who, width });
        }
    }

    /// An amount in the currency of a supporter, at least the smallest of [`TIPS`].
    fn price(&mut self) -> Money {
        let currency = if self.mixed_currency {
            self.choice(&CURRENCIES).unwrap_or("EUR")
        } else {
            "EUR"
        };
        // Yen and crowns are small.
        let factor = match currency {
            "JPY" => 150,
            "SEK" => 10,
            _ => 1,
        };
        let cents = self.choice(&TIPS).unwrap_or(500) * factor;
        Money::of_cents(cents, currency)
    }

    fn give(
        &mut self,
        kind: SupportKind,
        (source, name, platform): (&str, &str, Platform),
        money: Option<Money>,
        what: &str,
    ) {
        // People have the same name everywhere, but another account.
        let named = self
            .one()
            .and_then(|who| Person::on(platform, "", "", &who.display));
        let Some(who) = named else { return };
        self.add(Fact::Support(Support {
            kind,
            who,
            money,
            what: what.into(),
            name: EventName::new(source, name),
            id: Box::default(),
        }));
    }

    fn money(&mut self) {
        for service in SERVICES.into_iter().cycle().take(self.share(30, 1)) {
            let price = self.price();
            self.give(SupportKind::Tip, service, Some(price), "");
        }
        for what in SHOP.into_iter().cycle().take(self.share(12, 1)) {
            let shop = ("Fourthwall", "OrderPlaced", Platform::Fourthwall);
            let price = Some(self.price());
            self.give(SupportKind::Merch, shop, price, what);
        }
        for number in 0..self.share(15, 1) {
            let club = if number.is_multiple_of(2) {
                ("Kofi", "Subscription", Platform::Kofi)
            } else {
                ("YouTube", "NewSponsor", Platform::YouTube)
            };
            let price = Some(self.price());
            self.give(SupportKind::Member, club, price, "Frog friend");
        }
        for number in 0..self.share(16, 2) {
            let name = if number.is_multiple_of(2) {
                "SuperChat"
            } else {
                "SuperSticker"
            };
            let price = Some(self.price());
            let youtube = ("YouTube", name, Platform::YouTube);
            self.give(SupportKind::Tip, youtube, price, "");
        }
        for _ in 0..self.share(10, 1) {
            let diamonds = 100 * self.choice(&[1, 5, 10, 99]).unwrap_or(1);
            let price = Some(Money::of_cents(diamonds, DIAMONDS));
            let tiktok = ("TikTok", "Gift", Platform::TikTok);
            self.give(SupportKind::Tip, tiktok, price, "Rose");
        }
    }

    fn votes(&mut self) {
        let votes = self.people.len() as u64;
        let vote = |title: &str, choices: &[(&str, u64)], all: u64| {
            let most = choices.iter().map(|(_, share)| *share).max();
            EndedVote {
                title: title.into(),
                total: choices.iter().map(|(_, share)| all * share / 100).sum(),
                choices: choices
                    .iter()
                    .map(|(choice, share)| {
                        ((*choice).into(), all * share / 100, Some(*share) == most)
                    })
                    .collect(),
            }
        };
        self.extras.polls = vec![
            vote(
                "Left or right?",
                &[("Left, of course", 68), ("Right", 32)],
                votes.max(25),
            ),
            vote(
                "What do we play next?",
                &[("Frog Café", 45), ("Chess", 20), ("The old one", 35)],
                votes.max(25),
            ),
        ];
        self.extras.predictions = vec![vote(
            "Do we beat the boss in three tries?",
            &[("Yes!", 38), ("Never", 62)],
            votes.max(25) * 420,
        )];
    }

    /// The data that only Twitchat's summary has.
    fn summary(&mut self) {
        for (number, who) in self.some(self.share(25, 2).min(12)).into_iter().enumerate() {
            let received = number.is_multiple_of(3);
            let viewers = if received { 12 } else { 0 };
            self.extras.shoutouts.push(Shoutout {
                who,
                received,
                viewers,
            });
        }
        let skins = ["simmer", "rainbow-eclipse", "cosmic-abyss"];
        for who in self.some(self.share(15, 1)) {
            let skin = self.choice(&skins).unwrap_or_default().into();
            self.extras.power_ups.push(PowerUp {
                who,
                kind: "animation".into(),
                image: Box::default(),
                skin,
                name: Box::default(),
                id: Box::default(),
            });
        }
        for who in self.some(self.share(15, 1)) {
            let months = self.dice.u32(1..40);
            self.extras.patrons.push(Patron {
                who,
                months,
                tier: "frog friend".into(),
                given: Money::of_cents(i64::from(months) * 500, "").amount,
            });
        }
        for (place, who) in self.some(self.share(20, 2)).into_iter().enumerate() {
            let Some(who) = Person::on(Platform::TikTok, "", "", &who.display) else {
                continue;
            };
            let number = self.dice.u64(1..400);
            if place.is_multiple_of(2) {
                self.extras.likes.push((who, number));
            } else {
                self.extras.shares.push((who, number.div_ceil(80)));
            }
        }
        // Somebody is timed out, and somebody else was banned and pardoned.
        let rude = self.below(self.extras.chatters.len());
        if let Some((_, activity)) = self.extras.chatters.get_mut(rude) {
            (activity.timeouts, activity.timeout_seconds) = (1, 600);
        }
        let banned = self.below(self.extras.chatters.len());
        if let Some((_, activity)) = self.extras.chatters.get_mut(banned) {
            activity.bans = 1;
        }
    }

    fn fold(mut self) -> Fold {
        let mut fold = Fold::default();
        self.facts.sort_by_key(|(at_ms, _)| *at_ms);
        for (at_ms, fact) in &self.facts {
            fold.apply(fact, None, Origin::Live, *at_ms, |_| {});
        }
        fold.join(self.extras, self.now_ms);
        for thanks in [
            "Everybody who lurked",
            "The cat, for staying off the keyboard",
        ] {
            fold.add_custom("Special thanks", json!(thanks));
        }
        fold
    }
}

//! Reads follows, bits, subscriptions, gifts and rewards.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    channel,
    chat::{NameSource, chat},
    missing_field::MissingField,
};
use crate::{
    event::{
        Fact, Person,
        fact::{ChatKind, Gift, Redemption, SubKind, Subscription, Tier},
        person::{ANONYMOUS_CHEERER, ANONYMOUS_GIFTER},
    },
    twitchat::{
        account::Account,
        lenient::{self, Flag, Loose, Number, Rows, Text},
    },
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Follow<'a> {
    #[serde(borrow)]
    channel: Text<'a>,
    user: Loose<Account<'a>>,
}

pub(super) fn follow(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    let follow: Follow<'_> = lenient::object(data).ok_or(MissingField::with("data"))?;
    facts.extend(channel::channel(&follow.channel.0));
    let who = person(&follow.user).ok_or(MissingField::with("user"))?;
    facts.push(Fact::Follow { who });
    Ok(())
}

/// The fields of bits, subscriptions and rewards.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct SupportData<'a> {
    #[serde(borrow)]
    channel: Text<'a>,
    message: Option<&'a RawValue>,
    #[serde(rename = "message_chunks")]
    message_chunks: Rows<'a>,
    user: Loose<Account<'a>>,
    /// The hash of the text, which the journal stores instead of the text.
    text_print: Number,
    bits: Number,
    reward: Loose<Reward<'a>>,
    tier: Text<'a>,
    months: Number,
    recipients: Rows<'a>,
    streak_months: Number,
    total_sub_duration: Number,
    gift_count: Number,
    is_prime_upgrade: Flag,
    is_gift: Flag,
    is_gift_upgrade: Flag,
    is_resub: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reward<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    title: Text<'a>,
    cost: Number,
}

impl<'a> SupportData<'a> {
    fn read(data: &'a RawValue, facts: &mut Vec<Fact>) -> Result<Self, MissingField> {
        let given: Self = lenient::object(data).ok_or(MissingField::with("data"))?;
        facts.extend(channel::channel(&given.channel.0));
        Ok(given)
    }

    fn who(&self) -> Result<Person, MissingField> {
        person(&self.user).ok_or(MissingField::with("user"))
    }

    fn chat(&self) -> crate::event::fact::Chat {
        let mut chat = chat(
            self.message,
            &self.message_chunks,
            &self.channel.0,
            self.user.0.as_ref().map(|user| (user, NameSource::User)),
        );
        if chat.text.is_empty() {
            chat.print = self
                .text_print
                .small()
                .and_then(|print| u16::try_from(print).ok())
                .unwrap_or_default();
        }
        chat
    }
}

pub(super) fn bits(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    let given = SupportData::read(data, facts)?;
    let who = given.who()?;
    let who = if who.is_anonymous() {
        Person::anonymous(ANONYMOUS_CHEERER)
    } else {
        who
    };
    let bits = given
        .bits
        .count()
        .filter(|bits| *bits > 0)
        .ok_or(MissingField::with("bits"))?;
    facts.push(Fact::Cheer {
        who,
        bits,
        chat: given.chat(),
    });
    Ok(())
}

pub(super) fn reward(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    let given = SupportData::read(data, facts)?;
    let who = given.who()?;
    let mut chat = given.chat();
    let reward = given
        .reward
        .0
        .filter(|reward| !reward.id.is_empty() || !reward.title.is_empty())
        .ok_or(MissingField::with("reward"))?;
    chat.kind = if automatic(&reward.id.0) {
        ChatKind::Highlighted
    } else {
        ChatKind::Reward
    };
    let is_free = reward.cost.0.is_none_or(|cost| cost < 0.0);
    facts.push(Fact::Redemption(Redemption {
        who,
        automatic: automatic(&reward.id.0) || reward.cost.0.is_some_and(|cost| cost < 0.0),
        reward_id: reward.id.0.into(),
        title: reward.title.0.into(),
        cost: if is_free { None } else { reward.cost.count() },
        chat,
        ..Redemption::default()
    }));
    Ok(())
}

pub(super) fn subscription(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    let given = SupportData::read(data, facts)?;
    if given.is_gift.0 {
        facts.push(Fact::Gift(gift(&given)));
        return Ok(());
    }
    let kind = match (
        given.is_prime_upgrade.0,
        given.is_gift_upgrade.0,
        given.is_resub.0,
    ) {
        (true, _, _) => SubKind::PrimeUpgrade,
        (_, true, _) => SubKind::GiftUpgrade,
        (_, _, true) => SubKind::Renewed,
        _ => SubKind::New,
    };
    facts.push(Fact::Subscription(Subscription {
        who: given.who()?,
        tier: tier(&given.tier.0),
        kind,
        months: given.months.small().unwrap_or_default().max(1),
        cumulative_months: total_months(kind, given.total_sub_duration.small()),
        streak_months: given.streak_months.small().unwrap_or_default(),
        chat: given.chat(),
    }));
    Ok(())
}

fn gift(given: &SupportData<'_>) -> Gift {
    let recipients: Vec<_> = given
        .recipients
        .0
        .iter()
        .filter_map(|raw| lenient::object::<Account<'_>>(raw))
        .filter_map(|account| account.person())
        .collect();
    let named = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
    let count = given
        .gift_count
        .small()
        .unwrap_or_default()
        .max(named)
        .max(1);
    Gift {
        gifter: giver(person(&given.user)),
        tier: tier(&given.tier.0),
        recipients,
        count,
        months: given.months.small().unwrap_or_default().max(1),
        cumulative_months: given.total_sub_duration.small().unwrap_or_default(),
        bomb: count > 1,
        ..Gift::default()
    }
}

/// A new subscriber is in the first month. For other subscribers, 0 means unknown.
pub(in crate::mapping) fn total_months(kind: SubKind, emitted_as: Option<u32>) -> u32 {
    emitted_as
        .unwrap_or_default()
        .max(u32::from(kind == SubKind::New))
}

fn person(user: &Loose<Account<'_>>) -> Option<Person> {
    user.0.as_ref().and_then(Account::person)
}

/// The gifter. Twitch's anonymous account if the message names nobody.
pub(in crate::mapping) fn giver(who: Option<Person>) -> Person {
    who.filter(|who| !who.is_anonymous())
        .unwrap_or_else(|| Person::anonymous(ANONYMOUS_GIFTER))
}

/// Reads `prime`, 1, 2, 3, or Twitch's own 1000, 2000, 3000. Any other text is tier 1.
pub(in crate::mapping) fn tier(text: &str) -> Tier {
    match text.trim() {
        "2" | "2000" => Tier::Two,
        "3" | "3000" => Tier::Three,
        text if text.eq_ignore_ascii_case("prime") => Tier::Prime,
        _ => Tier::One,
    }
}

/// Whether this is one of Twitch's own rewards, which have words as ids.
pub(in crate::mapping) fn automatic(reward_id: &str) -> bool {
    reward_id == "highlighted-message"
}

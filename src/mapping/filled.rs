//! Reads a row of Twitchat's summary into facts. Such a row is an event that the bridge missed, in
//! the format of the journal.
//!
//! Two kinds of lists are not read. Some feed no section (polls, predictions, shoutouts, power-ups,
//! likes, shares). The list of patrons has all patrons, not only new ones. A gift upgrade looks
//! like a gift here, because Twitchat puts both in one list.

use super::decode::{automatic, giver, tier, total_months};
use crate::{
    event::{
        Currency, EventName, Fact, Money, Person, Platform, Roles,
        currency::DIAMONDS,
        fact::{
            Chat, Contribution, Gift, HypeTrain, Presence, Redemption, SubKind, Subscription,
            Support, SupportKind,
        },
    },
    twitchat::{
        lenient::{Figure, Text},
        summary::{Conductor, List, Row},
    },
};

/// The facts of a row of the summary's `list`. A row without a usable value gives none.
pub fn filled(list: &str, row: &str) -> Vec<Fact> {
    List::parse(list)
        .and_then(|list| Row::read(row).and_then(|row| fact(list, &row)))
        .into_iter()
        .collect()
}

pub(super) fn fact(list: List, row: &Row<'_>) -> Option<Fact> {
    Some(match list {
        List::Follows => Fact::Follow { who: person(row)? },
        List::Raids => Fact::Raid {
            who: person(row)?.with_login_of_display(),
            viewers: row.raiders.count().unwrap_or_default(),
            avatar: Box::default(),
        },
        // These rows are everyone who is subscribed today, not the people who subscribed in this
        // stream.
        List::Subs | List::Subgifts if row.from_active_subs.0 => return None,
        List::Subs => subscription(row, SubKind::New)?,
        List::Resubs => subscription(row, SubKind::Renewed)?,
        List::Subgifts => gift(row),
        List::Bits => Fact::Cheer {
            who: person(row)?,
            bits: row.bits.count().filter(|bits| *bits > 0)?,
            chat: Chat::default(),
        },
        List::Rewards => reward(row)?,
        List::HypeTrains => hype_train(row)?,
        List::Chatters => chatter(row)?,
        List::Tips => tip(row)?,
        List::Merch => merch(row)?,
        List::SuperChats => youtube(row, "SuperChat")?,
        List::SuperStickers => youtube(row, "SuperSticker")?,
        List::TiktokGifts => tiktok_gift(row)?,
        List::HypeChats
        | List::Shoutouts
        | List::Polls
        | List::Predictions
        | List::Powerups
        | List::TiktokLikes
        | List::TiktokShares
        | List::PatreonMembers => return None,
    })
}

/// `login` is the display name in all lists.
pub(super) fn person(row: &Row<'_>) -> Option<Person> {
    if row.platform.is_empty() {
        return Person::new(&row.uid.0, "", &row.login.0);
    }
    Person::on(
        Platform::parse(&row.platform.0),
        &row.uid.0,
        "",
        &row.login.0,
    )
}

fn subscription(row: &Row<'_>, kind: SubKind) -> Option<Fact> {
    Some(Fact::Subscription(Subscription {
        who: person(row)?,
        tier: tier(&row.tier.0),
        kind,
        months: 1,
        cumulative_months: total_months(kind, row.sub_duration.small()),
        ..Subscription::default()
    }))
}

/// A gift bomb, or the part of it that the journal lacked.
fn gift(row: &Row<'_>) -> Fact {
    let total = row.total.small().unwrap_or_default().max(1);
    Fact::Gift(Gift {
        gifter: giver(person(row)),
        tier: tier(&row.tier.0),
        count: row
            .missing
            .small()
            .filter(|missing| *missing > 0)
            .unwrap_or(total),
        months: 1,
        bomb: total > 1,
        ..Gift::default()
    })
}

fn reward(row: &Row<'_>) -> Option<Fact> {
    let reward = row
        .reward
        .0
        .as_ref()
        .filter(|reward| !reward.id.is_empty() || !reward.name.is_empty())?;
    Some(Fact::Redemption(Redemption {
        who: person(row)?,
        automatic: automatic(&reward.id.0),
        reward_id: (&*reward.id.0).into(),
        title: (&*reward.name.0).into(),
        ..Redemption::default()
    }))
}

fn hype_train(row: &Row<'_>) -> Option<Fact> {
    let conductor = |who: Option<&Conductor<'_>>, kind: &str| {
        let who = who?;
        let total = if kind == "bits" { who.bits } else { who.subs };
        let person = Person::new(&who.uid.0, "", &who.login.0)?;
        Some(Contribution {
            who: person,
            kind: kind.into(),
            total: total.count().unwrap_or_default(),
        })
    };
    let of_bits = conductor(row.conductor_bits.0.as_ref(), "bits");
    let conductors: Vec<_> = of_bits
        .into_iter()
        .chain(conductor(row.conductor_subs.0.as_ref(), "subs"))
        .collect();
    Some(Fact::HypeTrain(HypeTrain {
        phase: "HypeTrainEnd".into(),
        level: row.level.small()?,
        percent: row.percent.small().unwrap_or_default(),
        contributors: conductors.clone(),
        conductors,
    }))
}

/// A person who wrote, or was only banned. The summary shows the person's current roles.
fn chatter(row: &Row<'_>) -> Option<Fact> {
    let roles = Roles::empty()
        .when(row.vip.0, Roles::VIP)
        .when(row.moderator.0, Roles::MODERATOR)
        .when(row.sub.0, Roles::SUBSCRIBER);
    let spoke = row.count.count().is_some_and(|count| count > 0);
    Some(Fact::Presence(Presence {
        who: person(row)?.with_roles(roles),
        spoke,
        ..Presence::default()
    }))
}

fn support(kind: SupportKind, who: Person, money: Option<Money>, name: EventName) -> Support {
    Support {
        kind,
        who,
        money,
        what: Box::default(),
        name,
        id: Box::default(),
    }
}

/// Returns `None` for zero, for negative amounts, and for a value that is not an amount.
fn money(row: &Row<'_>, amount: &Figure<'_>) -> Option<Money> {
    amount.money(&Currency::new(&row.currency.0))
}

fn tip(row: &Row<'_>) -> Option<Fact> {
    let name = match &*row.platform.0.to_lowercase() {
        "kofi" => EventName::new("Kofi", "Donation"),
        "streamelements" => EventName::new("StreamElements", "Tip"),
        "tipeee" => EventName::new("TipeeeStream", "Donation"),
        "patreon" => EventName::new("Patreon", "PledgeCreated"),
        "" => EventName::new("Custom", "Tip"),
        other => EventName::new(other, "Donation"),
    };
    let (who, money) = (person(row)?, money(row, &row.amount));
    Some(Fact::Support(support(SupportKind::Tip, who, money, name)))
}

fn merch(row: &Row<'_>) -> Option<Fact> {
    let name = match &*row.platform.0.to_lowercase() {
        "kofi" => EventName::new("Kofi", "ShopOrder"),
        "streamlabs" => EventName::new("Streamlabs", "Merchandise"),
        "" => EventName::new("Custom", "Merch"),
        other => EventName::new(other, "Merch"),
    };
    let products: Vec<Text<'_>> = row
        .products
        .0
        .iter()
        .filter_map(|raw| serde_json::from_str(raw.get()).ok())
        .collect();
    let products: Vec<&str> = products.iter().map(|product| &*product.0).collect();
    // Streamlabs reports no price, so the total is -1.
    let (who, money) = (person(row)?, money(row, &row.total));
    Some(Fact::Support(Support {
        what: products.join(", ").into(),
        ..support(SupportKind::Merch, who, money, name)
    }))
}

fn youtube(row: &Row<'_>, kind: &str) -> Option<Fact> {
    let who = Person::on(Platform::YouTube, &row.uid.0, "", &row.login.0)?;
    let (money, name) = (money(row, &row.amount), EventName::new("YouTube", kind));
    Some(Fact::Support(support(SupportKind::Tip, who, money, name)))
}

/// Reads gifts on TikTok. The row's amount is the price of one gift: all diamonds divided by the
/// number of gifts.
fn tiktok_gift(row: &Row<'_>) -> Option<Fact> {
    let who = Person::on(Platform::TikTok, &row.uid.0, "", &row.login.0)?;
    let count = u64::from(row.count.small().unwrap_or_default().max(1));
    let money = row
        .amount
        .money(&Currency::new(DIAMONDS))
        .map(|each| Money {
            amount: each.amount.times(count).rounded(0),
            ..each
        });
    let name = EventName::new("TikTok", "Gift");
    Some(Fact::Support(support(SupportKind::Tip, who, money, name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mapping::decode::tests::{describe, lines},
        twitchat::summary::Summary,
    };

    fn of_line(file: &str, number: usize) -> Vec<String> {
        let summary = Summary::read(lines(file)[number - 1].data.as_deref().unwrap()).unwrap();
        let row = |(list, row): &(List, Box<serde_json::value::RawValue>)| {
            let facts: Vec<_> = filled(list.as_str(), row.get())
                .iter()
                .map(describe)
                .collect();
            format!("{}: {}", list.as_str(), facts.join("; "))
        };
        summary.rows.iter().map(row).collect()
    }

    #[test]
    fn every_row_of_the_examples_gives_the_expected_fact() {
        let old = include_str!("../../tests/fixtures/twitchat_examples.ndjson");
        let new = include_str!("../../tests/fixtures/twitchat_v17_examples.ndjson");
        let place = lines(new)
            .iter()
            .position(|message| &*message.kind == "SET_ENDING_CREDITS_DATA")
            .unwrap();
        insta::assert_snapshot!(
            [
                of_line(old, 121),
                of_line(old, 124),
                of_line(new, place + 1)
            ]
            .map(|rows| rows.join("\n"))
            .join("\n\n")
        );
    }

    #[test]
    fn a_gift_bomb_counts_its_missing_gifts() {
        let count = |row: &str| match filled("subgifts", row).as_slice() {
            [Fact::Gift(gift)] => (gift.count, gift.bomb, gift.gifter.login.to_string()),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            count(r#"{"uid":"7","total":5,"missing":2}"#),
            (2, true, String::new())
        );
        assert_eq!(
            count(r#"{"tier":1}"#),
            (1, false, "ananonymousgifter".into())
        );
    }

    #[test]
    fn a_row_without_a_value_gives_no_fact() {
        assert_eq!(filled("subs", r#"{"uid":"7","fromActiveSubs":true}"#), []);
        assert_eq!(
            (
                filled("follows", "{}"),
                filled("bits", r#"{"uid":"7","bits":0}"#),
                filled("nothing", "{}")
            ),
            (vec![], vec![], vec![])
        );
        assert_eq!(filled("follows", "not json"), []);
    }
}

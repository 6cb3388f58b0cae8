//! Follows, cheers, subscriptions, gifts, raids, channel points, pyramids, hype trains: what viewers do on a streaming platform.

use serde_json::Value;

use super::{
    Reader, Wrong,
    chat::chat,
    look::{count, flag, list, text, whole},
    people::{ANONYMOUS, GIFTER, Named, RAIDER, RECIPIENT, WHO, element},
};
use crate::{
    event::{
        Fact, Person,
        fact::{Contribution, Gift, HypeTrain, Redemption, SubKind, Subscription, Tier},
        person::{ANONYMOUS_CHEERER, ANONYMOUS_GIFTER},
    },
    mapping::heard::total_months,
};

pub(super) const BITS: [&str; 2] = ["bits", "message.bits"];
pub(super) const GIFTS: [&str; 3] = ["gifts", "total", "count"];
pub(super) const VIEWERS: [&str; 3] = ["viewers", "viewerCount", "viewer_count"];
pub(super) const REWARD: [&str; 6] = ["reward.id", "rewardId", "reward_id", "reward.title", "title", "reward_title"];
pub(super) const COST: [&str; 2] = ["reward.cost", "cost"];
pub(super) const POINTS: [&str; 3] = ["userContributed", "user_contributed", "userStreamContributed"];
pub(super) const WIDTH: [&str; 1] = ["width"];
pub(super) const TOP: [&str; 3] = ["top_contributions", "topContributions", "contributors"];

pub(super) fn follow(event: &Reader<'_>) -> Result<Fact, Wrong> {
    Ok(Fact::Follow { who: event.who()? })
}

pub(super) fn cheer(event: &Reader<'_>) -> Result<Fact, Wrong> {
    let who = anonymous_or(event, WHO, ANONYMOUS_CHEERER)?;
    let bits = whole(event.data, &BITS).filter(|bits| *bits > 0).ok_or_else(|| event.missing("bits", &BITS))?;
    Ok(Fact::Cheer { who, bits, chat: chat(event.data) })
}

/// The person, or Twitch's stand-in when they do not want to be named, whatever name the event still carries.
fn anonymous_or(event: &Reader<'_>, named: Named, stand_in: (&str, &str, &str)) -> Result<Person, Wrong> {
    if flag(event.data, &ANONYMOUS) {
        return Ok(Person::anonymous(stand_in));
    }
    event.person(named)
}

pub(super) fn subscription(event: &Reader<'_>, kind: SubKind) -> Result<Fact, Wrong> {
    let data = event.data;
    Ok(Fact::Subscription(Subscription {
        who: event.who()?,
        tier: tier(data),
        kind,
        months: count(data, &["duration_months", "durationMonths", "multiMonthDuration"]).unwrap_or(1),
        cumulative_months: total_months(kind, count(data, &["cumulativeMonths", "cumulative_months", "months", "duration"])),
        streak_months: count(data, &["streakMonths", "streak_months"]).unwrap_or(0),
        chat: chat(data),
    }))
}

/// A tier as `1`, `"1000"`, `"tier 1"`, `"L1"` or `"prime"`; tier 1 if it is not told.
fn tier(data: &Value) -> Tier {
    let told = text(data, &["sub_tier", "subTier", "tier", "sub_plan"]);
    if flag(data, &["isPrime", "is_prime"]) || told == "0" || told.eq_ignore_ascii_case("prime") {
        return Tier::Prime;
    }
    match told.chars().find(char::is_ascii_digit) {
        Some('2') => Tier::Two,
        Some('3') => Tier::Three,
        _ => Tier::One,
    }
}

pub(super) fn gift_sub(event: &Reader<'_>) -> Result<Fact, Wrong> {
    let data = event.data;
    let bomb_id = text(data, &["communityGiftId", "community_gift_id"]);
    Ok(Fact::Gift(Gift {
        gifter: anonymous_or(event, GIFTER, ANONYMOUS_GIFTER)?,
        tier: tier(data),
        recipients: RECIPIENT.read(data, event.platform()).into_iter().collect(),
        count: 1,
        months: count(data, &["monthsGifted", "durationMonths", "duration_months"]).unwrap_or(1),
        cumulative_months: count(data, &["cumulativeMonths", "cumulative_months"]).unwrap_or(0),
        bomb: false,
        of_bomb: flag(data, &["fromSubBomb", "fromCommunitySubGift", "from_sub_bomb"]) || !bomb_id.is_empty(),
        total: count(data, &["totalSubsGifted", "cumlativeTotal", "cumulativeTotal", "cumulative_total"]).unwrap_or(0),
    }))
}

pub(super) fn gift_bomb(event: &Reader<'_>) -> Result<Fact, Wrong> {
    let data = event.data;
    let told = list(data, &["recipients", "gifted_usernames", "giftees"]);
    let recipients: Vec<Person> = told.iter().filter_map(|one| element(one, event.platform())).collect();
    let listed = u32::try_from(told.len()).unwrap_or(u32::MAX);
    let gifts = count(data, &GIFTS).filter(|gifts| *gifts > 0).unwrap_or(listed);
    if gifts == 0 {
        return Err(event.missing("gifts", &[&GIFTS[..], &["recipients"]].concat()));
    }
    Ok(Fact::Gift(Gift {
        gifter: anonymous_or(event, GIFTER, ANONYMOUS_GIFTER)?,
        tier: tier(data),
        recipients,
        count: gifts,
        months: count(data, &["monthsGifted", "durationMonths", "duration_months"]).unwrap_or(1),
        cumulative_months: 0,
        bomb: true,
        of_bomb: false,
        total: count(data, &["totalGifts", "cumulative_total", "cumulativeTotal"]).unwrap_or(0),
    }))
}

pub(super) fn raid(event: &Reader<'_>) -> Result<Fact, Wrong> {
    let avatar = text(event.data, &["profileImage", "user.profileImageUrl"]).into();
    Ok(Fact::Raid { who: event.person(RAIDER)?, viewers: whole(event.data, &VIEWERS).unwrap_or(0), avatar })
}

/// Twitch's own rewards have a type instead of a title and an id. Twitchat calls the one that it knows by a name of its own: so do we, that
/// it is one reward to whoever counts.
pub(super) fn redemption(event: &Reader<'_>, automatic: bool) -> Result<Fact, Wrong> {
    let data = event.data;
    let own = text(data, &["reward_type", "rewardType", "reward.type"]);
    let mut reward_id = text(data, &["reward.id", "rewardId", "reward_id"]);
    let mut title = text(data, &["reward.title", "title", "reward_title"]);
    if automatic {
        reward_id = if reward_id.is_empty() { own.clone() } else { reward_id };
        title = if title.is_empty() { own.replace('_', " ") } else { title };
    }
    if reward_id == "send_highlighted_message" {
        "highlighted-message".clone_into(&mut reward_id);
    }
    Ok(Fact::Redemption(Redemption {
        who: event.who()?,
        reward_id: reward_id.into(),
        title: title.into(),
        cost: whole(data, &COST).filter(|cost| *cost > 0),
        chat: chat(data),
        automatic,
    }))
}

pub(super) fn goal(event: &Reader<'_>) -> Result<Fact, Wrong> {
    Ok(Fact::GoalContribution { who: event.who()?, points: whole(event.data, &POINTS).unwrap_or(0) })
}

pub(super) fn pyramid(event: &Reader<'_>) -> Result<Fact, Wrong> {
    Ok(Fact::Pyramid { who: event.who()?, width: count(event.data, &WIDTH).unwrap_or(0) })
}

/// The first of each kind conducts: Twitch names the top contributor with bits and the one with subscriptions first.
pub(super) fn train(event: &Reader<'_>) -> Fact {
    let data = event.data;
    let contributors: Vec<Contribution> = list(data, &TOP)
        .iter()
        .filter_map(|one| {
            let who = WHO.read(one, event.platform()).or_else(|| element(one, event.platform()))?;
            let kind = text(one, &["type"]).to_ascii_lowercase();
            let kind = if kind == "subscription" { "subs" } else { &kind };
            Some(Contribution { who, kind: kind.into(), total: whole(one, &["total"]).unwrap_or(0) })
        })
        .collect();
    let mut conductors: Vec<Contribution> = Vec::new();
    for one in &contributors {
        if conductors.iter().all(|other| other.kind != one.kind) {
            conductors.push(one.clone());
        }
    }
    Fact::HypeTrain(HypeTrain {
        phase: event.name.kind.clone(),
        level: count(data, &["level"]).unwrap_or(0),
        percent: percent(data),
        conductors,
        contributors,
    })
}

/// Percent of the level, told or from the points.
fn percent(data: &Value) -> u32 {
    let points = |path| whole(data, &[path]);
    let told = count(data, &["percent"]);
    told.or_else(|| u32::try_from(points("progress")?.checked_mul(100)?.checked_div(points("goal")?)?).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tiers_in_every_spelling() {
        let read = |value: Value| tier(&json!({"subTier": value}));
        assert_eq!(
            [read(json!(0)), read(json!(1)), read(json!("2000")), read(json!("tier 3"))],
            [Tier::Prime, Tier::One, Tier::Two, Tier::Three]
        );
        assert_eq!([read(json!("L2")), read(json!("Prime")), read(json!(null))], [Tier::Two, Tier::Prime, Tier::One]);
        assert_eq!(tier(&json!({"subTier": "1000", "isPrime": true})), Tier::Prime);
    }

    #[test]
    fn percent_is_told_or_follows_from_the_points() {
        assert_eq!(percent(&json!({"percent": "40"})), 40);
        assert_eq!(percent(&json!({"progress": 200, "goal": 500})), 40);
        assert_eq!([percent(&json!({"progress": 200, "goal": 0})), percent(&json!({"progress": u64::MAX, "goal": 1}))], [0, 0]);
    }
}

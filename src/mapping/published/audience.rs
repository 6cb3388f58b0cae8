//! Actions of viewers on a streaming platform: follows, cheers, subscriptions, gifts, raids,
//! channel points, pyramids, hype trains.

use serde_json::Value;

use super::{
    chat::chat,
    error::Error,
    identity::OF_REDEMPTION,
    look::{at, count, flag, list, text, whole},
    people::{GIFTER, Named, RAIDER, RECIPIENT, WHO, element},
    reader::Reader,
};
use crate::{
    event::{
        Fact, Person, Platform,
        fact::{Contribution, Gift, HypeTrain, Redemption, SubKind, Subscription, Tier},
        person::{ANONYMOUS_CHEERER, ANONYMOUS_GIFTER},
    },
    mapping::decode::total_months,
};

pub(super) const BITS: [&str; 2] = ["bits", "message.bits"];
/// `content` is the number of gifts in Trovo's message of a gift bomb.
pub(super) const GIFTS: [&str; 5] = [
    "gifts",
    "total",
    "count",
    "community_sub_gift.total",
    "content",
];
pub(super) const VIEWERS: [&str; 5] = [
    "viewers",
    "viewerCount",
    "viewer_count",
    "raid.viewer_count",
    "content_data.raiderNum",
];
pub(super) const REWARD: [&str; 8] = [
    "reward.id",
    "rewardId",
    "reward_id",
    "reward.title",
    "title",
    "reward_title",
    "rewardName",
    "reward",
];
pub(super) const COST: [&str; 5] = [
    "reward.cost",
    "reward.channel_points",
    "cost",
    "rewardCost",
    "reward_cost",
];
pub(super) const POINTS: [&str; 6] = [
    "userContributed",
    "user_contributed",
    "userStreamContributed",
    "user_stream_contributed",
    "contribution.amount",
    "points",
];
/// Twitch's own rewards that are paid with bits: their `cost` is not a number of channel points.
const PAID_WITH_BITS: [&str; 3] = ["message_effect", "gigantify_an_emote", "celebration"];
/// Flags that mark a subscription as a gift, which the subscriber did not buy.
const IS_GIFT: [&str; 4] = ["is_gift", "isGift", "resub.is_gift", "sub.is_gift"];
pub(super) const WIDTH: [&str; 1] = ["width"];
pub(super) const TOP: [&str; 3] = ["top_contributions", "topContributions", "contributors"];

pub(super) fn follow(event: &Reader<'_>) -> Result<Fact, Error> {
    Ok(Fact::Follow { who: event.who()? })
}

pub(super) fn cheer(event: &Reader<'_>) -> Result<Fact, Error> {
    let bits = whole(event.data, &BITS)
        .filter(|bits| *bits > 0)
        .ok_or_else(|| event.missing("bits", &BITS))?;
    let who = anonymous_or(event, WHO, ANONYMOUS_CHEERER);
    Ok(Fact::Cheer {
        who,
        bits,
        chat: chat(event.data),
    })
}

/// The person. If the person does not want to be named, this is a stand-in, even if the event
/// contains a name. The stand-in is Twitch's own account, or on other platforms a person without a
/// name. An event without a name gets the stand-in too.
fn anonymous_or(event: &Reader<'_>, named: Named, stand_in: (&str, &str, &str)) -> Person {
    let known = if event.is_anonymous() {
        None
    } else {
        event.person(named).ok()
    };
    known.unwrap_or_else(|| {
        if event.platform() == Platform::Twitch {
            Person::anonymous(stand_in)
        } else {
            Person::nameless(event.platform())
        }
    })
}

pub(super) fn subscription(event: &Reader<'_>, kind: SubKind) -> Result<Fact, Error> {
    let data = event.data;
    Ok(Fact::Subscription(Subscription {
        who: event.who()?,
        tier: tier(data),
        kind,
        months: count(
            data,
            &[
                "duration_months",
                "durationMonths",
                "multiMonthDuration",
                "sub.duration_months",
                "resub.duration_months",
            ],
        )
        .unwrap_or(1),
        cumulative_months: total_months(
            kind,
            count(
                data,
                &[
                    "cumulativeMonths",
                    "cumulative_months",
                    "resub.cumulative_months",
                    "months",
                    "monthsSubscribed",
                    "duration",
                ],
            )
            .or_else(|| {
                if event.platform() == Platform::Trovo {
                    months_in(&text(data, &["content"]))
                } else {
                    None
                }
            }),
        ),
        streak_months: count(
            data,
            &["streakMonths", "streak_months", "resub.streak_months"],
        )
        .unwrap_or(0),
        chat: chat(data),
    }))
}

/// The number before the word "months". Trovo sends the number only in this text.
fn months_in(content: &str) -> Option<u32> {
    let words: Vec<&str> = content.split_whitespace().collect();
    words.windows(2).find_map(|pair| match pair {
        [number, word] if word.starts_with("months") => number.parse().ok(),
        _ => None,
    })
}

/// Whether this subscription was a gift from another person.
pub(super) fn is_gift(data: &Value) -> bool {
    flag(data, &IS_GIFT)
}

/// A tier as `1`, `"1000"`, `"tier 1"`, `"L1"` or `"prime"`; tier 1 if it is not reported.
fn tier(data: &Value) -> Tier {
    let emitted_as = text(
        data,
        &[
            "sub_tier",
            "subTier",
            "tier",
            "sub_plan",
            "sub.sub_tier",
            "resub.sub_tier",
            "sub_gift.sub_tier",
            "community_sub_gift.sub_tier",
            "prime_paid_upgrade.sub_tier",
        ],
    );
    if flag(
        data,
        &["isPrime", "is_prime", "sub.is_prime", "resub.is_prime"],
    ) || emitted_as == "0"
        || emitted_as.eq_ignore_ascii_case("prime")
    {
        return Tier::Prime;
    }
    match emitted_as.chars().find(char::is_ascii_digit) {
        Some('2') => Tier::Two,
        Some('3') => Tier::Three,
        _ => Tier::One,
    }
}

pub(super) fn gift_sub(event: &Reader<'_>) -> Result<Fact, Error> {
    let data = event.data;
    let bomb_id = text(
        data,
        &[
            "communityGiftId",
            "community_gift_id",
            "sub_gift.community_gift_id",
        ],
    );
    let of_bomb = flag(
        data,
        &["fromSubBomb", "fromCommunitySubGift", "from_sub_bomb"],
    ) || !bomb_id.is_empty();
    let mut recipients: Vec<Person> = RECIPIENT.read(data, event.platform()).into_iter().collect();
    if recipients.is_empty() {
        recipients = listed(event).1;
    }
    if recipients.is_empty() && event.platform() == Platform::Trovo {
        // Trovo's message of a gift has the names of the giver and the recipient.
        let content = text(data, &["content"]);
        let recipient = content
            .split_once(',')
            .and_then(|(_, recipient)| Person::on(Platform::Trovo, "", "", recipient));
        recipients.extend(recipient);
    }
    // The event must name a gifter or a recipient, or be marked as anonymous.
    let gifter = match event.person(GIFTER) {
        Err(nobody) if recipients.is_empty() && !event.is_anonymous() => return Err(nobody),
        _ => anonymous_or(event, GIFTER, ANONYMOUS_GIFTER),
    };
    let gifts = u32::try_from(recipients.len()).unwrap_or(u32::MAX).max(1);
    Ok(Fact::Gift(Gift {
        gifter,
        tier: tier(data),
        recipients,
        count: gifts,
        months: count(
            data,
            &[
                "monthsGifted",
                "durationMonths",
                "duration_months",
                "sub_gift.duration_months",
            ],
        )
        .unwrap_or(1),
        cumulative_months: count(data, &["cumulativeMonths", "cumulative_months"]).unwrap_or(0),
        bomb: gifts > 1,
        of_bomb: of_bomb && gifts == 1,
        lone: gifts == 1 && !of_bomb && at(data, "fromSubBomb") == Some(&Value::Bool(false)),
        total: count(
            data,
            &[
                "totalSubsGifted",
                "cumlativeTotal",
                "cumulativeTotal",
                "cumulative_total",
                "sub_gift.cumulative_total",
            ],
        )
        .unwrap_or(0),
    }))
}

/// The number of listed recipients, and the recipients who have a name.
fn listed(event: &Reader<'_>) -> (u32, Vec<Person>) {
    let emitted_as = list(event.data, &["recipients", "gifted_usernames", "giftees"]);
    let people = emitted_as
        .iter()
        .filter_map(|one| element(one, event.platform()))
        .collect();
    (u32::try_from(emitted_as.len()).unwrap_or(u32::MAX), people)
}

pub(super) fn gift_bomb(event: &Reader<'_>) -> Result<Fact, Error> {
    let data = event.data;
    let (listed, recipients) = listed(event);
    let gifts = count(data, &GIFTS)
        .filter(|gifts| *gifts > 0)
        .unwrap_or(listed);
    if gifts == 0 {
        return Err(event.missing("gifts", &[&GIFTS[..], &["recipients", "giftees"]].concat()));
    }
    Ok(Fact::Gift(Gift {
        gifter: anonymous_or(event, GIFTER, ANONYMOUS_GIFTER),
        tier: tier(data),
        recipients,
        count: gifts,
        months: count(data, &["monthsGifted", "durationMonths", "duration_months"]).unwrap_or(1),
        cumulative_months: 0,
        bomb: true,
        of_bomb: false,
        lone: false,
        total: count(
            data,
            &[
                "totalGifts",
                "cumulative_total",
                "cumulativeTotal",
                "community_sub_gift.cumulative_total",
            ],
        )
        .unwrap_or(0),
    }))
}

pub(super) fn raid(event: &Reader<'_>) -> Result<Fact, Error> {
    let avatar = text(
        event.data,
        &[
            "profileImage",
            "user.profileImageUrl",
            "raid.profile_image_url",
        ],
    )
    .into();
    Ok(Fact::Raid {
        who: event.person(RAIDER)?.with_login_of_display(),
        viewers: whole(event.data, &VIEWERS).unwrap_or(0),
        avatar,
    })
}

/// Twitch's own rewards have a type instead of a title and an id. Twitchat reports one of them
/// under its own id. This function uses Twitchat's id too, so that both are counted as one reward.
pub(super) fn redemption(event: &Reader<'_>, automatic: bool) -> Result<Fact, Error> {
    let data = event.data;
    let own = text(data, &["reward_type", "rewardType", "reward.type"]);
    let mut reward_id = text(data, &["reward.id", "rewardId", "reward_id"]);
    let mut title = text(
        data,
        &[
            "reward.title",
            "title",
            "reward_title",
            "rewardName",
            "reward",
        ],
    );
    if automatic {
        reward_id = if reward_id.is_empty() {
            own.clone()
        } else {
            reward_id
        };
        title = if title.is_empty() {
            own.replace('_', " ")
        } else {
            title
        };
    }
    if reward_id == "send_highlighted_message" {
        "highlighted-message".clone_into(&mut reward_id);
    }
    Ok(Fact::Redemption(Redemption {
        id: text(data, OF_REDEMPTION).into(),
        who: event.who()?,
        reward_id: reward_id.into(),
        title: title.into(),
        cost: whole(data, &COST).filter(|cost| *cost > 0 && !is_paid_with_bits(data)),
        chat: chat(data),
        automatic,
    }))
}

/// Whether one of Twitch's own rewards costs bits. A viewer who pays with bits spends no channel
/// points.
pub(super) fn is_paid_with_bits(data: &Value) -> bool {
    PAID_WITH_BITS.contains(&&*text(data, &["reward_type", "rewardType", "reward.type"]))
        || (whole(data, &["bits", "reward.bits"]).is_some_and(|bits| bits > 0)
            && whole(data, &COST).is_none())
}

pub(super) fn goal(event: &Reader<'_>) -> Result<Fact, Error> {
    Ok(Fact::GoalContribution {
        who: event.who()?,
        points: whole(event.data, &POINTS).unwrap_or(0),
    })
}

pub(super) fn pyramid(event: &Reader<'_>) -> Result<Fact, Error> {
    Ok(Fact::Pyramid {
        who: event.who()?,
        width: count(event.data, &WIDTH).unwrap_or(0),
    })
}

/// The first contributor of each kind is a conductor: Twitch lists the top contributor with bits
/// and the one with subscriptions first.
pub(super) fn train(event: &Reader<'_>) -> Fact {
    let data = event.data;
    let contributors: Vec<Contribution> = list(data, &TOP)
        .iter()
        .filter_map(|one| {
            let who = WHO
                .read(one, event.platform())
                .or_else(|| element(one, event.platform()))?;
            let kind = text(one, &["type"]).to_ascii_lowercase();
            let kind = if kind == "subscription" {
                "subs"
            } else {
                &kind
            };
            Some(Contribution {
                who,
                kind: kind.into(),
                total: whole(one, &["total"]).unwrap_or(0),
            })
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

/// Progress within the level, in percent: the reported value, or one computed from the points.
fn percent(data: &Value) -> u32 {
    let points = |path| whole(data, &[path]);
    let emitted_as = count(data, &["percent"]);
    emitted_as
        .or_else(|| {
            u32::try_from(
                points("progress")?
                    .checked_mul(100)?
                    .checked_div(points("goal")?)?,
            )
            .ok()
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tiers_in_every_spelling() {
        let read = |value: Value| tier(&json!({"subTier": value}));
        assert_eq!(
            [
                read(json!(0)),
                read(json!(1)),
                read(json!("2000")),
                read(json!("tier 3"))
            ],
            [Tier::Prime, Tier::One, Tier::Two, Tier::Three]
        );
        assert_eq!(
            [read(json!("L2")), read(json!("Prime")), read(json!(null))],
            [Tier::Two, Tier::Prime, Tier::One]
        );
        assert_eq!(
            tier(&json!({"subTier": "1000", "isPrime": true})),
            Tier::Prime
        );
    }

    #[test]
    fn percent_is_reported_or_follows_from_the_points() {
        assert_eq!(percent(&json!({"percent": "40"})), 40);
        assert_eq!(percent(&json!({"progress": 200, "goal": 500})), 40);
        assert_eq!(
            [
                percent(&json!({"progress": 200, "goal": 0})),
                percent(&json!({"progress": u64::MAX, "goal": 1}))
            ],
            [0, 0]
        );
    }
}

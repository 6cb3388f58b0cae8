//! The table of event types and the sections that they feed. The code uses it, and
//! docs/published-events.md shows it.

use super::{
    audience::{BITS, COST, GIFTS, POINTS, REWARD, TOP, VIEWERS, WIDTH},
    chat::is_timeout,
    people::{GIFTER, Named, RAIDER, RECIPIENT, TARGET, WHO},
    services::{
        DONOR_DRIVE, FOURTHWALL_MEMBER, MEMBER, MERCH, PALLY, PATREON, SHOPIFY, STREAM_ELEMENTS,
        STREAMLABS, STREAMLABS_TIP, TIP, TIPEEE, TREAT, TWITCH_MONEY, YOUTUBE, YOUTUBE_MEMBER,
    },
    spec::{EventReader, Spec},
    stream::{CATEGORY, TITLE},
};
use crate::event::{EventName, fact::SupportKind};

/// One type of event that is counted when it is published.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    pub source: &'static str,
    pub kind: &'static str,
    /// The sections of the credits that it feeds.
    pub section: &'static str,
    pub(super) read: EventReader,
}

impl Feed {
    /// The paths in `data` that are read, in the order of reading. `{}` marks a person's object,
    /// `[]` a list.
    pub fn fields(&self) -> Vec<String> {
        let with = |who: Named, more: &[&str]| {
            let mut fields = who.fields();
            fields.extend(more.iter().map(ToString::to_string));
            fields
        };
        match self.read {
            EventReader::Follow => WHO.fields(),
            EventReader::Cheer => with(WHO, &BITS),
            EventReader::Sub
            | EventReader::ReSub
            | EventReader::PrimeUpgrade
            | EventReader::GiftUpgrade => with(
                WHO,
                &[
                    "sub_tier",
                    "subTier",
                    "isPrime",
                    "cumulativeMonths",
                    "duration_months",
                    "streakMonths",
                    "is_gift",
                ],
            ),
            EventReader::GiftSub => {
                let mut fields = GIFTER.fields();
                fields.extend(RECIPIENT.fields());
                fields.extend(
                    ["subTier", "fromSubBomb", "monthsGifted", "isAnonymous"].map(Into::into),
                );
                fields
            }
            EventReader::GiftBomb => {
                let mut fields = with(GIFTER, &GIFTS);
                fields.extend(
                    ["recipients[]", "subTier", "totalGifts", "isAnonymous"].map(Into::into),
                );
                fields
            }
            EventReader::Raid => with(RAIDER, &VIEWERS),
            EventReader::Redemption { .. } => {
                with(WHO, &[&REWARD[..], &COST[..], &["status"]].concat())
            }
            EventReader::RedemptionUpdate => vec!["id".into(), "status".into()],
            EventReader::Goal => with(WHO, &POINTS),
            EventReader::Stream => [&CATEGORY[..], &TITLE[..]]
                .concat()
                .iter()
                .map(ToString::to_string)
                .collect(),
            EventReader::Pyramid => with(WHO, &WIDTH),
            EventReader::Train => TOP
                .iter()
                .map(|path| format!("{path}[]"))
                .chain(["level".into()])
                .collect(),
            EventReader::FirstWord | EventReader::ChatMessage => {
                with(WHO, &["role", "subscriber", "badges[]", "text"])
            }
            EventReader::Ban { .. } => TARGET.fields().into_iter().chain(WHO.fields()).collect(),
            EventReader::Support(spec) => {
                let mut fields = spec.who.fields();
                fields.extend(
                    spec.money
                        .paths()
                        .chain(spec.what.iter().copied())
                        .map(ToString::to_string),
                );
                fields
            }
        }
    }
}

impl Feed {
    /// Whether the data is of another kind of event that is sent under the same name: a timeout,
    /// sent as a ban.
    pub(super) fn is_other(&self, data: &serde_json::Value) -> bool {
        matches!(self.read, EventReader::Ban { lifted: false }) && is_timeout(data)
    }
}

/// The feed of a type, ignoring case.
pub(super) fn feed(name: &EventName) -> Option<&'static Feed> {
    FEEDS.iter().find(|feed| name.is(feed.source, feed.kind))
}

const fn on(
    source: &'static str,
    kind: &'static str,
    section: &'static str,
    read: EventReader,
) -> Feed {
    Feed {
        source,
        kind,
        section,
        read,
    }
}

const fn support(source: &'static str, kind: &'static str, spec: Spec) -> Feed {
    let section = match spec.kind {
        SupportKind::Tip => "Custom.Tips",
        SupportKind::Merch => "Custom.Merch",
        SupportKind::Member => "Custom.Members",
    };
    Feed {
        source,
        kind,
        section,
        read: EventReader::Support(spec),
    }
}

/// A feed for a later report about support, which only takes back refunded support.
const fn refunds(source: &'static str, kind: &'static str, spec: Spec) -> Feed {
    Feed {
        source,
        kind,
        section: "removes the refunded support",
        read: EventReader::Support(Spec {
            refunds: true,
            ..spec
        }),
    }
}

const PEOPLE: &str = "User.Users and the roles";
const LEFT_OUT: &str = "the people left out";

/// Every type that is counted. Other published events are emitted to subscribers but not counted.
///
/// If several events report the same thing, only one of them is here: `YouTube.MembershipGift` (the
/// giver), not each `GiftMembershipReceived`; `Patreon.PledgeCreated`, and `PledgeUpdated` only if
/// the pledge was pending. `Shopify.OrderCreated` and `OrderPaid` have the same id, so the first
/// one that is paid counts.
pub const FEEDS: &[Feed] = &[
    on("Twitch", "Follow", "Events.Follows", EventReader::Follow),
    on(
        "Twitch",
        "Cheer",
        "Events.Cheers, TopBits",
        EventReader::Cheer,
    ),
    on(
        "Twitch",
        "Sub",
        "Events.Subs, User.Subscriber",
        EventReader::Sub,
    ),
    on(
        "Twitch",
        "PrimePaidUpgrade",
        "Events.Subs, User.Subscriber",
        EventReader::PrimeUpgrade,
    ),
    on(
        "Twitch",
        "GiftPaidUpgrade",
        "Events.Subs, User.Subscriber",
        EventReader::GiftUpgrade,
    ),
    on(
        "Twitch",
        "ReSub",
        "Events.ReSubs, User.Subscriber",
        EventReader::ReSub,
    ),
    on("Twitch", "GiftSub", "Events.GiftSubs", EventReader::GiftSub),
    on(
        "Twitch",
        "GiftBomb",
        "Events.GiftBombs",
        EventReader::GiftBomb,
    ),
    on("Twitch", "Raid", "Events.Raided", EventReader::Raid),
    on(
        "Twitch",
        "RewardRedemption",
        "Events.RewardRedemptions, TopChannelRewards",
        EventReader::Redemption { automatic: false },
    ),
    on(
        "Twitch",
        "AutomaticRewardRedemption",
        "Events.RewardRedemptions, TopChannelRewards",
        EventReader::Redemption { automatic: true },
    ),
    on(
        "Twitch",
        "RewardRedemptionUpdated",
        "removes the cancelled redemption",
        EventReader::RedemptionUpdate,
    ),
    on(
        "Twitch",
        "CommunityGoalContribution",
        "Events.GoalContributions",
        EventReader::Goal,
    ),
    on(
        "Twitch",
        "StreamUpdate",
        "Events.GameUpdates",
        EventReader::Stream,
    ),
    on(
        "Twitch",
        "PyramidSuccess",
        "Events.Pyramids",
        EventReader::Pyramid,
    ),
    on(
        "Misc",
        "PyramidSuccess",
        "Events.Pyramids",
        EventReader::Pyramid,
    ),
    on(
        "Twitch",
        "HypeTrainStart",
        "HypeTrainConductor, HypeTrainContributors",
        EventReader::Train,
    ),
    on(
        "Twitch",
        "HypeTrainUpdate",
        "HypeTrainConductor, HypeTrainContributors",
        EventReader::Train,
    ),
    on(
        "Twitch",
        "HypeTrainLevelUp",
        "HypeTrainConductor, HypeTrainContributors",
        EventReader::Train,
    ),
    on(
        "Twitch",
        "HypeTrainEnd",
        "HypeTrainConductor, HypeTrainContributors",
        EventReader::Train,
    ),
    on("Twitch", "FirstWord", PEOPLE, EventReader::FirstWord),
    on("Twitch", "ChatMessage", PEOPLE, EventReader::ChatMessage),
    on(
        "Twitch",
        "UserBanned",
        LEFT_OUT,
        EventReader::Ban { lifted: false },
    ),
    on(
        "Twitch",
        "UserUnbanned",
        LEFT_OUT,
        EventReader::Ban { lifted: true },
    ),
    support("Twitch", "CharityDonation", TWITCH_MONEY),
    on(
        "YouTube",
        "NewSubscriber",
        "Events.Follows",
        EventReader::Follow,
    ),
    on("YouTube", "FirstWords", PEOPLE, EventReader::FirstWord),
    on("YouTube", "Message", PEOPLE, EventReader::ChatMessage),
    support("YouTube", "SuperChat", YOUTUBE),
    support("YouTube", "SuperSticker", YOUTUBE),
    support("YouTube", "NewSponsor", YOUTUBE_MEMBER),
    support("YouTube", "MemberMileStone", YOUTUBE_MEMBER),
    support(
        "YouTube",
        "MembershipGift",
        Spec {
            who: GIFTER,
            ..YOUTUBE_MEMBER
        },
    ),
    on("Trovo", "Follow", "Events.Follows", EventReader::Follow),
    on(
        "Trovo",
        "Subscription",
        "Events.Subs, User.Subscriber",
        EventReader::Sub,
    ),
    on(
        "Trovo",
        "Resubscription",
        "Events.ReSubs, User.Subscriber",
        EventReader::ReSub,
    ),
    on(
        "Trovo",
        "GiftSubscription",
        "Events.GiftSubs",
        EventReader::GiftSub,
    ),
    on(
        "Trovo",
        "MassGiftSubscription",
        "Events.GiftBombs",
        EventReader::GiftBomb,
    ),
    on("Trovo", "Raid", "Events.Raided", EventReader::Raid),
    on("Trovo", "FirstWords", PEOPLE, EventReader::FirstWord),
    on("Trovo", "ChatMessage", PEOPLE, EventReader::ChatMessage),
    on("Kick", "Follow", "Events.Follows", EventReader::Follow),
    on(
        "Kick",
        "Subscription",
        "Events.Subs, User.Subscriber",
        EventReader::Sub,
    ),
    on(
        "Kick",
        "Resubscription",
        "Events.ReSubs, User.Subscriber",
        EventReader::ReSub,
    ),
    on(
        "Kick",
        "GiftSubscription",
        "Events.GiftSubs",
        EventReader::GiftSub,
    ),
    on(
        "Kick",
        "MassGiftSubscription",
        "Events.GiftBombs",
        EventReader::GiftBomb,
    ),
    on(
        "Kick",
        "RewardRedemption",
        "Events.RewardRedemptions, TopChannelRewards",
        EventReader::Redemption { automatic: false },
    ),
    on("Kick", "FirstWords", PEOPLE, EventReader::FirstWord),
    on("Kick", "ChatMessage", PEOPLE, EventReader::ChatMessage),
    support("Kofi", "Donation", TIP),
    support("Kofi", "Subscription", MEMBER),
    support("Kofi", "Resubscription", MEMBER),
    support("Kofi", "ShopOrder", MERCH),
    support("Kofi", "Commission", MERCH),
    support("Streamlabs", "Donation", STREAMLABS_TIP),
    support("Streamlabs", "CharityDonation", STREAMLABS_TIP),
    support(
        "Streamlabs",
        "Merchandise",
        Spec {
            who: STREAMLABS,
            ..MERCH
        },
    ),
    support("StreamElements", "Tip", STREAM_ELEMENTS),
    support(
        "StreamElements",
        "Merch",
        Spec {
            kind: SupportKind::Merch,
            what: &["items[].name", "product"],
            ..STREAM_ELEMENTS
        },
    ),
    support("TipeeeStream", "Donation", TIPEEE),
    support("DonorDrive", "Donation", DONOR_DRIVE),
    support("TreatStream", "Treat", TREAT),
    support("Pallygg", "CampaignTip", PALLY),
    support("Patreon", "PledgeCreated", PATREON),
    support(
        "Patreon",
        "PledgeUpdated",
        Spec {
            settles: true,
            ..PATREON
        },
    ),
    refunds("Patreon", "PledgeDeleted", PATREON),
    support("Shopify", "OrderCreated", SHOPIFY),
    support(
        "Shopify",
        "OrderPaid",
        Spec {
            needs_id: true,
            ..SHOPIFY
        },
    ),
    support("Fourthwall", "Donation", TIP),
    support("Fourthwall", "OrderPlaced", MERCH),
    refunds("Fourthwall", "OrderUpdated", MERCH),
    support("Fourthwall", "GiftPurchase", MERCH),
    support("Fourthwall", "SubscriptionPurchased", FOURTHWALL_MEMBER),
];

//! The table of what feeds which section: read by the code, shown in docs/published-events.md.

use super::{
    audience::{BITS, COST, GIFTS, POINTS, REWARD, TOP, VIEWERS, WIDTH},
    chat::is_timeout,
    people::{GIFTER, Named, RAIDER, RECIPIENT, TARGET, WHO},
    services::{
        DONOR_DRIVE, FOURTHWALL_MEMBER, MEMBER, MERCH, PALLY, PATREON, SHOPIFY, STREAM_ELEMENTS,
        STREAMLABS, STREAMLABS_TIP, TIP, TIPEEE, TREAT, TWITCH_MONEY, YOUTUBE, YOUTUBE_MEMBER,
    },
    spec::{Read, Spec},
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
    pub(super) read: Read,
}

impl Feed {
    /// The paths in `data` that are looked at, in the order in which they are; `{}` marks a
    /// person's object, `[]` a list.
    pub fn fields(&self) -> Vec<String> {
        let with = |who: Named, more: &[&str]| {
            let mut fields = who.fields();
            fields.extend(more.iter().map(ToString::to_string));
            fields
        };
        match self.read {
            Read::Follow => WHO.fields(),
            Read::Cheer => with(WHO, &BITS),
            Read::Sub | Read::ReSub | Read::PrimeUpgrade | Read::GiftUpgrade => with(
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
            Read::GiftSub => {
                let mut fields = GIFTER.fields();
                fields.extend(RECIPIENT.fields());
                fields.extend(
                    ["subTier", "fromSubBomb", "monthsGifted", "isAnonymous"].map(Into::into),
                );
                fields
            }
            Read::GiftBomb => {
                let mut fields = with(GIFTER, &GIFTS);
                fields.extend(
                    ["recipients[]", "subTier", "totalGifts", "isAnonymous"].map(Into::into),
                );
                fields
            }
            Read::Raid => with(RAIDER, &VIEWERS),
            Read::Redemption { .. } => with(WHO, &[&REWARD[..], &COST[..], &["status"]].concat()),
            Read::RedemptionUpdate => vec!["id".into(), "status".into()],
            Read::Goal => with(WHO, &POINTS),
            Read::Stream => [&CATEGORY[..], &TITLE[..]]
                .concat()
                .iter()
                .map(ToString::to_string)
                .collect(),
            Read::Pyramid => with(WHO, &WIDTH),
            Read::Train => TOP
                .iter()
                .map(|path| format!("{path}[]"))
                .chain(["level".into()])
                .collect(),
            Read::FirstWord | Read::ChatMessage => {
                with(WHO, &["role", "subscriber", "badges[]", "text"])
            }
            Read::Ban { .. } => TARGET.fields().into_iter().chain(WHO.fields()).collect(),
            Read::Support(spec) => {
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
    /// Whether this data is of something else that is sent by the same name: of a ban, a timeout.
    pub(super) fn is_other(&self, data: &serde_json::Value) -> bool {
        matches!(self.read, Read::Ban { lifted: false }) && is_timeout(data)
    }
}

/// The feed of a type, whatever its case.
pub(super) fn feed(name: &EventName) -> Option<&'static Feed> {
    FEEDS.iter().find(|feed| name.is(feed.source, feed.kind))
}

const fn on(source: &'static str, kind: &'static str, section: &'static str, read: Read) -> Feed {
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
        read: Read::Support(spec),
    }
}

/// A later report of support.
const fn refunds(source: &'static str, kind: &'static str, spec: Spec) -> Feed {
    Feed {
        source,
        kind,
        section: "takes back what was refunded",
        read: Read::Support(Spec {
            refunds: true,
            ..spec
        }),
    }
}

const PEOPLE: &str = "User.Users and the roles";
const LEFT_OUT: &str = "who is left out";

/// Every type that is counted. What else is published is told to subscribers and counts nowhere.
///
/// Of events that tell one thing twice only one is here: `YouTube.MembershipGift` (the giver) and
/// not each `GiftMembershipReceived`, `Patreon.PledgeCreated`, and `PledgeUpdated` only where the
/// former was pending. `Shopify.OrderCreated` and `OrderPaid` have one id: the first that is paid
/// counts.
pub const FEEDS: &[Feed] = &[
    on("Twitch", "Follow", "Events.Follows", Read::Follow),
    on("Twitch", "Cheer", "Events.Cheers, TopBits", Read::Cheer),
    on("Twitch", "Sub", "Events.Subs, User.Subscriber", Read::Sub),
    on(
        "Twitch",
        "PrimePaidUpgrade",
        "Events.Subs, User.Subscriber",
        Read::PrimeUpgrade,
    ),
    on(
        "Twitch",
        "GiftPaidUpgrade",
        "Events.Subs, User.Subscriber",
        Read::GiftUpgrade,
    ),
    on(
        "Twitch",
        "ReSub",
        "Events.ReSubs, User.Subscriber",
        Read::ReSub,
    ),
    on("Twitch", "GiftSub", "Events.GiftSubs", Read::GiftSub),
    on("Twitch", "GiftBomb", "Events.GiftBombs", Read::GiftBomb),
    on("Twitch", "Raid", "Events.Raided", Read::Raid),
    on(
        "Twitch",
        "RewardRedemption",
        "Events.RewardRedemptions, TopChannelRewards",
        Read::Redemption { automatic: false },
    ),
    on(
        "Twitch",
        "AutomaticRewardRedemption",
        "Events.RewardRedemptions, TopChannelRewards",
        Read::Redemption { automatic: true },
    ),
    on(
        "Twitch",
        "RewardRedemptionUpdated",
        "takes back what was cancelled",
        Read::RedemptionUpdate,
    ),
    on(
        "Twitch",
        "CommunityGoalContribution",
        "Events.GoalContributions",
        Read::Goal,
    ),
    on("Twitch", "StreamUpdate", "Events.GameUpdates", Read::Stream),
    on("Twitch", "PyramidSuccess", "Events.Pyramids", Read::Pyramid),
    on("Misc", "PyramidSuccess", "Events.Pyramids", Read::Pyramid),
    on(
        "Twitch",
        "HypeTrainStart",
        "HypeTrainConductor, HypeTrainContributors",
        Read::Train,
    ),
    on(
        "Twitch",
        "HypeTrainUpdate",
        "HypeTrainConductor, HypeTrainContributors",
        Read::Train,
    ),
    on(
        "Twitch",
        "HypeTrainLevelUp",
        "HypeTrainConductor, HypeTrainContributors",
        Read::Train,
    ),
    on(
        "Twitch",
        "HypeTrainEnd",
        "HypeTrainConductor, HypeTrainContributors",
        Read::Train,
    ),
    on("Twitch", "FirstWord", PEOPLE, Read::FirstWord),
    on("Twitch", "ChatMessage", PEOPLE, Read::ChatMessage),
    on(
        "Twitch",
        "UserBanned",
        LEFT_OUT,
        Read::Ban { lifted: false },
    ),
    on(
        "Twitch",
        "UserUnbanned",
        LEFT_OUT,
        Read::Ban { lifted: true },
    ),
    support("Twitch", "CharityDonation", TWITCH_MONEY),
    on("YouTube", "NewSubscriber", "Events.Follows", Read::Follow),
    on("YouTube", "FirstWords", PEOPLE, Read::FirstWord),
    on("YouTube", "Message", PEOPLE, Read::ChatMessage),
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
    on("Trovo", "Follow", "Events.Follows", Read::Follow),
    on(
        "Trovo",
        "Subscription",
        "Events.Subs, User.Subscriber",
        Read::Sub,
    ),
    on(
        "Trovo",
        "Resubscription",
        "Events.ReSubs, User.Subscriber",
        Read::ReSub,
    ),
    on(
        "Trovo",
        "GiftSubscription",
        "Events.GiftSubs",
        Read::GiftSub,
    ),
    on(
        "Trovo",
        "MassGiftSubscription",
        "Events.GiftBombs",
        Read::GiftBomb,
    ),
    on("Trovo", "Raid", "Events.Raided", Read::Raid),
    on("Trovo", "FirstWords", PEOPLE, Read::FirstWord),
    on("Trovo", "ChatMessage", PEOPLE, Read::ChatMessage),
    on("Kick", "Follow", "Events.Follows", Read::Follow),
    on(
        "Kick",
        "Subscription",
        "Events.Subs, User.Subscriber",
        Read::Sub,
    ),
    on(
        "Kick",
        "Resubscription",
        "Events.ReSubs, User.Subscriber",
        Read::ReSub,
    ),
    on("Kick", "GiftSubscription", "Events.GiftSubs", Read::GiftSub),
    on(
        "Kick",
        "MassGiftSubscription",
        "Events.GiftBombs",
        Read::GiftBomb,
    ),
    on(
        "Kick",
        "RewardRedemption",
        "Events.RewardRedemptions, TopChannelRewards",
        Read::Redemption { automatic: false },
    ),
    on("Kick", "FirstWords", PEOPLE, Read::FirstWord),
    on("Kick", "ChatMessage", PEOPLE, Read::ChatMessage),
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

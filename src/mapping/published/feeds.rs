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
    pub(super) read: EventReader,
}

impl Feed {
    /// The sections of the credits that it feeds, for the documentation.
    #[cfg(test)]
    pub fn section(&self) -> &'static str {
        match self.read {
            EventReader::Follow => "Events.Follows",
            EventReader::Cheer => "Events.Cheers, TopBits",
            EventReader::Sub | EventReader::PrimeUpgrade | EventReader::GiftUpgrade => {
                "Events.Subs, User.Subscriber"
            }
            EventReader::ReSub => "Events.ReSubs, User.Subscriber",
            EventReader::GiftSub => "Events.GiftSubs",
            EventReader::GiftBomb => "Events.GiftBombs",
            EventReader::Raid => "Events.Raided",
            EventReader::Redemption { .. } => "Events.RewardRedemptions, TopChannelRewards",
            EventReader::RedemptionUpdate => "removes the cancelled redemption",
            EventReader::Goal => "Events.GoalContributions",
            EventReader::Stream => "Events.GameUpdates",
            EventReader::Pyramid => "Events.Pyramids",
            EventReader::Train => "HypeTrainConductor, HypeTrainContributors",
            EventReader::FirstWord | EventReader::ChatMessage => "User.Users and the roles",
            EventReader::Ban { .. } => "the people left out",
            EventReader::Support(Spec { refunds: true, .. }) => "removes the refunded support",
            EventReader::Support(spec) => match spec.kind {
                SupportKind::Tip => "Custom.Tips",
                SupportKind::Merch => "Custom.Merch",
                SupportKind::Member => "Custom.Members",
            },
        }
    }

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
            EventReader::FirstWord | EventReader::ChatMessage => with(
                WHO,
                &["role", "subscriber", "badges[]", "firstMessage", "text"],
            ),
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
    /// Whether the data describes another kind of event that is sent under the same name, such as a
    /// timeout that is sent as a ban.
    pub(super) fn is_other(&self, data: &serde_json::Value) -> bool {
        matches!(self.read, EventReader::Ban { lifted: false }) && is_timeout(data)
    }
}

/// The feed of a type, ignoring case.
pub(super) fn feed(name: &EventName) -> Option<&'static Feed> {
    FEEDS.iter().find(|feed| name.is(feed.source, feed.kind))
}

const fn on(source: &'static str, kind: &'static str, read: EventReader) -> Feed {
    Feed { source, kind, read }
}

const fn support(source: &'static str, kind: &'static str, spec: Spec) -> Feed {
    on(source, kind, EventReader::Support(spec))
}

/// A feed for a later report about support. It only removes support that was refunded.
const fn refunds(source: &'static str, kind: &'static str, spec: Spec) -> Feed {
    let spec = Spec {
        refunds: true,
        ..spec
    };
    support(source, kind, spec)
}

/// Every type that is counted. Other published events are emitted to subscribers but not counted.
///
/// If several events report the same thing, only one of them is here: `YouTube.MembershipGift` (the
/// giver), not each `GiftMembershipReceived`; `Patreon.PledgeCreated`, and `PledgeUpdated` only if
/// the pledge was pending. `Shopify.OrderCreated` and `OrderPaid` have the same id, so the first
/// one that is paid counts.
pub const FEEDS: &[Feed] = &[
    on("Twitch", "Follow", EventReader::Follow),
    on("Twitch", "Cheer", EventReader::Cheer),
    on("Twitch", "Sub", EventReader::Sub),
    on("Twitch", "PrimePaidUpgrade", EventReader::PrimeUpgrade),
    on("Twitch", "GiftPaidUpgrade", EventReader::GiftUpgrade),
    on("Twitch", "ReSub", EventReader::ReSub),
    on("Twitch", "GiftSub", EventReader::GiftSub),
    on("Twitch", "GiftBomb", EventReader::GiftBomb),
    on("Twitch", "Raid", EventReader::Raid),
    on(
        "Twitch",
        "RewardRedemption",
        EventReader::Redemption { automatic: false },
    ),
    on(
        "Twitch",
        "AutomaticRewardRedemption",
        EventReader::Redemption { automatic: true },
    ),
    on(
        "Twitch",
        "RewardRedemptionUpdated",
        EventReader::RedemptionUpdate,
    ),
    on("Twitch", "CommunityGoalContribution", EventReader::Goal),
    on("Twitch", "StreamUpdate", EventReader::Stream),
    on("Twitch", "PyramidSuccess", EventReader::Pyramid),
    on("Misc", "PyramidSuccess", EventReader::Pyramid),
    on("Twitch", "HypeTrainStart", EventReader::Train),
    on("Twitch", "HypeTrainUpdate", EventReader::Train),
    on("Twitch", "HypeTrainLevelUp", EventReader::Train),
    on("Twitch", "HypeTrainEnd", EventReader::Train),
    on("Twitch", "FirstWord", EventReader::FirstWord),
    on("Twitch", "ChatMessage", EventReader::ChatMessage),
    on("Twitch", "UserBanned", EventReader::Ban { lifted: false }),
    on("Twitch", "UserUnbanned", EventReader::Ban { lifted: true }),
    support("Twitch", "CharityDonation", TWITCH_MONEY),
    on("YouTube", "NewSubscriber", EventReader::Follow),
    on("YouTube", "FirstWords", EventReader::FirstWord),
    on("YouTube", "Message", EventReader::ChatMessage),
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
    on("Trovo", "Follow", EventReader::Follow),
    on("Trovo", "Subscription", EventReader::Sub),
    on("Trovo", "Resubscription", EventReader::ReSub),
    on("Trovo", "GiftSubscription", EventReader::GiftSub),
    on("Trovo", "MassGiftSubscription", EventReader::GiftBomb),
    on("Trovo", "Raid", EventReader::Raid),
    on("Trovo", "FirstWords", EventReader::FirstWord),
    on("Trovo", "ChatMessage", EventReader::ChatMessage),
    on("Kick", "Follow", EventReader::Follow),
    on("Kick", "Subscription", EventReader::Sub),
    on("Kick", "Resubscription", EventReader::ReSub),
    on("Kick", "GiftSubscription", EventReader::GiftSub),
    on("Kick", "MassGiftSubscription", EventReader::GiftBomb),
    on(
        "Kick",
        "RewardRedemption",
        EventReader::Redemption { automatic: false },
    ),
    on("Kick", "FirstWords", EventReader::FirstWord),
    on("Kick", "ChatMessage", EventReader::ChatMessage),
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

//! The paths of each service's support: the person, the amount and the goods.

use super::{
    money::Price,
    people::{Named, SUPPORTER, WHO},
    spec::Spec,
};
use crate::event::fact::SupportKind;

pub(super) const MONEY: Price = Price {
    cents: &[],
    micros: &[],
    amount: &["amount", "amounts.total", "formattedAmount"],
    currency: &["currency"],
};

pub(super) const NO_MONEY: Price = Price {
    cents: &[],
    micros: &[],
    amount: &[],
    currency: &[],
};

pub(super) const WHAT: &[&str] = &["tier", "tierName", "tier_name"];

pub(super) const TIP: Spec = Spec {
    kind: SupportKind::Tip,
    who: SUPPORTER,
    money: MONEY,
    what: &[],
    enough: &[],
    needs_id: false,
    settles: false,
    refunds: false,
};

pub(super) const MEMBER: Spec = Spec {
    kind: SupportKind::Member,
    what: WHAT,
    ..TIP
};

pub(super) const MERCH: Spec = Spec {
    kind: SupportKind::Merch,
    money: Price {
        amount: &["amount", "amounts.total", "total", "formattedAmount"],
        ..MONEY
    },
    what: &[
        "product",
        "items[].name",
        "offers[].name",
        "variants[].name",
        "offer.name",
        "items[].variation_name",
        "shop_items[].variation_name",
    ],
    ..TIP
};

/// In Streamlabs' events `name` and `userId` may belong to the channel.
pub(super) const STREAMLABS: Named = Named {
    objects: &[],
    id: &[],
    login: &[],
    display: &[
        "from",
        "donationFrom",
        "charityDonationFrom",
        "merchandiseFrom",
        "name",
    ],
};

pub(super) const STREAMLABS_TIP: Spec = Spec {
    who: STREAMLABS,
    money: Price {
        amount: &[
            "amount",
            "donationAmount",
            "charityDonationAmount",
            "formattedAmount",
            "formatted_amount",
        ],
        currency: &["currency", "donationCurrency", "charityDonationCurrency"],
        ..MONEY
    },
    ..TIP
};

pub(super) const STREAM_ELEMENTS: Spec = Spec {
    who: Named {
        display: &[
            "displayName",
            "donation.user.username",
            "username",
            "tipUsername",
            "merchUsername",
            "user.username",
            "name",
        ],
        ..SUPPORTER
    },
    money: Price {
        amount: &["amount", "tipAmount", "merchAmount", "donation.amount"],
        currency: &[
            "currency",
            "tipCurrency",
            "merchCurrency",
            "donation.currency",
        ],
        ..MONEY
    },
    ..TIP
};

/// `user{}` of `TipeeeStream` is the channel that receives.
pub(super) const TIPEEE: Spec = Spec {
    who: Named {
        objects: &[],
        id: &[],
        login: &[],
        display: &["parameters.username", "username", "from", "name"],
    },
    money: Price {
        amount: &["parameters.amount", "amount", "formattedAmount"],
        currency: &["parameters.currency", "currency"],
        ..MONEY
    },
    ..TIP
};

pub(super) const YOUTUBE: Spec = Spec {
    who: WHO,
    money: Price {
        micros: &[
            "microAmount",
            "amountMicros",
            "snippet.superChatDetails.amountMicros",
            "snippet.superStickerDetails.amountMicros",
        ],
        currency: &[
            "currencyCode",
            "currency",
            "snippet.superChatDetails.currency",
            "snippet.superStickerDetails.currency",
        ],
        ..MONEY
    },
    ..TIP
};

pub(super) const YOUTUBE_MEMBER: Spec = Spec {
    kind: SupportKind::Member,
    money: NO_MONEY,
    what: &[
        "levelName",
        "memberLevelName",
        "tier",
        "snippet.newSponsorDetails.memberLevelName",
        "snippet.memberMilestoneChatDetails.memberLevelName",
        "snippet.membershipGiftingDetails.giftMembershipsLevelName",
    ],
    ..YOUTUBE
};

pub(super) const DONOR_DRIVE: Spec = Spec {
    money: Price {
        amount: &["amount", "donorAmount", "donation.amount"],
        ..MONEY
    },
    enough: &["donationID"],
    ..TIP
};

/// Only the customer's first name is read, because customers do not expect their full name on
/// screen. `name` is the order's number, and `user_id` is the shop's own employee.
pub(super) const SHOPIFY: Spec = Spec {
    who: Named {
        id: &["userId", "customer.id"],
        display: &[
            "displayName",
            "customer.first_name",
            "customer.firstName",
            "customerFirstName",
        ],
        ..SUPPORTER
    },
    money: Price {
        amount: &["total_price", "totalPrice", "amount", "total"],
        currency: &["currency", "presentment_currency"],
        ..MONEY
    },
    what: &[
        "line_items[].title",
        "line_items[].name",
        "lineItems[].title",
        "items[].name",
    ],
    ..MERCH
};

pub(super) const PATREON: Spec = Spec {
    who: Named {
        display: &[
            "attributes.full_name",
            "displayName",
            "fullName",
            "full_name",
            "name",
        ],
        ..SUPPORTER
    },
    money: Price {
        cents: &[
            "attributes.will_pay_amount_cents",
            "attributes.currently_entitled_amount_cents",
            "attributes.amount_cents",
            "will_pay_amount_cents",
            "amount_cents",
        ],
        currency: &["attributes.currency", "currency"],
        ..MONEY
    },
    ..MEMBER
};

pub(super) const PALLY: Spec = Spec {
    money: Price {
        cents: &["grossAmountInCents", "tipGrossAmountInCents"],
        ..MONEY
    },
    who: Named {
        display: &["displayName", "tipDisplayName", "name", "from"],
        ..SUPPORTER
    },
    ..TIP
};

pub(super) const TREAT: Spec = Spec {
    money: NO_MONEY,
    who: Named {
        display: &["displayName", "sender", "username", "from", "name"],
        ..SUPPORTER
    },
    what: &["title", "type"],
    ..TIP
};

/// The membership's variant has its price.
pub(super) const FOURTHWALL_MEMBER: Spec = Spec {
    money: Price {
        amount: &[
            "amount",
            "subscription.variant.amount",
            "amounts.total",
            "formattedAmount",
        ],
        ..MONEY
    },
    what: &[
        "tier",
        "tierName",
        "tier_name",
        "subscription.variant.name",
        "subscription.variant.tierName",
    ],
    ..MEMBER
};

pub(super) const TWITCH_MONEY: Spec = Spec {
    who: WHO,
    money: Price {
        amount: &["amount", "charity_donation.amount", "formattedAmount"],
        ..MONEY
    },
    what: &[
        "charity_name",
        "charityName",
        "charity_donation.charity_name",
    ],
    ..TIP
};

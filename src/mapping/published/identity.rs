//! The id that a service assigns to an event. It makes repeats harmless: services send an event
//! again until it is acknowledged, and tools may forward it twice.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::Value;

use super::{look::text, open::DELIVERY, spec::EventReader};
use crate::event::EventName;

/// Maximum length of an id, in bytes. A longer id is ignored.
const LONGEST: usize = 256;

/// Ids of donations, orders and memberships.
pub(super) const OF_SUPPORT: &[&str] = &[
    "message_id",
    "messageId",
    "donationID",
    "donationId",
    "donation_id",
    "charityDonationId",
    "orderId",
    "order_id",
    "tipId",
    "id",
    "_id",
    "eventId",
    "ref",
    DELIVERY,
];
/// Ids of payments. They are private, so only their hash is kept.
const OF_PAYMENT: &[&str] = &["kofi_transaction_id", "transaction_id", "transactionId"];
/// Ids of events that are announced in a chat.
pub(super) const OF_MESSAGE: &[&str] = &[
    "messageId",
    "message.msgId",
    "msgId",
    "message_id",
    DELIVERY,
];
/// Ids of redemptions.
pub(super) const OF_REDEMPTION: &[&str] = &["id", "redemption_id", "redemptionId", DELIVERY];

/// The id of the event, which no other event has; `None` if the data has none. Follows, raids and
/// presence need no id. A hype train has the same id in all its reports, so only the delivery's id
/// is used.
pub(super) fn id(name: &EventName, read: EventReader, data: &Value) -> Option<String> {
    let paths = match read {
        EventReader::Support(_) => OF_SUPPORT,
        EventReader::Cheer
        | EventReader::Sub
        | EventReader::ReSub
        | EventReader::PrimeUpgrade
        | EventReader::GiftUpgrade
        | EventReader::GiftSub
        | EventReader::GiftBomb => OF_MESSAGE,
        EventReader::Redemption { .. } | EventReader::RedemptionUpdate => OF_REDEMPTION,
        EventReader::Goal | EventReader::Train | EventReader::Pyramid => &[DELIVERY],
        EventReader::Follow
        | EventReader::Raid
        | EventReader::Stream
        | EventReader::FirstWord
        | EventReader::ChatMessage
        | EventReader::Ban { .. } => return None,
    };
    let own = text(data, paths);
    // Placeholders of tests, and of tools that have no id.
    if own.is_empty() || own.len() > LONGEST || own.chars().all(|c| matches!(c, '0' | '-')) {
        return None;
    }
    let kind = match read {
        EventReader::Redemption { .. } | EventReader::RedemptionUpdate => "redemption",
        // All events of one order share an id.
        EventReader::Support(_) if &*name.source == "Shopify" => "order",
        EventReader::Support(_)
            if &*name.source == "Fourthwall" && name.kind.starts_with("Order") =>
        {
            "order"
        }
        _ => &name.kind,
    };
    let more = match read {
        // The id belongs to the patron. The date of the charge distinguishes one pledge from
        // another.
        EventReader::Support(_) if &*name.source == "Patreon" => text(
            data,
            &[
                "attributes.last_charge_date",
                "attributes.pledge_relationship_start",
            ],
        ),
        // Gifts of one gift bomb may be announced under one id.
        EventReader::GiftSub => text(
            data,
            &[
                "recipientUserId",
                "recipient_user_id",
                "recipient.id",
                "recipientUsername",
                "sub_gift.recipient_user_id",
            ],
        ),
        _ => String::new(),
    };
    Some(format!("{}.{kind}/{own}/{more}", name.source))
}

/// If the only id is the payment's, a hash of it becomes the id of the delivery. The payment's own
/// id is not kept.
pub(super) fn with_hashed_payment(read: EventReader, data: Cow<'_, Value>) -> Cow<'_, Value> {
    let payment = text(&data, OF_PAYMENT);
    if !matches!(read, EventReader::Support(_))
        || payment.is_empty()
        || !text(&data, OF_SUPPORT).is_empty()
    {
        return data;
    }
    let mut data = data.into_owned();
    if let Value::Object(data) = &mut data {
        data.insert(DELIVERY.to_owned(), hash(&payment).into());
    }
    Cow::Owned(data)
}

/// The id by which a refund refers to this support: the pledge for Patreon, the event's id for
/// other services.
pub(super) fn refundable(name: &EventName, data: &Value, id: Option<&str>) -> Option<String> {
    let pledge = pledge(name, data).map(|pledge| format!("{}.pledge/{pledge}", name.source));
    pledge.or_else(|| id.map(ToOwned::to_owned))
}

/// The pledge of a Patreon event. A member keeps this id while its state changes.
pub(super) fn pledge(name: &EventName, data: &Value) -> Option<String> {
    let id = text(data, &["id"]);
    (&*name.source == "Patreon" && !id.is_empty() && id.len() <= LONGEST).then_some(id)
}

fn hash(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

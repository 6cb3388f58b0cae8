//! Whether what is published counts: a test, a charge that was declined, and what another channel received do not.

use serde_json::Value;

use super::look::{at, flag, text};

/// Whether a published event counts, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It counts.
    Counts,
    /// Its type feeds no section, or another event tells the same.
    Told,
    /// A test or a preview.
    Test,
    /// The money did not arrive: declined, refunded, fraudulent.
    Unpaid,
    /// The money has not arrived yet.
    Pending,
    /// A redemption that was cancelled or rejected: the points went back.
    Withdrawn,
    /// Of a guest's channel in a shared chat.
    Guest,
}

/// Says that nothing happened, or nothing new: an alert that the streamer shows once more.
pub(super) const TEST: &[&str] =
    &["isTest", "is_test", "test", "testMode", "isMock", "isPreview", "preview", "repeat", "isReplay", "meta.isTest", "message.isTest"];

/// Says that a guest's channel received it.
pub(super) const GUEST: &[&str] =
    &["isFromSharedChatGuest", "meta.isFromSharedChatGuest", "message.isFromSharedChatGuest", "is_from_shared_chat_guest"];

/// Where services say how far a payment is.
pub(super) const STATE: &[&str] = &[
    "status",
    "attributes.last_charge_status",
    "attributes.patron_status",
    "pledge_payment_status",
    "last_charge_status",
    "patron_status",
    "financial_status",
    "financialStatus",
    "payment_status",
    "paymentStatus",
    "approved",
    "subscription.type",
];

/// States of a payment that did not arrive.
const UNPAID: &[&str] = &[
    "abandoned",
    "canceled",
    "cancelled",
    "chargeback",
    "declined",
    "declined_patron",
    "deleted",
    "denied",
    "disabled",
    "disputed",
    "expired",
    "failed",
    "failure",
    "former_patron",
    "fraud",
    "fraudulent",
    "free trial",
    "on_hold",
    "refunded",
    "refunded by patreon",
    "rejected",
    "suspended",
    "unpaid",
    "voided",
];

/// States of a payment that has not arrived yet.
const PENDING: &[&str] = &["authorized", "pending", "queued"];

/// States of a redemption whose points went back.
const WITHDRAWN: &[&str] = &["canceled", "cancelled", "rejected", "refunded"];

pub(super) fn is_test(data: &Value) -> bool {
    flag(data, TEST)
}

pub(super) fn is_guest(data: &Value) -> bool {
    // EventSub names the channel in which a line was written, if it is not the one that receives it.
    let (here, source) = (text(data, &["broadcaster_user_id"]), text(data, &["source_broadcaster_user_id"]));
    flag(data, GUEST) || (!source.is_empty() && !here.is_empty() && source != here)
}

pub(super) fn is_unpaid(data: &Value) -> bool {
    // Fourthwall: what somebody won, or a creator orders to look at.
    let origin = text(data, &["source.type"]);
    let is_free = ["GIFT_REDEMPTION", "GIVEAWAY", "SAMPLES"].iter().any(|word| origin.contains(word));
    let is_taken_back = ["cancelled_at", "canceled_at", "cancelledAt", "refunded_at", "attributes.declined_since", "declined_since"]
        .iter()
        .any(|path| at(data, path).is_some());
    is_free || is_taken_back || is_in(data, UNPAID)
}

pub(super) fn is_pending(data: &Value) -> bool {
    is_in(data, PENDING)
}

fn is_in(data: &Value, states: &[&str]) -> bool {
    let is =
        |path: &&str| at(data, path).and_then(Value::as_str).is_some_and(|state| states.contains(&&*state.trim().to_ascii_lowercase()));
    STATE.iter().any(is)
}

pub(super) fn is_withdrawn(data: &Value) -> bool {
    WITHDRAWN.contains(&&*text(data, &["status"]).to_ascii_lowercase())
}

/// The Twitch channel that an event is of, where it says.
pub(super) fn channel(source: &str, data: &Value) -> Option<String> {
    let id = text(data, &["to_broadcaster_user_id", "broadcaster_user_id", "broadcaster.id", "channelId", "broadcasterUserId"]);
    (source == "Twitch" && !id.is_empty()).then_some(id)
}

use serde_json::Value;

use super::look::{at, flag, text};

/// Whether a published event counts, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Counts,
    /// The type of the event feeds no section, the event reports the same as another event, or it
    /// is something else under the same name, such as a timeout or a reward paid with bits.
    Uncounted,
    /// A test or a preview.
    Test,
    Unpaid,
    Pending,
    /// A redemption that was cancelled or rejected, so its points went back.
    Withdrawn,
    /// An event of a guest's channel in a shared chat.
    Guest,
}

/// Flags for events in which nothing new happened: tests, and alerts that the streamer shows again.
pub(super) const TEST: &[&str] = &[
    "isTest",
    "is_test",
    "test",
    "testMode",
    "isMock",
    "isPreview",
    "preview",
    "repeat",
    "isReplay",
    "meta.isTest",
    "message.isTest",
];

/// Flags for events that a guest's channel received.
pub(super) const GUEST: &[&str] = &[
    "isFromSharedChatGuest",
    "meta.isFromSharedChatGuest",
    "message.isFromSharedChatGuest",
    "is_from_shared_chat_guest",
];

/// Paths of a payment's state.
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
    "charged_back",
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
    "reversed",
    "suspended",
    "unpaid",
    "voided",
];

/// States of a payment that had arrived and was taken back. The state of a patron's membership is
/// not the state of a payment.
const REFUNDED: &[&str] = &[
    "canceled",
    "cancelled",
    "chargeback",
    "charged_back",
    "denied",
    "disputed",
    "fraud",
    "fraudulent",
    "refunded",
    "refunded by patreon",
    "rejected",
    "reversed",
    "voided",
];

/// Paths of states that belong to a membership, not to a payment.
const OF_MEMBERSHIP: &[&str] = &[
    "attributes.patron_status",
    "patron_status",
    "subscription.type",
];

/// Flags for a payment that was taken back.
const IS_REFUNDED: &[&str] = &[
    "refunded",
    "isRefunded",
    "is_refunded",
    "isRefund",
    "is_refund",
    "chargeback",
    "isChargeback",
];

/// Paths of the time at which a payment was taken back.
const REFUNDED_AT: &[&str] = &[
    "cancelled_at",
    "canceled_at",
    "cancelledAt",
    "canceledAt",
    "refunded_at",
    "refundedAt",
];

/// States of a payment that has not arrived yet.
const PENDING: &[&str] = &["authorized", "pending", "queued"];

/// States of a redemption whose points went back.
const WITHDRAWN: &[&str] = &["canceled", "cancelled", "rejected", "refunded"];

pub(super) fn is_test(data: &Value) -> bool {
    flag(data, TEST)
}

pub(super) fn is_guest(data: &Value) -> bool {
    // EventSub names the channel in which a line was written, if another channel receives it.
    let (here, source) = (
        text(data, &["broadcaster_user_id"]),
        text(data, &["source_broadcaster_user_id"]),
    );
    flag(data, GUEST) || (!source.is_empty() && !here.is_empty() && source != here)
}

pub(super) fn is_unpaid(data: &Value) -> bool {
    // Fourthwall: something that a person won, or a sample that a creator ordered.
    let origin = text(data, &["source.type"]);
    let is_free = ["GIFT_REDEMPTION", "GIVEAWAY", "SAMPLES"]
        .iter()
        .any(|word| origin.contains(word));
    let is_declined = ["attributes.declined_since", "declined_since"]
        .iter()
        .any(|path| at(data, path).is_some());
    // Patreon: a free trial, or a membership that the patron received as a gift.
    let is_given = flag(data, &["attributes.is_free_trial", "attributes.is_gifted"]);
    is_free || is_given || is_declined || is_refunded(data) || is_in(data, STATE, UNPAID)
}

/// Whether the event reports a payment as taken back. Some services report a payment that never
/// arrived in the same way.
pub(super) fn is_refunded(data: &Value) -> bool {
    let of_payment: Vec<&str> = STATE
        .iter()
        .copied()
        .filter(|path| !OF_MEMBERSHIP.contains(path))
        .collect();
    flag(data, IS_REFUNDED)
        || !text(data, REFUNDED_AT).is_empty()
        || is_in(data, &of_payment, REFUNDED)
}

pub(super) fn is_pending(data: &Value) -> bool {
    is_in(data, STATE, PENDING)
}

/// Whether one of the paths holds one of the states.
fn is_in(data: &Value, paths: &[&str], states: &[&str]) -> bool {
    let is = |path: &&str| {
        at(data, path)
            .and_then(Value::as_str)
            .is_some_and(|state| states.contains(&&*state.trim().to_ascii_lowercase()))
    };
    paths.iter().any(is)
}

pub(super) fn is_withdrawn(data: &Value) -> bool {
    WITHDRAWN.contains(&&*text(data, &["status"]).to_ascii_lowercase())
}

/// The id of the Twitch channel where the event happened; `None` if the event does not name it.
pub(super) fn channel(source: &str, data: &Value) -> Option<String> {
    let id = text(
        data,
        &[
            "to_broadcaster_user_id",
            "broadcaster_user_id",
            "broadcaster_id",
            "broadcaster.id",
            "channelId",
            "broadcasterUserId",
        ],
    );
    (source == "Twitch" && !id.is_empty()).then_some(id)
}

use super::{money::Price, people::Named};
use crate::event::fact::SupportKind;

/// How the events of a type are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum EventReader {
    Follow,
    Cheer,
    Sub,
    ReSub,
    PrimeUpgrade,
    GiftUpgrade,
    GiftSub,
    GiftBomb,
    Raid,
    Redemption {
        automatic: bool,
    },
    /// A later state of a redemption, which matters only if it was cancelled.
    RedemptionUpdate,
    Goal,
    Stream,
    Pyramid,
    Train,
    FirstWord,
    ChatMessage,
    /// A ban, or its end if `lifted` is true.
    Ban {
        lifted: bool,
    },
    Support(Spec),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) kind: SupportKind,
    pub(super) who: Named,
    pub(super) money: Price,
    /// Paths of the goods or of the tier. `[]` marks a list, of which all elements are read.
    pub(super) what: &'static [&'static str],
    /// Paths that make support acceptable without a person and an amount, because both may be
    /// hidden. One of them is enough.
    pub(super) enough: &'static [&'static str],
    /// Whether the event counts only with an id. Without an id, a second event about the same
    /// support could not be recognized.
    pub(super) needs_id: bool,
    /// Whether the event counts only if the payment was pending before. Otherwise another event has
    /// reported the payment.
    pub(super) settles: bool,
    /// Whether the event never counts itself, but takes back the support of another event when it
    /// reports a refund.
    pub(super) refunds: bool,
}

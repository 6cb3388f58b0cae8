//! The ways to read a published event.

use super::{money::Price, people::Named};
use crate::event::fact::SupportKind;

/// How a type is read.
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
    /// A later state of a redemption: only that it was cancelled matters.
    RedemptionUpdate,
    Goal,
    Stream,
    Pyramid,
    Train,
    FirstWord,
    ChatMessage,
    /// A ban; `lifted` for its end.
    Ban {
        lifted: bool,
    },
    Support(Spec),
}

/// How support of another service is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) kind: SupportKind,
    pub(super) who: Named,
    pub(super) money: Price,
    /// What was bought, or the tier. `[]` marks a list: all of it.
    pub(super) what: &'static [&'static str],
    /// What makes it support even if it says neither who nor how much, both of which may be hidden.
    pub(super) enough: &'static [&'static str],
    /// Only an id tells whether another event told the same: without one it does not count.
    pub(super) needs_id: bool,
    /// It counts only if it settles what was pending: else another event told the same.
    pub(super) settles: bool,
    /// It never counts, and takes back what another event counted if it says that it was refunded.
    pub(super) refunds: bool,
}

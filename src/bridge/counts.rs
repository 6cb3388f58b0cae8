//! Counters since the start of the run.

use serde::Serialize;

#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Counts {
    #[serde(flatten)]
    pub(super) bus: BusCounts,
    #[serde(flatten)]
    pub(super) messages: MessageCounts,
    #[serde(flatten)]
    pub(super) credits: CreditCounts,
}

/// Counts of everything that was received on OBS.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BusCounts {
    /// All `CustomEvent`s.
    pub(super) received: u64,
    /// Twitchat messages without a type, or whose data cannot be used, and events of OBS and
    /// messages of other programs that cannot be read.
    pub(super) invalid: u64,
    /// The bridge's own messages, which OBS sends back.
    pub(super) echoes: u64,
    pub(super) requests: u64,
    /// Requests answered with an error.
    pub(super) refused: u64,
    /// Messages that come from neither Twitchat nor a bridge, and are no requests.
    pub(super) other: u64,
    /// Frames that are no obs-websocket message.
    pub(super) unreadable: u64,
    /// Events of OBS itself for which the bridge has subscribed, because somebody needs them.
    pub(super) obs_events: u64,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageCounts {
    /// Events. An id counts once.
    pub(super) events: u64,
    /// Answers: states, lists, summaries.
    pub(super) answers: u64,
    /// Actions and questions of other clients and overlays.
    pub(super) actions: u64,
    /// Messages of unknown types; they are passed on unchanged.
    pub(super) unknown: u64,
    /// Messages that were dropped because their id had been received before.
    pub(super) duplicates: u64,
    /// Messages that were dropped because their type starts with `OBS_` or `ON_OBS_`.
    pub(super) forbidden: u64,
    /// Messages of another channel than the configured broadcaster's. They do not count in the
    /// credits.
    pub(super) elsewhere: u64,
    /// Messages that were played back from a recording.
    pub(super) replayed: u64,
}

/// Counts of the changes to the credits, and of the reports that were left out as repeats.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreditCounts {
    /// Reports that did not change the credits: of a gift or raid that was reported twice, or of a
    /// live event whose place an entry of a summary had taken.
    pub(super) repeats: u64,
    /// Reports that did not change the credits because a second Twitchat page or another program
    /// had already reported the event.
    pub(super) twins: u64,
    pub(super) published: u64,
    /// Entries that a summary filled in.
    pub(super) filled: u64,
}

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

/// Counts everything that the bridge receives over OBS.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BusCounts {
    /// The number of all `CustomEvent`s.
    pub(super) received: u64,
    /// Twitchat's messages without a type or with unusable data, and unreadable events of OBS and
    /// messages of other programs.
    pub(super) invalid: u64,
    /// The bridge's own messages, which OBS sends back.
    pub(super) echoes: u64,
    pub(super) requests: u64,
    /// Requests answered with an error.
    pub(super) refused: u64,
    /// Messages that come from neither Twitchat nor a bridge, and are not requests.
    pub(super) other: u64,
    /// Frames that are not messages of obs-websocket.
    pub(super) unreadable: u64,
    /// Events of OBS itself to which the bridge has subscribed for a client, a rule or a label.
    pub(super) obs_events: u64,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageCounts {
    /// Each id counts once.
    pub(super) events: u64,
    /// Answers of Twitchat, such as states, lists and summaries.
    pub(super) answers: u64,
    /// Actions and questions of other clients and overlays.
    pub(super) actions: u64,
    /// Messages of unknown types. The bridge emits them unchanged.
    pub(super) unknown: u64,
    /// Messages that were dropped because their id had been received before.
    pub(super) duplicates: u64,
    /// Messages that were dropped because their type starts with `OBS_` or `ON_OBS_`.
    pub(super) forbidden: u64,
    /// Messages of a channel that is not the configured broadcaster's. They do not count in the
    /// credits.
    pub(super) elsewhere: u64,
    /// Messages that were played back from a recording.
    pub(super) replayed: u64,
}

/// Counts the changes of the credits, and the reports that were dropped as repeats.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreditCounts {
    /// Reports that did not change the credits, because a gift or raid was already reported, or
    /// because an entry of a summary already counted as this event.
    pub(super) repeats: u64,
    /// Reports that did not change the credits because a second Twitchat page or another program
    /// had already reported the event.
    pub(super) twins: u64,
    pub(super) published: u64,
    /// Entries that a summary filled in.
    pub(super) filled: u64,
}

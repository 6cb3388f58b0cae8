//! Events of OBS itself that are received only while somebody needs them.

use serde_json::value::RawValue;

/// An event of obs-websocket other than `CustomEvent`, as OBS sent it.
#[derive(Debug, Clone)]
pub struct ObsEvent {
    /// The event's type in obs-websocket's protocol, such as `InputMuteStateChanged`.
    pub kind: Box<str>,
    /// The unchanged `eventData`; `None` if the event has none.
    pub data: Option<Box<RawValue>>,
}

/// The events of OBS to receive in addition to the permanent ones. Events of high volume, such as
/// `InputVolumeMeters`, are never received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ObsSubscription {
    /// Whether to receive all events except vendors' events.
    pub events: bool,
    /// Whether to receive `VendorEvent`, which plugins and scripts of OBS emit.
    pub vendors: bool,
}

impl ObsSubscription {
    /// Whether it includes everything in `other`.
    pub fn covers(self, other: Self) -> bool {
        (self.events || !other.events) && (self.vendors || !other.vendors)
    }

    /// Everything that at least one of the two has.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            events: self.events || other.events,
            vendors: self.vendors || other.vendors,
        }
    }
}

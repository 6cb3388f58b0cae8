//! The categories of events that the event connection subscribes to.

use obws::requests::EventSubscription;

use crate::event::ObsSubscription;

/// The categories behind [`ObsSubscription::events`]: all except the events of vendors and the
/// events of high volume. An OBS that is older than a category ignores its bit.
const EVENTS: EventSubscription = EventSubscription::ALL.difference(EventSubscription::VENDORS);

/// The categories as bits. General events are always included.
pub(super) fn categories(subscription: ObsSubscription) -> u32 {
    let mut categories = EventSubscription::GENERAL;
    categories.set(EVENTS, subscription.events);
    categories.set(EventSubscription::VENDORS, subscription.vendors);
    (categories | EventSubscription::GENERAL).bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(events: bool, vendors: bool) -> u32 {
        categories(ObsSubscription { events, vendors })
    }

    #[test]
    fn general_events_are_always_subscribed_to_and_those_of_high_volume_never() {
        assert_eq!(
            [of(false, false), of(false, true), of(true, true)],
            [1, 1 | 1 << 9, (1 << 12) - 1]
        );
        assert_eq!(of(true, false), ((1 << 12) - 1) & !(1 << 9));
    }
}

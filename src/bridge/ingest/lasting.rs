//! The rows that are read back after their session has been closed.

use super::two_pages;
use crate::bridge::{bans, edits, journal::RowOrigin};

/// The kinds of rows that matter after their session: rows for leaderboards, bans, proofs of two
/// pages, and edits of people.
pub const LASTING: [(RowOrigin, &str); 24] = [
    (RowOrigin::Received, "BITS"),
    (RowOrigin::Received, "ON_BITS"),
    (RowOrigin::Received, "REWARD_REDEEM"),
    (RowOrigin::Received, "ON_REWARD_REDEEM"),
    (RowOrigin::Played, "BITS"),
    (RowOrigin::Played, "ON_BITS"),
    (RowOrigin::Played, "REWARD_REDEEM"),
    (RowOrigin::Played, "ON_REWARD_REDEEM"),
    (RowOrigin::Filled, "bits"),
    (RowOrigin::Filled, "rewards"),
    (RowOrigin::Published, "Twitch.Cheer"),
    (RowOrigin::Published, "Twitch.RewardRedemption"),
    (RowOrigin::Published, "Twitch.AutomaticRewardRedemption"),
    (RowOrigin::Published, "Twitch.RewardRedemptionUpdated"),
    (RowOrigin::Published, "Kick.RewardRedemption"),
    (RowOrigin::Filled, bans::KIND),
    (RowOrigin::Filled, two_pages::KIND),
    (RowOrigin::Published, "Twitch.UserBanned"),
    (RowOrigin::Published, "Twitch.UserUnbanned"),
    edits::LASTING[0],
    edits::LASTING[1],
    edits::LASTING[2],
    edits::LASTING[3],
    edits::LASTING[4],
];

/// The rows of [`LASTING`] that stay when their session is deleted. They concern people and pages,
/// and apply to all sessions. The other rows of [`LASTING`] are for leaderboards.
pub const BEYOND_DELETION: [(RowOrigin, &str); 9] = [
    (RowOrigin::Filled, bans::KIND),
    (RowOrigin::Filled, two_pages::KIND),
    (RowOrigin::Published, "Twitch.UserBanned"),
    (RowOrigin::Published, "Twitch.UserUnbanned"),
    edits::LASTING[0],
    edits::LASTING[1],
    edits::LASTING[2],
    edits::LASTING[3],
    edits::LASTING[4],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::published::FEEDS;

    #[test]
    fn rows_that_outlive_a_deletion_are_read_back() {
        for row in BEYOND_DELETION {
            assert!(LASTING.contains(&row), "{row:?}");
        }
    }

    #[test]
    fn published_events_that_outlive_their_session_are_read_back() {
        let lasts = |section: &str| {
            [
                "TopBits",
                "TopChannelRewards",
                "taken back",
                "cancelled",
                "left out",
            ]
            .iter()
            .any(|word| section.contains(word))
        };
        for feed in FEEDS.iter().filter(|feed| lasts(feed.section())) {
            let name = format!("{}.{}", feed.source, feed.kind);
            assert!(
                LASTING
                    .iter()
                    .any(|(origin, kind)| (*origin, *kind) == (RowOrigin::Published, &*name)),
                "{name}"
            );
        }
    }
}

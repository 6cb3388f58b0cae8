//! Tests the show on a stand-in OBS.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::sim::obs;
use crate::sim::twitchat::Moment;

#[test]
fn the_seed_writes_the_show() {
    assert_eq!(Timeline::new(1), Timeline::new(1));
    assert_ne!(Timeline::new(1), Timeline::new(2));
    let cues: Vec<_> = Timeline::new(1).0.iter().map(|(cue, _)| *cue).collect();
    assert!(cues.iter().all(|cue| *cue < LENGTH));
}

#[test]
fn every_section_has_somebody_in_every_show() {
    for seed in 0..50 {
        let expected = Expected::of(&Timeline::new(seed));
        for (section, names) in [
            ("follows", &expected.follows),
            ("cheers", &expected.cheers),
            ("subs", &expected.subs),
            ("resubs", &expected.resubs),
            ("gift subs", &expected.gift_subs),
            ("gift bombs", &expected.gift_bombs),
            ("raided", &expected.raided),
            ("redemptions", &expected.redemptions),
            ("games", &expected.games),
            ("users", &expected.users),
            ("polls", &expected.polls),
        ] {
            assert!(names.len() >= 2, "{section} of seed {seed}: {names:?}");
        }
        assert_eq!(
            expected.gift_bombs.last().map(String::as_str),
            Some("AnAnonymousGifter")
        );
    }
}

/// Only the first generation reports moderators and VIPs live, so some of them write messages early
/// in the show.
#[test]
fn badges_are_seen_in_every_show() {
    for seed in 0..50 {
        let timeline = Timeline::new(seed);
        let early = timeline
            .0
            .iter()
            .take_while(|(_, act)| *act != Act::Switch(Generation::Second));
        let roles: Vec<_> = early
            .filter_map(|(_, act)| match act {
                Act::Play(Moment::FirstMessage { who, .. }) => Some(who.roles),
                _ => None,
            })
            .collect();
        assert!(
            roles.iter().any(|roles| roles.moderator) && roles.iter().any(|roles| roles.vip),
            "seed {seed}"
        );
    }
}

#[tokio::test]
async fn all_three_generations_and_the_published_raid_reach_the_bus() {
    let obs = obs::StandIn::start(obs::Options::default()).await.unwrap();
    let mut show = Show::connect(
        Target {
            url: obs.url(),
            password: None,
        },
        1,
        ShowSpeed::HURRIED,
    )
    .await
    .unwrap();
    tokio::time::timeout(Duration::from_secs(60), show.play())
        .await
        .unwrap()
        .unwrap();
    obs.drained().await;
    let received = obs.received();
    let kinds: BTreeSet<_> = received
        .iter()
        .filter_map(|received| received["type"].as_str())
        .collect();
    for kind in [
        "MESSAGE_FIRST",
        "FOLLOW",
        "POLL",
        "BITS",
        "SUBSCRIPTION",
        "REWARD_REDEEM",
        "LABEL_OVERLAY_PLACEHOLDERS",
        "ON_MESSAGE_FIRST_TODAY",
        "ON_FOLLOW",
        "ON_POLL_PROGRESS",
        "ON_BITS",
        "ON_SUBSCRIPTION",
        "ON_REWARD_REDEEM",
        "ON_LABEL_OVERLAY_PLACEHOLDERS",
    ] {
        assert!(kinds.contains(kind), "{kind} is missing");
    }
    assert_eq!(
        received
            .iter()
            .filter(|received| received["request"] == "PublishEvent")
            .count(),
        1
    );
    let gifts = |kind: &str| {
        received
            .iter()
            .filter(|received| received["type"] == kind && received["data"]["isGift"] == true)
            .count()
    };
    assert_eq!((gifts("SUBSCRIPTION"), gifts("ON_SUBSCRIPTION")), (5, 4));
    // Each message has all labels, so their order decides what counts as a change.
    let labels = received.iter().filter(|received| {
        received["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("LABEL_OVERLAY_PLACEHOLDERS"))
    });
    let mut games: Vec<Value> = labels
        .map(|received| received["data"]["STREAM_CATEGORY_NAME"]["value"].clone())
        .collect();
    games.dedup();
    assert_eq!(
        games,
        ["Just Chatting", "Hollow Harbour", "Frog Café Simulator"]
    );
    // The history survives the updates.
    assert_eq!(show.expected().follows.len(), 5);
}

//! Plays the demo's show on the real bridge, and compares the credits with the expected ones.

use serde_json::{Value, json};
use tokio::time::timeout;
use twitchat_bridge::sim::show::{Show, ShowSpeed};

use crate::support::{Bridge, Bus, SOON, Site, names, on_both, wait_until};

on_both!(the_credits_equal_the_expected_ones);

async fn the_credits_equal_the_expected_ones(site: Site) {
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let mut show = Show::connect(site.peer(), 7, ShowSpeed::HURRIED)
        .await
        .unwrap();
    timeout(SOON, show.play())
        .await
        .expect("the show ends")
        .unwrap();
    let expected = show.expected();
    // OBS may relay the last message of the show before others.
    let credits = wait_until(
        "everybody of the show is in the credits",
        SOON,
        async || {
            let credits = bus.credits().await;
            let all = [
                ("Follows", &expected.follows),
                ("Raided", &expected.raided),
                ("ReSubs", &expected.resubs),
                ("Cheers", &expected.cheers),
            ];
            let users = names(&credits["User"]["Users"]).len() >= expected.users.len();
            (users
                && all
                    .iter()
                    .all(|(section, who)| names(&credits["Events"][section]).len() >= who.len()))
            .then_some(credits)
        },
    )
    .await;
    for (section, who) in [
        ("Follows", &expected.follows),
        ("Cheers", &expected.cheers),
        ("Subs", &expected.subs),
        ("ReSubs", &expected.resubs),
        ("GiftSubs", &expected.gift_subs),
        ("GiftBombs", &expected.gift_bombs),
        ("Raided", &expected.raided),
        ("RewardRedemptions", &expected.redemptions),
        ("GameUpdates", &expected.games),
    ] {
        assert_eq!(names(&credits["Events"][section]), sorted(who), "{section}");
    }
    assert_eq!(names(&credits["User"]["Users"]), sorted(&expected.users));
    // The summary may contain more badges than were reported live.
    for (section, who) in [
        ("Moderator", &expected.moderators),
        ("VIPs", &expected.vips),
    ] {
        let listed = names(&credits["User"][section]);
        assert!(
            who.iter().all(|name| listed.contains(name)),
            "{section}: {listed:?} lacks one of {who:?}"
        );
    }
    let reply = bus
        .ask(json!({ "request": "GetCredits", "extended": true }))
        .await;
    let cheers = reply["extended"]["Cheers"].as_array().unwrap();
    let bits: Vec<_> = expected
        .bits
        .iter()
        .map(|(name, bits)| (name.as_str(), Value::from(*bits)))
        .collect();
    for (name, bits) in bits {
        let line = cheers
            .iter()
            .find(|line| line["name"] == name)
            .unwrap_or_else(|| panic!("{name} is missing: {cheers:?}"));
        assert_eq!(line["amount"], bits, "{name}");
    }
    bridge.stop().await;
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names
}

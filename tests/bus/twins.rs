//! Two pages of Twitchat on one OBS. After a show, the credits equal the credits with one page.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use twitchat_bridge::sim::twitchat::{Generation, Moment, Options, Person, Reward, StandIn, Tier};

use crate::support::{
    Bridge, Bus, SOON, Site, check_case, credits_of, differences, on_both, wait_until,
};

on_both!(
    the_messages_of_two_pages_of_twitchat_count_once,
    the_credits_of_two_pages_of_16_equal_those_of_one,
    the_credits_of_a_page_of_16_and_one_of_17_equal_those_of_one,
    the_credits_of_two_pages_of_17_equal_those_of_one,
    cheers_before_any_fact_of_the_first_kind_count_once_after_the_proof,
);

use Generation::{Second, Third};

async fn the_messages_of_two_pages_of_twitchat_count_once(site: Site) {
    let bridge = Bridge::on(&site).await;
    check_case(&site, "A11-two-twitchat-pages").await;
    assert_eq!(
        Bus::connect(&site).await.status().await["twitchat"]["twoPages"],
        true
    );
    bridge.stop().await;
}

fn person(number: u32) -> Person {
    Person::new(format!("88000{number}"), format!("Viewer_{number}"))
}

fn cheer(who: u32, bits: u64, text: &str) -> Moment {
    Moment::Cheer {
        who: person(who),
        bits,
        text: text.into(),
    }
}

/// A show with every kind of event, and three equal but separate cheers within ten seconds.
fn show() -> Vec<Moment> {
    let reward = Reward {
        id: "rw1".into(),
        title: "Hydrate".into(),
        cost: 500,
    };
    let redeem = |who, text: Option<&str>| Moment::Redeem {
        who: person(who),
        reward: reward.clone(),
        text: text.map(Into::into),
    };
    vec![
        Moment::FirstMessage {
            who: person(1),
            text: "hi".into(),
        },
        Moment::Follow { who: person(1) },
        Moment::Resub {
            who: person(2),
            tier: Tier::Two,
            months: 7,
            streak: 3,
            text: "seven".into(),
        },
        cheer(3, 100, "Cheer100 hi"),
        cheer(3, 100, "Cheer100 hi"),
        cheer(3, 100, "Cheer100 hi"),
        cheer(3, 100, "Cheer100 bye"),
        redeem(4, None),
        redeem(4, Some("drink")),
        Moment::Gift {
            from: person(5),
            to: vec![person(6), person(7), person(8)],
            tier: Tier::One,
        },
        Moment::Sub {
            who: person(9),
            tier: Tier::Prime,
        },
        cheer(1, 25, "Cheer25"),
    ]
}

/// The credits after a show. Each of these pages reports the whole show.
async fn credits_after(site: &Site, pages: &[Generation], moments: &[Moment]) -> Value {
    let bridge = Bridge::on(site).await;
    let mut bus = Bus::connect(site).await;
    let mut twitchats = Vec::new();
    for generation in pages {
        let options = Options {
            generation: *generation,
            ..Options::default()
        };
        twitchats.push(StandIn::connect(site.peer(), options).await.unwrap());
    }
    for moment in moments {
        for twitchat in &twitchats {
            twitchat.play(moment.clone()).await.unwrap();
        }
        sleep(Duration::from_millis(150)).await;
    }
    for twitchat in &twitchats {
        twitchat.settled().await.unwrap();
    }
    // Wait until the credits no longer change.
    let (mut last, mut same) = (Value::Null, 0);
    let credits = wait_until("the credits settle", SOON, async || {
        sleep(Duration::from_millis(50)).await;
        let credits = credits_of(
            &bus.ask(json!({ "request": "GetCredits", "spelling": "seed", "extended": true }))
                .await,
        );
        same = if credits == last { same + 1 } else { 0 };
        last = credits.clone();
        (same > 10).then_some(credits)
    })
    .await;
    bridge.stop().await;
    credits
}

async fn equal_those_of_one(site: &Site, pages: [Generation; 2]) {
    // Only 17 reports the display names of subscribers.
    let one = credits_after(site, &pages[1..], &show()).await;
    let line = one["extended"]["Cheers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["name"] == "Viewer_3")
        .unwrap();
    assert_eq!(
        (&line["count"], &line["amount"]),
        (&json!(4), &json!(400)),
        "{one}"
    );
    let two = credits_after(site, &pages, &show()).await;
    let differences = differences(&two, &one);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

async fn the_credits_of_two_pages_of_16_equal_those_of_one(site: Site) {
    equal_those_of_one(&site, [Second, Second]).await;
}

async fn the_credits_of_a_page_of_16_and_one_of_17_equal_those_of_one(site: Site) {
    equal_those_of_one(&site, [Second, Third]).await;
}

async fn the_credits_of_two_pages_of_17_equal_those_of_one(site: Site) {
    equal_those_of_one(&site, [Third, Third]).await;
}

async fn cheers_before_any_fact_of_the_first_kind_count_once_after_the_proof(site: Site) {
    let cheers = [
        cheer(3, 100, "Cheer100"),
        cheer(4, 50, "Cheer50"),
        cheer(3, 100, "Cheer100"),
    ];
    let amounts = |credits: &Value| {
        let lines = credits["extended"]["Cheers"].as_array().unwrap().iter();
        let mut amounts: Vec<_> = lines.map(|line| line["amount"].as_u64().unwrap()).collect();
        amounts.sort_unstable();
        amounts
    };
    let unproven = credits_after(&site, &[Second, Second], &cheers).await;
    assert_eq!(
        amounts(&unproven),
        [100, 400],
        "the difference: without any fact of the first kind each counts twice"
    );
    let with_proof = [&cheers[..], &[Moment::Follow { who: person(1) }]].concat();
    let proven = credits_after(&site, &[Second, Second], &with_proof).await;
    assert_eq!(amounts(&proven), [50, 200]);
    let two_generations = credits_after(&site, &[Second, Third], &cheers).await;
    assert_eq!(
        amounts(&two_generations),
        [50, 200],
        "two generations are a proof by themselves"
    );
}

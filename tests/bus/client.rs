//! Uses the bridge through `twitchat_bridge::client`, like other Rust programs: events, requests
//! and actions.

use serde_json::json;
use tokio::time::timeout;
use twitchat_bridge::client::events::{Event, Events, Typed};
use twitchat_bridge::client::requests::{AddToCredits, ClearCredits, GetCredits, PublishEvent};
use twitchat_bridge::client::{Client, NamedAction, Options, Update};
use uuid::Uuid;

use crate::support::{Bridge, Bus, SOON, Site, on_both};

on_both!(a_client_receives_events_asks_and_acts);

fn options(site: &Site) -> Options {
    let options = Options::new(site.host(), site.port())
        .name("a test")
        .timeout(SOON);
    site.password().into_iter().fold(options, Options::password)
}

async fn next_event(events: &mut Events) -> Event {
    timeout(SOON, events.next_event())
        .await
        .expect("an event")
        .expect("the stream goes on")
}

async fn a_client_receives_events_asks_and_acts(site: Site) {
    let bridge = Bridge::on(&site).await;
    let client = Client::connect(options(&site)).await.unwrap();
    client.request(&ClearCredits::new()).await.unwrap();
    let mut events = client
        .subscribe(["Twitch.Raid", "Kofi.Donation"])
        .await
        .unwrap();
    let user = json!({ "id": "33881177", "login": "lanternfox", "name": "LanternFox" });
    let tip =
        json!({ "from": "Anna", "amount": 5, "currency": "EUR", "message": "for the microphone" });
    client
        .request(&PublishEvent::new(
            "Twitch.Raid",
            json!({ "user": user, "viewers": 57 }),
        ))
        .await
        .unwrap();
    client
        .request(&PublishEvent::new("Kofi.Donation", tip))
        .await
        .unwrap();
    client
        .request(&AddToCredits::new("Thanks", "Everybody who helped"))
        .await
        .unwrap();
    let mut received = [next_event(&mut events).await, next_event(&mut events).await];
    received.sort_by_key(Event::seq);
    assert!(received[0].seq() < received[1].seq());
    match received.map(|event| event.typed().unwrap()) {
        [Typed::Raid(raid), Typed::Donation(tip)] => {
            assert_eq!((&*raid.user.name, raid.viewers), ("LanternFox", 57));
            assert_eq!(
                (&*tip.from, &*tip.currency, &*tip.message),
                ("Anna", "EUR", "for the microphone")
            );
        }
        other => panic!("{other:?}"),
    }
    let credits = client.request(&GetCredits::new()).await.unwrap();
    assert!(credits.durable && credits.seq >= 2, "{credits:?}");
    assert_eq!(
        (
            &credits.body.events["raided"][..],
            &credits.body.custom["Tips"][..]
        ),
        (&["LanternFox".to_owned()][..], &[json!("Anna")][..])
    );
    assert_eq!(credits.body.custom["Thanks"], ["Everybody who helped"]);

    let sent = client
        .send(&NamedAction::new("SET_TIMER_ADD").field("value", "30"))
        .await
        .unwrap();
    assert!(Uuid::parse_str(&sent.id).is_ok(), "{sent:?}");
    client.close().await;
    assert!(
        timeout(SOON, events.next())
            .await
            .expect("the end")
            .is_none()
    );
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_goes_on_after_a_restart_of_obs_and_of_the_bridge() {
    let site = Site::stand_in().await;
    let bridge = Bridge::on(&site).await;
    let client = Client::connect(options(&site)).await.unwrap();
    let mut events = client.subscribe(["Twitch.Raid"]).await.unwrap();
    let raid = || {
        PublishEvent::new(
            "Twitch.Raid",
            json!({ "user": { "id": "1", "login": "a", "name": "A" }, "viewers": 2 }),
        )
    };
    let mut next = async || {
        timeout(SOON, events.next())
            .await
            .expect("an update")
            .expect("the stream goes on")
    };

    site.controls().stop().await;
    assert!(matches!(next().await, Update::Disconnected(_)));
    site.controls().start_again().await.unwrap();
    assert!(matches!(next().await, Update::Resumed { missed: Some(0) }));
    client.request(&raid()).await.unwrap();
    assert!(matches!(next().await, Update::Event(_)));

    let mut bus = Bus::connect(&site).await;
    bridge.stop().await;
    let bridge = Bridge::start(&site);
    bus.hello().await;
    assert!(matches!(next().await, Update::BridgeStarted));
    assert!(matches!(next().await, Update::Resumed { missed: None }));
    client.request(&raid()).await.unwrap();
    assert!(matches!(next().await, Update::Event(_)));
    bridge.stop().await;
}

//! The journal on the disk: what it keeps, and what happens when it goes away or the disk refuses it.

use std::time::Duration;

use crate::support::SOON;
use crate::support::bridge::Home;
use crate::support::bus::Bus;
use crate::support::obs::stand_in;

#[tokio::test]
async fn the_corrected_start_of_the_first_session_is_there_after_a_restart() {
    let (obs, target) = stand_in().await;
    assert!(obs.start_stream(Duration::from_secs(3_600)));
    let home = Home::new();
    let mut bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    bus.until_status("the stream is known", |status| status["obs"]["streaming"] == true).await;
    let started = bus.ask("GetStatus").await["session"]["started"].clone();
    bridge.signal("TERM");
    assert_eq!(bridge.ended().await.code, Some(0));
    obs.stop_stream();

    let _bridge = home.run(&target);
    bus.until_answered(SOON).await;
    let status = bus.ask("GetStatus").await;
    assert_eq!(status["session"]["started"], started, "{status}");
}

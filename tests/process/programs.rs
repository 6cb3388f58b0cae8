//! Programs of rules: one rule under load does not delay another rule.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use twitchat_bridge::obs::Target;

use crate::support::bridge::Home;
use crate::support::bus::Bus;
use crate::support::obs::{real, stand_in};
use crate::support::{PASSWORD, SOON, wait_until};

/// How long each slow program takes.
const SLOW: Duration = Duration::from_secs(20);

#[tokio::test]
async fn programs_of_rules_do_not_inherit_the_password() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let file = home.path().join("environment");
    home.configure(&format!(
        r#"
        [[rule]]
        name = "environment"
        on = "Acme.Quick"
        do = [{{ run = ["/bin/sh", "-c", 'env > "$1.new"; mv "$1.new" "$1"', "sh", '{}'] }}]
        "#,
        file.display(),
    ));
    let _bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    publish(&bus, "Quick").await;
    wait_until("the program has run", SOON, || file.exists()).await;
    let environment = fs::read_to_string(&file).unwrap();
    let home_line = format!("HOME={}", home.path().display());
    assert!(environment.contains(&home_line), "{environment}");
    assert!(environment.contains("OBS_PORT="), "{environment}");
    assert!(!environment.contains("OBS_PASSWORD"), "{environment}");
    assert!(!environment.contains(PASSWORD), "the password shows");
}

async fn publish(bus: &Bus, kind: &str) {
    bus.ask_with(
        "PublishEvent",
        json!({ "publish": { "source": "Acme", "type": kind }, "data": {} }),
    )
    .await;
}

/// The time from the event to the end of the quick program.
async fn quick(bus: &Bus, file: &Path) -> Duration {
    let lines = || fs::read_to_string(file).unwrap_or_default().lines().count();
    let (before, begun) = (lines(), Instant::now());
    publish(bus, "Quick").await;
    wait_until("the quick program has run", SOON, || lines() > before).await;
    begun.elapsed()
}

async fn a_flood_of_slow_programs_of_one_rule_does_not_delay_another_rules(target: &Target) {
    let home = Home::new();
    let file = home.path().join("ran");
    home.configure(&format!(
        r#"
        [[rule]]
        name = "slow"
        on = "Acme.Slow"
        do = [{{ run = ["/bin/sleep", "{}"], background = true }}]
        [[rule]]
        name = "quick"
        on = "Acme.Quick"
        do = [{{ run = ["/bin/sh", "-c", 'echo ran >> "$1"', "sh", '{}'] }}]
        "#,
        SLOW.as_secs(),
        file.display(),
    ));
    let mut bridge = home.run(target);
    let bus = Bus::connect(target).await;
    bus.until_answered(SOON).await;
    let quiet = quick(&bus, &file).await;
    for _ in 0..40 {
        publish(&bus, "Slow").await;
    }
    bus.until_status("the slow programs run and wait", |status| {
        let programs = &status["rules"][0]["programs"];
        programs["running"] == 8 && programs["waiting"].as_u64() >= Some(20)
    })
    .await;
    let loaded = quick(&bus, &file).await;
    println!("a program of another rule: {quiet:?} alone, {loaded:?} beside 40 slow ones");
    assert!(
        loaded < SLOW / 2,
        "it waited for the slow ones: {loaded:?}, alone {quiet:?}"
    );
    let none = json!({ "running": 0, "waiting": 0, "dropped": 0, "failed": 0 });
    bus.until_status("the quick program has ended", |status| {
        status["rules"][1]["programs"] == none
    })
    .await;
    bridge.signal("INT");
    assert_eq!(
        bridge.ended_within(SLOW / 2).await.code,
        Some(0),
        "programs that still run do not keep it"
    );
}

#[tokio::test]
async fn a_flood_of_slow_programs_of_one_rule_does_not_delay_another_rules_on_the_stand_in() {
    let (_obs, target) = stand_in().await;
    a_flood_of_slow_programs_of_one_rule_does_not_delay_another_rules(&target).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn a_flood_of_slow_programs_of_one_rule_does_not_delay_another_rules_on_a_real_obs() {
    a_flood_of_slow_programs_of_one_rule_does_not_delay_another_rules(&real()).await;
}

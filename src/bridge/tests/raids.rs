//! Tests raids, which Twitchat reports only by its labels and without a login.

use super::*;

fn labels(bench: &mut Bench, id: &str, name: &str, viewers: u32) {
    let tag = |value: Value| json!({ "type": "string", "value": value });
    let tags = json!({ "RAID_ID": tag(id.into()), "RAID_NAME": tag(name.into()),
        "RAID_COUNT": tag(viewers.into()) });
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", tags);
}

/// Login, display name and viewers of the raids that were emitted since the last call.
fn raids(bench: &mut Bench) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let events = std::mem::take(&mut bench.effects)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Emitted { event, .. } if &*event.name.kind == "Raid" => Some((
                text(&event.data["userName"]),
                text(&event.data["displayName"]),
                event.data["viewers"].as_u64().unwrap(),
            )),
            _ => None,
        });
    events.collect()
}

fn raid(login: &str, display: &str, viewers: u64) -> (String, String, u64) {
    (login.into(), display.into(), viewers)
}

#[test]
fn a_raider_has_the_login_that_the_name_shows_or_that_is_known() {
    let mut bench = Bench::up();
    labels(&mut bench, "1", "Before", 1);
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "3", "login": "yuki_snow", "displayName": "雪花" } }),
    );
    raids(&mut bench);
    labels(&mut bench, "2", "Big_Fox7", 40);
    labels(&mut bench, "3", "雪花", 50);
    assert_eq!(
        raids(&mut bench),
        [
            raid("big_fox7", "Big_Fox7", 40),
            raid("yuki_snow", "雪花", 50)
        ]
    );
}

#[test]
fn a_second_raid_with_another_number_of_viewers_is_a_raid() {
    let mut bench = Bench::up();
    labels(&mut bench, "1", "Before", 1);
    labels(&mut bench, "2", "Fox", 40);
    bench.pass(60_000);
    labels(&mut bench, "2", "Fox", 41);
    assert_eq!(
        raids(&mut bench),
        [raid("fox", "Fox", 40), raid("fox", "Fox", 41)]
    );
    let credits = bench.credits();
    // Another program reports the first raid too. It is emitted like every published event, but it
    // does not count again.
    let data = json!({ "userId": "2", "displayName": "Fox", "viewers": 40 });
    bench.receive(
        &json!({ "request": "PublishEvent", "publish": { "source": "Twitch",
        "type": "Raid" }, "data": data })
        .to_string(),
    );
    assert_eq!(bench.credits()["Events"], credits["Events"]);
    assert_eq!(
        bench.ask(json!({ "request": "GetStatus" }))["counts"]["repeats"],
        1
    );
    assert_eq!(bench.restarted().credits()["Events"], credits["Events"]);
}

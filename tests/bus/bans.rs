//! Banned people are left out of every reply, label and running page until the ban ends, and shown
//! again afterwards.

use obws::requests::inputs::InputId;
use serde_json::{Value, json};
use twitchat_bridge::automation::Rulebook;
use twitchat_bridge::config::Config;
use twitchat_bridge::obs::{Options, RequestConnection};

use crate::overlay::{report, studio};
use crate::support::{Bridge, Bus, SOON, Script, Site, Twitchat, on_both, play, wait_until};

on_both!(
    a_banned_person_is_left_out_of_everything_until_the_unban,
    a_ban_before_the_start_of_the_bridge_is_known_from_the_summary
);

const SOURCE: &str = "Bans test: newest follower";
const NAME: &str = "Mallory_Banned";
/// All places where the bridge shows a person who has followed, cheered and written messages.
const EVERYWHERE: [&str; 6] = [
    "GetCredits",
    "TestCredits",
    "GetRoll",
    "GetActiveViewers",
    "label",
    "running roll",
];

fn message(kind: &str, data: impl serde::Serialize) -> Value {
    json!({ "origin": "twitchat", "type": kind, "id": uuid::Uuid::new_v4(), "data": data })
}

/// Messages in which a person cheers, writes and follows.
fn events() -> Vec<Value> {
    let user = json!({ "id": "660011", "login": "mallory_banned", "displayName": NAME });
    vec![
        message(
            "BITS",
            json!({ "channel": "1", "message": "Cheer500", "message_chunks": [], "user": user,
                "bits": 500 }),
        ),
        message(
            "MESSAGE_FIRST",
            json!({ "channel": "1", "message": "hi", "message_chunks": [], "user": user }),
        ),
        message("FOLLOW", json!({ "user": user })),
    ]
}

fn publish(kind: &str) -> Value {
    json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": kind },
        "data": { "user": { "id": "1", "login": "a_mod", "name": "A_Mod" },
            "targetUser": { "id": "660011", "login": "mallory_banned", "name": NAME } } })
}

/// The places where the bridge currently shows the person.
async fn named(bus: &mut Bus, obs: &obws::Client) -> Vec<&'static str> {
    let mut named = Vec::new();
    for (place, request) in [
        (
            "GetCredits",
            json!({ "request": "GetCredits", "extended": true }),
        ),
        (
            "TestCredits",
            json!({ "request": "TestCredits", "extended": true }),
        ),
        ("GetRoll", json!({ "request": "GetRoll" })),
        ("GetActiveViewers", json!({ "request": "GetActiveViewers" })),
    ] {
        let reply = bus.ask(request).await;
        assert_eq!(reply["status"], "ok", "{reply}");
        named.extend(reply.to_string().contains(NAME).then_some(place));
    }
    let label = obs
        .inputs()
        .settings::<Value>(InputId::Name(SOURCE))
        .await
        .unwrap()
        .settings;
    named.extend(label.to_string().contains(NAME).then_some("label"));
    let late = report(bus, "idle", &Value::Null).await;
    named.extend(
        late["roll"]["sections"]
            .to_string()
            .contains(NAME)
            .then_some("running roll"),
    );
    named
}

async fn until_named(bus: &mut Bus, obs: &obws::Client, what: &str, expected: &[&str]) {
    wait_until(what, SOON, async || {
        (named(bus, obs).await == expected).then_some(())
    })
    .await;
}

/// A bridge with a label that shows the newest follower, and a Twitchat that answers with this
/// summary.
async fn start(site: &Site, chatters: Value) -> (Bridge, Twitchat, Bus, obws::Client) {
    let obs = studio(site).await;
    let scene = obs.scenes().current_program_scene().await.unwrap().id.name;
    let requester = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    let kind = requester
        .text_kind()
        .await
        .ok()
        .flatten()
        .unwrap_or("text_ft2_source_v2");
    requester
        .install_text(&scene, SOURCE, kind, "")
        .await
        .unwrap();
    let summary = json!({ "chatters": chatters, "labels": { "no_entry": "-" } });
    let twitchat = Twitchat::on(
        site,
        &Script {
            events: Vec::new(),
            labels: json!({}),
            summary,
        },
    )
    .await;
    let label = format!(
        "[[label]]\nsource = \"{SOURCE}\"\ntext = \"Newest: {{{{ last('Follow').name }}}}\""
    );
    let mut config = Config::default();
    config.rules = Rulebook::of_toml(&label).unwrap().shared();
    let bridge = Bridge::with(site, config).await;
    let mut bus = Bus::connect(site).await;
    let merged = async || {
        bus.status().await["twitchat"]["summaryMerged"]
            .is_string()
            .then_some(())
    };
    wait_until("the summary is taken in", SOON, merged).await;
    (bridge, twitchat, bus, obs)
}

async fn a_banned_person_is_left_out_of_everything_until_the_unban(site: Site) {
    let (bridge, _twitchat, mut bus, obs) = start(&site, json!([])).await;
    let other = message(
        "FOLLOW",
        json!({ "user": { "id": "770022", "login": "grace", "displayName": "Grace" } }),
    );
    play(&site, [other]).await;
    wait_until("the first follower", SOON, async || {
        bus.credits().await["Events"]["Follows"].get(0).map(drop)
    })
    .await;
    play(&site, events()).await;
    wait_until("all of it is counted", SOON, async || {
        let credits = bus.credits().await;
        (credits["Events"]["Follows"].get(1).is_some()
            && credits["Events"]["Cheers"].get(0).is_some())
        .then_some(())
    })
    .await;
    let begun = bus
        .ask(json!({ "request": "RollCredits", "seconds": 600 }))
        .await;
    assert_eq!(begun["status"], "ok", "{begun}");
    until_named(&mut bus, &obs, "named everywhere", &EVERYWHERE).await;
    let before = bus.credits().await;

    let mut page = Bus::connect(&site).await;
    assert_eq!(bus.ask(publish("UserBanned")).await["status"], "ok");
    let control = page
        .until("the page gets the command to hide them", |message| {
            message["command"] == "replace"
        })
        .await;
    let hidden = control["value"].as_array().unwrap();
    assert!(
        hidden.len() >= 3 && hidden.iter().all(|one| one["name"].is_null()),
        "{control}"
    );
    until_named(&mut bus, &obs, "named nowhere", &[]).await;
    let label = obs
        .inputs()
        .settings::<Value>(InputId::Name(SOURCE))
        .await
        .unwrap()
        .settings;
    assert_eq!(
        label["text"], "Newest: Grace",
        "the newest follower who is not banned"
    );

    assert_eq!(bus.ask(publish("UserUnbanned")).await["status"], "ok");
    let control = page
        .until("the page gets the command to show them", |message| {
            message["command"] == "replace"
        })
        .await;
    assert!(control["value"].to_string().contains(NAME), "{control}");
    until_named(&mut bus, &obs, "named everywhere again", &EVERYWHERE).await;
    assert_eq!(bus.credits().await["Events"], before["Events"]);
    bridge.stop().await;
}

async fn a_ban_before_the_start_of_the_bridge_is_known_from_the_summary(site: Site) {
    let chatter = |uid: &str, login: &str, count: u32, bans: u32, tos: u32| {
        json!({ "uid": uid,
        "login": login, "count": count, "bans": bans, "tos": tos })
    };
    let chatters = json!([
        chatter("660011", NAME, 0, 1, 0),
        chatter("770022", "Grace", 3, 1, 0),
        chatter("880033", "Timed_Out", 0, 0, 1)
    ]);
    let (bridge, _twitchat, mut bus, obs) = start(&site, chatters).await;
    let users = |id: &str, name: &str| {
        json!({ "user": { "id": id, "login": name.to_lowercase(),
        "displayName": name } })
    };
    play(&site, events()).await;
    play(
        &site,
        [
            message("FOLLOW", users("770022", "Grace")),
            message("FOLLOW", users("880033", "Timed_Out")),
        ],
    )
    .await;
    wait_until("the others follow", SOON, async || {
        bus.credits().await["Events"]["Follows"].get(1).map(drop)
    })
    .await;
    until_named(&mut bus, &obs, "named nowhere", &[]).await;
    bridge.stop().await;
}

//! Tests rules, named actions and labels from outside.

use std::time::Duration;

use obws::Client;
use obws::requests::inputs::InputId;
use obws::requests::scenes::SceneId;
use obws::requests::sources::{SourceId, TakeScreenshot};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use twitchat_bridge::automation::Rulebook;
use twitchat_bridge::config::Config;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Installed, Options, RequestConnection};

use crate::support::{Bridge, Bus, SOON, Script, Site, Twitchat, on_both, wait_until};

on_both!(
    a_raid_leads_to_a_message_that_a_listening_client_gets,
    a_named_action_runs_by_do_action,
    a_trial_of_a_rule_shows_its_steps_and_sends_nothing,
    obs_carries_out_a_step_or_the_reason_is_reported,
    a_label_keeps_its_source_up_to_date,
    a_label_keeps_its_text_when_its_source_changes,
    a_label_follows_its_source_through_renames_and_scene_collections,
);

fn config(toml: &str) -> Config {
    let mut config = Config::default();
    config.rules = Rulebook::of_toml(toml).unwrap().shared();
    config
}

/// Starts a bridge with rules, and a Twitchat whose presence the bridge knows.
async fn play(site: &Site, toml: &str) -> (Bridge, Twitchat, Bus) {
    let twitchat = Twitchat::on(
        site,
        &Script {
            events: Vec::new(),
            labels: json!({}),
            summary: json!({}),
        },
    )
    .await;
    let bridge = Bridge::with(site, config(toml)).await;
    let mut bus = Bus::connect(site).await;
    wait_until("Twitchat is connected", SOON, async || {
        (bus.status().await["twitchat"]["present"] == true).then_some(())
    })
    .await;
    (bridge, twitchat, bus)
}

/// The next message of this type to Twitchat.
async fn sent_to_twitchat(receiver: &mut EventConnection, kind: &str) -> Value {
    let found = async {
        loop {
            for received in receiver
                .next()
                .await
                .expect("OBS is there")
                .events
                .drain(..)
            {
                if let Received::Twitchat(message) = received
                    && &*message.kind == kind
                {
                    return serde_json::from_str(message.data.unwrap().get()).unwrap();
                }
            }
        }
    };
    tokio::time::timeout(SOON, found)
        .await
        .unwrap_or_else(|_| panic!("{kind} was not received"))
}

fn publish(source: &str, kind: &str, data: &Value) -> Value {
    json!({ "request": "PublishEvent", "publish": { "source": source, "type": kind },
        "data": data })
}

async fn a_raid_leads_to_a_message_that_a_listening_client_gets(site: Site) {
    let rule = r#"
        [[rule]]
        on = "Twitch.Raid"
        when = "data.viewers >= 10"
        do = [
            { wait = "50ms" },
            { send = "SEND_MESSAGE", data.message = """\
                Welcome {{ data.displayName }} and {{ data.viewers }} more!""" },
        ]
    "#;
    let (bridge, _twitchat, mut bus) = play(&site, rule).await;
    let mut client = EventConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    bus.ask(publish(
        "Twitch",
        "Raid",
        &json!({ "userId": "7", "userName": "fox", "displayName": "Fox", "viewers": 57 }),
    ))
    .await;
    assert_eq!(
        sent_to_twitchat(&mut client, "SEND_MESSAGE").await,
        json!({ "message": "Welcome Fox and 57 more!" })
    );
    assert_eq!(bus.status().await["rules"][0]["runs"], 1);
    bridge.stop().await;
}

async fn a_trial_of_a_rule_shows_its_steps_and_sends_nothing(site: Site) {
    let toml = r#"
        [[rule]]
        name = "thanks"
        on = "Twitch.Raid"
        when = "data.viewers >= 10"
        do = [{ send = "SEND_MESSAGE", data.message = "Welcome {{ data.displayName }}!" }]
    "#;
    let (bridge, _twitchat, mut bus) = play(&site, toml).await;
    let message = |viewers: u32| {
        json!({ "request": "TestRule", "name": "Twitch.Raid",
            "data": { "displayName": "Fox", "viewers": viewers } })
    };
    let reply = bus.ask(message(57)).await;
    let does = &reply["rules"][0]["steps"][0]["does"];
    assert_eq!(does["data"]["message"], "Welcome Fox!", "{reply}");
    let reply = bus.ask(message(3)).await;
    assert_eq!(
        reply["rules"][0]["decision"], "its condition is false",
        "{reply}"
    );
    let example = json!({ "request": "TestRule", "name": "Twitch.Raid" });
    let reply = bus.ask(example).await;
    assert_eq!(reply["rules"][0]["runs"], true, "{reply}");
    assert_eq!(bus.status().await["rules"][0]["runs"], 0);
    bridge.stop().await;
}

async fn a_named_action_runs_by_do_action(site: Site) {
    let action = r#"
        [[action]]
        name = "Say it"
        group = "Mine"
        do = [{ send = "SEND_MESSAGE", data = { message = "{{ args.words }}" } }]
    "#;
    let (bridge, _twitchat, mut bus) = play(&site, action).await;
    let mut client = EventConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    let listed = bus.ask(json!({ "request": "GetActions" })).await;
    let action = listed["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["group"] == "Mine")
        .unwrap()
        .clone();
    let reply = bus
        .ask(
            json!({ "request": "DoAction", "action": { "id": action["id"] },
        "args": { "words": "hello" } }),
        )
        .await;
    assert_eq!(
        (reply["status"].as_str(), &reply["actionId"]),
        (Some("ok"), &action["id"])
    );
    assert_eq!(
        sent_to_twitchat(&mut client, "SEND_MESSAGE").await,
        json!({ "message": "hello" })
    );
    bridge.stop().await;
}

async fn obs_carries_out_a_step_or_the_reason_is_reported(site: Site) {
    let studio = Studio::of(&site).await;
    let before = studio
        .client
        .scenes()
        .current_program_scene()
        .await
        .unwrap()
        .id
        .name;
    let other = studio.other_scene(&before).await;
    let rules = r#"
        [[rule]]
        name = "show"
        on = "Acme.Show"
        do = [{ obs = "SetCurrentProgramScene", data = { sceneName = "{{ data.scene }}" } }]
        [[rule]]
        name = "over"
        on = "Credits.Completed"
        do = [{ obs = "StopStream" }]
        [[rule]]
        name = "shown"
        on = "Obs.SceneChanged"
        do = [
            { request = "AddToCredits", data.section = "Scenes", data.value = """\
                {{ data.scene.name }}""" },
        ]
        "#;
    let (bridge, _twitchat, mut bus) = play(&site, rules).await;
    bus.ask(publish("Acme", "Show", &json!({ "scene": other })))
        .await;
    // OBS reports the scene when its transition is over. Before that, switching back would be no
    // change.
    wait_until("the scene changes", SOON, async || {
        (bus.status().await["obs"]["scene"] == *other).then_some(())
    })
    .await;
    // A rule has made the first change, so that event does not run rules. Another client makes this
    // change.
    studio
        .client
        .scenes()
        .set_current_program_scene(SceneId::Name(&before))
        .await
        .unwrap();
    let counted = async || {
        let credits = bus.credits().await;
        credits["Custom"]["Scenes"]
            .as_array()
            .is_some_and(|scenes| !scenes.is_empty())
            .then(|| credits["Custom"]["Scenes"].clone())
    };
    assert_eq!(
        wait_until("the other scene is counted", SOON, counted).await,
        json!([before])
    );
    // There is no stream, so OBS refuses the request and the run ends. Everything else continues to
    // work.
    bus.ask(publish("Credits", "Completed", &json!({ "test": false })))
        .await;
    let failed = async || {
        let status = bus.status().await;
        let rule = status["rules"]
            .as_array()
            .unwrap()
            .iter()
            .find(|rule| rule["name"] == "over")
            .unwrap()
            .clone();
        (rule["failed"] == 1).then_some(rule)
    };
    let rule = wait_until("the step fails", SOON, failed).await;
    assert!(
        rule["lastError"].as_str().unwrap().contains("not running"),
        "{rule}"
    );
    bus.ask(publish("Acme", "Show", &json!({ "scene": other })))
        .await;
    wait_until("the scene changes again", SOON, async || {
        (bus.status().await["obs"]["scene"] == *other).then_some(())
    })
    .await;
    studio
        .client
        .scenes()
        .set_current_program_scene(SceneId::Name(&before))
        .await
        .unwrap();
    bridge.stop().await;
}

async fn a_label_keeps_its_source_up_to_date(site: Site) {
    const SOURCE: &str = "Rules test: newest follower";
    let studio = Studio::of(&site).await;
    let scene = studio
        .client
        .scenes()
        .current_program_scene()
        .await
        .unwrap()
        .id
        .name;
    let requester = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    // The stand-in has no kinds of text sources.
    let kind = requester
        .text_kind()
        .await
        .ok()
        .flatten()
        .unwrap_or("text_ft2_source_v2");
    let inputs = studio.client.inputs();
    inputs.remove(InputId::Name(SOURCE)).await.ok();
    let install = async || requester.install_text(&scene, SOURCE, kind, "").await;
    assert_eq!(install().await.unwrap(), Installed::Made);
    assert_eq!(install().await.unwrap(), Installed::Present);

    let label = format!(
        "[[label]]\nsource = \"{SOURCE}\"\ntext = \"Newest: {{{{ last('Follow').name | \
            default('nobody', true) }}}}\""
    );
    let (bridge, _twitchat, mut bus) = play(&site, &label).await;
    let text = async || {
        studio
            .client
            .inputs()
            .settings::<Value>(InputId::Name(SOURCE))
            .await
            .unwrap()
            .settings["text"]
            .as_str()
            .map(ToOwned::to_owned)
    };
    wait_until("the first text", SOON, async || {
        (text().await.as_deref() == Some("Newest: nobody")).then_some(())
    })
    .await;
    let empty = studio.picture(SOURCE).await;
    let follow = |id: u32, name: &str| {
        publish(
            "Twitch",
            "Follow",
            &json!({ "userId": id.to_string(), "userName": name, "displayName": name }),
        )
    };
    bus.ask(follow(1, "Anna")).await;
    wait_until("the follower's name", SOON, async || {
        (text().await.as_deref() == Some("Newest: Anna")).then_some(())
    })
    .await;
    let anna = studio.picture(SOURCE).await;
    // After a burst of changes, the last one is shown.
    for id in 2..40 {
        bus.ask(follow(id, &format!("Follower{id}"))).await;
    }
    wait_until("the last name", SOON, async || {
        (text().await.as_deref() == Some("Newest: Follower39")).then_some(())
    })
    .await;
    let writes = bus.status().await["labels"][0]["writes"].as_u64().unwrap();
    assert!(writes <= 40, "{writes} writes");
    // Another person follows, because a follow counts only once per session.
    bus.ask(follow(40, "Anna")).await;
    wait_until("the name again", SOON, async || {
        (text().await.as_deref() == Some("Newest: Anna")).then_some(())
    })
    .await;
    if let (Some(empty), Some(anna)) = (empty, anna) {
        assert_ne!(empty, anna, "the picture changes with the text");
        let again =
            async || (studio.picture(SOURCE).await.as_deref() == Some(&*anna)).then_some(());
        wait_until("the same text is the same picture", SOON, again).await;
    }
    bridge.stop().await;
    studio
        .client
        .inputs()
        .remove(InputId::Name(SOURCE))
        .await
        .unwrap();
}

/// Requests to OBS itself, through obws.
struct Studio {
    client: Client,
}

impl Studio {
    async fn of(site: &Site) -> Self {
        let password = site.password();
        let password = password.as_ref().map(ExposeSecret::expose_secret);
        Self {
            client: Client::connect(site.host(), site.port(), password)
                .await
                .unwrap(),
        }
    }

    /// Creates a scene if there is no other.
    async fn other_scene(&self, than: &str) -> String {
        let scenes = self.client.scenes().list().await.unwrap();
        if let Some(scene) = scenes
            .scenes
            .into_iter()
            .find(|scene| scene.id.name != than)
        {
            return scene.id.name;
        }
        self.client.scenes().create("Rules test").await.unwrap();
        "Rules test".into()
    }

    /// A picture of a source when it no longer changes. `None` on the stand-in, which renders
    /// nothing.
    async fn picture(&self, source: &str) -> Option<String> {
        let shot = async || {
            let settings = TakeScreenshot {
                source: SourceId::Name(source),
                format: "png",
                width: None,
                height: None,
                compression_quality: None,
            };
            self.client.sources().take_screenshot(settings).await.ok()
        };
        let mut last = shot().await?;
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = shot().await?;
            if now == last {
                return Some(now);
            }
            last = now;
        }
        panic!("the picture of {source} does not stand still")
    }
}

async fn a_label_keeps_its_text_when_its_source_changes(site: Site) {
    let obs = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    let scene = format!("scene {}", uuid::Uuid::new_v4());
    let source = format!("label {}", uuid::Uuid::new_v4());
    obs.create_scene(&scene).await.unwrap();
    let (bridge, _twitchat, mut bus) = play(
        &site,
        &format!("[[label]]\nsource = {source:?}\ntext = \"right\"\n"),
    )
    .await;
    let label = async |bus: &mut Bus| bus.status().await["labels"][0].clone();
    let shows = async |obs: &RequestConnection, text: &str| {
        wait_until(text, SOON, async || {
            obs.input(&source)
                .await
                .unwrap()
                .filter(|input| input.settings["text"] == text)
                .map(drop)
        })
        .await;
    };
    wait_until("the trouble", SOON, async || {
        label(&mut bus).await["error"]
            .as_str()
            .filter(|why| why.contains("no source"))
            .map(drop)
    })
    .await;
    obs.create_input(
        &scene,
        &source,
        "text_ft2_source_v2",
        &json!({ "text": "old" }),
    )
    .await
    .unwrap();
    shows(&obs, "right").await;
    wait_until("no trouble", SOON, async || {
        label(&mut bus).await["error"].is_null().then_some(())
    })
    .await;
    obs.set_input(&source, &json!({ "text": "by hand" }))
        .await
        .unwrap();
    shows(&obs, "right").await;
    // Another program changes the text again and again. The bridge then stops writing the text, and
    // reports this.
    for _ in 0..6 {
        obs.set_input(&source, &json!({ "text": "theirs" }))
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(2_300)).await;
    }
    wait_until("the fight", SOON, async || {
        label(&mut bus).await["error"]
            .as_str()
            .filter(|why| why.contains("another program"))
            .map(drop)
    })
    .await;
    let studio = crate::overlay::studio(&site).await;
    studio
        .inputs()
        .remove(InputId::Name(&source))
        .await
        .unwrap();
    // OBS releases a source only when it is in no scene.
    studio.scenes().remove(SceneId::Name(&scene)).await.unwrap();
    wait_until("the trouble", SOON, async || {
        label(&mut bus).await["error"]
            .as_str()
            .filter(|why| why.contains("no source"))
            .map(drop)
    })
    .await;
    bridge.stop().await;
}

/// The source of a label is renamed, then gets its name back. Another scene collection has a source
/// of the same name.
async fn a_label_follows_its_source_through_renames_and_scene_collections(site: Site) {
    const OTHER: &str = "Collection of a label";
    const KIND: &str = "text_ft2_source_v2";
    let obs = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    let studio = crate::overlay::studio(&site).await;
    let (scene, source) = (
        format!("scene {}", uuid::Uuid::new_v4()),
        format!("label {}", uuid::Uuid::new_v4()),
    );
    let elsewhere = format!("{source} elsewhere");
    let text = "{{ credits.events.follows | length }} of 50";
    let (bridge, _twitchat, mut bus) = play(
        &site,
        &format!("[[label]]\nsource = {source:?}\ntext = {text:?}\n"),
    )
    .await;
    let shows = async |text: &str| {
        wait_until(text, SOON, async || {
            obs.input(&source)
                .await
                .unwrap()
                .filter(|input| input.settings["text"] == text)
                .map(drop)
        })
        .await;
    };
    let is_missing = async |bus: &mut Bus| {
        let trouble = async || {
            bus.status().await["labels"][0]["error"]
                .as_str()
                .filter(|why| why.contains("no source"))
                .map(drop)
        };
        wait_until("the trouble", SOON, trouble).await;
    };
    let follow = |id: &str| {
        publish(
            "Twitch",
            "Follow",
            &json!({ "userId": id, "userName": format!("user{id}") }),
        )
    };

    obs.create_scene(&scene).await.unwrap();
    obs.create_input(&scene, &source, KIND, &json!({ "text": "old" }))
        .await
        .unwrap();
    shows("0 of 50").await;
    studio
        .inputs()
        .set_name(InputId::Name(&source), &elsewhere)
        .await
        .unwrap();
    is_missing(&mut bus).await;
    bus.ask(follow("1")).await;
    studio
        .inputs()
        .set_name(InputId::Name(&elsewhere), &source)
        .await
        .unwrap();
    shows("1 of 50").await;

    let collections = studio.scene_collections().list().await.unwrap();
    if collections.collections.iter().any(|name| name == OTHER) {
        studio.scene_collections().set_current(OTHER).await.unwrap();
    } else {
        studio.scene_collections().create(OTHER).await.unwrap();
    }
    is_missing(&mut bus).await;
    obs.create_scene(&scene).await.unwrap();
    obs.create_input(&scene, &source, KIND, &json!({ "text": "old" }))
        .await
        .unwrap();
    shows("1 of 50").await;
    bus.ask(follow("2")).await;
    shows("2 of 50").await;
    studio
        .inputs()
        .remove(InputId::Name(&source))
        .await
        .unwrap();
    studio.scenes().remove(SceneId::Name(&scene)).await.unwrap();
    studio
        .scene_collections()
        .set_current(&collections.current)
        .await
        .unwrap();
    shows("2 of 50").await;
    assert!(bus.status().await["labels"][0]["error"].is_null());
    studio
        .inputs()
        .remove(InputId::Name(&source))
        .await
        .unwrap();
    studio.scenes().remove(SceneId::Name(&scene)).await.unwrap();
    bridge.stop().await;
}

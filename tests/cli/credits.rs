//! `credits`: rolls, controls and exports them, with a bridge on a stand-in OBS.

use serde_json::{Value, json, value::to_raw_value};
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Options, RequestConnection, Target};

use crate::program::{Home, PASSWORD, obs, sessions};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn credits_roll_and_are_steered() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;

    home.run(&["credits", "pause"])
        .await
        .fails(1, &["no credits roll"]);
    let done = home
        .run(&[
            "credits",
            "test",
            "--names",
            "300",
            "--seed",
            "7",
            "--long",
            "--rtl",
            "--emoji",
            "--mixed-currency",
            "--seconds",
            "90",
        ])
        .await;
    let done = done.succeeds();
    assert!(done.err.contains("no page is there"), "{done:?}");
    let status = json_of(&home.run(&["status", "--json"]).await.succeeds().out);
    let roll = &status["overlay"]["roll"];
    assert_eq!(
        (&roll["id"], &roll["test"], &roll["seconds"]),
        (&json!(done.out.trim()), &json!(true), &json!(90.0))
    );
    assert!(roll["names"].as_u64().unwrap() > 300);

    assert!(
        home.run(&["credits", "pause"])
            .await
            .succeeds()
            .err
            .starts_with("paused, at 0:")
    );
    assert_eq!(
        home.run(&["credits", "goto", "1:05"]).await.succeeds().err,
        "paused, at 1:05\n"
    );
    home.run(&["credits", "goto", "chatters"]).await.succeeds();
    home.run(&["credits", "goto", "nowhere"])
        .await
        .fails(1, &["there is no such section", "chatters"]);
    for verb in [
        &["next"][..],
        &["previous"],
        &["speed", "-1.5"],
        &["resume"],
    ] {
        home.run(&[&["credits"], verb].concat()).await.succeeds();
    }
    assert_eq!(home.run(&["credits", "stop"]).await.succeeds().err, "");
    assert_eq!(
        home.run(&["credits", "stop"]).await.succeeds().err,
        "no credits roll\n"
    );
    // Test credits are not stored.
    assert_eq!(home.run(&["credits"]).await.succeeds().out, "");
    bridge.signal("TERM");
    bridge.end().await.succeeds();
}

#[tokio::test]
async fn credits_are_exported_as_table_and_as_page() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    std::fs::write(
        home.path("c.toml"),
        "[overlay]\ntheme = \"neon\"\n[[overlay.section]]\nkind = \
        \"lists\"\ntitle = \"<b>{name}\"\n",
    )
    .unwrap();
    let bridge = home.spawn(&["--config", "c.toml", "run"]);
    sessions(&obs, 2).await;
    home.run(&[
        "request",
        "AddToCredits",
        "section=Thanks",
        "value=</script><script>alert(1)",
    ])
    .await
    .succeeds();
    home.run(&[
        "request",
        "AddToCredits",
        "section=Thanks",
        "value=Anna, \"the\" boss",
    ])
    .await
    .succeeds();

    let csv = home
        .run(&["credits", "get", "--format", "csv"])
        .await
        .succeeds()
        .out;
    assert!(
        csv.starts_with("section,name,platform,")
            && csv.contains("\r\nCustom.Thanks,\"Anna, \"\"the\"\" boss\",,"),
        "{csv}"
    );
    let html = home
        .run(&["credits", "get", "--format", "html"])
        .await
        .succeeds()
        .out;
    assert!(
        html.starts_with("<!doctype html>")
            && !html.contains("<script>alert(1)")
            && !html.contains("href=\"")
    );
    let (_, rest) = html.split_once("id=\"roll\">").unwrap();
    let roll = json_of(rest.split_once("</script>").unwrap().0);
    assert_eq!(
        (&roll["look"]["theme"], &roll["sections"][0]["title"]),
        (&json!("neon"), &json!("<b>Thanks"))
    );
    assert_eq!(
        roll["sections"][0]["names"][0]["name"],
        "</script><script>alert(1)"
    );
    bridge.signal("TERM");
    bridge.end().await.succeeds();
}

/// Acts like a page that sends a warning when it shows a roll.
async fn page_that_warns(port: u16) {
    let target = Target {
        host: "127.0.0.1".into(),
        port,
        tls: false,
        path: String::new(),
        password: Some(PASSWORD.into()),
    };
    let mut receiver = EventConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    let requester = RequestConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    let report = |state: &str, roll: &Value, warnings: Value| {
        json!({ "request": "OverlayReport",
        "client": "page", "state": state, "roll": roll, "warnings": warnings })
    };
    requester
        .broadcast(&to_raw_value(&report("idle", &Value::Null, json!([]))).unwrap())
        .await
        .unwrap();
    while let Ok(batch) = receiver.next().await {
        for received in &batch.events {
            let Received::Bridge(whole) = received else {
                continue;
            };
            let message: Value = serde_json::from_str(whole.get()).unwrap();
            if message["overlay"] == "roll" {
                let warnings = json!(["Anna can be read for 1.2 s"]);
                requester
                    .broadcast(
                        &to_raw_value(&report("rolling", &message["roll"]["id"], warnings))
                            .unwrap(),
                    )
                    .await
                    .unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_test_prints_the_warnings_of_the_page() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let page = tokio::spawn(page_that_warns(obs.port()));
    // Each change of the look takes some time.
    let mut looks = 0;
    while json_of(&home.run(&["status", "--json"]).await.succeeds().out)["overlay"]["pages"]
        == json!([])
    {
        looks += 1;
        assert!(looks < 100, "the page is not known");
    }
    let done = home
        .run(&["credits", "test", "--names", "50"])
        .await
        .succeeds();
    let (warning, length) = done.err.split_once('\n').unwrap();
    assert_eq!(warning, "warning: Anna can be read for 1.2 s");
    assert!(
        length.contains("the credits take ") && length.contains(" s: seconds = \"auto\""),
        "{length}"
    );
    page.abort();
    bridge.signal("TERM");
    bridge.end().await.succeeds();
}

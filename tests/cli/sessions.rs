//! `sessions`, `credits --session` and `credits explain`, with and without a running bridge.

use serde_json::{Value, json};

use crate::program::{Home, obs, sessions};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

async fn raid(home: &Home, name: &str) {
    let login = name.to_lowercase();
    let done = home
        .run(&[
            "request",
            "PublishEvent",
            "publish.source=Twitch",
            "publish.type=Raid",
            "data.viewers:=12",
            &format!("data.userId={}", name.len()),
            &format!("data.userName={login}"),
            &format!("data.displayName={name}"),
        ])
        .await;
    done.succeeds();
}

/// Everything that the verbs show of the session before the running one.
async fn shown(home: &Home) -> Vec<String> {
    let mut shown = Vec::new();
    for verb in [
        &["sessions", "show", "1", "--json"][..],
        &["credits", "--session", "last"],
        &["credits", "get", "--session", "1", "--extended"],
        &["credits", "get", "--session", "1", "--format", "json"],
        &["credits", "get", "--session", "1", "--format", "markdown"],
        &["credits", "get", "--session", "1", "--format", "csv"],
        &["credits", "explain", "lantern", "--session", "1"],
    ] {
        let done = home.run(verb).await.succeeds();
        assert!(!done.out.is_empty(), "{verb:?}: {done:?}");
        shown.push(done.out);
    }
    let page = ["credits", "get", "--session", "last", "--format", "html"];
    let page = home.run(&page).await.succeeds().out;
    let (_, rest) = page.split_once("id=\"roll\">").unwrap();
    let roll = json_of(rest.split_once("</script>").unwrap().0);
    shown.push(roll["sections"].to_string());
    shown
}

#[tokio::test]
async fn the_session_before_is_listed_shown_exported_and_rolled_with_and_without_a_bridge() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    home.run(&["sessions", "list", "--timeout", "0.2"])
        .await
        .fails(5, &["no bridge answered"]);
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    raid(&home, "Lantern").await;
    let cleared = home.run(&["credits", "clear", "--yes"]).await.succeeds();
    assert!(cleared.err.contains("--session last"), "{cleared:?}");
    raid(&home, "Otter_Pond").await;
    home.run(&["credits", "rename", "lantern", "Lantern_Fox"])
        .await
        .succeeds();

    let list = home.run(&["sessions", "list"]).await.succeeds().out;
    let lines: Vec<_> = list.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].contains("running") && lines[1].contains("1 row "),
        "{list}"
    );
    let with = shown(&home).await;
    assert_eq!(with[1], "Raids\n  Lantern_Fox (12 viewers)\n");
    assert!(
        with[6].starts_with("Raided: Lantern_Fox (12 viewers)  raided-")
            && with[6].contains("Twitch.Raid from a published event: Raided"),
        "{}",
        with[6]
    );
    let rolled = home
        .run(&["credits", "roll", "--session", "last"])
        .await
        .succeeds();
    let status = json_of(&home.run(&["status", "--json"]).await.succeeds().out);
    assert_eq!(
        (
            &status["overlay"]["roll"]["id"],
            &status["overlay"]["roll"]["names"]
        ),
        (&json!(rolled.out.trim()), &json!(1))
    );
    home.run(&["sessions", "show", "9"])
        .await
        .fails(1, &["there is no session 9", "2 ("]);
    home.run(&["sessions", "show", "someday"])
        .await
        .fails(2, &["yesterday"]);
    bridge.signal("INT");
    bridge.end().await.succeeds();

    let without = home.run(&["sessions", "list", "--timeout", "0.2"]).await;
    let without = without.succeeds();
    assert!(
        without.err.contains("no bridge answers: read from"),
        "{without:?}"
    );
    assert_eq!(without.out.lines().count(), 2);
    drop(obs);
    assert_eq!(shown(&home).await, with, "and without OBS");
    home.run(&["credits", "roll", "--session", "last"])
        .await
        .fails(3, &[]);
    home.run(&["sessions", "show", "9"])
        .await
        .fails(1, &["there is no session 9"]);
}

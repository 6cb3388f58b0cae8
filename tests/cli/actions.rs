//! `actions` and `events`: lists and explanations, without an OBS.

use serde_json::Value;

use crate::program::Home;

#[tokio::test]
async fn every_action_is_listed_under_the_names_of_the_generation() {
    let home = Home::new();
    let count = async |arguments: &[&str]| {
        home.run(&[&["actions"], arguments].concat())
            .await
            .succeeds()
            .out
            .lines()
            .count()
    };
    // 31 actions of the public API page and one for presence; 64 and 34 names of 17, and 8 other
    // messages of 17 that cause an action.
    assert_eq!(count(&["--generation", "6"]).await, 32);
    assert_eq!(count(&["--generation", "17"]).await, 64 + 34 + 8);
    let all = home.run(&["actions"]).await.succeeds().out;
    assert!(
        all.contains("CHAT_FEED_READ ")
            && all.contains("SET_QUIZ_REVEAL ")
            && !all.contains("SET_CHAT_FEED_READ "),
        "{all}"
    );
    let new = home
        .run(&["actions", "--generation", "17"])
        .await
        .succeeds()
        .out;
    assert!(
        new.contains("SET_CHAT_FEED_READ ") && !new.contains("\nCHAT_FEED_READ "),
        "{new}"
    );
}

#[tokio::test]
async fn actions_that_the_twitchat_in_use_lacks_are_marked() {
    let home = Home::new();
    let listed = async |version: &str| {
        let config = format!("bridge.generation = {version}\n");
        std::fs::write(home.path("c.toml"), config).unwrap();
        let done = home.run(&["--config", "c.toml", "actions"]).await;
        done.succeeds().out
    };
    let line = |list: &str, name: &str| {
        let line = list
            .lines()
            .find(|line| line.split(' ').next() == Some(name));
        line.unwrap_or_else(|| panic!("{name}: {list}")).to_owned()
    };
    let old = listed("16").await;
    assert!(line(&old, "SET_QUIZ_REVEAL").ends_with("(not in Twitchat 16)"));
    assert!(!line(&old, "CHAT_FEED_READ").contains("not in"));
    let new = listed("17").await;
    assert!(!line(&new, "SET_QUIZ_REVEAL").contains("not in"));
    assert!(line(&new, "RAFFLE_END").ends_with("(not in Twitchat 17)"));
    let unknown = home.run(&["actions"]).await.succeeds().out;
    assert!(!unknown.contains("(not in Twitchat"));
}

#[tokio::test]
async fn an_action_is_explained_under_any_of_its_names() {
    let home = Home::new();
    let old = home
        .run(&["actions", "chat-feed-select-action-ban"])
        .await
        .succeeds();
    let new = home
        .run(&["actions", "SET_CHAT_FEED_SELECT_ACTION_BAN"])
        .await
        .succeeds();
    assert_eq!(old.out, new.out);
    insta::assert_snapshot!("actions_ban", old.out);
    let json: Value = serde_json::from_str(
        &home
            .run(&["actions", "GET_COUNTER", "--json"])
            .await
            .succeeds()
            .out,
    )
    .unwrap();
    insta::assert_json_snapshot!("actions_get_counter", json);
}

#[tokio::test]
async fn the_list_as_json_explains_each() {
    let list = Home::new().run(&["actions", "--json"]).await.succeeds().out;
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    assert!(list.len() > 100);
    for action in &list {
        assert!(
            action["about"].is_string()
                && action["example"].is_object()
                && !action["names"].as_array().unwrap().is_empty(),
            "{action}"
        );
    }
}

#[tokio::test]
async fn events_are_listed_and_explained_with_their_results() {
    let home = Home::new();
    let list = home.run(&["events"]).await.succeeds().out;
    for (name, about) in [
        ("FOLLOW ", "Somebody follows the channel."),
        ("Twitch.Follow ", "From FOLLOW, ON_FOLLOW."),
        ("Obs.SceneChanged ", "another scene"),
    ] {
        let line = list
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("{name}: {list}"));
        assert!(line.contains(about), "{line}");
    }
    assert!(
        !list.contains("ON_FOLLOW ") && !list.contains("Trovo."),
        "{list}"
    );
    let new = home
        .run(&["events", "--generation", "17"])
        .await
        .succeeds()
        .out;
    assert!(
        new.contains("ON_FOLLOW ")
            && new.contains("ON_GLOBAL_STATES ")
            && !new.contains("\nFOLLOW "),
        "{new}"
    );
    let all = home
        .run(&["events", "--all", "--json"])
        .await
        .succeeds()
        .out;
    let all: Vec<Value> = serde_json::from_str(&all).unwrap();
    assert!(
        all.len() > 500 && all.iter().any(|event| event["name"] == "Kofi.Donation"),
        "{}",
        all.len()
    );

    insta::assert_snapshot!(
        "events_on_message_first_today",
        home.run(&["events", "on-message-first-today"])
            .await
            .succeeds()
            .out
    );
    let raid = home
        .run(&["events", "twitch.raid", "--json"])
        .await
        .succeeds()
        .out;
    let raid: Value = serde_json::from_str(&raid).unwrap();
    assert_eq!(
        (&raid["name"], raid["example"]["viewers"].is_u64()),
        (&Value::from("Twitch.Raid"), true),
        "{raid}"
    );
    let completed = home
        .run(&["events", "credits.completed"])
        .await
        .succeeds()
        .out;
    assert!(
        completed.contains("When the end credits have rolled to their end."),
        "not when somebody publishes it: {completed}"
    );
    home.run(&["events", "Twitch.Rayd"])
        .await
        .fails(2, &["did you mean Twitch.Raid"]);
    home.run(&["events", "FOLOW"])
        .await
        .fails(2, &["did you mean FOLLOW"]);
    home.run(&["events", "SHOUTOUT"])
        .await
        .fails(2, &["no event SHOUTOUT"]);
}

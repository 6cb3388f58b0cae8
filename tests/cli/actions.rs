//! `actions`: lists and explanations, without an OBS.

use serde_json::Value;

use crate::program::Home;

#[tokio::test]
async fn every_action_is_listed_in_the_words_that_are_asked_for() {
    let home = Home::new();
    let count = async |arguments: &[&str]| home.run(&[&["actions"], arguments].concat()).await.succeeds().out.lines().count();
    // 31 of the public API page and one presence; 64 and 34 names of 17, and 8 others that act there.
    assert_eq!(count(&["--generation", "6"]).await, 32);
    assert_eq!(count(&["--generation", "17"]).await, 64 + 34 + 8);
    let all = home.run(&["actions"]).await.succeeds().out;
    assert!(all.contains("CHAT_FEED_READ ") && all.contains("SET_QUIZ_REVEAL ") && !all.contains("SET_CHAT_FEED_READ "), "{all}");
    let new = home.run(&["actions", "--generation", "17"]).await.succeeds().out;
    assert!(new.contains("SET_CHAT_FEED_READ ") && !new.contains("\nCHAT_FEED_READ "), "{new}");
}

#[tokio::test]
async fn an_action_is_explained_under_any_of_its_names() {
    let home = Home::new();
    let old = home.run(&["actions", "chat-feed-select-action-ban"]).await.succeeds();
    let new = home.run(&["actions", "SET_CHAT_FEED_SELECT_ACTION_BAN"]).await.succeeds();
    assert_eq!(old.out, new.out);
    insta::assert_snapshot!("actions_ban", old.out);
    let json: Value = serde_json::from_str(&home.run(&["actions", "GET_COUNTER", "--json"]).await.succeeds().out).unwrap();
    insta::assert_json_snapshot!("actions_get_counter", json);
}

#[tokio::test]
async fn the_list_as_json_explains_each() {
    let list = Home::new().run(&["actions", "--json"]).await.succeeds().out;
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    assert!(list.len() > 100);
    for action in &list {
        assert!(
            action["about"].is_string() && action["example"].is_object() && !action["names"].as_array().unwrap().is_empty(),
            "{action}"
        );
    }
}

//! The config file changes while the bridge runs.

use std::fs;

use serde_json::{Value, json};
use twitchat_bridge::sim::obs::StandIn;
use twitchat_bridge::sim::peer::{RequestPeer, Target};

use crate::program::{Home, PASSWORD, Running, obs, sessions, wait_until};

const RULE: &str = r#"
[[rule]]
name = "greet"
on = "Twitch.Follow"
do = [{ run = ["touch", "greeted"] }]
"#;

struct Bridge {
    home: Home,
    run: Running,
    talker: RequestPeer,
    obs: StandIn,
}

impl Bridge {
    async fn start(config: &str) -> Self {
        let obs = obs().await;
        let mut home = Home::at(obs.port());
        home.option("--config=c.toml");
        fs::write(home.path("c.toml"), config).unwrap();
        let run = home.spawn(&["run"]);
        sessions(&obs, 2).await;
        let target = Target {
            url: obs.url(),
            password: Some(PASSWORD.into()),
        };
        let talker = RequestPeer::connect(&target).await.unwrap();
        Self {
            home,
            run,
            talker,
            obs,
        }
    }

    /// Writes the config file as editors do: a new file takes the place of the old one.
    fn write(&self, config: &str) {
        fs::write(self.home.path("c.toml.new"), config).unwrap();
        fs::rename(self.home.path("c.toml.new"), self.home.path("c.toml")).unwrap();
    }

    async fn logs(&self, words: &str, times: usize) {
        wait_until(words, || self.run.err().matches(words).count() == times).await;
    }

    async fn follow(&mut self, id: &str) {
        let user = json!({ "id": id, "login": "zed", "displayName": "Zed" });
        let message = json!({ "origin": "twitchat", "type": "FOLLOW", "id": id,
            "data": { "user": user } });
        self.talker.broadcast(&message).await.unwrap();
    }

    async fn status(&self) -> Value {
        let done = self.home.run(&["status", "--json"]).await.succeeds();
        serde_json::from_str(&done.out).unwrap()
    }
}

#[tokio::test]
async fn a_rule_that_is_added_reacts_to_the_next_event() {
    let mut bridge = Bridge::start("").await;
    bridge.follow("1").await;
    fs::write(bridge.home.path("c.toml"), RULE).unwrap();
    bridge.logs("the changed settings are in force", 1).await;
    assert!(!bridge.home.path("greeted").exists());
    bridge.follow("2").await;
    wait_until("the rule runs", || bridge.home.path("greeted").exists()).await;
    fs::remove_file(bridge.home.path("greeted")).unwrap();

    bridge.write("# nothing\n");
    bridge.logs("the changed settings are in force", 2).await;
    bridge.follow("3").await;
    let status = bridge.status().await;
    assert_eq!(status["rules"], json!([]));
    assert!(!bridge.home.path("greeted").exists());
}

#[tokio::test]
async fn a_broken_change_is_reported_and_changes_nothing() {
    let mut bridge = Bridge::start(RULE).await;
    bridge.write(&format!("{RULE}\n[credits]\nlimit = \"ten\"\n"));
    bridge.logs("the changed config file has errors", 1).await;
    let err = bridge.run.err();
    assert!(err.contains("c.toml:8:9"), "{err}");
    bridge.follow("1").await;
    wait_until("the rule runs", || bridge.home.path("greeted").exists()).await;
    let done = bridge.home.run(&["status"]).await;
    done.fails(2, &["c.toml:8:9"]);
    // Who has another config file asks the bridge.
    let other = Home::at(bridge.obs.port());
    let status = other.run(&["status"]).await.succeeds();
    let words = "the former settings stay in force: c.toml:8:9";
    assert!(status.out.contains(words), "{status:?}");

    bridge.write(RULE);
    bridge.logs("the changed settings are in force", 1).await;
    assert_eq!(bridge.status().await["run"]["configError"], Value::Null);
}

#[tokio::test]
async fn a_setting_of_the_start_is_named_until_it_is_taken_back() {
    let bridge = Bridge::start("").await;
    bridge.write("[obs]\nhost = \"other\"\n[leaderboard]\nweek_start = \"sunday\"\n");
    bridge.logs("start the bridge again for", 1).await;
    let status = bridge.status().await;
    assert_eq!(
        status["run"]["restartFor"],
        json!(["leaderboard.week_start"])
    );
    let shown = bridge.home.run(&["status"]).await.succeeds();
    let words = "start the bridge again for leaderboard.week_start";
    assert!(shown.out.contains(words), "{shown:?}");
    bridge.write("");
    bridge.logs("the changed settings are in force", 2).await;
    assert_eq!(bridge.status().await["run"]["restartFor"], json!([]));
    drop(bridge.obs);
}

#[tokio::test]
async fn who_is_ignored_and_how_the_credits_look_changes_at_once() {
    let mut bridge = Bridge::start("").await;
    bridge.follow("1").await;
    let roll = ["request", "RollCredits", "seconds:=300"];
    bridge.home.run(&roll).await.succeeds();
    let credits = bridge.home.run(&["credits"]).await.succeeds();
    assert!(credits.out.contains("Zed"), "{credits:?}");
    let watch = bridge.home.spawn(&["watch", "--all", "--json"]);
    sessions(&bridge.obs, 4).await;
    bridge.write("[credits]\nignore = [\"zed\"]\n[overlay]\ntheme = \"neon\"\n");
    wait_until("the page gets the look", || {
        watch.out().contains(r#""theme":"neon""#)
    })
    .await;
    let credits = bridge.home.run(&["credits"]).await.succeeds();
    assert!(!credits.out.contains("Zed"), "{credits:?}");
}

#[tokio::test]
async fn a_config_file_that_appears_later_is_noticed() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let run = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let folder = home.path(".config/twitchat-bridge");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), RULE).unwrap();
    let words = "the changed settings are in force";
    wait_until(words, || run.err().contains(words)).await;
}

//! The config file changes while the bridge is running.

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
    requester: RequestPeer,
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
        let requester = RequestPeer::connect(&target).await.unwrap();
        Self {
            home,
            run,
            requester,
            obs,
        }
    }

    /// Writes the config file like an editor: a new file replaces the old one.
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
        self.requester.broadcast(&message).await.unwrap();
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
    // A client with another config file asks the bridge.
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
async fn ignored_people_and_the_look_of_the_credits_change_at_once() {
    let mut bridge = Bridge::start("").await;
    bridge.follow("1").await;
    let roll = ["request", "RollCredits", "seconds:=300"];
    bridge.home.run(&roll).await.succeeds();
    let credits = bridge.home.run(&["credits"]).await.succeeds();
    assert!(credits.out.contains("Zed"), "{credits:?}");
    let watch = bridge.home.spawn(&["watch", "--all", "--json"]);
    // Two sessions of the bridge, one of the test, and two of `watch`.
    sessions(&bridge.obs, 5).await;
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

#[tokio::test]
async fn config_set_changes_a_running_bridge() {
    let mut bridge = Bridge::start("# mine\n").await;
    bridge.follow("1").await;
    let credits = bridge.home.run(&["credits"]).await.succeeds();
    assert!(credits.out.contains("Zed"), "{credits:?}");
    let set = ["config", "set", "credits.ignore", "['zed']"];
    bridge.home.run(&set).await.succeeds();
    bridge.logs("the changed settings are in force", 1).await;
    let credits = bridge.home.run(&["credits"]).await.succeeds();
    assert!(!credits.out.contains("Zed"), "{credits:?}");
    let set = ["config", "set", "leaderboard.week_start", "sunday"];
    bridge.home.run(&set).await.succeeds();
    bridge
        .logs("start the bridge again for leaderboard.week_start", 1)
        .await;
}

#[tokio::test]
async fn a_setting_that_a_request_changes_is_reported_once() {
    let bridge = Bridge::start("").await;
    let set = ["request", "SetSetting", "key=overlay.theme", "value=neon"];
    let reply = bridge.home.run(&set).await.succeeds();
    assert!(reply.out.contains("\"new\": \"neon\""), "{reply:?}");
    let set = ["request", "SetSetting", "key=overlay.speed", "value:=90"];
    bridge.home.run(&set).await.succeeds();
    bridge.logs("the changed settings are in force", 2).await;
    let text = fs::read_to_string(bridge.home.path("c.toml")).unwrap();
    assert_eq!(text, "[overlay]\ntheme = \"neon\"\nspeed = 90\n");
    // A broken file is not changed, and the reply contains its error.
    bridge.write("[overlay]\nspeed = 'fast'\n");
    bridge.logs("the changed config file has errors", 1).await;
    let set = ["request", "SetSetting", "key=overlay.theme", "value=glass"];
    let other = Home::at(bridge.obs.port());
    let done = other.run(&set).await;
    done.fails(1, &["the config file has errors", "c.toml:2:9"]);
    let status = other.run(&["status"]).await.succeeds();
    assert!(status.out.contains("c.toml:2:9"), "{status:?}");
    bridge.logs("the changed settings are in force", 2).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_behind_a_link_and_in_a_folder_that_is_made_again_is_watched() {
    let obs = obs().await;
    let mut home = Home::at(obs.port());
    home.option("--config=c.toml");
    let folder = home.path("dotfiles");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("mine.toml"), "").unwrap();
    std::os::unix::fs::symlink("dotfiles/mine.toml", home.path("c.toml")).unwrap();
    let run = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let changes = |times: usize| {
        let words = "the changed settings are in force";
        let run = &run;
        async move { wait_until(words, || run.err().matches(words).count() == times).await }
    };
    fs::write(folder.join("mine.toml"), "[overlay]\nspeed = 90\n").unwrap();
    changes(1).await;
    fs::remove_dir_all(&folder).unwrap();
    wait_until("the file is missed", || {
        run.err().contains("cannot read the config file")
    })
    .await;
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("mine.toml"), "[overlay]\nspeed = 100\n").unwrap();
    changes(2).await;
    fs::write(folder.join("mine.toml"), "[overlay]\nspeed = 110\n").unwrap();
    changes(3).await;
}

#[tokio::test]
async fn a_file_that_changes_without_a_pause_is_read() {
    let bridge = Bridge::start("").await;
    let mut speed = 100;
    wait_until("the file is read", || {
        speed += 1;
        fs::write(
            bridge.home.path("c.toml"),
            format!("overlay.speed = {speed}\n"),
        )
        .unwrap();
        bridge
            .run
            .err()
            .contains("the changed settings are in force")
    })
    .await;
}

#[tokio::test]
async fn status_names_errors_and_settings_that_wait_for_the_next_start() {
    let bridge = Bridge::start("").await;
    bridge.write("[leaderboard]\nweek_start = \"sunday\"\n");
    bridge.logs("start the bridge again for", 1).await;
    bridge.write("[leaderboard]\nweek_start = \"sunday\"\n[credits]\nlimit = 0\n");
    bridge.logs("the changed config file has errors", 1).await;
    let other = Home::at(bridge.obs.port());
    let status = other.run(&["status"]).await.succeeds();
    for words in [
        "the former settings stay in force: c.toml:4:9",
        "start the bridge again for leaderboard.week_start",
    ] {
        assert!(status.out.contains(words), "{status:?}");
    }
}

//! Following and importing the settings of Twitchat's end credits, from the command line.

use serde_json::{Value, json};
use twitchat_bridge::sim::obs::StandIn as Obs;
use twitchat_bridge::sim::twitchat::{Generation, Options, StandIn as Twitchat};

use crate::program::{Home, PASSWORD, obs};

async fn twitchat(obs: &Obs, generation: Generation) -> Twitchat {
    let target = twitchat_bridge::sim::peer::Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let options = Options {
        generation,
        ..Options::default()
    };
    Twitchat::connect(target, options).await.unwrap()
}

fn settings() -> Value {
    json!({ "scale": 30, "padding": 100, "paddingTitle": 30, "stickyTitle": false,
        "colorTitle": "#e04e00", "fontTitle": "Inter", "ignoreBots": true,
        "ignoreCustomBots": ["Some_Bot"], "textShadow": 50, "timing": "duration", "duration": 60,
        "startDelay": 2, "loop": true, "speed": 200, "fadeSize": 50, "hideEmptySlots": true,
        "sparkle": 1, "slots": [
            { "id": "a", "slotType": "follows", "label": "Hi {count} of {WHAT}", "maxEntries": 10,
                "enabled": true, "layout": "2cols" },
            { "id": "b", "slotType": "subs", "label": "Subs", "enabled": true, "layout": "col",
                "showSubMonths": true, "sortBySubTypes": true, "showBadges": true },
            { "id": "c", "slotType": "cheers", "label": "Bits", "enabled": false, "layout": "col",
                "showAmounts": true, "uniqueUsers": true },
            { "id": "d", "slotType": "rewards", "label": "Rewards", "enabled": true,
                "layout": "col" },
            { "id": "e", "slotType": "text", "label": "", "enabled": true, "layout": "center",
                "text": "<b>Bye</b> *you*" },
        ] })
}

#[tokio::test]
async fn import_writes_twitchats_settings_into_the_file_and_keeps_the_rest() {
    for generation in [Generation::Second, Generation::Third] {
        let obs = obs().await;
        let home = Home::at(obs.port());
        let file = home.path("c.toml");
        let before = "# mine\n[overlay]\ntheme = \"neon\" # bright\nspeed = 33\n\n\
                      [[overlay.section]]\nkind = \"games\" # own\n";
        std::fs::write(&file, before).unwrap();
        let twitchat = twitchat(&obs, generation).await;
        twitchat.set_credits(settings()).await.unwrap();
        twitchat.reserve(&["rewards"]);

        let preview = home
            .run(&["--config", "c.toml", "overlay", "import", "--dry-run"])
            .await
            .succeeds();
        assert!(
            preview.out.contains("overlay.speed: 200 (before: 33)")
                && preview.err.contains("nothing was written"),
            "{preview:?}"
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), before);

        let done = home
            .run(&["--config", "c.toml", "overlay", "import"])
            .await
            .succeeds();
        for words in [
            "section rewards is disabled, because Twitchat reserves it for its supporters",
            "sparkle has no equivalent",
            "written to",
        ] {
            assert!(done.err.contains(words), "{words}: {done:?}");
        }
        let text = std::fs::read_to_string(&file).unwrap();
        insta::allow_duplicates! { insta::assert_snapshot!(text); }
        // The file is valid, and a second import changes nothing.
        let again = home
            .run(&["--config", "c.toml", "overlay", "import"])
            .await
            .succeeds();
        assert!(
            again.out.is_empty() && again.err.contains("already"),
            "{again:?}"
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

#[tokio::test]
async fn without_twitchat_or_without_its_credits_import_says_what_to_do() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    home.run(&["overlay", "import", "--timeout", "300ms"])
        .await
        .fails(5, &["Twitchat does not send its settings", "open Twitchat"]);
    let twitchat = twitchat(&obs, Generation::Second).await;
    home.run(&["overlay", "import"]).await.fails(
        2,
        &["no end credits to import", "Overlays > Ending credits"],
    );
    twitchat.set_credits(settings()).await.unwrap();
    twitchat.set_knows_stream(false);
    home.run(&["overlay", "import", "--timeout", "300ms"])
        .await
        .fails(5, &["only once it knows your stream"]);
}

#[tokio::test]
async fn install_offers_to_follow_unless_the_config_has_decided() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let twitchat = twitchat(&obs, Generation::Third).await;
    let install = ["overlay", "install", "--dir", "pages"];
    let done = home.run(&install).await.succeeds();
    assert!(!done.err.contains("overlay.follow"), "not set up: {done:?}");
    twitchat.set_credits(settings()).await.unwrap();
    let done = home.run(&install).await.succeeds();
    assert!(
        done.err.contains("end credits with 4 sections")
            && done.err.contains("config set overlay.follow twitchat"),
        "{done:?}"
    );
    std::fs::write(home.path("c.toml"), "[overlay]\nfollow = \"config\"\n").unwrap();
    let done = home
        .run(&[&["--config", "c.toml"], &install[..]].concat())
        .await
        .succeeds();
    assert!(!done.err.contains("overlay.follow"), "{done:?}");
}

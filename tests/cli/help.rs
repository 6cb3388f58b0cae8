//! The complete help texts, because they are part of the product.

use crate::program::Home;

#[tokio::test]
async fn help_of_every_verb() {
    let home = Home::new();
    for verb in [
        "",
        "run",
        "status",
        "watch",
        "wait",
        "exec",
        "record",
        "replay",
        "send",
        "actions",
        "events",
        "request",
        "rules",
        "rules test",
        "labels",
        "labels install",
        "script",
        "credits",
        "credits get",
        "credits roll",
        "credits test",
        "credits stop",
        "credits speed",
        "credits goto",
        "credits clear",
        "credits explain",
        "credits hide",
        "credits show",
        "credits rename",
        "credits merge",
        "credits remove",
        "credits add",
        "credits undo",
        "credits find",
        "sessions",
        "sessions list",
        "sessions show",
        "sessions reopen",
        "sessions join",
        "sessions split",
        "sessions delete",
        "forget",
        "store",
        "store wipe",
        "config",
        "config set",
        "config unset",
        "config init",
        "overlay",
        "overlay install",
        "overlay open",
        "overlay export",
        "service",
        "service install",
        "service uninstall",
        "service status",
        "service logs",
        "obs-script",
        "obs-script install",
        "obs-script uninstall",
        "obs-script print",
        "setup",
        "doctor",
        "uninstall",
        "demo",
        "completions",
        "man",
        "version",
    ] {
        let arguments: Vec<_> = verb.split_whitespace().chain(["--help"]).collect();
        let done = home.run(&arguments).await.succeeds();
        assert_eq!(done.err, "");
        insta::assert_snapshot!(format!("help {verb}").trim().replace(' ', "_"), done.out);
    }
}

#[tokio::test]
async fn the_version_names_the_obs_that_is_needed() {
    let done = Home::new().run(&["--version"]).await.succeeds();
    assert_eq!(
        done.out,
        concat!(
            "twitchat-bridge ",
            env!("CARGO_PKG_VERSION"),
            "\nneeds OBS Studio 30.2 or newer (obs-websocket 5.5)\n"
        )
    );
}

#[tokio::test]
async fn completions_and_manual_need_no_obs() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(&["completions", shell]).await.succeeds().out;
        assert!(script.contains("twitchat-bridge"), "{shell}: {script}");
    }
    let page = home.run(&["man"]).await.succeeds().out;
    assert!(
        page.starts_with(".ie") && page.contains(".TH twitchat") && page.contains("SUBCOMMANDS"),
        "{page}"
    );
    let page = home.run(&["man", "watch"]).await.succeeds().out;
    assert!(
        page.contains("twitchat\\-bridge\\-watch") && page.contains("Twitch.*"),
        "{page}"
    );
    home.run(&["man", "dance"])
        .await
        .fails(2, &["there is no command dance"]);
}

#[tokio::test]
async fn subcommands_have_manual_pages() {
    let home = Home::new();
    let page = home.run(&["man", "credits", "roll"]).await.succeeds().out;
    assert!(
        page.contains("twitchat\\-bridge\\-credits\\-roll"),
        "{page}"
    );
    home.run(&["man", "credits", "dance"]).await.fails(
        2,
        &[
            "no command dance",
            "twitchat-bridge credits --help lists the commands",
        ],
    );
}

#[tokio::test]
async fn the_pages_of_all_commands_go_into_a_folder() {
    let home = Home::new();
    let folder = home.folder().join("man/man1");
    let done = home.run(&["man", "--into", folder.to_str().unwrap()]).await;
    assert_eq!(done.succeeds().out, "");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    for (name, verbs) in [
        ("twitchat-bridge.1", &["man"][..]),
        ("twitchat-bridge-watch.1", &["man", "watch"]),
        (
            "twitchat-bridge-credits-roll.1",
            &["man", "credits", "roll"],
        ),
    ] {
        let page = home.run(verbs).await.succeeds().out;
        assert_eq!(read(name), page, "{name}");
    }
    assert!(!folder.join("twitchat-bridge-help.1").exists());
    home.run(&["man", "watch", "--into", "x"])
        .await
        .fails(2, &["cannot be used with"]);
}

#[tokio::test]
async fn help_and_version_work_as_verbs() {
    let home = Home::new();
    for (verb, flag) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "watch"], &["watch", "--help"]),
        (&["help", "credits", "roll"], &["credits", "roll", "--help"]),
        (&["version"], &["--version"]),
    ] {
        let by_verb = home.run(verb).await.succeeds().out;
        let by_flag = home.run(flag).await.succeeds().out;
        assert_eq!(by_verb, by_flag, "{verb:?}");
    }
}

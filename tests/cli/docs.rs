use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use twitchat_bridge::sim::peer::{EventPeer, RequestPeer, Target};

use crate::program::{Done, Home, PASSWORD, obs, sessions};

/// Texts that end a command in a shell line.
const ENDS: [&str; 6] = [" | ", " && ", " > ", " 2> ", " &", "  #"];

/// The shell examples on a page.
fn examples(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    text.split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// The commands in the examples, without redirections and pipes.
fn commands(page: &str) -> Vec<String> {
    let blocks = examples(page);
    let lines = blocks
        .iter()
        .flat_map(|block| block.lines())
        .filter(|line| line.starts_with("twitchat-bridge "))
        // This command would wait for OBS.
        .filter(|line| !line.starts_with("twitchat-bridge run "));
    lines
        .map(|line| {
            ENDS.iter()
                .fold(line, |line, end| line.split(end).next().unwrap())
                .to_owned()
        })
        .collect()
}

/// A shell that finds the binary, and OBS at this port.
fn shell(home: &Home, port: u16, script: &str) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_twitchat-bridge"))
        .parent()
        .unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell
        .env_clear()
        .env("PATH", path)
        .env("HOME", home.folder())
        .env("OBS_HOST", "127.0.0.1")
        .env("OBS_PORT", port.to_string());
    shell
        .env("OBS_PASSWORD", PASSWORD)
        .current_dir(home.folder())
        .args(["-c", script]);
    shell
}

/// Runs each command without an OBS. Each must get as far as connecting. Exit code 2 would mean
/// that the page is wrong.
#[tokio::test]
async fn every_command_of_the_pages_with_scripts_is_right_usage() {
    // Commands of earlier versions must stay valid.
    for page in [
        "docs/scripting.md",
        "docs/recipes.md",
        "docs/two-computers.md",
        "tests/fixtures/before_one_house/scripting.md",
    ] {
        every_command_is_right_usage(page);
    }
}

fn every_command_is_right_usage(page: &str) {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    // The programs in the examples may be missing on this computer.
    let programs = tempfile::tempdir().unwrap();
    for name in ["notify-send", "raid.sh"] {
        std::fs::write(programs.path().join(name), "").unwrap();
    }
    let all = commands(page);
    assert!(all.len() > 1, "{all:?}");
    for command in all {
        let home = Home::new();
        std::fs::write(
            home.path("tuesday.ndjson"),
            r#"{"origin":"twitchat","type":"ON_SUBSCRIPTION","id":"1","data":{}}"#,
        )
        .unwrap();
        std::fs::copy(programs.path().join("raid.sh"), home.path("raid.sh")).unwrap();
        let mut shell = shell(&home, port, &format!("PATH=\"$PATH:$PROGRAMS\" {command}"));
        let done = Done::of(&shell.env("PROGRAMS", programs.path()).output().unwrap());
        assert_ne!(done.code, Some(2), "{command}: {done:?}");
        let needs_obs = ["wait", "exec", "record", "replay", "send"]
            .iter()
            .any(|verb| command.starts_with(&format!("twitchat-bridge {verb} ")));
        assert!(!needs_obs || done.code == Some(3), "{command}: {done:?}");
    }
}

/// False sentences that README or docs once contained.
const FALSE: [&str; 12] = [
    "nothing from the network.",
    "no server, no network",
    "Each setting has a variable",
    "in ten seconds",
    "alert overlays for Twitchat",
    "delete the file.",
    "raids in its summary alone",
    "only in its summary or not at all",
    "each error names file, line and column",
    "asks nothing of the network",
    "[Hello](#hello), [objections to another bridge](#two-bridges-on-one-obs) |",
    "object as `data`:",
];

#[test]
fn sentences_that_were_found_to_be_false_do_not_come_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> = std::fs::read_dir(root.join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(root.join("README.md"));
    pages.push(root.join("src/overlay/assets/credits/index.html"));
    let found: Vec<_> = pages
        .iter()
        .flat_map(|page| {
            let text = std::fs::read_to_string(page).unwrap();
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            FALSE
                .into_iter()
                .filter(move |sentence| words.contains(sentence))
                .map(move |sentence| format!("{}: {sentence}", page.display()))
        })
        .collect();
    assert_eq!(found, [""; 0]);
}

/// Checks a sentence in README: "delete all files whose names begin with `journal.`".
#[tokio::test]
async fn everything_is_forgotten_when_the_files_that_the_readme_names_are_deleted() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    home.run(&["request", "AddToCredits", "section=Thanks", "value=Zebedee"])
        .await
        .succeeds();
    bridge.signal("INT");
    bridge.end().await.succeeds();
    let journal = shown_setting(&home, "store.path").await;
    let folder = Path::new(&journal).parent().unwrap();
    let is_journals = |path: &Path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("journal."))
    };
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if is_journals(&path) {
            std::fs::remove_file(path).unwrap();
        } else {
            left.push(path);
        }
    }
    assert_eq!(left, Vec::<PathBuf>::new());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let credits = home.run(&["credits"]).await.succeeds().out;
    assert!(!credits.contains("Zebedee"), "{credits}");
    bridge.signal("INT");
    bridge.end().await.succeeds();
}

/// The value of a setting as `config show` prints it.
async fn shown_setting(home: &Home, name: &str) -> String {
    let shown = home.run(&["config", "show"]).await.succeeds().out;
    let line = shown.lines().find(|line| line.starts_with(name)).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn waiting_before_asking_works_as_written() {
    let obs = obs().await;
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let (mut receiver, mut requests) = (
        EventPeer::connect(&target).await.unwrap(),
        RequestPeer::connect(&target).await.unwrap(),
    );
    let twitchat = tokio::spawn(async move {
        while receiver.next().await.unwrap()["type"] != "GET_CURRENT_TRACK" {}
        let answer = json!({ "origin": "twitchat", "type": "CURRENT_TRACK", "id": "t1",
            "data": { "trackName": "Glass Harbour" } });
        requests.broadcast(&answer).await.unwrap();
    });
    let script = examples("docs/scripting.md")
        .into_iter()
        .find(|block| block.contains("wait.log"))
        .unwrap();
    let home = Home::new();
    // jq may be missing on this computer.
    let mut shell = shell(
        &home,
        obs.port(),
        &script.replace("jq -r .data.trackName", "cat"),
    );
    let done = Done::of(
        &tokio::task::spawn_blocking(move || shell.output().unwrap())
            .await
            .unwrap(),
    )
    .succeeds();
    twitchat.await.unwrap();
    assert!(
        done.out.contains(r#""trackName":"Glass Harbour""#),
        "{done:?}"
    );
}

#[tokio::test]
async fn no_systemd_unit_starts_the_bridge_again_on_a_damaged_journal() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    std::fs::write(home.path("journal.db"), "no database ".repeat(1_000)).unwrap();
    let done = home.run(&["run", "--store", "journal.db"]).await;
    done.fails(9, &["journal.db is damaged"]);
    let units = [
        include_str!("../../src/autostart/twitchat-bridge.service"),
        include_str!("../../packaging/linux/twitchat-bridge.service"),
    ];
    for unit in units {
        let (_, codes) = unit.split_once("RestartPreventExitStatus=").unwrap();
        let codes = codes.lines().next().unwrap();
        assert!(codes.split(' ').any(|code| code == "9"), "{codes}");
    }
}

//! OBS's password is in nothing that the program prints, writes or passes on, in any spelling.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use twitchat_bridge::sim;
use twitchat_bridge::sim::obs::StandIn;

use crate::support::bridge::Home;
use crate::support::bus::Bus;
use crate::support::obs::target;
use crate::support::play::burst;
use crate::support::{SOON, wait_until, within};

/// Every escaping (JSON, percent, HTML, Debug) changes the signs at the front and keeps [`CORE`].
const SECRET: &str = "p\u{e4}ss \"<\\%+/&unmistakable7Gq";
const CORE: &str = "unmistakable7Gq";

/// The texts that show the password: its core, and the same in base64 at each of the three places
/// that it can have in a group of bytes.
fn traces() -> Vec<String> {
    let mut traces = vec![CORE.to_owned()];
    for before in 0..3 {
        let bytes = [&b"xx"[..before], CORE.as_bytes()].concat();
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            // The first and the last group also depend on the bytes around the core.
            let text = engine.encode(&bytes);
            let inner = text.get(4..text.len() - 4).unwrap();
            traces.push(inner.to_owned());
        }
    }
    traces
}

fn shows(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    traces().iter().any(|trace| text.contains(trace))
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap();
    paths
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| {
            if path.is_dir() {
                files_in(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn the_search_finds_the_password_in_each_spelling() {
    let json = json!({ "password": SECRET }).to_string();
    assert!(shows(json.as_bytes()), "{json}");
    for before in ["", "x", "xx"] {
        let text = BASE64_STANDARD_NO_PAD.encode(format!("{before}{SECRET}, and more"));
        assert!(shows(text.as_bytes()), "{text}");
    }
    assert!(!shows(b"unmistakable"));
}

#[tokio::test]
async fn no_output_file_argument_or_child_shows_the_password() {
    let obs = StandIn::start(sim::obs::Options {
        password: Some(SECRET.into()),
        ..sim::obs::Options::default()
    })
    .await
    .unwrap();
    let target = target(obs.port(), SECRET);
    let home = Home::new();
    let (of_rule, of_exec) = (home.path().join("of-rule"), home.path().join("of-exec"));
    let keep = r#"env > "$1.new"; mv "$1.new" "$1""#;
    home.configure(&format!(
        r#"
        [[rule]]
        name = "environment"
        on = "Acme.Quick"
        do = [{{ run = ["/bin/sh", "-c", '{keep}', "sh", '{}'] }}]
        "#,
        of_rule.display(),
    ));
    let mut bridge = home.verb(&target, &["run", "-vvv", "--log-file", "bridge.log"]);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    burst(target.clone(), 0, 20).await;
    let exec = ["exec", "-vvv", "--on", "Acme.Quick", "--", "/bin/sh", "-c"];
    let of_exec_text = of_exec.to_str().unwrap();
    let exec = home.verb(&target, &[&exec[..], &[keep, "sh", of_exec_text]].concat());
    within("both programs have run", SOON, async {
        while !(of_rule.exists() && of_exec.exists()) {
            bus.ask_with(
                "PublishEvent",
                json!({ "publish": { "source": "Acme", "type": "Quick" }, "data": {} }),
            )
            .await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    for program in [&bridge, &exec] {
        let line = fs::read(format!("/proc/{}/cmdline", program.pid())).unwrap();
        assert!(!line.is_empty() && !shows(&line), "an argument shows it");
    }

    let credits = ["text", "json", "markdown", "csv", "html"];
    let credits = credits.map(|format| ["credits", "get", "--format", format]);
    let mut verbs: Vec<&[&str]> = credits.iter().map(|verb| &verb[..]).collect();
    verbs.extend([
        &["config", "show"][..],
        &["status"],
        &["status", "--json"],
        &["-vvv", "request", "GetStatus"],
        &["sessions", "list"],
        &["obs-script", "print"],
        &["obs-script", "install", "--dir", "script"],
        &["overlay", "install", "--no-password", "--dir", "without"],
        &["overlay", "install", "--dir", "with"],
    ]);
    for verb in verbs {
        let ended = home.verb(&target, verb).ended().await;
        assert_eq!(ended.code, Some(0), "{verb:?}: {}", ended.stderr);
        assert!(!shows(ended.stdout.as_bytes()), "{verb:?} prints it");
        assert!(!shows(ended.stderr.as_bytes()), "{verb:?} reports it");
    }
    let doctor = home.verb(&target, &["doctor", "--json"]).ended().await;
    assert!(!shows(doctor.stdout.as_bytes()), "doctor prints it");

    bridge.signal("TERM");
    assert_eq!(bridge.ended().await.code, Some(0));
    drop(exec);
    wait_until("the log is there", SOON, || {
        home.path().join("bridge.log").exists()
    })
    .await;
    let found = files_in(home.path());
    let showing: Vec<_> = found
        .iter()
        .filter(|path| shows(&fs::read(path).unwrap()))
        .collect();
    // Only the page that connects by itself gets the password, in a file for its owner.
    let address = home.path().join("with/obs-config.js");
    assert_eq!(showing, [&address]);
    let mode = fs::metadata(&address).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    for name in ["bridge.log", "journal.db"] {
        let mode = fs::metadata(home.path().join(name)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o077, 0, "{name}");
    }
}

//! Tests the script for OBS, in a real `LuaJIT` with a stand-in for OBS's Lua library: the program
//! that it starts, the end of that program, and the status that it shows.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::time::Instant;
use twitchat_bridge::obs::Target;

use crate::support::bridge::{Home, binary};
use crate::support::bus::Bus;
use crate::support::obs::{OwnObs, stand_in};
use crate::support::{SOON, WRONG_PASSWORD, wait_until};

/// Longest time from the end of OBS to the end of the bridge.
const GONE_WITHIN: Duration = Duration::from_secs(5);
/// A folder whose name is as hard as possible to write in Lua, in JSON and in a shell.
const FOLDER: &str = "Zoë's \"show\" \\ $HOME %n [[x]]";

/// A `LuaJIT` that has loaded the script and replaces OBS. Killed when dropped.
struct FakeObs {
    lua: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl FakeObs {
    fn start(home: &Home, script: &Path, settings: &[&str]) -> Self {
        let fake = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/process/fake_obs.lua");
        let mut lua = home
            .command("/usr/bin/env")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .arg("luajit")
            .arg(fake)
            .arg(script)
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("luajit: scripts/test installs it");
        let answers = BufReader::new(lua.stdout.take().unwrap());
        Self { lua, answers }
    }

    fn ask(&mut self, command: &str) -> String {
        writeln!(self.lua.stdin.as_ref().unwrap(), "{command}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert!(answer.ends_with('\n'), "no answer to {command}: {answer:?}");
        answer.trim_end().to_owned()
    }

    /// Ticks until the status begins with this text.
    async fn until_status(&mut self, begin: &str) -> String {
        let mut last = String::new();
        wait_until(begin, SOON, || {
            last = self.ask("tick");
            last.starts_with(begin)
        })
        .await;
        last
    }

    /// The process that the script has started.
    fn bridge(&mut self) -> u32 {
        let status = self.ask("status");
        let process = status
            .strip_prefix("Running (process ")
            .and_then(|rest| rest.split_once(')'))
            .unwrap_or_else(|| panic!("it does not run: {status}"));
        process.0.parse().unwrap()
    }
}

impl Drop for FakeObs {
    fn drop(&mut self) {
        drop((self.lua.kill(), self.lua.wait()));
    }
}

/// Whether the process exists. A zombie counts.
fn is_there(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

/// Installs the program under a name that is hard to write, and its script with the address of an
/// OBS.
fn install(home: &Home, target: &Target) -> PathBuf {
    let folder = home.path().join(FOLDER);
    fs::create_dir(&folder).unwrap();
    let program = folder.join("twitchat-bridge");
    fs::hard_link(binary(), &program)
        .or_else(|_| fs::copy(binary(), &program).map(drop))
        .unwrap();
    let password = folder.join("password");
    fs::write(&password, target.password.as_ref().unwrap().expose_secret()).unwrap();
    let installed = home
        .command(&program)
        .args(["obs-script", "install", "--dir", FOLDER])
        .arg("--config")
        .arg(home.config())
        .args(["--host", "127.0.0.1", "--port", &target.port.to_string()])
        .arg("--password-file")
        .arg(&password)
        .args(["--store", &format!("{FOLDER}/journal.db")])
        .output()
        .unwrap();
    assert!(installed.status.success(), "{installed:?}");
    folder.join("twitchat-bridge.lua")
}

#[tokio::test]
async fn the_bridge_runs_while_the_script_is_loaded() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let script = install(&home, &target);
    let mut fake = FakeObs::start(&home, &script, &[]);
    Bus::connect(&target).await.until_answered(SOON).await;
    let bridge = fake.bridge();
    assert_eq!(fake.ask("tick"), format!("Running (process {bridge})"));

    let descriptors = fs::read_dir(format!("/proc/{bridge}/fd")).unwrap();
    let open: Vec<_> = descriptors
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .collect();
    assert!(!open.contains(&script), "a file of OBS's is open: {open:?}");
    let words = fs::read(format!("/proc/{bridge}/cmdline")).unwrap();
    let words = String::from_utf8(words).unwrap();
    let exits_with = format!("\0run\0--exit-with-obs={}\0", fake.lua.id());
    assert!(words.contains(&exits_with), "{words}");

    let begun = Instant::now();
    let status = fake.ask("unload");
    let took = begun.elapsed();
    println!("script_unload took {took:?}");
    assert_eq!(status, "Stopped: it was stopped here");
    assert!(!is_there(bridge), "not even as a zombie");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn the_script_of_a_package_logs_in_the_folder_of_the_user() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let program = format!("--package={}", binary().display());
    let script = home.path().join("twitchat-bridge.lua");
    let printed = home.bridge(&["obs-script", "print", &program]).output();
    fs::write(&script, printed.unwrap().stdout).unwrap();
    let password = home.path().join("password");
    fs::write(&password, target.password.as_ref().unwrap().expose_secret()).unwrap();
    let options = format!(
        "options=--host=127.0.0.1 --port={} --password-file=\"{}\"",
        target.port,
        password.display()
    );
    let mut fake = FakeObs::start(&home, &script, &[&options]);
    Bus::connect(&target).await.until_answered(SOON).await;
    let bridge = fake.bridge();
    let folder = home.path().join(".local/share/twitchat-bridge/obs-script");
    let log = folder.join("twitchat-bridge.log");
    wait_until("the log has the connection", SOON, || {
        fs::read_to_string(&log).is_ok_and(|log| log.contains("connected to OBS"))
    })
    .await;
    assert_eq!(fake.ask("unload"), "Stopped: it was stopped here");
    assert!(!is_there(bridge));
}

#[tokio::test]
async fn an_obs_that_is_killed_takes_the_bridge_along() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let script = install(&home, &target);
    // This must also work if the bridge never reached OBS.
    for obs_answers in [true, false] {
        let mut fake = FakeObs::start(&home, &script, &[]);
        let bridge = fake.bridge();
        if obs_answers {
            Bus::connect(&target).await.until_answered(SOON).await;
            obs.kill().await;
        } else {
            wait_until("a refusal is shown", SOON, || {
                fake.ask("status").contains("the connection was refused")
            })
            .await;
        }
        fake.lua.kill().unwrap();
        let took = wait_until("the bridge is gone", GONE_WITHIN, || !runs(bridge)).await;
        println!("gone {took:?} after OBS was killed");
    }
}

/// In a container without a process that waits for orphans, they stay as zombies.
fn is_zombie(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| rest.starts_with('Z'))
}

#[tokio::test]
async fn a_bridge_that_is_stopped_by_hand_stays_away_until_the_button_is_pressed() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let script = install(&home, &target);
    let mut fake = FakeObs::start(&home, &script, &[]);
    Bus::connect(&target).await.until_answered(SOON).await;
    assert_eq!(fake.ask("press stop"), "Stopped: it was stopped here");
    assert_eq!(fake.ask("tick"), "Stopped: it was stopped here");
    assert!(fake.ask("press start").starts_with("Running (process "));
    Bus::connect(&target).await.until_answered(SOON).await;
    let properties = fake.ask("properties");
    assert!(
        properties.ends_with("Program, More options, Start the bridge, Stop the bridge"),
        "{properties}"
    );

    // This is the command that the script runs on Windows.
    let bridge = fake.bridge();
    let stopped = home
        .command(script.with_file_name("twitchat-bridge"))
        .args(["obs-script", "stop", "--store"])
        .arg(script.with_file_name("journal.db"))
        .output()
        .unwrap();
    assert!(stopped.status.success(), "{stopped:?}");
    assert_eq!(
        fake.until_status("Stopped").await,
        "Stopped: the bridge was stopped"
    );
    assert!(!is_there(bridge), "the script has waited for it");
}

#[tokio::test]
async fn a_refused_password_is_shown_and_not_tried_again() {
    let (_obs, mut target) = stand_in().await;
    target.password = Some(WRONG_PASSWORD.into());
    let home = Home::new();
    let script = install(&home, &target);
    let mut fake = FakeObs::start(&home, &script, &[]);
    let status = fake.until_status("Stopped").await;
    assert!(
        status.starts_with("Stopped: OBS refused the password; Last error: OBS at 127.0.0.1:"),
        "{status}"
    );
    assert!(!status.contains("started again"), "{status}");
}

#[tokio::test]
async fn a_program_that_is_missing_is_named() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let script = install(&home, &target);
    let mut fake = FakeObs::start(&home, &script, &["program=/nowhere/bridge"]);
    assert_eq!(fake.ask("tick"), "Not found: /nowhere/bridge");
    assert_eq!(fake.ask("unload"), "Not found: /nowhere/bridge");
}

#[tokio::test]
async fn a_bridge_that_fails_is_started_again_and_gets_all_options() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let script = install(&home, &target);
    let program = home.path().join("fails");
    fs::write(
        &program,
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$HOME/words\"\necho run >>\"$HOME/runs\"\nexit 6\n",
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let settings = [
        &format!("program={}", program.display()),
        "options=-v --log \"a b\" \"\"",
    ];
    let mut fake = FakeObs::start(&home, &script, &settings);
    let status = fake.until_status("Stopped").await;
    assert_eq!(
        status,
        "Stopped: another bridge is running; it will be started again"
    );
    let words = fs::read_to_string(home.path().join("words")).unwrap();
    assert!(
        words.ends_with("/journal.db\n-v\n--log\na b\n\n"),
        "{words}"
    );
    wait_until("it is started again", SOON, || {
        fake.ask("tick");
        fs::read_to_string(home.path().join("runs")).unwrap() == "run\nrun\n"
    })
    .await;
}

#[tokio::test]
async fn command_lines_of_windows_are_quoted() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let script = install(&home, &target);
    let mut fake = FakeObs::start(&home, &script, &["program=/nowhere"]);
    for (word, expected) in [
        (r"run", r"run"),
        (r"C:\Program Files\b.exe", r#""C:\Program Files\b.exe""#),
        (r"C:\my dir\", r#""C:\my dir\\""#),
        (r#"a"b"#, r#""a\"b""#),
        (r#"a\"b"#, r#""a\\\"b""#),
        ("", r#""""#),
    ] {
        let asked = format!("eval script.command_line({{ [==[{word}]==] }})");
        assert_eq!(fake.ask(&asked), expected, "{word}");
    }
}

/// Writes the script into the home of a closed real OBS, and adds it to OBS.
fn install_in(obs: &OwnObs) {
    let (folder, in_obs) = (obs.folder(), obs.folder_in_obs());
    let bridge = folder.join("bridge");
    fs::create_dir(&bridge).unwrap();
    let program = bridge.join("twitchat-bridge");
    fs::copy(binary(), &program).unwrap();
    let home = folder.join("home");
    let installed = Command::new(&program)
        .env_clear()
        .env("HOME", &home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .args(["obs-script", "install", "--add", "--dir"])
        .arg(&bridge)
        .arg(format!("--store={}", bridge.join("journal.db").display()))
        .output()
        .unwrap();
    assert!(installed.status.success(), "{installed:?}");
    let scenes = home.join(".config/obs-studio/basic/scenes");
    let collections = fs::read_dir(scenes)
        .unwrap()
        .map(|file| file.unwrap().path());
    for file in collections.chain([bridge.join("twitchat-bridge.lua")]) {
        let text = fs::read_to_string(&file).unwrap();
        let text = text.replace(folder.to_str().unwrap(), in_obs.to_str().unwrap());
        fs::write(&file, text).unwrap();
    }
}

/// The bridge that the script in this OBS has started.
fn bridge_of(obs: &OwnObs) -> Option<u32> {
    let flag = format!("--exit-with-obs={}", obs.pid());
    fs::read_dir("/proc").unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        let process = path.file_name()?.to_str()?.parse().ok()?;
        let words = String::from_utf8(fs::read(path.join("cmdline")).ok()?).ok()?;
        words
            .split('\0')
            .any(|word| word == flag)
            .then_some(process)
    })
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_the_bridge_starts_and_ends_with_a_real_obs() {
    const UP_WITHIN: Duration = Duration::from_secs(2);
    let obs = Arc::new(OwnObs::start());
    let target = obs.target();
    Bus::connect(&target).await;
    obs.signal("KILL");
    wait_until("OBS is gone", SOON, || !runs(obs.pid())).await;
    install_in(&obs);
    for end in ["INT", "KILL", "TERM"] {
        let again = Arc::clone(&obs);
        tokio::task::spawn_blocking(move || again.restart())
            .await
            .unwrap();
        let up = Bus::connect(&target).await.until_answered(UP_WITHIN).await;
        let bridge = bridge_of(&obs).expect("the script has started it");
        obs.signal(end);
        let took = wait_until("OBS is gone", SOON, || !runs(obs.pid())).await;
        let gone = wait_until("the bridge is gone", GONE_WITHIN, || !runs(bridge)).await;
        println!(
            "up {up:?} after OBS was ready; SIG{end}: OBS took {took:?} to end, and the bridge \
                {gone:?} more"
        );
        let log = obs.folder().join("bridge/twitchat-bridge.log");
        let log = fs::read_to_string(log).unwrap();
        println!("{}", log.lines().last().unwrap_or_default());
        assert!(!log.contains("ERROR"), "{log}");
    }
}

fn runs(process: u32) -> bool {
    is_there(process) && !is_zombie(process)
}

/// `scripts/test` installs it.
#[test]
fn luajit_is_there() {
    let version = Command::new("luajit").arg("-v").output().expect("luajit");
    let version = String::from_utf8(version.stdout).unwrap();
    assert!(version.starts_with("LuaJIT 2."), "{version}");
}

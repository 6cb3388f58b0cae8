//! `service` and `obs-script`, in a temporary home with a `systemctl` that only records its
//! arguments.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Done, Home, PASSWORD};

/// A home with the tools of systemd.
struct Tools {
    home: Home,
}

impl Tools {
    fn new(has_manager: bool) -> Self {
        let home = Home::new();
        let bin = home.path("bin");
        fs::create_dir(&bin).unwrap();
        let systemctl = format!(
            "#!/bin/sh\n[ \"$2\" = show-environment ] && exit {}\n\
            state=$HOME/bin/active\n\
            case \"$2\" in\n\
            is-active | is-enabled) [ -e \"$state\" ] && exit 0; exit 3 ;;\n\
            show) printf 'ActiveState=active\\nMainPID=77\\n'; exit 0 ;;\n\
            enable) : >\"$state\" ;;\n\
            disable) rm \"$state\" ;;\n\
            esac\n\
            echo \"$*\" >>\"$HOME/bin/asked\"\n",
            i32::from(!has_manager)
        );
        let journalctl = "#!/bin/sh\necho \"$*\"\n";
        for (name, text) in [("systemctl", &*systemctl), ("journalctl", journalctl)] {
            fs::write(bin.join(name), text).unwrap();
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { home }
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let mut command = self.home.command(arguments);
        let path = format!("{}:/usr/bin:/bin", self.home.path("bin").display());
        Done::of(&command.env("PATH", path).output().unwrap())
    }

    fn unit(&self) -> PathBuf {
        self.home
            .path(".config/systemd/user/twitchat-bridge.service")
    }

    /// The arguments of the `systemctl` calls since the last time.
    fn asked(&self) -> String {
        let path = self.home.path("bin/asked");
        let asked = fs::read_to_string(&path).unwrap_or_default();
        drop(fs::remove_file(path));
        asked
    }
}

#[test]
fn a_service_is_installed_once_and_again_when_its_options_change() {
    let tools = Tools::new(true);
    let unit = tools.unit();
    let done = tools.run(&["service", "install", "--store", "my journal.db"]);
    let done = done.succeeds();
    assert_eq!(
        done.out,
        format!(
            "wrote {}\nran systemctl --user enable --now twitchat-bridge\n",
            unit.display()
        )
    );
    assert_eq!(
        tools.asked(),
        "--user daemon-reload\n--user enable --now twitchat-bridge\n"
    );
    let text = fs::read_to_string(&unit).unwrap();
    let store = tools.home.path("my journal.db");
    let command = format!(
        "ExecStart={} run \"--store={}\"\n",
        env!("CARGO_BIN_EXE_twitchat-bridge"),
        store.display()
    );
    assert!(text.contains(&command), "{text}");

    let again = tools.run(&["service", "install", "--store", "my journal.db"]);
    let again = again.succeeds();
    assert_eq!(again.out, "");
    assert!(again.err.contains("nothing to do"), "{again:?}");
    assert_eq!(tools.asked(), "");

    tools.run(&["service", "install"]).succeeds();
    assert_eq!(
        tools.asked(),
        "--user daemon-reload\n--user enable --now twitchat-bridge\n\
            --user restart twitchat-bridge\n"
    );
    let status = tools.run(&["service", "status"]).succeeds();
    assert!(
        status
            .out
            .starts_with(&format!("installed  {}\ncommand    ", unit.display()))
            && status.out.ends_with("\nrunning    yes, process 77\n"),
        "{status:?}"
    );

    tools.run(&["service", "uninstall"]).succeeds();
    assert_eq!(
        tools.asked(),
        "--user disable --now twitchat-bridge\n--user daemon-reload\n"
    );
    assert!(!unit.exists());
    let again = tools.run(&["service", "uninstall"]).succeeds();
    assert!(again.err.contains("nothing to do"), "{again:?}");
    assert_eq!(tools.asked(), "");
}

#[test]
fn a_unit_that_was_changed_by_hand_stays_unless_it_is_forced() {
    let tools = Tools::new(true);
    tools.run(&["service", "install"]).succeeds();
    let by_hand = fs::read_to_string(tools.unit()).unwrap() + "Environment=A=b\n";
    fs::write(tools.unit(), &by_hand).unwrap();
    for verb in ["install", "uninstall"] {
        let refused = tools.run(&["service", verb, "--port", "4466"]);
        refused.fails(
            1,
            &["twitchat-bridge.service was changed by hand", "--force"],
        );
        assert_eq!(fs::read_to_string(tools.unit()).unwrap(), by_hand);
    }
    let status = tools.run(&["service", "status"]).succeeds();
    assert!(status.out.contains("(changed by hand)"), "{status:?}");
    tools.run(&["service", "install", "--force"]).succeeds();
    let text = fs::read_to_string(tools.unit()).unwrap();
    assert!(!text.contains("Environment"), "{text}");
}

#[test]
fn without_a_user_manager_the_file_is_written_and_the_command_is_named() {
    let tools = Tools::new(false);
    let done = tools.run(&["service", "install"]).succeeds();
    assert_eq!(done.out, format!("wrote {}\n", tools.unit().display()));
    assert!(
        done.err.contains("no systemd user manager runs here")
            && done
                .err
                .contains("systemctl --user enable --now twitchat-bridge"),
        "{done:?}"
    );
    let status = tools.run(&["service", "status", "--json"]).succeeds();
    let status: Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(status["running"], Value::Null);
    assert_eq!(status["why"], "no systemd user manager runs here");
    tools.run(&["service", "uninstall"]).succeeds();
    assert!(!tools.unit().exists());
}

#[test]
fn a_password_never_gets_into_a_unit_or_a_script() {
    let tools = Tools::new(true);
    for verb in [&["service", "install"][..], &["obs-script", "print"]] {
        let flag = ["--password", PASSWORD];
        let refused = tools.run(&[verb, &flag].concat());
        refused.fails(1, &["--password-file"]);
    }
    assert!(!tools.unit().exists());
}

#[test]
fn a_setting_from_the_environment_is_warned_of() {
    let tools = Tools::new(true);
    let mut command = tools.home.command(&["obs-script", "print"]);
    let done = Done::of(&command.env("OBS_PORT", "4466").output().unwrap()).succeeds();
    assert!(
        done.err.contains("environment variable OBS_PORT"),
        "{done:?}"
    );
}

#[test]
fn the_logs_come_from_the_journal_of_systemd() {
    let tools = Tools::new(true);
    let done = tools.run(&["service", "logs", "-n", "5", "-f"]).succeeds();
    assert_eq!(
        done.out,
        "--user --no-pager --unit twitchat-bridge --lines 5 --follow\n"
    );
}

/// Creates the folder in which OBS keeps its scene collections, with one collection.
fn obs(home: &Home) -> PathBuf {
    let obs = home.path(".config/obs-studio");
    let settings = obs.join("plugin_config/obs-websocket");
    fs::create_dir_all(&settings).unwrap();
    fs::write(settings.join("config.json"), "{\"server_enabled\":true}").unwrap();
    fs::create_dir_all(obs.join("basic/scenes")).unwrap();
    let collection = obs.join("basic/scenes/Untitled.json");
    fs::write(
        &collection,
        json!({ "name": "Untitled", "modules": { "scripts-tool": [] } }).to_string(),
    )
    .unwrap();
    collection
}

#[tokio::test]
async fn the_script_is_written_and_the_clicks_are_named() {
    let home = Home::new();
    obs(&home);
    let script = home.path(".local/share/twitchat-bridge/obs-script/twitchat-bridge.lua");
    let done = home.run(&["obs-script", "install"]).await.succeeds();
    assert_eq!(done.out, format!("wrote {}\n", script.display()));
    assert!(
        done.err.contains("Tools > Scripts, click +, and choose"),
        "{done:?}"
    );
    let printed = home.run(&["obs-script", "print"]).await.succeeds();
    assert_eq!(fs::read_to_string(&script).unwrap(), printed.out);

    home.run(&["obs-script", "uninstall"]).await.succeeds();
    assert!(!script.parent().unwrap().exists());
}

#[tokio::test]
async fn the_script_is_added_to_a_closed_obs_and_taken_off_again() {
    let home = Home::new();
    let collection = obs(&home);
    let before: Value = serde_json::from_slice(&fs::read(&collection).unwrap()).unwrap();
    let done = home.run(&["obs-script", "install", "--add"]).await;
    let done = done.succeeds();
    assert!(
        done.out
            .ends_with(&format!("changed {}\n", collection.display())),
        "{done:?}"
    );
    let text: Value = serde_json::from_slice(&fs::read(&collection).unwrap()).unwrap();
    let script = home.path(".local/share/twitchat-bridge/obs-script/twitchat-bridge.lua");
    assert_eq!(
        text["modules"]["scripts-tool"],
        json!([{ "path": script, "settings": {} }])
    );
    let again = home.run(&["obs-script", "install", "--add"]).await;
    assert!(again.succeeds().err.contains("nothing to do"));
    home.run(&["obs-script", "uninstall"]).await.succeeds();
    let after: Value = serde_json::from_slice(&fs::read(&collection).unwrap()).unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_running_obs_is_not_changed_behind_its_back() {
    let home = Home::new();
    let collection = obs(&home);
    let before = fs::read(&collection).unwrap();
    // A process that is called `obs`.
    let program = home.path("obs");
    fs::copy("/bin/sleep", &program).unwrap();
    let mut running = Command::new(&program)
        .arg("60")
        .env("HOME", home.folder())
        .spawn()
        .unwrap();
    let refused = home.run(&["obs-script", "install", "--add"]).await;
    running.kill().unwrap();
    running.wait().unwrap();
    refused.fails(1, &["OBS is running", "close OBS first"]);
    assert_eq!(fs::read(&collection).unwrap(), before);
}

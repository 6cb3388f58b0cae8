//! An OBS for the tests: the stand-in, the running real one, or a real one for a single test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use secrecy::SecretString;
use tempfile::TempDir;
use twitchat_bridge::obs::Target;
use twitchat_bridge::sim;
use twitchat_bridge::sim::obs::StandIn;

use super::PASSWORD;
use super::bridge::signal;

pub(crate) fn target(port: u16, password: &str) -> Target {
    Target {
        host: "127.0.0.1".into(),
        port,
        tls: false,
        path: String::new(),
        password: Some(password.into()),
    }
}

/// A stand-in with the tests' password, and its address.
pub(crate) async fn stand_in() -> (StandIn, Target) {
    stand_in_with(sim::obs::Options::default()).await
}

pub(crate) async fn stand_in_with(options: sim::obs::Options) -> (StandIn, Target) {
    let obs = StandIn::start(sim::obs::Options {
        password: Some(PASSWORD.into()),
        ..options
    })
    .await
    .unwrap();
    let target = target(obs.port(), PASSWORD);
    (obs, target)
}

/// The address of the same OBS for clients of `sim`.
pub(crate) fn peer(target: &Target) -> sim::peer::Target {
    sim::peer::Target {
        url: format!("ws://{target}"),
        password: target.password.clone(),
    }
}

/// The real OBS that runs for all tests.
pub(crate) fn real() -> Target {
    let url = env::var("OBS_TEST_URL")
        .expect("OBS_TEST_URL is not set: `scripts/real-obs start` prints a file to source");
    read_target(&url, env::var("OBS_TEST_PASSWORD").ok())
}

fn read_target(url: &str, password: Option<String>) -> Target {
    let (host, port) = url
        .trim_start_matches("ws://")
        .rsplit_once(':')
        .expect("ws://HOST:PORT");
    Target {
        host: host.to_owned(),
        port: port.parse().expect("a port"),
        tls: false,
        path: String::new(),
        password: password.map(SecretString::from),
    }
}

/// A real OBS for this test only, which the test may kill and freeze. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct OwnObs {
    folder: TempDir,
}

impl OwnObs {
    /// Starts OBS, and returns when it replies.
    pub(crate) fn start() -> Self {
        let obs = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        obs.script(&["start", "--owner", &std::process::id().to_string()]);
        obs
    }

    /// Starts OBS again with the same port and password, even after it was killed. Returns when it
    /// replies.
    pub(crate) fn restart(&self) {
        self.script(&["restart"]);
    }

    pub(crate) fn target(&self) -> Target {
        read_target(
            &self.recorded("OBS_TEST_URL"),
            Some(self.recorded("OBS_TEST_PASSWORD")),
        )
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// The id of OBS's process.
    pub(crate) fn pid(&self) -> u32 {
        self.recorded("OBS_TEST_PID").parse().expect("a process id")
    }

    /// The folder of this OBS, which contains its home folder.
    pub(crate) fn folder(&self) -> PathBuf {
        let state = self.state();
        state.with_file_name(format!("{}.d", state.file_name().unwrap().display()))
    }

    /// The path of the same folder inside OBS, which may run in another root.
    pub(crate) fn folder_in_obs(&self) -> PathBuf {
        if self.recorded("REAL_OBS_ROOT") == "/" {
            self.folder()
        } else {
            "/mnt".into()
        }
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("obs")
    }

    fn recorded(&self, name: &str) -> String {
        let text = fs::read_to_string(self.state()).expect("the state file of scripts/real-obs");
        let value = text.lines().find_map(|line| {
            line.strip_prefix("export ")?
                .strip_prefix(name)?
                .strip_prefix('=')
        });
        value
            .unwrap_or_else(|| panic!("the state file of scripts/real-obs has no {name}"))
            .to_owned()
    }

    fn script(&self, args: &[&str]) {
        let done = self.run_script(args);
        assert!(
            done.status.success(),
            "scripts/real-obs {args:?} failed:\n{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    fn run_script(&self, args: &[&str]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/real-obs");
        let done = Command::new(&script)
            .args(args)
            .arg("--state")
            .arg(self.state())
            .output();
        done.unwrap_or_else(|error| panic!("cannot run {}: {error}", script.display()))
    }
}

impl Drop for OwnObs {
    fn drop(&mut self) {
        // If it cannot be stopped, it ends together with this process.
        drop(self.run_script(&["stop"]));
    }
}

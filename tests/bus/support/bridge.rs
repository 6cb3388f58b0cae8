//! The bridge, either in the test's process or as a separate process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::{self, Ended, Setup};
use twitchat_bridge::obs::{Target, WhenObsEnds};

use super::{Bus, SOON, Site, wait_until};

/// The real bridge with its own store, in this process.
#[derive(Debug)]
pub(crate) struct Bridge {
    stop: CancellationToken,
    run: JoinHandle<Result<Ended, daemon::Error>>,
    target: Arc<Mutex<Target>>,
    attempts: Arc<AtomicUsize>,
    store: TempDir,
}

impl Bridge {
    /// Starts the bridge and waits until it is connected to OBS.
    pub(crate) async fn on(site: &Site) -> Self {
        let mut bus = Bus::connect(site).await;
        let bridge = Self::start(site);
        bus.hello().await;
        bridge
    }

    /// Starts the bridge with this config and waits until it is connected to OBS.
    pub(crate) async fn with(site: &Site, config: Config) -> Self {
        let mut bus = Bus::connect(site).await;
        let bridge = Self::start_with(site, config, false);
        bus.hello().await;
        bridge
    }

    /// Starts a bridge that takes over from another bridge, and waits until it is connected to OBS.
    pub(crate) async fn taking_over(site: &Site) -> Self {
        let mut bus = Bus::connect(site).await;
        let bridge = Self::start_with(site, Config::default(), true);
        bus.hello().await;
        bridge
    }

    /// OBS need not be running.
    pub(crate) fn start(site: &Site) -> Self {
        Self::start_with(site, Config::default(), false)
    }

    fn start_with(site: &Site, mut config: Config, takeover: bool) -> Self {
        let store = tempfile::tempdir().unwrap();
        config.store.path = store.path().join("journal.db");
        let target = Arc::new(Mutex::new(site.target()));
        let attempts = Arc::<AtomicUsize>::default();
        let (current, begun) = (Arc::clone(&target), Arc::clone(&attempts));
        let read_target = move || {
            begun.fetch_add(1, Ordering::SeqCst);
            current.lock().unwrap().clone()
        };
        let setup = Setup {
            config,
            takeover,
            autostart: twitchat_bridge::daemon::Autostart::Unknown,
            when_obs_ends: WhenObsEnds::Wait,
            target: Arc::new(read_target),
            reload: None,
            logs: Vec::new(),
            emitted: None,
        };
        let stop = CancellationToken::new();
        Self {
            run: tokio::spawn(daemon::run(setup, stop.clone())),
            stop,
            target,
            attempts,
            store,
        }
    }

    /// Sets the OBS to which the bridge connects from its next attempt on.
    pub(crate) fn set_target(&self, target: Target) {
        *self.target.lock().unwrap() = target;
    }

    /// Waits until an attempt to connect that began after this call has failed. It has failed when
    /// the attempt after it begins.
    pub(crate) async fn failed_to_connect(&self) {
        let before: usize = self.attempts.load(Ordering::SeqCst);
        let now = async || (self.attempts.load(Ordering::SeqCst) >= before + 2).then_some(());
        wait_until("another attempt to connect", SOON, now).await;
    }

    /// The folder of the journal.
    pub(crate) fn folder(&self) -> &Path {
        self.store.path()
    }

    /// Waits until the bridge has ended.
    pub(crate) async fn ended(self) -> Ended {
        let ended = timeout(SOON, self.run)
            .await
            .expect("the bridge ends")
            .expect("no panic")
            .expect("no error");
        drop(self.store);
        ended
    }

    /// Stops the bridge and checks that it ended without an error.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        let ended = self.ended().await;
        assert!(matches!(ended, Ended::Stopped), "{ended:?}");
    }
}

/// The bridge's program: the file in `TWITCHAT_BRIDGE_BIN` (`scripts/test` sets it to the release
/// build), else the program of this build.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("TWITCHAT_BRIDGE_BIN").map_or_else(
        || env!("CARGO_BIN_EXE_twitchat-bridge").into(),
        PathBuf::from,
    )
}

/// The real bridge as a separate process, for measurements.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: Arc<Mutex<String>>,
    home: TempDir,
}

impl Process {
    /// Starts the process and waits until it is connected to OBS.
    pub(crate) async fn on(site: &Site) -> Self {
        Self::with_journal(site, tempfile::tempdir().unwrap()).await
    }

    /// Like [`Self::on`], but with this home folder, which may contain a `journal.db`.
    pub(crate) async fn with_journal(site: &Site, home: TempDir) -> Self {
        let mut bus = Bus::connect(site).await;
        let process = Self::start(site, home);
        bus.hello().await;
        process
    }

    /// Starts the process with this log filter, and waits until it is connected to OBS.
    pub(crate) async fn logging(site: &Site, filter: &str) -> Self {
        let mut bus = Bus::connect(site).await;
        let process = Self::start_with(site, tempfile::tempdir().unwrap(), Some(filter));
        bus.hello().await;
        process
    }

    /// Starts the process and does not wait.
    pub(crate) fn start(site: &Site, home: TempDir) -> Self {
        Self::start_with(site, home, None)
    }

    fn start_with(site: &Site, home: TempDir, filter: Option<&str>) -> Self {
        let mut command = Command::new(program());
        command
            .arg("run")
            .env_clear()
            .env("HOME", home.path())
            .env("TWITCHAT_BRIDGE_STORE", home.path().join("journal.db"));
        command
            .env("OBS_HOST", site.host())
            .env("OBS_PORT", site.port().to_string());
        if let Some(password) = site.password() {
            command.env("OBS_PASSWORD", password.expose_secret());
        }
        command.envs(filter.map(|filter| ("TWITCHAT_BRIDGE_LOG", filter)));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        if let Some(stderr) = child.stderr.take() {
            let log = Arc::clone(&log);
            std::thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    log.lock().unwrap().extend([&*line, "\n"]);
                }
            });
        }
        Self { child, log, home }
    }

    /// Kills the process without warning, and returns its home folder.
    pub(crate) fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.home, tempfile::tempdir().unwrap())
    }

    /// Stops the process like Ctrl-C, and returns its exit code.
    #[cfg(unix)]
    pub(crate) async fn interrupt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &pid])
                .status()
                .unwrap()
                .success()
        );
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// A value in `/proc/PID/status`, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory_kib(&self, figure: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with(figure))
            .expect("a figure of that name");
        line.split_whitespace()
            .nth(1)
            .and_then(|number| number.parse().ok())
            .expect("a number of KiB")
    }
}

impl Process {
    /// Everything that the process has logged and stored so far.
    pub(crate) fn log_and_files(&self) -> Vec<(String, Vec<u8>)> {
        let files = std::fs::read_dir(self.home.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file());
        let read = |path: PathBuf| (path.display().to_string(), std::fs::read(&path).unwrap());
        let log = (
            "the log".to_owned(),
            self.log.lock().unwrap().clone().into_bytes(),
        );
        files.map(read).chain([log]).collect()
    }

    /// The number of KiB that the process has written to files.
    pub(crate) fn written_kib(&self) -> u64 {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.child.id())).unwrap();
        let line = io
            .lines()
            .find_map(|line| line.strip_prefix("write_bytes: "))
            .expect("a figure of that name");
        line.parse::<u64>().expect("a number of bytes") / 1024
    }
}

impl Drop for Process {
    /// Kills the process with SIGKILL. Other tests check how it stops.
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if std::thread::panicking() {
            eprintln!("the bridge's log:\n{}", self.log.lock().unwrap());
        }
    }
}

//! The program under test, started like a user would start it, in a temporary home.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::time::Instant;
use twitchat_bridge::obs::Target;

use super::{PASSWORD, SOON, WRONG_PASSWORD, wait_until};

/// A program counts as idle if it has used no processor time for this long.
const IDLE: Duration = Duration::from_millis(200);

/// The binary from the environment variable, else the binary that was built with the tests.
pub(crate) fn binary() -> PathBuf {
    env::var_os("TWITCHAT_BRIDGE_BIN").map_or_else(
        || env!("CARGO_BIN_EXE_twitchat-bridge").into(),
        PathBuf::from,
    )
}

/// A home folder with an empty config and a place for the journal. Bridges in the same home share
/// the journal.
#[derive(Debug)]
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        std::fs::write(home.config(), "").unwrap();
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn configure(&self, toml: &str) {
        std::fs::write(self.config(), toml).unwrap();
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path().join("config.toml")
    }

    /// A command whose environment contains this home and nothing of this machine.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("HOME", self.path())
            .current_dir(self.path());
        command
    }

    /// The binary, without an address of OBS.
    pub(crate) fn bridge(&self, args: &[&str]) -> Command {
        let mut command = self.command(binary());
        command
            .env("TWITCHAT_BRIDGE_CONFIG", self.config())
            .env("TWITCHAT_BRIDGE_STORE", self.path().join("journal.db"))
            .args(args);
        command
    }

    /// Starts a verb with the address of an OBS.
    pub(crate) fn verb(&self, target: &Target, args: &[&str]) -> Program {
        let mut command = self.bridge(args);
        command
            .env("OBS_HOST", &target.host)
            .env("OBS_PORT", target.port.to_string());
        if let Some(password) = &target.password {
            command.env("OBS_PASSWORD", password.expose_secret());
        }
        Program::start(
            command,
            target
                .password
                .as_ref()
                .map(|password| password.expose_secret().to_owned()),
        )
    }

    /// Starts `run`.
    pub(crate) fn run(&self, target: &Target) -> Program {
        self.verb(target, &["run"])
    }
}

/// Sends a signal with the shell's `kill`.
pub(crate) fn signal(pid: u32, name: &str) {
    let sent = Command::new("sh")
        .args(["-c", "kill -s \"$0\" \"$1\"", name, &pid.to_string()])
        .status()
        .unwrap();
    assert!(sent.success(), "SIG{name} to {pid}");
}

/// A running program and its output. Dropping it kills the program.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    stdout: Written,
    stderr: Written,
    password: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` if a signal ended the program.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn start(mut command: Command, password: Option<String>) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("cannot start {}: {error}", command.get_program().display())
        });
        let (stdout, stderr) = (
            Written::by(child.stdout.take().unwrap()),
            Written::by(child.stderr.take().unwrap()),
        );
        Self {
            child,
            stdout,
            stderr,
            password,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The standard output so far.
    pub(crate) fn output(&self) -> String {
        self.stdout.text()
    }

    /// The standard error so far.
    pub(crate) fn log(&self) -> String {
        self.stderr.text()
    }

    /// Waits until the log contains this text. Returns how long it took.
    pub(crate) async fn until_logged(&self, text: &str, within: Duration) -> Duration {
        wait_until(&format!("the log contains {text:?}"), within, || {
            self.log().contains(text)
        })
        .await
    }

    /// Waits until the program has used no processor time for a while.
    pub(crate) async fn until_idle(&self) {
        let mut used = (self.processor_time(), Instant::now());
        let is_idle = || {
            let now = self.processor_time();
            if now != used.0 {
                used = (now, Instant::now());
            }
            used.1.elapsed() > IDLE
        };
        wait_until("the program has nothing to do", SOON, is_idle).await;
    }

    /// The program's share of one processor during `over`.
    pub(crate) async fn processor_share(&self, over: Duration) -> f64 {
        // The unit of Linux's process times, on every machine.
        const TICKS_PER_SECOND: f64 = 100.0;
        let ticks = || self.processor_time().into_iter().sum::<u64>();
        let (before, begun) = (ticks(), Instant::now());
        tokio::time::sleep(over).await;
        let used = u32::try_from(ticks() - before).unwrap();
        f64::from(used) / TICKS_PER_SECOND / begun.elapsed().as_secs_f64()
    }

    /// The processor time in ticks of the system's clock: fields 14 and 15 of `/proc/PID/stat`,
    /// counted after the command's name.
    fn processor_time(&self) -> Vec<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid()))
            .expect("/proc: this test needs Linux");
        let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        fields
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse().unwrap())
            .collect()
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Kills the program with SIGKILL, and waits until it has ended.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until the program ends by itself.
    pub(crate) async fn ended(&mut self) -> Ended {
        self.ended_within(SOON).await
    }

    pub(crate) async fn ended_within(&mut self, within: Duration) -> Ended {
        let child = &mut self.child;
        wait_until("the program ends", within, || {
            child.try_wait().unwrap().is_some()
        })
        .await;
        let code = self.child.wait().unwrap().code();
        Ended {
            code,
            stdout: self.stdout.whole(),
            stderr: self.stderr.whole(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Neither call fails if the program has already ended.
        drop((self.child.kill(), self.child.wait()));
        let written = [self.stdout.whole(), self.stderr.whole()].concat();
        let secrets = [
            Some(PASSWORD),
            Some(WRONG_PASSWORD),
            self.password.as_deref(),
        ];
        let shown = secrets
            .into_iter()
            .flatten()
            .any(|secret| written.contains(secret));
        if thread::panicking() {
            eprintln!("---- what {} had written:\n{written}", self.pid());
        } else {
            assert!(!shown, "a password shows:\n{written}");
            assert!(!written.contains("panicked at"), "it panicked:\n{written}");
        }
    }
}

/// The text from a pipe, which a thread reads.
#[derive(Debug)]
struct Written {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Written {
    fn by(pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let mut lines = BufReader::new(pipe);
            let mut line = Vec::new();
            while lines
                .read_until(b'\n', &mut line)
                .is_ok_and(|bytes| bytes > 0)
            {
                written
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self {
            text,
            reader: Some(reader),
        }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// The whole text. The program must have ended.
    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.text()
    }
}

//! Runs the binary in a temporary home, and captures its output and its exit code.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde_json::json;
use tempfile::TempDir;
use twitchat_bridge::sim::obs::{Options, StandIn};

/// The password of every stand-in OBS in these tests. It must not appear in any output.
pub(crate) const PASSWORD: &str = "s3cret-unmistakable";

/// The home folder in which the program runs.
pub(crate) struct Home {
    folder: TempDir,
    /// Flags that are added before every verb.
    flags: Vec<String>,
}

impl Home {
    /// A home without an address of OBS. The default address has no OBS either, unless one is
    /// running on the machine.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            flags: Vec::new(),
        }
    }

    /// A home with a port and a file with the password.
    pub(crate) fn at(port: u16) -> Self {
        let mut home = Self::new();
        fs::write(home.path("password"), PASSWORD).unwrap();
        home.flags = vec![
            "--host=127.0.0.1".into(),
            format!("--port={port}"),
            format!("--password-file={}", home.path("password").display()),
        ];
        home
    }

    /// Adds a flag before every verb.
    pub(crate) fn option(&mut self, flag: &str) {
        self.flags.push(flag.into());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program without the environment of the test.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_twitchat-bridge"));
        command
            .env_clear()
            .env("HOME", self.folder())
            .env("TMPDIR", self.folder())
            .env("TZ", "UTC")
            .current_dir(self.folder())
            .args(&self.flags)
            .args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end. It runs on another thread, so that the stand-in can run
    /// meanwhile.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Done {
        self.feed(arguments, "").await
    }

    /// Like [`Self::run`], with a text on standard input.
    pub(crate) async fn feed(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Done {
        let mut command = self.command(arguments);
        let input = input.as_ref().to_owned();
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
            // A program that does not read its input may already have ended.
            drop(child.stdin.take().unwrap().write_all(&input));
            child.wait_with_output().unwrap()
        });
        Done::of(&output.await.unwrap())
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        Running::start(&mut self.command(arguments))
    }
}

/// The account of a user who has just installed the program, on the computer that runs OBS. OBS has
/// been started once, so its settings exist. It is closed now.
pub(crate) struct Account {
    pub(crate) home: Home,
    /// The port in OBS's settings.
    pub(crate) port: u16,
}

impl Account {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let home = Home::new();
        let folder = home.path(".config/obs-studio/plugin_config/obs-websocket");
        fs::create_dir_all(&folder).unwrap();
        let settings = json!({ "alerts_enabled": false, "auth_required": true,
            "first_load": false, "server_enabled": true, "server_password": PASSWORD,
            "server_port": port });
        fs::write(folder.join("config.json"), settings.to_string()).unwrap();
        Self { home, port }
    }

    pub(crate) async fn start_obs(&self) -> StandIn {
        StandIn::start(Options {
            port: self.port,
            password: Some(SecretString::from(PASSWORD)),
            ..Options::default()
        })
        .await
        .unwrap()
    }
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let done = Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        };
        let both = format!("{}{}", done.out, done.err);
        assert!(!both.contains(PASSWORD), "the password shows: {done:?}");
        assert!(
            !both.contains('\u{1b}'),
            "colour without a terminal: {done:?}"
        );
        assert!(!both.contains("panicked"), "{done:?}");
        done
    }

    /// Checks the exit code, and that there is one error with these words.
    pub(crate) fn fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.err.matches("error:").count(), 1, "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word}: {self:?}");
        }
        for debug in ["Some(", "Error {", "Kind", "Os {", "\\n"] {
            assert!(!self.err.contains(debug), "Debug text: {self:?}");
        }
    }

    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

/// A running program and its output. The program is killed if the test ends early.
pub(crate) struct Running {
    child: Child,
    out: PipeText,
    err: PipeText,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let out = PipeText::of(child.stdout.take());
        let err = PipeText::of(child.stderr.take());
        Self { child, out, err }
    }

    pub(crate) fn out(&self) -> String {
        self.out.so_far()
    }

    pub(crate) fn err(&self) -> String {
        self.err.so_far()
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(
            Command::new("kill")
                .args(["-s", name, &self.child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits until the program ends, which must happen soon.
    pub(crate) async fn end(mut self) -> Done {
        let mut status = None;
        wait_until("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        let output = Output {
            status: status.unwrap(),
            stdout: self.out.all(),
            stderr: self.err.all(),
        };
        Done::of(&output)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The text from a pipe, which a thread reads.
struct PipeText {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl PipeText {
    fn of(pipe: Option<impl Read + Send + 'static>) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let reader = pipe.map(|mut pipe| {
            let text = Arc::clone(&text);
            std::thread::spawn(move || {
                let mut some = [0; 4096];
                while let Ok(count @ 1..) = pipe.read(&mut some) {
                    text.lock().unwrap().extend_from_slice(&some[..count]);
                }
            })
        });
        Self { text, reader }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    fn all(&mut self) -> Vec<u8> {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        std::mem::take(&mut self.text.lock().unwrap())
    }
}

/// A stand-in OBS with a password.
pub(crate) async fn obs() -> StandIn {
    StandIn::start(Options {
        password: Some(SecretString::from(PASSWORD)),
        ..Options::default()
    })
    .await
    .unwrap()
}

/// Polls a condition that cannot be awaited.
#[expect(clippy::disallowed_methods, reason = "a deadline in a test")]
pub(crate) async fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "timed out: {what}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until this number of sessions is connected. Fails if the program ends before that.
pub(crate) async fn sessions(obs: &StandIn, count: usize) {
    let all = tokio::time::timeout(Duration::from_secs(20), obs.until_sessions(count));
    all.await
        .unwrap_or_else(|_| panic!("{} sessions instead of {count}", obs.sessions()));
}

//! A streamer's first hour on a fresh account, in a terminal of 60 columns: OBS is closed, the
//! config file has typos, passwords are wrong or come from Windows. Each step is a command that the
//! user types, the exit code, and words that must be shown.
//!
//! In every case, the output fits the terminal, consists of sentences, and contains no password.

use std::cell::RefCell;
use std::fs;

use twitchat_bridge::sim::obs::StandIn;
use unicode_width::UnicodeWidthStr;

use crate::program::{Account, PASSWORD, Running, sessions, wait_until};
use crate::terminal::in_terminal;

const COLUMNS: usize = 60;
const WRONG_PASSWORD: &str = "not-the-password";
/// Texts that appear only when an error of Rust or of a library reaches the user.
const RAW_ERRORS: [&str; 10] = [
    "Some(",
    "Err(",
    "Error {",
    "Kind",
    "Os {",
    "panicked",
    "RUST_BACKTRACE",
    "os error",
    "invalid digit",
    "stream did not contain",
];

/// An account, and the faults that its user sees.
struct Hour {
    account: Account,
    /// One text for each fault. The test continues after a fault.
    faults: RefCell<Vec<String>>,
}

impl Hour {
    fn new() -> Self {
        Self {
            account: Account::new(),
            faults: RefCell::default(),
        }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.account.home.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs a command line, and waits for its end.
    async fn types(&self, line: &str, code: i32, words: &[&str]) {
        let arguments: Vec<_> = line.split(' ').collect();
        let mut command = in_terminal(&self.account.home, COLUMNS, &arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let shown = self.check(line, &output.stdout);
        let fault = |what: String| {
            self.faults
                .borrow_mut()
                .push(format!("{line}: {what}: {shown}"));
        };
        if output.status.code() != Some(code) {
            fault(format!("ended with {:?}, not {code}", output.status.code()));
        }
        let text = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words.iter().filter(|word| !text.contains(**word)) {
            fault(format!("does not show {word:?}"));
        }
    }

    /// Checks the output on a terminal for texts that must never be shown.
    fn check(&self, line: &str, shown: &[u8]) -> String {
        let shown = String::from_utf8(shown.to_vec()).unwrap();
        let shown = shown.replace("\r\n", "\n");
        let fault = |what: &str| {
            self.faults
                .borrow_mut()
                .push(format!("{line}: {what}: {shown}"));
        };
        // Log lines begin with a time. The terminal wraps them.
        let is_log = |line: &str| line.starts_with("20") && line.contains('T');
        let too_wide = |line: &str| {
            line.width() > COLUMNS && line.split_whitespace().count() > 1 && !is_log(line)
        };
        if shown.lines().any(too_wide) {
            fault("a line is wider than the terminal");
        }
        if [PASSWORD, WRONG_PASSWORD]
            .iter()
            .any(|secret| shown.contains(secret))
        {
            fault("shows a password");
        }
        for raw in RAW_ERRORS.iter().filter(|raw| shown.contains(**raw)) {
            fault(&format!("shows {raw:?}"));
        }
        if shown.contains(|c: char| c.is_control() && !"\n\t".contains(c)) {
            fault("shows a control character");
        }
        shown
    }

    /// Runs a command in a second terminal, where it keeps running.
    fn leaves_running(&self, line: &str) -> Running {
        let arguments: Vec<_> = line.split(' ').collect();
        Running::start(&mut in_terminal(&self.account.home, COLUMNS, &arguments))
    }
}

fn utf16(text: &str) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The user looks around before OBS is open.
async fn looks_around(hour: &Hour) {
    hour.types("--version", 0, &["twitchat-bridge 0."]).await;
    hour.types("version", 0, &["twitchat-bridge 0."]).await;
    hour.types("--help", 0, &["Usage:", "overlay", "credits"])
        .await;
    hour.types("help credits", 0, &["Usage:"]).await;
    hour.types("staus", 2, &["status"]).await;
    hour.types("status --jsno", 2, &["--json"]).await;
    hour.types("events Twitch.Folow", 2, &["Twitch.Follow"])
        .await;
    hour.types("actions CHAT_FEED_REED", 2, &["CHAT_FEED_READ"])
        .await;
    hour.types("demo --speed 50", 0, &["New followers"]).await;
    let closed = ["there is no OBS at 127.0.0.1", "Enable WebSocket server"];
    hour.types("status", 3, &closed).await;
    hour.types("overlay install", 3, &closed).await;
    hour.types("credits test --names 200", 3, &closed).await;
}

/// A config file with a mistake in every part. The program reports all of them together.
async fn corrects_the_config(hour: &Hour) {
    hour.types("config init", 0, &["config.toml"]).await;
    hour.types("config init", 1, &["a config file already", "--force"])
        .await;
    let typos = "[session]\ngrace = \"30x\"\n\n[credits]\nlimit = \"ten\"\nignor = [\"a\"]\n\n\
        [overlay]\nspeed = -3\n";
    hour.write("typos.toml", typos);
    let mistakes = [
        "typos.toml:2:9",
        "session.grace",
        "credits.limit",
        "credits.ignor",
        "ignore",
        "overlay.speed",
    ];
    hour.types("--config typos.toml config show", 2, &mistakes)
        .await;
    hour.types("--config typos.toml run", 2, &mistakes).await;
    hour.write("theme.toml", "[overlay]\ntheme = \"neno\"\n");
    hour.types("--config theme.toml config show", 0, &["neno", "neon"])
        .await;
    hour.write("path.toml", "[obs]\npassword_file = \"C:\\secret.txt\"\n");
    let hint = ["path.toml:2", "single quotes"];
    hour.types("--config path.toml status", 2, &hint).await;
    hour.types("--config missing.toml status", 2, &["missing.toml"])
        .await;
    hour.types("--port 0 status", 2, &["--port", "1", "65535"])
        .await;
    hour.types("credits test --names -5", 2, &["--names"]).await;
    hour.types("config show", 0, &["obs.port", "overlay.theme"])
        .await;
}

/// OBS is open. On this computer its own settings have the password. If the user gives another
/// password, the program uses that one, even if it is wrong.
async fn finds_the_password(hour: &Hour) {
    hour.write("wrong", format!("{WRONG_PASSWORD}\n"));
    hour.write("empty", "\n");
    hour.write("windows.txt", utf16(&format!("{PASSWORD}\r\n")));
    let refused = ["refused the password", "Show Connect Info"];
    hour.types("--password-file wrong status", 4, &refused)
        .await;
    hour.types("--password-file wrong run", 4, &refused).await;
    hour.types(
        "--password-file empty status",
        4,
        &["is empty", "Show Connect Info"],
    )
    .await;
    hour.types("--password-file nowhere status", 2, &["nowhere"])
        .await;
    let url = format!(
        "--host obsws://127.0.0.1:{}/{WRONG_PASSWORD} status",
        hour.account.port
    );
    hour.types(&url, 4, &["refused the password"]).await;
    let tls = format!("--host wss://127.0.0.1:{} status", hour.account.port);
    hour.types(&tls, 3, &["TLS"]).await;
    hour.types(
        "--password-file windows.txt status",
        5,
        &["no bridge", "OBS"],
    )
    .await;
    hour.types("status", 5, &["no bridge", "run"]).await;
}

/// The evening that README describes.
async fn rolls_the_credits(hour: &Hour, obs: &StandIn) {
    let bridge = hour.leaves_running("run");
    sessions(obs, 2).await;
    hour.types("status", 0, &["OBS 30.2", "Twitchat not connected"])
        .await;
    hour.types("overlay install", 0, &["Credits"]).await;
    hour.types("credits test --names 200", 0, &[]).await;
    hour.types("credits stop", 0, &[]).await;
    hour.types("credits", 0, &["Nobody is in the credits yet"])
        .await;
    hour.types("request AddToCredits section=Thanks value=Mum", 0, &["ok"])
        .await;
    hour.types("credits", 0, &["Thanks", "Mum"]).await;
    hour.types("credits get --format csv", 0, &["Mum"]).await;
    hour.types("credits get --format xlsx", 2, &["csv"]).await;
    hour.types("send SEND_MESAGE message=hi", 2, &["SEND_MESSAGE"])
        .await;
    hour.types("run", 6, &["--takeover"]).await;
    let takes_over = hour.leaves_running("run --takeover");
    wait_until("the first bridge ends", || {
        bridge.out().contains("takes over")
    })
    .await;
    hour.check("run", &bridge.end().await.out.into_bytes());
    sessions(obs, 2).await;
    hour.types("credits", 0, &["Thanks", "Mum"]).await;
    hour.types("credits clear --yes", 0, &[]).await;
    hour.types("credits", 0, &["Nobody is in the credits yet"])
        .await;
    hour.check("run --takeover", takes_over.out().as_bytes());
}

/// At the end, lists the files of the session.
async fn looks_for_the_files(hour: &Hour) {
    hour.types("config show", 0, &["store.path", "journal.db"])
        .await;
    hour.types("config path", 0, &["config.toml"]).await;
}

#[tokio::test]
async fn a_streamers_first_hour_has_no_fault() {
    let hour = Hour::new();
    looks_around(&hour).await;
    corrects_the_config(&hour).await;
    let obs = hour.account.start_obs().await;
    finds_the_password(&hour).await;
    rolls_the_credits(&hour, &obs).await;
    drop(obs);
    looks_for_the_files(&hour).await;
    hour.types("status", 3, &["there is no OBS at 127.0.0.1"])
        .await;
}

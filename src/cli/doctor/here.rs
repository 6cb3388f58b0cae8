//! Checks of this computer: the settings, the page's files, the journal, the clock, the autostart.

use std::fs;
use std::io::Read;
use std::path::Path;

use jiff::Timestamp;
use twitchat_bridge::autostart::{obs_script, service};
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::{overlay, store};

use super::finding::Finding;
use crate::cli::setup::Record;

/// The time when this program was written: a correct clock never shows an earlier time.
const WRITTEN: &str = "2026-11-01T00:00:00Z";

/// Checks the config file and the clock. Each warning of the config file is a finding.
pub(super) fn settings(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let place = match &config.file {
        Some(file) => format!("the settings in {} are valid", file.path.display()),
        None => "there is no config file, so all settings have their defaults".to_owned(),
    };
    findings.push(Finding::good("config", place));
    for note in machine::rule_notes(config) {
        findings.push(Finding::problem(
            "rules",
            note,
            "change it in the config file, then start the bridge again",
        ));
    }
    let written = WRITTEN.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let now = Timestamp::now();
    findings.push(if now < written {
        Finding::problem(
            "clock",
            format!("this computer's clock shows {now}"),
            "set date and time: sessions and leaderboards depend on them",
        )
    } else {
        Finding::good("clock", "date and time are plausible")
    });
    findings
}

/// Checks the files of the end-credits page.
pub(super) fn page() -> Finding {
    let Some(folder) = overlay::usual_folder() else {
        return Finding::problem(
            "page",
            "no home folder is known",
            "name the folder: `twitchat-bridge overlay install --dir DIR`",
        );
    };
    let is_there = |(name, _): &&(&str, &str)| folder.join(name).exists();
    let is_current = |(name, text): &&(&str, &str)| {
        fs::read(folder.join(name)).is_ok_and(|bytes| bytes == text.as_bytes())
    };
    let files = overlay::page::FILES;
    let (there, current) = (
        files.iter().filter(is_there).count(),
        files.iter().filter(is_current).count(),
    );
    let install = "`twitchat-bridge overlay install` writes it and puts it into OBS";
    if current == files.len() {
        Finding::good("page", format!("the page is in {}", folder.display()))
    } else if Record::read().postponed.is_some() {
        Finding::note("page", "a setup has postponed the page until OBS is there")
    } else if there == 0 {
        Finding::problem("page", "the end-credits page is not installed", install)
    } else {
        Finding::problem(
            "page",
            format!(
                "the page in {} is of another version, or incomplete",
                folder.display()
            ),
            install,
        )
    }
}

/// Checks the journal's file. `asked` means that the bridge was asked too.
pub(super) fn journal(config: &Config, asked: bool) -> Vec<Finding> {
    let path = &config.store.path;
    let in_use = store::is_in_use(path);
    let mut findings = Vec::new();
    match fs::metadata(path) {
        Err(_) if in_use.as_ref().is_ok_and(|in_use| !in_use) => findings.push(Finding::note(
            "journal",
            format!(
                "there is no journal yet; the bridge makes {} at its first start",
                path.display()
            ),
        )),
        Err(error) => findings.push(Finding::problem(
            "journal",
            format!("cannot read {}: {error}", path.display()),
            "give yourself the right to read and write it",
        )),
        Ok(file) if file.permissions().readonly() => findings.push(Finding::problem(
            "journal",
            format!("{} cannot be written", path.display()),
            "give yourself the right to write it",
        )),
        Ok(_) if !is_sqlite(path) => findings.push(Finding::problem(
            "journal",
            format!("{} is no journal", path.display()),
            "move it away, then start the bridge again: it makes a new one",
        )),
        Ok(_) => findings.push(Finding::good(
            "journal",
            format!("it is {}", path.display()),
        )),
    }
    if let (Ok(true), false) = (in_use, asked) {
        findings.push(Finding::note(
            "bridge",
            "a bridge uses this journal, but OBS cannot be reached from here",
        ));
    }
    findings
}

/// Whether the file begins as SQLite files do. An empty file also counts, because it is a new one.
fn is_sqlite(path: &Path) -> bool {
    const HEAD: &[u8] = b"SQLite format 3\0";
    let mut head = Vec::new();
    let read =
        fs::File::open(path).and_then(|file| file.take(HEAD.len() as u64).read_to_end(&mut head));
    read.is_ok() && (head.is_empty() || head == HEAD)
}

/// Checks whether the system or OBS starts the bridge.
pub(super) fn autostart(config: &Config) -> Finding {
    let has_service =
        service::state(&config.store.path).is_ok_and(|state| state.installed.is_some());
    let script = obs_script::usual_folder().and_then(|folder| obs_script::state(&folder).ok());
    let has_script = script.as_ref().is_some_and(|state| state.is_installed);
    let is_listed = script.is_some_and(|state| !state.collections.is_empty());
    match (has_service, has_script, is_listed) {
        (true, true, true) => Finding::problem(
            "autostart",
            "both the service and OBS's script start the bridge, and only one bridge can run",
            "remove one: `twitchat-bridge service uninstall` or `obs-script uninstall`",
        ),
        (true, ..) => Finding::good("autostart", "the bridge starts when you log in"),
        (false, true, true) => Finding::good("autostart", "the bridge starts with OBS"),
        (false, true, false) => Finding::problem(
            "autostart",
            "the script is written, but OBS does not list it in any scene collection",
            "in OBS: Tools > Scripts, click +, and choose the file that `twitchat-bridge \
                obs-script install` prints",
        ),
        (false, false, _) => Finding::note(
            "autostart",
            "you start the bridge by hand; `twitchat-bridge setup` can change that",
        ),
    }
}

//! Checks of this computer: the settings, the page's files, the journal, the clock, the autostart.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use twitchat_bridge::autostart::obs_script;
use twitchat_bridge::autostart::service::{self, Installed};
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::input;
use twitchat_bridge::overlay::{
    self,
    page::{File, files},
};
use twitchat_bridge::store::{self, ReadOnlyStore, StoreError};

use super::finding::Finding;
use crate::cli::setup::Record;

/// The program was written at this time. A correct clock never shows an earlier time.
const WRITTEN: &str = "2026-11-01T00:00:00Z";
/// A correction may set a clock back by a few minutes.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(10);

/// Checks the config file and the clock. Each warning of the config file is a finding.
pub(super) fn settings(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let place = match &config.file {
        Some(file) => format!("the settings in {} are valid", file.path.display()),
        None => "there is no config file, so all settings have their defaults".to_owned(),
    };
    findings.push(Finding::good("config", place));
    findings.extend(rules(config));
    findings.push(clock(Timestamp::now(), last_alive(config)));
    findings
}

/// Checks rules, named actions, labels and the settings of the page. Their errors are errors of the
/// config file, so the findings here are only warnings.
fn rules(config: &Config) -> Vec<Finding> {
    let notes: Vec<_> = machine::rule_notes(config).collect();
    if !notes.is_empty() {
        let fix = "change it in the config file";
        let problem = |note| Finding::problem("rules", note, fix);
        return notes.into_iter().map(problem).collect();
    }
    let book = &config.rules;
    let count = |number: usize, what| input::count(u64::try_from(number).unwrap_or(u64::MAX), what);
    let text = format!(
        "{}, {}, {}, and the settings of the page can be used",
        count(book.rules.len(), "rule"),
        count(book.actions.len(), "named action"),
        count(book.labels.len(), "label"),
    );
    vec![Finding::good("rules", text)]
}

/// The time at which a bridge with this journal was last running.
fn last_alive(config: &Config) -> Option<Timestamp> {
    let store = ReadOnlyStore::open(&config.store.path).ok()?;
    let alive_ms = store.reader().ok()?.meta("alive_ms").ok()??;
    Timestamp::from_millisecond(alive_ms.parse().ok()?).ok()
}

/// `last_alive` is an earlier time, by the clock of the bridge.
fn clock(now: Timestamp, last_alive: Option<Timestamp>) -> Finding {
    let fix = "set date and time: sessions and leaderboards depend on them";
    let written = WRITTEN.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    match last_alive {
        _ if now < written => {
            let text = format!("this computer's clock shows {now:.0}, which is long ago");
            Finding::problem("clock", text, fix)
        }
        Some(alive) if alive.duration_since(now) > CLOCKS_DIFFER => Finding::problem(
            "clock",
            format!(
                "this computer's clock shows {now:.0}, but the bridge ran at {alive:.0} already"
            ),
            fix,
        ),
        _ => Finding::good("clock", "date and time are plausible"),
    }
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
    let is_there = |(name, _): &File| folder.join(name).exists();
    let is_current =
        |(name, content): &File| fs::read(folder.join(name)).is_ok_and(|bytes| bytes == *content);
    let (there, current) = (
        files().filter(is_there).count(),
        files().filter(is_current).count(),
    );
    let install = "`twitchat-bridge overlay install` writes it and puts it into OBS";
    if current == files().count() {
        Finding::good("page", format!("the page is in {}", folder.display()))
    } else if Record::read().postponed.is_some() {
        Finding::note(
            "page",
            "`setup` has postponed the page until OBS is installed",
        )
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

/// Checks the file of the journal. With `asked`, a running bridge was checked before.
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
            "give yourself permission to read and write it",
        )),
        Ok(file) if file.permissions().readonly() => findings.push(Finding::problem(
            "journal",
            format!("{} cannot be written", path.display()),
            "give yourself permission to write it",
        )),
        Ok(_) if !is_sqlite(path) => findings.push(Finding::problem(
            "journal",
            format!("{} is no journal", path.display()),
            "move it away, then start the bridge again: it creates a new one",
        )),
        Ok(file) if file.len() == 0 => findings.push(Finding::note(
            "journal",
            format!(
                "{} is empty; the bridge fills it at its next start",
                path.display()
            ),
        )),
        Ok(_) if is_folder_readonly(path) => findings.push(Finding::problem(
            "journal",
            format!(
                "the folder of {} cannot be written, and SQLite needs files beside the journal",
                path.display()
            ),
            "give yourself permission to write in the folder",
        )),
        Ok(_) => {
            findings.push(content(path));
            findings.extend(salvaged(path));
            findings.extend(backups(config));
        }
    }
    if let (Ok(true), false) = (in_use, asked) {
        findings.push(Finding::note(
            "bridge",
            "a bridge uses this journal, but OBS cannot be reached from here",
        ));
    }
    findings
}

fn is_folder_readonly(path: &Path) -> bool {
    let folder = path.parent().and_then(|folder| fs::metadata(folder).ok());
    folder.is_some_and(|folder| folder.permissions().readonly())
}

fn content(path: &Path) -> Finding {
    let read = || {
        let store = ReadOnlyStore::open(path)?;
        store.check()?;
        store.reader()?.sessions()
    };
    let error = match read() {
        Ok(sessions) => {
            let sessions = input::count(sessions.len() as u64, "session");
            return Finding::good("journal", format!("it is {}, {sessions}", path.display()));
        }
        Err(error) => error,
    };
    let fix = match error {
        StoreError::Newer { .. } => {
            "update twitchat-bridge, or choose another journal with the setting store.path"
        }
        StoreError::Foreign { .. } => "choose another file with the setting store.path",
        StoreError::Damaged { .. } => {
            "end the bridge, and start it again: it saves what can be read to a new journal, and \
                keeps the old one"
        }
        _ => "stop the bridge and start it again: it reports the cause",
    };
    let text = error.to_string();
    let what = text.split_once(": ").map_or(&*text, |(what, _)| what);
    Finding::problem("journal", what, fix)
}

/// The last backup, if the config wants backups.
fn backups(config: &Config) -> Option<Finding> {
    let keep = Some(config.store.backups).filter(|keep| *keep > 0)?;
    let found = match store::backups(&config.store.path) {
        Ok(found) => found,
        Err(error) => {
            let what = format!("the folder of the journal cannot be read: {error}");
            let fix = "give yourself permission to read it";
            return Some(Finding::problem("backups", what, fix));
        }
    };
    let last = found.iter().filter_map(|backup| backup.at).max();
    let text = match last {
        Some(at) => format!(
            "the last one is from {at:.0}, {} of {keep} kept",
            found.len()
        ),
        None => "there is none yet; the bridge makes one when a session closes".to_owned(),
    };
    Some(Finding::good("backups", text))
}

/// Whether the journal was damaged once, as long as the old one is there.
fn salvaged(path: &Path) -> Option<Finding> {
    let account = ReadOnlyStore::open(path).ok()?.account().ok()??;
    account.old.exists().then(|| {
        let what = format!("{} ({})", account.text, account.at);
        Finding::note("journal", what)
    })
}

/// Whether the file begins like a SQLite file. An empty file also counts, because it is a new file.
fn is_sqlite(path: &Path) -> bool {
    const HEAD: &[u8] = b"SQLite format 3\0";
    let mut head = Vec::new();
    let read =
        fs::File::open(path).and_then(|file| file.take(HEAD.len() as u64).read_to_end(&mut head));
    read.is_ok() && (head.is_empty() || head == HEAD)
}

/// Checks whether the system or OBS starts the bridge, and whether the program to start exists.
pub(super) fn autostart(config: &Config) -> Finding {
    let service = service::state(&config.store.path)
        .ok()
        .and_then(|state| state.installed);
    let script = obs_script::usual_folder().and_then(|folder| obs_script::state(&folder).ok());
    let script = script.filter(|state| state.is_installed);
    let is_gone = |program: &Option<PathBuf>| {
        program
            .as_ref()
            .is_some_and(|program| program.is_absolute() && !program.exists())
    };
    let program = service.as_ref().and_then(Installed::program);
    if is_gone(&program) {
        return gone(
            "the service",
            program,
            "`twitchat-bridge service install --force`",
        );
    }
    let program = script.as_ref().and_then(|script| script.program.clone());
    if is_gone(&program) {
        return gone(
            "OBS's script",
            program,
            "`twitchat-bridge obs-script install --force`",
        );
    }
    let is_listed = script.as_ref().map(|script| !script.collections.is_empty());
    match (service.is_some(), is_listed) {
        (true, Some(true)) => Finding::problem(
            "autostart",
            "both the service and OBS's script start the bridge, and only one bridge can run",
            "remove one: `twitchat-bridge service uninstall` or `obs-script uninstall`",
        ),
        (true, _) => Finding::good("autostart", "the bridge starts when you log in"),
        (false, Some(true)) => Finding::good("autostart", "the bridge starts with OBS"),
        (false, Some(false)) => Finding::problem(
            "autostart",
            "the script is written, but OBS does not list it in any scene collection",
            "in OBS: Tools > Scripts, click +, and choose the file that `twitchat-bridge \
                obs-script install` prints",
        ),
        (false, None) => Finding::note(
            "autostart",
            "you start the bridge by hand; `twitchat-bridge setup` can change that",
        ),
    }
}

fn gone(what: &str, program: Option<PathBuf>, install: &str) -> Finding {
    let program = program.unwrap_or_default();
    Finding::problem(
        "autostart",
        format!("{what} starts {}, which does not exist", program.display()),
        format!("{install} writes it again, with the program that you have now"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::finding::State;

    #[test]
    fn a_wrong_clock_is_noticed() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (now, later) = (at("2026-12-24T18:00:00Z"), at("2026-12-24T18:30:00Z"));
        assert_eq!(clock(now, None).state, State::Good);
        assert_eq!(clock(later, Some(now)).state, State::Good);
        assert_eq!(
            clock(at("2026-12-24T17:55:00Z"), Some(now)).state,
            State::Good
        );
        assert_eq!(
            clock(at("1970-01-01T00:10:00Z"), None).state,
            State::Problem
        );
        let text = clock(now, Some(later)).text(None);
        assert!(
            text.contains("ran at 2026-12-24T18:30:00Z already"),
            "{text}"
        );
        assert!(text.contains("-> set date and time"), "{text}");
    }
}

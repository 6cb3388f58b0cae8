//! The dock of the panel in OBS: an entry in OBS's own list of pages that it shows as docks. OBS
//! reads the list when it starts and writes it when it ends, so it is changed only while OBS is
//! closed.

mod ini;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::error::Error;
use super::outcome::{Change, Outcome};
use super::scene_collections;
use crate::files::{self, text};
use crate::obs::discovery::{self, Folders};
use ini::Dock;

/// The title of the dock in OBS.
pub const TITLE: &str = "Twitchat bridge";
/// The ending of the copy of OBS's file as it was before the last change.
const BACKUP: &str = "before-twitchat-bridge";
/// The version of OBS from which the docks are in `user.ini`, as OBS writes versions.
const USER_INI_SINCE: u32 = 31 << 24;

/// Adds the page with this URL to OBS's docks.
///
/// # Errors
/// [`Error::ObsRuns`] while OBS runs, [`Error::NoSettings`] if OBS has never been started here.
pub fn install(url: &str) -> Result<Outcome, Error> {
    scene_collections::writable()?;
    let file = file_of_this_user().ok_or(Error::NoSettings)?;
    let uuid = uuid();
    let dock = Dock {
        title: TITLE,
        url,
        uuid: &uuid,
    };
    change(&file, |text| ini::with(text, dock))
}

/// Removes the panel from OBS's docks. While OBS runs, a note describes how to remove it there.
///
/// # Errors
/// If the file cannot be read or written, or has another form.
pub fn uninstall(url: &str) -> Result<Outcome, Error> {
    let Some(file) = file_of_this_user() else {
        return Ok(Outcome::default());
    };
    if !is_installed_in(&file, url) {
        return Ok(Outcome::default());
    }
    match scene_collections::writable() {
        Ok(()) => change(&file, |text| ini::without(text, &uuid(), url)),
        Err(Error::ObsRuns) => {
            let mut outcome = Outcome::default();
            outcome.note(format!(
                "OBS runs and still lists the dock: Docks > Custom Browser Docks, and remove \
                    {TITLE:?}"
            ));
            Ok(outcome)
        }
        Err(error) => Err(error),
    }
}

/// Whether OBS lists the page with this URL as a dock.
pub fn is_installed(url: &str) -> bool {
    file_of_this_user().is_some_and(|file| is_installed_in(&file, url))
}

/// The steps by which the user adds the dock in OBS.
pub fn by_hand(url: &str) -> String {
    format!(
        "to add the panel to OBS: Docks > Custom Browser Docks, write {TITLE:?} as the name and \
            {url} as the URL, and click Apply"
    )
}

fn is_installed_in(file: &Path, url: &str) -> bool {
    text::read(file).is_ok_and(|text| ini::has(&text, url))
}

/// Always the same, so that a panel that moved does not get a second dock.
fn uuid() -> String {
    let name = b"twitchat-bridge panel";
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name)
        .simple()
        .to_string()
}

fn file_of_this_user() -> Option<PathBuf> {
    file_in(&discovery::config_folder(&Folders::of_this_machine())?)
}

/// The file in which OBS keeps its docks: `user.ini` from OBS 31 on, before `global.ini`. `None` if
/// there is none yet.
fn file_in(folder: &Path) -> Option<PathBuf> {
    let global = folder.join("global.ini");
    let text = text::read(&global).unwrap_or_default();
    let version = value(&text, "General", "LastVersion").and_then(|text| text.parse::<u32>().ok());
    // OBS ignores a place that does not exist, and a portable OBS all of them.
    let named = value(&text, "Locations", "Configuration")
        .map(|folder| Path::new(folder).join("obs-studio").join("user.ini"));
    let user = named
        .filter(|file| file.exists())
        .unwrap_or_else(|| folder.join("user.ini"));
    let is_old = version.is_some_and(|version| version < USER_INI_SINCE);
    let files = if is_old {
        [global, user]
    } else {
        [user, global]
    };
    files.into_iter().find(|file| file.exists())
}

/// A value of an INI file.
fn value<'a>(text: &'a str, section: &str, key: &str) -> Option<&'a str> {
    let mut lines = text.lines();
    lines.find(|line| *line == format!("[{section}]"))?;
    lines
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

/// Changes the file in one step, and keeps a copy of it as it was.
fn change(
    file: &Path,
    edit: impl FnOnce(&str) -> Result<Option<String>, String>,
) -> Result<Outcome, Error> {
    let read = |source| Error::Read {
        path: file.to_owned(),
        source,
    };
    let bytes = fs::read(file).map_err(read)?;
    let text = text::decode(bytes.clone()).map_err(read)?;
    let edited = edit(&text).map_err(|why| Error::Docks {
        path: file.to_owned(),
        why,
    })?;
    let mut outcome = Outcome::default();
    let Some(edited) = edited else {
        return Ok(outcome);
    };
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{BACKUP}"));
    let backup = file.with_file_name(name);
    write(&backup, &bytes)?;
    write(file, &text::encode_like(&bytes, &edited))?;
    outcome.changes.push(Change::Edited(file.to_owned()));
    outcome.note(format!("the file as it was is in {}", backup.display()));
    Ok(outcome)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::replace(path, bytes).map_err(|source: io::Error| Error::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLOBAL_30: &str = include_str!("../../../tests/fixtures/obs/global-30.2.ini");
    const GLOBAL_32: &str = include_str!("../../../tests/fixtures/obs/global-32.2.ini");
    const USER_32: &str = include_str!("../../../tests/fixtures/obs/user-32.2.ini");
    const URL: &str = "file:///home/ada/panel/index.html";

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn chosen(files: &[(&str, &str)]) -> Option<String> {
        let folder = folder(files);
        let file = file_in(folder.path())?;
        Some(file.file_name().unwrap().to_string_lossy().into_owned())
    }

    #[test]
    fn the_docks_are_in_user_ini_from_obs_31_on() {
        assert_eq!(chosen(&[]), None);
        let old = ("global.ini", GLOBAL_30);
        assert_eq!(chosen(&[old]).as_deref(), Some("global.ini"));
        let new = [("global.ini", GLOBAL_32), ("user.ini", USER_32)];
        assert_eq!(chosen(&new).as_deref(), Some("user.ini"));
        // Back from OBS 32 to 30: OBS reads the old file again.
        let back = [old, ("user.ini", USER_32)];
        assert_eq!(chosen(&back).as_deref(), Some("global.ini"));
    }

    #[test]
    fn a_place_that_the_user_chose_in_obs_is_followed_if_it_exists() {
        let elsewhere = tempfile::tempdir().unwrap();
        let global = format!(
            "[General]\nLastVersion=536870912\n\n[Locations]\nConfiguration={}\n",
            elsewhere.path().display()
        );
        let folder = folder(&[("global.ini", &global), ("user.ini", USER_32)]);
        assert_eq!(file_in(folder.path()), Some(folder.path().join("user.ini")));
        let there = elsewhere.path().join("obs-studio");
        fs::create_dir(&there).unwrap();
        fs::write(there.join("user.ini"), USER_32).unwrap();
        assert_eq!(file_in(folder.path()), Some(there.join("user.ini")));
    }

    #[test]
    fn a_change_keeps_the_file_as_it_was_and_its_byte_order_mark() {
        let before = format!("\u{feff}{USER_32}");
        let folder = folder(&[("user.ini", &before)]);
        let file = folder.path().join("user.ini");
        let uuid = uuid();
        let dock = Dock {
            title: TITLE,
            url: URL,
            uuid: &uuid,
        };
        let outcome = change(&file, |text| ini::with(text, dock)).unwrap();
        assert_eq!(outcome.changes, [Change::Edited(file.clone())]);
        let after = fs::read_to_string(&file).unwrap();
        assert!(after.starts_with('\u{feff}') && is_installed_in(&file, URL));
        let backup = folder.path().join("user.ini.before-twitchat-bridge");
        assert_eq!(fs::read_to_string(backup).unwrap(), before);
        let again = change(&file, |text| ini::with(text, dock)).unwrap();
        assert_eq!(again.changes, []);
        change(&file, |text| ini::without(text, &uuid, URL)).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
    }

    #[test]
    fn a_list_that_cannot_be_read_stays_and_is_named() {
        let folder = folder(&[("user.ini", "[BasicWindow]\nExtraBrowserDocks=nonsense\n")]);
        let file = folder.path().join("user.ini");
        let error = change(&file, |text| ini::without(text, "", URL)).unwrap_err();
        assert!(
            error.to_string().contains("is not a list of docks"),
            "{error}"
        );
    }
}

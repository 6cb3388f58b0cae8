//! The script for OBS that starts the bridge with OBS and stops it with OBS.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::launch::{self, Launch};
use super::mark::{self, Existing, Origin};
use super::outcome::{Change, Outcome};
use super::scene_collections::{self, Collections};
use crate::config;

const SCRIPT: &str = include_str!("twitchat-bridge.lua");
const NAME: &str = "twitchat-bridge.lua";
/// The name of the log file in the folder of the script.
pub const LOG: &str = "twitchat-bridge.log";

/// Whether to change OBS's own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InObs {
    /// The user adds the script in OBS.
    ByHand,
    /// The script is added to each scene collection; OBS must be closed.
    Add,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub script: PathBuf,
    pub is_installed: bool,
    /// `None` if there is no script, or if the script names no program.
    pub program: Option<PathBuf>,
    /// The files of the scene collections of OBS in which the script is listed.
    pub collections: Vec<PathBuf>,
}

/// The default folder of the script, in the user's data folder. `None` if there is no home folder.
pub fn usual_folder() -> Option<PathBuf> {
    config::places().map(|places| places.data.join("twitchat-bridge").join("obs-script"))
}

/// The script's log is in `folder`.
///
/// # Errors
/// [`Error::NotUnicode`] if `folder` is not Unicode.
pub fn text(launch: &Launch, folder: &Path) -> Result<String, Error> {
    let options: Vec<_> = launch.options().iter().map(|word| lua(word)).collect();
    let options = match options.join(", ") {
        none if none.is_empty() => "{}".to_owned(),
        options => format!("{{ {options} }}"),
    };
    let script = SCRIPT
        .replace("@PROGRAM@", &lua(launch.program()))
        .replace("@OPTIONS@", &options)
        .replace("@LOG@", &lua(&launch::absolute(&folder.join(LOG))?));
    Ok(mark::marked(&script, 0, ("-- ", "")))
}

/// The text of the script for a package, which installs it for all users of a computer. The script
/// starts the program at this path without options. The log is in the [`usual_folder`] of the user.
pub fn text_for_package(program: &str) -> String {
    const LOG_OF_THE_USER: &str =
        "(os.getenv(\"XDG_DATA_HOME\") or (os.getenv(\"HOME\") or \"\") .. \"/.local/share\")
    .. \"/twitchat-bridge/obs-script/twitchat-bridge.log\"";
    SCRIPT
        .replace("@PROGRAM@", &lua(program))
        .replace("@OPTIONS@", "{}")
        .replace("@LOG@", LOG_OF_THE_USER)
}

/// A text in Lua's double quotes. Bytes above 127 stay, because the script is UTF-8.
fn lua(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_ascii_control() => quoted.extend(format!("\\{:03}", u32::from(c)).chars()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether the script can be added to OBS now: OBS is closed, and has a scene collection.
pub fn can_be_added() -> bool {
    scene_collections::writable().is_ok()
        && Collections::of_this_user().is_some_and(|collections| collections.has_any())
}

/// Writes the script into `folder`, and adds it to OBS if `in_obs` is [`InObs::Add`]. Otherwise a
/// note describes how to add it in OBS, unless OBS lists it already.
///
/// # Errors
/// [`Error::ObsRuns`] if OBS's files are to be changed while it runs; [`Error::Foreign`] if the
/// script was changed by hand and `existing` keeps it.
pub fn install(
    launch: &Launch,
    folder: &Path,
    existing: Existing,
    in_obs: InObs,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let text = text(launch, folder)?;
    let script = folder.join(NAME);
    if in_obs == InObs::Add {
        // This check comes first, so that no change is left half done.
        scene_collections::writable()?;
    }
    mark::write(&script, &text, existing, &mut outcome)?;
    let path = launch::absolute(&script)?;
    if in_obs == InObs::Add {
        let collections = Collections::of_this_user().ok_or(Error::NoCollection)?;
        outcome.changes.extend(edited(collections.add(&path)?));
    } else if listed(&path)?.is_empty() {
        outcome.note(format!(
            "to add the script to OBS: Tools > Scripts, click +, and choose {path}. OBS lists \
                scripts for each scene collection"
        ));
    } else if !outcome.changes.is_empty() {
        outcome.note("OBS uses the new script after its next start");
    }
    Ok(outcome)
}

/// Removes the script and its log, and removes it from the lists of OBS if OBS is closed. Otherwise
/// a note describes how to remove it in OBS.
///
/// # Errors
/// [`Error::Foreign`] if the script was changed by hand and `existing` keeps it.
pub fn uninstall(folder: &Path, existing: Existing) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let script = folder.join(NAME);
    if mark::origin(&script)? == Origin::Foreign && existing == Existing::Keep {
        return Err(Error::Foreign { path: script });
    }
    let path = launch::absolute(&script)?;
    if !listed(&path)?.is_empty() {
        match scene_collections::writable() {
            Ok(()) => {
                let collections = Collections::of_this_user().ok_or(Error::NoCollection)?;
                outcome.changes.extend(edited(collections.remove(&path)?));
            }
            Err(Error::ObsRuns) => outcome.note(format!(
                "OBS runs and still lists the script: Tools > Scripts, choose {NAME}, click the \
                    button that removes it"
            )),
            Err(error) => return Err(error),
        }
    }
    mark::remove(&script, &mut outcome)?;
    for log in [LOG.to_owned(), format!("{LOG}.old")] {
        mark::remove(&folder.join(log), &mut outcome)?;
    }
    // This removes the folder only if it contains no files of the user.
    if fs::remove_dir(folder).is_ok() {
        outcome.changes.push(Change::Removed(folder.to_owned()));
    }
    Ok(outcome)
}

/// Whether the script exists, and which scene collections list it.
///
/// # Errors
/// Fails if a file cannot be read.
pub fn state(folder: &Path) -> Result<State, Error> {
    let script = folder.join(NAME);
    Ok(State {
        is_installed: mark::origin(&script)? != Origin::Missing,
        program: fs::read_to_string(&script)
            .ok()
            .and_then(|text| program(&text)),
        collections: listed(&launch::absolute(&script)?)?,
        script,
    })
}

/// `None` if the path of the script's program has control characters.
fn program(script: &str) -> Option<PathBuf> {
    const BEFORE: &str = "local PROGRAM = \"";
    let line = script.lines().find_map(|line| line.strip_prefix(BEFORE))?;
    let mut program = String::new();
    let mut chars = line.trim_end().strip_suffix('"')?.chars();
    while let Some(c) = chars.next() {
        program.push(match c {
            '\\' => chars.next().filter(|c| !c.is_ascii_digit())?,
            c => c,
        });
    }
    Some(program.into())
}

fn listed(script: &str) -> Result<Vec<PathBuf>, Error> {
    Collections::of_this_user().map_or(Ok(Vec::new()), |collections| collections.with(script))
}

fn edited(files: Vec<PathBuf>) -> impl Iterator<Item = Change> {
    files.into_iter().map(Change::Edited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Flags;

    #[test]
    fn texts_are_quoted_for_lua() {
        for (text, expected) in [
            ("C:\\Users\\Zoë\\b.exe", r#""C:\\Users\\Zoë\\b.exe""#),
            ("a \"b\"", r#""a \"b\"""#),
            ("a\nb\t\u{7f}9", r#""a\010b\009\1279""#),
            ("]]--", r#""]]--""#),
        ] {
            assert_eq!(lua(text), expected);
        }
    }

    #[test]
    fn the_program_of_a_script_is_read_back() {
        for path in ["/opt/bridge", "C:\\Users\\Zoë\\b.exe", "/a \"b\"/c"] {
            let script = format!("-- a script\nlocal PROGRAM = {}\nlocal X = 1\n", lua(path));
            assert_eq!(program(&script), Some(path.into()));
        }
        assert_eq!(program("local X = 1"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_script_has_the_program_its_options_and_its_log() {
        let flags = Flags {
            store: Some("/a \"b\".db".into()),
            port: Some("4466".into()),
            ..Flags::default()
        };
        let launch = Launch::new(Path::new("/opt/twitchat-bridge"), &flags).unwrap();
        let script = text(&launch, Path::new("/data/obs-script")).unwrap();
        for line in [
            "local PROGRAM = \"/opt/twitchat-bridge\"",
            "local OPTIONS = { \"--port=4466\", \"--store=/a \\\"b\\\".db\" }",
            "local LOG = \"/data/obs-script/twitchat-bridge.log\"",
        ] {
            assert!(script.contains(line), "{line}");
        }
        assert!(!script.contains('@'), "every place is filled");
    }
}

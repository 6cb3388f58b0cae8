//! The list of scripts in OBS's scene collections, `modules.scripts-tool`. OBS reads a collection
//! when it starts and writes it when it ends. So this module changes the list only while OBS is
//! closed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::error::Error;
use super::system;
use crate::files::text;
use crate::obs::discovery::{self, Folders};

#[derive(Debug)]
pub(super) struct Collections {
    folder: PathBuf,
}

/// Fails while OBS runs.
pub(super) fn writable() -> Result<(), Error> {
    let runs = if cfg!(target_os = "macos") {
        system::output("pgrep", &["-x", "OBS"])?.is_some_and(|found| found.status.success())
    } else {
        discovery::is_obs_running(&Folders::of_this_machine())
    };
    if runs { Err(Error::ObsRuns) } else { Ok(()) }
}

impl Collections {
    /// `None` if this user has never started OBS.
    pub(super) fn of_this_user() -> Option<Self> {
        let folder = discovery::config_folder(&Folders::of_this_machine())?;
        let folder = folder.join("basic").join("scenes");
        folder.is_dir().then_some(Self { folder })
    }

    pub(super) fn has_any(&self) -> bool {
        self.files().is_ok_and(|files| !files.is_empty())
    }

    fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let failed = |source| Error::Read {
            path: self.folder.clone(),
            source,
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    pub(super) fn with(&self, script: &str) -> Result<Vec<PathBuf>, Error> {
        let mut found = Vec::new();
        for path in self.files()? {
            let collection = read(&path)?;
            let scripts = collection.pointer("/modules/scripts-tool");
            let scripts = scripts.and_then(Value::as_array);
            if scripts.is_some_and(|scripts| scripts.iter().any(|entry| is(entry, script))) {
                found.push(path);
            }
        }
        Ok(found)
    }

    /// Adds the script to each collection that does not list it. Returns the changed files.
    pub(super) fn add(&self, script: &str) -> Result<Vec<PathBuf>, Error> {
        let changed = self.change(|scripts| {
            let lacks = !scripts.iter().any(|entry| is(entry, script));
            if lacks {
                scripts.push(json!({ "path": as_obs_writes(script), "settings": {} }));
            }
            lacks
        })?;
        if self.files()?.is_empty() {
            return Err(Error::NoCollection);
        }
        Ok(changed)
    }

    /// Returns the changed files.
    pub(super) fn remove(&self, script: &str) -> Result<Vec<PathBuf>, Error> {
        self.change(|scripts| {
            let before = scripts.len();
            scripts.retain(|entry| !is(entry, script));
            scripts.len() < before
        })
    }

    fn change(&self, edit: impl Fn(&mut Vec<Value>) -> bool) -> Result<Vec<PathBuf>, Error> {
        let mut changed = Vec::new();
        for path in self.files()? {
            let mut collection = read(&path)?;
            let unfit = |why: &str| Error::Collection {
                path: path.clone(),
                why: why.to_owned(),
            };
            let modules = collection
                .as_object_mut()
                .ok_or_else(|| unfit("it is not a JSON object"))?
                .entry("modules")
                .or_insert_with(|| json!({}))
                .as_object_mut()
                .ok_or_else(|| unfit("`modules` is not an object"))?;
            let scripts = modules
                .entry("scripts-tool")
                .or_insert_with(|| json!([]))
                .as_array_mut()
                .ok_or_else(|| unfit("`modules.scripts-tool` is not a list"))?;
            if edit(scripts) {
                write(&path, &collection)?;
                changed.push(path);
            }
        }
        Ok(changed)
    }
}

/// OBS writes paths with slashes on every system.
fn as_obs_writes(path: &str) -> String {
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    }
}

fn is(entry: &Value, script: &str) -> bool {
    let path = entry.get("path").and_then(Value::as_str);
    path.is_some_and(|path| as_obs_writes(path) == as_obs_writes(script))
}

fn read(path: &Path) -> Result<Value, Error> {
    let text = text::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|error| Error::Collection {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

/// Replaces the old file in one step, so that the file is complete even after a crash.
fn write(path: &Path, collection: &Value) -> Result<(), Error> {
    let failed = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    let new = path.with_extension("json.new");
    fs::write(&new, collection.to_string()).map_err(failed)?;
    fs::rename(&new, path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "/data/twitchat-bridge.lua";

    fn collections(files: &[(&str, Value)]) -> (tempfile::TempDir, Collections) {
        let folder = tempfile::tempdir().unwrap();
        for (name, collection) in files {
            fs::write(folder.path().join(name), collection.to_string()).unwrap();
        }
        let collections = Collections {
            folder: folder.path().to_owned(),
        };
        (folder, collections)
    }

    #[test]
    fn a_script_is_added_to_each_collection_once_and_nothing_else_changes() {
        let mine = json!({ "path": "/home/ada/clock.lua", "settings": { "zone": "UTC" } });
        let full = json!({ "name": "A", "sources": [{ "volume": 0.1, "id": 3_000_000_000_u64 }],
            "modules": { "scripts-tool": [mine], "output-timer": { "seconds": 30 } } });
        let files = [
            ("A.json", full.clone()),
            ("B.json", json!({ "name": "B" })),
            ("A.json.bak", json!({})),
        ];
        let (folder, collections) = collections(&files);
        assert_eq!(collections.with(SCRIPT).unwrap(), Vec::<PathBuf>::new());
        let both = ["A.json", "B.json"].map(|name| folder.path().join(name));
        assert_eq!(collections.add(SCRIPT).unwrap(), both);
        assert_eq!(collections.add(SCRIPT).unwrap(), Vec::<PathBuf>::new());
        assert_eq!(collections.with(SCRIPT).unwrap(), both);
        let mut expected = full.clone();
        let ours = json!({ "path": SCRIPT, "settings": {} });
        expected["modules"]["scripts-tool"] = json!([mine, ours]);
        assert_eq!(read(&both[0]).unwrap(), expected);

        assert_eq!(collections.remove(SCRIPT).unwrap(), both);
        assert_eq!(read(&both[0]).unwrap(), full);
        assert_eq!(collections.remove(SCRIPT).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_file_that_is_no_collection_stays_unchanged() {
        for unfit in [json!([]), json!({ "modules": { "scripts-tool": {} } })] {
            let (folder, collections) = collections(&[("A.json", unfit.clone())]);
            let error = collections.add(SCRIPT).unwrap_err();
            assert!(matches!(error, Error::Collection { .. }), "{error}");
            assert_eq!(read(&folder.path().join("A.json")).unwrap(), unfit);
        }
        let (_folder, none) = collections(&[]);
        assert!(matches!(none.add(SCRIPT), Err(Error::NoCollection)));
    }
}

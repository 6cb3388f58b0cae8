//! SHELL. Changes one setting in the config file: reads it, checks the whole result, and replaces
//! the file in one step.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::edit::{EditError, SettingChange};
use super::machine::{file_of, file_path};
use super::{Config, Discovered, FileText, Flags, Origin, Sources};
use crate::files::{self, text};

/// Maximum number of attempts. The bridge tries again if another program has changed the file
/// meanwhile.
const TRIES: usize = 5;

/// A setting that was changed in the config file.
#[derive(Debug)]
pub struct ChangedSetting {
    pub path: PathBuf,
    /// The value that the file had; `None` if it did not have the setting.
    pub old: Option<Value>,
    /// The value that the file has now.
    pub new: Option<Value>,
    /// Whether the file was written. It is not written if it had this value already.
    pub is_changed: bool,
    pub config: Config,
    /// The flag or environment variable that overrides the file.
    pub overridden_by: Option<Origin>,
}

/// Changes a setting in the config file that these flags name. The file is created if it does not
/// exist.
///
/// # Errors Fails if the value is not allowed, if the file has errors or would have some, or if it
/// cannot be written. The file is then unchanged.
pub fn change_setting(
    flags: &Flags,
    discovered: Option<&Discovered>,
    change: &SettingChange,
) -> Result<ChangedSetting, EditError> {
    let ChangedSettings {
        path,
        values,
        is_changed,
        config,
    } = change_settings(
        flags,
        discovered,
        std::slice::from_ref(change),
        Writing::Write,
    )?;
    let (old, new) = values.into_iter().next().unwrap_or_default();
    let origin = config.origin(change.setting());
    let wins = matches!(origin, Origin::Flag(_) | Origin::Env(_));
    Ok(ChangedSetting {
        overridden_by: wins.then(|| origin.clone()),
        path,
        old,
        new,
        is_changed,
        config,
    })
}

/// Whether a change is written, or only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Writing {
    Write,
    Preview,
}

/// Settings that were changed in the config file together.
#[derive(Debug)]
pub struct ChangedSettings {
    /// The path of the config file.
    pub path: PathBuf,
    /// For each change, the value that the file had and the one that it has now; `None` where the
    /// file does not have the setting.
    pub values: Vec<(Option<Value>, Option<Value>)>,
    /// Whether the file is another one than before.
    pub is_changed: bool,
    pub config: Config,
}

/// Like [`change_setting`], for several settings in one step.
///
/// # Errors
/// Those of [`change_setting`].
pub fn change_settings(
    flags: &Flags,
    discovered: Option<&Discovered>,
    changes: &[SettingChange],
    writing: Writing,
) -> Result<ChangedSettings, EditError> {
    let path = file_path(flags).ok_or(EditError::NoHome)?;
    for _ in 0..TRIES {
        let content = content(&path)?;
        let file = file(&path, content.as_deref())?;
        let mut text = file.text.clone();
        let mut values = Vec::with_capacity(changes.len());
        for change in changes {
            let file = FileText {
                text,
                ..file.clone()
            };
            let edited = change.apply(&file)?;
            values.push((edited.old, edited.new));
            text = edited.text;
        }
        let load = |text: &str| {
            let file = FileText {
                text: text.to_owned(),
                ..file.clone()
            };
            let sources = Sources::with_file(flags.clone(), discovered.cloned(), Some(file));
            Config::load(&sources)
        };
        // If the file already has this error, the error shows the place in the unchanged file.
        let config = load(&text).map_err(|error| match load(&file.text) {
            Err(error) => EditError::File(error),
            Ok(_) => EditError::Conflict(error),
        })?;
        let is_changed = text != file.text;
        let writes = is_changed && writing == Writing::Write;
        if writes && self::content(&path)? != content {
            continue;
        }
        if writes {
            let bytes = text::encode_like(content.as_deref().unwrap_or_default(), &text);
            files::replace(&path, &bytes).map_err(|source| EditError::Io {
                what: "write",
                path: path.clone(),
                source,
            })?;
        }
        return Ok(ChangedSettings {
            path,
            values,
            is_changed,
            config,
        });
    }
    Err(EditError::Busy(path))
}

/// The content of the file; `None` if there is no such file.
fn content(path: &Path) -> Result<Option<Vec<u8>>, EditError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(EditError::Io {
            what: "read",
            path: path.to_owned(),
            source,
        }),
    }
}

fn file(path: &Path, content: Option<&[u8]>) -> Result<FileText, EditError> {
    match content {
        Some(content) => file_of(path, content.to_vec()).map_err(EditError::File),
        None => Ok(FileText {
            path: path.to_owned(),
            text: String::new(),
            readable_by_others: false,
        }),
    }
}

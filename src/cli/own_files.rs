//! The files that the bridge writes by itself: the journal, the files beside it, and log files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use twitchat_bridge::autostart::{obs_script, service};
use twitchat_bridge::files;

/// The journal, and the files that SQLite and the bridge keep beside it: also beside the file to
/// which a symbolic link leads.
pub(crate) fn journal_files(journal: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in files::links(journal) {
        files.extend(files_at(&path)?);
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn files_at(journal: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (Some(folder), Some(name)) = (journal.parent(), journal.file_name()) else {
        return Ok(Vec::new());
    };
    let generation = journal.with_extension("generation");
    let names = [
        name.to_string_lossy().into_owned(),
        generation
            .file_name()
            .unwrap_or(name)
            .to_string_lossy()
            .into_owned(),
    ];
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let is_beside = |name: &String| {
            file.strip_prefix(&**name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
        };
        if names.iter().any(is_beside) {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// The default paths of the log files of the service and of the script for OBS, and of their older
/// log files. Not all of these files need to exist.
pub(crate) fn log_files() -> Vec<PathBuf> {
    let mut logs = Vec::new();
    if let Ok(service::Log::File(path)) = service::log() {
        logs.push(path);
    }
    logs.extend(obs_script::usual_folder().map(|folder| folder.join(obs_script::LOG)));
    let old: Vec<_> = logs
        .iter()
        .map(|log| {
            let mut name = log.clone().into_os_string();
            name.push(".old");
            PathBuf::from(name)
        })
        .collect();
    logs.extend(old);
    logs
}

/// Returns `false` if the file does not exist.
pub(crate) fn remove(path: &Path) -> anyhow::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot remove {}", path.display())),
    }
}

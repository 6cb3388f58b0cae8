//! Checks that other users of this computer cannot read OBS's password and the names of viewers.

use std::fs;
use std::path::{Path, PathBuf};

use twitchat_bridge::config::{Config, Warning};
use twitchat_bridge::files;
use twitchat_bridge::overlay;

use super::finding::Finding;
use crate::cli::own_files;

const PASSWORD: &str = "OBS's password";
const VIEWERS: &str = "the names of viewers";

/// One problem for each file that others can read. Files that do not exist are left out.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut secret: Vec<PathBuf> = config.obs.password_file.iter().cloned().collect();
    secret.extend(config.warnings.iter().filter_map(|warning| match warning {
        Warning::PasswordReadable(path) => Some(path.clone()),
        _ => None,
    }));
    if let Some(folder) = overlay::usual_folder() {
        secret.extend(addresses(&folder));
    }
    let viewers = beside(&config.store.path)
        .into_iter()
        .chain(own_files::log_files());
    secret
        .into_iter()
        .filter_map(|path| finding(&path, PASSWORD))
        .chain(viewers.filter_map(|path| finding(&path, VIEWERS)))
        .collect()
}

fn finding(path: &Path, content: &str) -> Option<Finding> {
    let is_open = files::readable_by_others(path).unwrap_or(false);
    is_open.then(|| {
        let file = path.display();
        let text =
            format!("other users of this computer can read {file}, which contains {content}");
        Finding::problem("privacy", text, format!("`chmod 600 '{file}'`"))
    })
}

/// The files with OBS's password in the folder of the end-credits page, and in its folders.
fn addresses(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.join(overlay::CONFIG)];
    found.extend(entries(folder).map(|entry| entry.join(overlay::CONFIG)));
    found
}

/// The journal, and the files beside it that begin with its name: its log, its mark, and older
/// journals.
fn beside(journal: &Path) -> Vec<PathBuf> {
    let Some(name) = journal.file_name().and_then(|name| name.to_str()) else {
        return vec![journal.to_owned()];
    };
    let belongs = |path: &PathBuf| {
        let other = path.file_name().and_then(|other| other.to_str());
        other.is_some_and(|other| other.starts_with(name)) && path.is_file()
    };
    let mut found: Vec<_> = entries(files::folder_of(journal)).filter(belongs).collect();
    found.sort();
    found
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok().map(|entry| entry.path()))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn write(path: &Path, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn each_file_that_others_can_read_is_reported_with_the_fix() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.db");
        let old = folder.path().join("journal.db.damaged-2026");
        write(&journal, 0o600);
        write(&folder.path().join("journal.db-wal"), 0o640);
        write(&old, 0o604);
        write(&folder.path().join("other"), 0o644);
        let found: Vec<_> = beside(&journal)
            .iter()
            .filter_map(|path| finding(path, VIEWERS))
            .map(|finding| finding.text(None))
            .collect();
        assert_eq!(found.len(), 2, "{found:?}");
        let fix = format!("-> `chmod 600 '{}'`", old.display());
        assert!(found[1].contains(&fix), "{found:?}");
    }

    #[test]
    fn the_password_files_of_the_page_and_of_the_panel_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let (page, panel) = (
            folder.path().join(overlay::CONFIG),
            folder.path().join("panel").join(overlay::CONFIG),
        );
        write(&page, 0o644);
        write(&panel, 0o644);
        let found: Vec<_> = addresses(folder.path())
            .into_iter()
            .filter(|path| finding(path, PASSWORD).is_some())
            .collect();
        assert_eq!(found, [page, panel]);
    }
}

//! Symbolic links.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Maximum number of symbolic links that are followed, as on Linux.
const MOST: usize = 40;

/// The path of a file, and each path that a symbolic link leads to from there. The last path need
/// not exist.
pub fn links(file: &Path) -> Vec<PathBuf> {
    let mut paths = vec![file.to_owned()];
    while let Some(last) = paths.last()
        && paths.len() <= MOST
        && let Ok(link) = fs::read_link(last)
    {
        let next = folder_of(last).join(link);
        paths.push(next);
    }
    paths
}

/// The file behind symbolic links. It need not exist.
///
/// # Errors Fails if the links form a loop.
pub(super) fn behind_links(file: &Path) -> io::Result<PathBuf> {
    let paths = links(file);
    match paths.len() {
        ..=MOST => Ok(paths.into_iter().last().unwrap_or_default()),
        _ => Err(io::Error::other("its symbolic links form a loop")),
    }
}

pub fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_to_a_file_that_need_not_exist_and_circles_end() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        symlink("b", path("a")).unwrap();
        symlink(path("folder/c"), path("b")).unwrap();
        assert_eq!(links(&path("a")), [path("a"), path("b"), path("folder/c")]);
        assert_eq!(behind_links(&path("a")).unwrap(), path("folder/c"));
        fs::create_dir(path("folder")).unwrap();
        symlink("../a", path("folder/c")).unwrap();
        let error = behind_links(&path("a")).unwrap_err();
        assert_eq!(error.to_string(), "its symbolic links form a loop");
    }
}

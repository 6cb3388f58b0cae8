//! Writes the end-credits page to the user's disk, again with each version, without changing the
//! user's own files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::export::{self, ExportError};
use super::page::{CUSTOM_CSS, INDEX, files};
use crate::config::{self, ObsSettings};
use crate::files::text;

/// The files that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The HTML file for the browser source.
    pub page: PathBuf,
    /// The names of the files that are new or have changed.
    pub changed: Vec<String>,
}

/// The default folder of the page, in the user's data folder; `None` if the system has none.
pub fn usual_folder() -> Option<PathBuf> {
    config::places().map(|places| places.data.join("twitchat-bridge").join("overlay"))
}

/// The user's own style sheet in a folder; empty if there is none.
pub fn custom_css(folder: Option<&Path>) -> String {
    folder
        .and_then(|folder| text::read(&folder.join(CUSTOM_CSS.0)).ok())
        .unwrap_or_default()
}

/// Writes the page into `dir`, which is created if necessary. With `obs`, a file that only its
/// owner may read has the address and password of OBS. Without `obs` that file is removed, and the
/// page gets everything from OBS itself. `custom.css` is written only if there is none.
pub fn install(dir: &Path, obs: Option<&ObsSettings>) -> Result<Installed, ExportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportError::Write { path, source }
    };
    fs::create_dir_all(dir).map_err(failed(dir))?;
    let mut changed = Vec::new();
    for (name, content) in files() {
        let path = dir.join(name);
        if is_same(&path, content) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        fs::write(&path, content).map_err(failed(&path))?;
        changed.push(name.to_owned());
    }
    let custom = dir.join(CUSTOM_CSS.0);
    if !custom.exists() {
        fs::write(&custom, CUSTOM_CSS.1).map_err(failed(&custom))?;
        changed.push(CUSTOM_CSS.0.to_owned());
    }
    let address = dir.join(export::CONFIG);
    match obs {
        Some(obs) => {
            let text = export::config_text(obs, serde_json::Map::new());
            if !is_same(&address, text.as_bytes()) {
                changed.push(export::CONFIG.to_owned());
            }
            // Also written if the text is the same, because others may have been able to read the
            // file.
            export::write_private(&address, &text).map_err(failed(&address))?;
        }
        None => match fs::remove_file(&address) {
            Ok(()) => changed.push(export::CONFIG.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(ExportError::Write {
                    path: address,
                    source,
                });
            }
        },
    }
    Ok(Installed {
        page: dir.join(INDEX),
        changed,
    })
}

pub(super) fn is_same(path: &Path, content: &[u8]) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes == content)
}

/// The URL of the page for a browser.
pub fn url(page: &Path) -> String {
    let path = page.to_string_lossy().replace('\\', "/");
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    let path: String = path.bytes().map(escape).collect();
    format!(
        "file://{}{path}",
        if path.starts_with('/') { "" } else { "/" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn obs() -> ObsSettings {
        ObsSettings {
            password: Some("hunter2".into()),
            ..ObsSettings::default()
        }
    }

    #[test]
    fn an_upgrade_replaces_what_is_ours_and_leaves_what_is_the_users() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("overlay");
        let first = install(&folder, Some(&obs())).unwrap();
        assert_eq!(
            (first.page, first.changed.len()),
            (folder.join("index.html"), files().count() + 2)
        );
        fs::write(folder.join("custom.css"), "h2 { color: red }").unwrap();
        fs::write(folder.join("credits.css"), "an older version").unwrap();
        fs::write(folder.join("fonts/pixel-400.woff2"), "an older version").unwrap();
        fs::remove_file(folder.join("fonts/LICENSE.txt")).unwrap();
        fs::write(folder.join("logo.png"), "mine").unwrap();
        assert_eq!(
            install(&folder, Some(&obs())).unwrap().changed,
            ["credits.css", "fonts/pixel-400.woff2", "fonts/LICENSE.txt"]
        );
        assert_eq!(custom_css(Some(&folder)), "h2 { color: red }");
        assert_eq!(fs::read_to_string(folder.join("logo.png")).unwrap(), "mine");
        let moved = ObsSettings {
            port: 4466,
            ..obs()
        };
        assert_eq!(
            install(&folder, Some(&moved)).unwrap().changed,
            ["obs-config.js"]
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(folder.join("obs-config.js"))
                    .unwrap()
                    .permissions()
                    .mode()
                    & 0o777,
                0o600
            );
        }
        assert_eq!(install(&folder, None).unwrap().changed, ["obs-config.js"]);
        assert!(!folder.join("obs-config.js").exists());
        assert_eq!(install(&folder, None).unwrap().changed, [""; 0]);
    }

    #[test]
    fn addresses_are_what_browsers_take() {
        assert_eq!(
            url(Path::new("/home/ada/my page/ü#1.html")),
            "file:///home/ada/my%20page/%C3%BC%231.html"
        );
        assert_eq!(
            url(Path::new("C:\\Users\\ada\\index.html")),
            "file:///C:/Users/ada/index.html"
        );
    }
}

//! Writes the page shim, and the file with the address of OBS that it reads.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use crate::config::ObsSettings;
use crate::files::text;

/// The script that gives pages built for Streamer.bot a WebSocket over OBS.
pub const SHIM: &str = "streamerbot-over-obs.js";
/// The file with OBS's address and password, which the shim loads from its own folder.
pub const CONFIG: &str = "obs-config.js";

/// A single file, so that a page needs only one script tag.
const SHIM_TEXT: &str = concat!(
    include_str!("assets/streamerbot-over-obs.head.js"),
    include_str!("assets/obs-client.js"),
    include_str!("assets/streamerbot-session.js"),
    include_str!("assets/streamerbot-socket.js"),
);
const CONFIG_VARIABLE: &str = "window.StreamerbotOverObsConfig = ";
const CONFIG_HEAD: &str = "// OBS's address and password for the pages beside this file, written \
    by `twitchat-bridge overlay`. Keep it to yourself.\n";

/// The handling of a [`CONFIG`] that has another address of OBS or that the bridge cannot read. The
/// user may have edited it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Leave it, and let the export fail.
    Keep,
    /// Write over it.
    Replace,
}

/// Why the files were not exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// [`CONFIG`] exists with other content, which the user may have written.
    #[error("{} names another OBS or password, or is not as the bridge wrote it: change it there, \
        or replace it with --force", path.display())]
    Differs { path: PathBuf },
    /// A file or folder cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// Writes [`SHIM`] and [`CONFIG`] into `dir`, which is created if necessary. The config has the
/// password, so only its owner may read it. Other settings in an existing config (`spelling`,
/// `client`) stay. Returns the files, the shim first. After an error neither is changed, unless the
/// disk fails between the two.
pub fn export(
    dir: &Path,
    obs: &ObsSettings,
    existing: Existing,
) -> Result<Vec<PathBuf>, ExportError> {
    let (shim, config) = (dir.join(SHIM), dir.join(CONFIG));
    let there = match text::read(&config) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Some(String::new()),
        Err(source) => {
            return Err(ExportError::Write {
                path: config,
                source,
            });
        }
    };
    let known = there.as_deref().map(read_config);
    let is_same_obs = |known: &Option<Map<String, Value>>| {
        known.as_ref().and_then(|known| known.get("obs")) == Some(&obs_value(obs))
    };
    if existing == Existing::Keep && known.as_ref().is_some_and(|known| !is_same_obs(known)) {
        return Err(ExportError::Differs { path: config });
    }
    let text = config_text(obs, known.flatten().unwrap_or_default());
    fs::create_dir_all(dir).map_err(|source| ExportError::Write {
        path: dir.into(),
        source,
    })?;
    fs::write(&shim, SHIM_TEXT).map_err(|source| ExportError::Write {
        path: shim.clone(),
        source,
    })?;
    write_private(&config, &text).map_err(|source| ExportError::Write {
        path: config.clone(),
        source,
    })?;
    Ok(vec![shim, config])
}

/// The text of a config: the address of OBS, and the settings in `others`.
pub(super) fn config_text(obs: &ObsSettings, mut others: Map<String, Value>) -> String {
    others.insert("obs".into(), obs_value(obs));
    format!(
        "{CONFIG_HEAD}{CONFIG_VARIABLE}{:#};\n",
        Value::Object(others)
    )
}

fn obs_value(obs: &ObsSettings) -> Value {
    let password = obs
        .password
        .as_ref()
        .map_or("", |password| password.expose_secret());
    let mut value = json!({ "host": obs.host, "port": obs.port, "tls": obs.tls,
        "password": password });
    if let (Some(object), Some(path)) = (value.as_object_mut(), &obs.path) {
        object.insert("path".into(), path.as_str().into());
    }
    value
}

/// The settings in a config; `None` if it does not have the form that the bridge writes: JSON after
/// the name of the variable.
fn read_config(text: &str) -> Option<Map<String, Value>> {
    let (_, json) = text.split_once(CONFIG_VARIABLE)?;
    serde_json::from_str(json.trim_end().trim_end_matches(';')).ok()
}

/// Writes a file that only its owner may read, even if an existing file was readable for others.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn obs(password: &str) -> ObsSettings {
        ObsSettings {
            host: "::1".into(),
            port: 4466,
            tls: false,
            path: None,
            password: Some(password.into()),
            password_file: None,
        }
    }

    #[test]
    fn both_files_come_whole_and_the_password_is_for_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let pages = dir.path().join("my/pages");
        let files = export(&pages, &obs("a \"quoted\\ pässword"), Existing::Keep).unwrap();
        assert_eq!(
            files,
            [
                pages.join("streamerbot-over-obs.js"),
                pages.join("obs-config.js")
            ]
        );
        assert_eq!(fs::read_to_string(&files[0]).unwrap(), SHIM_TEXT);
        let text = fs::read_to_string(&files[1]).unwrap();
        let json = text
            .strip_prefix(CONFIG_HEAD)
            .and_then(|rest| rest.strip_prefix("window.StreamerbotOverObsConfig = "))
            .unwrap();
        let value: serde_json::Value =
            serde_json::from_str(json.trim_end().strip_suffix(';').unwrap()).unwrap();
        assert_eq!(
            value,
            json!({ "obs": { "host": "::1", "port": 4466, "tls": false, "password": "a \
                \"quoted\\ pässword" } })
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&files[1]), 0o600);
            fs::set_permissions(&files[1], fs::Permissions::from_mode(0o644)).unwrap();
            export(&pages, &obs("a \"quoted\\ pässword"), Existing::Keep).unwrap();
            assert_eq!(mode(&files[1]), 0o600);
        }
    }

    #[test]
    fn what_the_user_wrote_stays_unless_told_otherwise() {
        let dir = tempfile::tempdir().unwrap();
        let files = export(dir.path(), &obs("one"), Existing::Keep).unwrap();
        fs::write(&files[0], "an older shim").unwrap();
        let error = export(dir.path(), &obs("other"), Existing::Keep).unwrap_err();
        assert!(
            error.to_string().contains("--force")
                && !format!("{error:?} {error}").contains("other\""),
            "{error}"
        );
        assert!(fs::read_to_string(&files[1]).unwrap().contains("one"));
        export(dir.path(), &obs("other"), Existing::Replace).unwrap();
        assert!(fs::read_to_string(&files[1]).unwrap().contains("other"));
        assert_eq!(fs::read_to_string(&files[0]).unwrap(), SHIM_TEXT);
    }

    #[test]
    fn settings_that_the_user_added_stay_when_the_shim_is_renewed() {
        let dir = tempfile::tempdir().unwrap();
        let files = export(dir.path(), &obs("one"), Existing::Keep).unwrap();
        let text = fs::read_to_string(&files[1]).unwrap();
        fs::write(
            &files[1],
            text.replacen(
                '{',
                "{\n  \"spelling\": { \"credits.html\": \"legacy\" },",
                1,
            ),
        )
        .unwrap();
        let spelling = || {
            let config = read_config(&fs::read_to_string(&files[1]).unwrap()).unwrap();
            config["spelling"]["credits.html"].clone()
        };
        export(dir.path(), &obs("one"), Existing::Keep).unwrap();
        assert_eq!(spelling(), "legacy");
        assert!(matches!(
            export(dir.path(), &obs("other"), Existing::Keep),
            Err(ExportError::Differs { .. })
        ));
        export(dir.path(), &obs("other"), Existing::Replace).unwrap();
        assert_eq!(spelling(), "legacy");
        fs::write(
            &files[1],
            "window.StreamerbotOverObsConfig = { spelling: 'legacy' };",
        )
        .unwrap();
        assert!(matches!(
            export(dir.path(), &obs("other"), Existing::Keep),
            Err(ExportError::Differs { .. })
        ));
        export(dir.path(), &obs("other"), Existing::Replace).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = export(&file.path().join("x"), &obs("one"), Existing::Keep).unwrap_err();
        assert!(matches!(error, ExportError::Write { .. }), "{error:?}");
    }
}

//! The panel: a page for a dock of OBS or for a browser, from which a streamer controls the bridge.
//!
//! `panel install` writes it into the folder `panel` beside the end-credits page, because its
//! preview uses the files of that page. It reaches the bridge over OBS as every client does
//! (docs/bus.md). docs/panel.md describes it.

use std::fs;
use std::path::Path;

use miniz_oxide::inflate;
use serde_json::{Value, json};

use super::export::{self, ExportError};
use super::install::{self, Installed};
use super::page;
use crate::config::ObsSettings;

/// The folder of the panel, in the folder of the end-credits page.
pub const FOLDER: &str = "panel";
/// The page itself; the other files are in the same folder.
const INDEX: &str = "index.html";
/// The page of the preview, which is made from the end-credits page.
const PREVIEW: &str = "preview.html";
/// The script that connects to OBS, which is one of the page's files.
const CLIENT: &str = "obs-client.js";
/// What depends on the version of the bridge and on the user's style sheet.
const INSTALLED: &str = "installed.js";
/// Stands for the roll in the template of an exported file.
const ROLL: &str = "@ROLL@";

/// The files that are the same in each installation, compressed by build.rs: the name of each, a
/// zero byte, its text, and another zero byte.
const COMPRESSED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/panel.deflate"));
/// More than all files together.
const LARGEST: usize = 1 << 20;

/// The files that are the same in each installation, with their names. Empty only if the program
/// file is damaged.
fn files() -> Vec<(String, String)> {
    let bytes = inflate::decompress_to_vec_with_limit(COMPRESSED, LARGEST).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    let mut parts = text.split('\0').map(ToOwned::to_owned);
    let mut files = Vec::new();
    while let (Some(name), Some(text)) = (parts.next(), parts.next()) {
        files.push((name, text));
    }
    let client = page::files().find(|(name, _)| *name == CLIENT);
    files.extend(client.map(|(name, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        (name.to_owned(), text.into_owned())
    }));
    files
}

/// The names of all files that `install` writes.
pub fn names() -> impl Iterator<Item = String> {
    let made = [PREVIEW, INSTALLED, export::CONFIG].map(ToOwned::to_owned);
    files().into_iter().map(|(name, _)| name).chain(made)
}

/// Writes the panel into the folder of the end-credits page, with the address and password of OBS
/// in a file that only its owner may read. The files of the end-credits page are written too.
pub fn install(dir: &Path, obs: &ObsSettings) -> Result<Installed, ExportError> {
    let page_connects = dir.join(export::CONFIG).exists();
    install::install(dir, Some(obs).filter(|_| page_connects))?;
    let folder = dir.join(FOLDER);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportError::Write { path, source }
    };
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    let made = [
        (PREVIEW.to_owned(), preview()),
        (
            INSTALLED.to_owned(),
            installed(&install::custom_css(Some(dir))),
        ),
    ];
    let mut changed = Vec::new();
    for (name, text) in files().into_iter().chain(made) {
        let path = folder.join(&name);
        if install::is_same(&path, text.as_bytes()) {
            continue;
        }
        fs::write(&path, text).map_err(failed(&path))?;
        changed.push(name);
    }
    let address = folder.join(export::CONFIG);
    let text = export::config_text(obs, serde_json::Map::new());
    if !install::is_same(&address, text.as_bytes()) {
        changed.push(export::CONFIG.to_owned());
    }
    export::write_private(&address, &text).map_err(failed(&address))?;
    Ok(Installed {
        page: folder.join(INDEX),
        changed,
    })
}

/// The end-credits page, started by the script of the preview.
fn preview() -> String {
    page::INDEX_TEXT
        .replace("href=\"", "href=\"../")
        .replace("src=\"", "src=\"../")
        .replace("\"../main.js\"", "\"preview.js\"")
}

fn installed(custom_css: &str) -> String {
    let whole = page::standalone_of_any_theme(&ROLL.into(), custom_css);
    let (before, after) = whole
        .split_once(&Value::from(ROLL).to_string())
        .unwrap_or_default();
    let data = json!({ "version": env!("CARGO_PKG_VERSION"), "themes": page::themes(custom_css),
        "file": { "before": before, "after": after } });
    format!("window.PanelInstalled = {data};\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn text(name: &str) -> String {
        let files = files();
        files
            .into_iter()
            .find(|(known, _)| *known == name)
            .unwrap()
            .1
    }

    /// The texts of a language, by key.
    fn texts(language: &str) -> BTreeMap<String, String> {
        let file = text(&format!("text-{language}.js"));
        let (_, rest) = file.split_once("= {\n").unwrap();
        let (body, _) = rest.rsplit_once("};").unwrap();
        let json = format!("{{{}}}", body.trim().trim_end_matches(','));
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{language}: {error}"))
    }

    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect();
        found.sort_unstable();
        found
    }

    const LANGUAGES: [&str; 6] = ["en", "fr", "de", "es", "pt", "ja"];

    #[test]
    fn each_language_has_each_text_with_the_same_placeholders() {
        let english = texts("en");
        for language in LANGUAGES {
            let other = texts(language);
            let keys = |texts: &BTreeMap<String, String>| -> Vec<String> {
                texts.keys().cloned().collect()
            };
            assert_eq!(keys(&other), keys(&english), "{language}");
            for (key, text) in &other {
                assert!(!text.trim().is_empty(), "{language}: {key}");
                assert_eq!(
                    placeholders(text),
                    placeholders(&english[key]),
                    "{language}: {key}"
                );
            }
        }
    }

    fn is_a(file: &str, extension: &str) -> bool {
        std::path::Path::new(file)
            .extension()
            .is_some_and(|own| own == extension)
    }

    #[test]
    fn the_page_names_every_file_and_no_other() {
        let index = text(INDEX);
        let mut named: Vec<_> = index
            .split('"')
            .filter(|text| is_a(text, "js") || is_a(text, "css"))
            .filter(|text| *text != INSTALLED && !text.starts_with("../"))
            .map(ToOwned::to_owned)
            .collect();
        let mut files: Vec<_> = files()
            .into_iter()
            .map(|(name, _)| name)
            .filter(|name| ![INDEX, "preview.js"].contains(&&**name))
            .collect();
        named.sort();
        files.sort();
        assert_eq!(named, files);
    }

    #[test]
    fn nothing_is_loaded_from_the_network() {
        let index = text(INDEX);
        let (_, policy) = index.split_once("Content-Security-Policy").unwrap();
        let (policy, _) = policy.split_once('>').unwrap();
        assert!(
            !policy.contains("http") && !policy.contains("unsafe"),
            "{policy}"
        );
    }

    #[test]
    fn the_preview_has_every_script_of_the_page_but_its_start() {
        let preview = preview();
        let is_script = |name: &&str| is_a(name, "js") || *name == page::INDEX;
        for name in page::files().map(|(name, _)| name).filter(is_script) {
            let is_there = preview.contains(&format!("\"../{name}\""));
            assert_eq!(
                is_there,
                !["index.html", "main.js"].contains(&name),
                "{name}"
            );
        }
        assert!(preview.contains("\"preview.js\""));
    }

    #[test]
    fn an_exported_file_is_what_the_command_line_writes_but_with_all_fonts() {
        let json = installed("h2 { color: red }");
        let json = json.strip_prefix("window.PanelInstalled = ").unwrap();
        let data: Value = serde_json::from_str(json.trim_end().trim_end_matches(';')).unwrap();
        let part = |name: &str| data["file"][name].as_str().unwrap().to_owned();
        let roll = json!({ "id": "1", "sections": [] });
        assert_eq!(
            part("before") + &roll.to_string() + &part("after"),
            page::standalone_of_any_theme(&roll, "h2 { color: red }")
        );
        let without_fonts = |page: &str| {
            let mut parts = page.split("@font-face");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |page, part| {
                page + part.split_once('}').unwrap().1.trim_start()
            })
        };
        assert_eq!(
            without_fonts(&page::standalone_of_any_theme(&roll, "")),
            without_fonts(&page::standalone(&roll, ""))
        );
    }

    #[test]
    fn the_panel_connects_although_the_page_has_no_password() {
        let dir = tempfile::tempdir().unwrap();
        let obs = ObsSettings::default();
        let first = install(dir.path(), &obs).unwrap();
        assert_eq!(first.page, dir.path().join("panel").join("index.html"));
        assert!(!dir.path().join(export::CONFIG).exists());
        assert!(dir.path().join("credits.js").exists());
        let mut written: Vec<_> = fs::read_dir(dir.path().join(FOLDER))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        written.sort();
        let mut expected: Vec<_> = names().collect();
        expected.sort_unstable();
        assert_eq!(written, expected);
        assert_eq!(install(dir.path(), &obs).unwrap().changed, [""; 0]);
    }
}

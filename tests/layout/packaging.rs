//! Tests the scripts of a release that take little time. `scripts/packages` runs the others.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A script without the variables that a workflow of GitHub sets.
fn script(name: &str) -> Command {
    let mut command = Command::new(root().join("scripts").join(name));
    command
        .env_remove("GITHUB_REPOSITORY")
        .env_remove("GITHUB_SERVER_URL");
    command
}

fn succeeds(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    assert!(
        status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&stderr)
    );
    String::from_utf8(stdout).unwrap()
}

fn fails(command: &mut Command) -> String {
    let done = command.output().unwrap();
    assert!(!done.status.success(), "{command:?}: {done:?}");
    String::from_utf8(done.stderr).unwrap()
}

const CHANGELOG: &str = "# Changelog

## Unreleased

- Not yet.

## 1.2.3 - 2026-12-24

The bridge:

- Does one thing
  and another ([docs/rules.md](docs/rules.md#loops)), see [below](#below) and
  [OBS](https://obsproject.com).
- Takes `a|b`.

A paragraph
of two lines.

## 1.2
## 1.0.0

- The first.
";

#[test]
fn notes_are_the_section_of_the_version_with_joined_lines() {
    let folder = tempfile::tempdir().unwrap();
    let changelog = folder.path().join("CHANGELOG.md");
    fs::write(&changelog, CHANGELOG).unwrap();
    let notes = |version: &str| {
        let mut command = script("release-notes");
        command.arg(version).arg(&changelog);
        command
    };
    assert_eq!(succeeds(&mut notes("1.0.0")), "- The first.\n");
    insta::assert_snapshot!(
        "release_notes",
        succeeds(notes("1.2.3").env("GITHUB_REPOSITORY", "somebody/somewhere"))
    );
    assert!(succeeds(&mut notes("1.2.3")).contains("[docs/rules.md](docs/rules.md#loops)"));
    for missing in ["1.2", "2.0.0"] {
        let error = fails(&mut notes(missing));
        assert!(
            error.contains(&format!("has no section \"## {missing}\"")),
            "{error}"
        );
    }
}

#[test]
fn the_changelog_has_notes_for_unreleased_changes() {
    let notes = succeeds(script("release-notes").arg("Unreleased"));
    assert!(notes.lines().count() > 20, "{notes}");
}

#[test]
fn a_tag_must_be_the_version_of_cargo_toml() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        succeeds(script("release-version").arg(format!("v{version}"))),
        format!("{version}\n")
    );
    let error = fails(script("release-version").arg("v99.0.0"));
    assert!(
        error.contains(&format!("the tag must be v{version}")),
        "{error}"
    );
}

/// The files of a folder, by their paths below it.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below)).unwrap() {
            let path = below.join(entry.unwrap().file_name());
            if folder.join(&path).is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(folder.join(&path)).unwrap();
                files.push((path.display().to_string(), text));
            }
        }
    }
    files.sort();
    files
}

const PACKAGES: [&str; 6] = [
    "aarch64-apple-darwin.tar.gz",
    "aarch64-unknown-linux-musl.tar.gz",
    "x86_64-apple-darwin.tar.gz",
    "x86_64-pc-windows-msvc-setup.exe",
    "x86_64-pc-windows-msvc.zip",
    "x86_64-unknown-linux-musl.tar.gz",
];

#[test]
fn templates_are_filled_with_version_sums_and_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let sums = folder.path().join("SHA256SUMS");
    let mut list = String::new();
    for (number, package) in (1..).zip(PACKAGES) {
        writeln!(list, "{number:064}  twitchat-bridge-1.2.3-{package}").unwrap();
    }
    fs::write(&sums, &list).unwrap();
    let filled = folder.path().join("filled");
    let mut fill = script("fill-templates");
    fill.arg("1.2.3").arg(&sums).arg(&filled);
    let error = fails(&mut fill);
    assert!(error.contains("GITHUB_REPOSITORY"), "{error}");

    succeeds(
        fill.env("GITHUB_REPOSITORY", "somebody/somewhere")
            .env("GITHUB_SERVER_URL", "https://git.example"),
    );
    let mut all = String::new();
    for (path, text) in files(&filled) {
        writeln!(all, "==== {path}\n{text}").unwrap();
    }
    insta::assert_snapshot!("filled_templates", all);

    fs::write(&sums, list.replace("x86_64-apple-darwin", "x86_64-other")).unwrap();
    let error = fails(&mut fill);
    assert!(
        error.contains("has no twitchat-bridge-1.2.3-x86_64-apple-darwin.tar.gz"),
        "{error}"
    );
}

/// If the program was not installed as a package, `service install` writes its own unit. Both units
/// have the same settings.
#[test]
fn the_unit_of_the_packages_is_that_of_service_install() {
    let settings = |path: &str| -> Option<Vec<String>> {
        let text = fs::read_to_string(root().join(path)).ok()?;
        let is_setting = |line: &&str| {
            !line.is_empty()
                && !["#", "Documentation=", "ExecStart="]
                    .iter()
                    .any(|with| line.starts_with(with))
        };
        Some(text.lines().filter(is_setting).map(str::to_owned).collect())
    };
    let packaged = settings("packaging/linux/twitchat-bridge.service").unwrap();
    assert!(
        packaged.contains(&"RestartSec=5".to_owned()),
        "{packaged:?}"
    );
    let written = settings("src/autostart/twitchat-bridge.service").unwrap();
    assert_eq!(packaged, written);
}

/// It is not decided where the project will be published, so any address would belong to somebody
/// else.
#[test]
fn cargo_toml_names_no_address_of_the_project() {
    let cargo = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for key in ["repository =", "homepage =", "documentation ="] {
        assert!(!cargo.contains(key), "Cargo.toml has {key}");
    }
}

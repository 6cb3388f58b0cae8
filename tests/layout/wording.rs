//! Checks that abandoned names and sentences do not come back, and that lines are not too wide.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{code, sources, without_tests, words};

/// The longest line of Rust, in characters.
const WIDTH: usize = 100;
/// Keywords that begin a definition.
const KINDS: [&str; 8] = [
    "fn", "struct", "enum", "trait", "type", "mod", "const", "static",
];
/// Sentences from the early texts of the project. Each represents many similar ones.
const OLD_SENTENCES: [&str; 19] = [
    "whose credits and events hundreds of overlays are made for",
    "hear Twitchat, keep the credits, answer who asks",
    "answer who asks",
    "the connection was refused; trying on",
    "is a text: a whole number from 1 up",
    "cannot be told:",
    "it did not happen within",
    "A program that fails is said",
    "that Twitchat does not tell can be published",
    "What it does not lose:",
    "who asked his system for less motion",
    "An OBS without browser sources is told apart",
    "Asks whether an overlay for ad breaks is open. Each that is answers",
    "everything, in 80 px/s",
    "Who had their turn in this session",
    "its hands and eyes within the core",
    "the words of 17",
    "who is there, what it is",
    "What it is not told",
];
/// Documents from an earlier time. They show that scripts of that time still work.
const FIXTURES: &str = "tests/fixtures/before_one_house";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The retired names, and the words that replaced them.
fn retired() -> BTreeMap<String, String> {
    let list = fs::read_to_string(root().join("tests/vocabulary.txt")).unwrap();
    list.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, word) = line.split_once(' ').unwrap();
            (name.to_owned(), word.trim().to_owned())
        })
        .collect()
}

/// Splits a name into its words: `is_told` and `IsTold` are `is` and `told`.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in name.chars() {
        if (c == '_' || c.is_uppercase()) && parts.last().is_some_and(|part| !part.is_empty()) {
            parts.push(String::new());
        }
        if c != '_' {
            parts.last_mut().unwrap().extend(c.to_lowercase());
        }
    }
    parts
}

fn retired_definitions(code: &str, retired: &BTreeMap<String, String>) -> Vec<String> {
    let words = words(code);
    words
        .windows(2)
        .filter(|pair| KINDS.contains(&&*pair[0]))
        .filter_map(|pair| {
            let part = parts(&pair[1])
                .into_iter()
                .find(|part| retired.contains_key(part))?;
            Some(format!("{} {}: {}", pair[0], pair[1], retired[&part]))
        })
        .collect()
}

#[test]
fn no_retired_name_is_defined() {
    let retired = retired();
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !path.contains("tests"))
        .flat_map(|(path, file)| {
            retired_definitions(
                &code(&without_tests(&fs::read_to_string(&file).unwrap())),
                &retired,
            )
            .into_iter()
            .map(move |definition| format!("{path}: {definition}"))
        })
        .collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn retired_names_are_found_in_definitions_alone() {
    let retired = BTreeMap::from([("told".to_owned(), "emitted".to_owned())]);
    let found = |text: &str| retired_definitions(&code(text), &retired);
    assert_eq!(found("fn is_told() { told() }"), ["fn is_told: emitted"]);
    assert_eq!(found("pub struct ToldOnce;"), ["struct ToldOnce: emitted"]);
    assert_eq!(found("fn untold() {} // fn told"), [""; 0]);
}

/// Collects the files with text that people read or write, by their extensions.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", ".git"].contains(&&*name) {
                texts(&path, found);
            }
        } else if [
            ".rs", ".md", ".js", ".mjs", ".css", ".html", ".toml", ".yml", ".tsv", ".snap", ".txt",
        ]
        .iter()
        .any(|ending| name.ends_with(ending))
        {
            found.push(path);
        }
    }
}

fn all_texts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    texts(root(), &mut found);
    found
}

#[test]
fn no_sentence_of_the_early_texts_is_left() {
    let is_exempt = |path: &Path| {
        path.starts_with(root().join(FIXTURES)) || path.ends_with("tests/layout/wording.rs")
    };
    let found: Vec<_> = all_texts()
        .into_iter()
        .filter(|path| !is_exempt(path))
        .flat_map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            OLD_SENTENCES
                .into_iter()
                .filter(move |sentence| text.contains(sentence))
                .map(move |sentence| format!("{}: {sentence}", path.display()))
        })
        .collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn no_line_of_rust_is_longer_than_100_columns() {
    let found: Vec<_> = all_texts()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .flat_map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let is_long = |(_, line): &(usize, &str)| line.chars().count() > WIDTH;
            let places: Vec<_> = text
                .lines()
                .enumerate()
                .filter(is_long)
                .map(|(number, _)| format!("{}:{}", path.display(), number + 1))
                .collect();
            places
        })
        .collect();
    assert_eq!(found, [""; 0]);
}

/// A fence within a line is shown as text, with its language, by every reader of Markdown.
#[test]
fn code_blocks_of_the_docs_stand_on_lines_of_their_own() {
    let found: Vec<_> = all_texts()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter_map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let is_within = |line: &str| line.contains("```") && !line.trim().starts_with("```");
            let fences = text.lines().filter(|line| line.trim().starts_with("```"));
            let is_odd = fences.count() % 2 == 1;
            (is_odd || text.lines().any(is_within)).then(|| path.display().to_string())
        })
        .collect();
    assert_eq!(found, [""; 0]);
}

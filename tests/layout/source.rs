//! Reads Rust source without a parser: the files, their code without comments and tests, and its
//! words.

use std::fs;
use std::path::{Path, PathBuf};

/// Splits code into names and signs.
pub(crate) fn words(code: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut goes_on = false;
    for c in code.chars() {
        let is_name = c.is_alphanumeric() || c == '_';
        match words.last_mut() {
            Some(word) if goes_on && is_name => word.push(c),
            Some(word) if c == ':' && word == ":" => word.push(c),
            _ if c.is_whitespace() => {}
            _ => words.push(c.into()),
        }
        goes_on = is_name;
    }
    words
}

/// The text without comments, with empty strings and characters.
pub(crate) fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |place: usize| chars.get(place).copied().unwrap_or('\0');
    let (mut code, mut here) = (String::new(), 0);
    while here < chars.len() {
        let begins_word = here == 0 || !(at(here - 1).is_alphanumeric() || at(here - 1) == '_');
        match (at(here), at(here + 1)) {
            ('/', '/') => {
                here = (here..chars.len())
                    .find(|place| at(*place) == '\n')
                    .unwrap_or(chars.len());
            }
            ('/', '*') => {
                let (mut depth, mut place) = (1, here + 2);
                while depth > 0 && place < chars.len() {
                    match (at(place), at(place + 1)) {
                        ('/', '*') => (depth, place) = (depth + 1, place + 2),
                        ('*', '/') => (depth, place) = (depth - 1, place + 2),
                        _ => place += 1,
                    }
                }
                here = place;
            }
            ('r', '"' | '#') if begins_word && raw_hashes(&chars, here + 1).is_some() => {
                let hashes = raw_hashes(&chars, here + 1).unwrap_or_default();
                let closes = |place: &usize| {
                    at(*place) == '"' && (1..=hashes).all(|hash| at(place + hash) == '#')
                };
                here = (here + hashes + 2..chars.len())
                    .find(closes)
                    .map_or(chars.len(), |end| end + hashes + 1);
                code.push_str("\"\"");
            }
            ('"', _) => {
                let mut place = here + 1;
                while place < chars.len() && at(place) != '"' {
                    place += if at(place) == '\\' { 2 } else { 1 };
                }
                here = place + 1;
                code.push_str("\"\"");
            }
            // This is a character, not a lifetime.
            ('\'', '\\') => {
                here = (here + 3..chars.len())
                    .find(|place| at(*place) == '\'')
                    .map_or(chars.len(), |end| end + 1);
            }
            ('\'', _) if at(here + 2) == '\'' => here += 3,
            (c, _) => {
                code.push(c);
                here += 1;
            }
        }
    }
    code
}

/// The number of `#` before the quote of a raw string. `None` if it is not a raw string.
fn raw_hashes(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars.iter().skip(from).take_while(|c| **c == '#').count();
    (chars.get(from + hashes) == Some(&'"')).then_some(hashes)
}

/// The code without items that are compiled for tests only.
pub(crate) fn without_tests(code: &str) -> String {
    let mut left = String::new();
    let mut rest = code;
    let begins = |rest: &str| {
        let marks = ["#[cfg(test)]", "#[cfg(all(test,"];
        marks.iter().filter_map(|mark| rest.find(mark)).min()
    };
    while let Some(begin) = begins(rest) {
        let (before, after) = rest.split_at(begin);
        left.push_str(before);
        let after = after.split_once(']').map_or("", |(_, after)| after);
        let (mut depth, mut end) = (0_usize, after.len());
        for (place, c) in after.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && (c == '}' || c == ';') {
                end = place + c.len_utf8();
                break;
            }
        }
        rest = after.get(end..).unwrap_or_default();
    }
    left + rest
}

/// The source files with their paths below `src`, except for files of tests.
pub(crate) fn sources() -> Vec<(String, PathBuf)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&src, &mut found);
    let below = |path: PathBuf| {
        (
            path.strip_prefix(&src)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/"),
            path,
        )
    };
    let is_test = |path: &str| {
        path.split('/')
            .any(|step| step == "tests" || step == "tests.rs")
    };
    let found: Vec<_> = found
        .into_iter()
        .map(below)
        .filter(|(path, _)| !is_test(path))
        .collect();
    let for_tests: Vec<_> = found.iter().flat_map(declared_for_tests).collect();
    let is_left = |(path, _): &(String, PathBuf)| !for_tests.contains(path);
    found.into_iter().filter(is_left).collect()
}

/// The files of the modules that a file declares for tests only.
fn declared_for_tests((path, file): &(String, PathBuf)) -> Vec<String> {
    let folder = match path.trim_end_matches(".rs") {
        "lib" | "main" => String::new(),
        inner => format!("{}/", inner.trim_end_matches("/mod")),
    };
    let text = code(&fs::read_to_string(file).unwrap());
    let name = |after: &str| {
        let declared = after.trim_start().split_once(';')?.0;
        declared.strip_prefix("mod ").map(str::to_owned)
    };
    let names = text.split("#[cfg(test)]").skip(1).filter_map(name);
    names.map(|name| format!("{folder}{name}.rs")).collect()
}

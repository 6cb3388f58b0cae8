//! Files that each installation overwrites, unless somebody has changed them. A line in the file
//! contains the hash of all other lines.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::Error;
use super::outcome::{Change, Outcome};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// The file stays unchanged, and the call fails.
    Keep,
    /// The file is overwritten.
    Replace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Missing,
    /// The bridge wrote the file, and nobody has changed it.
    Ours,
    /// Somebody has changed the file by hand, or another program wrote it.
    Foreign,
}

const BEGINS: &str = "Written by twitchat-bridge. SHA-256 of the other lines: ";

/// Adds the line with the hash to a text. `before` and `after` make this line a comment. It comes
/// before the line with the number `line`, counted from 0.
pub(super) fn marked(text: &str, line: usize, (before, after): (&str, &str)) -> String {
    let mark = format!("{before}{BEGINS}{}{after}", hash(text.lines()));
    let mut lines: Vec<_> = text.lines().collect();
    lines.insert(line.min(lines.len()), &mark);
    lines.join("\n") + "\n"
}

fn hash<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for line in lines {
        hasher.update(line.trim_end_matches('\r'));
        hasher.update(b"\n");
    }
    hasher
        .finalize()
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _always_fits = write!(hex, "{byte:02x}").is_ok();
            hex
        })
}

fn is_untouched(text: &str) -> bool {
    let is_mark = |line: &&str| line.contains(BEGINS);
    let Some(mark) = text.lines().find(is_mark) else {
        return false;
    };
    mark.contains(&hash(text.lines().filter(|line| !is_mark(line))))
}

/// `None` if there is no file.
pub(super) fn origin(path: &Path) -> Result<Origin, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(match String::from_utf8(bytes) {
            Ok(text) if is_untouched(&text) => Origin::Ours,
            _ => Origin::Foreign,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Origin::Missing),
        Err(source) => Err(Error::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Writes a marked text, unless the file already contains it.
pub(super) fn write(
    path: &Path,
    text: &str,
    existing: Existing,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
        return Ok(());
    }
    if existing == Existing::Keep && origin(path)? == Origin::Foreign {
        return Err(Error::Foreign {
            path: path.to_owned(),
        });
    }
    let failed = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)?;
    outcome.changes.push(Change::Wrote(path.to_owned()));
    Ok(())
}

/// Removes a file if it exists.
pub(super) fn remove(path: &Path, outcome: &mut Outcome) -> Result<(), Error> {
    match fs::remove_file(path) {
        Ok(()) => {
            outcome.changes.push(Change::Removed(path.to_owned()));
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::Remove {
            path: path.to_owned(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_ours_until_somebody_changes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/x.service");
        assert_eq!(origin(&path).unwrap(), Origin::Missing);
        let text = |value: &str| marked(&format!("[Unit]\nA={value}\n"), 1, ("# ", ""));
        let mut outcome = Outcome::default();
        let mut put = |value, existing| write(&path, &text(value), existing, &mut outcome);
        put("1", Existing::Keep).unwrap();
        put("1", Existing::Keep).unwrap();
        put("2", Existing::Keep).unwrap();
        assert_eq!(origin(&path).unwrap(), Origin::Ours);
        let by_hand = fs::read_to_string(&path).unwrap().replace("A=2", "A=3");
        fs::write(&path, by_hand).unwrap();
        assert!(matches!(
            put("2", Existing::Keep),
            Err(Error::Foreign { .. })
        ));
        put("2", Existing::Replace).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text("2"));
        let wrote = Change::Wrote(path.clone());
        assert_eq!(outcome.changes, [wrote.clone(), wrote.clone(), wrote]);
    }

    #[test]
    fn the_mark_is_a_comment_in_its_place() {
        let text = marked("<?xml?>\n<plist/>\n", 1, ("<!-- ", " -->"));
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[1].starts_with("<!-- Written by") && lines[1].ends_with(" -->"));
        assert!(is_untouched(&text) && is_untouched(&text.replace('\n', "\r\n")));
    }
}

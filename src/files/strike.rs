//! Overwrites parts of a text file where they stand. The file keeps its length, so another program
//! can continue to append to it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::Path,
};

/// Replaces each line for which `replace` returns a text of the same length in bytes. In lines that
/// are not UTF-8, `replace` receives replacement characters; such lines are overwritten as a whole.
/// Returns the number of lines that were changed; 0 if there is no file.
///
/// # Errors Fails if the file cannot be read or written.
pub fn lines(path: &Path, replace: impl Fn(&str) -> Option<String>) -> io::Result<usize> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let mut file = None;
    let (mut at, mut changed) = (0_u64, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches(['\n', '\r']);
        if let Some(new) = replace(text) {
            let new = match std::str::from_utf8(line) {
                Ok(_) if new.len() == text.len() => new.into_bytes(),
                _ => vec![b'*'; line.trim_ascii_end().len()],
            };
            if file.is_none() {
                file = Some(OpenOptions::new().write(true).open(path)?);
            }
            if let Some(file) = &mut file {
                file.seek(SeekFrom::Start(at))?;
                file.write_all(&new)?;
            }
            changed += 1;
        }
        at += line.len() as u64;
    }
    if let Some(file) = file {
        file.sync_all()?;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_overwritten_where_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bridge.log");
        let replace = |line: &str| line.contains("zed").then(|| line.replace("zed", "***"));
        assert_eq!(lines(&path, replace).unwrap(), 0);
        fs::write(&path, b"anna\r\nzed and ben\r\n\xff zed\nlast").unwrap();
        assert_eq!(lines(&path, replace).unwrap(), 2);
        let text = fs::read(&path).unwrap();
        assert_eq!(text, b"anna\r\n*** and ben\r\n*****\nlast");
        assert_eq!(lines(&path, replace).unwrap(), 0);
    }
}

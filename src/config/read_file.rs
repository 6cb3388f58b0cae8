//! Which config file was read, and a mark of its text.

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

/// Which config file was read, and a mark of what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    /// Where it is.
    pub path: PathBuf,
    /// The first 16 hexadecimal digits of the text's SHA-256: another text has another one.
    pub digest: Box<str>,
}

impl ReadFile {
    pub(super) fn of(path: PathBuf, text: &str) -> Self {
        let digest = Sha256::digest(text);
        let digits = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
        Self {
            path,
            digest: digits.collect::<String>().into(),
        }
    }
}

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

/// The config file that was read, with a digest of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    pub path: PathBuf,
    /// The first 16 hexadecimal digits of the text's SHA-256, by which a changed text is
    /// recognized.
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

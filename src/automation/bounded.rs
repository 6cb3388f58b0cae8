//! The output of templates, which is limited in length.

use std::io;

/// Longest output of a template in the config, in bytes.
pub(super) const LONGEST: usize = 256 * 1024;
/// Longest document, in bytes.
pub(super) const LONGEST_DOCUMENT: usize = 16 * 1024 * 1024;

/// A buffer that fails when it reaches its greatest length.
pub(super) struct Bounded {
    bytes: Vec<u8>,
    longest: usize,
}

impl Bounded {
    pub(super) fn new(longest: usize) -> Self {
        Self {
            bytes: Vec::new(),
            longest,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= self.longest
    }

    /// The text. Templates write only whole characters, so nothing is replaced.
    pub(super) fn into_text(self) -> String {
        String::from_utf8(self.bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.is_full() {
            Err(io::ErrorKind::FileTooLarge.into())
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

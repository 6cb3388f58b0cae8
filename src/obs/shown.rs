//! Messages in the form in which the `trace` log shows them.

use std::fmt::{self, Write};

/// The longest part of a message that is shown, in bytes.
const SHOWN: usize = 4_096;

/// A message on one line. Control characters, which could change the terminal, become spaces, and a
/// long message is cut.
#[derive(Debug)]
pub(super) struct Shown<'a>(pub(super) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = (0..=SHOWN.min(self.0.len()))
            .rev()
            .find(|at| self.0.is_char_boundary(*at))
            .unwrap_or_default();
        let text = self.0.get(..end).unwrap_or_default();
        for c in text.chars() {
            f.write_char(if c.is_control() { ' ' } else { c })?;
        }
        if end < self.0.len() {
            write!(f, " … ({} bytes)", self.0.len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_steer_the_terminal_and_a_long_one_is_cut() {
        assert_eq!(Shown("a\u{1b}[1m\u{9b}b\n").to_string(), "a [1m b ");
        let long = format!("{}é", "x".repeat(SHOWN - 1));
        let shown = Shown(&long).to_string();
        assert!(shown.ends_with("x … (4097 bytes)"), "{shown}");
    }
}

//! Standard output and standard error. Colour is for terminals only; anstream sees to that, and to
//! `NO_COLOR`.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

use clap::builder::styling::{AnsiColor, Style};

/// Titles.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// Standard output cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutError {
    /// Whoever read it has gone: no error, but no reason to go on.
    #[error("nobody reads standard output any more")]
    Closed,
    /// Anything else.
    #[error("cannot write to standard output")]
    Failed(#[source] io::Error),
}

impl From<io::Error> for OutError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Failed(error)
        }
    }
}

/// `1 message`, `2 messages`.
pub(crate) fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Writes data to standard output, at once and with a line end.
pub(crate) fn line(text: impl Display) -> Result<(), OutError> {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{text}")?;
    Ok(stdout.flush()?)
}

/// Writes data to standard output as it is.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), OutError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    Ok(stdout.flush()?)
}

/// Says something to the user beside the data.
pub(crate) fn note(text: impl Display) {
    // If even standard error is closed, there is nobody to tell.
    drop(writeln!(anstream::stderr().lock(), "{text}"));
}

/// Warns the user.
pub(crate) fn warn(text: &str) {
    labelled("warning", AnsiColor::Yellow, text);
}

/// Says what went wrong.
pub(crate) fn error(text: &str) {
    labelled("error", AnsiColor::Red, text);
}

fn labelled(label: &str, colour: AnsiColor, text: &str) {
    let style = colour.on_default().bold();
    note(format_args!("{style}{label}:{style:#} {}", clean(text)));
}

/// Text of strangers for a terminal: control characters, which could move the cursor or recolour
/// everything, become spaces.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        text.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect::<String>()
            .into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\nc\u{9b}d"), "a [31mb c d");
        assert!(matches!(clean("雪見うどん 🎉"), Cow::Borrowed(_)));
    }
}

//! Standard output and standard error. anstream writes colours only to terminals, and respects
//! `NO_COLOR`.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

use clap::builder::styling::AnsiColor;
use tracing::Level;

use super::log_line;
pub(crate) use super::safe::clean;
use super::safe::harmless;
use super::screen;
pub(crate) use super::style::{BOLD, DIM};

/// Standard output cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutError {
    /// The reader has closed the pipe. This is not a failure, but it ends the verb.
    #[error("the reader of standard output has closed it")]
    Closed,
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

/// Writes a line of data to standard output, and flushes it.
pub(crate) fn line(text: impl Display) -> Result<(), OutError> {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{}", harmless(&text.to_string()))?;
    Ok(stdout.flush()?)
}

/// Writes data to standard output without changes.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), OutError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    Ok(stdout.flush()?)
}

/// Writes a note to standard error. On a terminal it is wrapped at words, except for indented
/// lines, which are commands.
pub(crate) fn note(text: impl Display) {
    let text = text.to_string();
    if log_line::is_json() {
        return object(Level::INFO, &text);
    }
    let width = screen::width_of(&io::stderr());
    let wrapped = |line: &str| {
        let width = width.filter(|_| !line.starts_with(' '));
        screen::hanging("", line, 0, width)
    };
    let lines: Vec<_> = text.split('\n').map(wrapped).collect();
    // If standard error is closed, the note cannot be shown.
    drop(writeln!(
        anstream::stderr().lock(),
        "{}",
        harmless(&lines.join("\n"))
    ));
}

fn object(level: Level, text: &str) {
    let line = log_line::as_json(level, text);
    // If standard error is closed, the line cannot be shown.
    drop(writeln!(io::stderr().lock(), "{line}"));
}

/// Writes an error of the command line to standard error, wrapped like a note. The styles are
/// clap's.
pub(crate) fn usage_error(error: &clap::Error) {
    let text = error.render().ansi().to_string();
    if log_line::is_json() {
        return object(Level::ERROR, text.trim_end());
    }
    let width = screen::width_of(&io::stderr());
    let lines: Vec<_> = text
        .trim_end()
        .split('\n')
        .map(|line| screen::hanging("", line, 0, width))
        .collect();
    // If standard error is closed, the error cannot be shown.
    drop(writeln!(anstream::stderr().lock(), "{}", lines.join("\n")));
}

pub(crate) fn warn(text: &str) {
    labelled(Level::WARN, "warning", AnsiColor::Yellow, text);
}

pub(crate) fn error(text: &str) {
    labelled(Level::ERROR, "error", AnsiColor::Red, text);
}

fn labelled(level: Level, label: &str, colour: AnsiColor, text: &str) {
    let style = colour.on_default().bold();
    let text = without_os_codes(text);
    if log_line::is_json() {
        return object(level, &text);
    }
    note(format_args!("{style}{label}:{style:#} {}", clean(&text)));
}

/// Removes the numbers that Rust appends to errors of the operating system, as in `No such file or
/// directory (os error 2)`.
fn without_os_codes(text: &str) -> Cow<'_, str> {
    const BEFORE: &str = " (os error ";
    let mut text = Cow::Borrowed(text);
    while let Some((start, end)) = text.find(BEFORE).and_then(|start| {
        let length = text.get(start..)?.find(')')?;
        Some((start, start + length))
    }) {
        text.to_mut().replace_range(start..=end, "");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_operating_systems_errors_are_not_shown() {
        let error = "cannot read a: No such file (os error 2); b: denied (os error 13)";
        assert_eq!(
            without_os_codes(error),
            "cannot read a: No such file; b: denied"
        );
        assert_eq!(without_os_codes("odd (os error 2"), "odd (os error 2");
    }
}

//! Standard output and standard error. anstream writes colours only to terminals, and respects
//! `NO_COLOR`.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

use clap::builder::styling::AnsiColor;

use super::screen;
use super::style::STYLES;
pub(crate) use super::style::{BOLD, DIM};

/// Standard output cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutError {
    /// The reader has closed the pipe. This is no error, but the verb ends.
    #[error("nobody reads standard output any more")]
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

/// Writes an error of the command line to standard error, wrapped like a note. The styles are
/// clap's.
pub(crate) fn usage_error(error: &clap::Error) {
    let text = error.render().ansi().to_string();
    let width = screen::width_of(&io::stderr());
    let lines: Vec<_> = text
        .trim_end()
        .split('\n')
        .map(|line| screen::hanging("", line, 0, width))
        .collect();
    // If standard error is closed, the error cannot be shown.
    drop(writeln!(anstream::stderr().lock(), "{}", lines.join("\n")));
}

/// Writes a warning to standard error.
pub(crate) fn warn(text: &str) {
    labelled("warning", AnsiColor::Yellow, text);
}

/// Writes an error to standard error.
pub(crate) fn error(text: &str) {
    labelled("error", AnsiColor::Red, text);
}

fn labelled(label: &str, colour: AnsiColor, text: &str) {
    let style = colour.on_default().bold();
    let text = without_os_codes(text);
    note(format_args!("{style}{label}:{style:#} {}", clean(&text)));
}

/// A text without the numbers that Rust writes behind errors of the operating system, as in `No
/// such file or directory (os error 2)`.
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

/// A text by other people, made safe for a terminal: control characters, which could move the
/// cursor or change colours, become spaces. Characters that change the direction of the text after
/// them are removed.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() || turns(c)) {
        return text.into();
    }
    text.chars()
        .filter(|&c| !turns(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .into()
}

/// Overrides, embeddings and isolates of Unicode's bidirectional algorithm.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The same text with every control character escaped as in JSON (`\u009b`), except line ends, tabs
/// and our own styles. JSON keeps its meaning, because it can contain control characters only
/// within strings.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() && c != '\n') {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let style = STYLES.iter().find(|style| rest.starts_with(**style));
        let taken = match (style, c) {
            (Some(style), _) => *style,
            (None, '\r') if rest.starts_with("\r\n") => "\r\n",
            (None, c) if c.is_control() && !matches!(c, '\n' | '\t') => {
                let code = format!("\\u{:04x}", u32::from(c));
                safe.push_str(&code);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                continue;
            }
            (None, c) => rest.get(..c.len_utf8()).unwrap_or_default(),
        };
        safe.push_str(taken);
        rest = rest.get(taken.len()..).unwrap_or_default();
    }
    safe.into()
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

    #[test]
    fn strangers_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\nc\u{9b}d"), "a [31mb c d");
        assert!(matches!(clean("雪見うどん 🎉"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_name_cannot_turn_the_direction_of_what_follows() {
        assert_eq!(clean("a\u{202e}b\u{2067}نور"), "abنور");
    }

    #[test]
    fn control_characters_are_written_out() {
        let text = "a\u{1b}[2Jb\u{9b}5A\u{7f}\r\u{7}";
        let shown = "a\\u001b[2Jb\\u009b5A\\u007f\\u000d\\u0007";
        assert_eq!(harmless(text), shown);
    }

    #[test]
    fn json_means_the_same_when_control_characters_are_written_out() {
        let value = serde_json::json!({ "name": "a\u{9b}2J\u{7f}" });
        let shown = harmless(&value.to_string()).into_owned();
        assert!(shown.is_ascii(), "{shown}");
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read, value);
    }

    #[test]
    fn line_ends_tabs_and_our_own_styles_stay() {
        let label = AnsiColor::Red.on_default().bold();
        let text = format!("{BOLD}a{BOLD:#}\t{DIM}b{DIM:#}\r\n{label}c{label:#}\n");
        assert_eq!(harmless(&text), text);
    }
}

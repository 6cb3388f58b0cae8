//! Texts made safe for a terminal.

use std::borrow::Cow;

use super::style::STYLES;

/// Makes a text of other people safe for a terminal. Control characters could move the cursor or
/// change colours, so they become spaces. Characters that change the direction of text are removed.
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

/// Whether it is an override, an embedding or an isolate of Unicode's bidirectional algorithm.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Escapes every control character as in JSON (`\u009b`), except line ends, tabs and our own
/// styles. JSON keeps its meaning, because it can contain control characters only within strings.
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
    use clap::builder::styling::AnsiColor;

    use super::*;
    use crate::cli::style::{BOLD, DIM};

    #[test]
    fn other_people_cannot_control_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\nc\u{9b}d"), "a [31mb c d");
        assert!(matches!(clean("雪見うどん 🎉"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_name_cannot_change_the_direction_of_the_text_after_it() {
        assert_eq!(clean("a\u{202e}b\u{2067}نور"), "abنور");
    }

    #[test]
    fn control_characters_are_escaped() {
        let text = "a\u{1b}[2Jb\u{9b}5A\u{7f}\r\u{7}";
        let shown = "a\\u001b[2Jb\\u009b5A\\u007f\\u000d\\u0007";
        assert_eq!(harmless(text), shown);
    }

    #[test]
    fn json_keeps_its_meaning_when_control_characters_are_escaped() {
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

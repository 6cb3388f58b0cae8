//! TOML texts. This is the only place that parses them, and it adds a hint if a path is written in
//! double quotes.

use toml::{Spanned, de::DeTable};

use super::Spot;

/// A hint for the path of a Windows program or file.
pub const BACKSLASH_HINT: &str =
    r"write a path with backslashes in single quotes, such as 'C:\Users\me\file.txt'";

/// A syntax error in a TOML text, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlError {
    pub spot: Spot,
    pub message: String,
}

/// Fails at the first syntax error.
pub fn parse_toml(text: &str) -> Result<Spanned<DeTable<'_>>, TomlError> {
    DeTable::parse(text).map_err(|error| {
        let byte = error.span().map_or(0, |span| span.start);
        let mut message = error.message().to_owned();
        if is_after_backslash(text, byte) {
            message = format!("{message}; {BACKSLASH_HINT}");
        }
        TomlError {
            spot: Spot::of(text, byte),
            message,
        }
    })
}

/// Whether the error at this byte comes from a backslash in double quotes. The parser reports the
/// position of the backslash or of the characters after it.
fn is_after_backslash(text: &str, byte: usize) -> bool {
    const LONGEST_ESCAPE: usize = 10;
    let line = text
        .get(..byte)
        .unwrap_or(text)
        .rfind('\n')
        .map_or(0, |end| end + 1);
    let from = byte.saturating_sub(LONGEST_ESCAPE).max(line);
    let near = text.as_bytes().get(from..=byte).unwrap_or_default();
    let before = text.as_bytes().get(line..byte).unwrap_or_default();
    near.contains(&b'\\') && before.contains(&b'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_double_quotes_gets_a_hint_at_single_quotes() {
        for path in [
            r#""C:\Users\me\pw.txt""#,
            r#""C:\OBS\pw.txt""#,
            r#""D:\pw\xyz""#,
            r#""\\server\share""#,
            r#"["echo", "C:\Games\alert.exe"]"#,
        ] {
            let text = format!("[obs]\npassword_file = {path}\n");
            let error = parse_toml(&text).unwrap_err();
            assert!(error.message.ends_with(BACKSLASH_HINT), "{path}: {error:?}");
            assert_eq!(error.spot.line, 2, "{path}");
        }
    }

    #[test]
    fn other_errors_get_no_hint() {
        for text in [
            "[obs",
            "port = ",
            "a = 1\na = 2",
            "path = 'C:\\Users\nx = \"\"",
        ] {
            let error = parse_toml(text).unwrap_err();
            assert!(!error.message.contains("backslash"), "{text}: {error:?}");
        }
    }
}

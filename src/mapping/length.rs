//! Cuts texts that are longer than people write, before any part of them is stored.
//!
//! This module works on the JSON text itself. A summary may have megabytes, and so it need not be
//! parsed.

/// Maximum length of one text, in bytes as written in JSON. Twitch's longest text has 500
/// characters, or 3,000 bytes when they are escaped.
pub const LONGEST: usize = 4_096;

/// The same JSON with each longer text (key or value) cut and ending in "…". `None` if no text was
/// cut.
pub fn shorten(json: &str) -> Option<String> {
    if json.len() <= LONGEST {
        return None;
    }
    let mut cut: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    while let Some(start) = json
        .get(at..)
        .and_then(|rest| rest.find('"'))
        .map(|found| at + found + 1)
    {
        let Some(rest) = json.get(start..) else { break };
        let (kept, whole) = lengths(rest);
        if kept < whole {
            let short = cut.get_or_insert_with(|| String::with_capacity(json.len()));
            short.push_str(json.get(copied..start + kept)?);
            short.push('…');
            copied = start + whole;
        }
        // Continue after the closing quote.
        at = start + whole + 1;
    }
    let mut short = cut?;
    short.push_str(json.get(copied..).unwrap_or_default());
    Some(short)
}

/// The length of the part to keep, and the full length up to the closing quote. A text is cut
/// between characters, never within an escape or a surrogate pair.
fn lengths(text: &str) -> (usize, usize) {
    let bytes = text.as_bytes();
    let (mut at, mut kept) = (0, None);
    loop {
        let next = match bytes.get(at) {
            None | Some(b'"') => break,
            Some(b'\\') => at + escape(bytes.get(at..).unwrap_or_default()),
            Some(_) => {
                let mut next = at + 1;
                while bytes.get(next).is_some_and(|byte| byte & 0xc0 == 0x80) {
                    next += 1;
                }
                next
            }
        };
        if next > LONGEST && kept.is_none() {
            kept = Some(at);
        }
        at = next;
    }
    let whole = at.min(text.len());
    (kept.unwrap_or(whole), whole)
}

/// The two halves of a surrogate pair count as one escape.
fn escape(bytes: &[u8]) -> usize {
    let is_half = |bytes: &[u8], leads: [u8; 4]| {
        bytes.starts_with(b"\\u")
            && bytes.get(2..4).is_some_and(|lead| {
                lead.first()
                    .is_some_and(|first| first.eq_ignore_ascii_case(&b'd'))
                    && lead
                        .get(1)
                        .is_some_and(|second| leads.contains(&second.to_ascii_lowercase()))
            })
    };
    match bytes.get(1) {
        Some(b'u')
            if is_half(bytes, *b"89ab")
                && is_half(bytes.get(6..).unwrap_or_default(), *b"cdef") =>
        {
            12
        }
        Some(b'u') => 6,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn json_without_long_texts_stays_unchanged() {
        assert_eq!(
            shorten(&json!({ "a": "x".repeat(LONGEST) }).to_string()),
            None
        );
        assert_eq!(
            shorten(&json!(vec!["x".repeat(100); 1_000]).to_string()),
            None
        );
    }

    #[test]
    fn a_long_text_is_cut_wherever_it_stands() {
        let long = "ä".repeat(LONGEST);
        let json =
            json!({ "a": long, "b": [1, { "c": long, "d": "stays" }], "e": "\"" }).to_string();
        let kept = format!("{}…", "ä".repeat(LONGEST / 2));
        assert_eq!(
            serde_json::from_str::<Value>(&shorten(&json).unwrap()).unwrap(),
            json!({ "a": kept, "b": [1, { "c": kept, "d": "stays" }], "e": "\"" })
        );
        let key = format!("{{\"{}\":1}}", "k".repeat(15 << 20));
        assert!(shorten(&key).unwrap().len() < LONGEST + 16);
    }

    #[test]
    fn neither_an_escape_nor_a_pair_is_cut_in_two() {
        for (unit, before) in [("\\\\ud83d\\\\ude00", 3), ("\\\\\"", 1), ("\\\\u00e4", 5)] {
            let unit = unit.replace("\\\\", "\\");
            for shift in 0..=before {
                let json = format!("[\"{}{}\"]", "x".repeat(shift), unit.repeat(LONGEST));
                let short = shorten(&json).unwrap();
                assert!(
                    serde_json::from_str::<Value>(&short).is_ok(),
                    "{unit} {shift}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn the_result_is_json_with_the_same_short_texts(
            texts in prop::collection::vec((".{0,20}", 0_usize..600), 1..6),
        ) {
            let long: Vec<_> = texts.iter().map(|(text, times)| text.repeat(*times)).collect();
            let json = serde_json::to_string(&long).unwrap();
            let shortened = shorten(&json).unwrap_or_else(|| json.clone());
            let short: Vec<String> = serde_json::from_str(&shortened).unwrap();
            for (before, after) in long.iter().zip(&short) {
                let is_long = serde_json::to_string(before).unwrap().len() > LONGEST + 2;
                prop_assert_eq!(is_long, before != after);
                prop_assert!(after.len() <= LONGEST + 3);
                let is_cut = before.starts_with(after.trim_end_matches('…'));
                prop_assert!(before == after || is_cut);
            }
        }

        #[test]
        fn never_panics(json in ".*", times in 1_usize..2_000) {
            let _short = shorten(&json.repeat(times));
        }
    }
}

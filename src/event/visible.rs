//! Whether a name shows anything: names without a visible character cannot be distinguished.

use unicode_width::UnicodeWidthChar;

/// Whether a text has at least one character that is drawn. Spaces, joiners, fillers, direction
/// controls, tags, variation selectors, and marks that need a base letter do not count. They may
/// stand beside a character that is drawn: emoji, Persian and Indic names need joiners.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(is_drawn)
}

/// `unicode-width` gives no column to marks and to characters that Unicode ignores by default. This
/// function also excludes blanks that have a width.
fn is_drawn(c: char) -> bool {
    // A vowel or a final consonant of Hangul has a width only together with the letter before it.
    let is_letter_of_hangul = matches!(c, '\u{1161}'..='\u{11ff}');
    // Soft hyphen, Hangul's first filler, Braille without dots, musical note without a head,
    // Egyptian blanks.
    let is_blank = c.is_whitespace()
        || matches!(
            c,
            '\u{ad}' | '\u{115f}' | '\u{2800}' | '\u{1d159}' | '\u{13441}' | '\u{13442}'
        );
    !is_blank && (is_letter_of_hangul || c.width().is_some_and(|columns| columns > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_drawn_characters_is_not_visible() {
        let blanks = [
            "",
            " \u{a0}\u{3000}\t",
            "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}",
            "\u{3164}",
            "\u{115f}",
            "\u{1160}",
            "\u{ffa0}",
            "\u{2800}\u{2800}",
            "\u{ad}",
            "\u{34f}",
            "\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}",
            "\u{fe0f}\u{e0100}\u{180b}",
            "\u{e0001}\u{e0061}\u{e007f}",
            "\u{301}\u{20dd}",
            "\u{1d159}",
            "\u{7}\u{0}",
        ];
        for blank in blanks {
            assert!(!is_visible(blank), "{blank:?}");
        }
    }

    #[test]
    fn one_character_that_is_drawn_is_enough() {
        for name in [
            "a",
            "\u{200b}a\u{200b}",
            "雪",
            "é",
            "👩\u{200d}🚀",
            "🏴\u{e0067}\u{e007f}",
            "한",
            "\u{1161}",
            "ก็",
            "؟",
            "ⷠa",
            "🇩🇪",
            ".",
            "\u{e000}",
        ] {
            assert!(is_visible(name), "{name:?}");
        }
    }
}

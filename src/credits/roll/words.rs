//! Placeholders in titles and texts: `{count}`, `{channel}`, `{date}`.

/// Every placeholder with its meaning.
pub const PLACEHOLDERS: [(&str, &str); 11] = [
    (
        "name",
        "the name of a group, a list of your own or a section's kind",
    ),
    ("count", "how many stand in the section"),
    ("total", "their amounts together"),
    ("all", "how many there are, also those beyond the limit"),
    (
        "sum",
        "the amounts of all of them together, with their units",
    ),
    ("channel", "your name"),
    ("title", "the stream's title"),
    ("game", "the category that was played last"),
    ("date", "the day, as 2026-11-21"),
    ("time", "the time of day, as 21:30"),
    ("duration", "how long the session has been, as 3 h 12 min"),
];

/// A part of a template.
enum Piece<'a> {
    Text(&'a str),
    /// The name between the braces, and the whole with the braces.
    Placeholder(&'a str, &'a str),
}

/// Splits a template. A placeholder is letters in braces; all other braces are plain text.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let open = rest.find('{').unwrap_or(rest.len());
        if open > 0 {
            let (text, after) = rest.split_at(open);
            rest = after;
            return Some(Piece::Text(text));
        }
        let name = rest
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
            .map(|(name, _)| name);
        let is_name = |name: &&str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        };
        let name = name.filter(is_name);
        let (piece, after) = rest.split_at(name.map_or(1, |name| name.len() + 2));
        rest = after;
        Some(name.map_or(Piece::Text(piece), |name| Piece::Placeholder(name, piece)))
    })
}

/// Replaces placeholders with their values. Placeholders without a value stay unchanged.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    pieces(template)
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Placeholder(name, whole) => value(name).unwrap_or_else(|| whole.to_owned()),
        })
        .collect()
}

/// Escapes a value for a text with markup: people who can change the stream's title must not be
/// able to format the credits.
pub fn plain(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '*' | '\\' => plain.extend(['\\', letter]),
            _ => plain.push(letter),
        }
    }
    plain
}

pub fn unknown_placeholder(template: &str) -> Option<&str> {
    pieces(template).find_map(|piece| match piece {
        Piece::Placeholder(name, _) if !PLACEHOLDERS.iter().any(|(known, _)| *known == name) => {
            Some(name)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_letters_in_braces() {
        let value = |name: &str| (name == "count").then(|| "12".to_owned());
        assert_eq!(
            fill("{count} new, {{count}} {x} {} { count } {count", value),
            "12 new, {12} {x} {} { count } {count"
        );
        assert_eq!(fill("ünïcödé {count}é", value), "ünïcödé 12é");
        assert_eq!(
            (
                unknown_placeholder("{count} {cuont}"),
                unknown_placeholder("{} {1} {date}")
            ),
            (Some("cuont"), None)
        );
    }

    #[test]
    fn values_in_a_text_are_no_markup() {
        assert_eq!(
            plain(r"a*b* <b>R&D</b> \o/"),
            r"a\*b\* &lt;b>R&amp;D&lt;/b> \\o/"
        );
    }

    proptest! {
        #[test]
        fn without_values_nothing_changes(template in ".*") {
            prop_assert_eq!(fill(&template, |_| None), template);
        }
    }
}

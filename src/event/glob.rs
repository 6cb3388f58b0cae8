//! PURE. Patterns such as `Twitch.*`: `*` matches any text, `?` matches one character, and case
//! does not matter.

/// A pattern for names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Box<[char]>);

impl Glob {
    /// Compiles a pattern. Every text is a valid pattern; one without `*` and `?` matches only
    /// itself.
    pub fn new(pattern: &str) -> Self {
        Self(lower(pattern).collect())
    }

    /// Whether the pattern is `*`, which matches every name.
    pub fn is_all(&self) -> bool {
        *self.0 == ['*']
    }

    /// Whether the pattern matches the whole name. The time is at most the pattern's length times
    /// the name's.
    pub fn matches(&self, name: &str) -> bool {
        let (mut pattern, mut rest) = (self.0.iter(), lower(name));
        // The place to continue at if the text after the last star does not match: one character
        // further on.
        let mut star = None;
        loop {
            match (pattern.as_slice().first(), rest.clone().next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    pattern.next();
                    star = Some((pattern.clone(), rest.clone()));
                }
                (Some(wanted), Some(c)) if *wanted == '?' || *wanted == c => {
                    pattern.next();
                    rest.next();
                }
                _ => {
                    let Some((after, from)) = &mut star else {
                        return false;
                    };
                    if from.next().is_none() {
                        return false;
                    }
                    (pattern, rest) = (after.clone(), from.clone());
                }
            }
        }
    }
}

fn lower(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_question_marks_and_case() {
        let is = |pattern: &str, name: &str| Glob::new(pattern).matches(name);
        for (pattern, name) in [
            ("twitch.*", "Twitch.Follow"),
            ("*", ""),
            ("*.follow", "Twitch.Follow"),
            ("*sub*", "Twitch.GiftSub"),
            ("t?itch.cheer", "Twitch.Cheer"),
            ("**a**", "a"),
            ("*a*b", "aabab"),
            ("Ærø.*", "ærØ.x"),
        ] {
            assert!(is(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("Twitch.*", "Twitchat.FOLLOW"),
            ("", "x"),
            ("?", ""),
            ("a?", "a"),
            ("*b", "aba"),
            ("Twitch", "Twitch.Follow"),
            ("a*a", "a"),
        ] {
            assert!(!is(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        assert!(!Glob::new(&"*a".repeat(50)).matches(&"ab".repeat(40)));
    }

    proptest::proptest! {
        #[test]
        fn a_star_on_both_sides_finds_an_inner_text(before in "[a-c]{0,4}", inner in "[a-c]{0,4}",
            after in "[a-c]{0,4}") {
            let text = format!("{before}{inner}{after}");
            let pattern = format!("*{inner}*");
            proptest::prop_assert!(Glob::new(&pattern).matches(&text));
            proptest::prop_assert_eq!(Glob::new(&inner).matches(&text), inner == text);
        }
    }
}

//! Patterns such as `Twitch.*`: `*` stands for anything, `?` for one character, case does not matter.

/// A pattern for names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob(Vec<char>);

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        Self(pattern.to_lowercase().chars().collect())
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        matches(&self.0, &name.to_lowercase().chars().collect::<Vec<_>>())
    }
}

/// One row of the usual table per pattern character, so that `*a*a*a*b` takes no longer than its length times the name's.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let mut reached: Vec<bool> = std::iter::once(true).chain(name.iter().map(|_| false)).collect();
    for wanted in pattern {
        let mut before = false;
        for (place, now) in reached.iter_mut().enumerate() {
            let came = std::mem::replace(&mut before, *now);
            *now = match wanted {
                '*' => *now || (place > 0 && came),
                wanted => place > 0 && came && (*wanted == '?' || name.get(place - 1) == Some(wanted)),
            };
            if *wanted == '*' {
                before = *now;
            }
        }
    }
    reached.last().copied().unwrap_or(false)
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
        for (pattern, name) in
            [("Twitch.*", "Twitchat.FOLLOW"), ("", "x"), ("?", ""), ("a?", "a"), ("*b", "aba"), ("Twitch", "Twitch.Follow"), ("a*a", "a")]
        {
            assert!(!is(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        assert!(!Glob::new(&"*a".repeat(50)).matches(&"ab".repeat(40)));
    }
}

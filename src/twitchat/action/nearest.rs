//! The known names that resemble an unknown one.

/// At least this alike (0 to 1), or nothing is suggested.
const ALIKE: f64 = 0.5;
/// How many are suggested at most.
const FEW: usize = 3;

/// The candidates most like `name`, the likest first; none if none is like it. A name that holds
/// all of the given one is like it too.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let likeness = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let alike = strsim::normalized_damerau_levenshtein(&name, &candidate);
        let holds = name.chars().count() >= 3 && candidate.contains(&name);
        if holds { alike.max(ALIKE) } else { alike }
    };
    let mut scored: Vec<_> = candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    scored.dedup();
    scored
        .into_iter()
        .take(FEW)
        .map(|(_, candidate)| candidate)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_likest_come_first_and_what_is_not_alike_not_at_all() {
        let names = [
            "CHAT_FEED_READ",
            "GREET_FEED_READ",
            "CHAT_FEED_READ_ALL",
            "SHOUTOUT",
        ];
        assert_eq!(
            nearest("CHAT_FED_READ", names),
            ["CHAT_FEED_READ", "CHAT_FEED_READ_ALL", "GREET_FEED_READ"]
        );
        assert_eq!(nearest("shout", names), ["SHOUTOUT"]);
        assert_eq!(nearest("dance", names), [""; 0]);
    }
}

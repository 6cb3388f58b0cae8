//! The known name that resembles an unknown one most.

/// At least this alike (0 to 1), or nothing is suggested.
const ALIKE: f64 = 0.6;

/// The candidate most like `name`, if any is like it. A name written without its section counts
/// too.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let last = |dotted: &str| dotted.rsplit('.').next().unwrap_or_default().to_lowercase();
    let likeness = |candidate: &str| {
        let whole = strsim::normalized_damerau_levenshtein(&name, &candidate.to_lowercase());
        // The right name in the wrong section, or in none.
        let part = strsim::normalized_damerau_levenshtein(&last(&name), &last(candidate)) * 0.9;
        whole.max(part)
    };
    let scored = candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate));
    scored
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_missing_sections_are_forgiven() {
        let keys = [
            "obs.host",
            "obs.port",
            "obs.password",
            "obs.password_file",
            "store.path",
        ];
        assert_eq!(nearest("obs.prot", keys), Some("obs.port"));
        assert_eq!(nearest("port", keys), Some("obs.port"));
        assert_eq!(nearest("store.port", keys), Some("obs.port"));
        assert_eq!(nearest("obs.Passwrd", keys), Some("obs.password"));
        assert_eq!(nearest("obs.colour", keys), None);
    }
}

//! Finds the known names that are most similar to an unknown one.

/// Minimum similarity of a single suggestion. 0 means no similarity, 1 equality.
const ALIKE: f64 = 0.6;
/// Minimum similarity if several names are suggested, because the reader chooses among them.
const RATHER_ALIKE: f64 = 0.5;
/// Maximum number of suggestions.
const FEW: usize = 3;

/// The candidates most similar to `name`, the most similar first. At most three names are returned,
/// and none if none is similar enough. A candidate that contains the name is similar. A section
/// before a point counts little, so `port` is similar to `obs.port`.
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = alike(name, candidates, RATHER_ALIKE);
    found.truncate(FEW);
    found
}

/// The candidate that is most similar to `name`. `None` if none is similar enough.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    alike(name, candidates, ALIKE).first().copied()
}

fn alike<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    least: f64,
) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let likeness = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let whole = strsim::normalized_damerau_levenshtein(&name, &candidate);
        let part = strsim::normalized_damerau_levenshtein(last(&name), last(&candidate)) * 0.9;
        let holds = name.chars().count() >= 3 && candidate.contains(&name);
        whole.max(part).max(if holds { ALIKE } else { 0.0 })
    };
    let mut scored: Vec<_> = candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(score, _)| *score >= least)
        .collect();
    scored.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    scored.dedup();
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The end of an error about an unknown name: `; did you mean obs.port?`. Empty if there is no
/// suggestion.
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean {nearest}?"))
        .unwrap_or_default()
}

/// A suggestion of the nearest known name, or of all known names if none is near.
pub fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("known are {}", known.join(", ")),
    }
}

/// The part after the last point of a name.
fn last(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or_default()
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

    #[test]
    fn the_most_similar_come_first_and_others_are_left_out() {
        let names = [
            "CHAT_FEED_READ",
            "GREET_FEED_READ",
            "CHAT_FEED_READ_ALL",
            "SHOUTOUT",
        ];
        assert_eq!(
            similar("CHAT_FED_READ", names),
            ["CHAT_FEED_READ", "CHAT_FEED_READ_ALL", "GREET_FEED_READ"]
        );
        assert_eq!(similar("shout", names), ["SHOUTOUT"]);
        assert_eq!(similar("dance", names), [""; 0]);
    }

    #[test]
    fn part_of_a_name_and_a_name_without_its_section_suggest_the_whole_everywhere() {
        assert_eq!(
            nearest("credits", ["GetInfo", "GetCredits"]),
            Some("GetCredits")
        );
        assert_eq!(
            similar("Folow", ["Twitch.Raid", "Twitch.Follow"]),
            ["Twitch.Follow"]
        );
    }
}

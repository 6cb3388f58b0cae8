//! The services that report tips, purchases and memberships, as the key `services` of a section
//! names them.

/// Each service: its name as people write it, and the source of its events.
const SERVICES: [(&str, &str); 13] = [
    ("Ko-fi", "Kofi"),
    ("Streamlabs", "Streamlabs"),
    ("StreamElements", "StreamElements"),
    ("Tipeee", "TipeeeStream"),
    ("Fourthwall", "Fourthwall"),
    ("Patreon", "Patreon"),
    ("DonorDrive", "DonorDrive"),
    ("TreatStream", "TreatStream"),
    ("Pally.gg", "Pallygg"),
    ("Shopify", "Shopify"),
    ("Twitch", "Twitch"),
    ("YouTube", "YouTube"),
    ("TikTok", "TikTok"),
];

/// A service that reports support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Service(&'static str);

impl Service {
    /// The service of this name or source, in any case and with or without punctuation.
    pub fn parse(word: &str) -> Option<Self> {
        let letters = |word: &str| {
            let letters = word.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect::<String>()
        };
        let word = letters(word);
        SERVICES
            .iter()
            .find(|(name, source)| letters(name) == word || letters(source) == word)
            .map(|(_, source)| Self(source))
    }

    /// The names of all services, as people write them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SERVICES.iter().map(|(name, _)| *name)
    }

    /// The name, as people write it.
    pub fn name(self) -> &'static str {
        let found = SERVICES.iter().find(|(_, source)| *source == self.0);
        found.map_or(self.0, |(name, _)| *name)
    }

    /// Whether an event of this source comes from the service.
    pub fn is_source(self, source: &str) -> bool {
        self.0.eq_ignore_ascii_case(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::published::FEEDS;

    #[test]
    fn every_service_whose_support_counts_has_a_name() {
        let sources = FEEDS
            .iter()
            .filter(|feed| feed.section().starts_with("Custom."))
            .map(|feed| feed.source);
        for source in sources {
            assert!(Service::parse(source).is_some(), "{source}");
        }
    }

    #[test]
    fn a_service_is_found_as_people_write_it() {
        for word in ["Ko-fi", "kofi", "KO FI"] {
            let service = Service::parse(word).unwrap();
            assert!(service.is_source("Kofi"), "{word}");
        }
        assert_eq!(Service::parse("tipeeestream"), Service::parse("Tipeee"));
        assert_eq!(Service::parse("Paypal"), None);
    }
}

//! The options of a test audience, of which the same ones always give the same people.

/// The options of a test audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct TestAudience {
    /// Number of people.
    pub names: usize,
    /// Each seed gives another audience.
    pub seed: u64,
    /// Whether names have 25 characters, the most that Twitch allows.
    pub long: bool,
    /// Whether many names run from right to left; otherwise few do.
    pub rtl: bool,
    /// Whether many names have emoji; otherwise few do.
    pub emoji: bool,
    /// Whether tips are in several currencies.
    pub mixed_currency: bool,
}

impl Default for TestAudience {
    fn default() -> Self {
        Self {
            names: 120,
            seed: 1,
            long: false,
            rtl: false,
            emoji: false,
            mixed_currency: false,
        }
    }
}

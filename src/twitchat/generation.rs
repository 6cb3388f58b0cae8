//! The three generations of Twitchat.

use std::str::FromStr;

/// A range of Twitchat's versions with the same names and shapes.
///
/// ```
/// use twitchat_bridge::client::Generation;
///
/// let generation: Generation = "16.17.1".parse()?;
/// assert_eq!(generation, Generation::Second);
/// assert_eq!(generation.number(), 2);
/// assert!(Generation::ALL.is_sorted(), "the oldest first");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display)]
pub enum Generation {
    /// 0.x to 6.x: IRC tags instead of users, and some different names.
    #[strum(to_string = "6.x or older (first generation)")]
    First,
    /// 7.x to 16.x: the names of the public API page.
    #[strum(to_string = "7.x to 16.x (second generation)")]
    Second,
    /// 17: every name begins with `ON_`, `SET_` or `GET_`.
    #[strum(to_string = "17 or newer (third generation)")]
    Third,
}

impl Generation {
    /// All generations, the oldest first.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];

    /// The number 1, 2 or 3, which the bridge stores and `GetStatus` reports.
    pub fn number(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
        }
    }
}

/// The text is not a generation or a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a generation of Twitchat: use 1 (up to 6.x), 2 (7.x to 16.x) or 3 (17)")]
pub struct UnknownGeneration(pub String);

impl FromStr for Generation {
    type Err = UnknownGeneration;

    /// Reads `1`, `2`, `3`, or a version from 4 on: `16`, `17`, `16.17.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let major = text.trim().split('.').next().unwrap_or_default();
        match major.parse::<u32>() {
            Ok(1 | 4..=6) => Ok(Self::First),
            Ok(2 | 7..=16) => Ok(Self::Second),
            Ok(3 | 17..) => Ok(Self::Third),
            _ => Err(UnknownGeneration(text.to_owned())),
        }
    }
}

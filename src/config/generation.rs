//! The generation of Twitchat that the bridge assumes if the config sets one.

use crate::input::Show;

/// A generation of Twitchat's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// Up to Twitchat 6.
    One,
    /// Twitchat 7 to 16.
    Two,
    /// From Twitchat 17 on.
    Three,
}

impl Generation {
    /// Reads a version, such as `16` or `16.17.1`, or the number of a generation. `None` for any
    /// other text.
    pub(super) fn of_version(version: &str) -> Option<Self> {
        let major = version.trim().split('.').next()?.parse::<u32>().ok()?;
        match major {
            0 => None,
            1 | 4..=6 => Some(Self::One),
            2 | 7..=16 => Some(Self::Two),
            3 | 17.. => Some(Self::Three),
        }
    }
}

impl Show for Generation {
    fn show(&self) -> Option<String> {
        let number = match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
        };
        Some(number.into())
    }
}

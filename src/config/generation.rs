//! Which of Twitchat's generations the bridge should take for granted.

use crate::input::Show;

/// A generation of Twitchat's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// The oldest.
    One,
    /// Up to Twitchat 16.
    Two,
    /// From Twitchat 17.
    Three,
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

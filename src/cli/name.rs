//! How the program is called.

/// The command as people call it.
pub(crate) const NAME: &str = "twitchat-bridge";

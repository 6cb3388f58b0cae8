/// The command's name, as users type it.
pub(crate) const NAME: &str = "twitchat-bridge";

//! The `twitchat-bridge` command.

fn main() {}

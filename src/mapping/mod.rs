//! PURE. Twitchat's messages into Streamer.bot's events, and published events into facts.

pub mod published;
pub mod render;

//! PURE. Streamer.bot's requests: parse and answer.

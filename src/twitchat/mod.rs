//! PURE. Twitchat's own language: envelopes, three generations of names and shapes, summary, labels.

//! PURE. Owns the models and takes (input, now) to effects. No I/O, clock, randomness or logging in here.

pub mod journal;

//! Runs `config` of `tests/bus/fuzz_targets.rs`.
#![no_main]

#[path = "../../tests/bus/fuzz_targets.rs"]
#[expect(dead_code, reason = "this program runs one of the targets")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::config(bytes));

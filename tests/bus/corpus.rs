//! Runs the bodies of the fuzz targets with the corpus in `tests/fixtures/fuzz`, and with changed
//! versions of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use crate::fuzz_targets::TARGETS;

/// The number of changed versions of each file.
const CHANGES: u64 = 40;
/// No input may take longer, even in a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/fuzz")
        .join(target)
}

/// The files of a target with their names, in a fixed order.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder(target)).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().display().to_string();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Replaces, removes, doubles or inserts some bytes.
fn changed(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.usize(1..4) {
        let from = random.usize(..=bytes.len());
        let to = (from + random.usize(..8)).min(bytes.len());
        let piece: Vec<u8> = match random.u8(0..4) {
            0 => Vec::new(),
            1 => bytes[from..to].repeat(2),
            2 => vec![random.u8(..)],
            _ => vec![*random.choice(b"{}[]\",:.-0e\\%'\n<>|`").unwrap()],
        };
        drop(bytes.splice(from..to, piece));
    }
    bytes
}

#[test]
fn no_input_of_the_corpus_makes_a_fuzz_target_panic_or_hang() {
    for (name, target) in TARGETS {
        let files = corpus(name);
        assert!(files.len() >= 10, "{name}: {} files", files.len());
        for (file, bytes) in files {
            let begun = Instant::now();
            target(&bytes);
            let took = begun.elapsed();
            assert!(took < LONGEST, "{name}/{file} took {took:?}");
        }
    }
}

#[test]
fn no_changed_input_makes_a_fuzz_target_panic() {
    let mut random = fastrand::Rng::with_seed(18);
    for (name, target) in TARGETS {
        let files = corpus(name);
        // Templates may use all of their fuel, which takes a while.
        let changes = if name == "templates" { 4 } else { CHANGES };
        for (_, bytes) in &files {
            for _ in 0..changes {
                target(&changed(bytes, &mut random));
            }
        }
    }
}

//! The texts that a user gets when something fails.

use super::bridge::Ended;

/// Parts of Rust's `Debug` output, which a user should never see.
const DEBUG_TEXT: [&str; 9] = [
    "Err(", "Ok(", "Some(", "None", "{ ", "Error(", "Os {", "kind:", "panicked",
];

/// Checks that there is one message at the end which contains all these texts, nothing on standard
/// output, and no `Debug` output anywhere.
#[track_caller]
pub(crate) fn assert_clear(ended: &Ended, says: &[&str]) {
    let errors: Vec<_> = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    let [message] = *errors else {
        panic!("not one message:\n{}", ended.stderr)
    };
    for part in says {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    assert!(
        ended.stderr.trim_end().ends_with(message),
        "it is not the last word:\n{}",
        ended.stderr
    );
    assert_eq!(ended.stdout, "");
    assert_readable(&ended.stderr);
}

/// Checks that the text contains no `Debug` output.
#[track_caller]
pub(crate) fn assert_readable(text: &str) {
    for bad in DEBUG_TEXT {
        assert!(!text.contains(bad), "{bad:?} is in:\n{text}");
    }
}

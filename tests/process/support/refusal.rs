//! Checks of the texts that a user gets if something fails.

use super::bridge::Ended;

/// Parts of Rust's `Debug` output, which a user should never see.
const DEBUG_TEXT: [&str; 9] = [
    "Err(", "Ok(", "Some(", "None", "{ ", "Error(", "Os {", "kind:", "panicked",
];

/// Checks that the output ends with one message that contains all these texts, that standard output
/// is empty, and that no `Debug` output appears.
#[track_caller]
pub(crate) fn assert_clear(ended: &Ended, texts: &[&str]) {
    let errors: Vec<_> = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    let [message] = *errors else {
        panic!("not one message:\n{}", ended.stderr)
    };
    for part in texts {
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

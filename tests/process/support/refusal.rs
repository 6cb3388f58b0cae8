//! What a user should be told when something goes wrong.

use super::bridge::Ended;

/// How Rust's `Debug` looks. Nobody should ever see it.
const DEBUG_TEXT: [&str; 9] = [
    "Err(", "Ok(", "Some(", "None", "{ ", "Error(", "Os {", "kind:", "panicked",
];

/// One message at the end that says all this, nothing on standard output, and no Debug text
/// anywhere.
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

/// No Debug text.
#[track_caller]
pub(crate) fn assert_readable(text: &str) {
    for bad in DEBUG_TEXT {
        assert!(!text.contains(bad), "{bad:?} is in:\n{text}");
    }
}

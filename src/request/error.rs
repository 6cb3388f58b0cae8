//! Why a request cannot be answered.

use std::borrow::Cow;

/// Why a request cannot be answered. The texts stand in the reply's `error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// JSON that cannot be taken apart: nested too deeply, a number too large, half a character.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    /// No such request.
    #[error("unknown request \"{name}\"; {hint}")]
    Unknown {
        /// The name as it came.
        name: Box<str>,
        /// The nearest name, or all of them.
        hint: String,
    },
    /// A field that must be there is not.
    #[error("field \"{field}\" is missing: {expected}")]
    Missing {
        field: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// A field holds something else than it must.
    #[error("field \"{field}\" is {found}: {expected}")]
    Wrong {
        field: &'static str,
        /// What it holds.
        found: &'static str,
        /// What belongs there.
        expected: Cow<'static, str>,
    },
    /// A published event lacks what its section needs.
    #[error("field \"data\": {0}")]
    Data(String),
    /// An `id` or a `client` that no reply can repeat.
    #[error("`{field}` {why}; this reply cannot repeat it")]
    Unrepeatable {
        /// Which of the two.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A text or a value that is longer than what is kept.
    #[error("field \"{field}\" must have at most {most} {unit} (got {got})")]
    TooLong {
        field: &'static str,
        /// How long it is.
        got: usize,
        /// How long it may be.
        most: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// Too many large replies wait to be sent.
    #[error(
        "too many large replies at once: {what}; send this request again after one of them has come"
    )]
    Busy {
        /// Whose, how many, and the limit.
        what: String,
    },
    /// What is asked for is not to be had here.
    #[error("{0}")]
    Unavailable(String),
    /// The reply would be too large for OBS.
    #[error(
        "the reply would be {size} bytes, and OBS carries 16 MiB at most: set \"limit\" to the \
            number of names you want per list"
    )]
    TooLarge { size: usize },
    /// What has to be stored cannot be, because the journal cannot be written. Nothing was done.
    #[error(
        "the bridge cannot write its journal right now, so it cannot store this: try again later \
            ({0})"
    )]
    NotDurable(String),
    /// The journal cannot be written any more, and what was asked for is done already.
    #[error(
        "this is done, and it is counted in memory, but it is not on disk yet: the bridge cannot \
            write its journal right now, and stores it as soon as it can. Do not send it again \
            ({0})"
    )]
    NotYetDurable(String),
}

use std::borrow::Cow;

/// Why a request cannot be answered. The text is the reply's `error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The JSON cannot be read: it nests too deeply, or it contains a number that is too large or
    /// an unpaired surrogate.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    #[error("unknown request \"{name}\"; {hint}")]
    Unknown {
        /// The name, cut if it is long.
        name: Box<str>,
        /// The nearest known name, or all known names.
        hint: String,
    },
    /// A required field is missing.
    #[error("`{field}` is missing; it must be {expected}")]
    Missing {
        field: &'static str,
        /// A description of the missing value.
        expected: &'static str,
    },
    /// A field has a value that is not allowed.
    #[error("`{field}` must be {expected} (got {found})")]
    Wrong {
        field: &'static str,
        /// The value, or its type if it is long.
        found: String,
        /// The allowed values.
        expected: Cow<'static, str>,
    },
    /// A published event lacks a value that its section needs.
    #[error("`data`: {0}")]
    Data(String),
    /// The reply cannot repeat this `id` or `client`.
    #[error("`{field}` {why}; this reply cannot repeat it")]
    Unrepeatable {
        /// `id` or `client`.
        field: &'static str,
        /// The reason, which completes a sentence about the field.
        why: String,
    },
    /// A text or a value is longer than the bridge stores.
    #[error("`{field}` must have at most {most} {unit} (got {got})")]
    TooLong {
        field: &'static str,
        /// The length of the value.
        got: usize,
        most: usize,
        /// The unit of both lengths.
        unit: &'static str,
    },
    /// Too many large replies wait to be sent.
    #[error(
        "too many large replies at once: {what}; send this request again when one of them has \
            arrived"
    )]
    Busy {
        /// The client, its number of replies, and the limit.
        what: String,
    },
    /// The request destroys data, and the config file does not allow it.
    #[error(
        "{request} is not allowed over OBS: to allow it, add \"{word}\" to the setting `bus.allow` \
            in the bridge's config file, such as allow = [\"{word}\"] in the section [bus]"
    )]
    NotAllowed {
        request: &'static str,
        /// The word to add to `bus.allow`.
        word: &'static str,
    },
    /// The config file forbids requests to change settings.
    #[error(
        "changing settings over OBS is switched off: to allow it, set settings = \"on\" in the \
            section [bus] of the bridge's config file"
    )]
    SettingsOff,
    /// The bridge does not have the requested data, or cannot carry out the requested action.
    #[error("{0}")]
    Unavailable(String),
    /// The reply would be too large for OBS.
    #[error(
        "the reply would be {size} bytes, and OBS carries 16 MiB at most: set \"limit\" to the \
            number of names you want per list"
    )]
    TooLarge { size: usize },
    /// The journal cannot be written, so the request was not carried out.
    #[error(
        "the bridge cannot write its journal right now, so it cannot store this: try again later \
            ({0})"
    )]
    NotDurable(String),
    /// The request was carried out, but the journal cannot be written at the moment.
    #[error(
        "this is done, and it is counted in memory, but it is not on disk yet: the bridge cannot \
            write its journal right now, and stores it as soon as it can. Do not send it again \
            ({0})"
    )]
    NotYetDurable(String),
}

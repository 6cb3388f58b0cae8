//! The result of a request to the stand-in.

use serde_json::Value;

use super::protocol::status;
use super::state::Happened;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) comment: String,
}

impl Refusal {
    pub(super) fn new(code: u16, comment: impl Into<String>) -> Self {
        Self {
            code,
            comment: comment.into(),
        }
    }

    pub(super) fn not_ready() -> Self {
        Self::new(
            status::NOT_READY,
            "OBS is not ready to perform the request.",
        )
    }

    pub(super) fn not_found(what: &str, name: &str) -> Self {
        Self::new(
            status::RESOURCE_NOT_FOUND,
            format!("No {what} was found by the name of `{name}`."),
        )
    }
}

/// `responseData` and the events that follow, or a refusal.
pub(super) type Answer = Result<(Option<Value>, Vec<Happened>), Refusal>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of a match over requests has this type"
)]
pub(super) fn data(value: Value) -> Answer {
    Ok((Some(value), Vec::new()))
}

/// No `responseData`, and the events that follow.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of a match over requests has this type"
)]
pub(super) fn done(happened: Vec<Happened>) -> Answer {
    Ok((None, happened))
}

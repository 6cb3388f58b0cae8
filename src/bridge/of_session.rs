//! Answers requests about a session that was read from the journal.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    archive::Archive,
    io::Now,
    parts::{Parts, with_roll},
    roll::{self, Cause},
};
use crate::request::{Call, RequestError};

pub(super) fn of_session(
    parts: &mut Parts,
    call: Call,
    archive: &Arc<Archive>,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let options = &parts.base.settings.credits;
    let call = match call {
        Call::OfSession { call, .. } => *call,
        other => other,
    };
    match call {
        Call::GetCredits(wanted) => {
            let wanted = wanted.or(options.spelling);
            Ok(archive.credits(options, wanted, now.wall_ms))
        }
        Call::RollCredits(options) => with_roll(parts, now, |roll, cx| {
            roll.start(options, Cause::Asked, Some(Arc::clone(archive)), cx)
        }),
        Call::GetRoll(options) => Ok(with_roll(parts, now, |_, cx| {
            roll::get_roll(&options, Some(archive), cx)
        })),
        _ => Ok(archive.describe(options, now.wall_ms)),
    }
}

//! Makes large replies only once for equal requests, and limits the number of large replies in
//! flight.
//!
//! With 50,000 people, the credits have megabytes, and making them takes longer than any other task
//! of the bridge. So the bridge keeps a reply until its contents change. A client with too many
//! replies in flight gets an error at once.

use std::sync::Arc;

use jiff::civil::Date;

use super::io::{Now, Pass};
use crate::request::{Call, RequestError};

/// A reply with more bytes is large. Only a few large replies may be in flight.
pub const LARGE: usize = 64 * 1024;
/// The limit on large replies in flight to one client. All requests without a `client` count as one
/// client.
const PER_CLIENT: usize = 4;
/// The limit on large replies in flight to all clients.
const IN_ALL: usize = 16;
/// The limit on the bytes of large replies in flight. A larger reply is sent alone. A text that
/// several replies share counts once.
const BYTES: usize = 32 * 1024 * 1024;
/// The limit on replies that are kept for equal requests.
const KEPT: usize = 8;
/// The limit on the bytes of kept replies. A larger reply is kept alone.
const KEPT_BYTES: usize = 16 * 1024 * 1024;
/// A kept reply is dropped if no client asks for it within this many milliseconds.
const UNUSED_MS: u64 = 30_000;

/// The state that a reply depends on. While it stays equal, the reply stays the same. If the reply
/// does not depend on a field, the field is 0 or `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Revision {
    /// The number of changes of the fold, including changes of people's names and of the session.
    pub(super) fold: u64,
    pub(super) bans: u64,
    /// The number of changes to the times at which people were last seen.
    pub(super) seen: u64,
    /// The time at which the session began, in Unix milliseconds.
    pub(super) since_ms: i64,
    /// The month and the week that the leaderboards show.
    pub(super) period: Option<(Date, Date)>,
    /// The time in Unix seconds, if the reply shows the time.
    pub(super) second: i64,
}

#[derive(Debug)]
struct Made {
    call: Call,
    at: Revision,
    body: Arc<str>,
    used_ms: u64,
}

#[derive(Debug)]
struct UnderWay {
    pass: Pass,
    client: Box<str>,
    shared: Option<Arc<str>>,
    bytes: usize,
}

#[derive(Debug, Default)]
pub(super) struct Replies {
    made: Vec<Made>,
    under_way: Vec<UnderWay>,
    passes: u64,
}

impl Replies {
    /// The kept reply to an equal request, if it is still current. An outdated reply is dropped.
    pub(super) fn find(&mut self, call: &Call, at: Revision, now: Now) -> Option<Arc<str>> {
        self.made.retain(|made| made.call != *call || made.at == at);
        let made = self.made.iter_mut().find(|made| made.call == *call)?;
        made.used_ms = now.mono_ms;
        Some(Arc::clone(&made.body))
    }

    /// Drops all kept replies.
    pub(super) fn clear(&mut self) {
        self.made.clear();
    }

    pub(super) fn keep(&mut self, call: Call, at: Revision, body: &Arc<str>, now: Now) {
        self.made.push(Made {
            call,
            at,
            body: Arc::clone(body),
            used_ms: now.mono_ms,
        });
        while self.made.len() > 1
            && (self.made.len() > KEPT
                || self.made.iter().map(|made| made.body.len()).sum::<usize>() > KEPT_BYTES)
            && let Some((oldest, _)) = self
                .made
                .iter()
                .enumerate()
                .min_by_key(|(_, made)| made.used_ms)
        {
            self.made.remove(oldest);
        }
    }

    /// Drops the replies that no client has asked for recently.
    pub(super) fn forget(&mut self, now: Now) {
        self.made
            .retain(|made| now.mono_ms < made.used_ms + UNUSED_MS);
    }

    /// If a limit is reached, the error names the limit.
    pub(super) fn admit(
        &mut self,
        client: &str,
        bytes: usize,
        shared: Option<&Arc<str>>,
    ) -> Result<Pass, RequestError> {
        let of_client = self
            .under_way
            .iter()
            .filter(|one| *one.client == *client)
            .count();
        let busy = |what: String| Err(RequestError::Busy { what });
        if of_client >= PER_CLIENT {
            let whose = if client.is_empty() {
                "requests without a `client`"
            } else {
                "this `client`"
            };
            return busy(format!(
                "{whose} already wait for {PER_CLIENT} of them, the limit for one client"
            ));
        }
        if self.under_way.len() >= IN_ALL {
            return busy(format!(
                "all clients together already wait for {IN_ALL} of them, the limit for all clients"
            ));
        }
        let more = if shared.is_some_and(|shared| self.is_under_way(shared)) {
            0
        } else {
            bytes
        };
        if !self.under_way.is_empty() && self.bytes() + more > BYTES {
            return busy(format!(
                "the replies in flight have {} MiB; the limit is {} MiB",
                self.bytes() >> 20,
                BYTES >> 20
            ));
        }
        self.passes += 1;
        let pass = Pass(self.passes);
        self.under_way.push(UnderWay {
            pass,
            client: client.into(),
            shared: shared.cloned(),
            bytes,
        });
        Ok(pass)
    }

    fn is_under_way(&self, shared: &Arc<str>) -> bool {
        self.under_way.iter().any(|one| {
            one.shared
                .as_ref()
                .is_some_and(|other| Arc::ptr_eq(shared, other))
        })
    }

    /// A shared text counts once.
    fn bytes(&self) -> usize {
        let is_first = |place: usize, shared: &Arc<str>| {
            !self.under_way.iter().take(place).any(|one| {
                one.shared
                    .as_ref()
                    .is_some_and(|other| Arc::ptr_eq(shared, other))
            })
        };
        let counts = |(place, one): &(usize, &UnderWay)| {
            one.shared
                .as_ref()
                .is_none_or(|shared| is_first(*place, shared))
        };
        self.under_way
            .iter()
            .enumerate()
            .filter(counts)
            .map(|(_, one)| one.bytes)
            .sum()
    }

    /// Sets the body of an admitted reply, which replaces the estimate of its size.
    pub(super) fn made(&mut self, pass: Pass, body: &Arc<str>) {
        if let Some(one) = self.under_way.iter_mut().find(|one| one.pass == pass) {
            one.bytes = body.len();
            one.shared = Some(Arc::clone(body));
        }
    }

    /// Called when OBS has accepted the reply, or when the reply will never be sent.
    pub(super) fn arrived(&mut self, pass: Pass) {
        self.under_way.retain(|one| one.pass != pass);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credits::Spelling;

    const MIB: usize = 1024 * 1024;
    const NOW: Now = Now {
        wall_ms: 0,
        mono_ms: 0,
    };

    fn text(bytes: usize) -> Arc<str> {
        "x".repeat(bytes).into()
    }

    #[test]
    fn bytes_in_flight_are_bounded_but_a_single_reply_may_be_larger() {
        let mut replies = Replies::default();
        let alone = replies.admit("a", 40 * MIB, None).unwrap();
        let error = replies.admit("b", MIB, None).unwrap_err().to_string();
        assert!(
            error.contains("the replies in flight have 40 MiB; the limit is 32 MiB"),
            "{error}"
        );
        replies.arrived(alone);
        assert!((0..4).all(|client| replies.admit(&client.to_string(), 8 * MIB, None).is_ok()));
        assert!(replies.admit("5", 1, None).is_err());
    }

    #[test]
    fn what_several_replies_share_counts_once() {
        let (mut replies, shared) = (Replies::default(), text(10 * MIB));
        let first = replies.admit("a", 1, None).unwrap();
        replies.made(first, &shared);
        assert!((0..15).all(|client| {
            replies
                .admit(&client.to_string(), shared.len(), Some(&shared))
                .is_ok()
        }));
        assert_eq!(replies.bytes(), shared.len());
        replies.arrived(first);
        assert_eq!(replies.bytes(), shared.len(), "others still have it");
    }

    #[test]
    fn kept_replies_are_bounded_and_unused_ones_are_dropped() {
        let mut replies = Replies::default();
        let call = |limit| Call::GetActiveViewers { limit: Some(limit) };
        for limit in 0..20 {
            replies.keep(
                call(limit),
                Revision::default(),
                &text(1),
                Now {
                    mono_ms: limit as u64,
                    ..NOW
                },
            );
        }
        assert_eq!(replies.made.len(), KEPT);
        assert!(
            replies.find(&call(19), Revision::default(), NOW).is_some()
                && replies.find(&call(0), Revision::default(), NOW).is_none()
        );
        replies.keep(
            call(99),
            Revision::default(),
            &text(KEPT_BYTES + 1),
            Now { mono_ms: 99, ..NOW },
        );
        assert_eq!(replies.made.len(), 1, "a large one alone");
        replies.forget(Now {
            mono_ms: 99 + UNUSED_MS,
            ..NOW
        });
        assert!(replies.made.is_empty());
    }

    #[test]
    fn an_outdated_reply_is_dropped() {
        let mut replies = Replies::default();
        replies.keep(
            Call::GetEvents(Spelling::Both),
            Revision::default(),
            &text(1),
            NOW,
        );
        assert!(
            replies
                .find(
                    &Call::GetEvents(Spelling::Both),
                    Revision {
                        fold: 1,
                        ..Revision::default()
                    },
                    NOW
                )
                .is_none()
        );
        assert!(replies.made.is_empty());
    }
}

//! Talking to others on the same OBS: requests and their replies, our Hello, other bridges.
//!
//! A reply waits until all that was written before it is on disk: what the bridge says, a crash
//! cannot take back. While the journal cannot be written, replies go out at once and say that they
//! are not durable; only what has to be stored is refused.

use super::{
    answers, calls,
    io::{Effect, Now},
    parts::Parts,
    pending_reply::{PendingReply, Promise},
};
use crate::request::{
    self, Call, RequestError,
    reply::{self, Durability},
};

/// A request was received.
pub(super) fn receive(parts: &mut Parts, whole: &str, now: Now) {
    let Some(request) = request::read(whole) else {
        parts.base.counts.bus.other += 1;
        return;
    };
    parts.base.counts.bus.requests += 1;
    let client = request.asker.key();
    parts
        .base
        .emitter
        .subscriptions_mut()
        .heard(&client, now.wall_ms);
    let promise = request
        .call
        .as_ref()
        .map_or(Promise::Nothing, |call| calls::promise(parts, call));
    let is_info = request.call == Ok(Call::GetInfo);
    let answer = request.call.and_then(|call| {
        calls::can_store(parts, promise)?;
        answers::answer(parts, call, &client, now)
    });
    let (answer, pass) = match answer {
        Ok((body, pass)) => (Ok(body), pass),
        Err(error) => (Err(error), None),
    };
    // Neither GetInfo nor an error shows anything that a crash could take back: a slow disk
    // keeps nobody waiting for them.
    let is_immediate = is_info || answer.is_err();
    let (asker, unknown, client) = (request.asker, request.unknown, client.into());
    let pending = PendingReply {
        asker,
        client,
        unknown,
        answer,
        promise,
        seq: parts.base.emitter.bus_seq(),
        pass,
    };
    // An answer that is no large one is of the size of its request.
    let ready = if is_immediate {
        Some(pending)
    } else {
        parts
            .held
            .hold(pending, whole.len(), parts.base.out.writes())
    };
    if let Some(ready) = ready {
        reply(parts, ready);
    }
}

/// So many writes are on disk.
pub(super) fn durable(parts: &mut Parts, writes: u64) {
    parts.base.out.writes_mut().committed(writes);
    while let Some(pending) = parts.held.next(parts.base.out.writes()) {
        reply(parts, pending);
    }
}

/// The store failed: nobody who waits is left without an answer.
pub(super) fn release_waiting(parts: &mut Parts) {
    for pending in parts.held.give_up() {
        reply(parts, pending);
    }
}

fn reply(
    parts: &mut Parts,
    PendingReply {
        asker,
        client,
        unknown,
        mut answer,
        promise,
        seq,
        pass,
    }: PendingReply,
) {
    let bridge = parts.base.out.bridge();
    let mut durability = Durability::Durable;
    if answer.is_ok() {
        match (parts.base.out.writes().trouble(), promise) {
            (_, Promise::Nothing) => {}
            (Some(why), Promise::Stored) => {
                answer = Err(RequestError::NotYetDurable(why.to_owned()));
            }
            (Some(_), _) => durability = Durability::InMemory,
            (None, Promise::Credits) if parts.base.out.writes().has_lost() => {
                durability = Durability::InMemory;
            }
            (None, _) => {}
        }
    }
    let is_error = answer.is_err();
    let written = reply::write(&bridge, &asker, seq, durability, &unknown, answer);
    parts.base.counts.bus.refused += u64::from(is_error || written.is_err());
    let written = written.or_else(|error| {
        reply::write(
            &bridge,
            &asker,
            seq,
            Durability::Durable,
            &unknown,
            Err(error),
        )
    });
    match written {
        Ok(reply) => parts.base.out.push(Effect::Reply {
            reply,
            client,
            pass,
        }),
        // An error as large as that cannot be: what it repeats is bounded.
        Err(_) => parts.base.out.note_too_large(),
    }
}

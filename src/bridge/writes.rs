//! Tracks the writes for the store: how many of them are on disk, why the store cannot write, and
//! which replies wait for them.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{io::Backups, journal::Seq, time::instant};

/// The limit on replies that wait for the store. When it, or the limit on the bytes of their
/// requests, is reached, the bridge takes no more requests.
pub(super) const WAITING: usize = 64;
pub(super) const WAITING_BYTES: usize = 4 * 1024 * 1024;
/// The limit on remembered notes about the journal.
const NOTES: usize = 8;

/// Counts the writes for the store, and how many of them are on disk.
#[derive(Debug)]
pub(super) struct Writes {
    next_row: u64,
    asked: u64,
    durable: u64,
    /// The reason why the store cannot write; `None` while it can.
    error: Option<String>,
    /// Notes about the journal in this run, each with its time in Unix milliseconds.
    notes: VecDeque<(i64, String)>,
    /// Whether rows that were on disk are lost. Then the credits are only in memory.
    has_lost: bool,
    backups: Backups,
}

impl Writes {
    /// `last` is the last row of the journal.
    pub(super) fn new(last: Seq) -> Self {
        Self {
            next_row: last.0 + 1,
            asked: 0,
            durable: 0,
            error: None,
            notes: VecDeque::new(),
            has_lost: false,
            backups: Backups::default(),
        }
    }

    pub(super) fn number_row(&mut self) -> Seq {
        let seq = Seq(self.next_row);
        self.next_row += 1;
        seq
    }

    pub(super) fn last_row(&self) -> Seq {
        Seq(self.next_row - 1)
    }

    pub(super) fn count(&mut self) {
        self.asked += 1;
    }

    /// The number of writes for the store so far.
    pub(super) fn asked(&self) -> u64 {
        self.asked
    }

    /// Whether the first `writes` writes are on disk.
    pub(super) fn has_committed(&self, writes: u64) -> bool {
        self.durable >= writes
    }

    /// Called when the first `writes` writes are on disk.
    pub(super) fn committed(&mut self, writes: u64) {
        self.durable = self.durable.max(writes);
    }

    /// Called when the store has failed. Returns whether the error is new.
    pub(super) fn failed(&mut self, why: &str) -> bool {
        let is_new = self.error.as_deref() != Some(why);
        self.error = Some(why.to_owned());
        is_new
    }

    pub(super) fn healed(&mut self) {
        self.error = None;
    }

    /// Remembers a note about the journal's files for `GetStatus`. `lost` means that rows that were
    /// on disk are lost.
    pub(super) fn note(&mut self, text: &str, lost: bool, at_ms: i64) {
        self.has_lost |= lost;
        if self.notes.len() == NOTES {
            self.notes.pop_front();
        }
        self.notes.push_back((at_ms, text.to_owned()));
    }

    pub(super) fn backed_up(&mut self, backups: Backups) {
        self.backups = backups;
    }

    /// The reason why the store cannot write; `None` while it can.
    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Whether rows that were on disk are lost.
    pub(super) fn has_lost(&self) -> bool {
        self.has_lost
    }

    /// The value of `store` in the reply to `GetStatus`.
    pub(super) fn status(&self) -> Value {
        let notes: Vec<_> = self
            .notes
            .iter()
            .map(|(at_ms, text)| json!({ "at": instant(*at_ms), "text": text }))
            .collect();
        json!({ "writes": self.asked, "durable": self.durable,
            "waiting": self.asked - self.durable.min(self.asked),
            "error": self.error, "lost": self.has_lost, "notes": notes,
            "backups": { "keep": self.backups.keep, "count": self.backups.count,
                "last": self.backups.last_ms.map(instant), "error": self.backups.error } })
    }
}

/// A reply that waits, with the number of writes that must be on disk before it is sent.
#[derive(Debug)]
struct Waiting<R> {
    reply: R,
    bytes: usize,
    needs: u64,
}

/// Replies that wait until all earlier writes are on disk.
#[derive(Debug)]
pub(super) struct Held<R> {
    waiting: VecDeque<Waiting<R>>,
    bytes: usize,
}

impl<R> Default for Held<R> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }
}

impl<R> Held<R> {
    /// Keeps a reply until all writes so far are on disk. Returns the reply if it need not wait, or
    /// if the store has failed.
    pub(super) fn hold(&mut self, reply: R, bytes: usize, writes: &Writes) -> Option<R> {
        if writes.durable >= writes.asked || writes.error.is_some() {
            return Some(reply);
        }
        self.bytes += bytes;
        self.waiting.push_back(Waiting {
            reply,
            bytes,
            needs: writes.asked,
        });
        None
    }

    /// The next reply that need not wait any longer. Call this until it returns `None`.
    pub(super) fn next(&mut self, writes: &Writes) -> Option<R> {
        self.waiting
            .front()
            .filter(|first| first.needs <= writes.durable)?;
        let first = self.waiting.pop_front()?;
        self.bytes -= first.bytes;
        Some(first.reply)
    }

    /// Takes all replies that wait, because the store has failed.
    pub(super) fn give_up(&mut self) -> impl Iterator<Item = R> + use<R> {
        self.bytes = 0;
        std::mem::take(&mut self.waiting)
            .into_iter()
            .map(|waiting| waiting.reply)
    }

    /// The number of waiting replies.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether so many replies wait that no more requests are to be taken.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING || self.bytes >= WAITING_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed(
        held: &mut Held<&'static str>,
        writes: &mut Writes,
        upto: u64,
    ) -> Vec<&'static str> {
        writes.committed(upto);
        std::iter::from_fn(|| held.next(writes)).collect()
    }

    #[test]
    fn a_reply_waits_for_the_writes_before_it_alone() {
        let (mut writes, mut held) = (Writes::new(Seq(7)), Held::default());
        assert_eq!(writes.number_row(), Seq(8));
        assert_eq!(
            held.hold("nothing was asked for", 1, &writes),
            Some("nothing was asked for")
        );
        writes.count();
        assert_eq!(held.hold("first", 1, &writes), None);
        writes.count();
        assert_eq!(held.hold("second", 1, &writes), None);
        assert_eq!(held.len(), 2);
        assert_eq!(committed(&mut held, &mut writes, 1), ["first"]);
        assert_eq!(committed(&mut held, &mut writes, 1), [""; 0]);
        assert_eq!(committed(&mut held, &mut writes, 2), ["second"]);
    }

    #[test]
    fn while_the_store_fails_nothing_waits() {
        let (mut writes, mut held) = (Writes::new(Seq(0)), Held::default());
        writes.count();
        assert_eq!(held.hold("waits", WAITING_BYTES, &writes), None);
        assert!(held.is_full());
        assert!(writes.failed("full") && !writes.failed("full") && writes.failed("gone"));
        assert_eq!(held.give_up().collect::<Vec<_>>(), ["waits"]);
        assert!(!held.is_full());
        assert_eq!(held.hold("at once", 1, &writes), Some("at once"));
        writes.healed();
        assert_eq!(held.hold("waits again", 1, &writes), None);
    }
}

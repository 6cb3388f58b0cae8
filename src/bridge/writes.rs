//! Writes that the store was asked for: how many of them are on disk, why not, and which replies
//! wait until they are.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{journal::Seq, status::instant};

/// Replies that may wait for the store before no more requests are taken, and the bytes of their
/// requests.
pub(super) const WAITING: usize = 64;
pub(super) const WAITING_BYTES: usize = 4 * 1024 * 1024;
/// What happened to the journal that is remembered: the last few.
const NOTES: usize = 8;

/// A reply that waits, with the number of the last write that it depends on.
#[derive(Debug)]
struct Waiting<R> {
    reply: R,
    bytes: usize,
    needs: u64,
}

/// Writes, and the replies `R` that wait for them.
#[derive(Debug)]
pub(super) struct Writes<R> {
    next_row: u64,
    asked: u64,
    durable: u64,
    waiting: VecDeque<Waiting<R>>,
    waiting_bytes: usize,
    /// Why nothing can be written right now.
    trouble: Option<String>,
    /// What happened to the journal in this run, with when, Unix milliseconds.
    notes: VecDeque<(i64, String)>,
    /// Entries that were on disk are there no longer: the credits are in memory only.
    has_lost: bool,
}

impl<R> Writes<R> {
    /// For a journal with rows up to `last`.
    pub(super) fn new(last: Seq) -> Self {
        Self {
            next_row: last.0 + 1,
            asked: 0,
            durable: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            trouble: None,
            notes: VecDeque::new(),
            has_lost: false,
        }
    }

    /// The number of a new row.
    pub(super) fn number_row(&mut self) -> Seq {
        let seq = Seq(self.next_row);
        self.next_row += 1;
        seq
    }

    /// The store is asked for one more write.
    pub(super) fn count(&mut self) {
        self.asked += 1;
    }

    /// Keeps a reply back until all that was asked for so far is on disk. Gives it back if it has
    /// nothing to wait for.
    pub(super) fn hold(&mut self, reply: R, bytes: usize) -> Option<R> {
        if self.durable >= self.asked || self.trouble.is_some() {
            return Some(reply);
        }
        self.waiting_bytes += bytes;
        self.waiting.push_back(Waiting {
            reply,
            bytes,
            needs: self.asked,
        });
        None
    }

    /// The first `writes` are on disk. Gives a reply that waits for no more; to be called until
    /// there is none.
    pub(super) fn committed(&mut self, writes: u64) -> Option<R> {
        self.durable = self.durable.max(writes);
        self.waiting
            .front()
            .filter(|first| first.needs <= self.durable)?;
        let first = self.waiting.pop_front()?;
        self.waiting_bytes -= first.bytes;
        Some(first.reply)
    }

    /// The store failed. Tells whether that is news.
    pub(super) fn failed(&mut self, why: &str) -> bool {
        let is_news = self.trouble.as_deref() != Some(why);
        self.trouble = Some(why.to_owned());
        is_news
    }

    /// The replies that wait, when the store has failed: nobody is left without one.
    pub(super) fn give_up(&mut self) -> impl Iterator<Item = R> + use<R> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting)
            .into_iter()
            .map(|waiting| waiting.reply)
    }

    /// The store writes again.
    pub(super) fn healed(&mut self) {
        self.trouble = None;
    }

    /// Something happened to the journal that the operator should know; `lost` if what was on disk
    /// is there no longer.
    pub(super) fn note(&mut self, text: &str, lost: bool, at_ms: i64) {
        self.has_lost |= lost;
        if self.notes.len() == NOTES {
            self.notes.pop_front();
        }
        self.notes.push_back((at_ms, text.to_owned()));
    }

    /// Why nothing can be written right now.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Whether something that was on disk is there no longer.
    pub(super) fn has_lost(&self) -> bool {
        self.has_lost
    }

    /// Replies that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether so many wait that no more requests are to be taken.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING || self.waiting_bytes >= WAITING_BYTES
    }

    /// What `GetStatus` says of the store.
    pub(super) fn status(&self) -> Value {
        let notes: Vec<_> = self
            .notes
            .iter()
            .map(|(at_ms, text)| json!({ "at": instant(*at_ms), "text": text }))
            .collect();
        json!({ "writes": self.asked, "durable": self.durable,
            "waiting": self.asked - self.durable.min(self.asked),
            "trouble": self.trouble, "lost": self.has_lost, "notes": notes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed(writes: &mut Writes<&'static str>, upto: u64) -> Vec<&'static str> {
        std::iter::from_fn(|| writes.committed(upto)).collect()
    }

    #[test]
    fn a_reply_waits_for_the_writes_before_it_alone() {
        let mut writes = Writes::new(Seq(7));
        assert_eq!(
            (writes.number_row(), writes.hold("nothing was asked for", 1)),
            (Seq(8), Some("nothing was asked for"))
        );
        writes.count();
        assert_eq!(writes.hold("first", 1), None);
        writes.count();
        assert_eq!((writes.hold("second", 1), writes.waiting()), (None, 2));
        assert_eq!(committed(&mut writes, 1), ["first"]);
        assert_eq!(committed(&mut writes, 1), [""; 0]);
        assert_eq!(committed(&mut writes, 2), ["second"]);
    }

    #[test]
    fn while_the_store_fails_nothing_waits() {
        let mut writes = Writes::new(Seq(0));
        writes.count();
        assert_eq!(writes.hold("waits", WAITING_BYTES), None);
        assert!(writes.is_full());
        assert!(writes.failed("full") && !writes.failed("full") && writes.failed("gone"));
        assert_eq!(writes.give_up().collect::<Vec<_>>(), ["waits"]);
        assert!(!writes.is_full());
        assert_eq!(writes.hold("at once", 1), Some("at once"));
        writes.healed();
        assert_eq!(writes.hold("waits again", 1), None);
    }
}

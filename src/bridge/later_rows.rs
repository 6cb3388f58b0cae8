//! Remembers the rows that are appended while the journal is read for a change of sessions.

use super::journal::{Row, Seq};

/// The limits on remembered rows: their number, and the bytes of their bodies.
const MOST: usize = 100_000;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// The rows with numbers greater than `after`, in their order.
#[derive(Debug)]
pub(super) struct LaterRows {
    after: Seq,
    rows: Vec<Row>,
    bytes: usize,
    /// Whether rows are missing because of the limits.
    lacks_some: bool,
}

impl LaterRows {
    pub(super) fn new(after: Seq) -> Self {
        Self {
            after,
            rows: Vec::new(),
            bytes: 0,
            lacks_some: false,
        }
    }

    pub(super) fn add(&mut self, row: &Row) {
        self.bytes += row.body.len();
        if self.rows.len() == MOST || self.bytes > MOST_BYTES {
            self.rows = Vec::new();
            self.lacks_some = true;
        }
        if !self.lacks_some {
            self.rows.push(row.clone());
        }
    }

    /// The rows with numbers greater than `seen`. `None` if some of them are missing.
    pub(super) fn since(&self, seen: Seq) -> Option<impl Iterator<Item = &Row>> {
        let is_whole = seen >= self.after && !self.lacks_some;
        is_whole.then(|| self.rows.iter().filter(move |row| row.seq > seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::journal::{RowOrigin, SessionId};

    fn row(seq: u64, bytes: usize) -> Row {
        Row {
            seq: Seq(seq),
            session: SessionId(1),
            at_ms: 0,
            origin: RowOrigin::Added,
            kind: "Thanks".into(),
            id: None,
            body: "x".repeat(bytes).into(),
        }
    }

    fn since(rows: &LaterRows, seen: u64) -> Option<Vec<u64>> {
        Some(rows.since(Seq(seen))?.map(|row| row.seq.0).collect())
    }

    #[test]
    fn only_rows_that_were_not_read_yet_are_returned() {
        let mut rows = LaterRows::new(Seq(4));
        (5..8).for_each(|seq| rows.add(&row(seq, 10)));
        assert_eq!(since(&rows, 4), Some(vec![5, 6, 7]));
        assert_eq!(since(&rows, 6), Some(vec![7]));
        assert_eq!(since(&rows, 3), None, "the fourth row is missing");
    }

    #[test]
    fn too_many_rows_are_reported_as_missing_and_not_cut() {
        let mut rows = LaterRows::new(Seq(0));
        let large = MOST_BYTES / 2;
        (1..3).for_each(|seq| rows.add(&row(seq, large)));
        assert_eq!(since(&rows, 0), Some(vec![1, 2]));
        rows.add(&row(3, 1));
        assert_eq!(since(&rows, 0), None);
        assert!(rows.rows.is_empty());
    }
}

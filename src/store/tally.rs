//! The number of the journal's rows and the sum of their digests. SQLite cannot notice that rows
//! are missing if the pages that are left fit together; these two numbers show it.

use rusqlite::{Connection, Params, Row as Columns};

use crate::bridge::journal::{Row, Seq, SessionId};

/// What some rows amount to. Both numbers wrap, so that a difference can be added as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) rows: u64,
    /// The sum of the rows' digests.
    pub(super) sum: u64,
}

impl Tally {
    pub(super) fn of(row: &Row) -> Self {
        Self::row(
            row.seq.0,
            row.session.0,
            row.at_ms,
            [row.origin.as_str().as_bytes(), row.kind.as_bytes()],
            row.id.as_ref().map(|id| id.as_bytes()),
            row.body.as_bytes(),
        )
    }

    /// The tally of a row of the table `journal` with all of its columns, in their order.
    pub(super) fn of_columns(row: &Columns<'_>) -> rusqlite::Result<Self> {
        Ok(Self::row(
            row.get::<_, i64>(0)?.cast_unsigned(),
            row.get::<_, i64>(1)?.cast_unsigned(),
            row.get(2)?,
            [row.get_ref(3)?.as_bytes()?, row.get_ref(4)?.as_bytes()?],
            row.get_ref(5)?.as_bytes_or_null()?,
            row.get_ref(6)?.as_bytes()?,
        ))
    }

    /// The tally of all rows that a query of all columns returns.
    pub(super) fn of_rows(
        connection: &Connection,
        query: &str,
        with: impl Params,
    ) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare_cached(query)?;
        let mut rows = statement.query(with)?;
        let mut all = Self::default();
        while let Some(row) = rows.next()? {
            all = all.plus(Self::of_columns(row)?);
        }
        Ok(all)
    }

    fn row(
        seq: u64,
        session: u64,
        at_ms: i64,
        [origin, kind]: [&[u8]; 2],
        id: Option<&[u8]>,
        body: &[u8],
    ) -> Self {
        let digest = mix(mix(1, seq), at_ms.cast_unsigned());
        let digest = mix(bytes(bytes(digest, origin), kind), u64::from(id.is_some()));
        let digest = bytes(bytes(digest, id.unwrap_or_default()), body);
        Self {
            rows: 1,
            sum: finish(digest).wrapping_add(place(seq, session)),
        }
    }

    /// The difference that it makes when a row counts in another session.
    pub(super) fn moved(seq: Seq, from: SessionId, to: SessionId) -> Self {
        Self {
            rows: 0,
            sum: place(seq.0, to.0).wrapping_sub(place(seq.0, from.0)),
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows.wrapping_add(other.rows),
            sum: self.sum.wrapping_add(other.sum),
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            rows: self.rows.wrapping_sub(other.rows),
            sum: self.sum.wrapping_sub(other.sum),
        }
    }
}

/// The digest of the session in which a row counts. It is a summand of its own, so that the body is
/// not read when a row is moved.
fn place(seq: u64, session: u64) -> u64 {
    finish(mix(mix(2, seq), session))
}

/// A digest of some bytes, which is the same on every computer and in every version.
pub(super) fn digest(of: &[u8]) -> u64 {
    finish(bytes(3, of))
}

fn bytes(state: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut state = mix(state, bytes.len() as u64);
    for word in words {
        state = mix(state, u64::from_le_bytes(*word));
    }
    let last = |word, byte: &u8| (word << 8) | u64::from(*byte);
    mix(state, rest.iter().fold(0, last))
}

fn mix(state: u64, word: u64) -> u64 {
    (state ^ word)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(31)
}

fn finish(state: u64) -> u64 {
    let state = (state ^ (state >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    state ^ (state >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::journal::RowOrigin;

    fn row() -> Row {
        Row {
            seq: Seq(7),
            session: SessionId(2),
            at_ms: 1_700_000_000_000,
            origin: RowOrigin::Received,
            kind: "FOLLOW".into(),
            id: Some("id-7".into()),
            body: r#"{"user":{"id":"1"}}"#.into(),
        }
    }

    #[test]
    fn the_digest_of_a_row_stays_the_same_for_ever() {
        assert_eq!(Tally::of(&row()).sum, 0xB612_0606_9E62_FA4A);
    }

    #[test]
    fn every_part_of_a_row_changes_its_digest() {
        let same = row();
        let changed = [
            Row {
                seq: Seq(8),
                ..same.clone()
            },
            Row {
                session: SessionId(3),
                ..same.clone()
            },
            Row {
                at_ms: 0,
                ..same.clone()
            },
            Row {
                origin: RowOrigin::Played,
                ..same.clone()
            },
            Row {
                kind: "FOLLOV".into(),
                ..same.clone()
            },
            Row {
                id: None,
                ..same.clone()
            },
            Row {
                id: Some("".into()),
                ..same.clone()
            },
            Row {
                body: r#"{"user":{"id":"3"}}"#.into(),
                ..same.clone()
            },
            Row {
                body: r#"{"user":{"id":"1"}} "#.into(),
                ..same.clone()
            },
        ];
        let mut sums: Vec<_> = changed.iter().map(|row| Tally::of(row).sum).collect();
        sums.push(Tally::of(&same).sum);
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), changed.len() + 1);
    }

    #[test]
    fn a_move_to_another_session_is_a_difference() {
        let there = Row {
            session: SessionId(3),
            ..row()
        };
        let moved = Tally::moved(Seq(7), SessionId(2), SessionId(3));
        assert_eq!(Tally::of(&row()).plus(moved), Tally::of(&there));
        assert_eq!(Tally::of(&there).minus(moved), Tally::of(&row()));
    }
}

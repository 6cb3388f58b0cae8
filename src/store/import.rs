//! Reads an exported journal into the journal. All of it, or nothing: one transaction.

use std::io::{self, BufRead, Read};

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::apply::{Appended, append_row};
use super::known::Known;
use super::line::{Head, Line, Numbers, VERSION, ValueLine};
use super::tally::Tally;
use super::{Store, StoreError, salvage, statements};
use crate::bridge::journal::{PersonRow, Row, Session};

/// The limit on the bytes of a line. Rows are much smaller.
const LONGEST: u64 = 64 * 1024 * 1024;
/// Meta values that are the greater one of the two.
const NUMBERS: [&str; 2] = ["last_row", "last_session"];

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot read the export")]
    Read(#[source] io::Error),
    /// A line is not what an export has there.
    #[error("line {line}: {why}; nothing was imported")]
    Line { line: u64, why: String },
    /// A later version of the program has made the export.
    #[error(
        "the export has version {found}, and this program knows up to {known}: update \
            twitchat-bridge; nothing was imported"
    )]
    Newer { found: u32, known: u32 },
}

/// What an import has added, or would add.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub added: Numbers,
    /// The rows that the journal had already.
    pub known_rows: u64,
}

/// Why a line cannot be imported.
enum Failure {
    Sqlite(rusqlite::Error),
    Line(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Store {
    /// Adds everything that the journal does not have. A row that it has already is left out. With
    /// `is_trial` nothing changes, and the result says what would be added.
    ///
    /// # Errors
    /// [`ImportError::Line`] for the first line that is wrong, or that contradicts the journal.
    /// Nothing has changed then.
    pub fn import(&mut self, from: impl BufRead, is_trial: bool) -> Result<Imported, ImportError> {
        if !is_trial {
            self.mark.announce();
        }
        let imported = self.import_all(from, is_trial);
        if is_trial {
            return imported;
        }
        if imported.is_err() {
            self.mark(Tally::default());
            return imported;
        }
        let reader = self.reader();
        let session = reader.sessions()?.pop();
        self.known = Known::read(reader.last_seq()?, session, |key| reader.meta(key))?;
        let tally = Tally::of_rows(&self.connection, statements::ALL_ROWS, ())
            .map_err(|error| StoreError::database("read", &self.path, error))?;
        let before = self.mark.tally();
        self.mark(tally.minus(before));
        imported
    }

    fn import_all(&mut self, from: impl BufRead, is_trial: bool) -> Result<Imported, ImportError> {
        let path = self.path.clone();
        let failed = |error| ImportError::from(StoreError::database("write to", &path, error));
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let rows: i64 = transaction
            .query_row(statements::NUMBER_OF_ROWS, (), |row| row.get(0))
            .map_err(failed)?;
        if rows == 0 {
            // The session of a bridge that has received nothing yet.
            transaction
                .execute(statements::REMOVE_SESSIONS, ())
                .map_err(failed)?;
        }
        let mut import = Import {
            transaction: &transaction,
            is_empty: rows == 0,
            lines: Numbers::default(),
            imported: Imported::default(),
        };
        import.read(from).map_err(|failure| match failure {
            ReadFailure::Import(error) => error,
            ReadFailure::Sqlite(error) => failed(error),
        })?;
        let imported = import.imported;
        salvage::keep_numbers(&transaction, 0)
            .and_then(|()| transaction.execute(statements::END_EARLIER, ()))
            .map_err(failed)?;
        if !is_trial {
            transaction.commit().map_err(failed)?;
        }
        Ok(imported)
    }
}

enum ReadFailure {
    Import(ImportError),
    Sqlite(rusqlite::Error),
}

struct Import<'a> {
    transaction: &'a Transaction<'a>,
    /// Whether the journal has no rows. Then the values of the export count.
    is_empty: bool,
    lines: Numbers,
    imported: Imported,
}

impl Import<'_> {
    fn read(&mut self, mut from: impl BufRead) -> Result<(), ReadFailure> {
        let mut text = Vec::new();
        let (mut number, mut has_ended) = (0, false);
        loop {
            number += 1;
            text.clear();
            let bytes = (&mut from)
                .take(LONGEST)
                .read_until(b'\n', &mut text)
                .map_err(|error| ReadFailure::Import(ImportError::Read(error)))?;
            let wrong = |why: String| ReadFailure::Import(ImportError::Line { line: number, why });
            if bytes == 0 {
                return if has_ended {
                    Ok(())
                } else {
                    Err(wrong(
                        "the file ends here, but the last line of an export is missing: it is \
                            incomplete"
                            .to_owned(),
                    ))
                };
            }
            if text.len() as u64 == LONGEST {
                return Err(wrong("it is longer than 64 MiB".to_owned()));
            }
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if has_ended {
                return Err(wrong(
                    "nothing may follow the last line of an export".to_owned(),
                ));
            }
            if number == 1 {
                head(&text)?;
                continue;
            }
            let line: Line<'_> = serde_json::from_slice(&text)
                .map_err(|error| wrong(format!("it is no line of an export: {error}")))?;
            has_ended = self.line(line).map_err(|failure| match failure {
                Failure::Sqlite(error) => ReadFailure::Sqlite(error),
                Failure::Line(why) => wrong(why),
            })?;
        }
    }

    /// Returns whether this is the last line.
    fn line(&mut self, line: Line<'_>) -> Result<bool, Failure> {
        match line {
            Line::Journal(Head { .. }) => {
                return Err(Failure::Line("a second export begins here".to_owned()));
            }
            Line::Value(value) => {
                self.lines.values += 1;
                self.imported.added.values += self.value(&value)?;
            }
            Line::Session(session) => {
                self.lines.sessions += 1;
                self.imported.added.sessions += self.session(&session.into_session())?;
            }
            Line::Person(person) => {
                self.lines.people += 1;
                self.imported.added.people += self.person(&person.into_person())?;
            }
            Line::Row(row) => {
                self.lines.rows += 1;
                let row = row.into_row().ok_or_else(|| {
                    Failure::Line("a row needs `body`, or `bodyText` with JSON".to_owned())
                })?;
                let added = self.row(&row)?;
                self.imported.added.rows += added;
                self.imported.known_rows += 1 - added;
            }
            Line::End(numbers) => {
                if numbers != self.lines {
                    let why = format!(
                        "the export had {} rows, {} sessions, {} people and {} values, and the \
                            file has {}, {}, {} and {}: it is incomplete",
                        numbers.rows,
                        numbers.sessions,
                        numbers.people,
                        numbers.values,
                        self.lines.rows,
                        self.lines.sessions,
                        self.lines.people,
                        self.lines.values
                    );
                    return Err(Failure::Line(why));
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn value(&self, ValueLine { key, value }: &ValueLine) -> Result<u64, Failure> {
        let statement = if NUMBERS.contains(&&**key) {
            if value.parse::<u32>().is_err() && value.parse::<i64>().is_err() {
                return Err(Failure::Line(format!("`{key}` must be a whole number")));
            }
            statements::KEEP_HIGHEST
        } else if self.is_empty {
            statements::KEEP
        } else {
            statements::KEEP_FIRST
        };
        let added = self
            .transaction
            .prepare_cached(statement)?
            .execute([key, value])?;
        Ok(added as u64)
    }

    fn session(&self, session: &Session) -> Result<u64, Failure> {
        let id = number(session.id.0, "the number of a session")?;
        let known: Option<(i64, Box<str>)> = self
            .transaction
            .prepare_cached(statements::SESSION)?
            .query_row([id], |row| row.try_into())
            .optional()?;
        match known {
            None => {
                let Session {
                    started_ms,
                    ended_ms,
                    cause,
                    ..
                } = session;
                self.transaction
                    .prepare_cached(statements::SALVAGE_SESSION)?
                    .execute(params![id, started_ms, ended_ms, cause])?;
                Ok(1)
            }
            Some((started_ms, cause))
                if started_ms == session.started_ms && cause == session.cause =>
            {
                Ok(0)
            }
            Some(_) => Err(Failure::Line(format!(
                "session {id} is another one than that of the journal: import into a journal that \
                    has no events yet"
            ))),
        }
    }

    fn person(&self, person: &PersonRow) -> Result<u64, Failure> {
        let PersonRow {
            platform,
            id,
            login,
            display,
            seen_ms,
        } = person;
        let added = self
            .transaction
            .prepare_cached(statements::SALVAGE_PERSON)?
            .execute(params![platform, id, login, display, seen_ms])?;
        Ok(added as u64)
    }

    fn row(&self, row: &Row) -> Result<u64, Failure> {
        number(row.seq.0, "the number of a row")?;
        number(row.session.0, "the number of a session")?;
        match append_row(self.transaction, row)? {
            Appended::New => Ok(1),
            Appended::Known => Ok(0),
            Appended::Conflict => Err(Failure::Line(format!(
                "row {} is another one than that of the journal: import into a journal that has \
                    no events yet",
                row.seq.0
            ))),
        }
    }
}

/// Checks the first line.
fn head(text: &[u8]) -> Result<(), ReadFailure> {
    /// A later version may have other fields.
    #[derive(serde::Deserialize)]
    struct First {
        journal: Version,
    }
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let wrong = |error| {
        let why = format!("it is not the first line of an exported journal: {error}");
        ReadFailure::Import(ImportError::Line { line: 1, why })
    };
    let first: First = serde_json::from_slice(text).map_err(wrong)?;
    let found = first.journal.version;
    if found > VERSION {
        let known = VERSION;
        return Err(ReadFailure::Import(ImportError::Newer { found, known }));
    }
    Ok(())
}

fn number(number: u64, what: &str) -> Result<i64, Failure> {
    i64::try_from(number)
        .ok()
        .filter(|number| (1..salvage::LARGEST).contains(number))
        .ok_or_else(|| Failure::Line(format!("{what} must be between 1 and 2^48 (got {number})")))
}

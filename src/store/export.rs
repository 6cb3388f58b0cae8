//! Writes a journal as lines of JSON, from one snapshot and in constant memory.

use std::io::{self, Write};
use std::ops::ControlFlow;

use jiff::{Timestamp, Unit};

use super::line::{Head, Line, Numbers, PersonLine, RowLine, SessionLine, VERSION, ValueLine};
use super::{Reader, StoreError};

/// Meta values that concern only the file that has them.
const OF_THE_FILE: [&str; 2] = ["salvaged", "erasing"];

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write the export")]
    Write(#[source] io::Error),
    /// The export has no last line then, so that `import` refuses it.
    #[error(
        "{rows} rows of the journal cannot be read, so the export is incomplete: examine the \
        journal with `twitchat-bridge store check`"
    )]
    Unreadable { rows: u64 },
}

/// Writes everything that the reader sees. Returns the numbers of lines.
///
/// # Errors
/// If the journal cannot be read as a whole, or `to` cannot be written.
pub fn export(reader: Reader<'_>, to: impl Write) -> Result<Numbers, ExportError> {
    let exported = Timestamp::now().round(Unit::Second).unwrap_or_default();
    let mut lines = Lines {
        to,
        numbers: Numbers::default(),
        error: None,
    };
    lines.write(&Line::Journal(Head {
        version: VERSION,
        exported: exported.to_string().into(),
        program: env!("CARGO_PKG_VERSION").into(),
    }));
    reader.values(|key, value| {
        if !OF_THE_FILE.contains(&&*key) {
            lines.numbers.values += 1;
            lines.write(&Line::Value(ValueLine { key, value }));
        }
    })?;
    for session in reader.sessions()? {
        lines.numbers.sessions += 1;
        lines.write(&Line::Session(SessionLine::from(&session)));
    }
    reader.all_people(|person| {
        lines.numbers.people += 1;
        lines.write(&Line::Person(PersonLine::from(person)));
    })?;
    let ended = reader.all_rows_until(|row| {
        if let Some(line) = RowLine::of(&row) {
            lines.numbers.rows += 1;
            lines.write(&Line::Row(line));
        }
        lines.flow()
    });
    ended.map(drop)?;
    let all = reader.number_of_rows()?;
    if let Some(error) = lines.error {
        return Err(ExportError::Write(error));
    }
    let unreadable = all.saturating_sub(lines.numbers.rows);
    if unreadable > 0 {
        return Err(ExportError::Unreadable { rows: unreadable });
    }
    let numbers = lines.numbers;
    lines.write(&Line::End(numbers));
    lines.finish().map_err(ExportError::Write)?;
    Ok(numbers)
}

/// Keeps the first error, because the journal's reader cannot return it.
struct Lines<W> {
    to: W,
    numbers: Numbers,
    error: Option<io::Error>,
}

impl<W: Write> Lines<W> {
    fn write(&mut self, line: &Line<'_>) {
        if self.error.is_none() {
            let written = serde_json::to_writer(&mut self.to, line)
                .map_err(io::Error::from)
                .and_then(|()| self.to.write_all(b"\n"));
            self.error = written.err();
        }
    }

    fn flow(&self) -> ControlFlow<()> {
        match self.error {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }

    fn finish(mut self) -> io::Result<()> {
        match self.error {
            Some(error) => Err(error),
            None => self.to.flush(),
        }
    }
}

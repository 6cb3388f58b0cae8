//! Reads the rows of a damaged database page by page, without SQLite: every page that is still a
//! leaf of a table has its rows, whatever has become of the pages that lead to it. The format is
//! described at <https://www.sqlite.org/fileformat2.html>.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::write_ahead_log::{Log, PAGE_SIZE};

/// The bytes before the content of the first page.
const FIRST: usize = 100;
/// The most bytes of one row. Twitchat's messages are much smaller.
const LONGEST: usize = 64 * 1024 * 1024;

/// How much of a row is in its own page. If there is more, the rest is in further pages, and this
/// much at least stays.
const TABLE_LOCAL: usize = PAGE_SIZE - 35;
const INDEX_LOCAL: usize = (PAGE_SIZE - 12) * 64 / 255 - 23;
const LEAST_LOCAL: usize = (PAGE_SIZE - 12) * 32 / 255 - 23;

const INDEX_INTERIOR: u8 = 2;
const INDEX_LEAF: u8 = 10;
const TABLE_LEAF: u8 = 13;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Field {
    Null,
    Integer(i64),
    /// A text, if it is UTF-8.
    Text(Option<Box<str>>),
    /// A number with a fraction, or bytes. The journal has neither.
    Other,
}

/// A row of a table, or an entry of an index or of a table without row numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    /// The number of the row; `None` in an index.
    pub(super) number: Option<i64>,
    pub(super) fields: Vec<Field>,
}

/// The pages of a database and its log.
#[derive(Debug)]
pub(super) struct Pages {
    file: File,
    /// The number of the last page.
    last: u32,
    log: Option<Log>,
}

impl Pages {
    pub(super) fn open(path: &Path, log: Option<Log>) -> io::Result<Self> {
        let file = File::open(path)?;
        let in_file = file.metadata()?.len().div_ceil(PAGE_SIZE as u64);
        let in_log = log.as_ref().map_or(0, Log::last_page);
        Ok(Self {
            file,
            last: u32::try_from(in_file).unwrap_or(u32::MAX).max(in_log),
            log,
        })
    }

    /// Calls `each` with every record that can be read.
    pub(super) fn records<E: From<io::Error>>(
        &mut self,
        mut each: impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        for number in 1..=self.last {
            let page = self.page(number)?;
            let start = if number == 1 { FIRST } else { 0 };
            let kind = page.get(start).copied().unwrap_or_default();
            let cells_at = match kind {
                TABLE_LEAF | INDEX_LEAF => start + 8,
                INDEX_INTERIOR => start + 12,
                _ => continue,
            };
            for cell in 0..usize::from(short(&page, start + 3)) {
                let at = usize::from(short(&page, cells_at + 2 * cell));
                let bytes = page.get(at..).unwrap_or_default();
                if let Some(record) = self.record(kind, bytes)? {
                    each(record)?;
                }
            }
        }
        Ok(())
    }

    /// Reads a page, as far as the file has it.
    fn page(&mut self, number: u32) -> io::Result<Vec<u8>> {
        let in_log = self.log.as_mut().map(|log| log.page(number)).transpose()?;
        if let Some(page) = in_log.flatten() {
            return Ok(page);
        }
        let mut page = Vec::with_capacity(PAGE_SIZE);
        let place = u64::from(number.saturating_sub(1)) * PAGE_SIZE as u64;
        self.file.seek(SeekFrom::Start(place))?;
        let file = &mut self.file;
        match file.take(PAGE_SIZE as u64).read_to_end(&mut page) {
            Ok(_) => {}
            // A sector that the disk cannot read is a damaged page.
            Err(error) if error.kind() == io::ErrorKind::Other => page.clear(),
            Err(error) => return Err(error),
        }
        page.resize(PAGE_SIZE, 0);
        Ok(page)
    }

    /// Reads the cell that begins with these bytes. `None` if it makes no sense.
    fn record(&mut self, kind: u8, cell: &[u8]) -> io::Result<Option<Record>> {
        let mut rest = cell;
        if kind == INDEX_INTERIOR {
            rest = rest.get(4..).unwrap_or_default();
        }
        let Some(length) = varint(&mut rest).and_then(|length| usize::try_from(length).ok()) else {
            return Ok(None);
        };
        let mut number = None;
        if kind == TABLE_LEAF {
            number = varint(&mut rest);
            if number.is_none() {
                return Ok(None);
            }
        }
        let Some(payload) = self.payload(kind, length, rest)? else {
            return Ok(None);
        };
        Ok(fields(&payload).map(|fields| Record { number, fields }))
    }

    /// The content of a cell, which may go on in other pages.
    fn payload(&mut self, kind: u8, length: usize, bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let most = if kind == TABLE_LEAF {
            TABLE_LOCAL
        } else {
            INDEX_LOCAL
        };
        if length <= most {
            return Ok(bytes.get(..length).map(<[u8]>::to_vec));
        }
        let longest = PAGE_SIZE.saturating_mul(self.last as usize).min(LONGEST);
        if length > longest {
            return Ok(None);
        }
        let here = LEAST_LOCAL + (length - LEAST_LOCAL) % (PAGE_SIZE - 4);
        let here = if here <= most { here } else { LEAST_LOCAL };
        let (Some(start), Some(next)) = (bytes.get(..here), bytes.get(here..)) else {
            return Ok(None);
        };
        let mut payload = start.to_vec();
        let mut next = long(next);
        while payload.len() < length {
            if next == 0 || next > self.last {
                return Ok(None);
            }
            let page = self.page(next)?;
            next = long(&page);
            let part = page.get(4..).unwrap_or_default();
            let missing = length - payload.len();
            payload.extend(part.iter().take(missing));
        }
        Ok(Some(payload))
    }
}

/// The fields of a record; `None` if its header makes no sense.
fn fields(payload: &[u8]) -> Option<Vec<Field>> {
    let mut header = payload;
    let header_length = usize::try_from(varint(&mut header)?).ok()?;
    let mut body = payload.get(header_length..)?;
    let mut types = payload.get(payload.len() - header.len()..header_length)?;
    let mut fields = Vec::new();
    while !types.is_empty() {
        let kind = varint(&mut types)?.cast_unsigned();
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let (value, rest) = body.split_at_checked(length)?;
        body = rest;
        fields.push(match kind {
            0 => Field::Null,
            1..=6 => Field::Integer(integer(value)),
            8 => Field::Integer(0),
            9 => Field::Integer(1),
            13.. if kind % 2 == 1 => Field::Text(std::str::from_utf8(value).ok().map(Into::into)),
            _ => Field::Other,
        });
    }
    Some(fields)
}

/// A big-endian number with a sign.
fn integer(bytes: &[u8]) -> i64 {
    let is_negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let start = if is_negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |number, byte| (number << 8) | i64::from(*byte))
}

/// Takes a number of one to nine bytes from the beginning.
fn varint(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0_u64;
    for place in 1..=9 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if place == 9 {
            number = (number << 8) | u64::from(*byte);
        } else {
            number = (number << 7) | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    Some(number.cast_signed())
}

fn short(bytes: &[u8], at: usize) -> u16 {
    let short = bytes.get(at..).and_then(<[u8]>::first_chunk);
    short.copied().map_or(0, u16::from_be_bytes)
}

fn long(bytes: &[u8]) -> u32 {
    bytes.first_chunk().copied().map_or(0, u32::from_be_bytes)
}

//! Reads SQLite's write-ahead log without SQLite, to find out whether it is damaged.
//!
//! SQLite reads a log up to the first frame whose checksum is wrong, because after a loss of power
//! the last transaction may be incomplete. So it takes a log with one wrong bit for a shorter one,
//! and drops all transactions from there on without a word. This module tells the two apart: a
//! transaction that follows a wrong frame shows that the log was complete once. The format is
//! described at <https://www.sqlite.org/fileformat2.html#walformat>.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The size of a page. All journals have it, because it is SQLite's own default; what a damaged
/// header says about it is of no use.
pub(super) const PAGE_SIZE: usize = 4_096;
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The first word of a log whose checksums are made of little-endian words. The other kind, of
/// big-endian computers, has 1 more.
const MAGIC: u32 = 0x377f_0682;

/// A log beside a database.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    /// Where the latest good copy of each page begins in the file.
    pages: HashMap<u32, u64>,
    /// Frames that are damaged, with a transaction at or after them.
    damaged: u64,
}

/// The two halves of a checksum, or the two words that all frames of a log have.
type Pair = (u32, u32);

impl Log {
    /// Reads a log. `None` if there is no log, or nothing in it.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut header = [0; HEADER];
        if !read_all(&mut file, &mut header)? {
            return Ok(None);
        }
        let magic = word(&header, 0);
        let is_known = [MAGIC, MAGIC + 1].contains(&magic);
        let is_big = is_known && magic != MAGIC || !is_known && cfg!(target_endian = "big");
        let sum = checksum(is_big, header.get(..24).unwrap_or_default(), (0, 0));
        let is_sound = is_known && sum == pair(&header, 24);
        let mut log = Self {
            file: file.try_clone()?,
            pages: HashMap::new(),
            damaged: u64::from(!is_sound),
        };
        let salts = is_sound.then(|| pair(&header, 16));
        let frames = BufReader::with_capacity(1 << 16, file);
        log.read_frames(frames, is_big, salts, pair(&header, 24))?;
        Ok((!log.pages.is_empty()).then_some(log))
    }

    /// Reads the frames. `salts` are those of the header, if it is sound, and `before` is its
    /// checksum.
    fn read_frames(
        &mut self,
        mut file: impl Read,
        is_big: bool,
        mut salts: Option<Pair>,
        mut before: Pair,
    ) -> io::Result<()> {
        let mut frame = [0; FRAME_HEADER + PAGE_SIZE];
        let mut place = HEADER as u64;
        // Since the last transaction that was complete.
        let (mut since, mut damaged) = (Vec::new(), 0);
        while read_all(&mut file, &mut frame)? {
            let of_frame = Some(pair(&frame, 8));
            let (page, size) = (word(&frame, 0), word(&frame, 4));
            let data = frame.get(FRAME_HEADER..).unwrap_or_default();
            let sum = checksum(is_big, frame.get(..8).unwrap_or_default(), before);
            let is_good = checksum(is_big, data, sum) == pair(&frame, 16);
            if is_good && salts.is_none() {
                salts = of_frame;
            }
            if is_good && of_frame == salts {
                since.push((page, place + FRAME_HEADER as u64));
            } else {
                damaged += 1;
            }
            if of_frame == salts && size > 0 {
                self.pages.extend(since.drain(..));
                self.damaged += std::mem::take(&mut damaged);
            }
            before = pair(&frame, 16);
            place += frame.len() as u64;
        }
        Ok(())
    }

    /// Whether SQLite would drop transactions that this log contains.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged > 0
    }

    /// The number of the last page that the log contains.
    pub(super) fn last_page(&self) -> u32 {
        self.pages.keys().copied().max().unwrap_or_default()
    }

    /// Reads the latest good copy of a page; `None` if the log has none.
    pub(super) fn page(&mut self, number: u32) -> io::Result<Option<Vec<u8>>> {
        let Some(place) = self.pages.get(&number) else {
            return Ok(None);
        };
        let mut page = vec![0; PAGE_SIZE];
        self.file.seek(SeekFrom::Start(*place))?;
        Ok(read_all(&mut self.file, &mut page)?.then_some(page))
    }
}

/// Fills the buffer. Returns whether the file was long enough.
pub(super) fn read_all(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
    word.copied().map_or(0, u32::from_be_bytes)
}

fn pair(bytes: &[u8], at: usize) -> Pair {
    (word(bytes, at), word(bytes, at + 4))
}

/// Continues a checksum. Frames have even numbers of words.
fn checksum(is_big: bool, bytes: &[u8], (mut first, mut second): Pair) -> Pair {
    let read = if is_big {
        u32::from_be_bytes
    } else {
        u32::from_le_bytes
    };
    let mut words = bytes.as_chunks::<4>().0.iter().copied().map(read);
    while let (Some(word), Some(next)) = (words.next(), words.next()) {
        first = first.wrapping_add(word).wrapping_add(second);
        second = second.wrapping_add(next).wrapping_add(first);
    }
    (first, second)
}

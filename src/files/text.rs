//! Text in the encodings that programs write: UTF-8, and UTF-16 in either byte order, with or
//! without a byte order mark. Notepad and PowerShell 5.1 (`echo text > file`) write all of these.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use crate::input::Spot;

/// The file is not text in a known encoding from this position on. The error does not quote the
/// file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is not text in UTF-8 or UTF-16 from line {}, column {} on: open it in an editor and save \
        it as UTF-8",
    .0.line,
    .0.column
)]
pub struct NotText(pub Spot);

impl NotText {
    /// The [`NotText`] inside an I/O error, if the error comes from this module.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// The error for the position directly behind `text`.
    pub fn after(text: &str) -> Self {
        Self(Spot::of(text, text.len()))
    }
}

/// Number of leading bytes that decide the encoding.
const HEAD: usize = 3;
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// Little-endian.
    Utf16Le,
    /// Big-endian.
    Utf16Be,
}

impl Encoding {
    /// Detects the encoding from the first bytes, and returns it with the length of the byte order
    /// mark. UTF-16 without a mark is detected by its first character, which is ASCII in every file
    /// that the bridge reads.
    fn of(head: &[u8]) -> (Self, usize) {
        match head {
            [0xef, 0xbb, 0xbf, ..] => (Self::Utf8, UTF8_MARK.len()),
            [0xff, 0xfe, ..] => (Self::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Self::Utf16Be, 2),
            [first, 0, ..] if *first != 0 => (Self::Utf16Le, 0),
            [0, second, ..] if *second != 0 => (Self::Utf16Be, 0),
            _ => (Self::Utf8, 0),
        }
    }

    fn unit(self, two: [u8; 2]) -> u16 {
        if self == Self::Utf16Be {
            u16::from_be_bytes(two)
        } else {
            u16::from_le_bytes(two)
        }
    }
}

/// Decodes a text file in any of the encodings above.
///
/// # Errors
/// [`NotText`] in an error of the kind [`InvalidData`](io::ErrorKind::InvalidData) if the file is
/// not text.
pub fn read(path: &Path) -> io::Result<String> {
    decode(fs::read(path)?)
}

/// Reads standard input, or a part of it, to its end. Has the same errors as [`read`].
pub fn read_from(mut from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    decode(bytes)
}

/// The bytes of a text in the encoding of another file, with its byte order mark if it has one.
pub fn encode_like(file: &[u8], text: &str) -> Vec<u8> {
    let (encoding, mark) = Encoding::of(file);
    let mut bytes = file.get(..mark).unwrap_or_default().to_vec();
    match encoding {
        Encoding::Utf8 => bytes.extend(text.as_bytes()),
        Encoding::Utf16Le => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        Encoding::Utf16Be => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
    }
    bytes
}

/// Decodes the content of a text file. Has the same errors as [`read`].
pub fn decode(mut bytes: Vec<u8>) -> io::Result<String> {
    let (encoding, mark) = Encoding::of(&bytes);
    bytes.drain(..mark);
    if encoding == Encoding::Utf8 {
        return String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..valid).unwrap_or_default();
            failed(NotText::after(&String::from_utf8_lossy(before)))
        });
    }
    let mut text = String::with_capacity(bytes.len());
    Utf16::new(bytes.as_slice(), encoding).read_to_string(&mut text)?;
    Ok(text)
}

fn failed(error: NotText) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Reads a text as it arrives, and converts it to UTF-8 without a mark. UTF-8 is not checked here:
/// the caller that splits the text into lines must check it.
pub fn stream(mut from: impl Read + 'static) -> io::Result<Box<dyn BufRead>> {
    let mut head = Vec::new();
    from.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let (encoding, mark) = Encoding::of(&head);
    head.drain(..mark);
    let whole = BufReader::new(Cursor::new(head).chain(from));
    Ok(if encoding == Encoding::Utf8 {
        Box::new(whole)
    } else {
        Box::new(BufReader::new(Utf16::new(whole, encoding)))
    })
}

/// Converts UTF-16 without its mark to UTF-8.
struct Utf16<R> {
    from: R,
    encoding: Encoding,
    /// The first byte of a unit whose second byte has not arrived yet.
    half: Option<u8>,
    /// The first unit of a surrogate pair.
    high: Option<u16>,
    /// Converted bytes that the reader has not read yet.
    ready: VecDeque<u8>,
    /// The position of the next character.
    spot: Spot,
}

impl<R: BufRead> Utf16<R> {
    fn new(from: R, encoding: Encoding) -> Self {
        Self {
            from,
            encoding,
            half: None,
            high: None,
            ready: VecDeque::new(),
            spot: Spot { line: 1, column: 1 },
        }
    }

    fn not_text(&self) -> io::Error {
        failed(NotText(self.spot))
    }

    fn unit(&mut self, unit: u16) -> io::Result<()> {
        let is_low = (0xdc00..=0xdfff).contains(&unit);
        let decoded = match self.high.take() {
            Some(high) => char::decode_utf16([high, unit]).next(),
            None if !is_low && char::from_u32(unit.into()).is_none() => {
                self.high = Some(unit);
                return Ok(());
            }
            None => char::decode_utf16([unit]).next(),
        };
        let Some(Ok(c)) = decoded else {
            return Err(self.not_text());
        };
        self.spot = if c == '\n' {
            Spot {
                line: self.spot.line + 1,
                column: 1,
            }
        } else {
            Spot {
                column: self.spot.column + 1,
                ..self.spot
            }
        };
        self.ready.extend(c.encode_utf8(&mut [0; 4]).bytes());
        Ok(())
    }

    /// Converts the input that has arrived. Returns false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let bytes = self.from.fill_buf()?.to_vec();
        if bytes.is_empty() {
            let is_whole = self.half.is_none() && self.high.is_none();
            return if is_whole {
                Ok(false)
            } else {
                Err(self.not_text())
            };
        }
        for byte in &bytes {
            match self.half.take() {
                Some(first) => self.unit(self.encoding.unit([first, *byte]))?,
                None => self.half = Some(*byte),
            }
        }
        self.from.consume(bytes.len());
        Ok(true)
    }
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        self.ready.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\"name\": \"雪花 😀\"}\r\nsecond line\r\n";

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
        let marked = format!("\u{feff}{text}");
        vec![
            ("UTF-8", text.into()),
            ("UTF-8 with a mark", marked.clone().into()),
            ("UTF-16LE with a mark", utf16(&marked, u16::to_le_bytes)),
            ("UTF-16BE with a mark", utf16(&marked, u16::to_be_bytes)),
            ("UTF-16LE", utf16(text, u16::to_le_bytes)),
            ("UTF-16BE", utf16(text, u16::to_be_bytes)),
        ]
    }

    #[test]
    fn every_encoding_of_windows_is_read_whole() {
        for (name, bytes) in encodings(TEXT) {
            assert_eq!(decode(bytes).unwrap(), TEXT, "{name}");
        }
    }

    #[test]
    fn a_changed_text_keeps_the_encoding_of_its_file() {
        for (name, bytes) in encodings(TEXT) {
            assert_eq!(encode_like(&bytes, TEXT), bytes, "{name}");
        }
    }

    /// Returns one byte at a time, like a slow pipe.
    struct Trickle(VecDeque<u8>);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }

    #[test]
    fn every_encoding_of_windows_is_read_as_it_comes() {
        for (name, bytes) in encodings(TEXT) {
            let mut text = String::new();
            let mut reader = stream(Trickle(bytes.into())).unwrap();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!(text, TEXT, "{name}");
        }
    }

    #[test]
    fn an_empty_file_is_an_empty_text() {
        for (name, bytes) in encodings("") {
            assert_eq!(decode(bytes).unwrap(), "", "{name}");
        }
    }

    #[test]
    fn an_error_in_a_text_names_the_place() {
        let lone = utf16("a\nb", u16::to_le_bytes);
        let with = |more: &[u8]| [lone.as_slice(), more].concat();
        let cases = [
            ("Latin-1", b"one\ntwo\nM\xfcller".to_vec(), (3, 2)),
            ("half a character", with(b"x"), (2, 2)),
            ("a high surrogate at the end", with(b"\x00\xd8"), (2, 2)),
            ("a low surrogate alone", with(b"\x00\xdc"), (2, 2)),
            ("two high surrogates", with(b"\x00\xd8\x00\xd8"), (2, 2)),
        ];
        for (name, bytes, (line, column)) in cases {
            let error = decode(bytes).unwrap_err();
            let expected = NotText(Spot { line, column });
            assert_eq!(NotText::of(&error), Some(&expected), "{name}");
        }
    }
}

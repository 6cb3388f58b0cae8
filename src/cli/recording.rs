//! Recordings, which `record` writes and `replay` reads: one JSON object per line.
//!
//! ```text
//! {"recording":1,"started":"2026-01-31T20:15:00.123Z","by":"twitchat-bridge 0.1.0"}
//! {"ms":1520,"message":{"origin":"twitchat","type":"FOLLOW","id":"…","data":{…}}}
//! {"ms":60200,"gap":"begins"}
//! {"ms":64900,"gap":"ends"}
//! ```
//!
//! `ms` is the time since the start. Between the two lines of a gap, OBS was not connected. A line
//! may also be a message without a time, so a file that contains only messages is a recording too.
//! Errors contain no text of a line, because it may be private chat.

pub(super) mod player;

use std::io::{self, BufRead, Read, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use twitchat_bridge::event::received::{Replay, TWITCHAT};
use twitchat_bridge::event::{Message, Received};
use twitchat_bridge::files::text::NotText;
use twitchat_bridge::input::Spot;
use twitchat_bridge::obs::LARGEST_MESSAGE;

const VERSION: u32 = 1;
/// The limit on the bytes of a line: a message, and the JSON around it.
const LONGEST_LINE: usize = LARGEST_MESSAGE + 4_096;

/// A message of Twitchat as it is sent on OBS.
#[derive(Debug, Serialize)]
pub(crate) struct Envelope<'a> {
    origin: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<Replay>,
}

impl<'a> Envelope<'a> {
    /// `id` replaces the message's own id, and `replay` marks it as played back.
    pub(crate) fn new(message: &'a Message, id: Option<&'a str>, replay: Option<Replay>) -> Self {
        Self {
            origin: TWITCHAT,
            kind: &message.kind,
            id,
            data: message.data.as_deref(),
            replay,
        }
    }
}

/// The caller must call [`flush`](Self::flush).
#[derive(Debug)]
pub(crate) struct Writer<W> {
    to: W,
    /// The number of messages that were written so far.
    pub(crate) messages: u64,
}

impl<W: Write> Writer<W> {
    /// Writes and flushes the line that identifies the format. So a file that cannot be written is
    /// noticed at once.
    pub(crate) fn begin(to: W, started: Timestamp) -> io::Result<Self> {
        let mut writer = Self { to, messages: 0 };
        let by = concat!("twitchat-bridge ", env!("CARGO_PKG_VERSION"));
        writer
            .line(&json!({ "recording": VERSION, "started": format!("{started:.3}"), "by": by }))?;
        writer.flush()?;
        Ok(writer)
    }

    /// Writes a message, unless it is unknown or unreadable.
    pub(crate) fn message(&mut self, ms: u64, received: &Received) -> io::Result<()> {
        #[derive(Serialize)]
        struct Line<T> {
            ms: u64,
            message: T,
        }
        match received {
            Received::Twitchat(message) => {
                self.line(&Line {
                    ms,
                    message: Envelope::new(message, message.id.as_deref(), message.replay),
                })?;
            }
            Received::Bridge(whole) | Received::Request(whole) => {
                self.line(&Line { ms, message: whole })?;
            }
            Received::Other(_) | Received::Obs(_) | Received::Bad => return Ok(()),
        }
        self.messages += 1;
        Ok(())
    }

    /// Records that OBS was disconnected or connected again.
    pub(crate) fn gap(&mut self, ms: u64, begins: bool) -> io::Result<()> {
        self.line(&json!({ "ms": ms, "gap": if begins { "begins" } else { "ends" } }))
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.to, line)?;
        self.to.write_all(b"\n")
    }
}

#[derive(Debug)]
pub(crate) struct RecordedMessage {
    /// The number of the message's line, from 1.
    pub(crate) line: u64,
    /// The time since the start in milliseconds; `None` if the line has no time.
    pub(crate) ms: Option<u64>,
    pub(crate) received: Received,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordingError {
    #[error("line {line} cannot be read")]
    Io {
        line: u64,
        #[source]
        source: io::Error,
    },
    #[error("line {line} is longer than any message can be")]
    TooLong { line: u64 },
    #[error(
        "line {line} is not text in UTF-8 or UTF-16 (see its column {column}): save the file as \
            UTF-8"
    )]
    NotText { line: u64, column: usize },
    #[error("line {line} is not JSON (see its column {column})")]
    NotJson { line: u64, column: usize },
    #[error("line {line} is neither a message nor a line of a recording")]
    NotAMessage { line: u64 },
    #[error(
        "the recording is from a newer twitchat-bridge (line {line}: version {version} \
            of the format): update this one"
    )]
    Newer { line: u64, version: u64 },
}

impl RecordingError {
    /// Whether the error concerns a single line, so that the next lines can be read.
    pub(crate) fn is_of_line(&self) -> bool {
        matches!(
            self,
            Self::TooLong { .. }
                | Self::NotText { .. }
                | Self::NotJson { .. }
                | Self::NotAMessage { .. }
        )
    }
}

/// Reads a recording line by line. After an error that [concerns a single
/// line](RecordingError::is_of_line), it continues with the next line.
#[derive(Debug)]
pub(crate) struct RecordingReader<R> {
    from: R,
    line: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> RecordingReader<R> {
    pub(crate) fn new(from: R) -> Self {
        Self {
            from,
            line: 0,
            buffer: Vec::new(),
        }
    }

    /// The next message; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<RecordedMessage>, RecordingError> {
        while self.read_line()? {
            if let Some(entry) = read(&self.buffer, self.line)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Reads the next line into the buffer. Returns `false` at the end.
    fn read_line(&mut self) -> Result<bool, RecordingError> {
        self.buffer.clear();
        self.line += 1;
        let line = self.line;
        let io = |source| RecordingError::Io { line, source };
        let most = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
        let count = self
            .from
            .by_ref()
            .take(most)
            .read_until(b'\n', &mut self.buffer)
            .map_err(io)?;
        if count == LONGEST_LINE && !self.buffer.ends_with(b"\n") {
            self.buffer.clear();
            self.from.skip_until(b'\n').map_err(io)?;
            return Err(RecordingError::TooLong { line });
        }
        Ok(count > 0)
    }
}

/// `None` if the line contains no message.
fn read(text: &[u8], line: u64) -> Result<Option<RecordedMessage>, RecordingError> {
    #[derive(Deserialize)]
    struct Outline<'a> {
        #[serde(borrow, default)]
        recording: Option<&'a RawValue>,
        #[serde(borrow, default)]
        gap: Option<&'a RawValue>,
        #[serde(borrow, default)]
        ms: Option<&'a RawValue>,
        #[serde(borrow, default)]
        message: Option<&'a RawValue>,
    }
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    let not_json = |error: &serde_json::Error| RecordingError::NotJson {
        line,
        column: error.column(),
    };
    let text = std::str::from_utf8(text).map_err(|error| {
        let before = text.get(..error.valid_up_to()).unwrap_or_default();
        let NotText(Spot { column, .. }) = NotText::after(&String::from_utf8_lossy(before));
        RecordingError::NotText { line, column }
    })?;
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let not_a_message = || RecordingError::NotAMessage { line };
    // Only an object is a message. A list would otherwise be read by the positions of its values.
    let outline: Outline<'_> = Some(whole.get())
        .filter(|text| text.starts_with('{'))
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(not_a_message)?;
    let number =
        |raw: Option<&RawValue>| raw.and_then(|raw| serde_json::from_str::<u64>(raw.get()).ok());
    match outline {
        Outline {
            message: Some(message),
            ms: Some(ms),
            ..
        } => {
            let ms = number(Some(ms)).ok_or_else(not_a_message)?;
            let received = receive(message).ok_or_else(not_a_message)?;
            Ok(Some(RecordedMessage {
                line,
                ms: Some(ms),
                received,
            }))
        }
        Outline {
            recording: Some(version),
            ..
        } => match number(Some(version)) {
            Some(version) if version > u64::from(VERSION) => {
                Err(RecordingError::Newer { line, version })
            }
            _ => Ok(None),
        },
        Outline {
            gap: Some(_),
            ms: Some(_),
            ..
        } => Ok(None),
        _ => receive(whole)
            .map(|received| {
                Some(RecordedMessage {
                    line,
                    ms: None,
                    received,
                })
            })
            .ok_or_else(not_a_message),
    }
}

/// A message of Twitchat, a bridge or a client; `None` for any other message.
fn receive(message: &RawValue) -> Option<Received> {
    Received::read(message.get())
        .ok()
        .filter(|received| !matches!(received, Received::Other(_) | Received::Bad))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The line, the time and the type of a message, or the text of the error.
    type ReadLine = Result<(u64, Option<u64>, String), String>;

    fn all(text: &[u8]) -> Vec<ReadLine> {
        let mut reader = RecordingReader::new(text);
        let mut all = Vec::new();
        loop {
            match reader.next() {
                Ok(None) => return all,
                Ok(Some(RecordedMessage { line, ms, received })) => {
                    let shown = match received {
                        Received::Twitchat(message) => message.kind.to_string(),
                        Received::Bridge(_) => "bridge".into(),
                        Received::Request(_) => "request".into(),
                        other => panic!("{other:?}"),
                    };
                    all.push(Ok((line, ms, shown)));
                }
                Err(error) => {
                    assert!(error.is_of_line() || matches!(error, RecordingError::Newer { .. }));
                    all.push(Err(error.to_string()));
                }
            }
        }
    }

    #[test]
    fn a_written_recording_is_read_back() {
        let mut writer = Writer::begin(Vec::new(), Timestamp::UNIX_EPOCH).unwrap();
        for (ms, message) in [
            (
                5,
                r#"{"origin":"twitchat","type":"FOLLOW","id":"f1","data":{"a": 1.50}}"#,
            ),
            (9, r#"{"origin":"twitchat","type":"POLL","replay":"count"}"#),
            (9, r#"{"request":"GetInfo","id":3}"#),
            (10, r#"{"origin":"twitchat-bridge","status":"ok"}"#),
            (11, r#"{"hello":"world"}"#),
        ] {
            writer
                .message(ms, &Received::read(message).unwrap())
                .unwrap();
        }
        writer.gap(20, true).unwrap();
        writer.gap(30, false).unwrap();
        assert_eq!(writer.messages, 4);
        let text = String::from_utf8(writer.to).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"by":"twitchat-bridge "#,
                env!("CARGO_PKG_VERSION"),
                r#"","recording":1,"started":"1970-01-01T00:00:00.000Z"}
{"ms":5,"message":{"origin":"twitchat","type":"FOLLOW","id":"f1","data":{"a": 1.50}}}
{"ms":9,"message":{"origin":"twitchat","type":"POLL","replay":"count"}}
{"ms":9,"message":{"request":"GetInfo","id":3}}
{"ms":10,"message":{"origin":"twitchat-bridge","status":"ok"}}
{"gap":"begins","ms":20}
{"gap":"ends","ms":30}
"#
            )
        );
        let read: Vec<_> = all(text.as_bytes())
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let expected = [
            (2, Some(5), "FOLLOW"),
            (3, Some(9), "POLL"),
            (4, Some(9), "request"),
            (5, Some(10), "bridge"),
        ];
        assert_eq!(
            read,
            expected.map(|(line, ms, shown)| (line, ms, shown.to_owned()))
        );
    }

    #[test]
    fn a_file_of_messages_is_a_recording_too() {
        for (file, lines) in [
            ("twitchat_examples.ndjson", 134),
            ("twitchat_v17_examples.ndjson", 50),
        ] {
            let text = std::fs::read(format!(
                "{}/tests/fixtures/{file}",
                env!("CARGO_MANIFEST_DIR")
            ))
            .unwrap();
            let read = all(&text);
            assert!(
                read.iter().all(|entry| matches!(entry, Ok((_, None, _)))),
                "{file}: {read:?}"
            );
            assert_eq!(read.len(), lines, "{file}");
        }
    }

    #[test]
    fn an_error_names_the_line_not_its_text_and_the_rest_is_read() {
        let mut text = b"{\"origin\":\"twitchat\",\"type\":\"A\"}\n\n{\"secret \
                words\n[1]\n\"x\"\n{\"a\":1}\n{\"ms\":-1,\"message\":{}}\n"
            .to_vec();
        text.extend(
            b"{\"origin\":\"twitchat\",\"type\":\""
                .iter()
                .chain(&vec![b'x'; LONGEST_LINE])
                .chain(b"\"}\n"),
        );
        text.extend(b"\xff\xfe\n{\"recording\":2}\n{\"origin\":\"twitchat\",\"type\":\"B\"}");
        let wrong = |line: u64| {
            Err(format!(
                "line {line} is neither a message nor a line of a recording"
            ))
        };
        let expected = [
            Ok((1, None, "A".to_owned())),
            Err("line 3 is not JSON (see its column 14)".into()),
            wrong(4),
            wrong(5),
            wrong(6),
            wrong(7),
            Err("line 8 is longer than any message can be".into()),
            Err(
                "line 9 is not text in UTF-8 or UTF-16 (see its column 1): save the file as UTF-8"
                    .into(),
            ),
            Err(
                "the recording is from a newer twitchat-bridge (line 10: version 2 of \
                the format): update this one"
                    .into(),
            ),
            Ok((11, None, "B".into())),
        ];
        assert_eq!(all(&text), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            prop_assert!(all(&bytes).len() <= lines);
        }

        #[test]
        fn a_broken_recording_loses_no_other_line(broken in "[^\n]{0,60}", place in 0_usize..5) {
            let good = r#"{"ms":1,"message":{"origin":"twitchat","type":"A"}}"#;
            let mut lines = vec![good; 5];
            lines.insert(place, &broken);
            let read = all(lines.join("\n").as_bytes());
            prop_assert_eq!(read.iter().filter(|entry| matches!(entry, Ok((_, Some(1),
                kind)) if kind == "A")).count(), 5);
        }
    }
}

//! `service logs`: prints the log from systemd's journal, or the end of the log file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::Command;
use twitchat_bridge::autostart::service::{self, Log};

use crate::cli::number;
use crate::cli::out;
use crate::cli::signals::Signals;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge service logs
  twitchat-bridge service logs --lines 500
  twitchat-bridge service logs --follow";

/// With --follow, the pause between two reads of the file.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// The greatest number of bytes of a log file that are read to find the last lines.
const LONGEST_TAIL: u64 = 4 * 1024 * 1024;

/// Show the log of the service
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The number of last lines to show
    #[arg(short = 'n', long, value_name = "N", default_value = "100",
        value_parser = number::whole::<u32>(1..=1_000_000), allow_negative_numbers = true)]
    lines: u32,
    /// Show new lines as they are written, until Ctrl-C
    #[arg(short, long)]
    follow: bool,
}

impl Args {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match service::log()? {
            Log::Journal { unit } => self.journal(unit).await,
            Log::File(path) => self.file(&path).await,
        }
    }

    async fn journal(self, unit: &str) -> anyhow::Result<ExitCode> {
        let mut command = Command::new("journalctl");
        command
            .args(["--user", "--no-pager", "--unit", unit, "--lines"])
            .arg(self.lines.to_string());
        if self.follow {
            command.arg("--follow");
        }
        let status = command
            .status()
            .await
            .context("cannot run journalctl, which has the log of the service")?;
        Ok(if status.success() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn file(self, path: &Path) -> anyhow::Result<ExitCode> {
        let read = |from| {
            since(path, from).with_context(|| {
                format!(
                    "cannot read the log file {}: has the service ever run?",
                    path.display()
                )
            })
        };
        let mut signals = Signals::listen()?;
        let (text, mut end) = read(None)?;
        out::bytes(last_lines(&text, self.lines as usize))?;
        if !self.follow {
            return Ok(ExitCode::SUCCESS);
        }
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = signals.next() => return Ok(ExitCode::SUCCESS),
            }
            let (added, now) = read(Some(end))?;
            out::bytes(&added)?;
            end = now;
        }
    }
}

/// The bytes of the file from the position `from` on, and the position of the end. Without `from`,
/// or if the file has become shorter, these are the last [`LONGEST_TAIL`] bytes.
fn since(path: &Path, from: Option<u64>) -> io::Result<(Vec<u8>, u64)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let from = from
        .filter(|from| *from <= length)
        .unwrap_or_else(|| length.saturating_sub(LONGEST_TAIL));
    file.seek(SeekFrom::Start(from))?;
    let mut text = Vec::new();
    file.take(length - from).read_to_end(&mut text)?;
    Ok((text, length))
}

fn last_lines(text: &[u8], count: usize) -> &[u8] {
    let whole = text.strip_suffix(b"\n").unwrap_or(text);
    let ends = whole
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(place, _)| place + 1);
    let begin = ends.rev().nth(count.saturating_sub(1)).unwrap_or(0);
    text.get(begin..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_complete() {
        let last = |count| String::from_utf8_lossy(last_lines(b"a\nb\nc\n", count)).into_owned();
        assert_eq!(
            [1, 2, 3, 9].map(last),
            ["c\n", "b\nc\n", "a\nb\nc\n", "a\nb\nc\n"]
        );
        assert_eq!(last_lines(b"a\nb", 1), b"b");
        assert_eq!(last_lines(b"", 1), b"");
    }

    #[test]
    fn a_file_is_read_further_and_a_new_file_from_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "one\n").unwrap();
        let (text, end) = since(&path, None).unwrap();
        assert_eq!((&*text, end), (&b"one\n"[..], 4));
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let (text, end) = since(&path, Some(end)).unwrap();
        assert_eq!((&*text, end), (&b"two\n"[..], 8));
        std::fs::write(&path, "new\n").unwrap();
        assert_eq!(since(&path, Some(end)).unwrap().0, b"new\n");
    }
}

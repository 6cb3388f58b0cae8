//! `record`: writes the messages on OBS to a file.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use tokio::time::Instant;
use twitchat_bridge::event::{ObsSubscription, Received};
use twitchat_bridge::input;

use super::candidates;
use super::context::Context;
use super::failure::Failure;
use super::out::{self, OutError};
use super::receiving::decode;
use super::receiving::kinds::{Kind, Kinds};
use super::receiving::{News, Receiving};
use super::recording::Writer;
use super::safe::harmless;

const AFTER_HELP: &str =
    "A type is one of Twitchat's, under the names of all versions: FOLLOW includes ON_FOLLOW. \
        Request.* are requests of other programs, and Bridge.* are messages of a bridge. * \
        stands for anything, ? for one character.

A recording contains names and chat texts: do not share it. Only you can read the file. \
While OBS is closed, the command waits, and the recording marks the gap. Ctrl-C ends it.

Examples:
  twitchat-bridge record tuesday.ndjson
  twitchat-bridge record follows.ndjson --for FOLLOW --for SUBSCRIPTION
  twitchat-bridge record - | gzip > tuesday.ndjson.gz
  twitchat-bridge replay tuesday.ndjson --speed 10";

/// Record everything that arrives, chat texts included, to play it back later
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The file to write, or - for standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Record only messages of this type, see below. May be given several times
    #[arg(long = "for", value_name = "TYPE", add = candidates::kinds())]
    kinds: Vec<Kind>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let kinds = Kinds::new(self.kinds);
        kinds
            .only_of(&["Twitchat", "Request", "Bridge"])
            .map_err(Failure::Usage)?;
        kinds.doubts().for_each(|doubt| out::warn(&doubt));
        let config = context.config()?;
        let mut receiving = Receiving::start(&config, ObsSubscription::default())?;
        loop {
            match receiving.next().await? {
                News::Up(_) => break,
                News::Signal => return Ok(ExitCode::SUCCESS),
                _ => {}
            }
        }
        let output = open(&self.file, self.force)?;
        let began = Instant::now();
        let mut writer =
            Writer::begin(output, Timestamp::now()).map_err(|error| failed(&self.file, error))?;
        loop {
            let news = receiving.next().await?;
            let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            match news {
                News::Received(batch) => {
                    let wanted = batch
                        .events
                        .iter()
                        .filter(|received| kinds.match_all() || kinds.matches(&name(received)));
                    wanted
                        .clone()
                        .try_for_each(|received| writer.message(ms, received))
                }
                News::Down => writer.gap(ms, true),
                News::Up(_) => writer.gap(ms, false),
                News::Signal => break,
                News::Tick
                | News::Scene(_)
                | News::Stream { .. }
                | News::Recording { .. }
                | News::Outputs { .. } => continue,
            }
            .and_then(|()| writer.flush())
            .map_err(|error| failed(&self.file, error))?;
        }
        out::note(format_args!(
            "recorded {} in {} s",
            input::count(writer.messages, "message"),
            began.elapsed().as_secs()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// The name of a message, as `watch` shows it.
fn name(received: &Received) -> String {
    match received {
        Received::Twitchat(message) => format!("Twitchat.{}", message.kind),
        Received::Bridge(whole) => decode::bridge(whole, Timestamp::UNIX_EPOCH).name,
        Received::Request(whole) => decode::request(whole, Timestamp::UNIX_EPOCH).name,
        Received::Other(_) | Received::Obs(_) | Received::Bad => String::new(),
    }
}

fn failed(file: &Path, error: io::Error) -> anyhow::Error {
    if is_stdout(file) {
        return OutError::from(error).into();
    }
    anyhow::Error::from(error).context(format!("cannot write the recording to {}", file.display()))
}

/// Writes lines of JSON to standard output. Escapes control characters in a recording, because they
/// could control the terminal.
#[derive(Debug, Default)]
struct HarmlessLines(Vec<u8>);

impl Write for HarmlessLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.0);
        let mut stdout = io::stdout().lock();
        stdout.write_all(harmless(&text).as_bytes())?;
        self.0.clear();
        stdout.flush()
    }
}

impl Drop for HarmlessLines {
    fn drop(&mut self) {
        // `drop` cannot return an error.
        drop(self.flush());
    }
}

fn is_stdout(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn open(file: &Path, force: bool) -> anyhow::Result<Box<dyn Write + Send>> {
    if is_stdout(file) {
        return Ok(Box::new(HarmlessLines::default()));
    }
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create_new(!force)
        .create(force)
        .truncate(force);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let shown = file.display();
    let opened = options.open(file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => anyhow::Error::from(Failure::Usage(format!(
            "{shown} is there already: choose another name, or overwrite it with --force"
        ))),
        _ => error.into(),
    });
    Ok(Box::new(BufWriter::new(opened.with_context(|| {
        format!("cannot write the recording to {shown}")
    })?)))
}

//! Writes the log to standard error, and to a file if one is given.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fs::{DirBuilder, File};
use std::io::{self, Write as _};
use std::panic;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};
use twitchat_bridge::files::owner_only;

use super::failure::Failure;
use super::log_line::{self, Lines};
use super::options::Filter;

/// The environment variable for the filter, in the syntax of tracing's `EnvFilter`.
const VARIABLE: &str = "TWITCHAT_BRIDGE_LOG";

/// Flags take precedence over the environment.
pub(crate) fn start(filter: Filter, file: Option<&Path>) -> anyhow::Result<()> {
    let (own, asked) = match filter {
        Filter::Flag(level) => (level, None),
        Filter::Usual(level) => (
            level,
            std::env::var(VARIABLE)
                .ok()
                .filter(|text| !text.trim().is_empty()),
        ),
    };
    let filter = match asked {
        Some(text) => EnvFilter::try_new(text).map_err(|error| {
            Failure::Usage(format!(
                "the environment variable {VARIABLE} is no log filter, such as \"debug\": {error}"
            ))
        })?,
        // obws is off, because the link reports the same errors in better words. Log lines of other
        // libraries below a warning do not help the user.
        None => EnvFilter::new(format!("warn,obws=off,twitchat_bridge={own}")),
    };
    let colour = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    let screen = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(colour)
        .event_format(Lines::new(false))
        .log_internal_errors(false);
    let file = file
        .map(|path| {
            open(path).with_context(|| format!("cannot write the log file {}", path.display()))
        })
        .transpose()?;
    let file = file.map(|file| {
        fmt::layer()
            .with_writer(Mutex::new(file))
            .with_ansi(false)
            .event_format(Lines::new(true))
            .log_internal_errors(false)
    });
    tracing_subscriber::registry()
        .with(filter)
        .with(screen)
        .with(file)
        .try_init()?;
    log_panics();
    Ok(())
}

/// Logs panics of all tasks and threads instead of Rust's lines on standard error. So panics are in
/// the log file too.
fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let thread = thread::current();
        let (name, backtrace) = (
            thread.name().unwrap_or("without a name"),
            Backtrace::capture(),
        );
        let backtrace = if backtrace.status() == BacktraceStatus::Captured {
            format!("\n{backtrace}")
        } else {
            String::new()
        };
        tracing::error!("thread {name} {panic}{backtrace}");
    }));
}

/// Adds the error that ends the program to the log file. Standard error shows the error too, but a
/// program without a console has no standard error.
pub(crate) fn append(path: &Path, error: &anyhow::Error) {
    let line = log_line::of(Level::ERROR, &format!("{error:#}")) + "\n";
    // Standard error shows the error even if the file cannot be written.
    drop(open(path).and_then(|mut file| file.write_all(line.as_bytes())));
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    // Like the journal, the log contains the names of people and their events.
    owner_only(&mut options);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut folder = DirBuilder::new();
            folder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
            folder.create(path.parent().ok_or(error)?)?;
            options.open(path)
        }
        opened => opened,
    }
}

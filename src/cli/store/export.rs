//! `store export`: writes the journal as lines of JSON.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use twitchat_bridge::files::owner_only;
use twitchat_bridge::input;
use twitchat_bridge::store::{self, ExportError, ReadOnlyStore};

use super::file;
use crate::cli::context::Context;
use crate::cli::out::{self, OutError};

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store export journal.ndjson
  twitchat-bridge store export - | gzip > journal.ndjson.gz
  twitchat-bridge store export | jq -r 'select(.row) | .row.kind' | sort | uniq -c

Each line is a JSON object: the first one says that this is an exported journal, then come values, \
sessions, people and rows, and the last one has their numbers. docs/journal-export.md describes \
the fields. `store import` reads the file. It also works while the bridge runs: the export is the \
journal at one moment. The file names the people of the journal, and only you can read it.";

/// Write the journal as lines of JSON
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The file; `-` is standard output
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let journal = context.config()?.store.path;
        file::require_journal(&journal)?;
        let store = ReadOnlyStore::open(&journal)?;
        let reader = store.reader()?;
        if self.file == Path::new("-") {
            let to = BufWriter::new(io::stdout().lock());
            store::export(reader, to).map_err(|error| match error {
                ExportError::Write(error) => anyhow::Error::from(OutError::from(error)),
                error => error.into(),
            })?;
            return Ok(ExitCode::SUCCESS);
        }
        file::refuse_existing(&self.file, self.force)?;
        let mut name = self.file.clone().into_os_string();
        name.push(".new");
        let new = PathBuf::from(name);
        let write = || -> anyhow::Result<_> {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            owner_only(&mut options);
            let file = options
                .open(&new)
                .with_context(|| format!("cannot create {}", new.display()))?;
            let mut to = BufWriter::new(file);
            let numbers = store::export(reader, &mut to)?;
            to.flush()?;
            to.get_ref().sync_all()?;
            fs::rename(&new, &self.file)
                .with_context(|| format!("cannot write {}", self.file.display()))?;
            Ok(numbers)
        };
        let numbers = write().inspect_err(|_| {
            // The file may not exist, so an error here does not matter.
            drop(fs::remove_file(&new));
        })?;
        out::note(format_args!(
            "exported {} and {} to {}",
            input::count(numbers.sessions, "session"),
            input::count(numbers.rows, "row"),
            self.file.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

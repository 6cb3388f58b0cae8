//! `store import`: adds an exported journal to the journal.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;
use twitchat_bridge::input;
use twitchat_bridge::store::{self, Imported, Store};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store import journal.ndjson
  twitchat-bridge store import journal.ndjson --dry-run    only say what would be added
  gunzip -c journal.ndjson.gz | twitchat-bridge store import -

The bridge must not run. Everything is imported, or nothing: a wrong line is named. Rows that the \
journal has already are left out, so importing the same file again changes nothing. A row or \
session that contradicts one of the journal is an error: import into a journal without events, \
such as that of a new computer.";

/// Add an exported journal to the journal
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The file that `store export` has written; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Change nothing, and say what would be added
    #[arg(long)]
    dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let journal = context.config()?.store.path;
        if store::is_in_use(&journal)? {
            anyhow::bail!(Failure::InUse { journal });
        }
        let from: Box<dyn BufRead> = if self.file == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(&self.file)
                .with_context(|| format!("cannot read {}", self.file.display()))?;
            Box::new(BufReader::new(file))
        };
        let mut store = Store::open(&journal)?;
        for note in store.notes() {
            out::warn(note);
        }
        let imported = store.import(from, self.dry_run);
        let closed = store.close();
        let imported = imported?;
        closed?;
        self.show(&imported)?;
        Ok(ExitCode::SUCCESS)
    }

    fn show(&self, imported: &Imported) -> anyhow::Result<()> {
        let Imported { added, known_rows } = imported;
        if self.json {
            let reply = json!({ "dryRun": self.dry_run, "rows": added.rows,
                "sessions": added.sessions, "people": added.people, "values": added.values,
                "knownRows": known_rows });
            return Ok(out::line(serde_json::to_string_pretty(&reply)?)?);
        }
        let done = if self.dry_run {
            "would import"
        } else {
            "imported"
        };
        let known = match known_rows {
            0 => String::new(),
            known => format!("; the journal has {} already", input::count(*known, "row")),
        };
        Ok(out::line(format_args!(
            "{done} {} and {}{known}",
            input::count(added.sessions, "session"),
            input::count(added.rows, "row"),
        ))?)
    }
}

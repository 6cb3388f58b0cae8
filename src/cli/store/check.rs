//! `store check`: examines the journal, or a copy of it.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;
use twitchat_bridge::input;
use twitchat_bridge::store::{self, Checked};

use super::file;
use crate::cli::context::Context;
use crate::cli::failure;
use crate::cli::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store check
  twitchat-bridge store check --json
  twitchat-bridge store check journal.db.backup-2026-12-01T20-00-00Z

It reads every row, compares them with what the bridge wrote, and has SQLite check the file. It \
changes nothing, and also works while the bridge runs. If the journal is damaged, it says what the \
bridge will save at its next start, and the exit code is 9.";

/// Check that everything in the journal can be read
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// A copy of the journal, such as a backup. By default the journal itself
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let path = match self.file {
            Some(file) => file,
            None => context.config()?.store.path,
        };
        file::require_journal(&path)?;
        let checked = store::check(&path)?;
        let shown = path.display().to_string();
        if self.json {
            let reply = match &checked {
                Checked::Whole(counts) => json!({ "file": shown, "whole": true,
                    "rows": counts.rows, "sessions": counts.sessions, "people": counts.people }),
                Checked::Damaged { why, account } => json!({ "file": shown, "whole": false,
                    "why": why, "saved": account.saved, "lost": account.lost }),
            };
            out::line(serde_json::to_string_pretty(&reply)?)?;
        }
        match checked {
            Checked::Whole(counts) => {
                if !self.json {
                    out::line(format_args!("{shown} is whole: {}", file::content(counts)))?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Checked::Damaged { why, account } => {
                if !self.json {
                    out::line(out::clean(&format!(
                        "{shown} is DAMAGED: {why}. At its next start the bridge saves {} of it, \
                            {} lost, and keeps the damaged file",
                        input::count(account.saved, "row"),
                        match account.lost {
                            1 => "1 is".to_owned(),
                            lost => format!("{lost} are"),
                        }
                    )))?;
                }
                Ok(ExitCode::from(failure::JOURNAL))
            }
        }
    }
}

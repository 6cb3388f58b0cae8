//! `store restore`: puts a backup in the place of the journal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use twitchat_bridge::store::{self, Checked, Counts, JournalCopy, Store};

use super::file;
use crate::cli::context::Context;
use crate::cli::credits::ask;
use crate::cli::failure::Failure;
use crate::cli::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store restore --list
  twitchat-bridge store restore --latest
  twitchat-bridge store restore journal.db.backup-2026-12-01T20-00-00Z
  twitchat-bridge store restore --latest --yes    for scripts

The bridge must not run. The backup is checked first, and a damaged one is refused. The present \
journal stays beside the new one, as journal.db.replaced-TIME; `store restore` of that file undoes \
the restore. What happened after the backup is not in the restored journal.";

/// Go back to a backup of the journal
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Do not ask for confirmation
    #[arg(long, conflicts_with = "list")]
    yes: bool,
    /// With --list: print the backups as JSON
    #[arg(long, requires = "list")]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The backup
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Restore the newest backup beside the journal
    #[arg(long)]
    latest: bool,
    /// List the backups beside the journal, newest first
    #[arg(long)]
    list: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let journal = &config.store.path;
        let backups = store::backups(journal)?;
        if self.which.list {
            return self.show(journal, &backups);
        }
        let backup = match (self.which.file, backups.last()) {
            (Some(file), _) => file,
            (None, Some(last)) => last.path.clone(),
            (None, None) => anyhow::bail!("there is no backup beside {}", journal.display()),
        };
        let counts = checked(&backup)?;
        refuse_while_in_use(journal)?;
        if !self.yes {
            out::note(format_args!(
                "{}: {}",
                backup.display(),
                file::content(counts)
            ));
            let question = "Replace the journal by this backup? The journal is kept beside it. \
                [y/N]";
            if !ask("store restore", question)? {
                return Ok(ExitCode::SUCCESS);
            }
            refuse_while_in_use(journal)?;
        }
        let store = Store::open(journal)?;
        for note in store.notes() {
            out::warn(note);
        }
        let aside = store.restore(&backup)?;
        out::line(format_args!(
            "restored {}: {}",
            backup.display(),
            file::content(counts)
        ))?;
        if let Some(aside) = aside {
            out::note(format_args!(
                "the journal of before is kept as {}",
                aside.display()
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn show(&self, journal: &Path, backups: &[JournalCopy]) -> anyhow::Result<ExitCode> {
        if self.json {
            let list: Vec<_> = backups
                .iter()
                .rev()
                .map(|backup| {
                    let at = backup.at.map(|at| at.to_string());
                    json!({ "file": backup.path.display().to_string(), "at": at,
                        "bytes": backup.size() })
                })
                .collect();
            out::line(serde_json::to_string_pretty(&json!({ "backups": list }))?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if backups.is_empty() {
            out::note(format_args!(
                "there is no backup beside {}; the bridge makes one when a session closes",
                journal.display()
            ));
        }
        for backup in backups.iter().rev() {
            out::line(format_args!(
                "{}  {}",
                backup.path.display(),
                file::size(backup.size())
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The content of a backup that is whole.
fn checked(backup: &Path) -> anyhow::Result<Counts> {
    if !backup.exists() {
        anyhow::bail!(Failure::Usage(format!(
            "there is no file {}: `store restore --list` lists the backups",
            backup.display()
        )));
    }
    match store::check(backup)? {
        Checked::Whole(counts) => Ok(counts),
        Checked::Damaged { why, .. } => anyhow::bail!(Failure::BadBackup {
            backup: backup.to_owned(),
            why,
        }),
    }
}

fn refuse_while_in_use(journal: &Path) -> anyhow::Result<()> {
    if store::is_in_use(journal)? {
        anyhow::bail!(Failure::InUse {
            journal: journal.to_owned()
        });
    }
    Ok(())
}

//! `store backup`: makes a backup of the journal.

use std::path::PathBuf;
use std::process::ExitCode;

use tokio_util::sync::CancellationToken;
use twitchat_bridge::store;

use super::file;
use crate::cli::context::Context;
use crate::cli::out;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store backup
  twitchat-bridge store backup /media/stick/journal.db
  twitchat-bridge store backup /media/stick/journal.db --force    replace an older one

It also works while the bridge runs, and checks the backup. Without a FILE the backup goes beside \
the journal, counts as one of those that the bridge keeps (store.backups), and `forget` reaches \
it. A FILE of your own is yours: `forget`, store.retention and `store wipe` do not change it.";

/// Make a backup of the journal
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The backup. By default a file beside the journal, with the time in its name
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "file")]
    force: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let journal = &config.store.path;
        file::require_journal(journal)?;
        if let Some(file) = &self.file {
            file::refuse_existing(file, self.force)?;
        }
        let stop = CancellationToken::new();
        let made = store::back_up(journal, self.file.as_deref(), &stop)?;
        if self.file.is_none() && config.store.backups > 0 {
            store::keep_newest(journal, usize::try_from(config.store.backups)?)?;
        }
        out::line(format_args!("backed up to {}", made.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

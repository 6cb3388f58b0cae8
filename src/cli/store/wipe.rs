//! `store wipe`: removes the journal, the files beside it, log files, and the texts of labels.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::machine;
use twitchat_bridge::obs::{Options, RequestConnection};
use twitchat_bridge::store;

use crate::cli::context::Context;
use crate::cli::credits::ask;
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::own_files;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge store wipe
  twitchat-bridge store wipe --yes                       for scripts
  twitchat-bridge store wipe --log-file ~/bridge.log     a log file of your own, too

It removes the journal with all sessions, people, corrections and remembered events, the files \
beside it with all backups, the log files of the service and of the script for OBS, and the texts \
that labels have in OBS. Each is printed. This cannot be undone. The bridge must not run.

What you have installed or written yourself stays: the program, the service, the script and the \
page (`uninstall` removes them), the config file, recordings, exported credits. Log lines of a \
service on Linux are in the journal of systemd, which the bridge cannot change.";

/// Permanently remove the journal, its files and the logs
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
    /// A further log file to remove, such as that of `run --log-file`
    #[arg(long = "log-file", value_name = "FILE")]
    logs: Vec<PathBuf>,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let journal = &config.store.path;
        refuse_while_in_use(&config)?;
        let mut files = own_files::journal_files(journal)?;
        let logs = own_files::log_files().into_iter().chain(self.logs);
        files.extend(logs.filter(|log| log.exists()));
        if files.is_empty() && config.rules.labels.is_empty() {
            out::note(format_args!(
                "nothing to remove: there is no journal at {}",
                journal.display()
            ));
            return Ok(ExitCode::SUCCESS);
        }
        if !self.yes {
            out::note("these files will be removed, and the texts of labels in OBS:");
            for file in &files {
                out::note(format_args!("  {}", file.display()));
            }
            let question = "Remove them, with all credits, for good? [y/N]";
            if !ask("store wipe", question)? {
                return Ok(ExitCode::SUCCESS);
            }
            refuse_while_in_use(&config)?;
        }
        for file in &files {
            if own_files::remove(file)? {
                out::line(format_args!("removed {}", file.display()))?;
            }
        }
        empty_labels(&config).await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn refuse_while_in_use(config: &Config) -> anyhow::Result<()> {
    if store::is_in_use(&config.store.path)? {
        anyhow::bail!(Failure::InUse {
            journal: config.store.path.clone()
        });
    }
    Ok(())
}

/// Empties the text sources of the config's labels, because the last texts may contain names.
async fn empty_labels(config: &Config) -> anyhow::Result<()> {
    let labels = &config.rules.labels;
    if labels.is_empty() {
        return Ok(());
    }
    let target = machine::target(config)();
    let Ok(obs) = RequestConnection::connect(&target, &Options::default()).await else {
        out::warn(
            "OBS cannot be reached, so the last texts of labels stay in it: run this command \
                again while OBS is open, or empty the text sources by hand",
        );
        return Ok(());
    };
    for label in labels {
        let is_there = obs.input(&label.source).await?.is_some();
        if is_there {
            obs.set_input(&label.source, &json!({ "text": "" })).await?;
            out::line(format_args!(
                "emptied the text source {:?} in OBS",
                label.source
            ))?;
        }
    }
    Ok(())
}

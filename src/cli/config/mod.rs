//! `config`: shows the settings and the path of the config file, changes one setting, and writes a
//! new file.

mod set;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use twitchat_bridge::config::{self, Config, EditError};

use super::context::Context;
use super::out;
use super::screen::{self, Grid};

const AFTER_HELP: &str =
    "An option overrides an environment variable, a variable overrides the config file, and \
        the file overrides OBS's own settings on this computer. A setting without a \
value in any of them keeps its default.

Examples:
  twitchat-bridge config show
  twitchat-bridge config init && $EDITOR \"$(twitchat-bridge config path)\"";

/// Show or change the settings, or write a config file
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show every setting, its value, and the origin of the value; passwords stay hidden
    #[command(after_help = "Examples:
  twitchat-bridge config show
  twitchat-bridge --config other.toml config show")]
    Show,
    Set(set::SetArgs),
    Unset(set::UnsetArgs),
    /// Print the path of the config file, which need not exist
    #[command(after_help = "Examples:
  twitchat-bridge config path
  $EDITOR \"$(twitchat-bridge config path)\"")]
    Path,
    /// Write a config file that explains every setting
    #[command(after_help = "Examples:
  twitchat-bridge config init
  twitchat-bridge --config other.toml config init")]
    Init {
        /// Replace a config file that is already there
        #[arg(long)]
        force: bool,
    },
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            ConfigCommand::Show => out::line(table(&context.config_of_rules()?))?,
            ConfigCommand::Set(args) => args.run(context)?,
            ConfigCommand::Unset(args) => args.run(context)?,
            ConfigCommand::Path => {
                let path = path(context)?;
                out::line(path.display())?;
                if !path.exists() {
                    out::note("(there is none yet: `twitchat-bridge config init` writes one)");
                }
            }
            ConfigCommand::Init { force } => {
                let path = path(context)?;
                write(&path, force)?;
                out::line(format_args!("wrote {}", path.display()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn path(context: &Context) -> anyhow::Result<PathBuf> {
    Ok(config::file_path(context.flags()).ok_or(EditError::NoHome)?)
}

fn table(config: &Config) -> String {
    let mut grid = Grid::new(["setting", "value", "from"], 1);
    for row in config.rows() {
        grid.row([
            row.key.to_owned(),
            row.value.unwrap_or_else(|| "(not set)".into()),
            row.origin.to_string(),
        ]);
    }
    grid.show(screen::width())
}

/// Only the user can read the file, because it may contain a password.
fn write(path: &Path, force: bool) -> anyhow::Result<()> {
    let doing = || format!("cannot write the config file {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(doing)?;
    }
    let mut options = File::options();
    options
        .write(true)
        .create(force)
        .truncate(force)
        .create_new(!force);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!(
                "there is a config file already: {}. Change it there, or replace it with --force",
                path.display()
            )
        }
        file => file
            .and_then(|mut file| file.write_all(config::template().as_bytes()))
            .with_context(doing),
    }
}

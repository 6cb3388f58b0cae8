//! `man`: prints the manual page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use super::{failure::Failure, name::NAME, out};

const AFTER_HELP: &str = "Examples:
  twitchat-bridge man | man -l -
  twitchat-bridge man watch > twitchat-bridge-watch.1
  twitchat-bridge man credits roll > twitchat-bridge-credits-roll.1
  twitchat-bridge man --into ~/.local/share/man/man1         write the pages of all commands";

/// Print the manual page of the program or of one command
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The command whose page is printed, such as `watch` or `credits roll`
    #[arg(value_name = "COMMAND")]
    verbs: Vec<String>,
    /// Write the pages of all commands into this folder, and print nothing
    #[arg(long, value_name = "DIR", conflicts_with = "verbs")]
    into: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self, command: clap::Command) -> anyhow::Result<ExitCode> {
        let mut command = command.version(env!("CARGO_PKG_VERSION"));
        command.build();
        if let Some(folder) = self.into {
            write_pages(&command, &folder)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut path = NAME.to_owned();
        for verb in self.verbs {
            let Some(found) = command.find_subcommand(&verb) else {
                return Err(Failure::Usage(format!(
                    "there is no command {verb}; {path} --help lists the commands"
                ))
                .into());
            };
            path = format!("{path} {verb}");
            command = found.clone();
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        out::bytes(&page)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes the pages of a command and of its subcommands, each to a file such as
/// `twitchat-bridge-watch.1`. The subcommand `help` has no page.
fn write_pages(command: &clap::Command, folder: &Path) -> anyhow::Result<()> {
    for below in command.get_subcommands() {
        if below.get_name() != "help" {
            write_pages(below, folder)?;
        }
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let page = clap_mangen::Man::new(command.clone());
    let file = folder.join(page.get_filename());
    page.generate_to(folder)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(())
}

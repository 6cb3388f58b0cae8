//! `man`: prints the manual page.

use std::process::ExitCode;

use super::{failure::Failure, name::NAME, out};

const AFTER_HELP: &str = "Examples:
  twitchat-bridge man | man -l -
  twitchat-bridge man watch > twitchat-bridge-watch.1
  twitchat-bridge man credits roll > twitchat-bridge-credits-roll.1";

/// Print the manual page of the program or of one command
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Which command's page, such as `watch` or `credits roll`
    #[arg(value_name = "COMMAND")]
    verbs: Vec<String>,
}

impl Args {
    pub(crate) fn run(self, command: clap::Command) -> anyhow::Result<ExitCode> {
        let mut command = command.version(env!("CARGO_PKG_VERSION"));
        command.build();
        let mut path = NAME.to_owned();
        for verb in self.verbs {
            let Some(found) = command.find_subcommand(&verb) else {
                return Err(Failure::Usage(format!(
                    "there is no command {verb}; {path} --help lists them"
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

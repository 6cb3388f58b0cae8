//! `setup`: finds OBS, checks Twitchat, installs the page, the panel and the autostart, and rolls a
//! test.
//! While OBS is closed, it postpones the steps that need OBS, and `run` does them later.

mod ask;
mod choices;
mod postponed;
mod record;
mod report;
mod steps;

use std::process::ExitCode;

use super::context::Context;
use super::failure::Failure;

use choices::Choices;
use report::Report;

pub(crate) use postponed::make_up_for;
pub(crate) use record::Record;

const AFTER_HELP: &str = "Each step explains itself and can be skipped. With --yes nothing is \
asked: everything is done that can be done now. What needs OBS is postponed while OBS is closed; \
the bridge does it when OBS is there. At the end the command lists what it has changed; \
`uninstall` undoes it. It can be run again at any time.

Examples:
  twitchat-bridge setup
  twitchat-bridge setup --yes
  twitchat-bridge setup --yes --autostart none";

/// Set everything up: OBS, the end-credits page, the panel, the automatic start, and a test
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    choices: Choices,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        if !self.choices.yes && !ask::can_ask() {
            return Err(Failure::Usage(
                "`setup` asks what to do, and there is no terminal to ask on. With --yes it asks \
                    nothing and does everything"
                    .into(),
            )
            .into());
        }
        let mut report = Report::default();
        steps::all(self.choices, context, &mut report).await?;
        report.show()?;
        Ok(ExitCode::SUCCESS)
    }
}

//! `setup`: the first run. It finds OBS, checks Twitchat, installs the page and the autostart, and
//! rolls a test. What needs an OBS that is closed is postponed, and `run` makes up for it.

mod ask;
mod postponed;
mod record;
mod report;
mod steps;
mod wishes;

use std::process::ExitCode;

use super::context::Context;
use super::failure::Failure;

use report::Report;
use wishes::Wishes;

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

/// Set everything up: OBS, the end-credits page, the start of the bridge, a test
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    wishes: Wishes,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        if !self.wishes.yes && !ask::can_ask() {
            return Err(Failure::Usage(
                "`setup` asks what to do, and there is no terminal to ask on. With --yes it asks \
                    nothing and does everything"
                    .into(),
            )
            .into());
        }
        let mut report = Report::default();
        steps::all(self.wishes, context, &mut report).await?;
        report.show()?;
        Ok(ExitCode::SUCCESS)
    }
}

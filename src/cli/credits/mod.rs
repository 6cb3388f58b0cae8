//! `credits`: shows, exports and clears the credits, rolls them on the page, and controls the roll.

mod clear;
mod control;
mod get;
mod roll;
mod table;
pub(super) mod text;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

pub(crate) use get::show;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge credits
  twitchat-bridge credits --limit 20
  twitchat-bridge credits get --format markdown > credits.md
  twitchat-bridge credits get --format html > credits.html
  twitchat-bridge credits test --names 800 --seed 7      see how the page looks when it is full
  twitchat-bridge credits roll --seconds 90
  twitchat-bridge credits clear --yes

The bridge must be running: the command sends it a request over OBS, as an overlay does. `clear` \
keeps the old credits in the journal.";

/// Show the credits, roll them in OBS, or begin new ones
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true,
    args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    get: get::GetArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    #[command(after_help = get::EXAMPLES)]
    Get(get::GetArgs),
    Roll(roll::Args),
    Test(roll::TestArgs),
    #[command(after_help = "Examples:\n  twitchat-bridge credits stop")]
    Stop(control::Plain),
    /// Pause the credits
    #[command(after_help = "Examples:\n  twitchat-bridge credits pause")]
    Pause(control::Plain),
    /// Resume the credits
    #[command(after_help = "Examples:\n  twitchat-bridge credits resume")]
    Resume(control::Plain),
    /// Go to the next section
    #[command(after_help = "Examples:\n  twitchat-bridge credits next")]
    Next(control::Plain),
    /// Go to the previous section
    #[command(after_help = "Examples:\n  twitchat-bridge credits previous")]
    Previous(control::Plain),
    Speed(control::Speed),
    Goto(control::Goto),
    Clear(clear::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            None => self.get.run(context).await,
            Some(Verb::Get(args)) => args.run(context).await,
            Some(Verb::Roll(args)) => args.run(context).await,
            Some(Verb::Test(args)) => args.run(context).await,
            Some(Verb::Stop(args)) => args.stop(context).await,
            Some(Verb::Pause(args)) => args.run("pause", context).await,
            Some(Verb::Resume(args)) => args.run("resume", context).await,
            Some(Verb::Next(args)) => args.run("next", context).await,
            Some(Verb::Previous(args)) => args.run("previous", context).await,
            Some(Verb::Speed(args)) => args.run(context).await,
            Some(Verb::Goto(args)) => args.run(context).await,
            Some(Verb::Clear(args)) => args.run(context).await,
        }
    }
}

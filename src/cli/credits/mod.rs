//! `credits`: shows, exports and clears the credits, rolls them on the page, and controls the roll.

mod clear;
mod control;
mod edit;
mod explain;
mod get;
mod roll;
mod table;
mod template;
pub(super) mod text;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;

pub(crate) use clear::ask;
pub(crate) use get::show;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge credits
  twitchat-bridge credits --limit 20
  twitchat-bridge credits get --format markdown > credits.md
  twitchat-bridge credits get --format html > credits.html
  twitchat-bridge credits test --names 800 --seed 7      see how the page looks when it is full
  twitchat-bridge credits roll --seconds 90
  twitchat-bridge credits --session last                 show those of the previous session
  twitchat-bridge credits explain anna                   show why somebody is in the credits
  twitchat-bridge credits hide some_troll
  twitchat-bridge credits undo
  twitchat-bridge credits clear --yes

The bridge must be running: the command sends it a request over OBS, as an overlay does. Only \
`explain` and `--session` also work without a bridge: then they read the journal. `clear` keeps \
the old \
credits in the journal; `credits --session last` shows them.

Corrections (hide, show, rename, merge, remove, add) delete nothing: `undo` takes them back. \
PERSON is a name, a login, an id, or PLATFORM:ID, such as twitch:12345. If several people have \
that name, the error lists each of them as PLATFORM:ID. The running roll changes at once, without \
a jump; people who were not in it when it began appear in the next roll. With \
--session, corrections are made in another session; those of people hold in all sessions.";

/// Show the credits, roll them in OBS, or begin new ones
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true,
    args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<CreditsCommand>,
    #[command(flatten)]
    get: get::GetArgs,
}

#[derive(Debug, Subcommand)]
enum CreditsCommand {
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
    /// Leave a person out of the credits, in this session and in later ones
    #[command(after_help = edit::HIDE_EXAMPLES)]
    Hide(edit::Person),
    /// Show a hidden person again
    #[command(after_help = edit::SHOW_EXAMPLES)]
    Show(edit::Person),
    Rename(edit::Rename),
    Merge(edit::Merge),
    Remove(edit::Remove),
    Add(edit::Add),
    Undo(edit::Undo),
    Find(edit::Find),
    Explain(explain::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            None => self.get.run(context).await,
            Some(CreditsCommand::Get(args)) => args.run(context).await,
            Some(CreditsCommand::Roll(args)) => args.run(context).await,
            Some(CreditsCommand::Test(args)) => args.run(context).await,
            Some(CreditsCommand::Stop(args)) => args.stop(context).await,
            Some(CreditsCommand::Pause(args)) => args.run("pause", context).await,
            Some(CreditsCommand::Resume(args)) => args.run("resume", context).await,
            Some(CreditsCommand::Next(args)) => args.run("next", context).await,
            Some(CreditsCommand::Previous(args)) => args.run("previous", context).await,
            Some(CreditsCommand::Speed(args)) => args.run(context).await,
            Some(CreditsCommand::Goto(args)) => args.run(context).await,
            Some(CreditsCommand::Clear(args)) => args.run(context).await,
            Some(CreditsCommand::Hide(args)) => args.run("hide", context).await,
            Some(CreditsCommand::Show(args)) => args.run("show", context).await,
            Some(CreditsCommand::Rename(args)) => args.run(context).await,
            Some(CreditsCommand::Merge(args)) => args.run(context).await,
            Some(CreditsCommand::Remove(args)) => args.run(context).await,
            Some(CreditsCommand::Add(args)) => args.run(context).await,
            Some(CreditsCommand::Undo(args)) => args.run(context).await,
            Some(CreditsCommand::Find(args)) => args.run(context).await,
            Some(CreditsCommand::Explain(args)) => args.run(context).await,
        }
    }
}

//! `credits`: shows, exports and clears the credits, rolls them on the page, and controls the roll.

mod clear;
mod control;
mod edit;
mod explain;
mod get;
mod roll;
mod table;
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
  twitchat-bridge credits --session last                 those of the session before
  twitchat-bridge credits explain anna                   why somebody is in them
  twitchat-bridge credits hide some_troll
  twitchat-bridge credits undo
  twitchat-bridge credits clear --yes

The bridge must be running: the command sends it a request over OBS, as an overlay does. Only \
`explain` and `--session` also work without it: they read the journal then. `clear` keeps the old \
credits in the journal; `credits --session last` shows them.

Corrections (hide, show, rename, merge, remove, add) delete nothing: `undo` takes them back. \
PERSON is a name, a login or an id. If several people have it, the error names each of them as \
PLATFORM:ID, such as twitch:12345, which is a PERSON too. Names in a roll that is on change where \
they stand; people who were not in it when it began appear in the next roll.";

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
    /// Leave a person out of the credits, in this session and in later ones
    #[command(after_help = edit::HIDE_EXAMPLES)]
    Hide(edit::Person),
    /// Show a person again who was hidden
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
            Some(Verb::Hide(args)) => args.run("hide", context).await,
            Some(Verb::Show(args)) => args.run("show", context).await,
            Some(Verb::Rename(args)) => args.run(context).await,
            Some(Verb::Merge(args)) => args.run(context).await,
            Some(Verb::Remove(args)) => args.run(context).await,
            Some(Verb::Add(args)) => args.run(context).await,
            Some(Verb::Undo(args)) => args.run(context).await,
            Some(Verb::Find(args)) => args.run(context).await,
            Some(Verb::Explain(args)) => args.run(context).await,
        }
    }
}

//! `credits`: show, try out, or clear them.

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Map, Value};

use super::bus::{self, Patience};
use super::context::Context;
use super::out;
use super::roll::Roll;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge credits
  twitchat-bridge credits --extended --limit 20
  twitchat-bridge credits --format markdown > credits.md
  twitchat-bridge credits test --format json --spelling current
  twitchat-bridge credits clear --yes

The bridge must be running: it is asked over OBS, as an overlay would ask it. What clear clears stays in the journal.";

/// Show the credits, try them out with sample people, or begin new ones
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// get, or nothing, shows them; test shows how they look full; clear begins new ones
    #[arg(value_enum, default_value_t = What::Get, hide_default_value = true)]
    what: What,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Whose keys the JSON has: those of Streamer.bot's older documents, or today's
    #[arg(long, value_enum, default_value_t = Spelling::Seed)]
    spelling: Spelling,
    /// Tell amounts as well, where there are any
    #[arg(long)]
    extended: bool,
    /// At most so many names per list
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Clear without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    patience: Patience,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Get,
    Test,
    Clear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Spelling {
    Seed,
    Current,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let name = match self.what {
            What::Get => "GetCredits",
            What::Test => "TestCredits",
            What::Clear => return self.clear(context).await,
        };
        let reply = context.bus().await?.ask(name, self.wish(), self.patience).await?;
        let credits = bus::answer(reply);
        if credits.get("limited") == Some(&Value::Bool(true)) {
            out::note("(some lists are cut)");
        }
        if self.format == Format::Json {
            out::line(serde_json::to_string_pretty(&credits)?)?;
        } else {
            show(&Roll::read(&credits), self.format == Format::Markdown)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn wish(&self) -> Map<String, Value> {
        // The roll is made of the seed's keys, whatever the user wants to see as JSON.
        let current = self.format == Format::Json && self.spelling == Spelling::Current;
        let mut wish = Map::from_iter([
            ("spelling".to_owned(), Value::from(if current { "current" } else { "seed" })),
            ("extended".to_owned(), self.extended.into()),
        ]);
        wish.extend(self.limit.map(|limit| ("limit".to_owned(), limit.into())));
        wish
    }

    async fn clear(&self, context: &Context) -> anyhow::Result<ExitCode> {
        if !self.yes && io::stdin().is_terminal() && io::stderr().is_terminal() && !confirmed()? {
            out::note("nothing was changed");
            return Ok(ExitCode::SUCCESS);
        }
        context.bus().await?.ask("ClearCredits", Map::new(), self.patience).await?;
        out::note("new credits have begun; the old ones stay in the journal");
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints a roll, or says why there is none.
pub(crate) fn show(roll: &Roll, markdown: bool) -> Result<(), out::OutError> {
    if roll.is_empty() {
        out::note(
            "Nobody is in the credits yet: they fill as people follow, cheer, subscribe and write. `credits test` shows how they look full.",
        );
        return Ok(());
    }
    out::line(if markdown { roll.markdown() } else { roll.text() })
}

fn confirmed() -> io::Result<bool> {
    out::note("Begin new credits? What is in them now will no longer be shown. [y/N]");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

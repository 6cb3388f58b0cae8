//! `credits get`: prints the credits for people, for programs, or as a page that needs no other
//! file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ValueEnum, ValueHint};
use serde_json::{Map, Value};
use twitchat_bridge::overlay::{self, page};
use twitchat_bridge::request::SessionQuery;

use super::{table, template};
use crate::cli::client::{self, Timeout};
use crate::cli::context::Context;
use crate::cli::credits::text::Roll;
use crate::cli::number;
use crate::cli::out;
use crate::cli::sessions;

pub(super) const EXAMPLES: &str = "Examples:
  twitchat-bridge credits get --extended
  twitchat-bridge credits get --format csv > credits.csv
  twitchat-bridge credits get --format html > credits.html
  twitchat-bridge credits get --format json | jq .Events.Raided
  twitchat-bridge credits get --session last --format markdown
  twitchat-bridge credits get --session last --template discord.md.j2";

/// Print the credits
#[derive(Debug, clap::Args)]
pub(super) struct GetArgs {
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Fill in this template instead, in minijinja's language (docs/scripting.md describes it). The
    /// name of the file shows how names are escaped: `post.md.j2` makes Markdown
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["format", "spelling", "extended"])]
    template: Option<PathBuf>,
    /// The keys of the JSON: those of Streamer.bot's older documents (`legacy`), or the current
    /// ones
    #[arg(long, value_enum, default_value_t = Spelling::Legacy)]
    spelling: Spelling,
    /// Include amounts in JSON and Markdown; text and CSV always include them
    #[arg(long)]
    extended: bool,
    /// Show at most this many names per list
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1..=u32::MAX.into()),
        allow_negative_numbers = true)]
    limit: Option<u32>,
    /// Show sample people instead of real ones
    #[arg(long)]
    test: bool,
    /// Show the credits of another session: a number, `last`, `yesterday` or a date. This needs no
    /// running bridge
    #[arg(long, value_name = "SESSION", value_parser = sessions::read,
        allow_negative_numbers = true, conflicts_with = "test")]
    session: Option<SessionQuery>,
    #[command(flatten)]
    timeout: Timeout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal
    Text,
    /// The bridge's reply as JSON
    Json,
    /// Markdown for a wiki or the description of a video
    Markdown,
    /// A table for a spreadsheet, with one line per name and amounts
    Csv,
    /// The end-credits page with these credits, as one file
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Spelling {
    #[value(alias = "seed")]
    Legacy,
    Current,
}

impl GetArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        if self.format == Format::Html {
            return self.html(context).await;
        }
        if let Some(path) = self.template.clone() {
            return self.document(&path, context).await;
        }
        let name = if self.test {
            "TestCredits"
        } else {
            "GetCredits"
        };
        let credits = self.ask(context, name, self.options()).await?;
        if credits.get("limited") == Some(&Value::Bool(true)) {
            out::note("(some lists are cut)");
        }
        match self.format {
            Format::Json => out::line(serde_json::to_string_pretty(&credits)?)?,
            Format::Csv => out::line(table::csv(&credits))?,
            Format::Markdown => show(&Roll::read(&credits), true)?,
            Format::Text | Format::Html => show(&Roll::read(&credits), false)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Fills in the user's template.
    async fn document(self, path: &Path, context: &Context) -> anyhow::Result<ExitCode> {
        let document = template::read(path)?;
        let mut options = self.options();
        options.insert("extended".into(), true.into());
        let name = if self.test {
            "TestCredits"
        } else {
            "GetCredits"
        };
        let credits = self.ask(context, name, options).await?;
        let of_roll = Map::from_iter([("test".to_owned(), Value::from(self.test))]);
        let roll = self.ask(context, "GetRoll", of_roll).await?;
        let mut session = self.ask(context, "GetSession", Map::new()).await?;
        let session = session.remove("session").unwrap_or_default();
        template::print(&document, path, credits, session, &roll.into())?;
        Ok(ExitCode::SUCCESS)
    }

    /// Makes a request. A session is read from the journal if no bridge runs.
    async fn ask(
        &self,
        context: &Context,
        name: &str,
        mut fields: Map<String, Value>,
    ) -> anyhow::Result<Map<String, Value>> {
        if let Some(session) = self.session {
            fields.insert("session".into(), session.to_string().into());
            return context.ask_or_read(name, fields, self.timeout).await;
        }
        let reply = context.request(name, fields, self.timeout).await?;
        Ok(client::answer(reply))
    }

    fn options(&self) -> Map<String, Value> {
        // The other formats are made of a reply in `legacy` spelling; --spelling applies to JSON
        // only.
        let current = self.format == Format::Json && self.spelling == Spelling::Current;
        let mut options = Map::from_iter([
            (
                "spelling".to_owned(),
                Value::from(if current { "current" } else { "legacy" }),
            ),
            (
                "extended".to_owned(),
                (self.extended || matches!(self.format, Format::Text | Format::Csv)).into(),
            ),
        ]);
        options.extend(self.limit.map(|limit| ("limit".to_owned(), limit.into())));
        options
    }

    /// Prints the page with the look and the sections of the config.
    async fn html(self, context: &Context) -> anyhow::Result<ExitCode> {
        let options = Map::from_iter([("test".to_owned(), Value::from(self.test))]);
        let reply = self.ask(context, "GetRoll", options).await?;
        let roll = reply.get("roll").cloned().unwrap_or_default();
        let custom_css = overlay::custom_css(overlay::usual_folder().as_deref());
        out::line(page::standalone(&roll, &custom_css).trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints a roll, or a note if it is empty.
pub(crate) fn show(roll: &Roll, markdown: bool) -> Result<(), out::OutError> {
    if roll.is_empty() {
        out::note(
            "Nobody is in the credits yet: they fill as people follow, cheer, subscribe and write. \
                `credits get --test` shows how they look full.",
        );
        return Ok(());
    }
    out::line(if markdown {
        roll.markdown()
    } else {
        roll.text()
    })
}

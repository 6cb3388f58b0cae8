//! `overlay import`: writes the settings of Twitchat's end credits into the config file.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::Value;
use twitchat_bridge::client::Error;
use twitchat_bridge::config::{EditError, SettingChange, Writing, written_section};
use twitchat_bridge::credits::roll::Followed;
use twitchat_bridge::credits::roll::follow::{FollowedSection, SECTIONS};
use twitchat_bridge::daemon::machine;
use twitchat_bridge::twitchat::credits_settings::Params;

use super::twitchat;
use crate::cli::client::Timeout;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::out;

const AFTER_HELP: &str = "It asks Twitchat over OBS, and changes only the settings that Twitchat \
has too. Comments and everything else in the file stay, and the file is checked before it is \
written. Sections of the file with other ids stay too, but disabled. A running bridge takes the \
change at once.

To follow every later change in Twitchat, set overlay.follow = \"twitchat\" instead. What the file \
has wins over Twitchat's settings, so after an import the file decides.

Examples:
  twitchat-bridge overlay import --dry-run
  twitchat-bridge overlay import";

/// Copy the settings of Twitchat's own end credits into the config file
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Print the changes, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    timeout: Timeout,
}

const NOT_SET_UP: &str = "Twitchat has no end credits to import: set them up in Twitchat, in its \
    settings under Overlays > Ending credits";
const NO_ANSWER: &str = "Twitchat does not send its settings: open Twitchat, and connect it to \
    this OBS. Twitchat 16 sends them only once it knows your stream; if it is open, wait some \
    seconds and try again";

impl Args {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let client = context.client(self.timeout).await?;
        let found = twitchat::ask(&client).await.map_err(|error| {
            let is_silent = matches!(error, Error::NoAnswer { .. });
            let error = anyhow::Error::new(error);
            if is_silent {
                error.context(NO_ANSWER)
            } else {
                error
            }
        })?;
        let params = found
            .params
            .ok_or_else(|| Failure::Usage(NOT_SET_UP.into()))?;
        let followed = Followed::of(Params(&params), &found.no_entry);
        let changes = changes(&followed, &found.reserved).context("cannot import a setting")?;
        let writing = if self.dry_run {
            Writing::Preview
        } else {
            Writing::Write
        };
        let (names, changes): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
        let written = machine::change_settings(context.flags(), &changes, writing)?;
        let shown =
            |value: &Option<Value>| value.as_ref().map_or("not set".into(), Value::to_string);
        for (name, (old, new)) in names.iter().zip(&written.values) {
            if old != new {
                out::line(format!("{name}: {} (before: {})", shown(new), shown(old)))?;
            }
        }
        for section in followed.sections() {
            if found.reserved.contains(&section.slot_type) {
                out::note(format!(
                    "section {} is disabled, because Twitchat reserves it for its supporters",
                    section.plan.id
                ));
            }
        }
        for one in followed.unmatched() {
            let section = one.section.as_ref().map(|name| format!(" of {name:?}"));
            out::note(format!(
                "{}{} has no equivalent: {}",
                one.parameter,
                section.unwrap_or_default(),
                one.why
            ));
        }
        let path = written.path.display();
        match (written.is_changed, self.dry_run) {
            (false, _) => out::note(format!("{path} has these settings already")),
            (true, true) => out::note(format!("nothing was written to {path}")),
            (true, false) => out::note(format!("written to {path}")),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The changes of the file, each with the name of its setting.
fn changes(
    followed: &Followed,
    reserved: &[Box<str>],
) -> Result<Vec<(&'static str, SettingChange)>, EditError> {
    let mut changes = Vec::new();
    for (name, value) in followed.written() {
        let change = match value {
            Some(value) => SettingChange::of_text(name, &value)?,
            None => SettingChange::removal(name)?,
        };
        changes.push((name, change));
    }
    let is_shown = |one: &FollowedSection| {
        one.is_enabled && one.plan.limit != Some(0) && !reserved.contains(&one.slot_type)
    };
    let sections = followed.sections().iter();
    let sections: Vec<Value> = sections
        .map(|one| written_section(&one.plan, is_shown(one)))
        .collect();
    if !sections.is_empty() {
        changes.push((SECTIONS, SettingChange::sections(sections)?));
    }
    Ok(changes)
}

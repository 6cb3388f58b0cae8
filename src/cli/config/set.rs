//! `config set` and `config unset`: change one setting in the config file.

use std::io::{self, IsTerminal as _, Read as _};

use anyhow::Context as _;
use serde_json::Value;
use twitchat_bridge::config::{SettingChange, may_hold_password, needs_restart};
use twitchat_bridge::daemon::machine;
use twitchat_bridge::files::text;

use crate::cli::candidates;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::out;

/// The limit on the bytes of a value on standard input.
const LONGEST: u64 = 64 * 1024;

/// Change one setting in the config file, and keep everything else in it
///
/// The comments and the order in the file stay. The command checks the whole file before it writes
/// it, and changes nothing if there is an error. If the file does not exist, the command creates
/// it. A running bridge uses the change at once. `status` lists the settings that need a restart.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  twitchat-bridge config set overlay.theme neon
  twitchat-bridge config set credits.ignore '[\"somebody\", 12345]'
  twitchat-bridge config set overlay.section '[\"cheers\", \"follows\", \"thanks\"]'
  twitchat-bridge config set overlay.section.cheers.limit 10
  twitchat-bridge config set obs.password -

The list overlay.section brings the sections of the end credits into its order. It has ids or \
kinds; a section of the file that it does not name is kept, but disabled.

docs/settings.md lists all settings.")]
pub(crate) struct SetArgs {
    /// The setting, such as `overlay.theme`
    #[arg(value_name = "KEY", add = candidates::settings())]
    key: String,
    /// The value, written as in the file. With -, it is read from standard input, which is required
    /// for a password
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
}

/// Remove one setting from the config file, which restores its default
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  twitchat-bridge config unset overlay.theme
  twitchat-bridge config unset overlay.section.cheers.limit")]
pub(crate) struct UnsetArgs {
    /// The setting, such as `overlay.theme`
    #[arg(value_name = "KEY", add = candidates::settings())]
    key: String,
}

impl SetArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let value = if self.value == "-" {
            read(context, &self.key)?
        } else if may_hold_password(&self.key, &self.value) {
            return Err(Failure::Usage(format!(
                "other programs could read the password among the arguments: use `config set {} \
                    -`, and give the value on standard input",
                self.key
            ))
            .into());
        } else {
            self.value
        };
        change(
            context,
            &self.key,
            &SettingChange::of_text(&self.key, &value)?,
        )
    }
}

impl UnsetArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        change(context, &self.key, &SettingChange::removal(&self.key)?)
    }
}

/// Reads the value from standard input, without the end of its line.
fn read(context: &Context, key: &str) -> anyhow::Result<String> {
    if context.takes_stdin() {
        return Err(Failure::Usage(
            "standard input cannot be both the value and, with --password-stdin, the password"
                .into(),
        )
        .into());
    }
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{key}: ")).context("cannot read the value");
    }
    let text = text::read_from(io::stdin().take(LONGEST)).context("cannot read the value")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn change(context: &Context, key: &str, change: &SettingChange) -> anyhow::Result<()> {
    let changed = machine::change_setting(context.flags(), change)?;
    let path = changed.path.display();
    let shown = |value: &Option<Value>| value.as_ref().map_or("not set".into(), Value::to_string);
    let (old, new) = (shown(&changed.old), shown(&changed.new));
    out::line(if changed.is_changed {
        format!("{key}: {new} (before: {old}) in {path}")
    } else {
        format!("{key}: {new} in {path}, as before")
    })?;
    for note in machine::rule_notes(&changed.config) {
        out::warn(&note);
    }
    if let Some(origin) = &changed.overridden_by {
        out::warn(&format!(
            "{origin} overrides the file, so the value there has no effect"
        ));
    } else if changed.is_changed && needs_restart(change.setting()) {
        out::note("a running bridge uses the new value after a restart");
    }
    Ok(())
}

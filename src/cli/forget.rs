//! `forget`: removes a person from everything that the bridge has stored.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Map, Value};
use twitchat_bridge::config::Config;
use twitchat_bridge::daemon::forget;
use twitchat_bridge::input::count;
use twitchat_bridge::request::PersonQuery;
use twitchat_bridge::store::{self, Permit};

use super::client::{self, Timeout};
use super::context::Context;
use super::credits::ask;
use super::out;
use super::own_files;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge forget some_viewer             shows the events, and asks
  twitchat-bridge forget some_viewer --preview   only shows it
  twitchat-bridge forget twitch:12345 --yes      for scripts

The person is removed from all sessions, the journal, the table of people, corrections, the last \
events of labels and rules, backups, and the log files of the service and of the script for OBS. \
A damaged journal that was kept cannot be searched, so it is deleted; the preview names it. An \
event that also names others, such as a gift or a hype train, stays without this person. If you \
have merged accounts with `credits merge`, all of them are removed. This cannot be undone.

If the bridge runs, the command asks it over OBS. Then the bridge also removes the person from the \
credits in its memory, the running roll, and labels. Events that come meanwhile wait; none is lost.

This is not a ban: the person's later events count again. Twitchat's own summary of the current \
stream still lists the person; the bridge ignores those entries until the session ends. \
Recordings, exported credits and journals, backups elsewhere and the config file are your own \
files: the command does not change them.";

/// How long to wait for the bridge, which reads and rewrites its whole journal.
const PATIENCE: Duration = Duration::from_secs(120);

/// Remove a person from everything that the bridge has stored, for good
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The person: a name, a login, an id, or PLATFORM:ID
    #[arg(value_name = "PERSON")]
    person: String,
    /// Only show what would be removed
    #[arg(long)]
    preview: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
    /// A further log file to remove the person from, such as that of `run --log-file`
    #[arg(long = "log-file", value_name = "FILE")]
    logs: Vec<PathBuf>,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let is_here = store::is_in_use(&config.store.path)?;
        let mut whole = self.forget(true, is_here, &config, context).await?;
        if self.preview {
            return self.show(&whole, "would be removed");
        }
        if !self.yes {
            out::note(words(&whole, "will be removed").trim_end());
            if !ask("forget", "Forget this person? This cannot be undone. [y/N]")? {
                return Ok(ExitCode::SUCCESS);
            }
        }
        // The reply of a running bridge has no names.
        whole.remove("preview");
        whole.extend(self.forget(false, is_here, &config, context).await?);
        if is_here {
            forget::strike_logs(&mut whole, &self.log_files());
        }
        self.show(&whole, "was removed")
    }

    /// Asks the bridge that uses this journal, or one on another computer; without a bridge it
    /// works on the journal itself.
    async fn forget(
        &self,
        preview: bool,
        is_here: bool,
        config: &Config,
        context: &Context,
    ) -> anyhow::Result<Map<String, Value>> {
        let query = PersonQuery::parse(&self.person);
        if !is_here && config.store.path.is_file() {
            return Ok(if preview {
                forget::preview(config, &query)?
            } else {
                forget::forget(config, &query, &self.log_files())?
            });
        }
        let mut fields = Map::from_iter([
            ("person".to_owned(), self.person.clone().into()),
            ("preview".to_owned(), preview.into()),
        ]);
        // A bridge on another computer cannot see a permit: it needs `bus.allow`.
        let permit = is_here
            .then(|| Permit::write(&config.store.path))
            .transpose()
            .context("cannot write the permit beside the journal")?;
        if let Some(permit) = &permit {
            fields.insert("permit".into(), permit.word().into());
        }
        let asked = context
            .request("Forget", fields, Timeout::of(PATIENCE))
            .await;
        Ok(client::answer(asked.context(
            "a bridge uses the journal, so the request was sent over OBS. Without OBS, stop the \
                bridge first (`twitchat-bridge obs-script stop`)",
        )?))
    }

    fn log_files(&self) -> Vec<PathBuf> {
        let mut logs = own_files::log_files();
        logs.extend(self.logs.iter().cloned());
        logs
    }

    fn show(&self, reply: &Map<String, Value>, verb: &str) -> anyhow::Result<ExitCode> {
        if self.json {
            out::line(serde_json::to_string_pretty(reply)?)?;
        } else {
            out::line(words(reply, verb).trim_end())?;
        }
        for warning in list(reply, "warnings").filter_map(Value::as_str) {
            out::warn(&out::clean(warning));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list<'a>(reply: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = reply.get(key).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// Describes the reply for people. `verb` describes the removal of the events, such as `will be
/// removed`.
fn words(reply: &Map<String, Value>, verb: &str) -> String {
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or_default();
    let accounts = list(reply, "accounts").map(|account| {
        let text = |key: &str| account.get(key).and_then(Value::as_str).unwrap_or_default();
        let id = [text("id"), text("login")];
        let id = id.into_iter().find(|id| !id.is_empty());
        format!(
            "{} ({}:{})",
            text("name"),
            text("platform"),
            id.unwrap_or(text("name"))
        )
    });
    let accounts: Vec<_> = accounts.collect();
    let (removed, changed) = (number(reply.get("removed")), number(reply.get("changed")));
    let mut words = format!(
        "{}: {} of this person {verb}, in {}",
        accounts.join(", "),
        count(removed, "event"),
        count(list(reply, "sessions").count() as u64, "session"),
    );
    if changed > 0 {
        let stays = if changed == 1 { "stays" } else { "stay" };
        words = format!(
            "{words}; {} that {} others too {stays} without this person",
            count(changed, "event"),
            if changed == 1 { "names" } else { "name" },
        );
    }
    let names: Vec<_> = list(reply, "names").filter_map(Value::as_str).collect();
    if !names.is_empty() {
        words = format!("{words}\n  names: {}", names.join(", "));
    }
    for session in list(reply, "sessions") {
        let started = session.get("started").and_then(Value::as_str);
        words = format!(
            "{words}\n  session {} ({}): {} removed, {} changed",
            number(session.get("id")),
            started.unwrap_or_default(),
            number(session.get("removed")),
            number(session.get("changed")),
        );
    }
    let is_preview = reply.contains_key("preview");
    let (found, deleted) = if is_preview {
        (
            "will be searched too:",
            "cannot be searched, and will be deleted:",
        )
    } else {
        (
            "removed from the copy",
            "deleted, because it could not be searched:",
        )
    };
    for (key, before) in [("copies", found), ("deletedCopies", deleted)] {
        for copy in list(reply, key).filter_map(Value::as_str) {
            words = format!("{words}\n  {before} {copy}");
        }
    }
    for log in list(reply, "logs").filter_map(Value::as_str) {
        words = format!("{words}\n  log file {log}");
    }
    words
        .lines()
        .map(|line| out::clean(line).into_owned() + "\n")
        .collect()
}

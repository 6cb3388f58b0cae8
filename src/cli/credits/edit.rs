//! `credits hide`, `show`, `rename`, `merge`, `remove`, `add`, `undo` and `find`: corrections of
//! the credits.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use twitchat_bridge::request::SessionQuery;

use super::clear::ask;
use super::text;
use crate::cli::client::{self, Timeout};
use crate::cli::context::Context;
use crate::cli::out;
use crate::cli::sessions;

pub(super) const HIDE_EXAMPLES: &str = "Examples:
  twitchat-bridge credits hide some_troll
  twitchat-bridge credits hide twitch:12345 --preview

The person is left out of this session and of later ones, until `credits show` or `credits undo`.";
pub(super) const SHOW_EXAMPLES: &str = "Examples:
  twitchat-bridge credits show some_troll";
const RENAME_EXAMPLES: &str = "Examples:
  twitchat-bridge credits rename xX_anna_Xx Anna";
const MERGE_EXAMPLES: &str = "Examples:
  twitchat-bridge credits merge kofi:Anna twitch:12345
  twitchat-bridge credits merge kofi:Anna anna_b --yes";
const REMOVE_EXAMPLES: &str = "Examples:
  twitchat-bridge credits remove cheers-1f0c33b2a9
  twitchat-bridge credits remove cheers-1f0c33b2a9 --session last

`credits explain NAME` and `credits get --format json --extended` show the id of each entry. The \
id stays the same when the bridge starts again.";
const UNDO_EXAMPLES: &str = "Examples:
  twitchat-bridge credits undo
  twitchat-bridge credits undo --steps 3
  twitchat-bridge credits undo --session last

Events that came after the correction still count. With --session it takes back the last \
correction that holds in that session.";
const FIND_EXAMPLES: &str = "Examples:
  twitchat-bridge credits find ann
  twitchat-bridge credits find twitch:12345 --json";

/// The arguments of `hide` and `show`.
#[derive(Debug, clap::Args)]
pub(super) struct Person {
    /// The person: a name, a login, an id, or PLATFORM:ID
    #[arg(value_name = "PERSON")]
    person: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Clone, Copy, clap::Args)]
struct Common {
    /// Correct another session: a number, `last`, `yesterday` or a date
    #[arg(long, value_name = "SESSION", value_parser = sessions::read,
        allow_negative_numbers = true)]
    session: Option<SessionQuery>,
    /// Only show what would change
    #[arg(long)]
    preview: bool,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

/// Show a person under another name
#[derive(Debug, clap::Args)]
#[command(after_help = RENAME_EXAMPLES)]
pub(super) struct Rename {
    /// The person: a name, a login, an id, or PLATFORM:ID
    #[arg(value_name = "PERSON")]
    person: String,
    /// The name to show
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: String,
    #[command(flatten)]
    common: Common,
}

/// Count the entries of one person for another person
///
/// On a terminal, the command shows the entries as they would be, and asks before it changes them.
#[derive(Debug, clap::Args)]
#[command(after_help = MERGE_EXAMPLES)]
pub(super) struct Merge {
    /// The person whose entries move
    #[arg(value_name = "PERSON")]
    person: String,
    /// The person who gets them
    #[arg(value_name = "INTO")]
    into: String,
    /// Merge without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    common: Common,
}

/// Leave one entry out of the credits
#[derive(Debug, clap::Args)]
#[command(after_help = REMOVE_EXAMPLES)]
pub(super) struct Remove {
    /// The id of the entry
    #[arg(value_name = "ENTRY")]
    entry: String,
    #[command(flatten)]
    common: Common,
}

/// Add a name or a text to a section of your own
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  twitchat-bridge credits add Thanks 'The moderators'\n  \
    twitchat-bridge credits add Tips Anna"
)]
pub(super) struct Add {
    /// The name of the section, which need not exist yet
    #[arg(value_name = "SECTION")]
    section: String,
    /// The name or the text to show
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    common: Common,
}

/// Undo the last correction
#[derive(Debug, clap::Args)]
#[command(after_help = UNDO_EXAMPLES)]
pub(super) struct Undo {
    /// How many corrections to undo
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    steps: u32,
    /// Take back the last correction of another session: a number, `last`, `yesterday` or a date
    #[arg(long, value_name = "SESSION", value_parser = sessions::read,
        allow_negative_numbers = true)]
    session: Option<SessionQuery>,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

/// Find people by their name, by a part of it, or by their id
#[derive(Debug, clap::Args)]
#[command(after_help = FIND_EXAMPLES)]
pub(super) struct Find {
    /// A name, a part of one, or an id
    #[arg(value_name = "NAME")]
    person: String,
    /// List at most this many people
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u32>,
    /// Print the reply as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Person {
    /// Runs `edit`, which is `hide` or `show`.
    pub(super) async fn run(self, edit: &str, context: &Context) -> anyhow::Result<ExitCode> {
        let fields = json!({ "person": self.person });
        self.common.edit(context, edit, &fields).await
    }
}

impl Rename {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let fields = json!({ "person": self.person, "name": self.name });
        self.common.edit(context, "rename", &fields).await
    }
}

impl Merge {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let fields = json!({ "person": self.person, "into": self.into });
        if !self.yes && !self.common.preview {
            let preview = Common {
                preview: true,
                json: false,
                ..self.common
            };
            let reply = preview.request(context, "merge", &fields).await?;
            out::note(preview.words(&reply).trim_end());
            if !ask(
                "credits merge",
                "Merge them? `credits undo` undoes it. [y/N]",
            )? {
                return Ok(ExitCode::SUCCESS);
            }
        }
        self.common.edit(context, "merge", &fields).await
    }
}

impl Remove {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let fields = json!({ "entry": self.entry });
        self.common.edit(context, "remove", &fields).await
    }
}

impl Add {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let fields = json!({ "section": self.section, "value": self.value });
        self.common.edit(context, "add", &fields).await
    }
}

impl Undo {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let mut fields = Map::from_iter([("steps".to_owned(), self.steps.into())]);
        if let Some(session) = self.session {
            fields.insert("session".into(), session.to_string().into());
        }
        let reply = client::answer(context.request("Undo", fields, self.timeout).await?);
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let undone = reply.get("undone").and_then(Value::as_array);
        for edit in undone.into_iter().flatten() {
            out::line(out::clean(&format!("undone: {}", sentence(edit))))?;
        }
        warn(&reply);
        Ok(ExitCode::SUCCESS)
    }
}

impl Find {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let mut fields = Map::from_iter([("person".to_owned(), self.person.clone().into())]);
        if let Some(limit) = self.limit {
            fields.insert("limit".into(), limit.into());
        }
        let reply = client::answer(context.request("FindPerson", fields, self.timeout).await?);
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let people = reply.get("people").and_then(Value::as_array);
        let people = people.map_or(&[][..], Vec::as_slice);
        if people.is_empty() {
            out::note(format_args!("nobody is known as {:?}", self.person));
        }
        for person in people {
            out::line(out::clean(&described(person)))?;
        }
        if reply.get("limited") == Some(&Value::Bool(true)) {
            let all = reply
                .get("count")
                .and_then(Value::as_u64)
                .unwrap_or_default();
            out::note(format_args!(
                "there are {all} people: --limit shows more of them"
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Common {
    async fn edit(
        &self,
        context: &Context,
        edit: &str,
        fields: &Value,
    ) -> anyhow::Result<ExitCode> {
        let reply = self.request(context, edit, fields).await?;
        if self.json {
            out::line(serde_json::to_string_pretty(&reply)?)?;
        } else {
            out::line(self.words(&reply).trim_end())?;
        }
        warn(&reply);
        Ok(ExitCode::SUCCESS)
    }

    async fn request(
        &self,
        context: &Context,
        edit: &str,
        fields: &Value,
    ) -> anyhow::Result<Map<String, Value>> {
        let mut request = fields.as_object().cloned().unwrap_or_default();
        request.insert("edit".into(), edit.into());
        if self.preview {
            request.insert("preview".into(), true.into());
        }
        if let Some(session) = self.session {
            request.insert("session".into(), session.to_string().into());
        }
        let reply = context
            .request("EditCredits", request, self.timeout)
            .await?;
        Ok(client::answer(reply))
    }

    /// The reply as a sentence, with the entries that it is about.
    fn words(&self, reply: &Map<String, Value>) -> String {
        let edit = reply.get("edit").unwrap_or(&Value::Null);
        let mut words = sentence(edit);
        if self.preview {
            words = format!("would be changed: {words}");
        }
        words = out::clean(&words).into_owned();
        let entries = reply.get("entries").and_then(Value::as_array);
        for entry in entries.into_iter().flatten() {
            let text = |key| entry.get(key).and_then(Value::as_str).unwrap_or_default();
            let line = format!("{}: {}", text("section"), text::line(entry));
            words = format!("{words}\n  {}  {}", out::clean(&line), text("entry"));
        }
        words
    }
}

/// Writes the warnings of a reply to standard error.
fn warn(reply: &Map<String, Value>) {
    let warnings = reply.get("warnings").and_then(Value::as_array);
    for warning in warnings.into_iter().flatten().filter_map(Value::as_str) {
        out::warn(&out::clean(warning));
    }
}

fn sentence(edit: &Value) -> String {
    let text = |key: &str| edit.get(key).and_then(Value::as_str).unwrap_or_default();
    let person = |key: &str| edit.get(key).map(described).unwrap_or_default();
    let value = edit.get("value").map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    match text("edit") {
        "hide" => format!("{} is hidden", person("person")),
        "show" => format!("{} is shown", person("person")),
        "rename" => format!("{} is called {}", person("person"), text("name")),
        "merge" => format!("{} counts as {}", person("person"), person("into")),
        "remove" => {
            let of = edit.pointer("/of/name").and_then(Value::as_str);
            let of = of.unwrap_or_default();
            format!("the entry {} of {of} is left out", text("entry"))
        }
        "add" => format!("{} is in {}", value.unwrap_or_default(), text("section")),
        other => other.to_owned(),
    }
}

/// A person's name, then the text that names exactly this person, and marks such as `banned`.
fn described(person: &Value) -> String {
    let text = |key: &str| person.get(key).and_then(Value::as_str).unwrap_or_default();
    let is = |key: &str| person.get(key) == Some(&Value::Bool(true));
    let marks = [
        ("hidden", "hidden"),
        ("banned", "banned"),
        ("ignored", "left out by a setting"),
    ];
    let marks = marks.into_iter().filter(|(key, _)| is(key));
    let mut more = vec![text("person").to_owned()];
    more.extend(marks.map(|(_, words)| words.to_owned()));
    let into = person.pointer("/mergedInto/name").and_then(Value::as_str);
    more.extend(into.map(|name| format!("counts as {name}")));
    format!("{} ({})", text("name"), more.join(", "))
}

//! `actions`: lists Twitchat's actions, or explains one.

use std::process::ExitCode;

use twitchat_bridge::daemon::state;
use twitchat_bridge::input;
use twitchat_bridge::twitchat::Generation;
use twitchat_bridge::twitchat::action::{self, Action, Explanation, Parameter};
use twitchat_bridge::twitchat::catalogue;

use super::candidates;
use super::context::Context;
use super::failure::Failure;
use super::fields;
use super::out::{self, BOLD, DIM, OutError};
use super::screen;

const EXAMPLES: &str = "Examples:
  twitchat-bridge actions
  twitchat-bridge actions SHOW_CLIP
  twitchat-bridge actions --generation 17 --json | jq -r '.[].name'

The list shows the names of the Twitchat version that the bridge last received messages from. \
`send` accepts the names of every version. What that Twitchat does not have is marked.";

/// The column in which the texts of an explanation begin.
const LABELS: usize = 13;

/// List Twitchat's actions, or explain one
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The action to explain, in any case, with - or _
    #[arg(value_name = "ACTION", add = candidates::actions())]
    name: Option<String>,
    /// List only the actions of this Twitchat version, such as 16 or 17, with the names of this
    /// version
    #[arg(long, value_name = "VERSION", add = candidates::versions())]
    generation: Option<Generation>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        if let Some(name) = &self.name {
            let action = action::find(name).ok_or_else(|| unknown(name))?;
            let explanation = action.explain();
            if self.json {
                out::line(serde_json::to_string_pretty(&explanation)?)?;
            } else {
                explain(&explanation)?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        // The list does not need the config, so an unreadable config is no error here.
        let received = || {
            context
                .config()
                .ok()
                .and_then(|config| state::generation(&config))
        };
        let words = self.generation.or_else(received);
        let mut listed: Vec<_> = action::actions()
            .filter_map(|action| Some((listed_name(action, self.generation, words)?, action)))
            .collect();
        listed.sort_unstable_by_key(|(name, _)| *name);
        if self.json {
            let all: Vec<_> = listed.iter().map(|(_, action)| action.explain()).collect();
            out::line(serde_json::to_string_pretty(&all)?)?;
        } else {
            let width = screen::width();
            for (name, action) in listed {
                let missing = words
                    .filter(|generation| action.name_in(*generation).is_none())
                    .map(|generation| format!(" (not in Twitchat {})", version(generation)))
                    .unwrap_or_default();
                let about = format!("{}{missing}", action.about);
                out::line(screen::entry(name, screen::NAMES, &about, width))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The newest version of Twitchat that belongs to a generation.
fn version(generation: Generation) -> &'static str {
    match generation {
        Generation::First => "6",
        Generation::Second => "16",
        Generation::Third => "17",
    }
}

/// The name under which an action is listed; `None` if it is not listed.
fn listed_name(
    action: &Action,
    only: Option<Generation>,
    words: Option<Generation>,
) -> Option<&'static str> {
    let name = words.and_then(|generation| action.name_in(generation));
    if only.is_some() {
        name
    } else {
        Some(name.unwrap_or(action.name()))
    }
}

fn unknown(name: &str) -> Failure {
    let similar = input::similar(
        &name.to_uppercase().replace('-', "_"),
        action::actions().flat_map(|action| action.names.all()),
    )
    .join(" or ");
    let hint = if similar.is_empty() {
        "`twitchat-bridge actions` lists all actions".to_owned()
    } else {
        format!("did you mean {similar}?")
    };
    Failure::Usage(format!("Twitchat has no action {name}: {hint}"))
}

fn explain(action: &Explanation) -> Result<(), OutError> {
    let width = screen::width();
    let about = screen::hanging("", action.about, 0, width);
    out::line(format_args!("{BOLD}{}{BOLD:#}\n{about}\n", action.name))?;
    let line = |label: &str, text: &str| {
        let prefix = screen::padded(label, LABELS);
        out::line(screen::hanging(&prefix, text, LABELS, width))
    };
    let names = action.names.iter();
    for entry in names.filter_map(|named| catalogue::look_up(named.name)) {
        line("Name", &format!("{} ({})", entry.name, entry.generations))?;
    }
    line("Needs", action.needs)?;
    if !action.answers.is_empty() {
        line("Answered by", &action.answers.join(", "))?;
    }
    if let Some(harm) = action.destructive {
        line("Careful", harm)?;
    }
    if !action.parameters.is_empty() {
        out::line(format_args!("\n{BOLD}Parameters{BOLD:#}"))?;
    }
    for parameter in &action.parameters {
        let prefix = format!(
            "  {BOLD}{}{BOLD:#}{}: ",
            parameter.path,
            renamed(parameter, action)
        );
        let takes = format!("{}{}", parameter.takes, default(parameter));
        out::line(screen::hanging(&prefix, &takes, 6, width))?;
        let about = screen::hanging("      ", parameter.about, 6, width);
        out::line(format_args!("{DIM}{about}{DIM:#}"))?;
    }
    let data = fields::written(&action.example);
    out::line(
        format_args!(
            "\n{BOLD}Example{BOLD:#}\n  twitchat-bridge send {} {data}",
            action.name
        )
        .to_string()
        .trim_end(),
    )
}

/// The parameter's name in Twitchat 17, if it differs. Empty if the action is not in both versions.
fn renamed(parameter: &Parameter, action: &Explanation) -> String {
    let in_17 = |generations: &[u8]| generations.contains(&3);
    let is_on_both = action.names.iter().any(|named| in_17(&named.generations))
        && action.names.iter().any(|named| named.generations != [3]);
    match &parameter.path_in_17 {
        _ if !is_on_both => String::new(),
        Some(_) if parameter.only_in_17 => " (only in 17)".into(),
        Some(new) if *new != parameter.path => format!(" (in 17: {new})"),
        Some(_) => String::new(),
        None => " (not in 17)".into(),
    }
}

fn default(parameter: &Parameter) -> String {
    match &parameter.default {
        _ if parameter.required => "; required".into(),
        Some(default) => format!("; {default} if absent"),
        None => String::new(),
    }
}

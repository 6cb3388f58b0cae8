//! `rules`: lists the rules and actions of the config, and tests them on an event.

mod example;
mod test;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};
use twitchat_bridge::automation::{Once, Rule, Rulebook, Step};
use twitchat_bridge::input::duration;

use super::client;
use super::context::Context;
use super::out;
use super::screen::{self, Grid};

const AFTER_HELP: &str =
    "Rules are [[rule]] tables in the config file: docs/rules.md explains them. Named actions \
        ([[action]]) are listed too.

Examples:
  twitchat-bridge rules
  twitchat-bridge rules test raid.json
  twitchat-bridge rules test - --rule thanks < raid.json";

/// List the rules and named actions of the config, or test them
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true,
    args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Test(test::Args),
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.verb {
            Some(Verb::Test(args)) => args.run(context),
            None => {
                let config = context.config_of_rules()?;
                list(&config.rules, self.json)?;
                client::warn_of_another_config(&config).await;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn list(book: &Rulebook, json: bool) -> anyhow::Result<()> {
    if json {
        return Ok(out::line(serde_json::to_string_pretty(&as_json(book))?)?);
    }
    if book.rules.is_empty() && book.actions.is_empty() {
        out::note(
            "there are no rules and no named actions in the config file; docs/rules.md explains \
                how to add some",
        );
        return Ok(());
    }
    let mut grid = Grid::new(["", "name", "on", "when", "does", ""], 2);
    for rule in &book.rules {
        let when = rule
            .when
            .as_ref()
            .map(|when| when.source().to_owned())
            .unwrap_or_default();
        grid.row([
            "rule".into(),
            rule.name.to_string(),
            on(rule).join(", "),
            when,
            does(&rule.steps),
            limits(rule),
        ]);
    }
    for action in &book.actions {
        let off = if action.enabled { "" } else { "switched off" };
        grid.row([
            "action".into(),
            action.name.to_string(),
            String::new(),
            String::new(),
            does(&action.steps),
            off.into(),
        ]);
    }
    Ok(out::line(grid.show(screen::width()))?)
}

fn on(rule: &Rule) -> Vec<&str> {
    rule.on
        .iter()
        .map(twitchat_bridge::automation::Pattern::as_str)
        .collect()
}

fn does(steps: &[Step]) -> String {
    steps
        .iter()
        .map(Step::summary)
        .collect::<Vec<_>>()
        .join(", ")
}

fn limits(rule: &Rule) -> String {
    let once = match rule.once_per {
        Some(Once::Person) => "once per person",
        Some(Once::Session) => "once per session",
        None => "",
    };
    let cooldown = if rule.cooldown.is_zero() {
        String::new()
    } else {
        format!("cooldown {}", duration::show(rule.cooldown))
    };
    let parts = [
        if rule.enabled { "" } else { "switched off" },
        once,
        &cooldown,
        if rule.on_own {
            "also on events of rules"
        } else {
            ""
        },
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn as_json(book: &Rulebook) -> Value {
    let steps = |steps: &[Step]| steps.iter().map(Step::summary).collect::<Vec<_>>();
    let rules = book.rules.iter().map(|rule| {
        json!({
            "name": rule.name, "on": on(rule),
                "when": rule.when.as_ref().map(twitchat_bridge::automation::Expression::source),
                    "do": steps(&rule.steps),
            "cooldownSeconds": rule.cooldown.as_secs_f64(),
            "oncePer": rule.once_per.map(|once| match once {
                Once::Person => "person",
                Once::Session => "session",
            }),
            "enabled": rule.enabled, "onOwn": rule.on_own, "onReplay": rule.on_replay,
                "continueOnError": rule.continue_on_error,
            "atOnce": rule.at_once,
        })
    });
    let actions = book.actions.iter().map(|action| {
        json!({ "name": action.name, "group": action.group, "do": steps(&action.steps),
            "enabled": action.enabled,
            "continueOnError": action.continue_on_error, "atOnce": action.at_once })
    });
    json!({ "rules": rules.collect::<Vec<_>>(), "actions": actions.collect::<Vec<_>>() })
}

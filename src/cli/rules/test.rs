//! `rules test`: shows how the rules would react to an event, without OBS and without running them.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::Value;
use twitchat_bridge::automation::{
    self, Cause, Decision, Engine, Occurrence, Rule, Rulebook, Trial,
};

use super::example::{self, Example};
use crate::cli::candidates;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::fields::{self, DataFields};
use crate::cli::out::{self, BOLD, DIM};
use crate::cli::receiving::decode::Decoder;
use crate::cli::supposed::{self, Supposed};
use crate::cli::text;

const EXAMPLES: &str =
    "EVENT is JSON: a Twitchat message, a line of `watch --json`, an event as the bridge \
        emits it, or a PublishEvent. Several may follow each other.

Examples:
  twitchat-bridge rules test raid.json
  twitchat-bridge watch --json --type Twitch.Raid | head -1 | twitchat-bridge rules test -
  twitchat-bridge rules test raid.json --rule thanks state.streaming:=true

Exit codes: 0 a rule would run and all its steps can be filled in, 1 no rule would run, or a step \
cannot be filled in.";

/// Show how the rules would react to an event, without OBS and without running them
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{}\n\n{EXAMPLES}", supposed::HELP, fields::HELP))]
pub(super) struct Args {
    /// The file with the event, or - for standard input
    #[arg(value_name = "EVENT")]
    file: PathBuf,
    /// Test only this rule
    #[arg(long, value_name = "NAME", add = candidates::rules())]
    rule: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    fields: DataFields,
}

#[derive(Debug)]
struct Outcome {
    event: String,
    trial: Trial,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let supposed = Supposed::new(self.fields.object(context)?)?;
        let config = context.config_of_rules()?;
        let book = Arc::clone(&config.rules);
        if let Some(name) = &self.rule
            && !book.rules.iter().any(|rule| *rule.name == **name)
        {
            let names = book
                .rules
                .iter()
                .map(|rule| format!("{:?}", rule.name))
                .collect::<Vec<_>>()
                .join(", ");
            return Err(Failure::Usage(format!(
                "there is no rule {name:?}; there are {}",
                if names.is_empty() { "none" } else { &names }
            ))
            .into());
        }
        let text = text::read(&self.file, "the event", context)?;
        let shown = self.file.display();
        let examples = example::read(&text, &mut Decoder::of(&config))
            .map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
        let mut engine = Engine::new(Arc::clone(&book), None);
        let outcomes: Vec<_> = examples
            .iter()
            .flat_map(|example| judge(&mut engine, &book, example, self.rule.as_deref(), &supposed))
            .collect();
        if self.json {
            out::line(serde_json::to_string_pretty(
                &outcomes.iter().map(Outcome::json).collect::<Vec<_>>(),
            )?)?;
        } else {
            print(&outcomes, &examples, &book)?;
        }
        let is_run = |outcome: &&Outcome| outcome.trial.decision == Decision::Runs;
        let mut runs = outcomes.iter().filter(is_run).peekable();
        let any = runs.peek().is_some();
        Ok(if any && runs.all(|outcome| outcome.trial.is_fine()) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn judge(
    engine: &mut Engine,
    book: &Arc<Rulebook>,
    example: &Example,
    only: Option<&str>,
    supposed: &Supposed,
) -> Vec<Outcome> {
    let occurrence = Occurrence {
        name: example.name.clone(),
        data: example.data.clone(),
        cause: Cause::Outside,
    };
    let base =
        automation::Context::of_event(&example.name.source, &example.name.kind, &example.data);
    let context = supposed.complete(base.clone(), engine.uses(&example.name));
    let verdicts = engine.take(&Arc::new(occurrence), &context, 1, 0);
    let outcome = |rule: &Rule, decision: Decision| Outcome {
        event: example.name.to_string(),
        trial: Trial::new(book, rule, decision, supposed.generation(), |uses| {
            supposed.complete(base.clone(), uses)
        }),
    };
    let wanted = |rule: &&Rule| only.is_none_or(|only| *rule.name == *only);
    let judged: HashSet<_> = verdicts.iter().map(|(place, _)| *place).collect();
    let others = book
        .rules
        .iter()
        .enumerate()
        .filter(|(place, _)| only.is_some() && !judged.contains(place))
        .map(|(_, rule)| rule);
    let of = verdicts
        .into_iter()
        .filter_map(|(place, decision)| Some((book.rules.get(place)?, decision)));
    let mut outcomes: Vec<_> = of
        .filter(|(rule, _)| wanted(rule))
        .map(|(rule, decision)| outcome(rule, decision))
        .collect();
    outcomes.extend(
        others
            .filter(wanted)
            .map(|rule| outcome(rule, Decision::OtherEvent)),
    );
    outcomes
}

impl Outcome {
    fn json(&self) -> Value {
        let mut json = self.trial.to_json();
        json.insert("event".into(), self.event.as_str().into());
        // The former name of `decision`.
        json.insert("verdict".into(), self.trial.decision.to_string().into());
        json.into()
    }
}

fn print(outcomes: &[Outcome], examples: &[Example], book: &Rulebook) -> Result<(), out::OutError> {
    for example in examples {
        let event = example.name.to_string();
        out::line(format_args!("{BOLD}{}{BOLD:#}", out::clean(&event)))?;
        let mut any = false;
        for outcome in outcomes.iter().filter(|outcome| outcome.event == event) {
            any = true;
            out::line(format_args!(
                "  {}: {}",
                out::clean(&outcome.trial.rule),
                out::clean(&outcome.trial.decision.to_string())
            ))?;
            for step in &outcome.trial.steps {
                match &step.effect {
                    Ok(effect) => {
                        out::line(format_args!(
                            "    {:<32} {DIM}{}{DIM:#}",
                            out::clean(&step.step),
                            out::clean(&effect.to_string())
                        ))?;
                    }
                    Err(why) => out::line(format_args!(
                        "    {:<32} cannot be done: {}",
                        out::clean(&step.step),
                        out::clean(why)
                    ))?,
                }
            }
        }
        if !any {
            out::line(match book.rules.len() {
                1 => "  the only rule does not react to it".to_owned(),
                rules => format!("  none of the {rules} rules reacts to it"),
            })?;
        }
    }
    Ok(())
}

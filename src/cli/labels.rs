//! `labels`: lists the config's labels, and creates their text sources in OBS.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;
use twitchat_bridge::automation::{Label, Rulebook};
use twitchat_bridge::obs::{Installed, Options, RequestConnection};

use super::candidates;
use super::client;
use super::context::Context;
use super::failure::Failure;
use super::out;
use super::screen::{self, Grid};

const AFTER_HELP: &str =
    "Labels are [[label]] tables in the config file: docs/rules.md explains them. While the bridge \
        runs, it writes their \
texts into OBS.

Examples:
  twitchat-bridge labels
  twitchat-bridge labels install --scene Game
  twitchat-bridge labels install --scene Game --source 'Latest follower'";

/// List the labels of the config, or create their text sources in OBS
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true,
    args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<LabelsCommand>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum LabelsCommand {
    /// Create the text sources that OBS does not have yet, and put them into a scene
    #[command(after_help = "Examples:
  twitchat-bridge labels install --scene Game
  twitchat-bridge labels install --scene Game --source 'Latest follower'")]
    Install {
        /// The scene that shows the text sources
        #[arg(long, value_name = "NAME")]
        scene: String,
        /// Install only the label of this source. May be given several times
        #[arg(long = "source", value_name = "NAME", add = candidates::labels())]
        sources: Vec<String>,
    },
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config_of_rules()?;
        match self.verb {
            None => {
                list(&config.rules, self.json)?;
                client::warn_of_another_config(&config).await;
            }
            Some(LabelsCommand::Install { scene, sources }) => {
                let labels = chosen(&config.rules, &sources)?;
                install(
                    &RequestConnection::connect(&context.target()?, &Options::default()).await?,
                    &scene,
                    &labels,
                )
                .await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(book: &Rulebook, json: bool) -> anyhow::Result<()> {
    if json {
        let labels = book.labels.iter().map(|label| {
            json!({ "source": label.source,
                "text": label.text.source(), "enabled": label.enabled })
        });
        return Ok(out::line(serde_json::to_string_pretty(
            &labels.collect::<Vec<_>>(),
        )?)?);
    }
    if book.labels.is_empty() {
        out::note("there are no labels in the config file; docs/rules.md explains how to add some");
        return Ok(());
    }
    let mut grid = Grid::new(["source", "text", ""], 1);
    for label in &book.labels {
        let off = if label.enabled { "" } else { "switched off" };
        grid.row([
            label.source.to_string(),
            label.text.source().to_owned(),
            off.to_owned(),
        ]);
    }
    Ok(out::line(grid.show(screen::width()))?)
}

/// The labels of these sources, or all labels that are switched on.
fn chosen<'a>(book: &'a Rulebook, sources: &[String]) -> Result<Vec<&'a Label>, Failure> {
    let find = |source: &String| {
        let found = book.labels.iter().find(|label| *label.source == **source);
        found.ok_or_else(|| {
            Failure::Usage(format!(
                "no label of the config writes to {source:?}: `labels` lists them"
            ))
        })
    };
    let labels: Vec<_> = if sources.is_empty() {
        book.labels.iter().filter(|label| label.enabled).collect()
    } else {
        sources.iter().map(find).collect::<Result<_, _>>()?
    };
    if labels.is_empty() {
        Err(Failure::Usage(
            "there are no labels in the config file: docs/rules.md explains how to add some".into(),
        ))
    } else {
        Ok(labels)
    }
}

async fn install(obs: &RequestConnection, scene: &str, labels: &[&Label]) -> anyhow::Result<()> {
    let scenes = obs.scenes().await?;
    if !scenes.iter().any(|known| known == scene) {
        let known: Vec<_> = scenes.iter().map(|known| format!("{known:?}")).collect();
        anyhow::bail!("OBS has no scene {scene:?}; it has {}", known.join(", "));
    }
    let kind = obs.text_kind().await?.ok_or_else(|| {
        anyhow::anyhow!("this OBS has no text sources: its text plugin is missing")
    })?;
    for label in labels {
        let source = &label.source;
        match obs.install_text(scene, source, kind, "").await? {
            Installed::Made => out::line(format_args!("made {source:?} ({kind}) in {scene:?}"))?,
            Installed::Added => out::line(format_args!("put {source:?} into {scene:?}"))?,
            Installed::Present => out::line(format_args!("{source:?} is in {scene:?} already"))?,
            Installed::NoText(kind) => anyhow::bail!(
                "{source:?} is no text source but a {kind}: name another source in the label"
            ),
        }
    }
    out::note(
        "the bridge writes their texts while it runs; change their place and look in OBS as you \
         like",
    );
    Ok(())
}

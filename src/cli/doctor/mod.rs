//! `doctor`: checks OBS, Twitchat, the bridge and its files, and shows how to fix each problem.

mod bridge;
mod bridges;
mod finding;
mod here;
mod obs;
mod privacy;

use std::process::ExitCode;

use serde_json::Value;
use twitchat_bridge::config::Config;

use super::context::Context;
use super::out;
use super::screen;
use finding::{Finding, State};

const AFTER_HELP: &str =
    "The command prints one line for each check: `ok`, `note` for something that \
works but may not be what you want, or `BAD` for a problem, with the fix below it. It changes \
nothing. The exit code is 1 if there is a problem, and 0 otherwise.

Examples:
  twitchat-bridge doctor
  twitchat-bridge doctor --json | jq '.[] | select(.state == \"problem\")'";

/// Check OBS, Twitchat, the bridge and its files, and print how to fix each problem
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let findings = match context.config() {
            Ok(config) => all(&config).await,
            Err(error) => vec![Finding::problem(
                "config",
                format!("{error:#}"),
                "correct the config file; without valid settings, no other check is possible",
            )],
        };
        if self.json {
            let list: Vec<Value> = findings.iter().map(Finding::json).collect();
            out::line(serde_json::to_string_pretty(&list)?)?;
        } else {
            let width = screen::width();
            for finding in &findings {
                out::line(finding.text(width))?;
            }
        }
        let has_problem = findings
            .iter()
            .any(|finding| finding.state == State::Problem);
        Ok(if has_problem {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

async fn all(config: &Config) -> Vec<Finding> {
    let mut findings = here::settings(config);
    let connection = obs::check(config, &mut findings).await;
    findings.push(here::page());
    if let Some(connection) = &connection {
        findings.extend(obs::scene(connection, config).await);
        bridge::check(connection, config, &mut findings).await;
    }
    findings.extend(here::journal(config, connection.is_some()));
    findings.extend(privacy::check(config));
    findings.push(here::autostart(config));
    findings
}

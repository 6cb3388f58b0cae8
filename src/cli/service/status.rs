//! `service status`: shows whether the service is installed and runs.

use std::process::ExitCode;

use serde_json::json;
use twitchat_bridge::autostart::service::{self, Running, State};

use crate::cli::context::Context;
use crate::cli::out;

const AFTER_HELP: &str = "`twitchat-bridge status` shows whether the bridge works: whether it \
reaches OBS, and whether Twitchat's events arrive.

Examples:
  twitchat-bridge service status
  twitchat-bridge service status --json";

/// Show whether the service is installed and runs
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let state = service::state(&context.config()?.store.path)?;
        out::line(if self.json {
            as_json(&state)
        } else {
            as_text(&state)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn as_text(state: &State) -> String {
    let mut lines = Vec::new();
    match &state.installed {
        Some(installed) => {
            let by_hand = if installed.changed_by_hand {
                " (changed by hand)"
            } else {
                ""
            };
            lines.push(format!("installed  {}{by_hand}", installed.place));
            lines.push(format!("command    {}", installed.command));
        }
        None => lines.push("installed  no: `twitchat-bridge service install` installs it".into()),
    }
    let running = match &state.running {
        Running::Yes { process: Some(id) } => format!("yes, process {id}"),
        Running::Yes { process: None } => "yes".into(),
        Running::No { why: Some(why) } => format!("no: {why}"),
        Running::No { why: None } => "no".into(),
        Running::Unknown(why) => format!("not known: {why}"),
    };
    lines.push(format!("running    {running}"));
    lines.join("\n")
}

fn as_json(state: &State) -> String {
    let installed = state.installed.as_ref().map(|installed| {
        json!({
            "place": installed.place,
            "command": installed.command,
            "changedByHand": installed.changed_by_hand,
        })
    });
    let (running, process, why) = match &state.running {
        Running::Yes { process } => (Some(true), *process, None),
        Running::No { why } => (Some(false), None, why.clone()),
        Running::Unknown(why) => (None, None, Some(why.clone())),
    };
    json!({ "installed": installed, "running": running, "process": process, "why": why })
        .to_string()
}

#[cfg(test)]
mod tests {
    use twitchat_bridge::autostart::service::Installed;

    use super::*;

    #[test]
    fn a_failed_service_is_shown_with_the_reason() {
        let state = State {
            installed: Some(Installed {
                place: "/x.service".into(),
                command: "/bin/twitchat-bridge run".into(),
                changed_by_hand: true,
            }),
            running: Running::No {
                why: Some("failed, exit code 4".into()),
            },
        };
        assert_eq!(
            as_text(&state),
            "installed  /x.service (changed by hand)\ncommand    /bin/twitchat-bridge run\n\
                running    no: failed, exit code 4"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&as_json(&state)).unwrap(),
            json!({
                "installed": {
                    "place": "/x.service",
                    "command": "/bin/twitchat-bridge run",
                    "changedByHand": true,
                },
                "running": false,
                "process": null,
                "why": "failed, exit code 4",
            })
        );
    }

    #[test]
    fn a_missing_service_is_shown_with_the_command_to_install_it() {
        let state = State {
            installed: None,
            running: Running::Unknown("no systemd user manager runs here".into()),
        };
        assert_eq!(
            as_text(&state),
            "installed  no: `twitchat-bridge service install` installs it\n\
                running    not known: no systemd user manager runs here"
        );
    }
}

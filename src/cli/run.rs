//! `run`: runs the bridge.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::info;
use twitchat_bridge::daemon::{self, Ended, Setup, machine};

use super::context::Context;
use super::failure::Failure;
use super::signals::Signals;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge run
  twitchat-bridge run --log-file bridge.log
  twitchat-bridge run --host 192.168.0.20 --password-file obs-password.txt

OBS may start later, close and come back: the bridge keeps trying, and asks Twitchat for the \
events it missed. It ends by itself only when OBS refuses the password at the first connect, \
when OBS is too old, when the user disconnects it in OBS, or when another bridge serves the same \
OBS. Ctrl-C stops it; a second Ctrl-C exits at once. All counted events are on disk either way.";

/// Run the bridge: collect Twitchat's events, keep the credits, and answer requests
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Append the log to this file too
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// Take over from a bridge that already serves this OBS: that one ends
    #[arg(long)]
    takeover: bool,
}

impl Args {
    pub(crate) fn log_file(&self) -> Option<&Path> {
        self.log_file.as_deref()
    }

    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let mut signals = Signals::listen()?;
        let stop = CancellationToken::new();
        let setup = Setup {
            target: machine::target(&config),
            config,
            takeover: self.takeover,
            emitted: None,
        };
        let bridge = AssertUnwindSafe(daemon::run(setup, stop.clone())).catch_unwind();
        tokio::pin!(bridge);
        let ended = tokio::select! {
            ended = &mut bridge => ended,
            () = signals.next() => {
                info!("stopping; Ctrl-C again leaves at once");
                stop.cancel();
                tokio::select! {
                    ended = &mut bridge => ended,
                    () = signals.next() => return Ok(ExitCode::FAILURE),
                }
            }
        };
        outcome(ended.map_err(|_| Failure::Broke)??)
    }
}

/// The exit code or the error for the end of a bridge.
pub(crate) fn outcome(ended: Ended) -> anyhow::Result<ExitCode> {
    match ended {
        Ended::Stopped => Ok(ExitCode::SUCCESS),
        Ended::OtherBridge(other) if other.takeover => Err(Failure::TakenOver { other }.into()),
        Ended::OtherBridge(other) => Err(Failure::OtherBridge { other }.into()),
        Ended::Link(cause) => Err(Failure::Link(cause).into()),
    }
}

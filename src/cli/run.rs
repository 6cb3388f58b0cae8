//! `run`: runs the bridge.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use twitchat_bridge::autostart::{obs_script, service};
use twitchat_bridge::daemon::{self, Autostart, Ended, Setup, machine};
use twitchat_bridge::obs::{Process, WhenObsEnds};

use super::context::Context;
use super::failure::Failure;
use super::own_files;
use super::setup;
use super::signals::Signals;

const AFTER_HELP: &str = "Examples:
  twitchat-bridge run
  twitchat-bridge run --log-file bridge.log
  twitchat-bridge run --exit-with-obs
  twitchat-bridge run --host 192.168.0.20 --password-file obs-password.txt

While OBS is closed, the bridge waits. When OBS is back, the bridge asks Twitchat for the events \
it missed. It ends by itself only when OBS refuses the password at the first connect, \
when OBS is too old, when the user disconnects it in OBS, or when another bridge serves the same \
OBS. Ctrl-C stops it; a second Ctrl-C exits at once. All counted events are on disk either way.

With --exit-with-obs it waits for OBS, and ends with exit code 0 when OBS closes or crashes: when \
OBS reports its exit, or when the connection is lost and OBS's port then refuses connections for \
3 s, as after the WebSocket server is switched off. With the id of OBS's process, which the script \
of `obs-script` gives, the end of that process counts instead of the port, also when the bridge \
never reached OBS.";

/// Run the bridge: collect Twitchat's events, keep the credits, and answer requests
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Append the log to this file too
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// End the bridge that already serves this OBS, and replace it
    #[arg(long)]
    takeover: bool,
    /// End when OBS closes or crashes; with PID, when the process with this id ends
    #[arg(long, value_name = "PID", num_args = 0..=1, require_equals = true,
        default_missing_value = "", value_parser = EndOfObs::parse)]
    exit_with_obs: Option<EndOfObs>,
}

/// How the bridge notices the end of OBS, in addition to OBS's own report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndOfObs {
    /// OBS's port refuses connections.
    Port,
    Process(u32),
}

impl EndOfObs {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Port);
        }
        match text.parse() {
            Ok(id) if id > 0 => Ok(Self::Process(id)),
            _ => Err("the id of a process is a whole number of at least 1".into()),
        }
    }
}

/// How long the bridge continues after the end of OBS's process. In this time it reads OBS's last
/// messages from the connection.
const READS_ON: Duration = Duration::from_millis(500);

impl Args {
    pub(crate) fn log_file(&self) -> Option<&Path> {
        self.log_file.as_deref()
    }

    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let mut signals = Signals::listen()?;
        let stop = CancellationToken::new();
        let process = match self.exit_with_obs {
            Some(EndOfObs::Process(id)) => match Process::watch(id) {
                Ok(Some(process)) => Some(process),
                Ok(None) => {
                    info!("OBS's process {id} has ended already: stopping");
                    return Ok(ExitCode::SUCCESS);
                }
                Err(error) => {
                    warn!("cannot watch OBS's process {id} ({error}): watching its port instead");
                    None
                }
            },
            Some(EndOfObs::Port) | None => None,
        };
        let postponed = config.clone();
        let setup = Setup {
            target: machine::target(&config),
            config,
            takeover: self.takeover,
            autostart: autostart(),
            when_obs_ends: match (&self.exit_with_obs, &process) {
                (None, _) => WhenObsEnds::Wait,
                (Some(_), Some(_)) => WhenObsEnds::StopAtExit,
                (Some(_), None) => WhenObsEnds::StopAtExitOrRefusal,
            },
            reload: Some(context.reloading(&postponed)),
            logs: own_files::log_files()
                .into_iter()
                .chain(self.log_file.clone())
                .collect(),
            emitted: None,
        };
        let bridge = AssertUnwindSafe(daemon::run(setup, stop.clone())).catch_unwind();
        tokio::pin!(bridge);
        let obs_ended = end_of(process);
        let setup_goes_on = setup::make_up_for(&postponed);
        let ended = tokio::select! {
            ended = &mut bridge => Some(ended),
            () = setup_goes_on => None,
            () = signals.next() => {
                info!("stopping; press Ctrl-C again to stop at once");
                None
            }
            () = obs_ended => {
                info!("OBS's process has ended: stopping");
                None
            }
        };
        let ended = if let Some(ended) = ended {
            ended
        } else {
            stop.cancel();
            tokio::select! {
                ended = &mut bridge => ended,
                () = signals.next() => return Ok(ExitCode::FAILURE),
            }
        };
        outcome(ended.map_err(|_| Failure::Broke)??)
    }
}

/// What starts the bridge on this computer.
fn autostart() -> Autostart {
    let script = obs_script::usual_folder().and_then(|folder| obs_script::state(&folder).ok());
    let is_listed = script.is_some_and(|state| state.is_installed && !state.collections.is_empty());
    match (service::is_installed(), is_listed) {
        (true, true) => Autostart::Both,
        (true, false) => Autostart::Login,
        (false, true) => Autostart::Obs,
        (false, false) => Autostart::None,
    }
}

/// Returns [`READS_ON`] after the end of the process. Never returns if there is no process.
async fn end_of(process: Option<Process>) {
    match process {
        Some(process) => process.ended().await,
        None => std::future::pending().await,
    }
    tokio::time::sleep(READS_ON).await;
}

pub(crate) fn outcome(ended: Ended) -> anyhow::Result<ExitCode> {
    match ended {
        Ended::Stopped | Ended::ObsEnded => Ok(ExitCode::SUCCESS),
        Ended::OtherBridge(other) if other.takeover => Err(Failure::TakenOver { other }.into()),
        Ended::OtherBridge(other) => Err(Failure::OtherBridge { other }.into()),
        Ended::Link(cause) => Err(Failure::Link(cause).into()),
    }
}

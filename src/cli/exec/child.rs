//! One run of a program: something on its standard input, a time limit, and a polite end. Never through a shell.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How long a program that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// What to run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) name: OsString,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) time_limit: Option<Duration>,
}

/// Why a run was no success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error("it cannot be started")]
    Start(#[source] std::io::Error),
    #[error("its end cannot be seen")]
    Wait(#[source] std::io::Error),
    /// In the system's own words: `exit status: 3`, `signal: 9 (SIGKILL)`.
    #[error("{0}")]
    Failed(ExitStatus),
    #[error("it took longer than {}, and was ended", super::span::show(*.0))]
    TimedOut(Duration),
    /// Nobody's fault.
    #[error("it was ended, because we end")]
    Stopped,
}

impl Program {
    /// Runs it to its end, or until `stop`.
    pub(crate) async fn run(&self, input: Vec<u8>, variables: Vec<(String, String)>, stop: &CancellationToken) -> Result<(), RunError> {
        let mut command = Command::new(&self.name);
        command.args(&self.arguments).envs(variables).stdin(Stdio::piped()).kill_on_drop(true);
        // A group of its own: Ctrl-C reaches us alone, and what the program starts can be ended with it.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(RunError::Start)?;
        let _feeding = child.stdin.take().map(|mut stdin| {
            // A program need not read: whatever becomes of it is told by how it ends.
            AbortOnDropHandle::new(tokio::spawn(async move { drop(stdin.write_all(&input).await) }))
        });
        let over = tokio::select! {
            status = child.wait() => {
                let status = status.map_err(RunError::Wait)?;
                return if status.success() { Ok(()) } else { Err(RunError::Failed(status)) };
            }
            limit = passed(self.time_limit) => RunError::TimedOut(limit),
            () = stop.cancelled() => RunError::Stopped,
        };
        end(child).await;
        Err(over)
    }
}

async fn passed(limit: Option<Duration>) -> Duration {
    match limit {
        Some(limit) => {
            sleep(limit).await;
            limit
        }
        None => std::future::pending().await,
    }
}

/// Asks it to end, then ends it.
async fn end(mut child: Child) {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        signal(&child, Signal::TERM);
        if timeout(GRACE, child.wait()).await.is_ok() {
            return;
        }
        signal(&child, Signal::KILL);
    }
    drop(child.start_kill());
    drop(timeout(GRACE, child.wait()).await);
}

/// A signal to the program and all that it started.
#[cfg(unix)]
fn signal(child: &Child, signal: rustix::process::Signal) {
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    // One that has ended meanwhile is no error.
    let _sent = group.map(|group| rustix::process::kill_process_group(group, signal));
}

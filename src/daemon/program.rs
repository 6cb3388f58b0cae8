//! Programs that steps run: never through a shell, a few at once, killed when their time is up or when whoever started them ends.

use std::process::{ExitStatus, Stdio};

use tokio::{io::AsyncWriteExt, process::Command, sync::Semaphore, time::timeout};

use crate::rule::Program;

/// Programs at once; others wait for their turn.
const AT_ONCE: usize = 8;

/// Whose turn it is to run a program.
#[derive(Debug)]
pub struct Programs {
    turns: Semaphore,
}

impl Default for Programs {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE) }
    }
}

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// It could not be started.
    #[error("cannot run {program}: {source}")]
    Start {
        /// Its name.
        program: Box<str>,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It ended badly.
    #[error("{program} failed: {status}")]
    Failed {
        /// Its name.
        program: Box<str>,
        /// How it ended.
        status: ExitStatus,
    },
    /// It took too long and was killed.
    #[error("{program} was killed: it took longer than {} s", within.as_secs_f32())]
    TimedOut {
        /// Its name.
        program: Box<str>,
        /// What it was given.
        within: std::time::Duration,
    },
}

impl Programs {
    /// Runs a program to its end. What it prints goes where our own does. Dropping this kills it.
    pub async fn run(&self, program: &Program) -> Result<(), ProgramError> {
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await.ok();
        let name = || program.program.clone();
        let cannot = |source| ProgramError::Start { program: name(), source };
        let mut command = Command::new(&*program.program);
        command.args(&program.args).stdin(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(cannot)?;
        let input = child.stdin.take();
        let end = async {
            if let Some(mut input) = input {
                // One that does not read its input is free to do so.
                let _unread = input.write_all(program.input.as_bytes()).await;
            }
            child.wait().await
        };
        match timeout(program.within, end).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(ProgramError::Failed { program: name(), status }),
            Ok(Err(source)) => Err(cannot(source)),
            Err(_) => Err(ProgramError::TimedOut { program: name(), within: program.within }),
        }
    }
}

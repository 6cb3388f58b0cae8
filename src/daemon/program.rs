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

/// A program's process group: killed when this is dropped, unless the program has ended well.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw) {
            // One that has ended meanwhile is no error.
            let _sent = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
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
        // A group of its own: Ctrl-C reaches us alone, and what the program starts ends with it.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(cannot)?;
        let mut group = Group(child.id());
        let input = child.stdin.take();
        let end = async {
            if let Some(mut input) = input {
                // One that does not read its input is free to do so.
                let _unread = input.write_all(program.input.as_bytes()).await;
            }
            child.wait().await
        };
        match timeout(program.within, end).await {
            Ok(Ok(status)) if status.success() => {
                group.0 = None;
                Ok(())
            }
            Ok(Ok(status)) => Err(ProgramError::Failed { program: name(), status }),
            Ok(Err(source)) => Err(cannot(source)),
            Err(_) => Err(ProgramError::TimedOut { program: name(), within: program.within }),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use super::*;

    fn program(args: &[&str]) -> Program {
        Program {
            program: "sh".into(),
            args: ["-c"].iter().chain(args).map(ToString::to_string).collect(),
            input: r#"{"data":{"viewers":3}}"#.into(),
            within: Duration::from_secs(20),
            background: false,
        }
    }

    #[tokio::test]
    async fn it_reads_the_event_and_its_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("heard").display().to_string();
        let programs = Programs::default();
        programs.run(&program(&["cat > \"$1\"", "sh", &file])).await.unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), r#"{"data":{"viewers":3}}"#);
        let failed = programs.run(&program(&["exit 3"])).await.unwrap_err();
        assert_eq!(failed.to_string(), "sh failed: exit status: 3");
        let missing = Program { program: "/no/such/program".into(), ..program(&[]) };
        assert!(programs.run(&missing).await.unwrap_err().to_string().starts_with("cannot run /no/such/program: "));
    }

    #[tokio::test]
    async fn arguments_are_no_shell_words() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("heard").display().to_string();
        let hostile = "$(touch /tmp/never); `id` \"; rm -rf /";
        Programs::default().run(&program(&["printf %s \"$2\" > \"$1\"", "sh", &file, hostile])).await.unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), hostile);
    }

    #[tokio::test]
    async fn one_that_takes_too_long_is_killed_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid").display().to_string();
        let slow = Program { within: Duration::from_millis(500), ..program(&["sleep 60 & echo $! > \"$1\"; wait", "sh", &file]) };
        let error = Programs::default().run(&slow).await.unwrap_err();
        assert_eq!(error.to_string(), "sh was killed: it took longer than 0.5 s");
        let pid = std::fs::read_to_string(file).unwrap().trim().to_owned();
        for _ in 0..200 {
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if state.is_empty() || state.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("what it started goes on");
    }
}

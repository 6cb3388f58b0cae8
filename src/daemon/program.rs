//! Runs programs, never through a shell. A program and all processes that it started are ended when
//! its time is up, or when its result is no longer needed.

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{automation::Program, config, input::duration};

/// How long a program may take to end after a request to end. Then it is killed.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Executable {
    /// The path of the program, or its name on the search path.
    pub name: OsString,
    pub args: Vec<OsString>,
    /// The time limit of the program; `None` for no limit.
    pub within: Option<Duration>,
    /// Environment variables that the program does not receive.
    pub hidden: Vec<&'static str>,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    #[error("it cannot be started: {0}")]
    Start(std::io::Error),
    #[error("the system does not report how it ended: {0}")]
    Wait(std::io::Error),
    /// The status is shown as the system describes it, such as `exit status: 3` or `signal: 9
    /// (SIGKILL)`.
    #[error("{0}")]
    Failed(ExitStatus),
    #[error("it took longer than {}, and was ended",
        duration::show(*.0))]
    TimedOut(Duration),
    #[error("it was ended because twitchat-bridge is stopping")]
    Stopped,
}

impl Executable {
    /// Whether the program exists: at its path, or in a folder of `PATH` if it is a bare name. It
    /// may be deleted later.
    pub fn exists(&self) -> bool {
        let name = Path::new(&self.name);
        let is_file = |path: &Path| {
            let mut with_ending = path.as_os_str().to_owned();
            with_ending.push(std::env::consts::EXE_SUFFIX);
            path.is_file() || Path::new(&with_ending).is_file()
        };
        if name.components().count() != 1 || name.is_absolute() {
            return is_file(name);
        }
        // If there is no PATH, the system searches these folders.
        let usual = if cfg!(unix) { "/bin:/usr/bin" } else { "" };
        let path = std::env::var_os("PATH").unwrap_or_else(|| usual.into());
        std::env::split_paths(&path).any(|folder| is_file(&folder.join(name)))
    }

    /// Runs the program to its end, or until `stop` is cancelled. The program writes to the
    /// standard output and standard error of this process. Dropping the future kills the program.
    pub async fn run(
        &self,
        input: Vec<u8>,
        variables: Vec<(String, String)>,
        stop: &CancellationToken,
    ) -> Result<(), RunError> {
        let mut command = Command::new(&self.name);
        command.args(&self.args).envs(variables);
        for name in &self.hidden {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).kill_on_drop(true);
        // The program gets its own process group: Ctrl-C is sent to this process only, and all
        // processes that the program starts can be ended with it.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(RunError::Start)?;
        let mut group = Group::of(&child);
        let stdin = child.stdin.take();
        let over = tokio::select! {
            // If the program has ended, its status is the result, even if something else happened
            // at the same moment.
            biased;
            status = child.wait() => {
                let status = status.map_err(RunError::Wait)?;
                group.release();
                return if status.success() { Ok(()) } else { Err(RunError::Failed(status)) };
            }
            within = passed(self.within) => RunError::TimedOut(within),
            never = feed(stdin, &input) => match never {},
            () = stop.cancelled() => RunError::Stopped,
        };
        if group.ask_to_end() {
            drop(timeout(GRACE, child.wait()).await);
        }
        group.kill();
        drop(child.start_kill());
        drop(timeout(GRACE, child.wait()).await);
        Err(over)
    }
}

/// Writes to a program's standard input. Errors are ignored: a program need not read its input, and
/// its exit status shows whether it failed.
async fn feed(stdin: Option<ChildStdin>, input: &[u8]) -> Infallible {
    if let Some(mut stdin) = stdin {
        drop(stdin.write_all(input).await);
    }
    std::future::pending().await
}

async fn passed(span: Option<Duration>) -> Duration {
    match span {
        Some(span) => {
            sleep(span).await;
            span
        }
        None => std::future::pending().await,
    }
}

/// A program and all processes that it started. They are killed when this is dropped, unless the
/// program has ended by itself. On systems other than Unix, tokio kills only the program.
#[derive(Debug)]
struct Group {
    leader: Option<u32>,
}

impl Group {
    fn of(child: &Child) -> Self {
        Self { leader: child.id() }
    }

    fn release(&mut self) {
        self.leader = None;
    }

    /// Returns `false` if this system cannot ask processes to end.
    fn ask_to_end(&self) -> bool {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
        cfg!(unix) && self.leader.is_some()
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::KILL);
        self.release();
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let group = self
            .leader
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        // It is no error if the program has ended meanwhile.
        let _sent = group.map(|group| rustix::process::kill_process_group(group, signal));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{program} failed: {why}")]
pub struct ProgramError {
    pub program: Box<str>,
    pub why: RunError,
}

/// Runs a step's program to its end. Dropping the future kills it.
pub async fn run(program: &Program) -> Result<(), ProgramError> {
    let executable = Executable {
        name: OsString::from(&*program.program),
        args: program.args.iter().map(OsString::from).collect(),
        within: Some(program.within),
        // The program's input comes over OBS, so it does not get our passwords.
        hidden: config::password_variables().collect(),
    };
    let never = CancellationToken::new();
    let ended = executable
        .run(program.input.as_bytes().to_vec(), Vec::new(), &never)
        .await;
    ended.map_err(|why| ProgramError {
        program: program.program.clone(),
        why,
    })
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
    async fn a_program_reads_the_event_and_its_failure_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("received").display().to_string();
        run(&program(&["cat > \"$1\"", "sh", &file])).await.unwrap();
        assert_eq!(
            std::fs::read_to_string(file).unwrap(),
            r#"{"data":{"viewers":3}}"#
        );
        let failed = run(&program(&["exit 3"])).await.unwrap_err();
        assert_eq!(failed.to_string(), "sh failed: exit status: 3");
        let missing = Program {
            program: "/no/such/program".into(),
            ..program(&[])
        };
        let error = run(&missing).await.unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("/no/such/program failed: it cannot be started: "),
            "{error}"
        );
    }

    #[tokio::test]
    async fn arguments_are_not_passed_through_a_shell() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("received").display().to_string();
        let never = folder.path().join("never");
        let hostile = format!("$(touch {}); `id` \"; rm -rf /", never.display());
        run(&program(&[
            "printf %s \"$2\" > \"$1\"",
            "sh",
            &file,
            &hostile,
        ]))
        .await
        .unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), hostile);
        assert!(!never.exists());
    }

    #[tokio::test]
    async fn a_program_that_takes_too_long_is_ended_with_its_processes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid").display().to_string();
        let slow = Program {
            within: Duration::from_millis(500),
            ..program(&[
                "sh -c 'trap \"\" TERM; sleep 60 & wait' & echo $! > \"$1\"; wait",
                "sh",
                &file,
            ])
        };
        let error = run(&slow).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "sh failed: it took longer than 500ms, and was ended"
        );
        let pid = std::fs::read_to_string(file).unwrap().trim().to_owned();
        for _ in 0..200 {
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if state.is_empty()
                || state
                    .rsplit(") ")
                    .next()
                    .is_some_and(|rest| rest.starts_with('Z'))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("what it started goes on");
    }
}

//! SHELL. Waits until a process of this computer ends, such as the process of OBS. It need not be a
//! child process.
//!
//! The system reports the end (a pidfd on Linux, kqueue on macOS, a process handle on Windows), so
//! nothing is polled, and another process that gets the same id later is not mistaken for it.

use std::io;
use std::thread;

use tokio::sync::oneshot;
use waitpid_any::WaitHandle;

/// The error code for an id without a process: `ESRCH`, and `ERROR_INVALID_PARAMETER` on Windows.
const NO_SUCH_PROCESS: i32 = if cfg!(windows) { 87 } else { 3 };

#[derive(Debug)]
pub struct Process {
    ended: oneshot::Receiver<()>,
}

impl Process {
    /// Begins to wait for the process with this id. `None` if there is no such process.
    ///
    /// # Errors Fails if the system does not allow it: the process belongs to another user, or
    /// Linux is older than 5.3.
    pub fn watch(id: u32) -> io::Result<Option<Self>> {
        let id = i32::try_from(id).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut handle = match WaitHandle::open(id) {
            Ok(handle) => handle,
            Err(error) if error.raw_os_error() == Some(NO_SUCH_PROCESS) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (end, ended) = oneshot::channel();
        // This needs its own thread, because it may wait for days. Nothing joins the thread.
        thread::Builder::new()
            .name("end-of-obs".into())
            .spawn(move || {
                while let Err(error) = handle.wait() {
                    if error.kind() != io::ErrorKind::Interrupted {
                        tracing::warn!(%error, "cannot wait for the end of OBS's process");
                        thread::park();
                    }
                }
                // The receiver no longer exists if the bridge ended first.
                let _received = end.send(()).is_ok();
            })?;
        Ok(Some(Self { ended }))
    }

    pub async fn ended(self) {
        drop(self.ended.await);
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_end_of_a_process_is_seen() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let process = Process::watch(child.id()).unwrap().unwrap();
        let ended = process.ended();
        tokio::pin!(ended);
        let early = tokio::time::timeout(Duration::from_millis(50), &mut ended);
        assert!(early.await.is_err(), "it still runs");
        child.kill().unwrap();
        tokio::time::timeout(Duration::from_secs(30), ended)
            .await
            .expect("the end is reported");
        child.wait().unwrap();
        assert!(Process::watch(child.id()).unwrap().is_none());
    }
}

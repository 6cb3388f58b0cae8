//! A claim: a small file beside the journal in which a program asks the bridge to release the
//! journal. Either another bridge takes over, or the bridge just stops.
//!
//! A file works even if OBS is closed, or if the two bridges are connected to different instances
//! of OBS. The bridge that gets the lock removes the claim, so a claim of a crashed bridge does not
//! stop another bridge.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::with_suffix;
use crate::bridge::other_bridge::OtherBridge;
use crate::files::owner_only;

const SUFFIX: &str = ".takeover";
/// Maximum number of bytes that are read. A claim is always smaller.
const LONGEST: u64 = 1_024;

/// The content of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Claimant {
    process: u32,
    computer: String,
    /// Whether the bridge is only asked to stop, and no other bridge takes over.
    #[serde(default)]
    stop: bool,
}

/// The request of a claim to the bridge that uses the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The bridge must end, because the other bridge takes over.
    GiveWay(OtherBridge),
    /// The bridge must stop. No other bridge takes over.
    Stop { by: u32 },
}

/// The claim of this process on a journal. Dropping it withdraws the claim.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    claimant: Claimant,
}

impl Claim {
    /// The claim of this process, which runs on `computer`. Nothing is written yet.
    pub fn new(database: &Path, computer: &str) -> Self {
        Self {
            path: with_suffix(database, SUFFIX),
            claimant: Claimant {
                process: std::process::id(),
                computer: computer.to_owned(),
                stop: false,
            },
        }
    }

    /// A claim by this process that asks the bridge to stop.
    pub fn to_stop(database: &Path) -> Self {
        let mut claim = Self::new(database, "");
        claim.claimant.stop = true;
        claim
    }

    /// Writes the claim unless it already exists.
    pub fn make(&self) -> io::Result<()> {
        if self.is_there() {
            return Ok(());
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        owner_only(&mut options);
        let text = serde_json::to_vec(&self.claimant)?;
        options.open(&self.path)?.write_all(&text)
    }

    fn is_there(&self) -> bool {
        read(&self.path).is_some_and(|found| found.process == self.claimant.process)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.is_there() {
            // If this fails, the next bridge that gets the lock removes the file.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// The claim of another process on this journal. `None` if there is no claim, or if this process
/// made it.
pub(super) fn asked(database: &Path) -> Option<Asked> {
    let found = read(&with_suffix(database, SUFFIX))?;
    if found.process == std::process::id() {
        None
    } else if found.stop {
        Some(Asked::Stop { by: found.process })
    } else {
        let other = OtherBridge::claimant(found.process, &found.computer);
        Some(Asked::GiveWay(other))
    }
}

/// Removes a claim that was granted, or that a crashed bridge left behind.
pub(super) fn clear(database: &Path) {
    drop(fs::remove_file(with_suffix(database, SUFFIX)));
}

/// Returns `None` if there is no claim, or while it is being written.
fn read(path: &Path) -> Option<Claimant> {
    let mut text = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(LONGEST).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_claim_asks_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("journal.db");
        let claim = Claim::new(&database, "stream-pc");
        claim.make().unwrap();
        assert_eq!(asked(&database), None);
    }

    #[test]
    fn a_claim_names_process_and_computer_and_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("journal.db");
        let mut claim = Claim::new(&database, "stream-pc");
        claim.claimant.process += 1;
        claim.make().unwrap();
        let Some(Asked::GiveWay(found)) = asked(&database) else {
            panic!("a bridge asks");
        };
        assert_eq!(
            found.to_string(),
            format!("process {} on stream-pc", claim.claimant.process)
        );
        drop(claim);
        assert_eq!(asked(&database), None);
    }

    #[test]
    fn a_claim_can_ask_the_bridge_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("journal.db");
        let mut claim = Claim::to_stop(&database);
        claim.claimant.process += 1;
        claim.make().unwrap();
        let by = claim.claimant.process;
        assert_eq!(asked(&database), Some(Asked::Stop { by }));
    }

    #[test]
    fn a_file_that_is_not_a_claim_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("journal.db");
        for text in ["", "{", "[1]", r#"{"process":"x","computer":"y"}"#] {
            fs::write(with_suffix(&database, SUFFIX), text).unwrap();
            assert_eq!(asked(&database), None, "{text}");
        }
    }
}

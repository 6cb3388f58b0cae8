//! Another bridge on the same OBS, or another bridge that waits for the same journal.

use std::fmt;

use crate::event::cut;

/// The data by which another bridge has identified itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherBridge {
    /// The id in its messages on OBS. Empty if the bridge only waits for the journal.
    pub id: Box<str>,
    pub process: Option<u32>,
    /// The name of its computer; empty if it is unknown.
    pub computer: Box<str>,
    /// Whether it was started with `--takeover`.
    pub takeover: bool,
}

impl OtherBridge {
    /// The greatest length of a computer's name, in characters.
    const LONGEST_NAME: usize = 64;

    /// `computer` comes from the other bridge's message. Control characters are removed from it,
    /// and a long name is cut.
    pub fn on_obs(id: &str, process: Option<u32>, computer: &str, takeover: bool) -> Self {
        let computer: String = computer.chars().filter(|c| !c.is_control()).collect();
        Self {
            id: id.into(),
            process,
            computer: cut(&computer, Self::LONGEST_NAME).into(),
            takeover,
        }
    }

    /// A bridge that was started with `--takeover` and waits for the journal.
    pub fn claimant(process: u32, computer: &str) -> Self {
        Self::on_obs("", Some(process), computer, true)
    }
}

/// Writes `process 12 on stream-pc`. If the process is unknown, writes the id instead.
impl fmt::Display for OtherBridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Some(process) => write!(f, "process {process}")?,
            None => f.write_str(&self.id)?,
        }
        if self.computer.is_empty() {
            Ok(())
        } else {
            write!(f, " on {}", self.computer)
        }
    }
}

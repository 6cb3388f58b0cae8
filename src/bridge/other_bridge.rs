//! Another bridge: on the same OBS, or waiting for the same journal.

use std::fmt;

use crate::event::cut;

/// Another bridge, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherBridge {
    /// Its id on OBS; empty if it is known by the journal alone.
    pub id: Box<str>,
    pub process: Option<u32>,
    /// The name of its computer; empty if it is not known.
    pub computer: Box<str>,
    /// Whether it was started with `--takeover`.
    pub takeover: bool,
}

impl OtherBridge {
    /// Characters of a computer's name.
    const LONGEST_NAME: usize = 64;

    /// A bridge on OBS. `computer` is what a message says.
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

/// `process 12 on stream-pc`, or its id.
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

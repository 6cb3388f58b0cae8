//! The errors of setting up and removing an autostart.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot remove {}", path.display())]
    Remove { path: PathBuf, source: io::Error },
    /// The user changed the file by hand, or another program wrote it.
    #[error(
        "{} was changed by hand, or another program wrote it: check it, then overwrite it with \
            --force",
        path.display()
    )]
    Foreign { path: PathBuf },
    /// The file does not have the structure of a scene collection of OBS.
    #[error("{} is no scene collection of OBS: {why}", path.display())]
    Collection { path: PathBuf, why: String },
    /// The file does not have the structure of OBS's settings.
    #[error("{} is no settings file of OBS: {why}", path.display())]
    Docks { path: PathBuf, why: String },
    #[error("no settings of OBS were found: start OBS once, close it, then try again")]
    NoSettings,
    /// OBS would overwrite a scene collection that is changed while OBS runs.
    #[error("OBS is running, and would overwrite the change: close OBS first")]
    ObsRuns,
    #[error("no scene collection of OBS was found: start OBS once, close it, then try again")]
    NoCollection,
    #[error("no home folder is known, so there is no place for the file")]
    NoHome,
    #[error("cannot find the path of this program")]
    Program(#[source] io::Error),
    /// Service files and scripts are text in UTF-8.
    #[error("the path {} is not valid Unicode, which this file cannot hold", path.display())]
    NotUnicode { path: PathBuf },
    /// The options are written to a file that other users may be able to read.
    #[error(
        "a password on the command line would stay readable in the system's settings: put it into \
            a file and give --password-file, or into the config file"
    )]
    Password,
    /// Windows ignores a longer command line without an error.
    #[error(
        "the command line has {length} characters, and Windows starts only those of at most \
            {longest}: put settings into the config file, or the program into a shorter folder"
    )]
    TooLong { length: usize, longest: usize },
    #[error("cannot run {program}")]
    Start { program: String, source: io::Error },
    #[error("`{command}` failed: {message}")]
    Failed { command: String, message: String },
    #[error("cannot ask the running bridge to stop")]
    Stop(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the running bridge did not stop within {} s", within.as_secs())]
    NotStopped { within: Duration },
    #[error("cannot change {value} in the registry: {message}")]
    Registry { value: String, message: String },
}

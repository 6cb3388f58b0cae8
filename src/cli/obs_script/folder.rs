//! The option `--dir` of the verbs of `obs-script`.

use std::path::PathBuf;

use twitchat_bridge::autostart::obs_script;

use crate::cli::failure::Failure;

/// Without a named folder, this is the default folder.
pub(super) fn of(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    named
        .or_else(obs_script::usual_folder)
        .ok_or_else(|| Failure::Usage("no home folder is known: name the folder with --dir".into()))
}

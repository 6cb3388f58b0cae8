//! Code that `service` and `obs-script` share: the command to start, and the report of the changes.

use twitchat_bridge::autostart::{Existing, Launch, Outcome};
use twitchat_bridge::config;

use super::context::Context;
use super::out;

/// With `--force`, a file that was changed by hand is replaced.
pub(crate) fn existing(force: bool) -> Existing {
    if force {
        Existing::Replace
    } else {
        Existing::Keep
    }
}

/// The command that starts this program with the user's options. Warns about settings in the
/// environment, because an autostart may not see them.
pub(crate) fn launch(context: &Context) -> anyhow::Result<Launch> {
    let launch = Launch::of_this_program(context.flags())?;
    let unseen: Vec<_> = config::variables_that_are_set().collect();
    if !unseen.is_empty() {
        out::warn(&format!(
            "a bridge that the system or OBS starts may not see the environment variable {}: give \
                the option instead, or put the setting into the config file",
            unseen.join(", ")
        ));
    }
    // Read the config now. Otherwise an error in it would appear only at the next start.
    context.config()?;
    Ok(launch)
}

/// Prints the changes to standard output, one per line, and the notes to standard error.
pub(crate) fn report(outcome: &Outcome, nothing: &str) -> anyhow::Result<()> {
    for change in &outcome.changes {
        out::line(change)?;
    }
    for note in &outcome.notes {
        out::note(note);
    }
    if outcome.changes.is_empty() && outcome.notes.is_empty() {
        out::note(nothing);
    }
    Ok(())
}

//! The report that `service` and `obs-script` print of their changes.

use twitchat_bridge::autostart::{Existing, Launch, Outcome};
use twitchat_bridge::config;

use super::context::Context;
use super::out;

/// `--force` replaces a file that was changed by hand.
pub(crate) fn existing(force: bool) -> Existing {
    if force {
        Existing::Replace
    } else {
        Existing::Keep
    }
}

/// This program with the options that were given. Warns of settings in the environment, which an
/// autostart does not get.
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
    // A config file with an error would show only at the next start.
    context.config()?;
    Ok(launch)
}

/// Prints the changes to standard output, one a line, and the notes to standard error.
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

//! Questions on the terminal.

use std::io::{self, IsTerminal};

use inquire::{Confirm, InquireError, Select};

/// Whether somebody can answer.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for yes or no. Esc means no.
pub(super) fn yes(question: &str) -> anyhow::Result<bool> {
    answered(Confirm::new(question).with_default(true).prompt_skippable())
        .map(|answer| answer.unwrap_or(false))
}

/// Asks for one of several; the first is the usual one. `None` if the user presses Esc.
pub(super) fn one_of(question: &str, choices: &[&str]) -> anyhow::Result<Option<usize>> {
    let answer = Select::new(question, choices.to_vec()).raw_prompt_skippable();
    Ok(answered(answer)?.map(|choice| choice.index))
}

fn answered<T>(answer: Result<T, InquireError>) -> anyhow::Result<T> {
    answer.map_err(|error| match error {
        InquireError::OperationInterrupted => {
            anyhow::anyhow!("stopped; what was done so far stays, `uninstall` undoes it")
        }
        other => anyhow::Error::new(other).context("cannot ask on this terminal"),
    })
}

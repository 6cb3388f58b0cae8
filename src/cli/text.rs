//! Text input of a verb: a file, or standard input for `-`.

use std::io;
use std::path::Path;

use anyhow::Context as _;
use twitchat_bridge::files::text;

use super::context::Context;
use super::failure::Failure;

/// Reads `what`, such as `the event`, from a file or from standard input.
pub(crate) fn read(file: &Path, what: &str, context: &Context) -> anyhow::Result<String> {
    if file.as_os_str() != "-" {
        return text::read(file)
            .with_context(|| format!("cannot read {what} from {}", file.display()));
    }
    if context.takes_stdin() {
        return Err(Failure::Usage(format!(
            "{what} (-) and --password-stdin both read standard input: give one of them in a file"
        ))
        .into());
    }
    text::read_from(io::stdin()).with_context(|| format!("cannot read {what} from standard input"))
}

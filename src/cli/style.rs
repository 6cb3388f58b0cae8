//! How letters look on a terminal.

use clap::builder::styling::Style;

/// Titles.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// The sequences that our own styles are made of, those of labels such as `error:` included. None
/// of them does more than to colour letters.
pub(super) const STYLES: [&str; 5] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[2m",
    "\u{1b}[31m",
    "\u{1b}[33m",
];

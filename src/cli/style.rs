//! Styles of text on a terminal.

use clap::builder::styling::Style;

/// The style of titles.
pub(crate) const BOLD: Style = Style::new().bold();
/// The style of less important text.
pub(crate) const DIM: Style = Style::new().dimmed();

/// The escape sequences of our own styles, including those of labels such as `error:`. They only
/// change the colour and weight of letters.
pub(super) const STYLES: [&str; 5] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[2m",
    "\u{1b}[31m",
    "\u{1b}[33m",
];

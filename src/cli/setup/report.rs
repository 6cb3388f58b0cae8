//! The list that `setup` prints at its end.

use crate::cli::{out, screen};

/// The results of the steps so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) changed: Vec<String>,
    pub(super) postponed: Vec<String>,
    /// The steps that the user has to do by hand.
    pub(super) left: Vec<String>,
}

impl Report {
    pub(super) fn show(&self) -> anyhow::Result<()> {
        let lists = [
            ("Changed", &self.changed),
            ("Postponed until OBS is there", &self.postponed),
            ("Left to you", &self.left),
        ];
        for (title, list) in lists {
            if list.is_empty() {
                continue;
            }
            out::line(format!("\n{title}:"))?;
            for text in list {
                for (place, line) in text.lines().enumerate() {
                    let bullet = if place == 0 { "  - " } else { "    " };
                    let line = out::clean(line);
                    out::line(screen::hanging(bullet, &line, 4, screen::width()))?;
                }
            }
        }
        if self.changed.is_empty() && self.postponed.is_empty() {
            out::line("\nEverything was set up already; nothing has changed.")?;
        }
        Ok(())
    }
}

//! What `setup` has done, for the list at its end.

use crate::cli::{out, screen};

/// What the steps have done, for the list at the end.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) changed: Vec<String>,
    pub(super) postponed: Vec<String>,
    /// What is left to the user.
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

//! Lays out texts for the terminal. It wraps them at words and never cuts them. In a pipe or a
//! file, each item is one line.
//!
//! Widths are counted in cells of the terminal. Most letters take one cell, Chinese characters and
//! emoji two, and combining marks none.

use std::io;
use std::iter;

use comfy_table::{ContentArrangement, Table, presets};
use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::style::{BOLD, DIM};

/// The narrowest terminal that texts are laid out for.
const NARROWEST: usize = 60;
/// The width of the column of names in the lists of events and actions.
pub(crate) const NAMES: usize = 42;
/// The space between two columns.
const GAP: usize = 2;
/// The smallest width of a description beside its name. If there is less room, the description is
/// shown below the name.
const LEAST_BESIDE: usize = 36;
/// Words and paths that are longer may be broken, so that the columns fit beside each other.
const LONGEST_WORD: usize = 40;
const LONGEST_PATH: usize = 20;
/// The indentation of lines below a title.
const INDENT: usize = 2;

/// The width of the terminal at standard output; `None` if it is not a terminal.
pub(crate) fn width() -> Option<usize> {
    width_of(&io::stdout())
}

/// The width of the terminal at this stream; `None` if it is not a terminal.
pub(crate) fn width_of(stream: &impl Terminal) -> Option<usize> {
    stream
        .columns()
        .map(|columns| NARROWEST.max(columns.into()))
}

pub(crate) trait Terminal {
    fn columns(&self) -> Option<u16>;
}

impl Terminal for io::Stdout {
    fn columns(&self) -> Option<u16> {
        terminal_size::terminal_size_of(self).map(|(columns, _)| columns.0)
    }
}

impl Terminal for io::Stderr {
    fn columns(&self) -> Option<u16> {
        terminal_size::terminal_size_of(self).map(|(columns, _)| columns.0)
    }
}

/// The number of cells that a text takes.
pub(crate) fn cells(text: &str) -> usize {
    text.width()
}

/// The text with spaces after it, at least `width` cells wide.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(cells(text))))
}

/// Puts `text` after `prefix`, which may contain styles. Further lines are indented by `indent`.
pub(crate) fn hanging(prefix: &str, text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width else {
        return format!("{prefix}{text}").trim_end().to_owned();
    };
    if text.trim_end().is_empty() {
        return prefix.trim_end().to_owned();
    }
    let indent = " ".repeat(indent);
    let options = Options::new(width)
        .initial_indent(prefix)
        .subsequent_indent(&indent)
        .word_splitter(WordSplitter::NoHyphenation);
    let filled = textwrap::fill(text.trim_end(), options);
    filled.trim_end().to_owned()
}

/// Shows a name and its description in a list. They are side by side, or below each other if there
/// is too little room.
pub(crate) fn entry(name: &str, column: usize, about: &str, width: Option<usize>) -> String {
    let bold = format!("{BOLD}{name}{BOLD:#}");
    let indent = column + GAP;
    let is_beside = width.is_none_or(|width| width >= indent + LEAST_BESIDE);
    if is_beside && (width.is_none() || cells(name) <= column) {
        let prefix = format!("{bold}{}  ", " ".repeat(column.saturating_sub(cells(name))));
        return hanging(&prefix, about, indent, width);
    }
    if about.is_empty() {
        return bold;
    }
    let indent = 2 * INDENT;
    let below = hanging(&" ".repeat(indent), about, indent, width);
    format!("{bold}\n{below}")
}

/// The number of cells of the widest text.
fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(cells).max().unwrap_or(0)
}

/// The line for an event: its time, its name in a column of this width, and its summary. On a
/// narrow terminal, the summary directly follows the name.
pub(crate) fn event(
    time: &str,
    name: &str,
    column: usize,
    text: &str,
    width: Option<usize>,
) -> String {
    let begin = cells(time) + GAP;
    let indent = begin + column + GAP;
    let is_wide = width.is_none_or(|width| width >= indent + LEAST_BESIDE);
    let (column, indent) = if is_wide {
        (column, indent)
    } else {
        (0, begin)
    };
    let gap = " ".repeat(column.saturating_sub(cells(name)) + GAP);
    let prefix = format!("{DIM}{time}{DIM:#}  {BOLD}{name}{BOLD:#}{gap}");
    hanging(&prefix, text, indent, width)
}

/// A table with a heading for each column. If the columns do not fit beside each other, each row
/// becomes a title, with one line for each of the other cells.
#[derive(Debug)]
pub(crate) struct Grid<const N: usize> {
    head: [&'static str; N],
    /// Whether the headings are shown above the columns.
    has_head: bool,
    /// The number of cells that form the title if the columns do not fit.
    titles: usize,
    rows: Vec<[String; N]>,
}

impl<const N: usize> Grid<N> {
    /// `titles` is the number of cells at the beginning of a row that name it.
    pub(crate) fn new(head: [&'static str; N], titles: usize) -> Self {
        Self {
            head,
            has_head: true,
            titles,
            rows: Vec::new(),
        }
    }

    pub(crate) fn without_head(mut self) -> Self {
        self.has_head = false;
        self
    }

    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    pub(crate) fn show(&self, width: Option<usize>) -> String {
        match width.map(|width| self.columns(width)) {
            None => self.table(None),
            Some(Some(columns)) => self.table(Some(columns)),
            Some(None) => self.stack(width),
        }
    }

    /// All cells of a column, with its heading.
    fn column(&self, place: usize) -> impl Iterator<Item = &str> {
        let head: Option<&str> = self.head.get(place).copied().filter(|_| self.has_head);
        let cells = self.rows.iter().filter_map(move |row| row.get(place));
        head.into_iter().chain(cells.map(String::as_str))
    }

    /// The width of each column; `None` if they do not fit beside each other.
    fn columns(&self, width: usize) -> Option<[usize; N]> {
        let whole: [usize; N] =
            std::array::from_fn(|place| widest(self.column(place).flat_map(str::lines)));
        let least: [usize; N] = std::array::from_fn(|place| {
            let words = self.column(place).flat_map(str::split_whitespace);
            let room = |word: &str| {
                let longest = match word {
                    _ if place < self.titles => usize::MAX,
                    path if path.contains(['/', '\\']) => LONGEST_PATH,
                    _ => LONGEST_WORD,
                };
                cells(word).min(longest)
            };
            words.map(room).max().unwrap_or(0)
        });
        let mut room =
            width.checked_sub(GAP * N.saturating_sub(1) + least.iter().sum::<usize>())?;
        let mut columns = least;
        // Narrow columns get their full width. The other columns share the rest.
        let mut places: Vec<_> = columns.iter_mut().zip(whole).collect();
        places.sort_by_key(|(column, whole)| whole.saturating_sub(**column));
        let mut left = places.len();
        for (column, whole) in places {
            let more = whole.saturating_sub(*column).min(room / left.max(1));
            *column += more;
            room -= more;
            left -= 1;
        }
        Some(columns)
    }

    fn table(&self, columns: Option<[usize; N]>) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        let wrapped = |(place, text): (usize, &str)| {
            let column = columns.and_then(|columns| columns.get(place).copied());
            let lines = text.lines().map(|line| hanging("", line, 0, column));
            lines.collect::<Vec<_>>().join("\n")
        };
        if self.has_head {
            table.set_header(self.head.iter().copied().enumerate().map(wrapped));
        }
        for row in &self.rows {
            table.add_row(row.iter().map(String::as_str).enumerate().map(wrapped));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, u16::try_from(GAP).unwrap_or(0)));
        }
        table.trim_fmt()
    }

    fn stack(&self, width: Option<usize>) -> String {
        let labels = self.head.iter().skip(self.titles);
        let label_width = labels.map(|label| cells(label)).max().unwrap_or(0);
        let indent = INDENT + label_width + GAP;
        let block = |row: &[String; N]| {
            let titles = row.iter().take(self.titles).map(String::as_str);
            let title: Vec<_> = titles.filter(|text| !text.is_empty()).collect();
            let title = hanging("", &title.join(" "), INDENT, width);
            let others = self.head.iter().zip(row).skip(self.titles);
            let lines = others
                .filter(|(_, text)| !text.is_empty())
                .flat_map(|(label, text)| {
                    let first = format!("{:INDENT$}{}  ", "", padded(label, label_width));
                    let prefixes = iter::once(first).chain(iter::repeat(" ".repeat(indent)));
                    prefixes
                        .zip(text.lines())
                        .map(|(prefix, line)| hanging(&prefix, line, indent, width))
                        .collect::<Vec<_>>()
                });
            iter::once(format!("{BOLD}{title}{BOLD:#}"))
                .chain(lines)
                .collect::<Vec<_>>()
                .join("\n")
        };
        self.rows.iter().map(block).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    fn grid(rows: &[[&str; 3]]) -> Grid<3> {
        let mut grid = Grid::new(["name", "on", "does"], 1);
        for row in rows {
            grid.row(row.map(ToOwned::to_owned));
        }
        grid
    }

    #[test]
    fn a_pipe_gets_one_line_for_each_row() {
        let long = "word ".repeat(60);
        let shown = grid(&[["greet", "Twitch.Follow", long.trim_end()]]).show(None);
        assert_eq!(shown.lines().count(), 2);
    }

    #[test]
    fn columns_wrap_at_words_and_stay_within_the_terminal() {
        let long = "one two three four five six seven eight nine ten eleven twelve thirteen";
        let shown = grid(&[["greet", "Twitch.Follow", long]]).show(Some(60));
        insta::assert_snapshot!(shown, @"
        name   on             does
        greet  Twitch.Follow  one two three four five six seven
                              eight nine ten eleven twelve thirteen
        ");
    }

    #[test]
    fn columns_that_do_not_fit_become_lines_below_a_title() {
        let rows = [[
            "a-very-long-name-of-a-rule-that-takes-more-than-half",
            "Twitch.RewardRedemption, Twitch.Follow, Twitch.Cheer, Twitch.Raid, Twitch.Sub",
            "CHAT_FEED_READ",
        ]];
        insta::assert_snapshot!(plain(&grid(&rows).show(Some(60))), @"
        a-very-long-name-of-a-rule-that-takes-more-than-half
          on    Twitch.RewardRedemption, Twitch.Follow,
                Twitch.Cheer, Twitch.Raid, Twitch.Sub
          does  CHAT_FEED_READ
        ");
    }

    #[test]
    fn wide_and_right_to_left_names_keep_the_columns_straight() {
        let rows = [
            ["雪見うどん🎉", "x", "does"],
            ["نور_الليل", "x", "does"],
            ["e\u{301}a", "x", "does"],
        ];
        let shown = grid(&rows).show(Some(60));
        let starts: Vec<_> = shown
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once('x'))
            .map(|(before, _)| cells(before))
            .collect();
        assert_eq!(starts, [14, 14, 14]);
    }

    #[test]
    fn a_text_without_spaces_is_broken_where_the_terminal_ends() {
        let shown = hanging("12:00  ", &"雪".repeat(60), 7, Some(60));
        assert_eq!(widest(shown.lines()), 59);
    }

    #[test]
    fn an_event_is_wrapped_behind_its_time() {
        let text = "雪見うどん, 100 bits, “Cheer100 this is a long text that goes on and on”";
        insta::assert_snapshot!(
            plain(&event("20:15:00", "Twitch.Cheer", 32, text, Some(60))),
            @r"
        20:15:00  Twitch.Cheer  雪見うどん, 100 bits, “Cheer100 this
                  is a long text that goes on and on”
        "
        );
        assert_eq!(
            plain(&event("20:15:00", "Twitch.Cheer", 32, "x", None)),
            "20:15:00  Twitch.Cheer                      x"
        );
    }

    #[test]
    fn a_description_stands_beside_its_name_or_below_it() {
        let about = "Shows a clip on the overlay, which takes a while to explain in one line.";
        assert_eq!(
            plain(&entry("SHOW_CLIP", 12, about, Some(60))),
            "SHOW_CLIP     Shows a clip on the overlay, which takes a\n              \
             while to explain in one line."
        );
        assert_eq!(
            plain(&entry("SHOW_CLIP", 42, about, Some(60))),
            "SHOW_CLIP\n    Shows a clip on the overlay, which takes a while to\n    \
             explain in one line."
        );
    }
}

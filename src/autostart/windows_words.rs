//! The texts that Windows programs read and print: command lines and lists of processes.

/// Joins words to a command line. `CommandLineToArgvW` and Rust's standard library split it into
/// the same words again.
pub(super) fn join(words: &[String]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    quoted.join(" ")
}

fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '\t', '"']) {
        return word.to_owned();
    }
    let mut text = String::from('"');
    let mut backslashes = 0;
    for c in word.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                // Backslashes before a quote are doubled, and the quote itself gets one more.
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        text.push(c);
    }
    text.extend(std::iter::repeat_n('\\', backslashes));
    text.push('"');
    text
}

/// PowerShell prints this when [`start_process`] has started the program. The exit status is not
/// enough, because the PowerShell of Wine does nothing and reports success.
pub(super) const STARTED: &str = "started";

/// The PowerShell command that starts a program without a window.
pub(super) fn start_process(program: &str, arguments: &[String]) -> String {
    format!(
        "Start-Process -ErrorAction Stop -WindowStyle Hidden -FilePath {} -ArgumentList {}; \
            '{STARTED}'",
        literal(program),
        literal(&join(arguments))
    )
}

/// A literal text for PowerShell. PowerShell also treats typographic quotes as quotes.
fn literal(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

/// The ids of the processes that `tasklist /FO CSV` lists.
pub(super) fn processes(listed: &str) -> impl Iterator<Item = u32> {
    listed
        .lines()
        .filter_map(|line| line.split("\",\"").nth(1)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_started_by_powershell() {
        let words = ["run".to_owned(), "--store=C:\\Zoë’s\\j b.db".to_owned()];
        assert_eq!(
            start_process("C:\\a'b.exe", &words),
            "Start-Process -ErrorAction Stop -WindowStyle Hidden -FilePath 'C:\\a''b.exe' \
                -ArgumentList 'run \"--store=C:\\Zoë’’s\\j b.db\"'; 'started'"
        );
    }

    #[test]
    fn the_list_of_tasks_is_read() {
        let listed = "\"twitchat-bridge.exe\",\"1234\",\"Console\",\"1\",\"9,000 K\"\r\n";
        assert_eq!(processes(listed).collect::<Vec<_>>(), [1234]);
        let none = "INFO: No tasks are running which match the specified criteria.\r\n";
        assert_eq!(processes(none).count(), 0);
    }

    #[test]
    fn words_with_spaces_quotes_and_backslashes_are_quoted() {
        for (word, expected) in [
            ("run", "run"),
            ("", "\"\""),
            ("C:\\a\\b.exe", "C:\\a\\b.exe"),
            ("C:\\Program Files\\b.exe", "\"C:\\Program Files\\b.exe\""),
            ("C:\\my dir\\", "\"C:\\my dir\\\\\""),
            ("a\"b", "\"a\\\"b\""),
            ("a\\\"b", "\"a\\\\\\\"b\""),
            ("Zoë 🎉", "\"Zoë 🎉\""),
        ] {
            assert_eq!(quoted(word), expected);
        }
        assert_eq!(join(&["a b".into(), "c".into()]), "\"a b\" c");
    }
}

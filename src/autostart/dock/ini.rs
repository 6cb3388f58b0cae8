//! The list of docks in the text of OBS's settings file. Pure: [`super`] reads and writes the file.
//!
//! The list is a JSON array in one line of the section `[BasicWindow]`, with a title, a URL and an
//! id for each dock. OBS doubles backslashes in values (`config-file.c`). Everything else in the
//! text stays as it is, byte for byte.

use serde_json::value::RawValue;
use serde_json::{Value, json};

const SECTION: &str = "BasicWindow";
const KEY: &str = "ExtraBrowserDocks";

/// A page that OBS shows as a dock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dock<'a> {
    pub(super) title: &'a str,
    pub(super) url: &'a str,
    /// 32 hexadecimal digits, which tell the docks apart.
    pub(super) uuid: &'a str,
}

/// The line that holds the list, and the place for it if there is none.
struct Place {
    /// The bytes of the value, or an empty range where the line is to be inserted.
    value: std::ops::Range<usize>,
    is_there: bool,
    has_section: bool,
}

/// Whether the list has a dock with this URL.
pub(super) fn has(text: &str, url: &str) -> bool {
    let place = find(text);
    let docks = place.is_there.then(|| docks(text.get(place.value)?));
    docks
        .flatten()
        .is_some_and(|docks| docks.iter().any(|dock| field(dock, "url") == url))
}

/// The text with the dock; `None` if the list has it already. A dock with the same id is replaced.
///
/// # Errors
/// If the line does not hold a list.
pub(super) fn with(text: &str, dock: Dock<'_>) -> Result<Option<String>, String> {
    change(text, |docks| {
        let is_same = |known: &RawValue| {
            field(known, "url") == dock.url && field(known, "title") == dock.title
        };
        if docks.iter().any(|known| is_same(known)) {
            return Ok(false);
        }
        let Dock { title, url, uuid } = dock;
        // As OBS writes it.
        let [title_text, url_text] = [title, url].map(|text| json!(text).to_string());
        let new = RawValue::from_string(format!(
            r#"{{"title": {title_text}, "url": {url_text}, "uuid": "{uuid}"}}"#
        ))
        .map_err(|error| error.to_string())?;
        match docks.iter_mut().find(|known| field(known, "uuid") == uuid) {
            Some(old) => *old = new,
            None => docks.push(new),
        }
        Ok(true)
    })
}

/// The text without the dock of this id or URL; `None` if the list does not have it.
///
/// # Errors
/// If the line does not hold a list.
pub(super) fn without(text: &str, uuid: &str, url: &str) -> Result<Option<String>, String> {
    if !find(text).is_there {
        return Ok(None);
    }
    change(text, |docks| {
        let before = docks.len();
        docks.retain(|dock| field(dock, "uuid") != uuid && field(dock, "url") != url);
        Ok(docks.len() < before)
    })
}

fn change(
    text: &str,
    edit: impl FnOnce(&mut Vec<Box<RawValue>>) -> Result<bool, String>,
) -> Result<Option<String>, String> {
    let place = find(text);
    let written = text.get(place.value.clone()).unwrap_or_default();
    let mut list = if place.is_there && !written.trim().is_empty() {
        docks(written).ok_or_else(|| format!("`{KEY}` is not a list of docks"))?
    } else {
        Vec::new()
    };
    if !edit(&mut list)? {
        return Ok(None);
    }
    let items: Vec<_> = list.iter().map(|dock| dock.get()).collect();
    let value = format!("[{}]", items.join(", ")).replace('\\', r"\\");
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let line = match &place {
        Place { is_there: true, .. } => value,
        Place {
            has_section: true, ..
        } => format!("{KEY}={value}{end}"),
        Place { .. } => format!("{end}[{SECTION}]{end}{KEY}={value}{end}"),
    };
    let mut changed = text.to_owned();
    changed.replace_range(place.value, &line);
    Ok(Some(changed))
}

fn find(text: &str) -> Place {
    let mut start = 0;
    let mut is_inside = false;
    let mut after_header = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        if content.starts_with('[') {
            is_inside = content == format!("[{SECTION}]");
            if is_inside && after_header.is_none() && line.ends_with('\n') {
                after_header = Some(start + line.len());
            }
        } else if is_inside
            && let Some((key, value)) = content.split_once('=')
            && key == KEY
        {
            let from = start + key.len() + 1;
            return Place {
                value: from..from + value.len(),
                is_there: true,
                has_section: true,
            };
        }
        start += line.len();
    }
    let at = after_header.unwrap_or(text.len());
    Place {
        value: at..at,
        is_there: false,
        has_section: after_header.is_some(),
    }
}

/// The docks of a value, each as it is written.
fn docks(value: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(&value.replace(r"\\", r"\")).ok()
}

fn field(dock: &RawValue, name: &str) -> String {
    let dock: Value = serde_json::from_str(dock.get()).unwrap_or_default();
    dock.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "file:///home/ada/panel/index.html";
    const OURS: Dock<'_> = Dock {
        title: "Twitchat bridge",
        url: URL,
        uuid: "0123456789abcdef0123456789abcdef",
    };
    const FILES: [(&str, &str); 2] = [
        (
            "OBS 30.2",
            include_str!("../../../tests/fixtures/obs/global-30.2.ini"),
        ),
        (
            "OBS 32.2",
            include_str!("../../../tests/fixtures/obs/user-32.2.ini"),
        ),
    ];

    /// The lines of a text without that of the list.
    fn others(text: &str) -> Vec<&str> {
        let lines = text.split_inclusive('\n');
        lines.filter(|line| !line.starts_with(KEY)).collect()
    }

    #[test]
    fn the_dock_is_added_once_and_every_other_line_stays() {
        for (obs, before) in FILES {
            let after = with(before, OURS).unwrap().unwrap();
            assert!(has(&after, URL) && !has(before, URL), "{obs}");
            assert_eq!(others(&after), others(before), "{obs}");
            assert_eq!(
                with(&after, OURS).unwrap(),
                None,
                "{obs}: it has it already"
            );
            let removed = without(&after, OURS.uuid, URL).unwrap().unwrap();
            assert_eq!(removed, before, "{obs}");
            assert_eq!(without(before, OURS.uuid, URL).unwrap(), None, "{obs}");
        }
    }

    #[test]
    fn docks_of_the_user_stay_as_they_are_written() {
        let (_, text) = FILES[1];
        let list = |text: &str| {
            let found = text
                .lines()
                .find_map(|line| line.strip_prefix("ExtraBrowserDocks="));
            found.unwrap().to_owned()
        };
        let after = list(&with(text, OURS).unwrap().unwrap());
        let kept = list(text);
        assert!(kept.contains("Chat"), "the fixture has a dock");
        assert!(after.starts_with(kept.trim_end_matches(']')), "{after}");
    }

    #[test]
    fn a_dock_that_moved_is_replaced() {
        let before = with(FILES[0].1, OURS).unwrap().unwrap();
        let moved = Dock {
            url: "file:///D:/panel/index.html",
            ..OURS
        };
        let after = with(&before, moved).unwrap().unwrap();
        assert!(has(&after, moved.url) && !has(&after, URL));
    }

    #[test]
    fn a_file_without_the_section_gets_one_and_line_ends_stay() {
        for (text, expected) in [
            (
                "[General]\r\nA=1\r\n",
                "[General]\r\nA=1\r\n\r\n[BasicWindow]\r\nExtraBrowserDocks=",
            ),
            ("[BasicWindow]\nB=2\n", "[BasicWindow]\nExtraBrowserDocks="),
            ("", "\n[BasicWindow]\nExtraBrowserDocks="),
        ] {
            let after = with(text, OURS).unwrap().unwrap();
            assert!(after.starts_with(expected), "{after}");
            assert!(has(&after, URL));
        }
        let empty = "[BasicWindow]\nExtraBrowserDocks=\n";
        assert!(has(&with(empty, OURS).unwrap().unwrap(), URL));
    }

    #[test]
    fn a_line_that_is_no_list_is_left_alone() {
        let broken = "[BasicWindow]\nExtraBrowserDocks=[{\"title\"\n";
        assert!(with(broken, OURS).is_err());
        assert!(without(broken, OURS.uuid, URL).is_err());
        // A list in another section is not OBS's.
        let elsewhere = "[Other]\nExtraBrowserDocks=[]\n";
        assert!(
            with(elsewhere, OURS)
                .unwrap()
                .unwrap()
                .starts_with(elsewhere)
        );
    }

    #[test]
    fn backslashes_are_doubled_as_obs_reads_them() {
        let dock = Dock {
            title: "a \"b\"",
            ..OURS
        };
        let after = with("[BasicWindow]\n", dock).unwrap().unwrap();
        assert!(after.contains(r#""title": "a \\"b\\"""#), "{after}");
        assert!(has(&after, URL));
    }
}

//! Readers of settings, and how settings are shown. The error of each reader lists the allowed
//! values. Readers that are not only for settings are methods of [`Field`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use secrecy::SecretString;
use strum::VariantNames;

use super::{Generation, LogFormat};
use crate::{
    credits::{Section, Spelling},
    event::person::LONGEST_NAME,
    input::{BACKSLASH_HINT, Content, Field, Given, Read, Show, nearest, quoted, show_list},
    request::Guarded,
};

/// A host without scheme and port, which [`address`](super::address) has removed. The brackets of
/// an IPv6 address are removed here. The error does not quote a value that may hold a password.
pub(super) fn host(field: &Field<'_>) -> Read<String> {
    let allowed = "a host name or an IP address without a port, or an address such as \
        \"ws://host:4455\", \"wss://host/path\" or \"obsws://host:4455/password\"";
    let host = field.given().text().ok_or_else(|| field.bad(allowed))?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let one_colon = host.bytes().filter(|byte| *byte == b':').count() == 1;
    if host.is_empty()
        || one_colon
        || host.contains(|c: char| c.is_whitespace() || "/[]@".contains(c))
    {
        let is_port = |(_, rest): (&str, &str)| rest.bytes().all(|byte| byte.is_ascii_digit());
        let may_be_secret = host.contains(['/', '@']) || !host.split_once(':').is_none_or(is_port);
        return Err(if may_be_secret {
            field.secret(allowed)
        } else {
            field.bad(allowed)
        });
    }
    Ok(host.to_owned())
}

/// The path of an address. `None` if it is empty.
pub(super) fn url_path(field: &Field<'_>) -> Read<Option<String>> {
    let path = field.given().text().filter(|path| {
        path.is_empty()
            || path.starts_with(['/', '?'])
                && path.bytes().all(|byte| byte.is_ascii_graphic())
                && !path.contains('#')
    });
    let path = path.ok_or_else(|| field.bad("the path of an address, such as \"/obs/ws/ID\""))?;
    Ok((!path.is_empty()).then(|| path.to_owned()))
}

/// An empty secret is `None`, which means that OBS requires no password. The error does not quote
/// the value.
pub(super) fn secret(field: &Field<'_>) -> Read<Option<SecretString>> {
    match &field.node.content {
        Content::Loose(text) | Content::Text(text) => {
            Ok((!text.is_empty()).then(|| text.as_str().into()))
        }
        _ => Err(field.secret("a text in quotes")),
    }
}

pub(super) fn path(field: &Field<'_>) -> Read<PathBuf> {
    match &field.node.content {
        // In double quotes, `\t` and `\b` are control characters, which a path does not have.
        Content::Text(text) if text.contains(char::is_control) => {
            Err(field.bad(format!("the path of a file: {BACKSLASH_HINT}")))
        }
        Content::Path(path) => Ok(path.clone()),
        Content::Loose(text) | Content::Text(text) if !text.is_empty() => Ok(text.into()),
        _ => Err(field.bad("the path of a file")),
    }
}

/// A name that is shown in the credits.
pub(super) fn shown_name(field: &Field<'_>) -> Read<String> {
    let fits = |name: &str| !name.is_empty() && name.chars().count() <= LONGEST_NAME;
    let name = field.given().text().filter(|name| fits(name));
    name.map(Into::into)
        .ok_or_else(|| field.bad("a name of 1 to 128 characters"))
}

/// A person, by login or id. Ids may be written as numbers.
pub(super) fn person(field: &Field<'_>) -> Read<String> {
    let person = match field.given() {
        Given::Whole(number) if number >= 0 => Some(number.to_string()),
        given => given
            .text()
            .map(|text| text.trim_start_matches('@').to_owned())
            .filter(|text| !text.is_empty()),
    };
    person.ok_or_else(|| field.bad("a login or an id"))
}

pub(super) fn port(field: &Field<'_>) -> Read<u16> {
    let port = field.whole(1, u16::MAX.into())?;
    u16::try_from(port).map_err(|_| field.bad("a port"))
}

pub(super) fn time(field: &Field<'_>) -> Read<Duration> {
    const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);
    field.time(
        YEAR,
        r#"a time such as "30m", "12h" or "1h 30m", or a number of seconds"#,
    )
}

/// A time after which something is removed, at least a day.
pub(super) fn retention(field: &Field<'_>) -> Read<Duration> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    const CENTURY: Duration = Duration::from_secs(36_525 * 24 * 60 * 60);
    let allowed = r#"a time of at least one day, such as "400d""#;
    let time = field.time(CENTURY, allowed)?;
    if time < DAY {
        return Err(field.bad(allowed));
    }
    Ok(time)
}

pub(super) fn generation(field: &Field<'_>) -> Read<Generation> {
    let version = match field.given() {
        Given::Whole(number) => Some(number.to_string()),
        given => given.text().map(ToOwned::to_owned),
    };
    version
        .and_then(|version| Generation::of_version(&version))
        .ok_or_else(|| field.bad("a version of Twitchat, such as 16 or 17"))
}

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub(super) fn weekday(field: &Field<'_>) -> Read<Weekday> {
    let day = field.given().text().and_then(|word| {
        DAYS.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
    });
    day.map(|(_, day)| *day)
        .ok_or_else(|| field.bad(r#"a day of the week, such as "monday""#))
}

impl Show for Weekday {
    fn show(&self) -> Option<String> {
        let (name, _) = DAYS.iter().find(|(_, known)| known == self)?;
        Some(quoted(name))
    }
}

pub(super) fn timezone(field: &Field<'_>) -> Read<TimeZone> {
    let zone = field
        .given()
        .text()
        .and_then(|name| TimeZone::get(name).ok());
    zone.ok_or_else(|| field.bad(r#"the name of a time zone, such as "Europe/Berlin" or "UTC""#))
}

impl Show for TimeZone {
    fn show(&self) -> Option<String> {
        Some(quoted(self.iana_name().unwrap_or("UTC")))
    }
}

pub(super) fn spelling(field: &Field<'_>) -> Read<Spelling> {
    field.one_of()
}

pub(super) fn log_format(field: &Field<'_>) -> Read<LogFormat> {
    field.one_of()
}

impl Show for Spelling {
    fn show(&self) -> Option<String> {
        Some(quoted(self.into()))
    }
}

impl Show for Vec<Section> {
    fn show(&self) -> Option<String> {
        Some(show_list(self.iter().map(|section| section.legacy())))
    }
}

pub(super) fn text(field: &Field<'_>) -> Read<String> {
    field.word().map(Into::into)
}

pub(super) fn words(field: &Field<'_>) -> Read<Vec<String>> {
    let allowed = r#"a list of names, such as ["Hydrate", "Posture check"]"#;
    field.list(allowed, |item| item.word().map(Into::into))
}

pub(super) fn people(field: &Field<'_>) -> Read<Vec<String>> {
    let allowed = r#"a list of logins or ids, such as ["somebody", "12345"]"#;
    field.list(allowed, person)
}

pub(super) fn sections(field: &Field<'_>) -> Read<Vec<Section>> {
    field.list(
        r#"a list of sections, such as ["Pyramids", "VIPs"]"#,
        section,
    )
}

fn section(field: &Field<'_>) -> Read<Section> {
    let all = "a list of sections of the credits";
    let word = field.given().text().ok_or_else(|| field.bad(all))?;
    word.parse().map_err(|_| {
        field.bad(match nearest(word, Section::VARIANTS.iter().copied()) {
            Some(known) => format!("{all} (the nearest is {known:?})"),
            None => format!("{all}: {}", Section::VARIANTS.join(", ")),
        })
    })
}

/// Requests that destroy data.
pub(super) fn guarded(field: &Field<'_>) -> Read<Vec<Guarded>> {
    let all = "a list of requests that may be allowed";
    field.list(r#"a list of requests, such as ["forget"]"#, |item| {
        let word = item.word()?;
        word.parse().map_err(|_| {
            item.bad(match nearest(word, Guarded::VARIANTS.iter().copied()) {
                Some(known) => format!("{all} (the nearest is {known:?})"),
                None => format!("{all}: {}", Guarded::VARIANTS.join(", ")),
            })
        })
    })
}

impl Show for Vec<Guarded> {
    fn show(&self) -> Option<String> {
        Some(show_list(self.iter().map(<&str>::from)))
    }
}

pub(super) fn groups(field: &Field<'_>) -> Read<BTreeMap<String, Vec<String>>> {
    let Content::Table(table) = &field.node.content else {
        return Err(field.bad(r#"a table of lists, such as { regulars = ["somebody", "12345"] }"#));
    };
    let group = |(name, _, node)| {
        let people = people(&Field::new(node, &*field.path))?;
        Ok((String::from(name), people))
    };
    table.iter().map(group).collect()
}

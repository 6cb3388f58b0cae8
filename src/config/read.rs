//! How a setting reads a value, and how it shows one. Each reader says in words what it allows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use secrecy::SecretString;
use strum::VariantNames;

use super::raw::{Raw, Spot};
use super::settings::Generation;
use crate::{
    credits::Section,
    event::person::LONGEST_NAME,
    input::{duration, nearest},
};

/// A value that its setting refuses.
pub(super) struct Bad {
    /// What it may be: completes "must be …".
    pub(super) allowed: Cow<'static, str>,
    /// The part of the value that is refused, and its place.
    pub(super) part: Option<(String, Spot)>,
    /// The key within the value, where it is a table.
    pub(super) key: Option<String>,
    /// There is no such key.
    pub(super) unknown: Option<Unknown>,
}

/// What there is instead of an unknown key.
pub(super) struct Unknown {
    /// The known one that resembles it most.
    pub(super) nearest: Option<&'static str>,
}

impl From<&'static str> for Bad {
    fn from(allowed: &'static str) -> Self {
        Self {
            allowed: allowed.into(),
            part: None,
            key: None,
            unknown: None,
        }
    }
}

impl From<String> for Bad {
    fn from(allowed: String) -> Self {
        Self {
            allowed: allowed.into(),
            part: None,
            key: None,
            unknown: None,
        }
    }
}

impl Bad {
    /// A key that there is not, within a table.
    pub(super) fn unknown(key: &str, nearest: Option<&'static str>, spot: Spot) -> Self {
        Self {
            allowed: "".into(),
            part: Some((key.to_owned(), spot)),
            key: Some(key.to_owned()),
            unknown: Some(Unknown { nearest }),
        }
    }
}

pub(super) type Read<T> = Result<T, Bad>;

fn text(raw: &Raw) -> Option<&str> {
    match raw {
        Raw::Loose(text) | Raw::Text(text) => Some(text.trim()),
        _ => None,
    }
}

fn whole(raw: &Raw) -> Option<i64> {
    match raw {
        Raw::Whole(number) => Some(*number),
        Raw::Loose(text) => text.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn bool(raw: &Raw) -> Read<bool> {
    const ALLOWED: &str = "true or false";
    match raw {
        Raw::Bool(value) => Ok(*value),
        Raw::Loose(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(ALLOWED.into()),
        },
        _ => Err(ALLOWED.into()),
    }
}

/// Without scheme and port; the brackets of an IPv6 address are taken off.
pub(super) fn host(raw: &Raw) -> Read<String> {
    let allowed = r#"a host name or an address, without "ws://" and without the port"#;
    let host = text(raw).ok_or(allowed)?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let one_colon = host.bytes().filter(|byte| *byte == b':').count() == 1;
    if host.is_empty()
        || one_colon
        || host.contains(|c: char| c.is_whitespace() || "/[]@".contains(c))
    {
        return Err(allowed.into());
    }
    Ok(host.to_owned())
}

pub(super) fn port(raw: &Raw) -> Read<u16> {
    let number = whole(raw)
        .and_then(|number| u16::try_from(number).ok())
        .filter(|port| *port > 0);
    number.ok_or_else(|| "a whole number from 1 to 65535".into())
}

pub(super) fn count(raw: &Raw) -> Read<u32> {
    let number = whole(raw)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|count| *count > 0);
    number.ok_or_else(|| "a whole number from 1 up".into())
}

/// An empty one means: OBS asks for none.
pub(super) fn secret(raw: &Raw) -> Read<Option<SecretString>> {
    match raw {
        Raw::Loose(text) | Raw::Text(text) => Ok((!text.is_empty()).then(|| text.as_str().into())),
        _ => Err("a text in quotes".into()),
    }
}

pub(super) fn path(raw: &Raw) -> Read<PathBuf> {
    match raw {
        Raw::Path(path) => Ok(path.clone()),
        Raw::Loose(text) | Raw::Text(text) if !text.is_empty() => Ok(text.into()),
        _ => Err("the path of a file".into()),
    }
}

pub(super) fn word(raw: &Raw) -> Read<String> {
    text(raw)
        .filter(|text| !text.is_empty())
        .map(Into::into)
        .ok_or_else(|| "a text that is not empty".into())
}

/// A name that is shown in the credits.
pub(super) fn shown_name(raw: &Raw) -> Read<String> {
    let fits = |name: &str| !name.is_empty() && name.chars().count() <= LONGEST_NAME;
    text(raw)
        .map(str::trim)
        .filter(|name| fits(name))
        .map(Into::into)
        .ok_or_else(|| "a name of 1 to 128 characters".into())
}

/// A person, by login or id: ids may be written as numbers.
pub(super) fn person(raw: &Raw) -> Read<String> {
    let person = match raw {
        Raw::Whole(number) if *number >= 0 => Some(number.to_string()),
        raw => text(raw)
            .map(|text| text.trim_start_matches('@').to_owned())
            .filter(|text| !text.is_empty()),
    };
    person.ok_or_else(|| "a login or an id".into())
}

pub(super) fn time(raw: &Raw) -> Read<Duration> {
    const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);
    let time = match raw {
        Raw::Whole(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
        Raw::Fraction(seconds) => duration::of_seconds(*seconds),
        _ => text(raw).and_then(duration::parse),
    };
    time.filter(|time| *time <= YEAR)
        .ok_or_else(|| r#"a time such as "30m", "12h" or "1h 30m", or a number of seconds"#.into())
}

/// The short form that [`time`] reads, in quotes.
pub(super) fn show_time(time: Duration) -> String {
    quoted(&duration::show(time))
}

pub(super) fn generation(raw: &Raw) -> Read<Generation> {
    match whole(raw) {
        Some(1) => Ok(Generation::One),
        Some(2) => Ok(Generation::Two),
        Some(3) => Ok(Generation::Three),
        _ => Err("1, 2 or 3".into()),
    }
}

pub(super) fn show_generation(generation: Generation) -> String {
    match generation {
        Generation::One => "1",
        Generation::Two => "2",
        Generation::Three => "3",
    }
    .into()
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

pub(super) fn weekday(raw: &Raw) -> Read<Weekday> {
    let day = text(raw).and_then(|word| {
        DAYS.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
    });
    day.map(|(_, day)| *day)
        .ok_or_else(|| r#"a day of the week, such as "monday""#.into())
}

pub(super) fn show_weekday(day: Weekday) -> String {
    quoted(
        DAYS.iter()
            .find(|(_, known)| *known == day)
            .map_or("", |(name, _)| name),
    )
}

pub(super) fn timezone(raw: &Raw) -> Read<TimeZone> {
    text(raw)
        .and_then(|name| TimeZone::get(name).ok())
        .ok_or_else(|| r#"the name of a time zone, such as "Europe/Berlin" or "UTC""#.into())
}

/// One of a few words, in any case; it comes as it is written in `words`.
pub(super) fn word_of(raw: &Raw, words: &[&'static str]) -> Read<&'static str> {
    let known =
        text(raw).and_then(|word| words.iter().find(|known| known.eq_ignore_ascii_case(word)));
    known.copied().ok_or_else(|| Bad::from(one_out_of(words)))
}

/// What one of a few words stands for.
pub(super) fn one_of<T: FromStr + VariantNames>(raw: &Raw) -> Read<T> {
    text(raw)
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| Bad::from(one_out_of(T::VARIANTS)))
}

/// What a list of a few words stands for.
pub(super) fn each_of<T: FromStr>(raw: &Raw, what: &str, words: &[&'static str]) -> Read<Vec<T>> {
    let allowed = || Bad::from(format!("a list of {what} out of {}", listed(words)));
    let Raw::List(items) = raw else {
        return Err(allowed());
    };
    let one = |(item, spot): &(Raw, Spot)| {
        let number = if let Raw::Whole(number) = item {
            Some(Raw::Text(number.to_string()))
        } else {
            None
        };
        let known = word_of(number.as_ref().unwrap_or(item), words)
            .ok()
            .and_then(|word| word.parse().ok());
        known.ok_or_else(|| Bad {
            part: Some((item.to_string(), *spot)),
            ..allowed()
        })
    };
    items.iter().map(one).collect()
}

/// `"a", "b" or "c"`.
fn one_out_of(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last:?}", listed(first)),
        words => listed(words),
    }
}

fn listed(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("{word:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A number, perhaps with a fraction.
pub(super) fn number(raw: &Raw, least: f64, most: f64) -> Read<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "what is allowed is far below 2^53"
    )]
    let number = match raw {
        Raw::Whole(number) => Some(*number as f64),
        Raw::Fraction(number) => Some(*number),
        Raw::Loose(text) => text.trim().parse().ok(),
        _ => None,
    };
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Bad::from(format!("a number from {least} to {most}")))
}

/// A whole number from 0 up.
pub(super) fn whole_number(raw: &Raw, most: u32) -> Read<u32> {
    let number = whole(raw)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number <= most);
    number.ok_or_else(|| Bad::from(format!("a whole number from 0 to {most}")))
}

/// A name that may stand in a file name and in CSS.
pub(super) fn name(raw: &Raw) -> Read<String> {
    let is_name = |text: &&str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text(raw)
        .filter(is_name)
        .map(Into::into)
        .ok_or_else(|| "a name of small letters, digits and -".into())
}

pub(super) fn words(raw: &Raw) -> Read<Vec<String>> {
    list(
        raw,
        r#"a list of names, such as ["Hydrate", "Posture check"]"#,
        word,
    )
}

pub(super) fn people(raw: &Raw) -> Read<Vec<String>> {
    list(
        raw,
        r#"a list of logins or ids, such as ["somebody", "12345"]"#,
        person,
    )
}

pub(super) fn sections(raw: &Raw) -> Read<Vec<Section>> {
    list(
        raw,
        r#"a list of sections, such as ["Pyramids", "VIPs"]"#,
        section,
    )
}

fn section(raw: &Raw) -> Read<Section> {
    let unknown = |word| match nearest(word, Section::VARIANTS.iter().copied()) {
        Some(known) => {
            format!("a list of sections of the credits (the nearest is {known:?})").into()
        }
        None => Cow::from(format!(
            "a list of sections of the credits: {}",
            Section::VARIANTS.join(", ")
        )),
    };
    let word = text(raw).ok_or("a list of sections of the credits")?;
    word.parse().map_err(|_| Bad {
        allowed: unknown(word),
        .."".into()
    })
}

pub(super) fn groups(raw: &Raw) -> Read<BTreeMap<String, Vec<String>>> {
    let allowed = r#"a table of lists, such as { regulars = ["somebody", "12345"] }"#;
    let Raw::Table(entries) = raw else {
        return Err(allowed.into());
    };
    let group = |(name, raw, spot): &(String, Raw, Spot)| {
        let people = people(raw).map_err(|bad| Bad {
            part: bad.part.or_else(|| Some((raw.to_string(), *spot))),
            ..bad
        })?;
        Ok((name.clone(), people))
    };
    entries.iter().map(group).collect()
}

fn list<T>(raw: &Raw, allowed: &'static str, each: fn(&Raw) -> Read<T>) -> Read<Vec<T>> {
    let Raw::List(items) = raw else {
        return Err(allowed.into());
    };
    let item = |(raw, spot): &(Raw, Spot)| {
        each(raw).map_err(|bad| Bad {
            part: Some((raw.to_string(), *spot)),
            ..bad
        })
    };
    items.iter().map(item).collect()
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A path as TOML writes it.
pub(super) fn show_path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// A list as TOML writes it.
pub(super) fn show_list(list: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    format!(
        "[{}]",
        list.into_iter()
            .map(|item| quoted(item.as_ref()))
            .collect::<Vec<_>>()
            .join(", ")
    )
}

/// Groups as TOML writes them.
pub(super) fn show_groups(groups: &BTreeMap<String, Vec<String>>) -> String {
    let group = |(name, people): (&String, &Vec<String>)| {
        format!("{} = {}", quoted(name), show_list(people))
    };
    if groups.is_empty() {
        "{}".into()
    } else {
        format!(
            "{{ {} }}",
            groups.iter().map(group).collect::<Vec<_>>().join(", ")
        )
    }
}

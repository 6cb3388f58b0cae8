//! `[[overlay.section]]`: one section of the end credits after the other.

use std::collections::HashSet;

use strum::VariantNames;

use crate::{
    config::{
        raw::{Raw, Spot},
        read::{self, Bad, Read},
    },
    credits::roll::{
        Amounts, Kind, Plan, Role,
        words::{PLACEHOLDERS, unknown_placeholder},
    },
    event::{Platform, fact::Tier},
    input::nearest,
};

/// Reads one key into the plan.
type Set = fn(&mut Plan, &Raw) -> Read<()>;

/// Every key of a section but `kind`, `id` and `enabled`, which are read first.
const KEYS: &[(&str, Set)] = &[
    ("title", |plan, raw| {
        template(raw).map(|title| plan.title = Some(title))
    }),
    ("icon", |plan, raw| {
        icon(raw).map(|icon| plan.icon = Some(icon))
    }),
    ("layout", |plan, raw| {
        read::one_of(raw).map(|layout| plan.layout = layout)
    }),
    ("sort", |plan, raw| {
        read::one_of(raw).map(|sort| plan.sort = sort)
    }),
    ("amounts", |plan, raw| {
        amounts(raw).map(|amounts| plan.amounts = amounts)
    }),
    ("lifetime", |plan, raw| {
        read::bool(raw).map(|lifetime| plan.lifetime = lifetime)
    }),
    ("badges", |plan, raw| {
        read::bool(raw).map(|badges| plan.badges = badges)
    }),
    ("details", |plan, raw| {
        read::bool(raw).map(|details| plan.details = details)
    }),
    ("limit", |plan, raw| {
        read::count(raw).map(|limit| plan.limit = usize::try_from(limit).ok())
    }),
    ("merge", |plan, raw| {
        read::bool(raw).map(|merge| plan.merge = merge)
    }),
    ("ignore", |plan, raw| {
        read::people(raw).map(|people| plan.ignore = lower(people))
    }),
    ("platforms", |plan, raw| {
        read::each_of(raw, "platforms", Platform::words())
            .map(|list| plan.platforms = list.into_iter().collect())
    }),
    ("tiers", |plan, raw| {
        read::each_of(raw, "tiers", Tier::VARIANTS)
            .map(|list| plan.tiers = list.into_iter().collect())
    }),
    ("roles", |plan, raw| {
        read::each_of(raw, "roles", Role::VARIANTS)
            .map(|list| plan.roles = list.into_iter().collect())
    }),
    ("only", |plan, raw| {
        read::words(raw).map(|words| plan.only = lower(words))
    }),
    ("pinned", |plan, raw| {
        read::one_of(raw).map(|pinned| plan.pinned = pinned)
    }),
    ("short_names", |plan, raw| {
        read::bool(raw).map(|short| plan.short_names = short)
    }),
    ("text", |plan, raw| {
        template(raw).map(|text| plan.text = text)
    }),
    ("image", |plan, raw| {
        read::word(raw).map(|image| plan.image = source(&image))
    }),
    ("alt", |plan, raw| {
        read::word(raw).map(|alt| plan.alt = alt.into())
    }),
    ("height", |plan, raw| {
        read::count(raw).map(|height| plan.height = Some(height))
    }),
    ("empty", |plan, raw| {
        read::word(raw).map(|empty| plan.empty = Some(empty.into()))
    }),
];

/// Reads all sections.
pub(super) fn sections(raw: &Raw) -> Read<Vec<Plan>> {
    let Raw::List(items) = raw else {
        return Err("sections: write [[overlay.section]] above each".into());
    };
    let mut plans: Vec<Plan> = Vec::new();
    for (item, spot) in items {
        let Raw::Table(entries) = item else {
            return Err(bad(
                None,
                r#"a table, such as { kind = "follows" }"#,
                item,
                *spot,
            ));
        };
        if let Some(mut plan) = section(entries, *spot)? {
            let written = entries.iter().any(|(key, ..)| key == "id");
            let same = plans.iter().filter(|known| known.id == plan.id).count();
            if same > 0 && written {
                return Err(bad(
                    Some("id"),
                    "another one than that of a section before it",
                    &Raw::Text(plan.id.into()),
                    *spot,
                ));
            }
            if same > 0 {
                let is_taken = |id: &str| plans.iter().any(|known| &*known.id == id);
                let free = (2..=plans.len() + 1)
                    .map(|number| format!("{}-{number}", plan.id))
                    .find(|id| !is_taken(id));
                plan.id = free.unwrap_or_default().into();
            }
            plans.push(plan);
        }
    }
    Ok(plans)
}

/// Reads one section; nothing if it is switched off.
fn section(entries: &[(String, Raw, Spot)], spot: Spot) -> Read<Option<Plan>> {
    let find = |key: &str| {
        entries
            .iter()
            .find(|(name, ..)| name == key)
            .map(|(_, raw, spot)| (raw, *spot))
    };
    let Some((raw, kind_spot)) = find("kind") else {
        return Err(missing(
            "kind",
            "there: what the section lists, such as \"follows\"",
            spot,
        ));
    };
    let kinds = kinds(raw).map_err(|refused| within("kind", refused, raw, kind_spot))?;
    let mut plan = Plan::of(kinds.first().map_or("", |kind| kind.name()), &kinds);
    let mut enabled = true;
    for (key, raw, spot) in entries {
        let read = match key.as_str() {
            "kind" => Ok(()),
            "id" => read::word(raw).map(|id| plan.id = id.into()),
            "enabled" => read::bool(raw).map(|is| enabled = is),
            key => match KEYS.iter().find(|(known, _)| *known == key) {
                Some((_, set)) => set(&mut plan, raw),
                None => {
                    return Err(Bad::unknown(
                        key,
                        nearest(
                            key,
                            KEYS.iter()
                                .map(|(known, _)| *known)
                                .chain(["kind", "id", "enabled"]),
                        ),
                        *spot,
                    ));
                }
            },
        };
        read.map_err(|refused| within(key, refused, raw, *spot))?;
    }
    let lacks = match kinds.first() {
        Some(Kind::Image) if plan.image.is_empty() => {
            Some(("image", "there: a URL, or a file beside the page"))
        }
        Some(Kind::Text) if plan.text.is_empty() && plan.title.is_none() => {
            Some(("text", "there: what the section says"))
        }
        _ => None,
    };
    match lacks {
        Some((key, allowed)) => Err(missing(key, allowed, spot)),
        None => Ok(enabled.then_some(plan)),
    }
}

fn kinds(raw: &Raw) -> Read<Vec<Kind>> {
    let one = |raw: &Raw| {
        let word = read::word(raw)?;
        Kind::parse(&word).ok_or_else(|| {
            let hint = nearest(&word, Kind::all().map(Kind::name))
                .map(|known| format!(" (the nearest is {known:?})"));
            let all = || {
                format!(
                    ": {}",
                    Kind::all().map(Kind::name).collect::<Vec<_>>().join(", ")
                )
            };
            Bad::from(format!("a kind of section{}", hint.unwrap_or_else(all)))
        })
    };
    let Raw::List(items) = raw else {
        return Ok(vec![one(raw)?]);
    };
    let mut kinds = Vec::new();
    for (item, spot) in items {
        let kind = one(item).map_err(|refused| Bad {
            part: Some((item.to_string(), *spot)),
            ..refused
        })?;
        if !kind.lists_names() || matches!(kind, Kind::Groups | Kind::Lists) {
            return Err(Bad {
                part: Some((item.to_string(), *spot)),
                ..Bad::from("a kind that can stand together with others")
            });
        }
        kinds.push(kind);
    }
    if kinds.is_empty() {
        Err(r#"a kind of section, such as "follows""#.into())
    } else {
        Ok(kinds)
    }
}

/// A text with placeholders that all mean something.
fn template(raw: &Raw) -> Read<Box<str>> {
    let Raw::Text(text) = raw else {
        return Err("a text".into());
    };
    match unknown_placeholder(text) {
        Some(unknown) => {
            let known = PLACEHOLDERS.map(|(name, _)| name);
            let hint = nearest(unknown, known).map_or_else(
                || known.map(|name| format!("{{{name}}}")).join(", "),
                |name| format!("{{{name}}}"),
            );
            Err(Bad::from(format!(
                "a text whose placeholders are known: there is no {{{unknown}}}, did you mean \
                    {hint}?"
            )))
        }
        None => Ok(text.as_str().into()),
    }
}

fn icon(raw: &Raw) -> Read<Box<str>> {
    match raw {
        Raw::Bool(false) => Ok(Box::default()),
        Raw::Text(text) => Ok(text.trim().into()),
        _ => Err("the name of an icon, an emoji, a URL, or false for none".into()),
    }
}

fn amounts(raw: &Raw) -> Read<Amounts> {
    match raw {
        Raw::Bool(true) => Ok(Amounts::Shown),
        Raw::Bool(false) => Ok(Amounts::Hidden),
        Raw::Text(text) if text.contains("{n}") => Ok(Amounts::Worded(text.as_str().into())),
        _ => Err("true, false, or a text with {n} for the number".into()),
    }
}

fn lower(words: Vec<String>) -> HashSet<Box<str>> {
    words
        .into_iter()
        .map(|word| word.to_lowercase().into())
        .collect()
}

/// A picture's place as the page needs it: a path from the root becomes a URL.
fn source(image: &str) -> Box<str> {
    let is_windows = image
        .as_bytes()
        .get(1..3)
        .is_some_and(|rest| rest == b":\\" || rest == b":/");
    if !image.starts_with('/') && !is_windows {
        return image.into();
    }
    let escape = |c: char| match c {
        '%' => "%25".to_owned(),
        '#' => "%23".to_owned(),
        '?' => "%3F".to_owned(),
        ' ' => "%20".to_owned(),
        '\\' => "/".to_owned(),
        c => c.to_string(),
    };
    let path: String = image.chars().map(escape).collect();
    format!("file://{}{path}", if is_windows { "/" } else { "" }).into()
}

/// A refusal of a value within the section.
fn within(key: &str, refused: Bad, raw: &Raw, spot: Spot) -> Bad {
    let part = refused.part.or_else(|| Some((raw.to_string(), spot)));
    Bad {
        part,
        key: Some(key.to_owned()),
        ..refused
    }
}

fn bad(key: Option<&str>, allowed: &'static str, raw: &Raw, spot: Spot) -> Bad {
    Bad {
        part: Some((raw.to_string(), spot)),
        key: key.map(str::to_owned),
        ..Bad::from(allowed)
    }
}

/// A key that must be there and is not.
fn missing(key: &str, allowed: &'static str, spot: Spot) -> Bad {
    Bad {
        part: Some((String::new(), spot)),
        key: Some(key.to_owned()),
        ..Bad::from(allowed)
    }
}

/// The sections in short: their ids.
pub(super) fn show(plans: &[Plan]) -> String {
    format!(
        "[{}]",
        plans
            .iter()
            .map(|plan| read::quoted(&plan.id))
            .collect::<Vec<_>>()
            .join(", ")
    )
}

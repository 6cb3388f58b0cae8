//! The keys of `[[overlay.section]]`, each with its reader.

use std::collections::HashSet;

use strum::VariantNames;

use crate::{
    config::read,
    credits::roll::{
        Amounts, Kind, Plan, Role, Service, Sort,
        words::{PLACEHOLDERS, unknown_placeholder},
    },
    event::{Platform, fact::Tier},
    input::{Content, Field, Read, nearest},
};

/// Reads one key into the plan.
type Set = fn(&mut Plan, &Field<'_>) -> Read<()>;

pub(in crate::config) struct SectionKey {
    pub(in crate::config) name: &'static str,
    /// Whether a request over OBS may change it. Such a key holds no path, URL or HTML.
    pub(in crate::config) bus: bool,
    pub(super) set: Set,
}

impl SectionKey {
    /// The key of this name; `None` if a section has no such key.
    pub(in crate::config) fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    pub(in crate::config) fn check(&self, field: &Field<'_>) -> Read<()> {
        (self.set)(&mut Plan::of("", &[]), field)
    }
}

/// Every key of a section. `kind` and `enabled` are only checked here, because a plan is made of
/// the one and the other decides whether there is a plan.
pub(in crate::config) const KEYS: &[SectionKey] = &[
    SectionKey {
        name: "kind",
        bus: false,
        set: |_, field| kinds(field).map(drop),
    },
    SectionKey {
        name: "id",
        bus: false,
        set: |plan, field| field.text().map(|id| plan.id = id),
    },
    SectionKey {
        name: "enabled",
        bus: true,
        set: |_, field| field.flag().map(drop),
    },
    SectionKey {
        name: "title",
        bus: true,
        set: |plan, field| template(field).map(|title| plan.title = Some(title)),
    },
    SectionKey {
        name: "icon",
        bus: true,
        set: |plan, field| icon(field).map(|icon| plan.icon = Some(icon)),
    },
    SectionKey {
        name: "layout",
        bus: true,
        set: |plan, field| field.one_of().map(|layout| plan.layout = layout),
    },
    SectionKey {
        name: "sort",
        bus: true,
        set: |plan, field| orders(field).map(|(sort, then)| (plan.sort, plan.then) = (sort, then)),
    },
    SectionKey {
        name: "amounts",
        bus: true,
        set: |plan, field| amounts(field).map(|amounts| plan.amounts = amounts),
    },
    SectionKey {
        name: "lifetime",
        bus: true,
        set: |plan, field| field.flag().map(|lifetime| plan.lifetime = lifetime),
    },
    SectionKey {
        name: "badges",
        bus: true,
        set: |plan, field| field.flag().map(|badges| plan.badges = badges),
    },
    SectionKey {
        name: "details",
        bus: true,
        set: |plan, field| field.flag().map(|details| plan.details = details),
    },
    SectionKey {
        name: "recipients",
        bus: true,
        set: |plan, field| recipients(field).map(|most| plan.recipients = most),
    },
    SectionKey {
        name: "images",
        bus: true,
        set: |plan, field| field.flag().map(|images| plan.images = Some(images)),
    },
    SectionKey {
        name: "limit",
        bus: true,
        set: |plan, field| {
            field
                .whole(1, u32::MAX)
                .map(|limit| plan.limit = usize::try_from(limit).ok())
        },
    },
    SectionKey {
        name: "merge",
        bus: true,
        set: |plan, field| field.flag().map(|merge| plan.merge = merge),
    },
    SectionKey {
        name: "ignore",
        bus: true,
        set: |plan, field| read::people(field).map(|people| plan.ignore = lower(people)),
    },
    SectionKey {
        name: "platforms",
        bus: true,
        set: |plan, field| {
            field
                .each_of("platforms", Platform::words())
                .map(|list| plan.platforms = list.into_iter().collect())
        },
    },
    SectionKey {
        name: "services",
        bus: true,
        set: |plan, field| services(field).map(|services| plan.services = services),
    },
    SectionKey {
        name: "tiers",
        bus: true,
        set: |plan, field| {
            field
                .each_of("tiers", Tier::VARIANTS)
                .map(|list| plan.tiers = list.into_iter().collect())
        },
    },
    SectionKey {
        name: "roles",
        bus: true,
        set: |plan, field| {
            field
                .each_of("roles", Role::VARIANTS)
                .map(|list| plan.roles = list.into_iter().collect())
        },
    },
    SectionKey {
        name: "only",
        bus: true,
        set: |plan, field| read::words(field).map(|words| plan.only = lower(words)),
    },
    SectionKey {
        name: "pinned",
        bus: true,
        set: |plan, field| field.one_of().map(|pinned| plan.pinned = pinned),
    },
    SectionKey {
        name: "short_names",
        bus: true,
        set: |plan, field| field.flag().map(|short| plan.short_names = short),
    },
    SectionKey {
        name: "text",
        bus: false,
        set: |plan, field| template(field).map(|text| plan.text = text),
    },
    SectionKey {
        name: "image",
        bus: false,
        set: |plan, field| field.word().map(|image| plan.image = source(image)),
    },
    SectionKey {
        name: "alt",
        bus: false,
        set: |plan, field| field.word().map(|alt| plan.alt = alt.into()),
    },
    SectionKey {
        name: "height",
        bus: false,
        set: |plan, field| {
            field
                .whole(1, u32::MAX)
                .map(|height| plan.height = Some(height))
        },
    },
    SectionKey {
        name: "empty",
        bus: true,
        set: |plan, field| field.word().map(|empty| plan.empty = Some(empty.into())),
    },
];

pub(super) fn kinds(field: &Field<'_>) -> Read<Vec<Kind>> {
    let one = |field: &Field<'_>| {
        let word = field.word()?;
        Kind::parse(word).ok_or_else(|| {
            let all = || Kind::all().map(Kind::name);
            field.bad(match nearest(word, all()) {
                Some(known) => format!("a kind of section (the nearest is {known:?})"),
                None => format!(
                    "a kind of section: {}",
                    all().collect::<Vec<_>>().join(", ")
                ),
            })
        })
    };
    if !matches!(field.node.content, Content::List(_)) {
        return Ok(vec![one(field)?]);
    }
    let allowed = r#"a kind of section, such as "follows""#;
    let kinds = field.list(allowed, |item| {
        let kind = one(item)?;
        if !kind.lists_names() || matches!(kind, Kind::Groups | Kind::Lists) {
            return Err(item.bad("a kind that can stand together with others"));
        }
        Ok(kind)
    })?;
    if kinds.is_empty() {
        return Err(field.bad(allowed));
    }
    Ok(kinds)
}

/// A text whose placeholders are all known.
fn template(field: &Field<'_>) -> Read<Box<str>> {
    let Content::Text(text) = &field.node.content else {
        return Err(field.bad("a text"));
    };
    match unknown_placeholder(text) {
        Some(unknown) => {
            let known = PLACEHOLDERS.map(|(name, _)| name);
            let hint = nearest(unknown, known).map_or_else(
                || known.map(|name| format!("{{{name}}}")).join(", "),
                |name| format!("{{{name}}}"),
            );
            Err(field.bad(format!(
                "a text whose placeholders are known: there is no {{{unknown}}}, did you mean \
                    {hint}?"
            )))
        }
        None => Ok(text.as_str().into()),
    }
}

fn icon(field: &Field<'_>) -> Read<Box<str>> {
    match &field.node.content {
        Content::Bool(false) => Ok(Box::default()),
        Content::Text(text) => Ok(text.trim().into()),
        _ => Err(field.bad("the name of an icon, an emoji, a URL, or false for none")),
    }
}

/// One order, or several, each for the names that are equal in those before it.
fn orders(field: &Field<'_>) -> Read<(Sort, Vec<Sort>)> {
    if !matches!(field.node.content, Content::List(_)) {
        return field.one_of().map(|sort| (sort, Vec::new()));
    }
    let mut orders = field.each_of("orders", Sort::VARIANTS)?.into_iter();
    let first = orders.next();
    first
        .map(|first| (first, orders.collect()))
        .ok_or_else(|| field.bad("an order, or a list of orders that is not empty"))
}

/// The placeholders of amounts, of which a text must have one.
const IN_AMOUNTS: [&str; 3] = ["{n}", "{amount}", "{total}"];

fn amounts(field: &Field<'_>) -> Read<Amounts> {
    match &field.node.content {
        Content::List(_) => kinds(field).map(Amounts::Of),
        Content::Bool(true) => Ok(Amounts::Shown),
        Content::Bool(false) => Ok(Amounts::Hidden),
        Content::Text(text) if IN_AMOUNTS.iter().any(|one| text.contains(one)) => {
            Ok(Amounts::Worded(text.as_str().into()))
        }
        _ => Err(field.bad("true, false, a list of kinds, or a text with {n} for the number")),
    }
}

/// How many recipients stand below a gifter, with `recipients = true`.
const RECIPIENTS: usize = 10;

fn recipients(field: &Field<'_>) -> Read<usize> {
    match &field.node.content {
        Content::Bool(true) => Ok(RECIPIENTS),
        Content::Bool(false) => Ok(0),
        Content::Whole(most) => usize::try_from(*most)
            .ok()
            .filter(|most| (1..=1_000).contains(most))
            .ok_or_else(|| field.bad("true, false, or a whole number from 1 to 1000")),
        _ => Err(field.bad("true, false, or a whole number from 1 to 1000")),
    }
}

fn services(field: &Field<'_>) -> Read<HashSet<Service>> {
    field
        .words()?
        .into_iter()
        .map(|(word, field)| {
            Service::parse(word).ok_or_else(|| {
                field.bad(match nearest(word, Service::names()) {
                    Some(known) => format!("a service (the nearest is {known:?})"),
                    None => format!(
                        "a service: {}",
                        Service::names().collect::<Vec<_>>().join(", ")
                    ),
                })
            })
        })
        .collect()
}

fn lower(words: Vec<String>) -> HashSet<Box<str>> {
    words
        .into_iter()
        .map(|word| word.to_lowercase().into())
        .collect()
}

/// The address of a picture for the page. An absolute path becomes a `file:` URL.
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

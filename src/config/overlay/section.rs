//! `[[overlay.section]]`: the sections of the end credits, in order.

use std::collections::HashSet;

use strum::VariantNames;

use crate::{
    config::read,
    credits::roll::{
        Amounts, Kind, Plan, Role,
        words::{PLACEHOLDERS, unknown_placeholder},
    },
    event::{Platform, fact::Tier},
    input::{Cause, Content, Field, Fields, Problem, Read, nearest, quoted},
};

/// Reads one key into the plan.
type Set = fn(&mut Plan, &Field<'_>) -> Read<()>;

/// Every key of a section except `kind`, `id` and `enabled`, which are read separately.
const KEYS: &[(&str, Set)] = &[
    ("title", |plan, field| {
        template(field).map(|title| plan.title = Some(title))
    }),
    ("icon", |plan, field| {
        icon(field).map(|icon| plan.icon = Some(icon))
    }),
    ("layout", |plan, field| {
        field.one_of().map(|layout| plan.layout = layout)
    }),
    ("sort", |plan, field| {
        field.one_of().map(|sort| plan.sort = sort)
    }),
    ("amounts", |plan, field| {
        amounts(field).map(|amounts| plan.amounts = amounts)
    }),
    ("lifetime", |plan, field| {
        field.flag().map(|lifetime| plan.lifetime = lifetime)
    }),
    ("badges", |plan, field| {
        field.flag().map(|badges| plan.badges = badges)
    }),
    ("details", |plan, field| {
        field.flag().map(|details| plan.details = details)
    }),
    ("limit", |plan, field| {
        field
            .whole(1, u32::MAX)
            .map(|limit| plan.limit = usize::try_from(limit).ok())
    }),
    ("merge", |plan, field| {
        field.flag().map(|merge| plan.merge = merge)
    }),
    ("ignore", |plan, field| {
        read::people(field).map(|people| plan.ignore = lower(people))
    }),
    ("platforms", |plan, field| {
        field
            .each_of("platforms", Platform::words())
            .map(|list| plan.platforms = list.into_iter().collect())
    }),
    ("tiers", |plan, field| {
        field
            .each_of("tiers", Tier::VARIANTS)
            .map(|list| plan.tiers = list.into_iter().collect())
    }),
    ("roles", |plan, field| {
        field
            .each_of("roles", Role::VARIANTS)
            .map(|list| plan.roles = list.into_iter().collect())
    }),
    ("only", |plan, field| {
        read::words(field).map(|words| plan.only = lower(words))
    }),
    ("pinned", |plan, field| {
        field.one_of().map(|pinned| plan.pinned = pinned)
    }),
    ("short_names", |plan, field| {
        field.flag().map(|short| plan.short_names = short)
    }),
    ("text", |plan, field| {
        template(field).map(|text| plan.text = text)
    }),
    ("image", |plan, field| {
        field.word().map(|image| plan.image = source(image))
    }),
    ("alt", |plan, field| {
        field.word().map(|alt| plan.alt = alt.into())
    }),
    ("height", |plan, field| {
        field
            .whole(1, u32::MAX)
            .map(|height| plan.height = Some(height))
    }),
    ("empty", |plan, field| {
        field.word().map(|empty| plan.empty = Some(empty.into()))
    }),
];

/// Reads all sections. Fails if two sections have the same written id; an id that is not written
/// gets a number instead.
pub(in crate::config) fn sections(field: &Field<'_>) -> Read<Vec<Plan>> {
    let Content::List(items) = &field.node.content else {
        return Err(field.bad("sections: write [[overlay.section]] above each"));
    };
    let mut plans: Vec<Plan> = Vec::new();
    for node in items {
        let Some((mut plan, id_is_written)) = section(&Field::new(node, &*field.path))? else {
            continue;
        };
        let is_taken = |id: &str| plans.iter().any(|known| &*known.id == id);
        if is_taken(&plan.id) && id_is_written {
            let cause = Cause::Value {
                allowed: "another one than that of a section before it".into(),
                found: format!("{:?}", plan.id),
            };
            return Err(Problem::new(node.spot, format!("{}.id", field.path), cause));
        }
        if is_taken(&plan.id) {
            let free = (2..=plans.len() + 1)
                .map(|number| format!("{}-{number}", plan.id))
                .find(|id| !is_taken(id));
            plan.id = free.unwrap_or_default().into();
        }
        plans.push(plan);
    }
    Ok(plans)
}

/// Reads one section, and whether its id is written. `None` if the section is disabled.
fn section(field: &Field<'_>) -> Read<Option<(Plan, bool)>> {
    if !matches!(field.node.content, Content::Table(_)) {
        return Err(field.bad(r#"a table, such as { kind = "follows" }"#));
    }
    let known: Vec<_> = KEYS
        .iter()
        .map(|(known, _)| *known)
        .chain(["kind", "id", "enabled"])
        .collect();
    let fields = Fields::of(field.node, &*field.path, &known)?;
    let kinds = kinds(&fields.needed("kind", "the kind of the section, such as \"follows\"")?)?;
    let mut plan = Plan::of(kinds.first().map_or("", |kind| kind.name()), &kinds);
    let id = fields.word("id")?;
    if let Some(id) = id {
        plan.id = id.into();
    }
    for (key, set) in KEYS {
        fields.read(key, |field| set(&mut plan, field))?;
    }
    match kinds.first() {
        Some(Kind::Image) if plan.image.is_empty() => {
            return Err(fields.missing("image", "a URL, or a file beside the page"));
        }
        Some(Kind::Text) if plan.text.is_empty() && plan.title.is_none() => {
            return Err(fields.missing("text", "the text of the section"));
        }
        _ => {}
    }
    Ok(fields
        .flag("enabled", true)?
        .then_some((plan, id.is_some())))
}

fn kinds(field: &Field<'_>) -> Read<Vec<Kind>> {
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

fn amounts(field: &Field<'_>) -> Read<Amounts> {
    match &field.node.content {
        Content::Bool(true) => Ok(Amounts::Shown),
        Content::Bool(false) => Ok(Amounts::Hidden),
        Content::Text(text) if text.contains("{n}") => Ok(Amounts::Worded(text.as_str().into())),
        _ => Err(field.bad("true, false, or a text with {n} for the number")),
    }
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

/// The ids of the sections, as TOML.
pub(in crate::config) fn show(plans: &[Plan]) -> String {
    format!(
        "[{}]",
        plans
            .iter()
            .map(|plan| quoted(&plan.id))
            .collect::<Vec<_>>()
            .join(", ")
    )
}

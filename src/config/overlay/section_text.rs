//! A section of the end credits as the config file would have it.

use serde_json::{Map, Value, json};

use crate::credits::roll::{Amounts, Plan, words::unknown_placeholder};

/// A character without a width. It makes braces plain text that would otherwise be a placeholder.
const JOINER: &str = "\u{2060}";

/// The keys of a section, without those that have their default value.
pub fn section(plan: &Plan, is_enabled: bool) -> Value {
    let usual = Plan::of(&plan.id, &plan.kinds);
    let kinds: Vec<&str> = plan.kinds.iter().map(|kind| kind.name()).collect();
    let mut keys = Map::new();
    let kind = match *kinds.as_slice() {
        [kind] => kind.into(),
        _ => json!(kinds),
    };
    keys.insert("kind".into(), kind);
    keys.insert("id".into(), (*plan.id).into());
    if !is_enabled {
        keys.insert("enabled".into(), false.into());
    }
    let mut put = |key: &str, value: Value| drop(keys.insert(key.into(), value));
    if let Some(title) = &plan.title {
        put("title", plain(title).into());
    }
    match plan.icon.as_deref() {
        Some("") => put("icon", false.into()),
        Some(icon) => put("icon", icon.into()),
        None => {}
    }
    if plan.layout != usual.layout {
        put("layout", <&str>::from(plan.layout).into());
    }
    if (plan.sort, &plan.then) != (usual.sort, &usual.then) {
        let orders = [plan.sort].into_iter().chain(plan.then.iter().copied());
        let orders: Vec<&str> = orders.map(Into::into).collect();
        put(
            "sort",
            match *orders.as_slice() {
                [order] => order.into(),
                _ => json!(orders),
            },
        );
    }
    if plan.amounts != usual.amounts {
        put(
            "amounts",
            match &plan.amounts {
                Amounts::Hidden => false.into(),
                Amounts::Shown => true.into(),
                Amounts::Worded(words) => (**words).into(),
                Amounts::Of(kinds) => kinds.iter().map(|kind| kind.name()).collect(),
            },
        );
    }
    for (key, value, usual) in [
        ("lifetime", plan.lifetime, usual.lifetime),
        ("badges", plan.badges, usual.badges),
        ("details", plan.details, usual.details),
        ("merge", plan.merge, usual.merge),
        ("short_names", plan.short_names, usual.short_names),
    ] {
        if value != usual {
            put(key, value.into());
        }
    }
    if plan.recipients != usual.recipients {
        put("recipients", plan.recipients.into());
    }
    if let Some(images) = plan.images {
        put("images", images.into());
    }
    if let Some(limit) = plan.limit.filter(|limit| *limit > 0) {
        put("limit", limit.into());
    }
    for (key, list) in lists(plan) {
        if !list.is_empty() {
            put(key, list.into());
        }
    }
    if plan.pinned != usual.pinned {
        put("pinned", <&str>::from(plan.pinned).into());
    }
    for (key, text) in [
        ("text", plain(&plan.text)),
        ("image", plan.image.to_string()),
        ("alt", plan.alt.to_string()),
    ] {
        if !text.is_empty() {
            put(key, text.into());
        }
    }
    if let Some(height) = plan.height {
        put("height", height.into());
    }
    if let Some(empty) = &plan.empty {
        put("empty", (**empty).into());
    }
    keys.into()
}

/// The keys that select people or events, each with its words.
fn lists(plan: &Plan) -> [(&'static str, Vec<Value>); 6] {
    [
        ("ignore", sorted(plan.ignore.iter())),
        (
            "platforms",
            sorted(plan.platforms.iter().map(|one| one.as_str())),
        ),
        (
            "services",
            sorted(plan.services.iter().map(|one| one.name())),
        ),
        (
            "tiers",
            sorted(plan.tiers.iter().map(|one| <&str>::from(*one))),
        ),
        (
            "roles",
            sorted(plan.roles.iter().map(|one| <&str>::from(*one))),
        ),
        ("only", sorted(plan.only.iter())),
    ]
}

fn sorted(words: impl Iterator<Item = impl AsRef<str>>) -> Vec<Value> {
    let mut words: Vec<String> = words.map(|word| word.as_ref().to_owned()).collect();
    words.sort_unstable();
    words.into_iter().map(Value::from).collect()
}

/// The text, in which braces that the config would take for an unknown placeholder are plain text.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    while let Some(unknown) = unknown_placeholder(&plain) {
        let (whole, broken) = (format!("{{{unknown}}}"), format!("{{{JOINER}{unknown}}}"));
        plain = plain.replace(&whole, &broken);
    }
    plain
}

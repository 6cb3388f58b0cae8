//! Compares docs/actions.md with the catalogue. `UPDATE_DOCS=1` rewrites the page.

use serde_json::Value;

use crate::twitchat::action::{Explanation, ICONS, Naming, Parameter, actions};

const HEAD: &str = include_str!("../page_head.md");

fn versions(generations: &[u8]) -> &'static str {
    match generations {
        [1, 2, 3] => "all versions",
        [1, 2] => "to 16.x",
        [2, 3] => "from 7.x",
        [2] => "7.x to 16.x",
        [3] => "17",
        other => panic!("{other:?}"),
    }
}

fn row(parameter: &Parameter) -> String {
    let in_17 = match &parameter.path_in_17 {
        _ if parameter.only_in_17 => " (17)".to_owned(),
        None => " (to 16.x)".into(),
        Some(path) if *path != parameter.path => format!(", 17: `{path}`"),
        Some(_) => String::new(),
    };
    let must = if parameter.required {
        "**required**; "
    } else {
        ""
    };
    let default = parameter
        .default
        .as_ref()
        .map(|default| format!("; absent: `{default}`"))
        .unwrap_or_default();
    format!(
        "| `{}`{in_17} | {must}{}{default} | {} |\n",
        parameter.path, parameter.takes, parameter.about
    )
}

fn section(action: &Explanation, example: &str) -> String {
    let quoted = |name: &&str| format!("`{name}`");
    let names: Vec<_> = action
        .names
        .iter()
        .map(|named| format!("`{}` ({})", named.name, versions(&named.generations)))
        .collect();
    let answers: Vec<_> = action.answers.iter().map(quoted).collect();
    let answered = if answers.is_empty() {
        String::new()
    } else {
        format!(" Answered by {}.", answers.join(", "))
    };
    let careful = action
        .destructive
        .map(|irreversible| format!(" **Careful**: {irreversible}."))
        .unwrap_or_default();
    let rows: String = action.parameters.iter().map(row).collect();
    let table =
        format!("\n| Parameter | Takes | |\n|---|---|---|\n{rows}\n```json\n{example}\n```\n");
    format!(
        "### {}\n\n{}\n\n{}. Needs {}.{answered}{careful}\n{}\n",
        action.name,
        action.about,
        names.join(", "),
        action.needs,
        if rows.is_empty() { "" } else { &table },
    )
}

#[test]
fn the_page_equals_the_catalogue() {
    let mut all: Vec<_> = actions().collect();
    all.sort_unstable_by_key(|action| action.name());
    let sections = all.into_iter().map(|action| {
        let naming = if action.names.old.is_some() {
            Naming::Old
        } else {
            Naming::New
        };
        section(
            &action.explain(),
            &Value::from(action.example(naming)).to_string(),
        )
    });
    let head = HEAD.replace("{icons}", &ICONS.join(", "));
    let page = format!("{head}{}", sections.collect::<String>());
    crate::mapping::published::tests::same_as_docs(
        "docs/actions.md",
        &format!("{}\n", page.trim_end()),
    );
}

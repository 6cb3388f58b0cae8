//! The pages and the template name every setting.

use super::*;

#[test]
fn the_readme_names_the_settings_that_have_no_environment_variable() {
    let readme = include_str!("../../../README.md");
    let sentence = readme
        .split_once("Settings that hold several values have none")
        .and_then(|(_, rest)| rest.split_once(".\n"))
        .map(|(sentence, _)| sentence)
        .unwrap();
    let without: Vec<_> = keys::all()
        .filter(|key| key.env.is_none())
        .map(|key| format!("`{}`", key.name))
        .collect();
    let missing: Vec<_> = without
        .iter()
        .filter(|name| !sentence.contains(*name))
        .collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(sentence.matches('`').count(), without.len() * 2);
}

#[test]
fn the_readme_spells_environment_variables_as_they_are() {
    let readme = include_str!("../../../README.md");
    for (variable, setting) in [
        ("TWITCHAT_BRIDGE_CREDITS_SPELLING", "credits.spelling"),
        ("TWITCHAT_BRIDGE_NAME", "bridge.name"),
        ("TWITCHAT_BRIDGE_STORE", "store.path"),
    ] {
        assert!(readme.contains(&format!("`{variable}`")), "{variable}");
        assert_eq!(keys::find(setting).unwrap().env, Some(variable));
    }
}

#[test]
fn the_template_is_the_defaults_in_comments() {
    let shown = |config: Config| {
        config
            .rows()
            .into_iter()
            .map(|row| (row.key, row.value))
            .collect::<Vec<_>>()
    };
    let defaults = shown(Case::default().load().unwrap());
    assert_eq!(shown(of_file(&template()).unwrap()), defaults);

    // With every setting uncommented, all are known, and each setting with a default is shown with
    // it.
    let text: String = template()
        .lines()
        .map(|line| {
            line.strip_prefix('#')
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
                .to_owned()
                + "\n"
        })
        .collect();
    let text = text.replace("password_file = \"obs-password\"\n", "");
    let config = of_file(&text).unwrap();
    assert_eq!(
        (
            config.rules.rules.len(),
            config.rules.actions.len(),
            config.rules.labels.len()
        ),
        (1, 1, 1)
    );
    for key in keys::all() {
        assert_eq!(
            matches!(config.origin(key.name), Origin::File { .. }),
            key.name != keys::PASSWORD_FILE,
            "{}",
            key.name
        );
    }
    for ((key, default), (_, value)) in defaults.into_iter().zip(shown(config)) {
        if keys::find(key).unwrap().sample.is_none() {
            assert_eq!(value, default, "{key}");
        }
    }
}

#[test]
fn the_table_of_settings_is_in_order() {
    let mut names: Vec<_> = keys::all().map(|key| key.name).collect();
    names.dedup_by_key(|name| name.split_once('.').unwrap().0);
    let sections = names.len();
    names.sort_unstable_by_key(|name| name.split_once('.').unwrap().0);
    names.dedup_by_key(|name| name.split_once('.').unwrap().0);
    assert_eq!(
        names.len(),
        sections,
        "the settings of a section stand together"
    );
    let mut variables: Vec<_> = keys::all().filter_map(|key| key.env).collect();
    let all = variables.len();
    variables.sort_unstable();
    variables.dedup();
    assert_eq!(variables.len(), all);
}

#[test]
fn the_reference_of_the_end_credits_names_everything_and_its_example_is_right() {
    use crate::credits::roll::{Duration, Kind, words::PLACEHOLDERS};

    let page = include_str!("../../../docs/overlay-reference.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let config = of_file(rest.split_once("```").unwrap().0).unwrap();
    assert_eq!(
        (
            config.overlay.script.sections.len(),
            config.overlay.script.look.seconds
        ),
        (4, Duration::Seconds(120.0))
    );
    let is_named =
        |word: &str| page.contains(&format!("`{word}`")) || page.contains(&format!("`{word} = "));
    for kind in Kind::all() {
        assert!(is_named(kind.name()), "{kind}");
    }
    for key in keys::all().filter_map(|key| key.name.strip_prefix("overlay.")) {
        assert!(is_named(key), "{key}");
    }
    for (placeholder, _) in PLACEHOLDERS {
        assert!(is_named(&format!("{{{placeholder}}}")), "{placeholder}");
    }
}

/// A table of docs/settings.md. `rows` are the name, the default, the variable, whether a request
/// may change it, whether it needs a restart, and the description.
fn page_table(rows: impl Iterator<Item = [String; 6]>) -> String {
    let head =
        "| setting | default | variable | over OBS | takes effect | |\n|---|---|---|---|---|---|\n";
    let row = |cells: [String; 6]| format!("| {} |\n", cells.join(" | "));
    head.to_owned() + &rows.map(row).collect::<String>()
}

fn of_key(key: &keys::Key) -> [String; 6] {
    let code = |text: &str| format!("`{}`", text.replace('|', "\\|"));
    let default = (key.show)(&Config::default()).filter(|_| key.sample.is_none());
    [
        code(key.name),
        default
            .filter(|_| key.name != "overlay.section")
            .as_deref()
            .map_or("none".into(), code),
        key.env.map_or(String::new(), code),
        if key.bus { "yes" } else { "no" }.into(),
        if needs_restart(key.name) {
            "at the next start"
        } else {
            "at once"
        }
        .into(),
        key.help.replace('\n', " ").replace('|', "\\|"),
    ]
}

/// Checks the page of all settings. `UPDATE_DOCS=1` rewrites it.
#[test]
fn the_page_of_settings_lists_each_with_its_changes() {
    use crate::config::overlay::section_key::KEYS;

    let mut page = String::from(
        "# All settings\n\nThis page is made from the program (`UPDATE_DOCS=1`). The README \
            explains where settings come from. `config show` prints the current values,\n\
            `config init` writes a file with all of them, and `config set KEY VALUE` \
            changes one.\n\n\"Over OBS\" shows whether the request [`SetSetting`](bus.md#settings) \
            may change a setting. `bus.settings = \"off\"` forbids that for all of them.\n",
    );
    let mut section = "";
    for key in keys::all().filter(|key| {
        let (of, _) = key.parts();
        std::mem::replace(&mut section, of) != of
    }) {
        let (of, _) = key.parts();
        let rows = keys::all().filter(|key| key.parts().0 == of).map(of_key);
        page.extend([format!("\n## [{of}]\n\n"), page_table(rows)]);
    }
    page += "\n## Keys of a section of the end credits\n\n`config set` and `SetSetting` name them \
        `overlay.section.ID.KEY`, such as `overlay.section.cheers.limit`. ID is the `id` of the \
        section, else its kind,\nwith a number if it is not the first of its kind (`cheers-2`). \
        [overlay-reference.md](overlay-reference.md#sections) explains them. All take effect at \
        once.\n\n| key | over OBS |\n|---|---|\n";
    for key in KEYS {
        page.extend([format!(
            "| `{}` | {} |
",
            key.name,
            if key.bus { "yes" } else { "no" }
        )]);
    }
    page += "\nRules, named actions and labels (`[[rule]]`, `[[action]]`, `[[label]]`) take effect \
        at once. They can be changed only in the file.\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, page, "UPDATE_DOCS=1 writes it anew");
}

#[test]
fn the_readme_marks_the_settings_that_need_a_restart() {
    let readme = include_str!("../../../README.md");
    for key in keys::all() {
        let (section, name) = key.parts();
        let row = readme.lines().find(|line| {
            let names = line.split('|').nth(1).unwrap_or_default();
            let is_first = names.contains(&format!("`{section}."));
            line.starts_with("| `")
                && is_first
                && [key.name, &format!(".{name}"), "*"]
                    .iter()
                    .any(|name| names.contains(&format!("{name}`")))
        });
        let row = row.unwrap_or_else(|| panic!("{}", key.name));
        let is_marked = row.split('|').nth(1).unwrap_or_default().contains('†');
        assert_eq!(is_marked, needs_restart(key.name), "{}: {row}", key.name);
    }
}

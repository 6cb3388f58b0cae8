//! Checks docs/rules.md: its examples are valid, and its table of requests to OBS is complete.

use std::fmt::Write as _;

use super::{
    Once, Rulebook,
    obs_request::{Field, Kind, REQUESTS},
    read_script,
};

const MANUAL: &str = include_str!("../../docs/rules.md");
const SCRIPTING: &str = include_str!("../../docs/scripting.md");

fn examples(page: &str) -> Vec<&str> {
    page.split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

#[test]
fn every_example_can_be_read() {
    let all = [examples(MANUAL), examples(SCRIPTING)].concat();
    assert!(all.len() >= 7, "{}", all.len());
    for example in all {
        if example.contains("[[step]]") {
            read_script(example).unwrap_or_else(|problem| panic!("{problem}\n{example}"));
        } else {
            let book = Rulebook::of_toml(example)
                .unwrap_or_else(|problems| panic!("{problems:?}\n{example}"));
            assert_ne!(book, Rulebook::default(), "{example}");
        }
    }
}

#[test]
fn the_table_lists_all_requests_to_obs() {
    let field = |field: &Field| {
        let kind = match field.kind {
            Kind::Text => "",
            Kind::Flag => " (true or false)",
            Kind::Number => " (number)",
            Kind::Object => " (table)",
        };
        format!(
            "`{}`{kind}{}",
            field.name,
            if field.needed { "" } else { "?" }
        )
    };
    let mut table = String::from("| request | fields; those with ? may be left out |\n|---|---|\n");
    for (name, fields) in REQUESTS {
        writeln!(
            table,
            "| `{name}` | {} |",
            fields.iter().map(field).collect::<Vec<_>>().join(", ")
        )
        .unwrap();
    }
    let written = MANUAL
        .split("\n\n")
        .find(|part| part.starts_with("| request | fields"))
        .unwrap();
    assert!(
        written == table.trim_end(),
        "docs/rules.md must have this table:\n{table}"
    );
}

#[test]
fn only_last_names_a_message_of_twitchat() {
    let names = |toml: &str| Rulebook::of_toml(toml).unwrap().names_twitchat();
    let rule = |name: &str, message: &str| {
        format!(
            "[[rule]]\nname = '{name}'\non = 'Twitchat.FOLLOW'\ndo = [{{ send = 'SEND_MESSAGE', \
                data = {{ message = \"{message}\" }} }}]"
        )
    };
    assert!(names(&rule(
        "x",
        "{{ last('Twitchat.CURRENT_TRACK').data.trackName }}"
    )));
    assert!(names(
        "[[label]]\nsource = 'x'\ntext = \"{{ last('twitchat.CURRENT_TRACK').data.trackName }}\""
    ));
    assert!(
        !names(&rule(
            "about twitchat.fr",
            "see twitchat.fr: {{ last('Follow').name }}"
        )),
        "names and texts do not count as messages"
    );
}

#[test]
fn values_of_rules_are_read_as_those_of_settings() {
    let text = "[[rule]]\nname = 'x'\non = 'Twitch.Raid'\nonce_per = 'Person'\nat_once = 5.0\n\
        do = [{ wait = 1_000.5 }]";
    let book = Rulebook::of_toml(text).unwrap();
    let rule = &book.rules[0];
    assert_eq!((rule.once_per, rule.at_once), (Some(Once::Person), 5));
    assert_eq!(rule.steps[0].summary(), "wait 16m 40s 500ms");
}

#[test]
fn a_program_with_backslashes_in_double_quotes_gets_a_hint() {
    let script = |program: &str| format!("[[step]]\nrun = [{program}]\n");
    let error = read_script(&script(r#""C:\tools\send.exe""#)).unwrap_err();
    assert!(error.to_string().contains("in single quotes"), "{error}");
    read_script(&script(r"'C:\tools\send.exe'")).unwrap();
}

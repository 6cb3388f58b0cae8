//! Changes of one setting in the text of the config file.

use serde_json::{Value, json};

use super::*;
use crate::config::edit::EditError;

fn changed(text: &str, change: &SettingChange) -> Result<String, EditError> {
    let file = FileText {
        path: FILE.into(),
        text: text.into(),
        readable_by_others: false,
    };
    change.apply(&file).map(|edited| edited.text)
}

fn set(text: &str, key: &str, value: &str) -> String {
    changed(text, &SettingChange::of_text(key, value).unwrap()).unwrap()
}

fn unset(text: &str, key: &str) -> String {
    changed(text, &SettingChange::removal(key).unwrap()).unwrap()
}

fn over_bus(text: &str, key: &str, value: Value) -> Result<String, String> {
    let change = SettingChange::over_bus(key, value).map_err(|error| error.to_string())?;
    changed(text, &change).map_err(|error| error.to_string())
}

/// A file with the styles that people use.
const WRITTEN: &str = "\
# My settings

session.grace = '5m'   # short

[credits] # who is in
# the usual suspects
ignore = [
  'a', # the first
  'b',
]
limit = 5 # at most
# end of credits

[credits.groups]
crew = ['x']

[[rule]]
name = 'greet'
on = 'Twitch.Follow'
do = [{ send = 'STOP_TTS' }]

# the last lines
";

#[test]
fn a_changed_value_leaves_the_rest_as_it_is_written() {
    assert_eq!(
        set(WRITTEN, "credits.limit", "7"),
        WRITTEN.replace("limit = 5", "limit = 7")
    );
    assert_eq!(
        set(WRITTEN, "session.grace", "1h 30m"),
        WRITTEN.replace("'5m'", "\"1h 30m\"")
    );
    assert_eq!(set(WRITTEN, "credits.limit", "5"), WRITTEN);
    let groups = set(WRITTEN, "credits.groups", "{ fans = ['y'] }");
    let (before, after) = groups.split_once("[credits.groups]\n").unwrap();
    assert!(WRITTEN.starts_with(before), "{groups}");
    assert!(after.starts_with("fans = [\"y\"]\n\n[[rule]]"), "{groups}");
}

#[test]
fn a_new_value_is_added_to_its_section() {
    let text = set(WRITTEN, "credits.hide_banned", "no");
    assert_eq!(
        text,
        WRITTEN.replace("# at most\n", "# at most\nhide_banned = false\n")
    );
    assert_eq!(
        set(WRITTEN, "session.reset_after", "90"),
        WRITTEN.replace("# short\n", "# short\nsession.reset_after = 90\n")
    );
    assert_eq!(
        set("", "overlay.theme", "neon"),
        "[overlay]\ntheme = \"neon\"\n"
    );
    assert_eq!(
        set(WRITTEN, "overlay.theme", "neon"),
        format!("{WRITTEN}\n[overlay]\ntheme = \"neon\"\n")
    );
    assert_eq!(
        set(
            "credits = { limit = 5 } # all\n",
            "credits.hide_banned",
            "false"
        ),
        "credits = { limit = 5 , hide_banned = false } # all\n"
    );
    assert_eq!(
        set("[credits.groups]\na = ['x']\n", "credits.limit", "5"),
        "[credits]\nlimit = 5\n[credits.groups]\na = ['x']\n"
    );
}

#[test]
fn a_value_of_the_command_line_is_read_as_the_setting_needs_it() {
    for (key, value, written) in [
        ("overlay.speed", "120", "speed = 120"),
        ("overlay.speed", "1.5", "speed = 1.5"),
        ("overlay.loop", "yes", "loop = true"),
        ("overlay.loop", "false", "loop = false"),
        ("overlay.theme", "neon", "theme = \"neon\""),
        ("overlay.theme", "'neon'", "theme = \"neon\""),
        ("overlay.empty_text", "5", "empty_text = \"5\""),
        ("overlay.title_font", "a \"b\"", "title_font = 'a \"b\"'"),
        ("bridge.name", "true", "name = \"true\""),
        ("bridge.generation", "17", "generation = 17"),
        ("credits.ignore", "['a', 12345]", "ignore = [\"a\", 12345]"),
        ("bus.allow", "[\"forget\"]", "allow = [\"forget\"]"),
    ] {
        let text = set("", key, value);
        assert_eq!(text.lines().nth(1), Some(written), "{key} {value}");
    }
}

#[test]
fn a_removed_value_leaves_its_comments() {
    let text = unset(WRITTEN, "credits.ignore");
    let expected = WRITTEN.replace(
        "who is in\n# the usual suspects\nignore = [\n  'a', # the first\n  'b',\n]\n",
        "who is in\n# the usual suspects\n",
    );
    assert_eq!(text, expected);
    let expected = WRITTEN.replace("limit = 5 # at most\n", "# at most\n");
    assert_eq!(unset(WRITTEN, "credits.limit"), expected);
    let text = unset(WRITTEN, "session.grace");
    assert!(
        text.contains("# My settings\n") && text.contains("# short\n"),
        "{text}"
    );
    assert_eq!(unset(WRITTEN, "overlay.theme"), WRITTEN);
    assert_eq!(unset("", "overlay.theme"), "");
    assert_eq!(
        unset("credits = { limit = 5, ignore = ['a'] }\n", "credits.limit"),
        "credits = { ignore = ['a'] }\n"
    );
    let groups = unset(WRITTEN, "credits.groups");
    assert_eq!(
        groups,
        WRITTEN.replace("[credits.groups]\ncrew = ['x']\n\n", "")
    );
}

#[test]
fn the_line_ends_of_windows_stay() {
    let windows = WRITTEN.replace('\n', "\r\n");
    let expected = set(WRITTEN, "credits.limit", "7").replace('\n', "\r\n");
    assert_eq!(set(&windows, "credits.limit", "7"), expected);
}

#[test]
fn a_template_keeps_its_comments() {
    let text = set(&template(), "credits.limit", "7");
    let line = text.lines().filter(|line| *line == "limit = 7").count();
    assert_eq!(
        (line, text.lines().count()),
        (1, template().lines().count() + 1)
    );
    assert_eq!(of_file(&text).unwrap().credits.limit, Some(7));
    assert_eq!(unset(&text, "credits.limit"), template());
}

#[test]
fn a_wrong_key_or_value_names_the_allowed_ones() {
    let error =
        |key: &str, value: &str| SettingChange::of_text(key, value).unwrap_err().to_string();
    assert_eq!(
        [
            error("credits.limt", "5"),
            error("credits.limit", "ten"),
            error("credits.limit", "0"),
            error("credits.ignore", "somebody"),
            error("overlay.section.follows.titel", "x"),
            error("overlay.section", "follows"),
            error("overlay.section.follows.limit", "0"),
            error("obs.password", "['hunter2']"),
        ],
        [
            "there is no setting credits.limt; did you mean credits.limit?",
            "credits.limit must be a whole number of at least 1, not \"ten\"",
            "credits.limit must be a whole number of at least 1, not 0",
            "credits.ignore must be a list of logins or ids, such as [\"somebody\", \"12345\"], \
                not \"somebody\"",
            "there is no setting overlay.section.follows.titel; did you mean \
                overlay.section.follows.title?",
            "overlay.section must be a list of ids or kinds of sections, such as [\"follows\", \
                \"cheers\"], not \"follows\"",
            "overlay.section.follows.limit must be a whole number of at least 1, not 0",
            "obs.password must be a text in quotes",
        ]
    );
}

#[test]
fn a_file_with_errors_is_not_changed() {
    let change = SettingChange::of_text("credits.limit", "5").unwrap();
    let error = changed("[obs\n", &change).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{FILE}:1:5: ")), "{error}");
    let error = changed("credits = 5\n", &change).unwrap_err().to_string();
    assert!(error.contains("edit the file"), "{error}");
}

/// Sections in the styles that people use.
const SECTIONS: &str = "\
[overlay]
theme = 'neon'

# raids first
[[overlay.section]]
kind = 'raids' # all of them
title = 'Raids'

# and then
[[overlay.section]]
kind = 'text'
text = '<b>Thanks</b>'

[[overlay.section]]
kind = 'raids'
pinned = 'with'
enabled = false

[credits]
limit = 5
";

#[test]
fn one_key_of_a_section_changes() {
    assert_eq!(
        set(SECTIONS, "overlay.section.raids.title", "They came"),
        SECTIONS.replace("'Raids'", "\"They came\"")
    );
    assert_eq!(
        set(SECTIONS, "overlay.section.raids.limit", "3"),
        SECTIONS.replace("'Raids'\n", "'Raids'\nlimit = 3\n")
    );
    assert_eq!(
        set(SECTIONS, "overlay.section.raids-2.enabled", "true"),
        SECTIONS.replace("enabled = false", "enabled = true")
    );
    assert_eq!(
        unset(SECTIONS, "overlay.section.raids.title"),
        SECTIONS.replace("title = 'Raids'\n", "")
    );
    let change = SettingChange::of_text("overlay.section.raid.limit", "3").unwrap();
    let error = changed(SECTIONS, &change).unwrap_err().to_string();
    assert!(error.contains("did you mean raids?"), "{error}");
}

#[test]
fn sections_are_brought_into_order_and_none_is_lost() {
    let text = set(SECTIONS, "overlay.section", "['follows', 'text']");
    assert_eq!(
        text,
        "\
[overlay]
theme = 'neon'

[[overlay.section]]
kind = \"follows\"

# and then
[[overlay.section]]
kind = 'text'
text = '<b>Thanks</b>'

# raids first
[[overlay.section]]
kind = 'raids' # all of them
title = 'Raids'
enabled = false

[[overlay.section]]
kind = 'raids'
pinned = 'with'
enabled = false

[credits]
limit = 5
"
    );
    let back = set(&text, "overlay.section", "['raids', 'text']");
    let ids = |text: &str| {
        let config = of_file(text).unwrap();
        let sections = config.overlay.script.sections;
        sections
            .iter()
            .map(|plan| plan.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&back), ["raids", "text"]);
    assert!(back.contains("title = 'Raids'"), "{back}");
    let list = "overlay = { section = [{ kind = 'raids' }, { kind = 'follows', limit = 5 }] }\n";
    assert_eq!(
        ids(&set(list, "overlay.section", "['follows', 'raids']")),
        ["follows", "raids"]
    );
    assert_eq!(ids(&set("", "overlay.section", "[]")), [""; 0]);
    assert_eq!(
        ids(&set(
            "overlay.theme = 'neon'\n",
            "overlay.section",
            "['vips']"
        )),
        ["vips"]
    );
}

#[test]
fn a_file_without_sections_gets_the_usual_ones() {
    let text = set(
        "[overlay]\ntheme = 'neon'\n",
        "overlay.section.cheers.limit",
        "3",
    );
    let mut expected = Config::default().overlay.script.sections;
    for plan in &mut expected {
        if &*plan.id == "cheers" {
            plan.limit = Some(3);
        }
    }
    assert_eq!(
        of_file(&text).unwrap().overlay.script.sections,
        expected,
        "{text}"
    );
    let text = set(
        "# mine\n",
        "overlay.section",
        "['chatters', 'thanks', 'vips']",
    );
    let sections = of_file(&text).unwrap().overlay.script.sections;
    let usual = Config::default().overlay.script.sections;
    let of = |id: &str| usual.iter().find(|plan| &*plan.id == id).cloned().unwrap();
    assert_eq!(
        sections,
        [of("chatters"), of("thanks"), of("vips")],
        "{text}"
    );
    assert!(
        text.starts_with("# mine\n\n[[overlay.section]]\n"),
        "{text}"
    );
}

#[test]
fn a_request_may_change_exactly_these_settings() {
    let defaults = Config::default();
    let values = |key: &keys::Key| {
        let shown = (key.show)(&defaults).or_else(|| key.sample.map(Into::into));
        shown.and_then(|shown| {
            let root: toml::Table = format!("value = {shown}").parse().ok()?;
            serde_json::to_value(root.get("value")?).ok()
        })
    };
    let mut allowed = Vec::new();
    for key in keys::all() {
        let value = values(key).unwrap_or_else(|| "x".into());
        match over_bus("", key.name, value) {
            Ok(text) => {
                assert!(of_file(&text).is_ok(), "{text}");
                allowed.push(key.name.to_owned());
            }
            Err(error) => assert!(error.contains("cannot be changed over OBS"), "{error}"),
        }
    }
    for (name, value) in [
        ("kind", json!("raids")),
        ("id", json!("x")),
        ("enabled", json!(true)),
        ("title", json!("x")),
        ("icon", json!("🦊")),
        ("layout", json!("left")),
        ("sort", json!("name")),
        ("amounts", json!(true)),
        ("lifetime", json!(true)),
        ("badges", json!(true)),
        ("details", json!(true)),
        ("recipients", json!(true)),
        ("limit", json!(5)),
        ("merge", json!(true)),
        ("ignore", json!(["x"])),
        ("platforms", json!(["twitch"])),
        ("services", json!(["Ko-fi"])),
        ("tiers", json!(["prime"])),
        ("roles", json!(["vips"])),
        ("only", json!(["x"])),
        ("pinned", json!("with")),
        ("short_names", json!(true)),
        ("text", json!("<img src='https://example.org/x.png'>")),
        ("image", json!("https://example.org/x.png")),
        ("alt", json!("x")),
        ("height", json!(5)),
        ("empty", json!("x")),
        ("images", json!(true)),
    ] {
        let key = format!("overlay.section.raids.{name}");
        match over_bus("", &key, value) {
            Ok(_) => allowed.push(key),
            Err(error) => assert!(error.contains("cannot be changed over OBS"), "{error}"),
        }
    }
    let of_sections = allowed
        .iter()
        .filter(|key| key.starts_with("overlay.section."));
    assert_eq!(
        of_sections.count() + 6,
        crate::config::overlay::section_key::KEYS.len()
    );
    insta::assert_snapshot!(allowed.join("\n"));
}

#[test]
fn a_request_can_bring_in_no_address_and_remove_no_section() {
    for value in [
        json!([{ "kind": "image", "image": "https://example.org/x.png" }]),
        json!(null),
        json!("raids"),
        json!([7]),
    ] {
        let error = over_bus(SECTIONS, "overlay.section", value).unwrap_err();
        assert!(error.contains("needs the config file"), "{error}");
    }
    let text = over_bus(SECTIONS, "overlay.section", json!(["text"])).unwrap();
    assert!(text.contains("title = 'Raids'"), "{text}");
    let text = over_bus(SECTIONS, "overlay.theme", json!(null)).unwrap();
    assert!(!text.contains("neon"), "{text}");
    let text = over_bus(SECTIONS, "overlay.section.raids.title", json!(null)).unwrap();
    assert!(!text.contains("'Raids'"), "{text}");
}

#[test]
fn numbers_of_a_request_may_be_texts() {
    for (key, value, written) in [
        ("overlay.speed", json!("120"), "speed = 120"),
        ("overlay.loop", json!("true"), "loop = true"),
        ("overlay.empty_text", json!("120"), "empty_text = \"120\""),
        ("overlay.empty_text", json!("[]"), "empty_text = \"[]\""),
        ("overlay.fade", json!(0), "fade = 0"),
    ] {
        let text = over_bus("", key, value).unwrap();
        assert_eq!(text.lines().nth(1), Some(written));
    }
    let error = over_bus("", "overlay.fade", json!({})).unwrap_err();
    assert_eq!(
        error,
        "overlay.fade must be a whole number from 0 to 2000, not a table"
    );
    let error = over_bus("", "credits.ignore", json!([null])).unwrap_err();
    assert_eq!(error, "credits.ignore must be a login or an id, not null");
}

#[test]
fn the_old_and_the_new_value_hold_no_password() {
    let values = |text: &str, key: &str, value: &str| {
        let file = FileText {
            path: FILE.into(),
            text: text.into(),
            readable_by_others: false,
        };
        let change = SettingChange::of_text(key, value).unwrap();
        let edited = change.apply(&file).unwrap();
        (edited.old, edited.new)
    };
    let hidden = Some(json!("(hidden)"));
    let secret = "[obs]\npassword = 'hunter2'\nhost = 'obsws://h:1/hunter2'\n";
    assert_eq!(
        values(secret, "obs.password", "hunter3"),
        (hidden.clone(), hidden.clone())
    );
    assert_eq!(values(secret, "obs.host", "h"), (hidden, Some(json!("h"))));
    assert_eq!(values("", "credits.limit", "5"), (None, Some(json!(5))));
    let ids = (
        Some(json!(["raids", "text"])),
        Some(json!(["text", "raids"])),
    );
    assert_eq!(
        values(SECTIONS, "overlay.section", "['text', 'raids']"),
        ids
    );
}

proptest::proptest! {
    /// For any file, a change either makes a valid file with this value or is refused.
    #[test]
    fn no_file_makes_a_change_panic_or_spoil_it(
        cut in 0..WRITTEN.len() + SECTIONS.len(),
        junk in "[\\[\\]{}='\"#.\n a-c]{0,12}",
        key in proptest::sample::select(vec![
            ("credits.limit", "7"), ("session.grace", "1m"), ("credits.ignore", "['z']"),
            ("overlay.section.raids.limit", "4"), ("overlay.section", "['text', 'follows']"),
        ]),
        remove: bool,
    ) {
        let whole = format!("{WRITTEN}{SECTIONS}");
        let (before, after) = whole.split_at(cut);
        let text = format!("{before}{junk}{after}");
        let change = if remove {
            SettingChange::removal(key.0).unwrap()
        } else {
            SettingChange::of_text(key.0, key.1).unwrap()
        };
        if let Ok(edited) = changed(&text, &change) {
            proptest::prop_assert_eq!(changed(&edited, &change).unwrap(), edited);
        }
    }
}

#[test]
fn a_request_may_set_an_icon_but_no_address_of_one() {
    let file = "[[overlay.section]]\nkind = \"raids\"\n";
    for icon in [json!("heart"), json!("🦊"), json!(false)] {
        assert!(over_bus(file, "overlay.section.raids.icon", icon).is_ok());
    }
    for icon in [
        "https://example.org/x.png",
        "C:\\x",
        "x.png",
        "data:image/png",
    ] {
        let error = over_bus(file, "overlay.section.raids.icon", json!(icon)).unwrap_err();
        assert!(error.contains("a URL needs the config file"), "{error}");
    }
}

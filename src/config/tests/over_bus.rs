//! The settings as `GetSettings` lists them.

use serde_json::{Value, json};

use super::*;

fn setting(config: &Config, key: &str) -> Value {
    let reply = Value::Object(config.over_bus());
    let settings = reply["settings"].as_array().unwrap();
    let found = settings.iter().find(|setting| setting["key"] == key);
    found.cloned().unwrap_or_default()
}

fn sections(config: &Config) -> Value {
    config.over_bus()["sections"].clone()
}

#[test]
fn each_setting_has_its_value_and_its_default() {
    let config = of_file("[overlay]\ntheme = \"neon\"\ndim = 0.25\n").unwrap();
    let listed = |key: &str, value: Value, usual: Value| {
        assert_eq!(
            setting(&config, key),
            json!({ "key": key, "value": value, "default": usual })
        );
    };
    listed("overlay.theme", json!("neon"), json!("cinema"));
    listed("overlay.dim", json!(0.25), json!(0.55));
    listed("overlay.icons", json!(true), json!(true));
    listed("credits.ignore", json!([]), json!([]));
}

#[test]
fn no_setting_is_listed_that_a_request_must_not_change() {
    let config = of_file("[obs]\npassword = \"secret\"\n").unwrap();
    assert_eq!(setting(&config, "obs.password"), Value::Null);
    assert!(
        !Value::Object(config.over_bus())
            .to_string()
            .contains("secret")
    );
}

#[test]
fn a_setting_that_a_variable_overrides_names_it() {
    let case = Case {
        env: &[("TWITCHAT_BRIDGE_OVERLAY_THEME", "paper")],
        file: Some("[overlay]\ntheme = \"neon\"\n"),
        ..Case::default()
    };
    let listed = setting(&case.load().unwrap(), "overlay.theme");
    assert_eq!(listed["value"], "paper");
    let by = listed["overriddenBy"].as_str().unwrap();
    assert!(by.contains("TWITCHAT_BRIDGE_OVERLAY_THEME"), "{by}");
}

#[test]
fn sections_are_listed_with_the_disabled_ones_and_without_paths_and_urls() {
    let config = of_file(
        "[[overlay.section]]\nkind = [\"subs\", \"resubs\"]\ntitle = \"Subs\"\nlimit = 5\n\
         [[overlay.section]]\nkind = \"image\"\nimage = \"/home/ada/cat.png\"\nenabled = false\n\
         [[overlay.section]]\nkind = \"subs\"\n",
    )
    .unwrap();
    assert_eq!(
        sections(&config),
        json!([
            { "id": "subs", "enabled": true, "kind": ["subs", "resubs"], "title": "Subs",
                "limit": 5 },
            { "id": "image", "enabled": false, "kind": "image" },
            { "id": "subs-2", "enabled": true, "kind": "subs" },
        ])
    );
}

#[test]
fn a_file_without_sections_lists_the_usual_ones() {
    let listed = sections(&of_file("").unwrap());
    let first = &listed[0];
    assert_eq!(first["enabled"], true, "{first}");
    assert_eq!(
        listed.as_array().unwrap().len(),
        Config::default().overlay.script.sections.len()
    );
}

#[test]
fn each_kind_has_its_usual_title_and_icon() {
    let kinds = Config::default().over_bus()["kinds"].clone();
    assert_eq!(
        kinds[0],
        json!({ "kind": "follows", "title": "New followers", "icon": "heart" })
    );
}

//! Rules, actions and labels of the config file.

use super::*;

#[test]
fn rules_actions_and_labels_are_part_of_the_file() {
    let config = of_file(
        r#"
        [[rule]]
        on = ["Twitch.Raid", "Kofi.*"]
        do = [{ action = "Party" }]
        [[action]]
        name = "party"
        do = [{ obs = "SaveReplayBuffer" }, { wait = 1.5 }]
        [[label]]
        source = "Latest follower"
        text = 'Latest follower: {{ last("Follow").name }}'
        "#,
    )
    .unwrap();
    let book = &config.rules;
    assert_eq!(
        (book.rules.len(), book.actions.len(), book.labels.len()),
        (1, 1, 1)
    );
    assert_eq!(
        (
            &*book.rules[0].name,
            book.actions[0].steps.len(),
            book.triggers_of(&book.actions[0])
        ),
        ("rule 1", 2, 1)
    );
}

#[test]
fn an_error_in_a_rule_is_reported_with_its_place() {
    let rule = |lines: &str| format!("[[rule]]\nname = \"Raids\"\non = \"Twitch.Raid\"\n{lines}");
    let step = |step: &str| rule(&format!("do = [\n  {step}\n]"));
    let cases = [
        "[rule]\non = \"Twitch.Raid\"".into(),
        "[[rul]]\non = \"Twitch.Raid\"".into(),
        "[[rule]]\ndo = []".into(),
        "[[rule]]\non = \"Twitch.Raids\"\ndo = []".into(),
        "[[rule]]\non = [\"Twitch.Raid\", \"Raid\"]\ndo = []".into(),
        rule(""),
        rule("do = []"),
        rule("do = \"StopStream\""),
        rule("wen = \"true\"\ndo = [{ wait = 1 }]"),
        rule("when = \"data.viewers >\"\ndo = [{ wait = 1 }]"),
        rule("when = \"dat.viewers > 1\"\ndo = [{ wait = 1 }]"),
        rule("cooldown = \"soon\"\ndo = [{ wait = 1 }]"),
        rule("once_per = \"day\"\ndo = [{ wait = 1 }]"),
        rule("at_once = 0\ndo = [{ wait = 1 }]"),
        step("{ wait = \"2 days\" }"),
        step("{ waite = \"2s\" }"),
        step("{ wait = \"2s\", obs = \"StopStream\" }"),
        step("{ seconds = 2 }"),
        step("{ send = \"SEND_MESAGE\" }"),
        step("{ send = \"SEND_MESAGE\", data = { message = \"{{ data.x }}\" } }"),
        step("{ send = \"SEND_MESSAGE\", data = { mesage = \"x\" } }"),
        step("{ send = \"SEND_MESSAGE\", data = { message = \"{{ data.x \" } }"),
        step("{ send = \"OBS_MUTE\", check = false }"),
        step("{ obs = \"StopStraem\" }"),
        step("{ obs = \"SetCurrentProgramScene\", data = { scene = \"{{ data.x }}\" } }"),
        step("{ request = \"RollCredit\" }"),
        step("{ request = \"GetCredits\" }"),
        step("{ request = \"AddToCredits\", data = { section = \"Thanks\" } }"),
        step("{ publish = \"Party\" }"),
        step("{ run = \"ls -l\" }"),
        step("{ run = [\"{{ data.program }}\"] }"),
        step("{ action = \"Party\" }"),
        "[[action]]\nname = \"a\"\ndo = [{ action = \"b\" }]\n[[action]]\nname = \"b\"\ndo = [{ \
            action = \"A\" }]".into(),
        "[[action]]\nname = \"a\"\ndo = [{ wait = 1 }]\n[[action]]\nname = \"A\"\ndo = [{ wait = 1 \
            }]".into(),
        "[[label]]\ntext = \"x\"".into(),
        "[[label]]\nsource = \"Text\"\ntext = \"{{ data.name }}\"".into(),
        "[[label]]\nsource = \"Text\"\ntext = \"{{ last('Follow').name | uper }}\"".into(),
    ];
    let errors = cases.map(|case: String| {
        refused(&case)
            .strip_prefix(FILE)
            .unwrap()
            .chars()
            .take(220)
            .collect::<String>()
    });
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn all_errors_in_rules_are_reported_together() {
    let file = "[[label]]\nsource = \"Text\"\n[[rule]]\non = \"Twitch.Raids\"\ndo = [{ wait = 1 \
        }]\n\
                [[rule]]\non = \"Twitch.Raid\"\ndo = [{ action = \"not asked for yet\" \
                }]\n[[action]]\nname = \"a\"\ndo = []";
    let errors = refused(file);
    let places: Vec<_> = errors
        .lines()
        .map(|line| line.strip_prefix(FILE).unwrap().split(": ").next().unwrap())
        .collect();
    assert_eq!(places, [":1:1", ":4:6", ":11:6"], "{errors}");
}

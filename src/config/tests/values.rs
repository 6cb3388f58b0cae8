//! Tests of the values that settings accept.

use super::*;

#[test]
fn the_generation_may_be_a_version_of_twitchat() {
    let of = |value: &str| {
        let config = of_file(&format!("bridge.generation = {value}")).unwrap();
        config.bridge.generation.unwrap()
    };
    assert_eq!(
        ["1", "6", "'6.4'"].map(of),
        [Generation::One, Generation::One, Generation::One]
    );
    assert_eq!(
        ["2", "16", "'16.17.1'"].map(of),
        [Generation::Two, Generation::Two, Generation::Two]
    );
    assert_eq!(["3", "17"].map(of), [Generation::Three, Generation::Three]);
}

#[test]
fn every_section_of_the_credits_can_be_switched_off() {
    let names: Vec<_> = Section::ALL
        .iter()
        .map(|section| section.legacy())
        .collect();
    let config = of_file(&format!("[credits]\ndisabled = {names:?}\n")).unwrap();
    assert_eq!(config.credits.disabled, Section::ALL);
    assert_eq!(
        of_file("[credits]\ndisabled = [\"topbits.week\"]\n")
            .unwrap()
            .credits
            .disabled,
        [Section::TopBitsWeek]
    );
}

#[test]
fn the_spelling_has_the_words_of_requests() {
    let read = |word: &str| {
        of_file(&format!("[credits]\nspelling = {word:?}\n"))
            .unwrap()
            .credits
            .spelling
    };
    assert_eq!(
        ["both", "legacy", "seed", "Current"].map(read),
        [
            Spelling::Both,
            Spelling::Legacy,
            Spelling::Legacy,
            Spelling::Current
        ]
    );
    assert_eq!(
        refused("[credits]\nspelling = \"old\"\n"),
        format!(
            "{FILE}:2:12: credits.spelling must be \"both\", \"legacy\" or \"current\", not \"old\""
        )
    );
}

#[test]
fn every_setting_can_be_written() {
    let config = of_file(
        r#"
        obs = { host = "[::1]", port = 0x1000, tls = true, path = "/ws", password = " p " }
        store = { path = "j.db", keep_texts = true, retention = "400d", backups = 3 }
        session.reset_on_stream_start = false
        session.grace = "1h 30m"
        session.reset_after = 90
        [credits]
        spelling = "Seed"
        omit_disabled = true
        disabled = ["pyramids", "VIPs"]
        ignore_bots = false
        ignore_broadcaster = false
        hide_banned = false
        anonymous = " Somebody kind "
        ignore = ["@somebody", 12345]
        editors = ["ed"]
        groups = { regulars = ["a"], "the crew" = [7] }
        limit = 10
        [leaderboard]
        timezone = "Europe/Berlin"
        week_start = "sunday"
        [broadcaster]
        id = 42
        login = "ada"
        name = "Ada"
        [bridge]
        name = "My stream"
        generation = 3
        log_format = "JSON"
        [bus]
        allow = ["Delete-Session", "forget"]
        settings = "off"
        "#,
    )
    .unwrap();
    let rows = config
        .rows()
        .into_iter()
        .filter(|row| !row.key.starts_with("overlay."));
    let shown: Vec<_> = rows
        .map(|row| format!("{} = {}", row.key, row.value.unwrap_or_default()))
        .collect();
    assert_eq!(
        shown,
        [
            r#"obs.host = "::1""#,
            "obs.port = 4096",
            "obs.tls = true",
            r#"obs.path = "/ws""#,
            "obs.password = (hidden)",
            "obs.password_file = ",
            r#"store.path = "/etc/bridge/j.db""#,
            "store.keep_texts = true",
            r#"store.retention = "400d""#,
            "store.backups = 3",
            "session.reset_on_stream_start = false",
            r#"session.grace = "1h 30m""#,
            r#"session.reset_after = "1m 30s""#,
            r#"credits.spelling = "legacy""#,
            r#"credits.disabled = ["Pyramids", "VIPs"]"#,
            "credits.omit_disabled = true",
            "credits.ignore_bots = false",
            "credits.ignore_broadcaster = false",
            "credits.hide_banned = false",
            r#"credits.anonymous = "Somebody kind""#,
            r#"credits.ignore = ["somebody", "12345"]"#,
            r#"credits.editors = ["ed"]"#,
            r#"credits.groups = { "regulars" = ["a"], "the crew" = ["7"] }"#,
            "credits.limit = 10",
            r#"leaderboard.timezone = "Europe/Berlin""#,
            r#"leaderboard.week_start = "sunday""#,
            r#"broadcaster.id = "42""#,
            r#"broadcaster.login = "ada""#,
            r#"broadcaster.name = "Ada""#,
            r#"bridge.name = "My stream""#,
            "bridge.generation = 3",
            r#"bridge.log_format = "json""#,
            r#"bus.allow = ["delete-session", "forget"]"#,
            r#"bus.settings = "off""#,
        ]
    );
    assert_eq!(password(&config), Some(" p "));
    assert_eq!(
        (config.leaderboard.week_start, config.bridge.generation),
        (Weekday::Sunday, Some(Generation::Three))
    );
    assert_eq!(config.origin("session.grace"), &at(5, 25));
}

#[test]
fn a_time_is_read_as_everywhere_else() {
    let grace = |written: &str| {
        let config = of_file(&format!("[session]\ngrace = {written}")).unwrap();
        config.session.grace.as_millis()
    };
    assert_eq!(
        ["1.5", "'1.5'", "'500ms'", "90", "'90'", "'1m 30s'"].map(grace),
        [1_500, 1_500, 500, 90_000, 90_000, 90_000]
    );
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    let config = of_file("[obs]\nport = 4466.0\n[overlay]\nspeed = 1_000.5").unwrap();
    assert_eq!(config.obs.port, 4466);
    assert_eq!(config.overlay.script.look.speed, Some(1_000.5));
}

#[test]
fn a_number_without_end_is_refused_in_settings_and_rules() {
    assert!(
        refused("[overlay]\nspeed = inf").ends_with("not a number that is not finite"),
        "{}",
        refused("[overlay]\nspeed = inf")
    );
    let rule = "[[action]]\nname = 'x'\ndo = [{ send = 'CHAT_FEED_READ', data = { count = nan } }]";
    assert!(
        refused(rule)
            .ends_with("must be a value that JSON can hold, not a number that is not finite"),
        "{}",
        refused(rule)
    );
}

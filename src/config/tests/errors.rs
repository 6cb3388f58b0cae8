//! Errors name the place and what is allowed.

use super::*;

#[test]
fn each_error_in_the_file_names_the_file_the_line_and_the_column() {
    for text in [
        "[obs",
        "nonsense = 1",
        "obs = 1",
        "[obs]\nprot = 1",
        "[obs]\nport = 'x'",
        "[obs]\npassword = 'a'\npassword_file = 'b'",
        "[obs]\npassword_file = 'none'",
        "[overlay]\nsection = [{ kind = 'nobody' }]",
        "rule = 3",
        "[[rule]]\nname = 'a'",
        "[[rule]]\non = 'Twitch.Raid'\nwhen = 'data.'\ndo = []",
        "[[rule]]\non = 'Twitch.Raid'\ndo = [{ run = [] }]",
        "[[rule]]\non = 'Twitch.Raid'\ndo = [{ action = 'b' }]",
        "[[label]]\nsource = 'a'\ntext = '{{ event.name }}'",
        "[[action]]\nname = 'a'\ndo = [{ action = 'a' }]",
    ] {
        let error = of_file(text).err().map(|error| error.to_string());
        let place = error
            .as_deref()
            .and_then(|error| error.split_once(&format!("{FILE}:")))
            .map(|(_, rest)| rest.split([':', ' ', ')']).take(2));
        let numbers = place.map(|place| place.filter(|part| part.parse::<usize>().is_ok()).count());
        assert_eq!(numbers, Some(2), "{text}: {error:?}");
    }
}

#[test]
fn unknown_settings_name_the_nearest_known_one() {
    assert_eq!(
        refused("[obs]\nprot = 1"),
        format!("{FILE}:2:1: there is no setting obs.prot; did you mean obs.port?")
    );
    assert_eq!(
        refused("\n  port = 4455"),
        format!("{FILE}:2:3: there is no setting port; did you mean obs.port?")
    );
    assert_eq!(
        refused("[credit]\nlimit = 1"),
        format!("{FILE}:1:2: there is no setting credit; did you mean credits?")
    );
    assert_eq!(
        refused("[obs]\ncolour = 'red'"),
        format!("{FILE}:2:1: there is no setting obs.colour")
    );
    assert_eq!(
        refused("obs = 4455"),
        format!("{FILE}:1:1: obs must be a section: write [obs] on a line of its own")
    );
}

#[test]
fn refused_values_are_reported_with_place_and_allowed_values() {
    let cases = [
        (
            "[obs]\nport = 70000",
            "2:8: obs.port must be a whole number from 1 to 65535, not 70000",
        ),
        (
            "[obs]\nport = '4455'",
            "2:8: obs.port must be a whole number from 1 to 65535, not \"4455\"",
        ),
        (
            "[obs]\ntls = 'yes'",
            "2:7: obs.tls must be true or false, not \"yes\"",
        ),
        (
            "[obs]\npassword = 12345",
            "2:12: obs.password must be a text in quotes",
        ),
        (
            "[session]\ngrace = 'soon'",
            "2:9: session.grace must be a time such as \"30m\", \"12h\" or \"1h 30m\", or a number \
                of seconds, not \"soon\"",
        ),
        (
            "[session]\ngrace = -5",
            "2:9: session.grace must be a time such as \"30m\", \"12h\" or \"1h 30m\", or a number \
                of seconds, not -5",
        ),
        (
            "[credits]\nignore = [\n 'a',\n 1.5]",
            "4:2: credits.ignore must be a login or an id, not 1.5",
        ),
        (
            "[credits]\ndisabled = ['Folows']",
            "2:13: credits.disabled must be a list of sections of the credits (the nearest is \
                \"Follows\"), not \"Folows\"",
        ),
        (
            "[credits.groups]\ncrew = [true]",
            "2:9: credits.groups must be a login or an id, not true",
        ),
        (
            "[credits.groups]\ncrew = 'a'",
            "2:8: credits.groups must be a list of logins or ids, such as [\"somebody\", \
                \"12345\"], not \"a\"",
        ),
        (
            "[leaderboard]\ntimezone = 'Mars'",
            "2:12: leaderboard.timezone must be the name of a time zone, such as \"Europe/Berlin\" \
                or \"UTC\", not \"Mars\"",
        ),
        (
            "[bridge]\ngeneration = 0",
            "2:14: bridge.generation must be a version of Twitchat, such as 16 or 17, not 0",
        ),
        (
            "[bus]\nallow = ['forget', 'delete-sesion']",
            "2:20: bus.allow must be a list of requests that may be allowed (the nearest is \
                \"delete-session\"), not \"delete-sesion\"",
        ),
        (
            "[bus]\nallow = ['GetCredits']",
            "2:10: bus.allow must be a list of requests that may be allowed: delete-session, \
                forget, not \"GetCredits\"",
        ),
        (
            "[bus]\nallow = 'forget'",
            "2:9: bus.allow must be a list of requests, such as [\"forget\"], not \"forget\"",
        ),
        (
            "[bus]\nsettings = false",
            "2:12: bus.settings must be \"on\" or \"off\", not false",
        ),
        (
            "[credits]\nlimit = 99999999999999999999",
            "2:9: credits.limit must be a whole number of at least 1, not a number that is too \
                large",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), format!("{FILE}:{expected}"));
    }
    let host = "obs.host must be a host name or an IP address without a port";
    for wrong in ["obs:4455", "", "a b"] {
        let error = refused(&format!("obs.host = '{wrong}'"));
        assert!(
            error.starts_with(&format!("{FILE}:1:12: {host}")),
            "{error}"
        );
        assert!(error.ends_with(&format!(", not {wrong:?}")), "{error}");
    }
    let error = Case {
        env: &[("OBS_TLS", "maybe")],
        ..Case::default()
    }
    .load()
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "environment variable OBS_TLS: obs.tls must be true or false, not \"maybe\""
    );
}

#[test]
fn everything_that_is_wrong_with_the_settings_is_listed() {
    let file = "sesion.grace = 1\n[store]\npath = 7\n[obs]\nport = 99999\ncolour = 1\n\
        [[rule]]\nname = \"a\"\non = 5\ndo = []\n";
    let error = Case {
        file: Some(file),
        env: &[("TWITCHAT_BRIDGE_OVERLAY_SPEED", "fast")],
        flags: Flags {
            port: Some("x".into()),
            ..Flags::default()
        },
        ..Case::default()
    }
    .load()
    .unwrap_err()
    .to_string();
    let lines: Vec<_> = error.lines().collect();
    let starts = [
        &format!("{FILE}:1:1: there is no setting sesion"),
        &format!("{FILE}:3:8: store.path must be"),
        &format!("{FILE}:5:8: obs.port must be"),
        &format!("{FILE}:6:1: there is no setting obs.colour"),
        &format!("{FILE}:9:6: rule \"a\".on"),
        "environment variable TWITCHAT_BRIDGE_OVERLAY_SPEED: overlay.speed must be",
        "flag --port: obs.port must be",
    ];
    assert_eq!(lines.len(), starts.len(), "{error}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line} instead of {start}");
    }
}

#[test]
fn broken_toml_is_reported_with_its_place() {
    assert_eq!(
        refused("[obs]\nport 4455"),
        format!("{FILE}:2:6: key with no value, expected `=`")
    );
}

proptest::proptest! {
    /// For any file, loading returns a configuration or an error, and never panics.
    #[test]
    fn no_file_makes_it_panic(cut in 0..6000_usize,
        insert in "\\PC{0,8}|[\\[\\]{}=.'\"#\n]{0,4}|-?[0-9]{1,25}") {
        let uncomment = |line: &str| line.trim_start_matches('#').to_owned() + "\n";
        let mut text: String = template().lines().map(uncomment).collect();
        let at = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        text.insert_str(at, &insert);
        drop(of_file(&text));
        let settings = text.lines().filter(|line| !line.starts_with(' '));
        let uncommented: String = settings.map(|line| line.to_owned() + "\n").collect();
        drop(of_file(&uncommented));
        drop(of_file(&insert));
    }
}

#[test]
fn sessions_are_kept_for_a_day_at_least() {
    assert_eq!(
        refused("[store]\nretention = '23h'"),
        format!(
            "{FILE}:2:13: store.retention must be a time of at least one day, such as \"400d\", \
                not \"23h\""
        )
    );
}

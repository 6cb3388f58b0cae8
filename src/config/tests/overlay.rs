//! `[[overlay.section]]`: the sections of the end credits.

use super::*;

#[test]
fn the_overlay_has_sections_in_their_order() {
    use crate::credits::roll::{Amounts, Duration, Kind, Layout, Mode, Sort};

    let config = of_file(
        r#"
        [overlay]
        mode = "slides"
        speed = 99.5
        seconds = 120
        height = 720
        loop = true
        [[overlay.section]]
        kind = "cheers"
        title = "{count} cheered {total} bits"
        layout = "three-columns"
        sort = "amount"
        amounts = "{n} Bits"
        limit = 10
        icon = false
        ignore = ["@Somebody"]
        [[overlay.section]]
        kind = ["subs", "resubs"]
        tiers = ["prime", 3]
        platforms = ["twitch"]
        [[overlay.section]]
        kind = "subs"
        [[overlay.section]]
        kind = "raids"
        enabled = false
        [[overlay.section]]
        id = "logo"
        kind = "image"
        image = "/home/ada/my logo.png"
        height = 200
        "#,
    )
    .unwrap();
    let script = &config.overlay.script;
    assert_eq!(
        (
            script.look.mode,
            script.look.speed,
            script.look.seconds,
            script.height
        ),
        (Mode::Slides, Some(99.5), Duration::Seconds(120.0), 720)
    );
    assert_eq!(
        script
            .sections
            .iter()
            .map(|plan| &*plan.id)
            .collect::<Vec<_>>(),
        ["cheers", "subs", "subs-2", "logo"]
    );
    let cheers = &script.sections[0];
    assert_eq!(
        (
            cheers.layout,
            cheers.sort,
            cheers.limit,
            cheers.icon.as_deref()
        ),
        (Layout::ThreeColumns, Sort::Amount, Some(10), Some(""))
    );
    assert_eq!(
        (&cheers.amounts, cheers.ignore.contains("somebody")),
        (&Amounts::Worded("{n} Bits".into()), true)
    );
    assert_eq!(
        (&script.sections[1].kinds, script.sections[1].tiers.len()),
        (&vec![Kind::Subs, Kind::ReSubs], 2)
    );
    assert_eq!(
        (&*script.sections[3].image, script.sections[3].height),
        ("file:///home/ada/my%20logo.png", Some(200))
    );
    assert_eq!(config.origin("overlay.speed"), &at(4, 17));
    let rows = config.rows().into_iter().filter(|row| {
        matches!(
            row.key,
            "overlay.mode" | "overlay.speed" | "overlay.loop" | "overlay.section"
        )
    });
    let shown: Vec<_> = rows
        .map(|row| format!("{} = {}", row.key, row.value.unwrap_or_default()))
        .collect();
    let sections = r#"overlay.section = ["cheers", "subs", "subs-2", "logo"]"#;
    assert_eq!(
        shown,
        [
            r#"overlay.mode = "slides""#,
            "overlay.speed = 99.5",
            "overlay.loop = true",
            sections
        ]
    );
}

#[test]
fn an_error_in_a_section_is_named_with_its_place() {
    let section =
        |lines: &str| refused(&format!("[[overlay.section]]\nkind = \"follows\"\n{lines}"));
    insta::assert_snapshot!(
        [
            section("titel = \"x\""),
            section("layout = \"sideways\""),
            section("limit = 0"),
            section("title = \"{cuont} new\""),
            section("title = \"{xyz} new\""),
            section("tiers = [\"prime\", \"4\"]"),
            section("services = [\"kofee\"]"),
            section("services = [\"Ko-fi\", \"Western Union\"]"),
            section("recipients = -1"),
            section("amounts = \"many\""),
            section("id = \"a\"\n[[overlay.section]]\nkind = \"raids\"\nid = \"a\""),
            refused("[[overlay.section]]\nkind = \"folows\""),
            refused("[[overlay.section]]\nkind = \"zzz\""),
            refused("[[overlay.section]]\nkind = [\"subs\", \"text\"]"),
            refused("[[overlay.section]]\ntitle = \"x\""),
            refused("[[overlay.section]]\nkind = \"text\""),
            refused("[[overlay.section]]\nkind = \"image\""),
            refused("[overlay]\nsection = [7]"),
            refused("[overlay]\nsection = \"follows\""),
            refused("[overlay]\nspeed = -1.5"),
            refused("[overlay]\ntheme = \"../x\""),
            refused("[[overlay.sections]]\nkind = \"follows\""),
        ]
        .join("\n")
    );
}

//! The end-credits page: its files, and the page as one file that contains a roll.
//!
//! `overlay install` and `overlay export` write [`files`], and [`CUSTOM_CSS`] if there is none yet;
//! `credits get --format html` prints [`standalone`]. docs/overlay.md describes the content of a
//! roll.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The page itself; the other files are in the same folder.
pub const INDEX: &str = "index.html";
/// The user's own style sheet. It is written once and never overwritten.
pub const CUSTOM_CSS: (&str, &str) = ("custom.css", include_str!("assets/credits/custom.css"));

/// A file of the page: its path in the page's folder, with `/`, and its content.
pub type File = (&'static str, &'static [u8]);

/// All files of the page, except for [`CUSTOM_CSS`] and the address of OBS.
pub fn files() -> impl Iterator<Item = File> {
    let texts = TEXTS.iter().map(|(name, text)| (*name, text.as_bytes()));
    texts.chain(FONTS)
}

/// The page itself, which loads the other files.
pub const INDEX_TEXT: &str = include_str!("assets/credits/index.html");

/// The files that the page names.
const TEXTS: &[(&str, &str)] = &[
    (INDEX, INDEX_TEXT),
    CREDITS_CSS,
    FONTS_CSS,
    THEMES_CSS,
    ("obs-client.js", include_str!("assets/obs-client.js")),
    ICONS,
    TEXT,
    FIT,
    SECTIONS,
    SETTINGS,
    LOOK,
    ROWS,
    PACE,
    PLAYER,
    ENTRANCE,
    SCROLL,
    GROUPING,
    SLIDES,
    FLOATING,
    GUESTS,
    CREDITS,
    ("feed.js", include_str!("assets/credits/feed.js")),
    ("sample.js", include_str!("assets/credits/sample.js")),
    READER,
    MAIN,
];

const CREDITS_CSS: (&str, &str) = ("credits.css", include_str!("assets/credits/credits.css"));
const FONTS_CSS: (&str, &str) = ("fonts.css", include_str!("assets/credits/fonts.css"));
const THEMES_CSS: (&str, &str) = ("themes.css", include_str!("assets/credits/themes.css"));
const ICONS: (&str, &str) = ("icons.js", include_str!("assets/credits/icons.js"));
const TEXT: (&str, &str) = ("text.js", include_str!("assets/credits/text.js"));
const FIT: (&str, &str) = ("fit.js", include_str!("assets/credits/fit.js"));
const SECTIONS: (&str, &str) = ("sections.js", include_str!("assets/credits/sections.js"));
const SETTINGS: (&str, &str) = ("settings.js", include_str!("assets/credits/settings.js"));
const LOOK: (&str, &str) = ("look.js", include_str!("assets/credits/look.js"));
const ROWS: (&str, &str) = ("rows.js", include_str!("assets/credits/rows.js"));
const PACE: (&str, &str) = ("pace.js", include_str!("assets/credits/pace.js"));
const PLAYER: (&str, &str) = ("player.js", include_str!("assets/credits/player.js"));
const ENTRANCE: (&str, &str) = ("entrance.js", include_str!("assets/credits/entrance.js"));
const SCROLL: (&str, &str) = ("scroll.js", include_str!("assets/credits/scroll.js"));
const GROUPING: (&str, &str) = ("grouping.js", include_str!("assets/credits/grouping.js"));
const SLIDES: (&str, &str) = ("slides.js", include_str!("assets/credits/slides.js"));
const FLOATING: (&str, &str) = ("floating.js", include_str!("assets/credits/floating.js"));
const GUESTS: (&str, &str) = ("guests.js", include_str!("assets/credits/guests.js"));
const CREDITS: (&str, &str) = ("credits.js", include_str!("assets/credits/credits.js"));
const READER: (&str, &str) = ("reader.js", include_str!("assets/credits/reader.js"));
const MAIN: (&str, &str) = ("main.js", include_str!("assets/credits/main.js"));

/// A file in the folder of fonts.
macro_rules! font {
    ($name:literal) => {
        (
            concat!("fonts/", $name),
            include_bytes!(concat!("assets/credits/fonts/", $name)).as_slice(),
        )
    };
}

/// The fonts of the themes, and their licence. `scripts/fonts` makes them.
const FONTS: [File; 10] = [
    font!("serif-500.woff2"),
    font!("serif-500-italic.woff2"),
    font!("sans-500.woff2"),
    font!("sans-700.woff2"),
    font!("rounded-500.woff2"),
    font!("rounded-800.woff2"),
    font!("condensed-600.woff2"),
    font!("condensed-800.woff2"),
    font!("pixel-400.woff2"),
    font!("LICENSE.txt"),
];

/// The theme that has no rules of its own.
const UNDRESSED: &str = "plain";

/// The files that a page with its own roll needs. It needs neither a feed nor a connection.
const STANDALONE: [(&str, &str); 18] = [
    ICONS, TEXT, FIT, SECTIONS, SETTINGS, LOOK, ROWS, PACE, PLAYER, ENTRANCE, SCROLL, GROUPING,
    SLIDES, FLOATING, GUESTS, CREDITS, READER, MAIN,
];

/// The names of the themes: those of the page, then those of the user's own style sheet.
pub fn themes(custom_css: &str) -> Vec<String> {
    let mut themes = vec![UNDRESSED.to_owned()];
    for css in [THEMES_CSS.1, custom_css].map(without_comments) {
        for after in css.split("[data-theme=").skip(1) {
            let end = [']', ' '];
            let name = after.split(end).next().unwrap_or_default();
            let name = name.trim_matches(['"', '\'']);
            if !name.is_empty() && !themes.iter().any(|known| known == name) {
                themes.push(name.to_owned());
            }
        }
    }
    themes
}

fn without_comments(css: &str) -> String {
    let mut parts = css.split("/*");
    let first = parts.next().unwrap_or_default();
    let others = parts.filter_map(|part| Some(part.split_once("*/")?.1));
    std::iter::once(first).chain(others).collect()
}

/// The families of [`FONTS_CSS`] that a text names.
fn families(text: &str) -> impl Iterator<Item = &'static str> {
    faces().filter_map(move |(family, _)| text.contains(family).then_some(family))
}

/// The rules of [`FONTS_CSS`], each with its family.
fn faces() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rules = FONTS_CSS.1.split("@font-face").skip(1);
    rules.filter_map(|rule| {
        let (_, family) = rule.split_once("font-family: '")?;
        Some((family.split_once('\'')?.0, rule))
    })
}

/// What [`THEMES_CSS`] sets for a theme. A theme without a font has that of [`UNDRESSED`].
fn rules_of(theme: &str) -> String {
    let rules = |start: &str| -> String {
        let rules = THEMES_CSS.1.split(start).skip(1);
        rules
            .filter_map(|rule| Some(rule.split_once('}')?.0))
            .collect()
    };
    let own = rules(&format!("[data-theme='{theme}']"));
    if own.contains("--title-font") {
        own
    } else {
        own + &rules("\n.stage {")
    }
}

/// The families that the look of a roll and the user's own style sheet need.
fn needed_families(roll: &Value, custom_css: &str) -> BTreeSet<&'static str> {
    let look = |key: &str| {
        let value = roll.pointer(&format!("/look/{key}"));
        value.and_then(Value::as_str).unwrap_or_default()
    };
    let rules = rules_of(look("theme"));
    let named = [
        rules.as_str(),
        custom_css,
        look("titleFont"),
        look("nameFont"),
    ];
    named.into_iter().flat_map(families).collect()
}

/// Style rules with the fonts of some families as data.
fn embedded_fonts(is_needed: impl Fn(&str) -> bool) -> String {
    let embed = |rule: &str| {
        let (before, rest) = rule.split_once("url('")?;
        let (path, after) = rest.split_once('\'')?;
        let (_, font) = FONTS.into_iter().find(|(name, _)| *name == path)?;
        let data = BASE64_STANDARD.encode(font);
        Some(format!(
            "@font-face{before}url('data:font/woff2;base64,{data}'{after}"
        ))
    };
    faces()
        .filter(|(family, _)| is_needed(family))
        .filter_map(|(_, rule)| embed(rule))
        .collect()
}

/// The page as one file that plays `roll` when it is opened, and is a document to read afterwards.
/// `custom_css` is the user's own style sheet; empty for none. The fonts of the roll's theme are in
/// it. It runs only its own script, whatever the roll contains.
#[must_use]
pub fn standalone(roll: &Value, custom_css: &str) -> String {
    let needed = needed_families(roll, custom_css);
    with_fonts(
        roll,
        custom_css,
        &embedded_fonts(|family| needed.contains(family)),
    )
}

/// [`standalone`] for a placeholder, which a roll of any theme replaces. It has all fonts.
#[must_use]
pub fn standalone_of_any_theme(placeholder: &Value, custom_css: &str) -> String {
    with_fonts(placeholder, custom_css, &embedded_fonts(|_| true))
}

fn with_fonts(roll: &Value, custom_css: &str, fonts: &str) -> String {
    let script: String = STANDALONE.iter().map(|(_, text)| *text).collect();
    let hash = BASE64_STANDARD.encode(Sha256::digest(&script));
    // In CSS the backslash has no effect, and the text is no closing tag any more.
    let styles = [CREDITS_CSS.1, fonts, THEMES_CSS.1, custom_css]
        .map(|css| format!("<style>\n{}</style>", css.replace("</", "<\\/")))
        .join("\n");
    let json = roll.to_string().replace('<', "\\u003c");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Credits</title>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src \
         'sha256-{hash}'; \
         style-src 'unsafe-inline'; img-src file: data: https:; font-src file: data:; base-uri \
         'none'; form-action 'none'\">\n\
         {styles}\n</head>\n<body>\n\
         <script type=\"application/json\" \
         id=\"roll\">{json}</script>\n<script>{script}</script>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        credits::roll::{Look, Style},
        input::{Cause, Content, Field, Node, Setting},
    };

    #[test]
    fn the_page_names_every_file_and_no_other() {
        let index = TEXTS[0].1;
        let named: Vec<&str> = index
            .split(['"'])
            .filter(|text| {
                ["css", "js"]
                    .iter()
                    .any(|kind| text.ends_with(&format!(".{kind}")))
            })
            .collect();
        let mut files: Vec<&str> = TEXTS
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| *name != INDEX)
            .collect();
        files.insert(3, CUSTOM_CSS.0);
        assert_eq!(named, files);
    }

    /// The values that a setting accepts, taken from the error that its reader returns for a value
    /// that no reader accepts.
    fn accepted<T>(setting: &Setting<T>, section: &mut T) -> Value {
        let node = Node::without_place(Content::Null);
        let problem = (setting.set)(section, &Field::new(&node, setting.name)).unwrap_err();
        let Cause::Value { allowed, .. } = problem.cause else {
            panic!("{}: {problem}", setting.name);
        };
        let bounds = ["a number from ", "a whole number from "];
        if let Some(bounds) = bounds.iter().find_map(|start| allowed.strip_prefix(start)) {
            let (bounds, word) = bounds.split_once(" or ").unwrap_or((bounds, ""));
            let (least, most) = bounds.split_once(" to ").unwrap();
            let [least, most] = [least, most].map(|bound| bound.parse::<Value>().unwrap());
            let mut accepted = json!({ "least": least, "most": most });
            if !word.is_empty() {
                accepted["words"] = json!([word.trim_matches('"')]);
            }
            accepted
        } else if allowed == "true or false" {
            json!({ "isFlag": true })
        } else if allowed.starts_with('"') {
            let words: Vec<_> = allowed.split('"').skip(1).step_by(2).collect();
            json!({ "words": words })
        } else {
            assert!(
                ["a text", "a name"]
                    .iter()
                    .any(|start| allowed.starts_with(start))
            );
            json!({})
        }
    }

    /// The settings of a section in the page's form, one line each.
    fn for_the_page<T: serde::Serialize + Default>(settings: &[Setting<T>]) -> Vec<String> {
        let usual = serde_json::to_value(T::default()).unwrap();
        let line = |setting: &Setting<T>| {
            let mut words = setting.name.trim_start_matches("overlay.").split('_');
            let first = words.next().unwrap().to_owned();
            let key = words.fold(first, |key, word| {
                let (initial, rest) = word.split_at(1);
                key + &initial.to_uppercase() + rest
            });
            let mut declared = accepted(setting, &mut T::default());
            declared["usual"] = usual.get(&key).cloned().unwrap_or_default();
            format!("    {key}: {declared},\n")
        };
        settings.iter().map(line).collect()
    }

    #[test]
    fn the_page_has_the_defaults_and_bounds_of_the_settings() {
        let lines = [for_the_page(Look::SETTINGS), for_the_page(Style::SETTINGS)].concat();
        let expected = format!(
            "// settings.js: the settings of credits/roll/look.rs with their defaults and bounds. \
             Do not edit it: after a\n// change there, UPDATE_DOCS=1 cargo nextest run \
             the_page_has_the_defaults writes it.\n\n\
             (window.CreditsPage = window.CreditsPage || {{}}).SETTINGS = {{\n{}}};\n",
            lines.concat()
        );
        if std::env::var_os("UPDATE_DOCS").is_some() {
            let file = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src/overlay/assets/credits/settings.js"
            );
            std::fs::write(file, &expected).unwrap();
        }
        assert_eq!(SETTINGS.1, expected, "UPDATE_DOCS=1 writes it anew");
    }

    #[test]
    fn the_themes_are_those_of_both_style_sheets() {
        let ours = [
            "plain",
            "cinema",
            "neon",
            "glass",
            "paper",
            "arcade",
            "broadcast",
            "pastel",
        ];
        assert_eq!(themes(""), ours);
        let custom = "/* [data-theme='no'] */ [data-theme='neon'] { color: red } \
            [data-theme=\"mine\"] .title {}";
        let own = themes(custom).split_off(ours.len());
        assert_eq!(own, ["mine"]);
    }

    #[test]
    fn nothing_of_ours_ends_the_tag_it_is_put_into() {
        for (name, text) in STANDALONE {
            assert!(
                !text.contains("</script") && !text.contains("<!--"),
                "{name}"
            );
        }
        for (name, text) in [CREDITS_CSS, FONTS_CSS, THEMES_CSS] {
            assert!(!text.contains("</"), "{name}");
        }
    }

    #[test]
    fn no_name_ends_the_roll_and_no_style_its_sheet() {
        let roll = json!({ "id": "1",
            "sections": [{ "names": [{ "name": "</script><script>alert(1)</script><!--" }] }] });
        let html = standalone(&roll, "a { b: 'c' } </style><script>alert(2)</script>");
        assert_eq!(
            html.matches("<script").count(),
            3,
            "ours, the roll, and one that is within a style sheet"
        );
        assert_eq!(html.matches("</style").count(), 4);
        let (_, rest) = html.split_once("id=\"roll\">").unwrap();
        let (text, _) = rest.split_once("</script>").unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), roll);
    }

    #[test]
    fn every_font_has_its_rule_and_every_rule_its_font() {
        let named: BTreeSet<_> = faces()
            .map(|(_, rule)| rule.split('\'').find(|part| part.starts_with("fonts/")))
            .collect();
        let there: BTreeSet<_> = FONTS
            .iter()
            .map(|(name, _)| Some(*name))
            .filter(|name| *name != Some("fonts/LICENSE.txt"))
            .collect();
        assert_eq!(named, there);
    }

    #[test]
    fn the_fonts_are_small_and_under_the_open_font_licence() {
        let bytes: usize = FONTS.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(bytes < 350 * 1_024, "{bytes}");
        let (_, licence) = FONTS[FONTS.len() - 1];
        let licence = std::str::from_utf8(licence).unwrap();
        assert!(licence.contains("SIL OPEN FONT LICENSE Version 1.1"));
        for (family, _) in faces() {
            assert!(
                licence.contains(&format!("\n{family} is a part of ")),
                "{family}"
            );
        }
    }

    #[test]
    fn the_one_file_has_the_fonts_of_its_theme_and_no_others() {
        let embedded = |look: Value, custom_css: &str| {
            let needed = needed_families(&json!({ "look": look }), custom_css);
            let fonts = embedded_fonts(|family| needed.contains(family));
            let families = ["Serif", "Sans", "Rounded", "Condensed", "Pixel"];
            families
                .into_iter()
                .filter(|family| fonts.contains(&format!("'Credits {family}'")))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let of = |theme: &str| embedded(json!({ "theme": theme }), "");
        let found = ["plain", "cinema", "neon", "glass", "paper", "arcade"].map(of);
        assert_eq!(
            found,
            ["Sans", "Serif", "Rounded", "Sans", "Serif", "Pixel"]
        );
        assert_eq!(
            ["broadcast", "pastel", "mine"].map(of),
            ["Condensed", "Rounded", "Sans"]
        );
        let chosen = json!({ "theme": "cinema", "titleFont": "Credits Pixel", "nameFont": null });
        assert_eq!(embedded(chosen, ""), "Serif Pixel");
        let custom = ".stage { --name-font: 'Credits Rounded' }";
        assert_eq!(
            embedded(json!({ "theme": "arcade" }), custom),
            "Rounded Pixel"
        );
        assert_eq!(embedded(Value::Null, ""), "Sans");
        let html = standalone(&json!({ "look": { "theme": "arcade" } }), "");
        assert!(
            html.contains("url('data:font/woff2;base64,d09GMg") && !html.contains("url('fonts/")
        );
    }

    #[test]
    fn nothing_but_pictures_is_loaded_from_the_network() {
        let index = include_str!("assets/credits/index.html");
        let (_, policy) = index.split_once("Content-Security-Policy").unwrap();
        let (policy, _) = policy.split_once('>').unwrap();
        let from_network: Vec<_> = policy
            .split(['"', ';'])
            .filter(|directive| directive.contains("http"))
            .map(|directive| directive.trim().split(' ').next().unwrap_or_default())
            .collect();
        assert_eq!(from_network, ["img-src"]);
    }

    #[test]
    fn only_its_own_script_may_run() {
        let html = standalone(&json!({ "id": "1", "sections": [] }), "");
        let (_, script) = html.split_once("<script>").unwrap();
        let (script, _) = script.rsplit_once("</script>").unwrap();
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        assert!(html.contains(&format!("script-src 'sha256-{hash}'")));
    }
}

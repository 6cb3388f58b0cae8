//! The settings of the end credits that the page or the plan of the roll needs. The page receives
//! [`Look`] unchanged.

use serde::Serialize;

use super::plan::Plan;
use crate::input::{Field, Read, Show, hint, quoted, settings};

/// The least and the most seconds that `seconds` may set.
const SECONDS: (f64, f64) = (1.0, 86_400.0);
/// The word of [`Duration::Auto`].
const AUTO: &str = "auto";

/// How long the whole roll takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Duration {
    /// The speed decides if it is set. Otherwise the roll takes 60 to 180 s, or more if its names
    /// could not be read in that time.
    #[default]
    Auto,
    /// A number of seconds, which includes the delay.
    Seconds(f64),
}

impl Duration {
    fn read(field: &Field<'_>) -> Read<Self> {
        if field
            .word()
            .is_ok_and(|word| word.eq_ignore_ascii_case(AUTO))
        {
            return Ok(Self::Auto);
        }
        let (least, most) = SECONDS;
        field
            .number(least, most)
            .map(Self::Seconds)
            .map_err(|_| field.bad(format!("a number from {least} to {most} or \"{AUTO}\"")))
    }

    /// The number of seconds; `None` if it is automatic.
    #[must_use]
    pub fn seconds(self) -> Option<f64> {
        match self {
            Self::Auto => None,
            Self::Seconds(seconds) => Some(seconds),
        }
    }
}

impl Show for Duration {
    fn show(&self) -> Option<String> {
        match self {
            Self::Auto => Some(quoted(AUTO)),
            Self::Seconds(seconds) => seconds.show(),
        }
    }
}

impl Serialize for Duration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str(AUTO),
            Self::Seconds(seconds) => serializer.serialize_f64(*seconds),
        }
    }
}

/// How the roll moves.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Serialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mode {
    #[default]
    Scroll,
    Slides,
}

impl Mode {
    fn read(field: &Field<'_>) -> Read<Self> {
        field.one_of()
    }
}

impl Show for Mode {
    fn show(&self) -> Option<String> {
        Some(quoted(self.into()))
    }
}

settings! {
    "overlay",
    /// How the roll looks and moves. The page receives it unchanged.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Look {
        mode: Mode = Mode::Scroll, Mode::read, "TWITCHAT_BRIDGE_OVERLAY_MODE",
            "\"scroll\" or \"slides\".", bus = true;
        speed: Option<f64> = None, Field::number(1.0, 10_000.0), "TWITCHAT_BRIDGE_OVERLAY_SPEED",
            "How fast the credits scroll, in pixels a second of a picture that is 1,080 high. Use \
                it instead of seconds = \"auto\".", "80", bus = true;
        seconds: Duration = Duration::Auto, Duration::read,
            "TWITCHAT_BRIDGE_OVERLAY_SECONDS",
            "The duration of the whole credits in seconds, including the delay. It replaces \
                speed. With \"auto\" and without speed, they take 60 to 180 seconds, or as long as \
                minimum_seconds needs.", bus = true;
        delay: f64 = 0.0, Field::number(0.0, 3_600.0), "TWITCHAT_BRIDGE_OVERLAY_DELAY",
            "Seconds before the credits begin to move.", bus = true;
        #[serde(rename = "loop")]
        repeats as "loop": bool = false, Field::flag, "TWITCHAT_BRIDGE_OVERLAY_LOOP",
            "Whether the credits begin again at their end.", bus = true;
        slide_seconds: Option<f64> = None, Field::number(0.5, 600.0),
            "TWITCHAT_BRIDGE_OVERLAY_SLIDE_SECONDS",
            "How many seconds a slide is shown in mode \"slides\". Use it instead of seconds = \
                \"auto\".", "6", bus = true;
        fade: u32 = 80, Field::whole(0, 2_000), "TWITCHAT_BRIDGE_OVERLAY_FADE",
            "Height of the fades at the upper and the lower edge, in pixels of a picture that is \
                1,080 high; 0 for none.", bus = true;
        dim: f64 = 0.55, Field::number(0.0, 1.0), "TWITCHAT_BRIDGE_OVERLAY_DIM",
            "How much the picture behind the credits is darkened, from 0 (not at all) to 1 \
                (black).", bus = true;
        sticky_titles: bool = true, Field::flag, "TWITCHAT_BRIDGE_OVERLAY_STICKY_TITLES",
            "Whether a title stays while its names pass.", bus = true;
        icons: bool = true, Field::flag, "TWITCHAT_BRIDGE_OVERLAY_ICONS",
            "Whether titles have icons.", bus = true;
        largest_name: f64 = 1.35, Field::number(1.0, 2.0),
            "TWITCHAT_BRIDGE_OVERLAY_LARGEST_NAME",
            "How much larger the name with the greatest amount is, where names have amounts that \
                were given; 1 for the same size.", bus = true;
        minimum_seconds: f64 = 2.0, Field::number(0.0, 60.0),
            "TWITCHAT_BRIDGE_OVERLAY_MINIMUM_SECONDS",
            "How many seconds a name must be readable. A test warns of names that can be read for \
                less time, and seconds = \"auto\" takes as long as that needs.", bus = true;
        theme: Box<str> = "cinema".into(), Field::name, "TWITCHAT_BRIDGE_OVERLAY_THEME",
            "The theme. docs/overlay.md shows all themes. custom.css beside the page can change \
                everything else.", bus = true;
        scale: f64 = 1.0, Field::number(0.1, 10.0), "TWITCHAT_BRIDGE_OVERLAY_SCALE",
            "The size of everything on the page, as a factor: 1.5 is larger, 0.5 is smaller.",
            bus = true;
        language: &'static str = "auto",
            Field::word_of(&["auto", "en", "fr", "de", "es", "pt", "ja"]),
            "TWITCHAT_BRIDGE_OVERLAY_LANGUAGE",
            "The language of the usual titles and of units: \"auto\" follows Twitchat, \
                otherwise \"en\", \"fr\", \"de\", \"es\", \"pt\" or \"ja\".", bus = true;
        direction: &'static str = "auto", Field::word_of(&["auto", "ltr", "rtl"]),
            "TWITCHAT_BRIDGE_OVERLAY_DIRECTION",
            "The direction of titles and columns: \"auto\", \"ltr\" or \"rtl\". Each name keeps \
                its own direction.", bus = true;
    }
    and {
        /// Settings that override the theme.
        #[serde(flatten)]
        style: Style = Style::default();
    }
}

/// The themes that the page has.
pub const THEMES: [&str; 8] = [
    "cinema",
    "neon",
    "glass",
    "paper",
    "arcade",
    "broadcast",
    "pastel",
    "plain",
];

/// A warning about a theme that the page does not have. It is no error, because `custom.css` may
/// define others.
pub fn doubt_of_theme(name: &str) -> Option<String> {
    if THEMES.contains(&name) {
        return None;
    }
    Some(format!(
        "the page has no theme {name:?} unless custom.css defines it; {}",
        hint(name, THEMES)
    ))
}

settings! {
    "overlay",
    /// Settings that override the theme: colours in CSS notation, gaps in heights of a letter, and
    /// names of fonts on the computer of OBS.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Style {
        #[serde(skip_serializing_if = "Option::is_none")]
        title_color: Option<Box<str>> = None, Field::text,
            "TWITCHAT_BRIDGE_OVERLAY_TITLE_COLOR",
            "The colour of titles instead of the theme's, as CSS writes it.", "\"#ffd700\"",
            bus = true;
        #[serde(skip_serializing_if = "Option::is_none")]
        name_color: Option<Box<str>> = None, Field::text, "TWITCHAT_BRIDGE_OVERLAY_NAME_COLOR",
            "The colour of names instead of the theme's.", "\"white\"", bus = true;
        #[serde(skip_serializing_if = "Option::is_none")]
        title_font: Option<Box<str>> = None, Field::text, "TWITCHAT_BRIDGE_OVERLAY_TITLE_FONT",
            "A font of OBS's computer for titles.", "\"Inter\"", bus = true;
        #[serde(skip_serializing_if = "Option::is_none")]
        name_font: Option<Box<str>> = None, Field::text, "TWITCHAT_BRIDGE_OVERLAY_NAME_FONT",
            "A font of OBS's computer for names.", "\"Inter\"", bus = true;
        #[serde(skip_serializing_if = "Option::is_none")]
        section_gap: Option<f64> = None, Field::number(0.0, 50.0),
            "TWITCHAT_BRIDGE_OVERLAY_SECTION_GAP",
            "The gap between sections, in heights of a letter.", "3", bus = true;
        #[serde(skip_serializing_if = "Option::is_none")]
        title_gap: Option<f64> = None, Field::number(0.0, 50.0),
            "TWITCHAT_BRIDGE_OVERLAY_TITLE_GAP",
            "The gap below a title, in heights of a letter.", "1", bus = true;
        #[serde(skip_serializing_if = "Option::is_none")]
        shadow: Option<f64> = None, Field::number(0.0, 1.0), "TWITCHAT_BRIDGE_OVERLAY_SHADOW",
            "How dark the shadow and the outline of the letters are, from 0 (none) to 1.", "0.5",
            bus = true;
        #[serde(skip_serializing_if = "Option::is_none")]
        empty_text: Option<Box<str>> = None, Field::text, "TWITCHAT_BRIDGE_OVERLAY_EMPTY_TEXT",
            "The text of a section without anybody, if hide_empty is false.",
            "\"Nobody yet\"", bus = true;
    }
}

settings! {
    "overlay",
    /// The whole plan. The default applies without any config: it has all usual sections, with the
    /// stream's own people first.
    #[derive(Debug, Clone, PartialEq)]
    pub struct CreditsPlan {
        emotes: bool = false, Field::flag, "TWITCHAT_BRIDGE_OVERLAY_EMOTES",
            "Whether emotes of power-ups float behind the names.", bus = true;
        hide_empty: bool = true, Field::flag, "TWITCHAT_BRIDGE_OVERLAY_HIDE_EMPTY",
            "Whether sections without anybody are left out.", bus = true;
    }
    and {
        /// How the roll looks and moves.
        look: Look = Look::default();
        /// The sections in order.
        sections: Vec<Plan> = Plan::usual();
        /// Height of the page in pixels, for the estimate of the roll's length.
        height: u32 = 1_080;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_known_themes_are_those_of_the_page() {
        let styles = include_str!("../../overlay/assets/credits/themes.css");
        let found: BTreeSet<_> = styles
            .lines()
            .filter_map(|line| line.strip_prefix("[data-theme='"))
            .filter_map(|rest| rest.split('\'').next())
            .collect();
        // All other themes are variations of `plain`, which has no rule of its own.
        let known: BTreeSet<_> = THEMES
            .into_iter()
            .filter(|theme| *theme != "plain")
            .collect();
        assert_eq!(found, known);
    }
}

//! A section as the page shows it, and the places of people in it.

use serde::Serialize;

use super::{kind::Kind, plan::Layout};
use crate::credits::PersonId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    /// The name as it is shown. It is plain text, never markup.
    pub name: String,
    /// The platform, if somebody of another one has the same name; otherwise empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub platform: &'static str,
    /// The amount as text; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub amount: String,
    /// How great the amount is among those of the section: 0 for the least, at most 100 for the
    /// greatest. The page makes names larger accordingly.
    #[serde(skip_serializing_if = "is_zero")]
    pub weight: u8,
    /// Lines below the name, such as the choices of a poll or the people who redeemed a reward.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Below>,
    /// Whether the lines stand side by side, separated by commas, as the recipients of gifts do.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inline: bool,
    /// Skin of a message effect; may be empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub skin: Box<str>,
    /// More text below the name, which may have several lines.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Name of an icon before the name; may be empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub badge: &'static str,
    /// Images beside the name, such as emotes and stickers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Box<str>>,
    /// The person whose ban during the roll hides the name.
    #[serde(skip)]
    pub who: Option<PersonId>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(weight: &u8) -> bool {
    *weight == 0
}

/// A line below a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Below {
    /// The text of the line.
    pub text: String,
    /// See [`Name::platform`].
    #[serde(skip_serializing_if = "str::is_empty")]
    pub platform: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub amount: String,
    /// Name of an icon before the text; may be empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub icon: &'static str,
    /// See [`Name::who`].
    #[serde(skip)]
    pub who: Option<PersonId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The name of the section for `goto`.
    pub id: Box<str>,
    #[serde(flatten)]
    pub body: Body,
    /// The kinds that it was made of, so that Twitchat's name for a section finds it.
    #[serde(skip)]
    pub kinds: Vec<Kind>,
}

/// The contents of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Body {
    /// Names below a title.
    People {
        title: String,
        /// Name of an icon, an emoji or a URL; `None` for no icon.
        icon: Option<Box<str>>,
        /// How the names are arranged.
        layout: Layout,
        names: Vec<Name>,
        /// Text for when there are no names.
        #[serde(skip_serializing_if = "Option::is_none")]
        empty: Option<Box<str>>,
    },
    /// A text, with a title if there is one.
    Text {
        /// The title; may be empty.
        #[serde(skip_serializing_if = "String::is_empty")]
        title: String,
        /// The text, which may have several lines.
        text: String,
        /// How the text is aligned.
        layout: Layout,
    },
    Image {
        /// URL of the image, or its path beside the page.
        src: Box<str>,
        /// Text for when the image cannot be shown.
        alt: Box<str>,
        /// Height in pixels; `None` for the default.
        #[serde(skip_serializing_if = "Option::is_none")]
        height: Option<u32>,
        /// How the image is aligned.
        layout: Layout,
    },
}

impl Section {
    pub fn len(&self) -> usize {
        if let Body::People { names, .. } = &self.body {
            names.len()
        } else {
            0
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The place of a name in a roll: the indices of its section, of the name in it, and of the line
/// below the name if it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index of the section.
    pub section: usize,
    /// Index of the name in the section.
    pub name: usize,
    /// Index of the line below the name; `None` for the name itself.
    pub line: Option<usize>,
}

/// The places of all people in these sections.
pub fn places(sections: &[Section]) -> Vec<(Place, PersonId)> {
    let mut places = Vec::new();
    for (section, Section { body, .. }) in sections.iter().enumerate() {
        let Body::People { names, .. } = body else {
            continue;
        };
        for (name, one) in names.iter().enumerate() {
            places.extend(one.who.map(|who| {
                (
                    Place {
                        section,
                        name,
                        line: None,
                    },
                    who,
                )
            }));
            let below = one.lines.iter().enumerate();
            places.extend(below.filter_map(|(line, below)| {
                below.who.map(|who| {
                    (
                        Place {
                            section,
                            name,
                            line: Some(line),
                        },
                        who,
                    )
                })
            }));
        }
    }
    places
}

//! A section as it is shown, and who stands where in it.

use serde::Serialize;

use super::{kind::Kind, plan::Layout};
use crate::credits::PersonId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    /// As it is shown: never markup.
    pub name: String,
    /// The platform, where somebody of another one has the same name.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub platform: &'static str,
    /// How much, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub amount: String,
    /// Lines below it: choices of a poll, who redeemed a reward.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Below>,
    /// The skin of a message effect.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub skin: Box<str>,
    /// More below it, perhaps in several lines.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// An icon before it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub badge: &'static str,
    /// Pictures beside it: emotes, stickers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Box<str>>,
    /// Who is no longer shown when they are banned while the credits roll.
    #[serde(skip)]
    pub who: Option<PersonId>,
}

/// A line below a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Below {
    /// What it says.
    pub text: String,
    /// As in [`Name`].
    #[serde(skip_serializing_if = "str::is_empty")]
    pub platform: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub amount: String,
    /// An icon before it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub icon: &'static str,
    /// As in [`Name`].
    #[serde(skip)]
    pub who: Option<PersonId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What `goto` calls it.
    pub id: Box<str>,
    /// What is in it.
    #[serde(flatten)]
    pub body: Body,
    /// The kinds that it was made of, for who must find it again by Twitchat's name.
    #[serde(skip)]
    pub kinds: Vec<Kind>,
}

/// What is in a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Body {
    /// Names below a title.
    People {
        title: String,
        /// An icon's name, an emoji, a URL; none for no icon.
        icon: Option<Box<str>>,
        /// How the names stand.
        layout: Layout,
        names: Vec<Name>,
        /// What stands there when there are none.
        #[serde(skip_serializing_if = "Option::is_none")]
        empty: Option<Box<str>>,
    },
    /// A text, with a title if there is one.
    Text {
        /// The title; may be empty.
        #[serde(skip_serializing_if = "String::is_empty")]
        title: String,
        /// The text, perhaps in several lines.
        text: String,
        /// How it stands.
        layout: Layout,
    },
    Image {
        /// Where it is.
        src: Box<str>,
        /// What stands for it.
        alt: Box<str>,
        /// How high, in pixels.
        #[serde(skip_serializing_if = "Option::is_none")]
        height: Option<u32>,
        /// How it stands.
        layout: Layout,
    },
}

impl Section {
    /// How many names are in it.
    pub fn len(&self) -> usize {
        if let Body::People { names, .. } = &self.body {
            names.len()
        } else {
            0
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Where a name stands in a roll: the places of its section, of the name in it, and of the line
/// below the name if it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The section's place.
    pub section: usize,
    /// The name's place in the section.
    pub name: usize,
    /// The line's place below the name.
    pub line: Option<usize>,
}

/// Where people stand in these sections.
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

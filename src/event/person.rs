//! People: platform and id, with the names and roles that messages report.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use strum::EnumMessage;

use super::visible::is_visible;

/// The platform of a person's account.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    strum::EnumMessage,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum Platform {
    #[default]
    #[strum(message = "Twitch")]
    Twitch,
    #[strum(message = "YouTube")]
    YouTube,
    #[strum(message = "TikTok")]
    TikTok,
    #[strum(message = "Kick")]
    Kick,
    #[strum(message = "Trovo")]
    Trovo,
    #[strum(message = "Ko-fi")]
    Kofi,
    #[strum(message = "Streamlabs")]
    Streamlabs,
    #[strum(message = "StreamElements")]
    StreamElements,
    #[strum(message = "Tipeee")]
    Tipeee,
    #[strum(message = "Patreon")]
    Patreon,
    #[strum(message = "Fourthwall")]
    Fourthwall,
    Other,
}

impl Platform {
    /// The lower-case words of all platforms except `Other`.
    pub fn words() -> &'static [&'static str] {
        let words = <Self as strum::VariantNames>::VARIANTS;
        words.split_last().map_or(words, |(_, known)| known)
    }

    /// The platform's lower-case word, as in payloads and in the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads a word in any case. Unknown words are `Other`.
    pub fn parse(word: &str) -> Self {
        word.parse().unwrap_or(Self::Other)
    }

    /// The platform that an id belongs to, judged by its form. `UC…` with 24 characters is a
    /// YouTube channel. A number of 15 to 20 digits is a TikTok account (64 bits, mostly 19
    /// digits); Twitch numbers its accounts from 1 and has reached 10 digits. Any other id is taken
    /// as Twitch's.
    pub fn of_id(id: &str) -> Self {
        if id.len() == 24 && id.starts_with("UC") {
            Self::YouTube
        } else if (15..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::TikTok
        } else {
            Self::Twitch
        }
    }

    /// The platform's name as people write it. Empty for `Other`.
    pub fn label(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// Whether the platform has a chat in which people have their own names. A person who tips
    /// through another service usually chats on one of these under the same name.
    pub fn has_chat(self) -> bool {
        matches!(
            self,
            Self::Twitch | Self::YouTube | Self::TikTok | Self::Kick | Self::Trovo
        )
    }
}

bitflags::bitflags! {
    /// The roles that a person was seen with. Roles are only ever added, so the order of messages
    /// does not matter.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Roles: u8 {
        /// A subscriber of the channel.
        const SUBSCRIBER = 1;
        const VIP = 1 << 1;
        /// Moderator, lead moderator included.
        const MODERATOR = 1 << 2;
        /// The channel's owner.
        const BROADCASTER = 1 << 3;
    }
}

impl Roles {
    /// Adds `other` if `is` is true, to build a set from flags.
    #[must_use]
    pub fn when(self, is: bool, other: Self) -> Self {
        if is { self | other } else { self }
    }

    /// Streamer.bot's role number: 1 viewer, 2 VIP, 3 moderator, 4 broadcaster.
    pub fn number(self) -> u8 {
        if self.contains(Self::BROADCASTER) {
            4
        } else if self.contains(Self::MODERATOR) {
            3
        } else if self.contains(Self::VIP) {
            2
        } else {
            1
        }
    }
}

/// A person as a message names them. Any part may be empty, but not id, login and display name
/// together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Person {
    pub platform: Platform,
    /// Platform id; empty when the message has none. It is a text, because ids of YouTube and
    /// others are not numbers.
    pub id: Box<str>,
    /// Login name; may be empty.
    pub login: Box<str>,
    /// Display name; may be empty.
    pub display: Box<str>,
    /// The roles that the message shows.
    pub roles: Roles,
    /// If true, `display` holds the word that is shown in place of a name.
    pub unnamed: bool,
}

/// Maximum length of a login or a display name, in characters. Twitch allows 25, YouTube 100. A
/// longer name is cut and ends in "…".
pub const LONGEST_NAME: usize = 128;
/// Maximum length of an id, in bytes. A longer id is dropped, because a cut id might be another
/// person's.
pub const LONGEST_ID: usize = 128;

/// Placeholders that services and scripts send in place of an id.
const PLACEHOLDERS: [&str; 14] = [
    "[object object]",
    "anon",
    "anonymous",
    "false",
    "guest",
    "n/a",
    "na",
    "nan",
    "nil",
    "none",
    "null",
    "true",
    "undefined",
    "unknown",
];

/// Whether an id is a placeholder that two different people may have: a zero (also a UUID of
/// zeros), a negative number, or a word.
pub fn is_placeholder(id: &str) -> bool {
    let is_zero = || id.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'.'));
    let is_negative = || {
        id.strip_prefix('-')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_zero()
        || is_negative()
        || PLACEHOLDERS
            .iter()
            .any(|word| word.eq_ignore_ascii_case(id))
}

/// Returns the text, cut to `most` characters if it is longer. A cut text ends in "…".
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // A text has at least as many bytes as characters.
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let mut ends = text
        .char_indices()
        .map(|(end, _)| end)
        .skip(most.saturating_sub(1));
    match (ends.next(), ends.next()) {
        (Some(end), Some(_)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        _ => Cow::Borrowed(text),
    }
}

/// Twitch's account for anonymous gifts: id, login and display name.
pub const ANONYMOUS_GIFTER: (&str, &str, &str) =
    ("274598607", "ananonymousgifter", "AnAnonymousGifter");
/// Twitch's account for anonymous cheers: id, login and display name.
pub const ANONYMOUS_CHEERER: (&str, &str, &str) =
    ("407665396", "ananonymouscheerer", "AnAnonymousCheerer");

/// The name shown for a person whom a service does not name, unless the config sets another name.
pub const NAMELESS: &str = "Anonymous";

/// Whether these are the parts of a person whom a service does not name.
pub fn is_nameless(id: &str, login: &str, display: &str) -> bool {
    id.is_empty() && login.is_empty() && display == NAMELESS
}

impl Person {
    /// Makes a person. Returns `None` if id and names are all empty. The platform follows from the
    /// id.
    pub fn new(id: &str, login: &str, display: &str) -> Option<Self> {
        Self::on(Platform::of_id(id), id, login, display)
    }

    /// Makes a person on a given platform. Returns `None` if id and names are all empty. If the
    /// platform is Twitch but the id cannot be one of Twitch's, the person gets the platform of the
    /// id.
    ///
    /// A name without a visible character is replaced, so that an invisible name is shown nowhere.
    /// Such a display name becomes the login; such a login becomes empty. If id and names are then
    /// all empty, the display name is [`NAMELESS`].
    pub fn on(platform: Platform, id: &str, login: &str, display: &str) -> Option<Self> {
        let (id, login, display) = (
            id.trim(),
            cut(login.trim(), LONGEST_NAME),
            cut(display.trim(), LONGEST_NAME),
        );
        let id = if id.len() > LONGEST_ID || is_placeholder(id) {
            ""
        } else {
            id
        };
        let platform = if platform == Platform::Twitch {
            Platform::of_id(id)
        } else {
            platform
        };
        let is_blank = |name: &str| !name.is_empty() && !is_visible(name);
        let had_name = is_blank(&login) || is_blank(&display);
        let login = if is_blank(&login) { "".into() } else { login };
        let display = if is_blank(&display) {
            login.clone()
        } else {
            display
        };
        let display = if had_name && [id, &login, &display].iter().all(|part| part.is_empty()) {
            NAMELESS.into()
        } else {
            display
        };
        (!id.is_empty() || !login.is_empty() || !display.is_empty()).then(|| Self {
            platform,
            id: id.into(),
            login: login.into(),
            display: display.into(),
            ..Self::default()
        })
    }

    /// Twitch's own account for anonymous gifts or cheers.
    pub fn anonymous((id, login, display): (&str, &str, &str)) -> Self {
        Self {
            platform: Platform::Twitch,
            id: id.into(),
            login: login.into(),
            display: display.into(),
            ..Self::default()
        }
    }

    /// A person of whom another platform reports neither an account nor a name.
    pub fn nameless(platform: Platform) -> Self {
        Self {
            platform,
            display: NAMELESS.into(),
            ..Self::default()
        }
    }

    /// The name to show: the display name, else the login, else the id.
    pub fn name(&self) -> &str {
        [&self.display, &self.login, &self.id]
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or("", |name| name)
    }

    /// Whether both have the same id, or the same login if one of them has no id.
    pub fn is_same(&self, other: &Self) -> bool {
        let is_login = || !self.login.is_empty() && self.login.eq_ignore_ascii_case(&other.login);
        self.platform == other.platform
            && if self.id.is_empty() || other.id.is_empty() {
                is_login()
            } else {
                self.id == other.id
            }
    }

    /// Whether a service does not name this person.
    pub fn is_nameless(&self) -> bool {
        self.unnamed || is_nameless(&self.id, &self.login, &self.display)
    }

    /// Whether this is one of Twitch's two anonymous accounts, or somebody whom another platform
    /// does not name.
    pub fn is_anonymous(&self) -> bool {
        if self.is_nameless() {
            return true;
        }
        self.platform == Platform::Twitch
            && [ANONYMOUS_GIFTER, ANONYMOUS_CHEERER]
                .iter()
                .any(|(id, login, _)| {
                    if self.id.is_empty() {
                        self.login.eq_ignore_ascii_case(login)
                    } else {
                        &*self.id == *id
                    }
                })
    }

    /// Fills in an empty login from the display name. On Twitch, a display name of ASCII letters,
    /// digits and `_` is the login except for case. Other display names leave the login empty.
    #[must_use]
    pub fn with_login_of_display(mut self) -> Self {
        let shows = !self.display.is_empty()
            && self
                .display
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if self.platform == Platform::Twitch && self.login.is_empty() && shows {
            self.login = self.display.to_ascii_lowercase().into();
        }
        self
    }

    #[must_use]
    pub fn with_roles(mut self, roles: Roles) -> Self {
        self.roles |= roles;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_end_is_cut_at_a_character() {
        let long = "ä".repeat(15 << 20);
        let who = Person::new("7", &long, &long).unwrap();
        let kept = format!("{}…", "ä".repeat(LONGEST_NAME - 1));
        assert_eq!((&*who.login, &*who.display), (kept.as_str(), kept.as_str()));
        let fits = "雪".repeat(LONGEST_NAME);
        assert_eq!(&*Person::new("7", "", &fits).unwrap().display, fits);
    }

    #[test]
    fn a_placeholder_for_an_id_identifies_no_one() {
        for id in [
            "",
            " ",
            "0",
            "-1",
            "00000000-0000-0000-0000-000000000000",
            "null",
            "Undefined",
            "anonymous",
            "NaN",
            "[object Object]",
            "-",
            "0.0",
        ] {
            assert_eq!(
                Person::on(Platform::Kofi, id, "", "Lea").map(|who| who.id),
                Some("".into()),
                "{id}"
            );
            assert_eq!(Person::new(id, "", ""), None, "{id}");
        }
        for id in [
            "1",
            "10",
            "274598607",
            "UC0000000000000000000000",
            "anonymous_7",
            "0a",
            "5f0c",
        ] {
            assert_eq!(
                Person::new(id, "", "Lea").map(|who| who.id),
                Some(id.into()),
                "{id}"
            );
        }
    }

    #[test]
    fn a_name_without_a_visible_character_is_the_login() {
        for blank in [
            "\u{3164}",
            "\u{200b}\u{200d}",
            "\u{2800}\u{2800}",
            " \u{fe0f}",
            "\u{202e}",
            "\u{301}\u{302}",
            "\u{e0041}\u{e007f}",
        ] {
            let named = |id: &str, login: &str| {
                Person::new(id, login, blank)
                    .map(|who| (who.login.to_string(), who.display.to_string()))
            };
            assert_eq!(
                named("7", "anna"),
                Some(("anna".into(), "anna".into())),
                "{blank:?}"
            );
            assert_eq!(
                named("7", ""),
                Some((String::new(), String::new())),
                "{blank:?}"
            );
            assert_eq!(
                named("7", blank),
                Some((String::new(), String::new())),
                "{blank:?}"
            );
            assert_eq!(
                named("", ""),
                Some((String::new(), NAMELESS.into())),
                "{blank:?}"
            );
        }
        for name in [
            "\u{200b}Anna",
            "👩\u{200d}🚀",
            "می\u{200c}خواهم",
            "❤\u{fe0f}",
        ] {
            assert_eq!(&*Person::new("7", "anna", name).unwrap().display, name);
        }
    }

    #[test]
    fn an_id_that_twitch_cannot_have_is_that_of_another_platform() {
        for (id, platform) in [
            ("7123456789012345678", Platform::TikTok),
            ("107955912345678901", Platform::TikTok),
            ("UCq3fXh0cJm1vZr8yXb2kQeg", Platform::YouTube),
            ("1290001234", Platform::Twitch),
            ("7", Platform::Twitch),
            ("71234567890123456789012", Platform::Twitch),
        ] {
            assert_eq!(
                Person::new(id, "", "Lea").unwrap().platform,
                platform,
                "{id}"
            );
            assert_eq!(
                Person::on(Platform::Twitch, id, "", "Lea")
                    .unwrap()
                    .platform,
                platform,
                "{id}"
            );
            assert_eq!(
                Person::on(Platform::Kick, id, "", "Lea").unwrap().platform,
                Platform::Kick,
                "{id}"
            );
        }
    }

    #[test]
    fn an_id_without_end_identifies_no_one() {
        let long = "7".repeat(LONGEST_ID + 1);
        assert_eq!(
            Person::new(&long, "anna", "").map(|who| who.id),
            Some("".into())
        );
        assert_eq!(Person::new(&long, "", ""), None);
    }
}

//! The kinds of sections of the roll, as a table.

use strum::{Display, EnumIter, EnumProperty, EnumString, IntoEnumIterator, IntoStaticStr};

/// The kind of a section, in the order of the documentation. Its name is for the config and the
/// page. `slot` is the name of the equivalent section in Twitchat's own overlay, if there is one;
/// `title` and `icon` are the defaults.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Display,
    EnumIter,
    EnumProperty,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
#[expect(missing_docs, reason = "the titles say it")]
pub enum Kind {
    #[strum(props(slot = "follows", title = "New followers", icon = "heart"))]
    Follows,
    #[strum(props(slot = "cheers", title = "Cheers", icon = "bits"))]
    Cheers,
    #[strum(props(slot = "subs", title = "New subscribers", icon = "star"))]
    Subs,
    #[strum(
        serialize = "resubs",
        props(slot = "subs", title = "Resubscribers", icon = "star")
    )]
    ReSubs,
    #[strum(serialize = "giftsubs")]
    #[strum(props(slot = "subs", title = "Gifted subscriptions", icon = "gift"))]
    GiftSubs,
    #[strum(serialize = "giftbombs", props(title = "Gift bombs", icon = "bomb"))]
    GiftBombs,
    #[strum(props(slot = "raids", title = "Raids", icon = "raid"))]
    Raids,
    #[strum(props(slot = "rewards", title = "Rewards", icon = "points"))]
    Rewards,
    #[strum(props(title = "Channel points", icon = "points"))]
    Redemptions,
    #[strum(props(title = "Community goals", icon = "goal"))]
    Goals,
    #[strum(props(title = "Games played", icon = "game"))]
    Games,
    #[strum(props(title = "Pyramids", icon = "pyramid"))]
    Pyramids,
    #[strum(props(slot = "hypetrains", title = "Hype trains", icon = "train"))]
    HypeTrains,
    #[strum(props(title = "Hype train conductors", icon = "train"))]
    Conductors,
    #[strum(props(title = "Hype train contributors", icon = "train"))]
    Contributors,
    #[strum(props(title = "Editors", icon = "editor"))]
    Editors,
    #[strum(props(slot = "mods", title = "Moderators", icon = "moderator"))]
    Moderators,
    #[strum(props(slot = "vips", title = "VIPs", icon = "vip"))]
    Vips,
    #[strum(props(title = "Subscribers", icon = "star"))]
    Subscribers,
    #[strum(to_string = "chatters", serialize = "users")]
    #[strum(props(slot = "chatters", title = "In chat", icon = "users"))]
    Chatters,
    #[strum(props(title = "First-time chatters", icon = "chat"))]
    FirstTimeChatters,
    #[strum(props(title = "{name}", icon = "group"))]
    Groups,
    #[strum(props(slot = "tips", title = "Tips", icon = "coin"))]
    Tips,
    #[strum(props(slot = "merch", title = "Merch", icon = "shirt"))]
    Merch,
    #[strum(props(title = "Members", icon = "member"))]
    Members,
    #[strum(props(title = "{name}", icon = "sparkles"))]
    Lists,
    #[strum(props(title = "Top bits of all time", icon = "trophy"))]
    TopBits,
    #[strum(props(title = "Top bits this month", icon = "trophy"))]
    TopBitsMonth,
    #[strum(props(title = "Top bits this week", icon = "trophy"))]
    TopBitsWeek,
    #[strum(props(title = "Top channel points", icon = "trophy"))]
    TopRewards,
    #[strum(props(slot = "polls", title = "Polls", icon = "poll"))]
    Polls,
    #[strum(props(slot = "predictions", title = "Predictions", icon = "prediction"))]
    Predictions,
    #[strum(props(slot = "so_in", title = "Shoutouts received", icon = "megaphone"))]
    ShoutoutsReceived,
    #[strum(props(slot = "so_out", title = "Shoutouts", icon = "megaphone"))]
    ShoutoutsGiven,
    #[strum(props(slot = "bans", title = "Bans", icon = "ban"))]
    Bans,
    #[strum(props(slot = "timeouts", title = "Timeouts", icon = "clock"))]
    Timeouts,
    #[strum(serialize = "powerups")]
    #[strum(props(slot = "powerups", title = "Power-ups", icon = "sparkles"))]
    PowerUps,
    #[strum(serialize = "superchats")]
    #[strum(props(slot = "ytSuperchat", title = "Super Chats", icon = "youtube"))]
    SuperChats,
    #[strum(serialize = "superstickers")]
    #[strum(props(slot = "ytSuperSticker", title = "Super Stickers", icon = "youtube"))]
    SuperStickers,
    #[strum(props(slot = "tiktokGifts", title = "TikTok gifts", icon = "tiktok"))]
    TiktokGifts,
    #[strum(props(slot = "tiktokLikes", title = "TikTok likes", icon = "tiktok"))]
    TiktokLikes,
    #[strum(props(slot = "tiktokShares", title = "TikTok shares", icon = "share"))]
    TiktokShares,
    #[strum(props(slot = "patreonMembers", title = "Patrons", icon = "patreon"))]
    Patrons,
    #[strum(props(title = "Subscribers of today", icon = "star"))]
    ActiveSubs,
    #[strum(props(title = "Who gave subscriptions", icon = "gift"))]
    ActiveGifters,
    #[strum(props(slot = "text", icon = "text"))]
    Text,
    #[strum(props(icon = "image"))]
    Image,
}

impl Kind {
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The name in the config.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Parses the name in the config, in any case and with `-` or `_`.
    pub fn parse(word: &str) -> Option<Self> {
        word.trim().replace('-', "_").parse().ok()
    }

    /// Whether Twitchat's own overlay has this name for the equivalent section.
    #[doc(alias = "slotType")]
    pub fn is_slot(self, slot: &str) -> bool {
        self.get_str("slot") == Some(slot)
    }

    /// The default title.
    pub fn title(self) -> &'static str {
        self.get_str("title").unwrap_or_default()
    }

    /// The default icon, as a name that the page knows.
    pub fn icon(self) -> &'static str {
        self.get_str("icon").unwrap_or_default()
    }

    /// Whether the section lists names. The others are a text or an image.
    pub fn lists_names(self) -> bool {
        !matches!(self, Self::Text | Self::Image)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_one_line_and_one_name() {
        let kinds: HashSet<Kind> = Kind::all().collect();
        let names: HashSet<&str> = Kind::all().map(Kind::name).collect();
        assert_eq!((kinds.len(), names.len()), (47, 47));
        for kind in Kind::all() {
            assert_eq!(Kind::parse(&kind.name().to_uppercase()), Some(kind));
            assert!(
                kind.icon().chars().all(|c| c.is_ascii_lowercase())
                    && (!kind.lists_names() || !kind.title().is_empty()),
                "{kind}"
            );
        }
        assert_eq!(
            (
                Kind::parse("users"),
                Kind::parse("top-bits"),
                Kind::parse("nothing")
            ),
            (Some(Kind::Chatters), Some(Kind::TopBits), None)
        );
    }

    #[test]
    fn every_section_of_twitchats_overlay_has_its_kind() {
        let slots = "cheers subs follows raids chatters powerups tiktokLikes tiktokShares \
            tiktokGifts hypetrains rewards bans timeouts so_in \
                     so_out polls predictions tips merch ytSuperchat ytSuperSticker patreonMembers \
                     text";
        for slot in slots.split_whitespace() {
            assert!(Kind::all().any(|kind| kind.is_slot(slot)), "{slot}");
        }
    }
}

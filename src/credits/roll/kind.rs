//! The kinds of sections of the roll, as a table.

use std::fmt;

/// The kind of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table below says it")]
pub enum Kind {
    Follows,
    Cheers,
    Subs,
    ReSubs,
    GiftSubs,
    GiftBombs,
    Raids,
    Rewards,
    Redemptions,
    Goals,
    Games,
    Pyramids,
    HypeTrains,
    Conductors,
    Contributors,
    Editors,
    Moderators,
    Vips,
    Subscribers,
    Chatters,
    Groups,
    Tips,
    Merch,
    Members,
    Lists,
    TopBits,
    TopBitsMonth,
    TopBitsWeek,
    TopRewards,
    Polls,
    Predictions,
    ShoutoutsReceived,
    ShoutoutsGiven,
    Bans,
    Timeouts,
    PowerUps,
    SuperChats,
    SuperStickers,
    TiktokGifts,
    TiktokLikes,
    TiktokShares,
    Patrons,
    ActiveSubs,
    ActiveGifters,
    Text,
    Image,
}

/// The names of a kind, for the config and the page.
struct KindRow {
    kind: Kind,
    name: &'static str,
    /// The name of the equivalent section in Twitchat's own overlay; empty if there is none.
    slot: &'static str,
    title: &'static str,
    icon: &'static str,
}

const fn entry(
    kind: Kind,
    name: &'static str,
    slot: &'static str,
    title: &'static str,
    icon: &'static str,
) -> KindRow {
    KindRow {
        kind,
        name,
        slot,
        title,
        icon,
    }
}

/// All kinds, in the order of the documentation.
const ENTRIES: [KindRow; 46] = [
    entry(
        Kind::Follows,
        "follows",
        "follows",
        "New followers",
        "heart",
    ),
    entry(Kind::Cheers, "cheers", "cheers", "Cheers", "bits"),
    entry(Kind::Subs, "subs", "subs", "New subscribers", "star"),
    entry(Kind::ReSubs, "resubs", "subs", "Resubscribers", "star"),
    entry(
        Kind::GiftSubs,
        "giftsubs",
        "subs",
        "Gifted subscriptions",
        "gift",
    ),
    entry(Kind::GiftBombs, "giftbombs", "", "Gift bombs", "bomb"),
    entry(Kind::Raids, "raids", "raids", "Raids", "raid"),
    entry(Kind::Rewards, "rewards", "rewards", "Rewards", "points"),
    entry(
        Kind::Redemptions,
        "redemptions",
        "",
        "Channel points",
        "points",
    ),
    entry(Kind::Goals, "goals", "", "Community goals", "goal"),
    entry(Kind::Games, "games", "", "Games played", "game"),
    entry(Kind::Pyramids, "pyramids", "", "Pyramids", "pyramid"),
    entry(
        Kind::HypeTrains,
        "hype_trains",
        "hypetrains",
        "Hype trains",
        "train",
    ),
    entry(
        Kind::Conductors,
        "conductors",
        "",
        "Hype train conductors",
        "train",
    ),
    entry(
        Kind::Contributors,
        "contributors",
        "",
        "Hype train contributors",
        "train",
    ),
    entry(Kind::Editors, "editors", "", "Editors", "editor"),
    entry(
        Kind::Moderators,
        "moderators",
        "mods",
        "Moderators",
        "moderator",
    ),
    entry(Kind::Vips, "vips", "vips", "VIPs", "vip"),
    entry(Kind::Subscribers, "subscribers", "", "Subscribers", "star"),
    entry(Kind::Chatters, "chatters", "chatters", "In chat", "users"),
    entry(Kind::Groups, "groups", "", "{name}", "group"),
    entry(Kind::Tips, "tips", "tips", "Tips", "coin"),
    entry(Kind::Merch, "merch", "merch", "Merch", "shirt"),
    entry(Kind::Members, "members", "", "Members", "member"),
    entry(Kind::Lists, "lists", "", "{name}", "sparkles"),
    entry(
        Kind::TopBits,
        "top_bits",
        "",
        "Top bits of all time",
        "trophy",
    ),
    entry(
        Kind::TopBitsMonth,
        "top_bits_month",
        "",
        "Top bits this month",
        "trophy",
    ),
    entry(
        Kind::TopBitsWeek,
        "top_bits_week",
        "",
        "Top bits this week",
        "trophy",
    ),
    entry(
        Kind::TopRewards,
        "top_rewards",
        "",
        "Top channel points",
        "trophy",
    ),
    entry(Kind::Polls, "polls", "polls", "Polls", "poll"),
    entry(
        Kind::Predictions,
        "predictions",
        "predictions",
        "Predictions",
        "prediction",
    ),
    entry(
        Kind::ShoutoutsReceived,
        "shoutouts_received",
        "so_in",
        "Shoutouts received",
        "megaphone",
    ),
    entry(
        Kind::ShoutoutsGiven,
        "shoutouts_given",
        "so_out",
        "Shoutouts",
        "megaphone",
    ),
    entry(Kind::Bans, "bans", "bans", "Bans", "ban"),
    entry(Kind::Timeouts, "timeouts", "timeouts", "Timeouts", "clock"),
    entry(
        Kind::PowerUps,
        "powerups",
        "powerups",
        "Power-ups",
        "sparkles",
    ),
    entry(
        Kind::SuperChats,
        "superchats",
        "ytSuperchat",
        "Super Chats",
        "youtube",
    ),
    entry(
        Kind::SuperStickers,
        "superstickers",
        "ytSuperSticker",
        "Super Stickers",
        "youtube",
    ),
    entry(
        Kind::TiktokGifts,
        "tiktok_gifts",
        "tiktokGifts",
        "TikTok gifts",
        "tiktok",
    ),
    entry(
        Kind::TiktokLikes,
        "tiktok_likes",
        "tiktokLikes",
        "TikTok likes",
        "tiktok",
    ),
    entry(
        Kind::TiktokShares,
        "tiktok_shares",
        "tiktokShares",
        "TikTok shares",
        "share",
    ),
    entry(
        Kind::Patrons,
        "patrons",
        "patreonMembers",
        "Patrons",
        "patreon",
    ),
    entry(
        Kind::ActiveSubs,
        "active_subs",
        "",
        "Subscribers of today",
        "star",
    ),
    entry(
        Kind::ActiveGifters,
        "active_gifters",
        "",
        "Who gave subscriptions",
        "gift",
    ),
    entry(Kind::Text, "text", "text", "", "text"),
    entry(Kind::Image, "image", "", "", "image"),
];

impl Kind {
    pub fn all() -> impl Iterator<Item = Self> {
        ENTRIES.iter().map(|entry| entry.kind)
    }

    fn entry(self) -> Option<&'static KindRow> {
        ENTRIES.iter().find(|entry| entry.kind == self)
    }

    /// The name in the config.
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |entry| entry.name)
    }

    /// Parses the name in the config, in any case and with `-` or `_`.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase().replace('-', "_");
        let word = if word == "users" { "chatters" } else { &word };
        ENTRIES
            .iter()
            .find(|entry| entry.name == word)
            .map(|entry| entry.kind)
    }

    /// Whether Twitchat's own overlay has this name for the equivalent section.
    #[doc(alias = "slotType")]
    pub fn is_slot(self, slot: &str) -> bool {
        self.entry()
            .is_some_and(|entry| !slot.is_empty() && entry.slot == slot)
    }

    /// The default title.
    pub fn title(self) -> &'static str {
        self.entry().map_or("", |entry| entry.title)
    }

    /// The default icon, as a name that the page knows.
    pub fn icon(self) -> &'static str {
        self.entry().map_or("", |entry| entry.icon)
    }

    /// Whether the section lists names. The others are a text or an image.
    pub fn lists_names(self) -> bool {
        !matches!(self, Self::Text | Self::Image)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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
        assert_eq!((kinds.len(), names.len()), (ENTRIES.len(), ENTRIES.len()));
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

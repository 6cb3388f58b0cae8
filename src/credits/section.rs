//! The sections of the credits, with their names in both spellings.

use strum::EnumMessage;

use crate::event::fact::SupportKind;

/// The `message` of each section is the title that people read.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::EnumMessage,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
    strum::VariantNames,
)]
#[strum(ascii_case_insensitive)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are Streamer.bot's")]
pub enum Section {
    #[strum(message = "New followers")]
    Follows,
    #[strum(message = "Cheers")]
    Cheers,
    #[strum(message = "New subscribers")]
    Subs,
    #[strum(message = "Resubscribers")]
    ReSubs,
    #[strum(message = "Gifted subs")]
    GiftSubs,
    #[strum(message = "Gift bombs")]
    GiftBombs,
    #[strum(message = "Raids")]
    Raided,
    #[strum(message = "Channel points")]
    RewardRedemptions,
    #[strum(message = "Community goals")]
    GoalContributions,
    #[strum(message = "Games played")]
    GameUpdates,
    #[strum(message = "Pyramids")]
    Pyramids,
    #[strum(message = "Hype train conductors")]
    HypeTrainConductor,
    #[strum(message = "Hype train contributors")]
    HypeTrainContributors,
    #[strum(message = "Editors")]
    Editors,
    #[strum(message = "Moderators")]
    Moderator,
    #[strum(message = "Subscribers")]
    Subscriber,
    #[strum(message = "VIPs")]
    VIPs,
    #[strum(message = "In chat")]
    Users,
    #[strum(message = "Groups")]
    Groups,
    #[strum(message = "More")]
    Custom,
    #[strum(to_string = "TopBits.All", message = "Top bits of all time")]
    TopBitsAll,
    #[strum(to_string = "TopBits.Month", message = "Top bits this month")]
    TopBitsMonth,
    #[strum(to_string = "TopBits.Week", message = "Top bits this week")]
    TopBitsWeek,
    #[strum(message = "Top channel points")]
    TopChannelRewards,
}

impl Section {
    /// All sections, in the order of the legacy reply.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The sections under `Events`.
    pub const EVENTS: &[Self] = Self::ALL.split_at(11).0;

    /// The name in the legacy spelling.
    pub fn legacy(self) -> &'static str {
        self.into()
    }

    /// Whether it is a list of people with their own counts and times.
    pub fn lists_lines(self) -> bool {
        !matches!(
            self,
            Self::GameUpdates
                | Self::Editors
                | Self::Groups
                | Self::Custom
                | Self::TopBitsAll
                | Self::TopBitsMonth
                | Self::TopBitsWeek
                | Self::TopChannelRewards
        )
    }

    /// The title for people to read.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// Parses a name with or without `User.` before it. Case does not matter.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name
            .get(..5)
            .filter(|start| start.eq_ignore_ascii_case("User."))
            .map_or(name, |start| name.trim_start_matches(start));
        name.parse().ok()
    }
}

/// The sections under `Custom` that list support.
pub(super) const SUPPORT_SECTIONS: [(SupportKind, &str); 3] = [
    (SupportKind::Tip, "Tips"),
    (SupportKind::Merch, "Merch"),
    (SupportKind::Member, "Members"),
];

/// The name of the section below `Custom` for such support.
pub(super) fn support_section(kind: SupportKind) -> &'static str {
    SUPPORT_SECTIONS
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or("", |(_, section)| section)
}

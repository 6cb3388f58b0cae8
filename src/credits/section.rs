//! The sections of the credits, with their names in both spellings.

/// A section that lists people.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
    strum::VariantNames,
)]
#[strum(ascii_case_insensitive)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are Streamer.bot's")]
pub enum Section {
    Follows,
    Cheers,
    Subs,
    ReSubs,
    GiftSubs,
    GiftBombs,
    Raided,
    RewardRedemptions,
    GoalContributions,
    GameUpdates,
    Pyramids,
    HypeTrainConductor,
    HypeTrainContributors,
    Editors,
    Moderator,
    Subscriber,
    VIPs,
    Users,
    Groups,
    Custom,
    #[strum(to_string = "TopBits.All")]
    TopBitsAll,
    #[strum(to_string = "TopBits.Month")]
    TopBitsMonth,
    #[strum(to_string = "TopBits.Week")]
    TopBitsWeek,
    TopChannelRewards,
}

impl Section {
    /// All of them, in the order of the seed's reply.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The sections below `Events`.
    pub const EVENTS: &[Self] = Self::ALL.split_at(11).0;

    /// The seed's spelling.
    pub fn legacy(self) -> &'static str {
        self.into()
    }

    /// Whether it is a list of people with counts and times of their own.
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

    /// What stands above the names when people read them.
    pub fn title(self) -> &'static str {
        match self {
            Self::Follows => "New followers",
            Self::Cheers => "Cheers",
            Self::Subs => "New subscribers",
            Self::ReSubs => "Resubscribers",
            Self::GiftSubs => "Gifted subs",
            Self::GiftBombs => "Gift bombs",
            Self::Raided => "Raids",
            Self::RewardRedemptions => "Channel points",
            Self::GoalContributions => "Community goals",
            Self::GameUpdates => "Games played",
            Self::Pyramids => "Pyramids",
            Self::HypeTrainConductor => "Hype train conductors",
            Self::HypeTrainContributors => "Hype train contributors",
            Self::Editors => "Editors",
            Self::Moderator => "Moderators",
            Self::Subscriber => "Subscribers",
            Self::VIPs => "VIPs",
            Self::Users => "In chat",
            Self::Groups => "Groups",
            Self::Custom => "More",
            Self::TopBitsAll => "Top bits of all time",
            Self::TopBitsMonth => "Top bits this month",
            Self::TopBitsWeek => "Top bits this week",
            Self::TopChannelRewards => "Top channel points",
        }
    }

    /// Reads a name in any case, with or without `User.` before it.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name
            .get(..5)
            .filter(|start| start.eq_ignore_ascii_case("User."))
            .map_or(name, |start| name.trim_start_matches(start));
        name.parse().ok()
    }
}

//! The sections of the credits, with their names in both spellings.

/// A section that lists people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    TopBitsAll,
    TopBitsMonth,
    TopBitsWeek,
    TopChannelRewards,
}

impl Section {
    /// All of them, in the order of the seed's reply.
    pub const ALL: [Self; 24] = [
        Self::Follows,
        Self::Cheers,
        Self::Subs,
        Self::ReSubs,
        Self::GiftSubs,
        Self::GiftBombs,
        Self::Raided,
        Self::RewardRedemptions,
        Self::GoalContributions,
        Self::GameUpdates,
        Self::Pyramids,
        Self::HypeTrainConductor,
        Self::HypeTrainContributors,
        Self::Editors,
        Self::Moderator,
        Self::Subscriber,
        Self::VIPs,
        Self::Users,
        Self::Groups,
        Self::Custom,
        Self::TopBitsAll,
        Self::TopBitsMonth,
        Self::TopBitsWeek,
        Self::TopChannelRewards,
    ];

    /// The sections below `Events`.
    pub const EVENTS: [Self; 11] = [
        Self::Follows,
        Self::Cheers,
        Self::Subs,
        Self::ReSubs,
        Self::GiftSubs,
        Self::GiftBombs,
        Self::Raided,
        Self::RewardRedemptions,
        Self::GoalContributions,
        Self::GameUpdates,
        Self::Pyramids,
    ];

    /// The seed's spelling.
    pub fn seed(self) -> &'static str {
        match self {
            Self::Follows => "Follows",
            Self::Cheers => "Cheers",
            Self::Subs => "Subs",
            Self::ReSubs => "ReSubs",
            Self::GiftSubs => "GiftSubs",
            Self::GiftBombs => "GiftBombs",
            Self::Raided => "Raided",
            Self::RewardRedemptions => "RewardRedemptions",
            Self::GoalContributions => "GoalContributions",
            Self::GameUpdates => "GameUpdates",
            Self::Pyramids => "Pyramids",
            Self::HypeTrainConductor => "HypeTrainConductor",
            Self::HypeTrainContributors => "HypeTrainContributors",
            Self::Editors => "Editors",
            Self::Moderator => "Moderator",
            Self::Subscriber => "Subscriber",
            Self::VIPs => "VIPs",
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::Custom => "Custom",
            Self::TopBitsAll => "TopBits.All",
            Self::TopBitsMonth => "TopBits.Month",
            Self::TopBitsWeek => "TopBits.Week",
            Self::TopChannelRewards => "TopChannelRewards",
        }
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
        let name = name.get(..5).filter(|start| start.eq_ignore_ascii_case("User.")).map_or(name, |start| name.trim_start_matches(start));
        Self::ALL.into_iter().find(|section| section.seed().eq_ignore_ascii_case(name))
    }
}

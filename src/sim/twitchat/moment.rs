//! Everything that can happen on a stream, independent of the messages about it.
//!
//! Pure data: [`speech`](super::speech) converts a moment to the messages of a generation, and
//! [`history`](super::history) remembers it.

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Person {
    pub id: String,
    pub login: String,
    pub display: String,
    /// The person's badges in this chat.
    pub roles: Roles,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub struct Roles {
    pub moderator: bool,
    pub vip: bool,
    pub subscriber: bool,
}

impl Person {
    /// A person without badges; the login is the display name in lower case.
    pub fn new(id: impl Into<String>, display: impl Into<String>) -> Self {
        let display = display.into();
        Self {
            id: id.into(),
            login: display.to_lowercase(),
            display,
            roles: Roles::default(),
        }
    }

    /// Sets another login, for display names in other scripts.
    #[must_use]
    pub fn login(mut self, login: impl Into<String>) -> Self {
        self.login = login.into();
        self
    }

    #[must_use]
    pub fn roles(mut self, roles: Roles) -> Self {
        self.roles = roles;
        self
    }

    /// Twitch's account for gifts without a giver.
    pub fn anonymous_gifter() -> Self {
        Self::new("274598607", "AnAnonymousGifter")
    }

    /// Twitch's account for cheers without a cheerer.
    pub fn anonymous_cheerer() -> Self {
        Self::new("407665396", "AnAnonymousCheerer")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum Tier {
    Prime,
    One,
    Two,
    Three,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    pub id: String,
    pub title: String,
    pub cost: i64,
}

impl Reward {
    /// Twitch's own reward "Highlight my message", which Twitchat reports with a cost of -1.
    pub fn highlight() -> Self {
        Self {
            id: "highlighted-message".into(),
            title: "Highlight my message".into(),
            cost: -1,
        }
    }
}

/// A choice in a poll or a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub label: String,
    /// The number of votes, or of points in a prediction.
    pub votes: u64,
    /// The number of people who have chosen it.
    pub voters: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    pub id: String,
    pub title: String,
    /// The choices, in their order.
    pub choices: Vec<Choice>,
    pub duration_seconds: u64,
}

impl Vote {
    /// The index of the choice that leads. If votes are equal, the first one leads.
    pub(super) fn leader(&self) -> usize {
        let most = self.choices.iter().map(|choice| choice.votes).max();
        self.choices
            .iter()
            .position(|choice| Some(choice.votes) == most)
            .unwrap_or(0)
    }

    pub(super) fn votes(&self) -> u64 {
        self.choices.iter().map(|choice| choice.votes).sum()
    }

    pub(super) fn voters(&self) -> u64 {
        self.choices.iter().map(|choice| choice.voters).sum()
    }

    pub(super) fn choice_id(&self, place: usize) -> String {
        format!("{}-{place}", self.id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VotePhase {
    Begins,
    Goes,
    /// A prediction closes for bets.
    Locks,
    /// The vote ends, and the leader wins.
    Ends,
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum Moment {
    Follow {
        who: Person,
    },
    /// A chat message for which Twitchat sends no message. It counts in the summary.
    Chat {
        who: Person,
    },
    /// The first message of a person on this day.
    FirstMessage {
        who: Person,
        text: String,
    },
    /// A message of a person who does not follow the channel.
    NonFollower {
        who: Person,
        text: String,
    },
    Cheer {
        who: Person,
        bits: u64,
        text: String,
    },
    Sub {
        who: Person,
        tier: Tier,
    },
    Resub {
        who: Person,
        tier: Tier,
        months: u64,
        streak: u64,
        text: String,
    },
    /// One gift to each of these people. Several gifts are a gift bomb.
    Gift {
        from: Person,
        to: Vec<Person>,
        tier: Tier,
    },
    /// A person continues a gifted subscription.
    GiftUpgrade {
        who: Person,
    },
    /// A person changes from a subscription with Prime to a paid one.
    PrimeUpgrade {
        who: Person,
    },
    Redeem {
        who: Person,
        reward: Reward,
        text: Option<String>,
    },
    Poll {
        poll: Vote,
        set_up: VotePhase,
    },
    Prediction {
        prediction: Vote,
        set_up: VotePhase,
    },
    /// Twitchat has no event for a raid. Only labels and the summary show it.
    Raid {
        who: Person,
        viewers: u64,
    },
    /// Twitchat has no event for a change of category. Only labels show it.
    Category {
        name: String,
    },
    /// A tip in hundredths of the currency. Only the summary shows it.
    Tip {
        name: String,
        cents: u64,
        currency: String,
    },
    /// A finished hype train with its conductors. Only the summary shows it.
    HypeTrain {
        level: u64,
        percent: u64,
        bits: (Person, u64),
        points: (Person, u64),
    },
}

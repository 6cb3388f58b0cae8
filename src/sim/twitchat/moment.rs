//! What can happen on a stream, before anybody has put it into words.
//!
//! Pure data: [`speech`](super::speech) says it in a generation's own message,
//! [`history`](super::history) remembers it.

/// Somebody in chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Person {
    pub id: String,
    pub login: String,
    pub display: String,
    /// What they are in this chat.
    pub roles: Roles,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Roles {
    pub moderator: bool,
    pub vip: bool,
    pub subscriber: bool,
}

impl Person {
    /// Somebody without badges; the login is the display name in lower case.
    pub fn new(id: impl Into<String>, display: impl Into<String>) -> Self {
        let display = display.into();
        Self {
            id: id.into(),
            login: display.to_lowercase(),
            display,
            roles: Roles::default(),
        }
    }

    /// With another login: display names in other scripts have one.
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

    /// Whom Twitch names for gifts without a giver.
    pub fn anonymous_gifter() -> Self {
        Self::new("274598607", "AnAnonymousGifter")
    }

    /// Whom Twitch names for cheers without a cheerer.
    pub fn anonymous_cheerer() -> Self {
        Self::new("407665396", "AnAnonymousCheerer")
    }
}

/// A subscription's tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Tier {
    Prime,
    One,
    Two,
    Three,
}

/// A channel-point reward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    pub id: String,
    pub title: String,
    pub cost: i64,
}

impl Reward {
    /// Twitch's own "Highlight my message", which Twitchat reports with a cost of -1.
    pub fn highlight() -> Self {
        Self {
            id: "highlighted-message".into(),
            title: "Highlight my message".into(),
            cost: -1,
        }
    }
}

/// What can be chosen in a poll or a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub label: String,
    /// Votes; in a prediction, points.
    pub votes: u64,
    /// How many people.
    pub voters: u64,
}

/// A poll or a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    pub id: String,
    pub title: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    pub duration_seconds: u64,
}

impl Vote {
    /// The place of the choice that leads: the first one at equal votes.
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

    /// An id for the choice at a place.
    pub(super) fn choice_id(&self, place: usize) -> String {
        format!("{}-{place}", self.id)
    }
}

/// Where in its life a poll or a prediction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VotePhase {
    Begins,
    /// Votes came in.
    Goes,
    /// A prediction takes no more bets.
    Locks,
    /// It ends; the leader wins.
    Ends,
    /// It is called off.
    Cancelled,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Moment {
    Follow {
        who: Person,
    },
    /// A chat message that Twitchat tells nobody about; it counts in the summary.
    Chat {
        who: Person,
    },
    /// The first message of the day.
    FirstMessage {
        who: Person,
        text: String,
    },
    /// A message of somebody who does not follow.
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
    /// One gift each to one or more: a bomb is several.
    Gift {
        from: Person,
        to: Vec<Person>,
        tier: Tier,
    },
    /// Somebody goes on with a gifted subscription.
    GiftUpgrade {
        who: Person,
    },
    /// Somebody goes on from Prime to a paid subscription.
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
    /// Twitchat has no event for it: labels and the summary tell.
    Raid {
        who: Person,
        viewers: u64,
    },
    /// Twitchat has no event for it: labels tell.
    Category {
        name: String,
    },
    /// A tip, in hundredths: the summary alone tells.
    Tip {
        name: String,
        cents: u64,
        currency: String,
    },
    /// A finished hype train with its conductors: the summary alone tells.
    HypeTrain {
        level: u64,
        percent: u64,
        bits: (Person, u64),
        points: (Person, u64),
    },
}

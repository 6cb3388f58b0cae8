//! What happened, whatever dialect told it: the one model that Twitchat's messages and published
//! events are read into.
//!
//! Credits are a fold over facts; Streamer.bot's events are facts written in its own words
//! (`mapping::render`).

use serde_json::{Map, Value};

use super::{EventName, Money, Person};

/// A subscription's tier.
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
    strum::EnumString,
    strum::VariantNames,
)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Tier {
    #[strum(to_string = "prime")]
    Prime,
    #[default]
    #[strum(to_string = "1")]
    One,
    #[strum(to_string = "2")]
    Two,
    #[strum(to_string = "3")]
    Three,
}

/// What somebody wrote along with it. Never journalled unless asked to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chat {
    pub text: Box<str>,
    /// A number made of the text, from which nobody can make the text: it tells whether two texts
    /// may be the same, also in the journal, which has no texts. 0 without a text.
    pub print: u16,
    /// The text in pieces, as Twitchat sends them; empty when it sent none.
    pub chunks: Vec<Chunk>,
    /// Id of the chat message where the message says it (only the oldest Twitchat does).
    pub message_id: Box<str>,
    /// The channel it was written in: a Twitch user id, or `#login` from the oldest Twitchat; empty
    /// if unknown.
    pub channel: Box<str>,
    /// The author's colour, `#RRGGBB`, where known.
    pub color: Box<str>,
    /// Badge name and version, from IRC tags.
    pub badges: Vec<(Box<str>, Box<str>)>,
    /// What sets it apart from other lines of the chat.
    pub kind: ChatKind,
}

/// What sets a chat text apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChatKind {
    #[default]
    Plain,
    /// Written with `/me`.
    Me,
    /// Highlighted with channel points.
    Highlighted,
    /// The text of a custom reward.
    Reward,
}

/// A piece of a chat text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// Words, links, highlighted words.
    Text(Box<str>),
    /// An emote: its name and picture.
    Emote {
        /// Name as written.
        name: Box<str>,
        /// Largest picture there is.
        url: Box<str>,
    },
    /// A cheermote: its text, bits and picture.
    Cheer {
        /// As written, `Cheer100`.
        text: Box<str>,
        /// How many bits it stands for.
        bits: u64,
        /// Largest picture there is.
        url: Box<str>,
    },
    Mention {
        text: Box<str>,
        login: Box<str>,
    },
}

/// A new or a renewed subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub who: Person,
    /// At which tier. Upgrades are always reported as tier 1.
    pub tier: Tier,
    /// New, renewed or taken over.
    pub kind: SubKind,
    /// Months paid at once: 1, 3 or 6.
    pub months: u32,
    /// Months in total; 0 where not told.
    pub cumulative_months: u32,
    /// Months in a row; 1 may mean "not shared".
    pub streak_months: u32,
    /// What they wrote.
    pub chat: Chat,
}

impl Subscription {
    /// Months in total as far as they are known: the total; where that is not told, the streak,
    /// which is at least 2 if it is shared; else 0.
    pub fn known_months(&self) -> u32 {
        match (self.cumulative_months, self.streak_months) {
            (0, 0 | 1) => 0,
            (0, streak) => streak,
            (total, _) => total,
        }
    }
}

/// How a subscription came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SubKind {
    New,
    Renewed,
    PrimeUpgrade,
    GiftUpgrade,
}

/// Subscriptions given to others in one message. Usually one recipient; Twitchat sends a gift bomb
/// as single gifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    pub gifter: Person,
    /// At which tier.
    pub tier: Tier,
    /// Who gets one; may be shorter than `count` (a summary does not name them).
    pub recipients: Vec<Person>,
    /// How many subscriptions.
    pub count: u32,
    pub months: u32,
    /// The recipient's months in total, where told.
    pub cumulative_months: u32,
    /// Whether the sender itself says that this is a bomb (a published `GiftBomb`, several
    /// recipients in one message, a wave in a summary).
    pub bomb: bool,
    /// Whether the sender itself says that this single gift belongs to a bomb that it reports
    /// separately (`fromSubBomb`).
    pub of_bomb: bool,
    /// Whether the sender itself says that this single gift belongs to no bomb.
    pub lone: bool,
    /// The gifter's own total, where told.
    pub total: u32,
}

/// Channel points spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    /// The redemption's own id, where told: it may be cancelled later.
    pub id: Box<str>,
    pub who: Person,
    /// The reward's id; `highlighted-message` and the like for Twitch's own.
    pub reward_id: Box<str>,
    pub title: Box<str>,
    /// Points; `None` where not told (Twitchat says -1 for Twitch's own rewards, a summary
    /// nothing).
    pub cost: Option<u64>,
    /// What they wrote.
    pub chat: Chat,
    /// One of Twitch's own rewards.
    pub automatic: bool,
}

/// Who drove a hype train and with how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    pub who: Person,
    /// `bits` or `subs` (hype-train points, not a number of subscriptions).
    pub kind: Box<str>,
    pub total: u64,
}

/// One report of a hype train.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HypeTrain {
    /// Which event tells it: `HypeTrainStart`, `HypeTrainUpdate`, `HypeTrainLevelUp`,
    /// `HypeTrainEnd`.
    pub phase: Box<str>,
    pub level: u32,
    /// Percent of that level.
    pub percent: u32,
    /// Who conducts: the first of `top_contributions` of each kind.
    pub conductors: Vec<Contribution>,
    /// All that are named, conductors included.
    pub contributors: Vec<Contribution>,
}

/// Which of the custom sections money or membership goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SupportKind {
    Tip,
    Merch,
    Member,
}

/// Support that does not come through Twitch itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// Tip, merch or membership.
    pub kind: SupportKind,
    pub who: Person,
    /// How much, where told.
    pub money: Option<Money>,
    /// What was bought, or the member's tier.
    pub what: Box<str>,
    /// The event that tells it, `Kofi.Donation` and so on.
    pub name: EventName,
    /// What a refund calls it; empty where no refund can name it.
    pub id: Box<str>,
}

/// Somebody is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Who, with the roles that the message shows.
    pub who: Person,
    /// Whether they spoke in chat (else they were only named).
    pub spoke: bool,
    /// How this is told as an event.
    pub emitted_as: PresenceEvent,
    /// What they wrote.
    pub chat: Chat,
}

/// How a [`Presence`] is told as an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PresenceEvent {
    /// `FirstWord`: the first message of a stream. `ever` when it is the first on this channel at
    /// all.
    FirstWord {
        /// First on this channel at all.
        ever: bool,
    },
    /// `ChatMessage`.
    ChatMessage,
    /// Not at all: a summary's row, a message that nobody saw, or one that was written long ago.
    Silent,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A new follower.
    Follow { who: Person },
    Cheer {
        who: Person,
        /// How many bits.
        bits: u64,
        /// What they wrote.
        chat: Chat,
    },
    /// A subscription by oneself.
    Subscription(Subscription),
    /// Subscriptions given away.
    Gift(Gift),
    /// A raid comes in.
    Raid {
        who: Person,
        /// With how many viewers.
        viewers: u64,
        /// Their picture, where known.
        avatar: Box<str>,
    },
    /// Channel points spent.
    Redemption(Redemption),
    /// A redemption was cancelled or rejected: the points went back. Or support was refunded.
    Withdrawn {
        /// The redemption's own id, or [`Support::id`].
        id: Box<str>,
    },
    /// Points given to a community goal.
    GoalContribution {
        who: Person,
        /// How many points; 0 where not told.
        points: u64,
    },
    /// The stream's category or title changed.
    Stream {
        /// Category; empty where not told.
        category: Box<str>,
        /// Title; empty where not told.
        title: Box<str>,
    },
    /// An emote pyramid was built.
    Pyramid {
        /// Who built it.
        who: Person,
        width: u32,
    },
    /// A hype train.
    HypeTrain(HypeTrain),
    /// Tips, merch, memberships.
    Support(Support),
    /// Somebody is there.
    Presence(Presence),
    /// The broadcaster's account became known.
    Broadcaster {
        /// Twitch user id.
        id: Box<str>,
        /// `true` when it comes from the owner's own poll or prediction; `false` when it is only
        /// the channel of a message, which may be another one.
        own: bool,
    },
    /// Somebody was banned from the channel, or no longer is.
    Ban {
        who: Person,
        /// Whether the ban has ended.
        lifted: bool,
    },
    /// An event that feeds no section: it is told, not counted.
    Plain {
        name: EventName,
        /// Its data, as Streamer.bot would send it.
        data: Map<String, Value>,
    },
}

impl Fact {
    /// Whether credits change by it: such facts are journalled before they count.
    pub fn counts(&self) -> bool {
        !matches!(self, Self::Plain { .. })
    }

    /// Runs over every person that the fact names.
    pub fn each_person(&mut self, mut each: impl FnMut(&mut Person)) {
        match self {
            Self::Follow { who }
            | Self::Cheer { who, .. }
            | Self::Raid { who, .. }
            | Self::GoalContribution { who, .. }
            | Self::Pyramid { who, .. }
            | Self::Ban { who, .. } => each(who),
            Self::Subscription(subscription) => each(&mut subscription.who),
            Self::Gift(gift) => {
                each(&mut gift.gifter);
                gift.recipients.iter_mut().for_each(each);
            }
            Self::Redemption(redemption) => each(&mut redemption.who),
            Self::HypeTrain(train) => train
                .conductors
                .iter_mut()
                .chain(&mut train.contributors)
                .for_each(|one| each(&mut one.who)),
            Self::Support(support) => each(&mut support.who),
            Self::Presence(presence) => each(&mut presence.who),
            Self::Withdrawn { .. }
            | Self::Stream { .. }
            | Self::Broadcaster { .. }
            | Self::Plain { .. } => {}
        }
    }
}

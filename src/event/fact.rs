//! Facts: things that happened, independent of the version of the message that reported them.
//! Twitchat's messages and published events are both read into this model.
//!
//! Credits are a fold over facts. `mapping::render` turns facts into Streamer.bot's events.

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
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[expect(missing_docs, reason = "the names are sufficient")]
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

/// The text that somebody wrote along with an event. It is journalled only if the config wants
/// that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chat {
    pub text: Box<str>,
    /// A hash of the text, from which the text cannot be recovered. It shows whether two texts may
    /// be the same, also in the journal, which has no texts. 0 without a text.
    pub print: u16,
    /// The text in pieces, as Twitchat sends them; empty when it sent none.
    pub chunks: Vec<Chunk>,
    /// Id of the chat message, if the message has it (only the oldest Twitchat sends it).
    pub message_id: Box<str>,
    /// The channel in which the text was written: a Twitch user id, or `#login` from the oldest
    /// Twitchat; empty if unknown.
    pub channel: Box<str>,
    /// The author's colour, `#RRGGBB`; empty if unknown.
    pub color: Box<str>,
    /// Badge name and version, from IRC tags.
    pub badges: Vec<(Box<str>, Box<str>)>,
    /// How the line differs from other lines of the chat.
    pub kind: ChatKind,
}

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
    /// Words, links and highlighted words.
    Text(Box<str>),
    /// An emote: its name and picture.
    Emote {
        /// Name as written.
        name: Box<str>,
        /// Address of the largest picture that the message has.
        url: Box<str>,
    },
    /// A cheermote: its text, bits and picture.
    Cheer {
        /// The text as written, such as `Cheer100`.
        text: Box<str>,
        /// Its value in bits.
        bits: u64,
        /// Address of the largest picture that the message has.
        url: Box<str>,
    },
    Mention {
        text: Box<str>,
        login: Box<str>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subscription {
    pub who: Person,
    /// Upgrades are always reported as tier 1.
    pub tier: Tier,
    /// Whether the subscription is new, renewed or an upgrade.
    pub kind: SubKind,
    /// Months paid at once: 1, 3 or 6.
    pub months: u32,
    /// Months in total; 0 if not reported.
    pub cumulative_months: u32,
    /// Months in a row; 1 may mean "not shared".
    pub streak_months: u32,
    pub chat: Chat,
}

impl Subscription {
    /// The best known number of months in total: the total; if it is not reported, the streak,
    /// which is at least 2 if it is shared; else 0.
    pub fn known_months(&self) -> u32 {
        match (self.cumulative_months, self.streak_months) {
            (0, 0 | 1) => 0,
            (0, streak) => streak,
            (total, _) => total,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum SubKind {
    #[default]
    New,
    Renewed,
    PrimeUpgrade,
    GiftUpgrade,
}

/// Subscriptions given to others, as one message reports them. It usually has one recipient,
/// because Twitchat sends a gift bomb as single gifts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gift {
    pub gifter: Person,
    pub tier: Tier,
    /// There may be fewer than `count`, because a summary does not name the recipients.
    pub recipients: Vec<Person>,
    /// Number of subscriptions.
    pub count: u32,
    pub months: u32,
    /// The recipient's months in total; 0 if not reported.
    pub cumulative_months: u32,
    /// Whether the message itself marks this as a gift bomb (a published `GiftBomb`, several
    /// recipients in one message, a gift bomb in a summary).
    pub bomb: bool,
    /// Whether the message itself marks this single gift as part of a bomb that is reported
    /// separately (`fromSubBomb`).
    pub of_bomb: bool,
    /// Whether the message itself marks this single gift as part of no bomb.
    pub lone: bool,
    /// The number of subscriptions that the gifter has given in total; 0 if not reported.
    pub total: u32,
}

/// A redemption of channel points.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redemption {
    /// The redemption's own id, by which it may be cancelled later; empty if not reported.
    pub id: Box<str>,
    pub who: Person,
    /// The reward's id. Twitch's own rewards have words as ids, such as `highlighted-message`.
    pub reward_id: Box<str>,
    pub title: Box<str>,
    /// Price in channel points. `None` if not reported: Twitchat sends -1 for Twitch's own rewards,
    /// and a summary sends nothing.
    pub cost: Option<u64>,
    pub chat: Chat,
    /// Whether this is one of Twitch's own rewards.
    pub automatic: bool,
}

/// One person's contribution to a hype train.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    pub who: Person,
    /// `bits` or `subs` (hype-train points, not a number of subscriptions).
    pub kind: Box<str>,
    pub total: u64,
}

/// One report of a hype train.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HypeTrain {
    /// The type of the event that reports it: `HypeTrainStart`, `HypeTrainUpdate`,
    /// `HypeTrainLevelUp` or `HypeTrainEnd`.
    pub phase: Box<str>,
    pub level: u32,
    /// Progress within the level, in percent.
    pub percent: u32,
    /// The conductors: the first entry of each kind in `top_contributions`.
    pub conductors: Vec<Contribution>,
    /// All contributors that are named, including the conductors.
    pub contributors: Vec<Contribution>,
}

/// The section of the credits that a tip, a purchase or a membership goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum SupportKind {
    Tip,
    Merch,
    Member,
}

/// Support that does not come through Twitch itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// Whether it is a tip, merch or a membership.
    pub kind: SupportKind,
    pub who: Person,
    /// The amount; `None` if not reported.
    pub money: Option<Money>,
    /// The goods that were bought, or the member's tier.
    pub what: Box<str>,
    /// The name of the event that reports it, such as `Kofi.Donation`.
    pub name: EventName,
    /// The id by which a refund refers to this support; empty if no refund can refer to it.
    pub id: Box<str>,
}

/// Somebody is present in chat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presence {
    /// The person, with the roles that the message shows.
    pub who: Person,
    /// Whether the person wrote in chat. If not, a message only named them.
    pub spoke: bool,
    pub emitted_as: PresenceEvent,
    pub chat: Chat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PresenceEvent {
    /// `FirstWord`: the person's first message in this stream.
    FirstWord {
        /// Whether it is the person's first message ever on this channel.
        ever: bool,
    },
    /// `ChatMessage`.
    ChatMessage,
    /// No event: the presence comes from a summary's row, from a message that viewers did not see,
    /// or from one that was written long ago.
    #[default]
    Silent,
}

impl Presence {
    /// Whether it reports the person's first message ever on this channel.
    pub fn is_first_ever(&self) -> bool {
        self.emitted_as == PresenceEvent::FirstWord { ever: true }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    Follow {
        who: Person,
    },
    Cheer {
        who: Person,
        bits: u64,
        chat: Chat,
    },
    /// A subscription that somebody bought or renewed for themselves.
    Subscription(Subscription),
    /// Subscriptions that somebody gave to others.
    Gift(Gift),
    /// A raid arrives on the channel.
    Raid {
        who: Person,
        /// Number of viewers that the raid brings.
        viewers: u64,
        /// Address of the raider's picture; empty if unknown.
        avatar: Box<str>,
    },
    /// A redemption of channel points.
    Redemption(Redemption),
    /// A redemption was cancelled or rejected, so its points went back; or support was refunded.
    Withdrawn {
        /// The redemption's own id, or [`Support::id`].
        id: Box<str>,
    },
    /// Points given to a community goal.
    GoalContribution {
        who: Person,
        /// Number of points; 0 if not reported.
        points: u64,
    },
    /// The stream's category or title changed.
    Stream {
        /// The category; empty if not reported.
        category: Box<str>,
        /// The title; empty if not reported.
        title: Box<str>,
    },
    /// An emote pyramid was built.
    Pyramid {
        who: Person,
        width: u32,
    },
    /// A hype train was reported.
    HypeTrain(HypeTrain),
    /// A tip, a purchase or a membership.
    Support(Support),
    /// Somebody is present in chat.
    Presence(Presence),
    /// The broadcaster's account became known.
    Broadcaster {
        /// Twitch user id.
        id: Box<str>,
        /// `true` when it comes from the owner's own poll or prediction; `false` when it is only
        /// the channel of a message, which may be another one.
        own: bool,
    },
    /// Somebody was banned from the channel, or a ban ended.
    Ban {
        who: Person,
        /// Whether the ban has ended.
        lifted: bool,
    },
    /// An event that feeds no section: it is emitted but not counted.
    Plain {
        name: EventName,
        /// The event's `data`, as Streamer.bot would send it.
        data: Map<String, Value>,
    },
}

impl Fact {
    /// Whether the fact changes the credits. Such facts are journalled before they count.
    pub fn counts(&self) -> bool {
        !matches!(self, Self::Plain { .. })
    }

    /// Calls `each` for every person that the fact names.
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

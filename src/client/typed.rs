//! The data of the events that most programs are about, as types. They hold the keys that overlays
//! use most; the rest is in [`Event::data`] and [`Event::json`].

use serde::{Deserialize, de::DeserializeOwned};

use super::{Error, event::Event};

/// An event's data, by what happened. The same thing on another platform is the same variant: a new
/// subscriber on YouTube follows, as somebody on Twitch does.
///
/// ```
/// use twitchat_bridge::client::{Error, Event, events::Typed};
///
/// fn line(event: &Event) -> Result<Option<String>, Error> {
///     Ok(match event.typed()? {
///         Typed::Follow(follow) => Some(format!("{} follows", follow.user.name)),
///         Typed::Raid(raid) => Some(format!("{} brings {} viewers", raid.user.name, raid.viewers)),
///         Typed::Donation(tip) => Some(format!("{} gave {}", tip.from, tip.formatted_amount)),
///         _ => None,
///     })
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Typed {
    /// `Twitch.Follow`, `YouTube.NewSubscriber`, `Trovo.Follow`, `Kick.Follow`.
    Follow(Follow),
    /// `Twitch.Cheer`.
    Cheer(Cheer),
    /// `Twitch.Sub`, `Twitch.PrimePaidUpgrade`, `Twitch.GiftPaidUpgrade`, and `Subscription` of
    /// Trovo and Kick.
    Sub(Sub),
    /// `Twitch.ReSub`, and `Resubscription` of Trovo and Kick.
    ReSub(ReSub),
    /// `Twitch.GiftSub`, and `GiftSubscription` of Trovo and Kick: one for each recipient, after
    /// the gift bomb if it is part of one.
    GiftSub(GiftSub),
    /// `Twitch.GiftBomb`, and `MassGiftSubscription` of Trovo and Kick.
    GiftBomb(GiftBomb),
    /// `Twitch.Raid`, `Trovo.Raid`.
    Raid(Raid),
    /// `Twitch.RewardRedemption`, `Kick.RewardRedemption`.
    Redemption(Redemption),
    /// `ChatMessage` of Twitch, Trovo and Kick, and `YouTube.Message`.
    ChatMessage(ChatMessage),
    /// Tips, purchases and memberships of Ko-fi, Streamlabs, StreamElements and all other services,
    /// and YouTube's Super Chats.
    Donation(Donation),
    /// Any other event.
    Other,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The platform's id; empty if it is not known.
    pub id: String,
    /// The name in lower case; empty if it is not known.
    pub login: String,
    /// The name as it is shown.
    pub name: String,
}

/// Somebody follows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Follow {
    /// The person who did it.
    pub user: User,
}

/// Somebody cheered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Cheer {
    /// The person who did it; Twitch's account for anonymous people if they did it anonymously.
    pub user: User,
    /// How many bits.
    pub bits: u64,
    /// What they wrote.
    pub text: String,
    /// Whether they hide their name.
    #[serde(rename = "isAnonymous")]
    pub is_anonymous: bool,
}

/// Somebody subscribed for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Sub {
    /// The person who did it.
    pub user: User,
    /// `1000`, `2000` or `3000`.
    #[serde(rename = "sub_tier")]
    pub tier: String,
    /// Whether it is Prime's.
    pub is_prime: bool,
}

/// Somebody subscribed again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReSub {
    /// The person who did it.
    pub user: User,
    /// `1000`, `2000` or `3000`.
    #[serde(rename = "subTier")]
    pub tier: String,
    /// Whether it is Prime's.
    #[serde(rename = "isPrime")]
    pub is_prime: bool,
    /// For how many months in all; the streak where that is not known, else 0.
    #[serde(rename = "cumulativeMonths")]
    pub months: u64,
    /// What they wrote.
    pub text: String,
}

/// Somebody gave somebody a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GiftSub {
    /// The giver.
    pub user: User,
    /// The person who received it.
    pub recipient: User,
    /// `1000`, `2000` or `3000`.
    #[serde(rename = "subTier")]
    pub tier: String,
    /// Whether it is part of a [`GiftBomb`].
    #[serde(rename = "fromSubBomb")]
    pub is_from_bomb: bool,
    /// Whether the giver hides their name.
    #[serde(rename = "isAnonymous")]
    pub is_anonymous: bool,
}

/// Somebody gave several subscriptions at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GiftBomb {
    /// The giver.
    pub user: User,
    /// How many.
    pub gifts: u64,
    /// `1000`, `2000` or `3000`.
    #[serde(rename = "sub_tier")]
    pub tier: String,
    /// Whether the giver hides their name.
    #[serde(rename = "isAnonymous")]
    pub is_anonymous: bool,
}

/// A raid has come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Raid {
    /// The person who leads it.
    pub user: User,
    /// How many viewers they bring.
    pub viewers: u64,
}

/// Somebody spent channel points.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Redemption {
    /// The person who did it.
    pub user: User,
    /// On what.
    pub reward: Reward,
    /// What they wrote, if the reward asks for a text.
    #[serde(rename = "user_input")]
    pub text: String,
}

/// What channel points are spent on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Reward {
    /// Twitch's id; empty if it is not known.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many points it costs.
    pub cost: u64,
}

/// Somebody wrote into the chat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ChatMessage {
    /// The person who did it.
    pub user: User,
    /// The text.
    pub text: String,
    /// The platform's id of the message.
    #[serde(rename = "messageId")]
    pub id: String,
}

/// Somebody gave money.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Donation {
    /// The name that the service gives.
    pub from: String,
    /// The amount with its currency, as people write it; empty if it is not known.
    #[serde(rename = "formattedAmount")]
    pub formatted_amount: String,
    /// The currency's code or sign; empty if it is not known.
    pub currency: String,
    /// What they wrote.
    pub message: String,
}

impl Event {
    /// The data of the events that most programs are about, in types of their own; [`Typed::Other`]
    /// for the rest.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] if the data does not have the documented shape.
    pub fn typed(&self) -> Result<Typed, Error> {
        fn read<T: DeserializeOwned>(
            event: &Event,
            variant: impl Fn(T) -> Typed,
        ) -> Result<Typed, Error> {
            event.data().map(variant)
        }
        match (self.source(), self.kind()) {
            ("Twitch" | "Trovo" | "Kick", "Follow") | ("YouTube", "NewSubscriber") => {
                read(self, Typed::Follow)
            }
            ("Twitch", "Cheer") => read(self, Typed::Cheer),
            ("Twitch", "Sub" | "PrimePaidUpgrade" | "GiftPaidUpgrade")
            | ("Trovo" | "Kick", "Subscription") => read(self, Typed::Sub),
            ("Twitch", "ReSub") | ("Trovo" | "Kick", "Resubscription") => read(self, Typed::ReSub),
            ("Twitch", "GiftSub") | ("Trovo" | "Kick", "GiftSubscription") => {
                read(self, Typed::GiftSub)
            }
            ("Twitch", "GiftBomb") | ("Trovo" | "Kick", "MassGiftSubscription") => {
                read(self, Typed::GiftBomb)
            }
            ("Twitch" | "Trovo", "Raid") => read(self, Typed::Raid),
            ("Twitch" | "Kick", "RewardRedemption") => read(self, Typed::Redemption),
            ("Twitch" | "Trovo" | "Kick", "ChatMessage") | ("YouTube", "Message") => {
                read(self, Typed::ChatMessage)
            }
            _ if is_support(self) => read(self, Typed::Donation),
            _ => Ok(Typed::Other),
        }
    }
}

/// Whether it means that somebody gave money. What changes or takes back an earlier one does not.
fn is_support(event: &Event) -> bool {
    matches!(
        (event.source(), event.kind()),
        ("Twitch", "CharityDonation")
            | (
                "YouTube",
                "SuperChat" | "SuperSticker" | "NewSponsor" | "MemberMileStone" | "MembershipGift"
            )
            | (
                "Kofi",
                "Donation" | "Subscription" | "Resubscription" | "ShopOrder" | "Commission"
            )
            | ("Streamlabs", "Donation" | "CharityDonation" | "Merchandise")
            | ("StreamElements", "Tip" | "Merch")
            | ("TipeeeStream" | "DonorDrive", "Donation")
            | ("TreatStream", "Treat")
            | ("Pallygg", "CampaignTip")
            | ("Patreon", "PledgeCreated")
            | ("Shopify", "OrderCreated" | "OrderPaid")
            | (
                "Fourthwall",
                "Donation" | "OrderPlaced" | "GiftPurchase" | "SubscriptionPurchased"
            )
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::event::EventName;

    /// An event as a client receives it.
    fn received(name: EventName, data: &Value) -> Event {
        Event {
            name,
            seq: 1,
            timestamp: None,
            is_replay: false,
            data: serde_json::value::to_raw_value(data).unwrap().into(),
        }
    }

    fn is_typed(event: &Event) -> bool {
        event
            .typed()
            .unwrap_or_else(|error| panic!("{error:?}: {}", event.json()))
            != Typed::Other
    }

    #[test]
    fn every_documented_example_of_an_event_fits_its_type() {
        let examples: Value =
            serde_json::from_str(include_str!("../mapping/render/examples.json")).unwrap();
        let name = |title: &str| EventName::parse(title.split(' ').next().unwrap()).unwrap();
        let typed = examples
            .as_object()
            .unwrap()
            .iter()
            .filter(|(title, data)| is_typed(&received(name(title), data)))
            .count();
        assert!(typed >= 9, "{typed}");
    }

    #[test]
    fn what_services_send_fits_its_type_once_the_bridge_has_read_it() {
        use crate::mapping::{published, render};
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/services");
        let mut typed = 0;
        for file in std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|file| file.extension().is_some_and(|end| end == "json"))
        {
            let parts: Vec<_> = file
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .split('-')
                .collect();
            let name = EventName::new(parts[0], parts[1]);
            let data: Value =
                serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            let context = render::Context {
                at_ms: 0,
                id: "",
                broadcaster: None,
            };
            for reading in published::read(&name, &data).unwrap_or_default() {
                let event = published::event(&name, &reading, &reading.says, &context);
                typed += usize::from(is_typed(&received(event.name, &event.data)));
            }
        }
        assert!(typed >= 20, "{typed}");
    }
}

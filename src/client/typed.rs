//! Types for the data of the most common events. They contain the keys that overlays use most. Use
//! [`Event::data`] and [`Event::json`] for the other keys.

use serde::{Deserialize, de::DeserializeOwned};

use super::{Error, event::Event};

/// The data of an event. The same kind of event on several platforms is one variant: a new
/// subscriber on YouTube is a [`Follow`](Self::Follow), as a new follower on Twitch is.
///
/// ```
/// use twitchat_bridge::client::{Error, Event, events::Typed};
///
/// fn line(event: &Event) -> Result<Option<String>, Error> {
///     Ok(match event.typed()? {
///         Typed::Follow(follow) => Some(format!("{} follows", follow.user.name)),
///         Typed::Raid(raid) => {
///             Some(format!("{} brings {} viewers", raid.user.name, raid.viewers))
///         }
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
    /// `Twitch.Cheer`, a cheer with bits.
    Cheer(Cheer),
    /// `Twitch.Sub`, `Twitch.PrimePaidUpgrade`, `Twitch.GiftPaidUpgrade`, and `Subscription` of
    /// Trovo and Kick.
    Sub(Sub),
    /// `Twitch.ReSub`, and `Resubscription` of Trovo and Kick.
    ReSub(ReSub),
    /// `Twitch.GiftSub`, and `GiftSubscription` of Trovo and Kick: one event for each recipient. If
    /// it is part of a gift bomb, the gift bomb comes first.
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
    /// Any other event. Read its data with [`Event::data`].
    Other,
}

/// A person on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The id on the platform; empty if the bridge does not know it.
    pub id: String,
    /// The name in lower case; empty if the bridge does not know it.
    pub login: String,
    /// The name as the platform shows it.
    pub name: String,
}

/// A person follows the channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Follow {
    /// The person who is the new follower.
    pub user: User,
}

/// A person cheered with bits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Cheer {
    /// The person who cheered. For an anonymous cheer, this is the account that Twitch uses for
    /// them.
    pub user: User,
    /// The number of bits that the person cheered with.
    pub bits: u64,
    /// The chat message that the person cheered with.
    pub text: String,
    /// Whether the person hides their name.
    #[serde(rename = "isAnonymous")]
    pub is_anonymous: bool,
}

/// A person subscribed for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Sub {
    /// The new subscriber.
    pub user: User,
    /// `1000`, `2000` or `3000`.
    #[serde(rename = "sub_tier")]
    pub tier: String,
    /// Whether it is a subscription with Prime.
    pub is_prime: bool,
}

/// A person subscribed again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReSub {
    /// The person who subscribed again.
    pub user: User,
    /// `1000`, `2000` or `3000`.
    #[serde(rename = "subTier")]
    pub tier: String,
    /// Whether it is a subscription with Prime.
    #[serde(rename = "isPrime")]
    pub is_prime: bool,
    /// The total number of months. If it is not known, this is the length of the streak in months,
    /// or 0.
    #[serde(rename = "cumulativeMonths")]
    pub months: u64,
    /// The chat message of the person; empty if there is none.
    pub text: String,
}

/// A person gave another person a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GiftSub {
    /// The person who gave the subscription.
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

/// A person gave several subscriptions at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GiftBomb {
    /// The person who gave the subscriptions.
    pub user: User,
    /// The number of subscriptions.
    pub gifts: u64,
    /// `1000`, `2000` or `3000`.
    #[serde(rename = "sub_tier")]
    pub tier: String,
    /// Whether the giver hides their name.
    #[serde(rename = "isAnonymous")]
    pub is_anonymous: bool,
}

/// Another channel raids this one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Raid {
    /// The owner of the channel that raids.
    pub user: User,
    /// The number of viewers in the raid.
    pub viewers: u64,
}

/// A person spent channel points.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Redemption {
    /// The person who spent the points.
    pub user: User,
    /// The reward that the person chose.
    pub reward: Reward,
    /// The text that the person entered; empty if the reward does not ask for one.
    #[serde(rename = "user_input")]
    pub text: String,
}

/// A reward for channel points.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Reward {
    /// The id on the platform; empty if the bridge does not know it.
    pub id: String,
    /// The title that viewers see.
    pub title: String,
    /// The price in points.
    pub cost: u64,
}

/// A person wrote a chat message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ChatMessage {
    /// The person who wrote the message.
    pub user: User,
    /// The text as the person wrote it.
    pub text: String,
    /// The id of the message on the platform.
    #[serde(rename = "messageId")]
    pub id: String,
}

/// A person supported the channel with money.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Donation {
    /// The name that the service reports.
    pub from: String,
    /// The amount with its currency, formatted for people; empty if it is not known.
    #[serde(rename = "formattedAmount")]
    pub formatted_amount: String,
    /// The currency's code or sign; empty if it is not known.
    pub currency: String,
    /// The message of the person; empty if there is none.
    pub message: String,
}

impl Event {
    /// Reads the data into the type for this event. For events without a type, the result is
    /// [`Typed::Other`]. [`Typed`] has an example.
    ///
    /// ```
    /// # use twitchat_bridge::client::{Error, Event, events::Typed};
    /// fn is_chat(event: &Event) -> Result<bool, Error> {
    ///     Ok(matches!(event.typed()?, Typed::ChatMessage(_)))
    /// }
    /// ```
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

/// `false` for events that change or undo an earlier payment.
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
                let event = published::event(&name, &reading, &reading.fact, &context);
                typed += usize::from(is_typed(&received(event.name, &event.data)));
            }
        }
        assert!(typed >= 20, "{typed}");
    }
}

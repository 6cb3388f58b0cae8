//! The plan of the roll, as the config sets it: its sections in order, and their options.

use std::collections::HashSet;

use serde::Serialize;

use super::{kind::Kind, service::Service};
use crate::event::{Platform, fact::Tier};

/// How the names of a section are arranged.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Serialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case", ascii_case_insensitive)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Layout {
    Left,
    #[default]
    Center,
    Right,
    FlowLeft,
    FlowCenter,
    FlowRight,
    TwoColumns,
    ThreeColumns,
    /// Names end and amounts begin at one common axis.
    Pairs,
}

impl Layout {
    /// The layout of a section whose first kind is `kind`, unless the config sets another one.
    pub(super) fn usual(kind: Kind) -> Self {
        if kind.is_support() {
            Self::Pairs
        } else {
            Self::default()
        }
    }
}

/// The order of the names of a section.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Sort {
    /// The order in which people were first seen.
    #[default]
    First,
    /// Sorted by name, in any case.
    Name,
    /// Sorted by amount, the most first. Equal amounts are sorted by name.
    Amount,
    /// Moderators come first, then VIPs, then subscribers, then others.
    Role,
    /// Sorted by tier, the highest first.
    Tier,
    /// Sorted by kind, in the order of the kinds of the section.
    Kind,
    /// Patrons sorted by the sum of all their payments, the most first.
    Total,
}

/// A group of chatters.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Role {
    Moderators,
    Vips,
    Subscribers,
    Others,
}

/// Whether and how amounts are shown beside the names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Amounts {
    #[default]
    Hidden,
    /// Amounts are shown as the bridge's texts, such as `500 bits` or `×3`.
    Shown,
    /// Amounts are shown as a text of the user, in which `{n}` is the number, `{amount}` the
    /// bridge's text, and `{total}` the sum of a patron's payments.
    Worded(Box<str>),
    /// Amounts are shown beside the names of these kinds alone.
    Of(Vec<Kind>),
}

/// Whether cheers in pinned messages are included.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Pinned {
    #[default]
    With,
    Without,
    Only,
}

/// The plan of one section.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Plan {
    /// The name of the section for `goto`.
    pub id: Box<str>,
    /// The kinds of people that it lists, in one common list.
    pub kinds: Vec<Kind>,
    /// The title, with placeholders; `None` for the kind's default.
    pub title: Option<Box<str>>,
    /// Name of an icon, an emoji or a URL; empty for no icon, and `None` for the kind's default.
    pub icon: Option<Box<str>>,
    /// How the names are arranged.
    pub layout: Layout,
    /// The order of the names.
    pub sort: Sort,
    /// The orders of names that are equal in the orders before.
    pub then: Vec<Sort>,
    /// Whether and how amounts are shown beside the names.
    pub amounts: Amounts,
    /// Whether a patron's amount is the sum of all payments instead of the number of months.
    pub lifetime: bool,
    /// Whether icons for roles and kinds are shown before the names.
    pub badges: bool,
    /// Whether lines are shown below a name: a poll's choices, the people who redeemed a reward or
    /// conducted a train, and the goods that were bought.
    pub details: bool,
    /// Largest number of recipients that stand below somebody who gave subscriptions; 0 for none.
    pub recipients: usize,
    /// Whether images are shown beside a name; `None` to show them with `details`.
    pub images: Option<bool>,
    /// Largest number of names; `None` for no limit.
    pub limit: Option<usize>,
    /// Whether a person who gave twice is listed once.
    pub merge: bool,
    /// Names to leave out of this section, in lower case. People whom `credits.ignore` lists are
    /// left out of all sections.
    pub ignore: HashSet<Box<str>>,
    /// Platforms to include; empty for all.
    pub platforms: HashSet<Platform>,
    /// Services whose tips, purchases and memberships to include; empty for all.
    pub services: HashSet<Service>,
    /// Tiers of subscriptions to include; empty for all.
    pub tiers: HashSet<Tier>,
    /// Roles of chatters to include; empty for all.
    pub roles: HashSet<Role>,
    /// Rewards, groups, custom lists or patrons' tiers to include, by name or id in lower case;
    /// empty for all.
    pub only: HashSet<Box<str>>,
    pub pinned: Pinned,
    /// Whether last names are shortened to their first letter.
    pub short_names: bool,
    /// The text of a text section, with placeholders.
    pub text: Box<str>,
    /// URL of an image, or its path beside the page.
    pub image: Box<str>,
    /// Text for when the image cannot be shown.
    pub alt: Box<str>,
    /// Height of the image in pixels; `None` for the default.
    pub height: Option<u32>,
    /// Text for a section without anybody.
    pub empty: Option<Box<str>>,
}

impl Plan {
    /// A section of these kinds with default options.
    pub fn of(id: &str, kinds: &[Kind]) -> Self {
        let first = kinds.first().copied().unwrap_or(Kind::Text);
        Self {
            id: id.into(),
            kinds: kinds.to_vec(),
            title: None,
            icon: None,
            layout: Layout::usual(first),
            sort: Sort::default(),
            then: Vec::new(),
            amounts: if first.has_amounts() {
                Amounts::Shown
            } else {
                Amounts::Hidden
            },
            lifetime: false,
            badges: false,
            details: true,
            recipients: 0,
            images: None,
            limit: None,
            merge: true,
            ignore: HashSet::new(),
            platforms: HashSet::new(),
            services: HashSet::new(),
            tiers: HashSet::new(),
            roles: HashSet::new(),
            only: HashSet::new(),
            pinned: Pinned::default(),
            short_names: false,
            text: Box::default(),
            image: Box::default(),
            alt: Box::default(),
            height: None,
            empty: None,
        }
    }

    /// The default sections of a roll.
    pub(super) fn usual() -> Vec<Self> {
        let kinds = [
            Kind::Raids,
            Kind::Follows,
            Kind::Subs,
            Kind::ReSubs,
            Kind::GiftSubs,
            Kind::Cheers,
            Kind::Tips,
            Kind::Members,
            Kind::Merch,
            Kind::SuperChats,
            Kind::TiktokGifts,
            Kind::HypeTrains,
            Kind::Redemptions,
            Kind::Goals,
            Kind::Pyramids,
            Kind::Lists,
            Kind::Moderators,
            Kind::Vips,
            Kind::Chatters,
            Kind::Games,
        ];
        let mut sections: Vec<_> = kinds
            .iter()
            .map(|kind| Self::of(kind.name(), &[*kind]))
            .collect();
        for plan in &mut sections {
            if plan.first() == Kind::Chatters {
                plan.layout = Layout::ThreeColumns;
            }
            plan.sort = if matches!(
                plan.first(),
                Kind::Cheers | Kind::GiftSubs | Kind::Redemptions
            ) {
                Sort::Amount
            } else {
                Sort::First
            };
        }
        sections.push(Self {
            text: "Thank you for watching!".into(),
            ..Self::of("thanks", &[Kind::Text])
        });
        sections
    }

    pub(super) fn first(&self) -> Kind {
        self.kinds.first().copied().unwrap_or(Kind::Text)
    }
}

impl Kind {
    /// Whether amounts are shown by default.
    pub fn has_amounts(self) -> bool {
        !matches!(
            self,
            Self::Follows
                | Self::Games
                | Self::Editors
                | Self::Moderators
                | Self::Vips
                | Self::Subscribers
                | Self::Chatters
                | Self::FirstTimeChatters
                | Self::Groups
                | Self::Lists
        )
    }

    /// Whether the amounts are what somebody gave. Such sections have the layout
    /// [`Layout::Pairs`] by default, and greater amounts get larger names.
    pub fn is_support(self) -> bool {
        matches!(
            self,
            Self::Raids
                | Self::Cheers
                | Self::TopBits
                | Self::TopBitsMonth
                | Self::TopBitsWeek
                | Self::GiftSubs
                | Self::GiftBombs
                | Self::ActiveGifters
                | Self::Tips
                | Self::Merch
                | Self::SuperChats
                | Self::SuperStickers
                | Self::TiktokGifts
                | Self::Conductors
                | Self::Contributors
                | Self::Redemptions
                | Self::TopRewards
                | Self::Goals
        )
    }
}

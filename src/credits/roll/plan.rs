//! What the roll is made of, as the config says it: its sections in order, and how it runs.

use std::collections::HashSet;

use serde::Serialize;

use super::kind::Kind;
use crate::event::{Platform, fact::Tier};

/// How the names of a section stand.
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
}

/// In which order.
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
    /// First seen first.
    #[default]
    First,
    /// By name, whatever its case.
    Name,
    /// Most first; equals by name.
    Amount,
    /// Moderators, then VIPs, then subscribers.
    Role,
    /// Highest tier first.
    Tier,
}

/// Who of the chatters is meant.
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

/// Which amounts stand beside the names, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Amounts {
    #[default]
    Hidden,
    /// In the bridge's words: `500 bits`, `×3`.
    Shown,
    /// In the user's words: `{n}` is the number.
    Worded(Box<str>),
}

/// Cheers that were pinned for money.
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

/// One section as it is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Plan {
    /// What `goto` calls it.
    pub id: Box<str>,
    /// What it lists; people of several kinds stand together.
    pub kinds: Vec<Kind>,
    /// Its title, with placeholders; the kind's own if there is none.
    pub title: Option<Box<str>>,
    /// An icon's name, an emoji or a URL; empty for none; the kind's own if nothing is said.
    pub icon: Option<Box<str>>,
    /// How the names stand.
    pub layout: Layout,
    /// In which order.
    pub sort: Sort,
    /// Which amounts stand beside the names.
    pub amounts: Amounts,
    /// A patron's amount is the sum of all they ever gave rather than the months.
    pub lifetime: bool,
    /// Roles and kinds as small icons before the names.
    pub badges: bool,
    /// Lines below a name: a poll's choices, who redeemed a reward, who conducted a train, what was
    /// bought.
    pub details: bool,
    /// The most names.
    pub limit: Option<usize>,
    /// Whether somebody who gave twice stands once.
    pub merge: bool,
    /// Who is left out besides those that are left out everywhere; in lower case.
    pub ignore: HashSet<Box<str>>,
    /// Platforms; none for all.
    pub platforms: HashSet<Platform>,
    /// Tiers of subscriptions; none for all.
    pub tiers: HashSet<Tier>,
    /// Roles of chatters; none for all.
    pub roles: HashSet<Role>,
    /// Rewards, groups, own lists, patrons' tiers by name or id, in lower case; none for all.
    pub only: HashSet<Box<str>>,
    pub pinned: Pinned,
    /// Only the first letter of last names.
    pub short_names: bool,
    /// The text of a text section, with placeholders.
    pub text: Box<str>,
    /// Where a picture is: a URL, or a path beside the page.
    pub image: Box<str>,
    /// What stands for the picture where it cannot be shown.
    pub alt: Box<str>,
    /// How high the picture is, in pixels.
    pub height: Option<u32>,
    /// What stands there when nobody does.
    pub empty: Option<Box<str>>,
}

impl Plan {
    /// A section of these kinds, as it is without any wish.
    pub fn of(id: &str, kinds: &[Kind]) -> Self {
        let first = kinds.first().copied().unwrap_or(Kind::Text);
        Self {
            id: id.into(),
            kinds: kinds.to_vec(),
            title: None,
            icon: None,
            layout: Layout::default(),
            sort: Sort::default(),
            amounts: if first.has_amounts() {
                Amounts::Shown
            } else {
                Amounts::Hidden
            },
            lifetime: false,
            badges: false,
            details: true,
            limit: None,
            merge: true,
            ignore: HashSet::new(),
            platforms: HashSet::new(),
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

    /// The sections of a roll without any config.
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
            plan.layout = if plan.first() == Kind::Chatters {
                Layout::ThreeColumns
            } else {
                Layout::default()
            };
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
    /// Whether amounts are shown unless the config says otherwise.
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
                | Self::Groups
                | Self::Lists
        )
    }
}

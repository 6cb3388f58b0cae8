//! The settings of Twitchat's own end-credits overlay as settings of our page, for
//! `overlay.follow = "twitchat"` and for `overlay import`. docs/overlay.md has a table of all
//! parameters.
//!
//! Sizes in Twitchat are pixels of the page, so they are converted to those of our page on a
//! picture with 1,080 lines.

mod formatting;
mod general;
mod slot;

use std::collections::HashSet;

use super::{
    look::{CreditsPlan, Look, Style},
    plan::Plan,
};
use crate::{
    input::{Field, Read, Setting, Show, quoted},
    twitchat::credits_settings::{self, Params},
};

/// Whose settings the end credits have.
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
pub enum Follow {
    /// Those of the config.
    #[default]
    Config,
    /// Those of Twitchat's own overlay, except for what the config has.
    Twitchat,
}

impl Follow {
    pub fn read(field: &Field<'_>) -> Read<Self> {
        field.one_of()
    }
}

impl Show for Follow {
    fn show(&self) -> Option<String> {
        Some(quoted(self.into()))
    }
}

/// The settings that Twitchat's stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The values of [`Self::names`]; all others have their defaults.
    plan: CreditsPlan,
    /// The settings that Twitchat decides, such as `overlay.scale`.
    names: Vec<&'static str>,
    sections: Vec<FollowedSection>,
    /// Whether known bots are left out; `None` if Twitchat does not say.
    ignores_bots: Option<bool>,
    unmatched: Vec<Unmatched>,
}

/// A section that a slot of Twitchat stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowedSection {
    pub plan: Plan,
    pub is_enabled: bool,
    /// The slot's id, by which Twitchat's scroll buttons name it.
    pub slot: Box<str>,
    pub slot_type: Box<str>,
}

/// A parameter for which our page has nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    pub parameter: Box<str>,
    /// The label of its section, or the type of the section; `None` for a general parameter.
    pub section: Option<Box<str>>,
    pub why: &'static str,
}

const UNKNOWN: &str = "this version of the bridge does not know it";

/// The name of the list of sections among the settings.
pub const SECTIONS: &str = "overlay.section";
/// The setting that decides about known bots.
pub const IGNORE_BOTS: &str = "credits.ignore_bots";
/// Settings that decide together how long a roll takes. If the config has one of them, Twitchat
/// decides none.
const TIMING: [&str; 3] = ["overlay.speed", "overlay.seconds", "overlay.music"];

impl Followed {
    /// `no_entry` is Twitchat's text for a section without entries; it may be empty.
    pub fn of(params: Params<'_>, no_entry: &str) -> Self {
        let mut followed = Self {
            plan: CreditsPlan::default(),
            names: Vec::new(),
            sections: Vec::new(),
            ignores_bots: None,
            unmatched: Vec::new(),
        };
        followed.plan.sections = Vec::new();
        general::read(params, no_entry, &mut followed.plan, &mut followed.names);
        followed.ignores_bots = params.flag("ignoreBots");
        let unknown = |name: &&str| !credits_settings::GENERAL.contains(name);
        followed
            .unmatched
            .extend(params.names().filter(unknown).map(|name| Unmatched {
                parameter: name.into(),
                section: None,
                why: UNKNOWN,
            }));
        let ignored = if params.is_on("ignoreBots") {
            params.words("ignoreCustomBots")
        } else {
            Vec::new()
        };
        let ignored: HashSet<Box<str>> = ignored
            .iter()
            .map(|name| name.trim().to_lowercase())
            .filter(|name| !name.is_empty())
            .map(Into::into)
            .collect();
        for slot in params.slots() {
            followed.add(slot, &ignored);
        }
        followed
    }

    fn add(&mut self, slot: Params<'_>, ignored: &HashSet<Box<str>>) {
        let slot_type = slot.text("slotType").unwrap_or_default();
        let label = slot.text("label").filter(|label| !label.trim().is_empty());
        let unmatched = |parameter: &str, why| Unmatched {
            parameter: parameter.into(),
            section: Some(label.unwrap_or(slot_type).into()),
            why,
        };
        let missing = slot::without_equivalent(slot);
        self.unmatched
            .extend(missing.into_iter().map(|(name, why)| unmatched(name, why)));
        let unknown = |name: &&str| !credits_settings::OF_SLOT.contains(name);
        let unknown = slot.names().filter(unknown);
        self.unmatched
            .extend(unknown.map(|name| unmatched(name, UNKNOWN)));
        let Some(mut plan) = slot::plan(slot) else {
            return;
        };
        plan.id = self.free(&plan.id);
        if plan.first().lists_names() {
            plan.ignore.clone_from(ignored);
        }
        self.sections.push(FollowedSection {
            plan,
            is_enabled: slot.is_not_off("enabled"),
            slot: slot.text("id").unwrap_or_default().into(),
            slot_type: slot_type.into(),
        });
    }

    /// The id, with a number if a section before has it already.
    fn free(&self, id: &str) -> Box<str> {
        let is_taken = |id: &str| self.sections.iter().any(|one| *one.plan.id == *id);
        if !is_taken(id) {
            return id.into();
        }
        let numbered = (2..=self.sections.len() + 1).map(|number| format!("{id}-{number}"));
        numbered
            .into_iter()
            .find(|id| !is_taken(id))
            .unwrap_or_default()
            .into()
    }

    /// All sections in order, also disabled ones.
    pub fn sections(&self) -> &[FollowedSection] {
        &self.sections
    }

    pub fn unmatched(&self) -> &[Unmatched] {
        &self.unmatched
    }

    /// The settings that Twitchat decides, unless the config has them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let of_sections = (!self.sections.is_empty()).then_some(SECTIONS);
        let bots = self.ignores_bots.map(|_| IGNORE_BOTS);
        self.names.iter().copied().chain(of_sections).chain(bots)
    }

    /// Whether the config decides about this setting. `fixed` are the settings that it has.
    pub fn is_fixed(name: &str, fixed: &[&str]) -> bool {
        let has = |name: &&str| fixed.contains(name);
        has(&name) || TIMING.contains(&name) && TIMING.iter().any(has)
    }

    /// Whether known bots are left out of a roll; `None` if the config decides.
    pub fn ignores_bots(&self, fixed: &[&str]) -> Option<bool> {
        self.ignores_bots
            .filter(|_| !Self::is_fixed(IGNORE_BOTS, fixed))
    }

    /// The plan that applies: that of the config, with Twitchat's settings in place of those that
    /// the config does not have. Sections of the `reserved` types are left out.
    pub fn apply(
        &self,
        configured: &CreditsPlan,
        fixed: &[&str],
        reserved: &[Box<str>],
    ) -> CreditsPlan {
        let mut plan = configured.clone();
        for name in self
            .names
            .iter()
            .filter(|name| !Self::is_fixed(name, fixed))
        {
            general::copy(name, &self.plan, &mut plan);
        }
        if !self.sections.is_empty() && !Self::is_fixed(SECTIONS, fixed) {
            plan.sections = self
                .sections
                .iter()
                .filter(|one| one.is_enabled && !reserved.contains(&one.slot_type))
                .map(|one| one.plan.clone())
                .collect();
        }
        plan
    }

    /// The value of each general setting as the config file writes it; `None` to leave it out.
    pub fn written(&self) -> Vec<(&'static str, Option<String>)> {
        let plan = &self.plan;
        let show = |name: &str| {
            shown(Look::SETTINGS, name, &plan.look)
                .or_else(|| shown(Style::SETTINGS, name, &plan.look.style))
                .or_else(|| shown(CreditsPlan::SETTINGS, name, plan))
        };
        let mut written: Vec<_> = self.names.iter().map(|name| (*name, show(name))).collect();
        let bots = self
            .ignores_bots
            .map(|bots| (IGNORE_BOTS, Some(bots.to_string())));
        written.extend(bots);
        written
    }
}

fn shown<T>(settings: &[Setting<T>], name: &str, of: &T) -> Option<String> {
    let setting = settings.iter().find(|setting| setting.name == name)?;
    (setting.show)(of)
}

#[cfg(test)]
mod tests;

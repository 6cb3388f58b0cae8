//! The slots: one section of our page for each section of Twitchat's overlay.
//!
//! Where Twitchat's overlay treats a missing parameter as `true`, so does this.

use super::formatting;
use crate::{
    credits::roll::{
        kind::Kind,
        plan::{Amounts, Layout, Pinned, Plan, Role, Sort},
    },
    event::{Platform, fact::Tier},
    twitchat::credits_settings::Params,
};

/// Types that Twitchat's overlay merges by person if `uniqueUsers` is set, and lists one by one
/// otherwise.
const CAN_MERGE: [&str; 8] = [
    "cheers",
    "subs",
    "raids",
    "powerups",
    "tiktokGifts",
    "tips",
    "ytSuperchat",
    "ytSuperSticker",
];
/// Types that Twitchat's overlay never merges, although the same person may appear again.
const NEVER_MERGED: [&str; 4] = ["so_in", "so_out", "shoutouts", "merch"];
/// Types that Twitchat's overlay always sorts by amount.
const BY_AMOUNT: [&str; 6] = [
    "so_in",
    "so_out",
    "shoutouts",
    "bans",
    "timeouts",
    "rewards",
];

/// The plan of a slot. `None` if there is no such section here.
pub(super) fn plan(slot: Params<'_>) -> Option<Plan> {
    let slot_type = slot.text("slotType")?;
    let (id, kinds) = kinds(slot_type, slot)?;
    let mut plan = Plan::of(id, &kinds);
    plan.title = slot.text("label").map(Into::into);
    plan.layout = slot.text("layout").and_then(layout).unwrap_or_default();
    if slot_type == "text" {
        plan.text = formatting::literal(slot.text("text").unwrap_or_default()).into();
        return Some(plan);
    }
    plan.limit = slot.number("maxEntries").map(count);
    plan.amounts = if slot.is_on("showAmounts") && has_amounts(slot_type) {
        Amounts::Shown
    } else {
        Amounts::Hidden
    };
    plan.badges = slot.is_on("showBadges");
    plan.merge = !NEVER_MERGED.contains(&slot_type)
        && (!CAN_MERGE.contains(&slot_type) || slot.is_on("uniqueUsers"));
    let mut orders = Vec::new();
    if BY_AMOUNT.contains(&slot_type) {
        orders.push(Sort::Amount);
    }
    match slot_type {
        "cheers" => cheers(slot, &mut plan),
        "subs" => subs(slot, &mut plan),
        "chatters" => chatters(slot, &mut plan),
        "powerups" => power_ups(slot, &mut plan),
        "rewards" => rewards(slot, &mut plan),
        "hypetrains" => plan.details = slot.is_on("showTrainConductors"),
        "tips" => tips(slot, &mut plan),
        "merch" => merch(slot, &mut plan),
        "patreonMembers" => patrons(slot, &mut plan),
        _ => {}
    }
    orders.extend(sorting(slot_type, slot));
    let mut orders = orders.into_iter();
    plan.sort = orders.next().unwrap_or_default();
    plan.then = orders.collect();
    Some(plan)
}

/// The parameters of a slot for which there is nothing here, and why.
pub(super) fn without_equivalent(slot: Params<'_>) -> Vec<(&'static str, &'static str)> {
    let mut missing = Vec::new();
    let slot_type = slot.text("slotType").unwrap_or_default();
    if slot_type == "hypechats" {
        missing.push(("slotType", "Twitch has ended Hype Chats"));
    } else if kinds(slot_type, slot).is_none() {
        missing.push((
            "slotType",
            "this version of the bridge does not know such a section",
        ));
    }
    if slot
        .text("layout")
        .is_some_and(|word| layout(word).is_none())
    {
        missing.push((
            "layout",
            "this version of the bridge does not know such a layout",
        ));
    }
    let has_template = slot
        .text("htmlTemplate")
        .is_some_and(|text| !text.trim().is_empty());
    if slot.is_on("customHTML") || has_template {
        missing.push((
            "htmlTemplate",
            "Twitchat's own overlay does not use it either",
        ));
    }
    missing
}

/// The id of the section, and the kinds that it lists.
fn kinds(slot_type: &str, slot: Params<'_>) -> Option<(&'static str, Vec<Kind>)> {
    let kinds = match slot_type {
        "subs" => return Some((Kind::Subs.name(), kinds_of_subs(slot))),
        "shoutouts" => {
            let both = vec![Kind::ShoutoutsReceived, Kind::ShoutoutsGiven];
            return Some(("shoutouts", both));
        }
        slot_type => vec![Kind::all().find(|kind| kind.is_slot(slot_type))?],
    };
    kinds.first().map(|kind| (kind.name(), kinds.clone()))
}

fn has_amounts(slot_type: &str) -> bool {
    !matches!(
        slot_type,
        "follows" | "hypetrains" | "merch" | "powerups" | "mods" | "vips"
    )
}

fn layout(word: &str) -> Option<Layout> {
    Some(match word {
        "colLeft" => Layout::Left,
        "col" => Layout::Center,
        "colRight" => Layout::Right,
        "left" => Layout::FlowLeft,
        "center" => Layout::FlowCenter,
        "right" => Layout::FlowRight,
        "2cols" => Layout::TwoColumns,
        "3cols" => Layout::ThreeColumns,
        _ => return None,
    })
}

/// A limit of at least 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped"
)]
fn count(number: f64) -> usize {
    number.clamp(1.0, f64::from(u32::MAX)) as usize
}

/// Nothing is selected, so the section shows nobody.
fn show_nobody(plan: &mut Plan) {
    plan.limit = Some(0);
}

/// The orders that the parameters select, the most important one first, as Twitchat's overlay
/// weighs them.
fn sorting(slot_type: &str, slot: Params<'_>) -> Vec<Sort> {
    let wanted: &[(&str, Sort)] = match slot_type {
        "chatters" => &[
            ("sortByRoles", Sort::Role),
            ("sortByAmounts", Sort::Amount),
            ("sortByNames", Sort::Name),
        ],
        "subs" => &[("sortBySubTypes", Sort::Kind), ("sortByNames", Sort::Name)],
        "patreonMembers" => &[
            ("sortByTotalAmounts", Sort::Total),
            ("sortByAmounts", Sort::Amount),
            ("sortByNames", Sort::Name),
        ],
        "powerups" => &[("sortByAmounts", Sort::Amount)],
        "tips" | "ytSuperchat" | "ytSuperSticker" | "tiktokGifts" | "tiktokLikes"
        | "tiktokShares" => &[("sortByAmounts", Sort::Amount), ("sortByNames", Sort::Name)],
        _ => &[],
    };
    let mut orders: Vec<Sort> = wanted
        .iter()
        .filter(|(parameter, _)| slot.is_on(parameter))
        .map(|(_, order)| *order)
        .collect();
    if slot_type == "subs" {
        orders.push(Sort::Amount);
    }
    orders
}

fn cheers(slot: Params<'_>, plan: &mut Plan) {
    match (
        slot.is_not_off("showNormalCheers"),
        slot.is_not_off("showPinnedCheers"),
    ) {
        (true, true) => plan.pinned = Pinned::With,
        (true, false) => plan.pinned = Pinned::Without,
        (false, true) => plan.pinned = Pinned::Only,
        (false, false) => show_nobody(plan),
    }
}

/// New subscribers, renewed ones and givers; or all of today's.
fn kinds_of_subs(slot: Params<'_>) -> Vec<Kind> {
    let (all_subs, all_gifters) = (slot.is_on("showAllSubs"), slot.is_on("showAllSubgifters"));
    let subs = ["showSubsYoutube", "showSubsTiktok"]
        .iter()
        .any(|name| slot.is_on(name));
    let gifts = slot.is_not_off("showSubgifts") || slot.is_on("showSubgiftsYoutube");
    let mut kinds = Vec::new();
    if all_subs || all_gifters {
        kinds.extend(all_gifters.then_some(Kind::ActiveGifters));
        kinds.extend(all_subs.then_some(Kind::ActiveSubs));
        return kinds;
    }
    // Givers come first when sorted by kind.
    kinds.extend(gifts.then_some(Kind::GiftSubs));
    kinds.extend((slot.is_not_off("showSubs") || subs).then_some(Kind::Subs));
    kinds.extend(slot.is_not_off("showResubs").then_some(Kind::ReSubs));
    if kinds.is_empty() {
        kinds.push(Kind::Subs);
    }
    kinds
}

fn subs(slot: Params<'_>, plan: &mut Plan) {
    let tiers = [
        ("showSubsPrime", Tier::Prime),
        ("showSubsT1", Tier::One),
        ("showSubsT2", Tier::Two),
        ("showSubsT3", Tier::Three),
    ];
    let shown: Vec<Tier> = tiers
        .into_iter()
        .filter(|(parameter, _)| slot.is_not_off(parameter))
        .map(|(_, tier)| tier)
        .collect();
    if shown.is_empty() {
        show_nobody(plan);
    } else if shown.len() < tiers.len() {
        plan.tiers = shown.into_iter().collect();
    }
    let (months, gifts) = (slot.is_on("showSubMonths"), slot.is_on("showAmounts"));
    plan.amounts = match (months, gifts) {
        (true, true) => Amounts::Shown,
        (false, false) => Amounts::Hidden,
        (true, false) => Amounts::Of(vec![Kind::Subs, Kind::ReSubs]),
        (false, true) => Amounts::Of(vec![Kind::GiftSubs, Kind::ActiveGifters]),
    };
    if slot.is_on("showAllSubs") || slot.is_on("showAllSubgifters") {
        return;
    }
    let any = |names: &[&str]| names.iter().any(|name| slot.is_on(name));
    let twitch = ["showSubs", "showResubs", "showSubgifts"];
    let platforms = [
        (
            twitch.iter().any(|name| slot.is_not_off(name)),
            Platform::Twitch,
        ),
        (
            any(&["showSubsYoutube", "showSubgiftsYoutube"]),
            Platform::YouTube,
        ),
        (any(&["showSubsTiktok"]), Platform::TikTok),
    ];
    plan.platforms = platforms
        .into_iter()
        .filter(|(is_shown, _)| *is_shown)
        .map(|(_, platform)| platform)
        .collect();
    if plan.platforms.is_empty() {
        show_nobody(plan);
    }
}

fn chatters(slot: Params<'_>, plan: &mut Plan) {
    let roles = [
        ("showMods", Role::Moderators),
        ("showVIPs", Role::Vips),
        ("showSubs", Role::Subscribers),
        ("showChatters", Role::Others),
    ];
    let shown: Vec<Role> = roles
        .into_iter()
        .filter(|(parameter, _)| slot.is_on(parameter))
        .map(|(_, role)| role)
        .collect();
    if shown.is_empty() {
        show_nobody(plan);
    } else if shown.len() < roles.len() {
        plan.roles = shown.into_iter().collect();
    }
}

/// Twitchat shows how often somebody used a power-up only where it merges by person.
fn power_ups(slot: Params<'_>, plan: &mut Plan) {
    if plan.merge {
        plan.amounts = Amounts::Shown;
    }
    let types = [
        ("showPuSkin", "animation"),
        ("showPuEmote", "gigantifiedemote"),
        ("showPuCeleb", "celebration"),
    ];
    let shown: Vec<&str> = types
        .into_iter()
        .filter(|(parameter, _)| slot.is_not_off(parameter))
        .map(|(_, word)| word)
        .collect();
    let filters = slot.is_on("filterPowerUps");
    if !filters && shown.len() == types.len() {
        return;
    }
    plan.only = shown.into_iter().map(Into::into).collect();
    if filters {
        let ids = slot.words("powerUpIds");
        plan.only
            .extend(ids.iter().map(|id| id.to_lowercase().into()));
    } else {
        plan.only.insert("custom".into());
    }
    if plan.only.is_empty() {
        show_nobody(plan);
    }
}

fn rewards(slot: Params<'_>, plan: &mut Plan) {
    plan.details = slot.is_on("showRewardUsers");
    plan.images = Some(true);
    if slot.is_on("filterRewards") {
        plan.only = lower(&slot.words("rewardIds"));
        if plan.only.is_empty() {
            show_nobody(plan);
        }
    }
}

fn tips(slot: Params<'_>, plan: &mut Plan) {
    let kofi = slot.is_on("showTipsKofi") || slot.is_not_off("showSubsKofi");
    services(
        plan,
        &[
            (kofi, Platform::Kofi),
            (slot.is_on("showTipsTipeee"), Platform::Tipeee),
            (slot.is_on("showTipsPatreon"), Platform::Patreon),
            (slot.is_on("showTipsStreamlabs"), Platform::Streamlabs),
            (
                slot.is_on("showTipsStreamelements"),
                Platform::StreamElements,
            ),
        ],
    );
}

fn merch(slot: Params<'_>, plan: &mut Plan) {
    services(
        plan,
        &[
            (slot.is_on("showMerchKofi"), Platform::Kofi),
            (slot.is_on("showMerchStreamlabs"), Platform::Streamlabs),
        ],
    );
}

/// With all of Twitchat's services, those that only the bridge knows are shown too.
fn services(plan: &mut Plan, all: &[(bool, Platform)]) {
    let shown: Vec<Platform> = all
        .iter()
        .filter(|(is_shown, _)| *is_shown)
        .map(|(_, platform)| *platform)
        .collect();
    if shown.is_empty() {
        show_nobody(plan);
    } else if shown.len() < all.len() {
        plan.platforms = shown.into_iter().collect();
    }
}

fn patrons(slot: Params<'_>, plan: &mut Plan) {
    plan.short_names = slot.is_on("anonLastNames");
    plan.only = lower(&slot.words("patreonTiers"));
    let currency = slot.text("currency").unwrap_or_default();
    plan.amounts = match (slot.is_on("showAmounts"), slot.is_on("showTotalAmounts")) {
        (true, false) => Amounts::Shown,
        (false, false) => Amounts::Hidden,
        (false, true) => Amounts::Worded(format!("{{total}}{currency}").into()),
        (true, true) => Amounts::Worded(format!("{{amount}} · {{total}}{currency}").into()),
    };
}

fn lower(words: &[&str]) -> std::collections::HashSet<Box<str>> {
    words
        .iter()
        .map(|word| word.to_lowercase().into())
        .collect()
}

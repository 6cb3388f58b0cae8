//! Every parameter of Twitchat 16 and 17, and what it changes.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::*;
use crate::{
    credits::roll::{Amounts, Kind, Layout, Pinned, Role, Sort, look::Duration},
    event::{Platform, fact::Tier},
    twitchat::credits_settings::{GENERAL, OF_SLOT},
};

/// The settings of a user who has one section of each type.
fn base() -> Value {
    let types = "text subs raids polls so_in so_out cheers follows rewards chatters timeouts bans \
        hypetrains predictions tips merch patreonMembers powerups ytSuperchat ytSuperSticker \
        tiktokLikes tiktokShares tiktokGifts mods vips shoutouts hypechats";
    let slots: Vec<Value> = types
        .split_whitespace()
        .map(|slot_type| {
            json!({ "id": format!("s-{slot_type}"), "slotType": slot_type, "label": slot_type,
                "maxEntries": 100, "enabled": true, "layout": "col", "text": "Bye" })
        })
        .collect();
    json!({ "scale": 30, "padding": 100, "paddingTitle": 30, "stickyTitle": false,
        "colorTitle": "#e04e00", "colorEntry": "#039372", "fontTitle": "Inter",
        "fontEntry": "Inter", "ignoreBots": true, "ignoreCustomBots": [], "textShadow": 50,
        "timing": "speed", "duration": 60, "startDelay": 0, "loop": true, "showIcons": true,
        "powerUpEmotes": true, "speed": 200, "fadeSize": 50, "hideEmptySlots": true,
        "slots": slots })
}

fn of(params: &Value) -> Followed {
    Followed::of(Params(params.as_object().unwrap()), "")
}

/// The plan for the base settings with this slot changed.
fn with_slot(slot_type: &str, parts: &Value) -> Followed {
    let mut params = base();
    let slots = params["slots"].as_array_mut().unwrap();
    let slot = slots
        .iter_mut()
        .find(|slot| slot["slotType"] == slot_type)
        .unwrap();
    slot.as_object_mut()
        .unwrap()
        .extend(parts.as_object().unwrap().clone());
    of(&params)
}

fn plan_of(slot_type: &str, parts: &Value) -> Plan {
    let followed = with_slot(slot_type, parts);
    let mut sections = followed.sections().iter();
    sections
        .find(|one| &*one.slot_type == slot_type)
        .cloned()
        .unwrap()
        .plan
}

/// General parameters with another value.
const CHANGED: &[(&str, &str)] = &[
    ("scale", "40"),
    ("padding", "50"),
    ("paddingTitle", "60"),
    ("stickyTitle", "true"),
    ("colorTitle", "\"#fff\""),
    ("colorEntry", "\"#fff\""),
    ("fontTitle", "\"Lato\""),
    ("fontEntry", "\"Lato\""),
    ("ignoreBots", "false"),
    ("ignoreCustomBots", "[\"Some_Bot\"]"),
    ("textShadow", "10"),
    ("timing", "\"duration\""),
    ("startDelay", "3"),
    ("loop", "false"),
    ("showIcons", "false"),
    ("powerUpEmotes", "false"),
    ("speed", "90"),
    ("fadeSize", "0"),
    ("slots", "[]"),
    ("hideEmptySlots", "false"),
];

/// Parameters of slots: the type, what else the slot has, and the changed parameter.
const CHANGED_OF_SLOT: &[(&str, &str, &str, &str)] = &[
    ("raids", "{}", "slotType", "\"follows\""),
    ("raids", "{}", "label", "\"They came\""),
    ("raids", "{}", "maxEntries", "5"),
    ("raids", "{}", "enabled", "false"),
    ("raids", "{}", "layout", "\"3cols\""),
    ("raids", "{}", "id", "\"other\""),
    ("raids", "{}", "showAmounts", "true"),
    ("raids", "{}", "uniqueUsers", "true"),
    ("text", "{}", "text", "\"See you\""),
    ("text", "{}", "customHTML", "true"),
    ("text", "{}", "htmlTemplate", "\"<b>x</b>\""),
    ("subs", "{}", "showSubMonths", "true"),
    ("subs", "{}", "showBadges", "true"),
    ("subs", "{}", "showSubs", "false"),
    ("subs", "{}", "showResubs", "false"),
    ("subs", "{}", "showSubgifts", "false"),
    ("subs", "{}", "showSubsPrime", "false"),
    ("subs", "{}", "showSubsT1", "false"),
    ("subs", "{}", "showSubsT2", "false"),
    ("subs", "{}", "showSubsT3", "false"),
    ("subs", "{}", "showAllSubs", "true"),
    ("subs", "{}", "showAllSubgifters", "true"),
    ("subs", "{}", "showSubsYoutube", "true"),
    ("subs", "{}", "showSubsTiktok", "true"),
    ("subs", "{}", "showSubgiftsYoutube", "true"),
    ("subs", "{}", "sortBySubTypes", "true"),
    ("subs", "{}", "sortByNames", "true"),
    ("chatters", "{}", "showMods", "true"),
    ("chatters", "{}", "showVIPs", "true"),
    ("chatters", "{}", "showSubs", "true"),
    ("chatters", "{}", "showChatters", "true"),
    ("chatters", "{}", "sortByRoles", "true"),
    ("chatters", "{}", "sortByAmounts", "true"),
    ("cheers", "{}", "showNormalCheers", "false"),
    ("cheers", "{}", "showPinnedCheers", "false"),
    ("rewards", "{}", "filterRewards", "true"),
    (
        "rewards",
        r#"{"filterRewards":true}"#,
        "rewardIds",
        "[\"r-1\"]",
    ),
    ("rewards", "{}", "showRewardUsers", "true"),
    ("hypetrains", "{}", "showTrainConductors", "true"),
    ("tips", r#"{"showSubsKofi":false}"#, "showTipsKofi", "true"),
    ("tips", "{}", "showSubsKofi", "false"),
    ("tips", "{}", "showTipsTipeee", "true"),
    ("tips", "{}", "showTipsPatreon", "true"),
    ("tips", "{}", "showTipsStreamlabs", "true"),
    ("tips", "{}", "showTipsStreamelements", "true"),
    ("merch", "{}", "showMerchKofi", "true"),
    ("merch", "{}", "showMerchStreamlabs", "true"),
    ("patreonMembers", "{}", "anonLastNames", "true"),
    ("patreonMembers", "{}", "patreonTiers", "[\"9912\"]"),
    ("patreonMembers", "{}", "showTotalAmounts", "true"),
    (
        "patreonMembers",
        r#"{"showTotalAmounts":true}"#,
        "currency",
        "\"$\"",
    ),
    ("patreonMembers", "{}", "sortByTotalAmounts", "true"),
    ("powerups", "{}", "showPuSkin", "false"),
    ("powerups", "{}", "showPuEmote", "false"),
    ("powerups", "{}", "showPuCeleb", "false"),
    ("powerups", "{}", "filterPowerUps", "true"),
    (
        "powerups",
        r#"{"filterPowerUps":true}"#,
        "powerUpIds",
        "[\"pu-1\"]",
    ),
];

/// Parameters that do not change the plan by themselves, each with the reason.
const WITHOUT_EFFECT: [(&str, &str); 2] = [
    (
        "duration",
        "counts with `timing` \"duration\" alone, see another test",
    ),
    (
        "showPremiumWarning",
        "an old parameter that Twitchat itself does not use any more",
    ),
];

#[test]
fn each_parameter_of_both_versions_changes_the_plan() {
    let before = of(&base());
    for (name, value) in CHANGED {
        let mut params = base();
        params[*name] = serde_json::from_str(value).unwrap();
        assert!(of(&params) != before, "{name}");
    }
    for (slot_type, with, name, value) in CHANGED_OF_SLOT {
        let mut parts: Value = serde_json::from_str(with).unwrap();
        let before = with_slot(slot_type, &parts);
        parts[*name] = serde_json::from_str(value).unwrap();
        assert!(with_slot(slot_type, &parts) != before, "{slot_type}.{name}");
    }
}

#[test]
fn no_parameter_is_missing_in_the_tables_above() {
    let idle: Vec<&str> = WITHOUT_EFFECT.iter().map(|(name, _)| *name).collect();
    let general = CHANGED
        .iter()
        .map(|(name, _)| *name)
        .chain(idle.iter().copied());
    let general: BTreeSet<&str> = general.filter(|name| GENERAL.contains(name)).collect();
    assert_eq!(general, GENERAL.iter().copied().collect());
    let of_slot = CHANGED_OF_SLOT
        .iter()
        .map(|(_, _, name, _)| *name)
        .chain(idle);
    let of_slot: BTreeSet<&str> = of_slot.filter(|name| OF_SLOT.contains(name)).collect();
    assert_eq!(of_slot, OF_SLOT.iter().copied().collect());
}

#[test]
fn general_parameters_become_settings_of_the_same_size_and_time() {
    let mut params = base();
    params["timing"] = "duration".into();
    params["startDelay"] = 2.into();
    params["ignoreBots"] = false.into();
    let followed = Followed::of(Params(params.as_object().unwrap()), "No entry");
    let plan = followed.apply(&CreditsPlan::default(), &[], &[]);
    let look = &plan.look;
    assert_eq!(
        (look.scale, look.seconds, look.delay, look.speed, look.fade),
        (0.646, Duration::Seconds(62.0), 2.0, Some(200.0), 50)
    );
    assert_eq!(
        (look.sticky_titles, look.repeats, look.icons),
        (false, true, true)
    );
    let style = &look.style;
    assert_eq!(
        (style.section_gap, style.title_gap, style.shadow),
        (Some(4.667), Some(0.775), Some(0.5))
    );
    assert_eq!(
        (
            style.title_color.as_deref(),
            style.name_font.as_deref(),
            style.empty_text.as_deref()
        ),
        (Some("#e04e00"), Some("Inter"), Some("No entry"))
    );
    assert_eq!((plan.emotes, plan.hide_empty), (true, true));
    assert_eq!(followed.ignores_bots(&[]), Some(false));
    // The look that Twitchat does not know stays that of the config.
    assert_eq!((&*look.theme, look.dim), ("cinema", 0.55));
}

#[test]
fn the_bounds_of_twitchats_sliders_are_within_ours() {
    for (scale, expected) in [(1, 0.167), (100, 1.802)] {
        let mut params = base();
        params["scale"] = scale.into();
        params["padding"] = 1_000.into();
        params["paddingTitle"] = 1_000.into();
        let look = of(&params).plan.look;
        assert_eq!(
            (look.scale, look.style.section_gap),
            (expected, Some(46.667))
        );
        assert!(look.style.title_gap.unwrap() <= 50.0);
    }
}

#[test]
fn each_type_of_section_has_its_kinds() {
    let followed = of(&base());
    let kinds = |slot_type: &str| {
        let found = followed
            .sections()
            .iter()
            .find(|one| &*one.slot_type == slot_type);
        found.map(|one| (one.plan.id.to_string(), one.plan.kinds.clone()))
    };
    let one = |id: &str, kind| Some((id.to_owned(), vec![kind]));
    for (slot_type, expected) in [
        ("text", one("text", Kind::Text)),
        ("raids", one("raids", Kind::Raids)),
        ("polls", one("polls", Kind::Polls)),
        ("so_in", one("shoutouts_received", Kind::ShoutoutsReceived)),
        ("so_out", one("shoutouts_given", Kind::ShoutoutsGiven)),
        ("cheers", one("cheers", Kind::Cheers)),
        ("follows", one("follows", Kind::Follows)),
        ("rewards", one("rewards", Kind::Rewards)),
        ("chatters", one("chatters", Kind::Chatters)),
        ("timeouts", one("timeouts", Kind::Timeouts)),
        ("bans", one("bans", Kind::Bans)),
        ("hypetrains", one("hype_trains", Kind::HypeTrains)),
        ("predictions", one("predictions", Kind::Predictions)),
        ("tips", one("tips", Kind::Tips)),
        ("merch", one("merch", Kind::Merch)),
        ("patreonMembers", one("patrons", Kind::Patrons)),
        ("powerups", one("powerups", Kind::PowerUps)),
        ("ytSuperchat", one("superchats", Kind::SuperChats)),
        ("ytSuperSticker", one("superstickers", Kind::SuperStickers)),
        ("tiktokLikes", one("tiktok_likes", Kind::TiktokLikes)),
        ("tiktokShares", one("tiktok_shares", Kind::TiktokShares)),
        ("tiktokGifts", one("tiktok_gifts", Kind::TiktokGifts)),
        ("mods", one("moderators", Kind::Moderators)),
        ("vips", one("vips", Kind::Vips)),
        ("hypechats", None),
        (
            "shoutouts",
            Some((
                "shoutouts".into(),
                vec![Kind::ShoutoutsReceived, Kind::ShoutoutsGiven],
            )),
        ),
        (
            "subs",
            Some((
                "subs".into(),
                vec![Kind::GiftSubs, Kind::Subs, Kind::ReSubs],
            )),
        ),
    ] {
        assert_eq!(kinds(slot_type), expected, "{slot_type}");
    }
    assert_eq!(
        followed.unmatched(),
        [Unmatched {
            parameter: "slotType".into(),
            section: Some("hypechats".into()),
            why: "Twitch has ended Hype Chats"
        }]
    );
}

#[test]
fn the_parameters_of_subscriptions_select_kinds_tiers_platforms_and_amounts() {
    let plan = plan_of(
        "subs",
        &json!({ "showSubs": true, "showResubs": false, "showSubgifts": true,
            "showSubsPrime": false, "showSubMonths": true, "showAmounts": false,
            "showSubsTiktok": true, "sortBySubTypes": true, "sortByNames": true,
            "showBadges": true }),
    );
    assert_eq!(plan.kinds, [Kind::GiftSubs, Kind::Subs]);
    assert_eq!(
        plan.tiers,
        HashSet::from([Tier::One, Tier::Two, Tier::Three])
    );
    assert_eq!(
        plan.platforms,
        HashSet::from([Platform::Twitch, Platform::TikTok])
    );
    assert_eq!(plan.amounts, Amounts::Of(vec![Kind::Subs, Kind::ReSubs]));
    assert_eq!(
        (plan.sort, plan.then, plan.badges, plan.merge),
        (Sort::Kind, vec![Sort::Name, Sort::Amount], true, false)
    );
    let all = plan_of(
        "subs",
        &json!({ "showAllSubs": true, "showAllSubgifters": true }),
    );
    assert_eq!((all.kinds.len(), all.platforms.len()), (2, 0));
    let none = json!({ "showSubs": false, "showResubs": false, "showSubgifts": false });
    assert_eq!(plan_of("subs", &none).limit, Some(0));
}

#[test]
fn a_section_in_which_nothing_is_selected_shows_nobody() {
    for (slot_type, parts) in [
        ("chatters", json!({})),
        (
            "cheers",
            json!({ "showNormalCheers": false, "showPinnedCheers": false }),
        ),
        ("rewards", json!({ "filterRewards": true, "rewardIds": [] })),
        ("tips", json!({ "showSubsKofi": false })),
        ("merch", json!({})),
        (
            "powerups",
            json!({ "showPuSkin": false, "showPuEmote": false, "showPuCeleb": false,
                "filterPowerUps": true }),
        ),
        (
            "subs",
            json!({ "showSubsPrime": false, "showSubsT1": false, "showSubsT2": false,
                "showSubsT3": false }),
        ),
    ] {
        assert_eq!(plan_of(slot_type, &parts).limit, Some(0), "{slot_type}");
    }
}

#[test]
fn the_other_types_have_their_options() {
    let chatters = plan_of(
        "chatters",
        &json!({ "showMods": true, "showChatters": true, "sortByRoles": true,
            "sortByAmounts": true, "sortByNames": true, "showAmounts": true }),
    );
    assert_eq!(
        chatters.roles,
        HashSet::from([Role::Moderators, Role::Others])
    );
    assert_eq!(
        (chatters.sort, chatters.then),
        (Sort::Role, vec![Sort::Amount, Sort::Name])
    );
    assert_eq!(chatters.amounts, Amounts::Shown);
    let pinned = |normal: bool, pinned: bool| {
        let parts = json!({ "showNormalCheers": normal, "showPinnedCheers": pinned });
        plan_of("cheers", &parts).pinned
    };
    assert_eq!(
        (pinned(true, false), pinned(false, true)),
        (Pinned::Without, Pinned::Only)
    );
    let rewards = plan_of(
        "rewards",
        &json!({ "filterRewards": true, "rewardIds": ["R-1"], "showRewardUsers": true }),
    );
    assert_eq!(
        (rewards.only, rewards.details, rewards.images, rewards.sort),
        (
            HashSet::from(["r-1".into()]),
            true,
            Some(true),
            Sort::Amount
        )
    );
    let tips = plan_of(
        "tips",
        &json!({ "showTipsTipeee": true, "showTipsPatreon": true }),
    );
    assert_eq!(
        tips.platforms,
        HashSet::from([Platform::Kofi, Platform::Tipeee, Platform::Patreon])
    );
    let all = json!({ "showTipsKofi": true, "showTipsTipeee": true, "showTipsPatreon": true,
        "showTipsStreamlabs": true, "showTipsStreamelements": true });
    assert!(
        plan_of("tips", &all).platforms.is_empty(),
        "all services, also others"
    );
    let patrons = plan_of(
        "patreonMembers",
        &json!({ "showAmounts": true, "showTotalAmounts": true, "currency": "€",
            "anonLastNames": true, "patreonTiers": ["9912"], "sortByTotalAmounts": true,
            "sortByAmounts": true, "sortByNames": true }),
    );
    assert_eq!(
        patrons.amounts,
        Amounts::Worded("{amount} · {total}€".into())
    );
    assert_eq!(
        (patrons.short_names, patrons.sort, patrons.then),
        (true, Sort::Total, vec![Sort::Amount, Sort::Name])
    );
    let power_ups = plan_of(
        "powerups",
        &json!({ "showPuCeleb": false, "filterPowerUps": true, "powerUpIds": ["pu-1"],
            "uniqueUsers": true }),
    );
    assert_eq!(
        power_ups.only,
        HashSet::from(["animation".into(), "gigantifiedemote".into(), "pu-1".into()])
    );
    assert_eq!((power_ups.amounts, power_ups.merge), (Amounts::Shown, true));
}

#[test]
fn every_layout_has_its_own() {
    let layouts = "colLeft col colRight left center right 2cols 3cols".split(' ');
    let found: Vec<Layout> = layouts
        .map(|layout| plan_of("raids", &json!({ "layout": layout })).layout)
        .collect();
    let expected = [
        Layout::Left,
        Layout::Center,
        Layout::Right,
        Layout::FlowLeft,
        Layout::FlowCenter,
        Layout::FlowRight,
        Layout::TwoColumns,
        Layout::ThreeColumns,
    ];
    assert_eq!(found, expected);
}

#[test]
fn stars_in_a_text_of_twitchat_stay_stars_and_tags_stay_tags() {
    let text = r#"5 * 3 \ <b title="*">*you*</b> a < b * c <3"#;
    let plan = plan_of("text", &json!({ "text": text, "label": "" }));
    assert_eq!(&*plan.text, r"5 \* 3 \\ <b>\*you\*</b> a &lt; b \* c &lt;3");
    assert_eq!(plan.title.as_deref(), Some(""));
}

#[test]
fn what_a_viewer_wrote_in_a_filled_placeholder_is_text_or_formats_letters() {
    for (text, expected) in [
        ("<B>Bye</B> <i>x</i><br>", "<b>Bye</b> <i>x</i><br>"),
        (
            r#"<font size=999 color="red">x</font>"#,
            r#"<font style="color:red">x</font>"#,
        ),
        (
            r"<span style='position:fixed;color: #f00;inset:0'>x</span>",
            r#"<span style="color:#f00">x</span>"#,
        ),
        (
            r#"<b style="background-color:red" onclick="x()">x</b>"#,
            "<b>x</b>",
        ),
        (
            r#"<b style="color:url(https://example.com)">x"#,
            r#"<b style="color:url">x"#,
        ),
        ("<script>x()</script>", "&lt;script>x()&lt;/script>"),
        (
            r#"<img src="https://example.com/x.png">"#,
            r#"&lt;img src="https://example.com/x.png">"#,
        ),
        (
            "<img src=x onerror=x() <b>",
            "&lt;img src=x onerror=x() <b>",
        ),
        ("<style>p{}</style>", "&lt;style>p{}&lt;/style>"),
        ("<!--", "&lt;!--"),
        ("<b/onload=x()>y", "<b>y"),
        ("**bold** [a](b)", r"\*\*bold\*\* [a](b)"),
    ] {
        let plan = plan_of("text", &json!({ "text": text }));
        assert_eq!(&*plan.text, expected, "{text}");
    }
}

#[test]
fn settings_of_the_config_win_and_reserved_sections_are_left_out() {
    let mut configured = CreditsPlan::default();
    configured.look.scale = 2.0;
    configured.look.speed = Some(30.0);
    let followed = of(&base());
    let fixed = ["overlay.scale", "overlay.speed", "credits.ignore_bots"];
    let plan = followed.apply(&configured, &fixed, &["rewards".into(), "text".into()]);
    assert_eq!(
        (plan.look.scale, plan.look.speed, plan.look.seconds),
        (2.0, Some(30.0), Duration::Auto)
    );
    assert_eq!(plan.look.fade, 50);
    assert_eq!(followed.ignores_bots(&fixed), None);
    let kinds: Vec<Kind> = plan.sections.iter().map(|one| one.kinds[0]).collect();
    assert!(!kinds.contains(&Kind::Rewards) && !kinds.contains(&Kind::Text));
    assert!(kinds.contains(&Kind::Raids));
    let own = followed.apply(&configured, &["overlay.section"], &[]);
    assert_eq!(own.sections, configured.sections);
}

#[test]
fn a_time_in_the_config_wins_over_twitchats_timing() {
    let mut params = base();
    params["timing"] = "duration".into();
    let mut configured = CreditsPlan::default();
    configured.look.speed = Some(30.0);
    for fixed in ["overlay.speed", "overlay.music", "overlay.seconds"] {
        let plan = of(&params).apply(&configured, &[fixed], &[]);
        assert_eq!(
            (plan.look.speed, plan.look.seconds),
            (Some(30.0), Duration::Auto),
            "{fixed}"
        );
    }
}

#[test]
fn parameters_of_later_versions_and_unused_ones_are_listed() {
    let mut params = base();
    params["sparkle"] = 5.into();
    params["slots"] = json!([
        { "id": "a", "slotType": "raids", "label": "They came", "customHTML": true,
            "htmlTemplate": "<i>x</i>", "wobble": 1 },
        { "id": "b", "slotType": "confetti", "label": "" },
        { "id": "c", "slotType": "raids", "layout": "spiral" },
    ]);
    let followed = of(&params);
    let listed: Vec<(&str, Option<&str>)> = followed
        .unmatched()
        .iter()
        .map(|one| (&*one.parameter, one.section.as_deref()))
        .collect();
    assert_eq!(
        listed,
        [
            ("sparkle", None),
            ("htmlTemplate", Some("They came")),
            ("wobble", Some("They came")),
            ("slotType", Some("confetti")),
            ("layout", Some("raids")),
        ]
    );
    let ids: Vec<&str> = followed
        .sections()
        .iter()
        .map(|one| &*one.plan.id)
        .collect();
    assert_eq!(ids, ["raids", "raids-2"]);
}

#[test]
fn settings_of_any_shape_never_panic() {
    for value in [
        json!(null),
        json!(5),
        json!("x"),
        json!([]),
        json!({}),
        json!(-1e300),
    ] {
        let mut params = base();
        for name in GENERAL {
            params[*name] = value.clone();
        }
        of(&params);
        let slot: Map<String, Value> = OF_SLOT
            .iter()
            .map(|name| ((*name).to_owned(), value.clone()))
            .collect();
        for slot_type in ["subs", "powerups", "text", "tips", "patreonMembers"] {
            let mut slot = slot.clone();
            slot.insert("slotType".into(), slot_type.into());
            of(&json!({ "slots": [slot] }));
        }
    }
}

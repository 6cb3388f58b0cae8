//! Twitchat's settings of its end credits, written into a file: the file means the same.

use serde_json::{Value, json};

use super::*;
use crate::config::written_section;
use crate::credits::roll::{CreditsPlan, Followed, Plan};
use crate::twitchat::credits_settings::Params;

/// Sections of every type, with many options each.
fn settings() -> Value {
    let slot = |slot_type: &str, options: Value| {
        let mut slot = json!({ "id": slot_type, "slotType": slot_type, "label": slot_type,
            "maxEntries": 7, "enabled": true, "layout": "3cols", "showAmounts": true });
        slot.as_object_mut()
            .unwrap()
            .extend(options.as_object().unwrap().clone());
        slot
    };
    json!({ "scale": 44, "padding": 20, "paddingTitle": 12, "stickyTitle": true,
        "colorTitle": "#123456", "colorEntry": "#fff", "fontTitle": "A \"B\"", "fontEntry": "Lato",
        "ignoreBots": true, "ignoreCustomBots": ["Some_Bot", ""], "textShadow": 20,
        "timing": "duration", "duration": 90, "startDelay": 1, "loop": true, "showIcons": false,
        "powerUpEmotes": true, "speed": 150, "fadeSize": 0, "hideEmptySlots": false, "slots": [
            slot("text", json!({ "text": "<i>{x}</i> {count} *\n\"\"\"", "label": "" })),
            slot("subs", json!({ "showSubMonths": true, "showAmounts": false, "showSubsT1": false,
                "sortBySubTypes": true, "sortByNames": true, "showBadges": true })),
            slot("subs", json!({ "showAllSubs": true, "showAllSubgifters": true })),
            slot("chatters", json!({ "showMods": true, "sortByRoles": true,
                "sortByNames": true })),
            slot("cheers", json!({ "showPinnedCheers": false, "uniqueUsers": true })),
            slot("rewards", json!({ "filterRewards": true, "rewardIds": ["a", "b"] })),
            slot("tips", json!({ "showTipsKofi": true, "showTipsTipeee": true })),
            slot("merch", json!({ "showMerchKofi": true })),
            slot("patreonMembers", json!({ "anonLastNames": true, "showTotalAmounts": true,
                "currency": "€", "patreonTiers": ["1"], "sortByTotalAmounts": true })),
            slot("powerups", json!({ "filterPowerUps": true, "powerUpIds": ["p"],
                "showPuSkin": false })),
            slot("hypetrains", json!({})),
            slot("shoutouts", json!({ "label": "{channel} met {nobody}" })),
            slot("follows", json!({ "enabled": false })),
            slot("raids", json!({ "layout": "left" })),
        ] })
}

fn changes(followed: &Followed) -> Vec<SettingChange> {
    let general = followed
        .written()
        .into_iter()
        .map(|(name, value)| match value {
            Some(value) => SettingChange::of_text(name, &value).unwrap(),
            None => SettingChange::removal(name).unwrap(),
        });
    let sections = followed.sections().iter();
    let sections = sections
        .map(|one| written_section(&one.plan, one.is_enabled))
        .collect();
    general
        .chain([SettingChange::sections(sections).unwrap()])
        .collect()
}

fn written(text: &str, followed: &Followed) -> String {
    let mut file = FileText {
        path: FILE.into(),
        text: text.into(),
        readable_by_others: false,
    };
    for change in changes(followed) {
        file.text = change.apply(&file).unwrap().text;
    }
    file.text
}

#[test]
fn the_written_file_has_the_plan_that_is_followed() {
    let settings = settings();
    let followed = Followed::of(Params(settings.as_object().unwrap()), "No entry");
    let text = written("[overlay]\nseconds = 5\n", &followed);
    let config = of_file(&text).unwrap();
    let mut expected = followed.apply(&CreditsPlan::default(), &[], &[]);
    // A placeholder that the config does not know is written as plain text.
    let plain = |text: &str| {
        text.replace("{x}", "{\u{2060}x}")
            .replace("{nobody}", "{\u{2060}nobody}")
    };
    for Plan { title, text, .. } in &mut expected.sections {
        *title = title.as_deref().map(|title| plain(title).into());
        *text = plain(text).into();
    }
    let script = &config.overlay.script;
    assert_eq!(script.look, expected.look);
    assert_eq!(
        (script.emotes, script.hide_empty),
        (expected.emotes, expected.hide_empty)
    );
    for (found, expected) in script.sections.iter().zip(&expected.sections) {
        assert_eq!(found, expected);
    }
    assert_eq!(script.sections.len(), expected.sections.len());
    assert!(config.credits.ignore_bots);
}

#[test]
fn sections_of_the_same_id_are_replaced_and_others_stay_disabled() {
    let settings = json!({ "slots": [{ "id": "a", "slotType": "raids", "label": "They came" }] });
    let followed = Followed::of(Params(settings.as_object().unwrap()), "");
    let text = written(
        "# mine\n[[overlay.section]]\nkind = \"raids\"\ntitle = \"Raids\"\n\n\
         [[overlay.section]]\nkind = \"games\" # own\n",
        &followed,
    );
    assert!(text.contains("# own") && text.contains("They came") && !text.contains("\"Raids\""));
    let config = of_file(&text).unwrap();
    let ids: Vec<&str> = config
        .overlay
        .script
        .sections
        .iter()
        .map(|one| &*one.id)
        .collect();
    assert_eq!(ids, ["raids"]);
    assert_eq!(written(&text, &followed), text, "once more changes nothing");
}

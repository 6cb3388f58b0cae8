//! Made-up names, as people on Twitch and elsewhere choose them.

use std::collections::HashSet;

use fastrand::Rng;

use super::options::TestAudience;
use crate::event::{Person, Platform};

const BEGINNINGS: [&str; 32] = [
    "Marla", "Tobi", "Olle", "Pippa", "Sena", "Yuki", "Lantern", "Hjalmar", "Quiet", "Greta",
    "Kasper", "Neko", "Amber", "Birch", "Comet", "Dusty", "Ember", "Fjord", "Ginger", "Hazel",
    "Indigo", "Juniper", "Kelp", "Lumen", "Mossy", "Nimbus", "Otto", "Pixel", "Rusty", "Sleepy",
    "Tiny", "Velvet",
];
const ENDINGS: [&str; 32] = [
    "Quartz", "Wanders", "Bakar", "Riot", "IO", "Hana", "Fox", "Builds", "Moth", "Lark", "Wolf",
    "Live", "Plays", "Codes", "Paints", "Sings", "Bear", "Finch", "Otter", "Raven", "Storm",
    "Vale", "Wren", "Bean", "Toast", "Noodle", "Goblin", "Witch", "Pilot", "Biscuit", "Cactus",
    "Beetle",
];
/// Whole names of other scripts and accents. Twitch allows them as display names.
const ELSEWHERE: [&str; 20] = [
    "雪花",
    "桜井みなと",
    "김하늘",
    "별빛토끼",
    "夜空",
    "小笼包",
    "Ñandú",
    "Łucja",
    "Željko",
    "Søren",
    "Zoë_B",
    "Владимир",
    "Κατερίνα",
    "ありす",
    "茶碗蒸し",
    "François",
    "Jürgen",
    "Ağaç",
    "สมชาย",
    "राहुल",
];
const RTL: [&str; 10] = [
    "نورا",
    "יעל",
    "سامي",
    "דוד",
    "ليلى",
    "משה",
    "فاطمة",
    "אבי",
    "عمر_٧",
    "נועה_כהן",
];
const EMOJI: [&str; 8] = ["🎮", "🦊", "✨", "👩‍🚀", "🏳️‍🌈", "🫶🏽", "🐙", "🇸🇪"];
/// Longest name on Twitch, in characters.
pub(super) const LONGEST: usize = 25;

/// The people of an audience. All names differ.
pub(super) fn people(audience: TestAudience, count: usize, dice: &mut Rng) -> Vec<Person> {
    let mut taken = HashSet::new();
    let mut people = Vec::with_capacity(count);
    for place in 0..count {
        let mut name = name(audience, dice);
        if !taken.insert(name.to_lowercase()) {
            name = numbered(&name, place);
            taken.insert(name.to_lowercase());
        }
        let id = format!("test-{}-{place}", audience.seed);
        people.extend(Person::on(Platform::Twitch, &id, &id, &name));
    }
    people
}

/// The name with a number, so that it is another one. The number replaces the end of a long name.
fn numbered(name: &str, number: usize) -> String {
    let number = number.to_string();
    let kept = LONGEST.saturating_sub(number.len());
    let name: String = name.chars().take(kept).collect();
    name + &number
}

fn name(audience: TestAudience, dice: &mut Rng) -> String {
    let one = |list: &[&'static str], dice: &mut Rng| dice.choice(list).copied().unwrap_or("Ann");
    let rtl = if audience.rtl { 25 } else { 1 };
    let emoji = if audience.emoji { 33 } else { 1 };
    let (beginning, ending) = (one(&BEGINNINGS, dice), one(&ENDINGS, dice));
    let mut name = match dice.u64(..100) {
        kind if kind < rtl => one(&RTL, dice).to_owned(),
        kind if kind < rtl + 10 => one(&ELSEWHERE, dice).to_owned(),
        kind if kind < rtl + 30 => format!("{beginning}_{ending}"),
        kind if kind < rtl + 42 => format!(
            "{}{}{}",
            beginning.to_lowercase(),
            ending.to_lowercase(),
            dice.u64(1..100)
        ),
        kind if kind < rtl + 48 => format!("The{beginning}_{ending}_{}", dice.u64(1970..2010)),
        kind if kind < rtl + 53 => format!("xX_{beginning}{ending}_Xx"),
        kind if kind < rtl + 58 => beginning.to_owned() + one(&["o", "ie", "ster", "_"], dice),
        _ => format!("{beginning}{ending}"),
    };
    if audience.long {
        let missing = LONGEST.saturating_sub(name.chars().count() + 1);
        let more: String = "MWwm".chars().cycle().take(missing).collect();
        name = format!("{name}_{more}");
    }
    if dice.u64(..100) < emoji {
        name += one(&EMOJI, dice);
    }
    name
}

#[cfg(test)]
pub(super) fn has_rtl(name: &str) -> bool {
    RTL.iter().any(|part| name.contains(part))
}

#[cfg(test)]
pub(super) fn has_emoji(name: &str) -> bool {
    EMOJI.iter().any(|part| name.contains(part))
}

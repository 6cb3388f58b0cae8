//! The general parameters: size, gaps, colours, fonts, and how the roll moves.

use crate::{
    credits::roll::look::{CreditsPlan, Duration},
    twitchat::credits_settings::Params,
};

/// The height of letters in Twitchat's overlay at a scale of 1, in pixels: 1.5 em of 16 px.
const TWITCHATS_LETTER_PX: f64 = 24.0;
/// That of our page, on a picture with 1,080 lines: 3.7 vmin.
const OUR_LETTER_PX: f64 = 39.96;
/// The height of letters in our titles, as a multiple of that in names.
const TITLE_FACTOR: f64 = 1.5;
/// The bounds of our settings.
const LARGEST_GAP: f64 = 50.0;

/// Reads the parameters into the plan, and adds the names of the settings that were read.
pub(super) fn read(
    params: Params<'_>,
    no_entry: &str,
    plan: &mut CreditsPlan,
    names: &mut Vec<&'static str>,
) {
    let (look, mut put) = (&mut plan.look, |name| names.push(name));
    // Twitchat: from 0.25 em at 0 to 3 em at 100.
    let em = 0.25 + params.number("scale").unwrap_or(30.0).clamp(1.0, 100.0) / 100.0 * 2.75;
    let scale = rounded(em * TWITCHATS_LETTER_PX / OUR_LETTER_PX);
    if params.number("scale").is_some() {
        look.scale = scale;
        put("overlay.scale");
    }
    let gap = |gap: f64| Some(rounded(gap.clamp(0.0, LARGEST_GAP)));
    if let Some(padding) = params.number("padding") {
        // 7 em for 100, and a name has 1.5 em.
        look.style.section_gap = gap(padding / 100.0 * 7.0 / 1.5);
        put("overlay.section_gap");
    }
    if let Some(pixels) = params.number("paddingTitle") {
        look.style.title_gap = gap(pixels / (OUR_LETTER_PX * TITLE_FACTOR * scale));
        put("overlay.title_gap");
    }
    if let Some(sticky) = params.flag("stickyTitle") {
        look.sticky_titles = sticky;
        put("overlay.sticky_titles");
    }
    let text = |name| {
        let text = params.text(name).map(str::trim);
        text.filter(|text| !text.is_empty()).map(Box::from)
    };
    for (parameter, name, place) in [
        (
            "colorTitle",
            "overlay.title_color",
            &mut look.style.title_color,
        ),
        (
            "colorEntry",
            "overlay.name_color",
            &mut look.style.name_color,
        ),
        (
            "fontTitle",
            "overlay.title_font",
            &mut look.style.title_font,
        ),
        ("fontEntry", "overlay.name_font", &mut look.style.name_font),
    ] {
        if let Some(text) = text(parameter) {
            *place = Some(text);
            put(name);
        }
    }
    if let Some(percent) = params.number("textShadow") {
        look.style.shadow = Some(rounded(percent.clamp(0.0, 100.0) / 100.0));
        put("overlay.shadow");
    }
    if let Some(delay) = params.number("startDelay") {
        look.delay = delay.clamp(0.0, 3_600.0);
        put("overlay.delay");
    }
    timing(params, plan, &mut put);
    let look = &mut plan.look;
    if let Some(repeats) = params.flag("loop") {
        look.repeats = repeats;
        put("overlay.loop");
    }
    if let Some(icons) = params.flag("showIcons") {
        look.icons = icons;
        put("overlay.icons");
    }
    if let Some(pixels) = params.number("fadeSize") {
        look.fade = whole(pixels.clamp(0.0, 2_000.0));
        put("overlay.fade");
    }
    if let Some(emotes) = params.flag("powerUpEmotes") {
        plan.emotes = emotes;
        put("overlay.emotes");
    }
    // Twitchat hides them unless this is `false`.
    plan.hide_empty = params.is_not_off("hideEmptySlots");
    put("overlay.hide_empty");
    if !no_entry.is_empty() {
        plan.look.style.empty_text = Some(no_entry.into());
        put("overlay.empty_text");
    }
}

/// `duration` is the time of the movement, without the delay; our `seconds` includes it.
fn timing(params: Params<'_>, plan: &mut CreditsPlan, put: &mut impl FnMut(&'static str)) {
    let look = &mut plan.look;
    if let Some(speed) = params.number("speed") {
        look.speed = Some(speed.clamp(1.0, 10_000.0));
        put("overlay.speed");
    }
    look.seconds = match params.text("timing") {
        Some("duration") => {
            let seconds = params.number("duration").unwrap_or(60.0) + look.delay;
            Duration::Seconds(seconds.clamp(1.0, 86_400.0))
        }
        Some(_) => Duration::Auto,
        None => return,
    };
    put("overlay.seconds");
}

/// Copies the value of one setting.
pub(super) fn copy(name: &str, from: &CreditsPlan, to: &mut CreditsPlan) {
    let (theirs, ours) = (&from.look, &mut to.look);
    match name {
        "overlay.scale" => ours.scale = theirs.scale,
        "overlay.section_gap" => ours.style.section_gap = theirs.style.section_gap,
        "overlay.title_gap" => ours.style.title_gap = theirs.style.title_gap,
        "overlay.sticky_titles" => ours.sticky_titles = theirs.sticky_titles,
        "overlay.title_color" => ours.style.title_color.clone_from(&theirs.style.title_color),
        "overlay.name_color" => ours.style.name_color.clone_from(&theirs.style.name_color),
        "overlay.title_font" => ours.style.title_font.clone_from(&theirs.style.title_font),
        "overlay.name_font" => ours.style.name_font.clone_from(&theirs.style.name_font),
        "overlay.shadow" => ours.style.shadow = theirs.style.shadow,
        "overlay.delay" => ours.delay = theirs.delay,
        "overlay.speed" => ours.speed = theirs.speed,
        "overlay.seconds" => ours.seconds = theirs.seconds,
        "overlay.loop" => ours.repeats = theirs.repeats,
        "overlay.icons" => ours.icons = theirs.icons,
        "overlay.fade" => ours.fade = theirs.fade,
        "overlay.empty_text" => ours.style.empty_text.clone_from(&theirs.style.empty_text),
        "overlay.emotes" => to.emotes = from.emotes,
        "overlay.hide_empty" => to.hide_empty = from.hide_empty,
        _ => {}
    }
}

/// The number with three digits after the point, so that files and statuses are readable.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the caller has clamped it"
)]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

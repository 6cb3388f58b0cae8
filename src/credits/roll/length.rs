//! Estimates how long a roll takes, for when no page reports it.
//!
//! A page measures it exactly. The estimate uses the heights of the page's default style at scale
//! 1. If the config sets the length, the roll takes that time whatever its contents are.

use super::{
    look::{Look, Mode},
    motion::{self, FULL_HEIGHT, Reason, Scrolling},
    plan::Layout,
    section::{Body, Section},
};

/// Heights on a page that is 1,080 pixels high, at scale 1 in the page's default style, in
/// pixels: a title with its gaps, a line of names, a line below a name, a line of text, and an
/// image.
const TITLE: f64 = 150.0;
const ROW: f64 = 54.0;
const NOTE: f64 = 34.0;
const TEXT_LINE: f64 = 60.0;
const IMAGE: f64 = 240.0;
/// The part of the height at which the end of a high last section comes to rest.
const LAST_LINE: f64 = 0.94;
/// The part of the height that a slide may fill, and the part of that which a small section may.
const SLIDE_ROOM: f64 = 0.86;
const SMALL: f64 = 0.52;
/// Characters in one line of text.
const TEXT_WIDTH: usize = 60;

/// The estimated times of a roll.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Length {
    /// Total seconds, including the delay.
    pub seconds: f64,
    /// Seconds from the start until each section is in the middle of the page.
    pub sections: Vec<f64>,
    pub reason: Reason,
}

/// Estimates the times. `height` is that of the page in pixels. Letters scale with the page, and so
/// does the speed; only images have a fixed height.
pub fn length(sections: &[Section], look: &Look, height: u32) -> Length {
    let page = FULL_HEIGHT / f64::from(height.max(1));
    let heights: Vec<f64> = sections
        .iter()
        .map(|section| match section.body {
            Body::Image {
                height: Some(height),
                ..
            } => f64::from(height) * page + TEXT_LINE * look.scale,
            _ => height_of(section) * look.scale,
        })
        .collect();
    match look.mode {
        Mode::Scroll => scrolled(&heights, look),
        Mode::Slides => shown(sections, &heights, look),
    }
}

/// The content moves from below the lower edge until the last section stands in the middle. If that
/// is too high, its end comes to rest near the lower edge.
fn scrolled(heights: &[f64], look: &Look) -> Length {
    let fade = f64::from(look.fade).min(FULL_HEIGHT / 4.0);
    let content: f64 = heights.iter().sum();
    let last = heights.last().copied().unwrap_or_default();
    let rest = if last <= FULL_HEIGHT - 2.0 * fade {
        f64::midpoint(FULL_HEIGHT, last)
    } else {
        (FULL_HEIGHT - fade).min(FULL_HEIGHT * LAST_LINE)
    };
    let travel = FULL_HEIGHT + content - rest;
    let title = if look.sticky_titles {
        fade + TITLE
    } else {
        0.0
    };
    let readable = FULL_HEIGHT - title - 2.0 * fade - ROW;
    let motion = Scrolling::new(travel, readable, look);
    let starts = heights.iter().scan(0.0, |sum, size| {
        let begin = *sum;
        *sum += size;
        Some(begin)
    });
    Length {
        seconds: motion.seconds,
        sections: starts
            .map(|start| motion.when(start + FULL_HEIGHT / 2.0))
            .collect(),
        reason: motion.reason,
    }
}

/// Small sections with names share a slide, as in the page's `grouping.js`.
fn shown(sections: &[Section], heights: &[f64], look: &Look) -> Length {
    let room = SLIDE_ROOM * FULL_HEIGHT;
    let mut firsts = Vec::with_capacity(heights.len());
    let mut count = 0.0;
    // The height of the last slide, if others may join it.
    let mut filled = None;
    for (section, size) in sections.iter().zip(heights) {
        let is_small = matches!(section.body, Body::People { .. }) && *size <= SMALL * room;
        match filled.map(|height| height + size) {
            Some(together) if is_small && together <= room => {
                firsts.push(count - 1.0);
                filled = Some(together);
            }
            _ => {
                firsts.push(count);
                count += (size / FULL_HEIGHT).ceil().max(1.0);
                filled = is_small.then_some(*size);
            }
        }
    }
    let (each, reason) = motion::slide(count, look);
    Length {
        seconds: look.delay + count * each,
        sections: firsts
            .iter()
            .map(|first| look.delay + first * each)
            .collect(),
        reason,
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn height_of(section: &Section) -> f64 {
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.chars().count().div_ceil(TEXT_WIDTH).max(1))
            .sum::<usize>() as f64
    };
    match &section.body {
        Body::People {
            title,
            layout,
            names,
            ..
        } => {
            let columns = match layout {
                Layout::TwoColumns => 2,
                Layout::ThreeColumns => 3,
                // The number of columns depends on the names; 4 is a guess.
                Layout::FlowLeft | Layout::FlowCenter | Layout::FlowRight => 4,
                Layout::Left | Layout::Center | Layout::Right | Layout::Pairs => 1,
            };
            let notes: f64 = names
                .iter()
                .map(|name| {
                    let below = if name.inline {
                        let texts: Vec<_> =
                            name.lines.iter().map(|line| line.text.as_str()).collect();
                        lines(&texts.join(", "))
                    } else {
                        name.lines.len() as f64
                    };
                    (lines(&name.note) + below) * NOTE
                })
                .sum();
            let rows = names.len().max(1).div_ceil(columns) as f64;
            f64::from(u8::from(!title.is_empty())) * TITLE + rows * ROW + notes / columns as f64
        }
        Body::Text { title, text, .. } => {
            f64::from(u8::from(!title.is_empty())) * TITLE
                + lines(&without_tags(text)) * TEXT_LINE
                + TEXT_LINE
        }
        Body::Image { .. } => IMAGE + TEXT_LINE,
    }
}

/// The text without tags. A tag that begins a line is replaced by a line break.
fn without_tags(text: &str) -> String {
    const LINES: [&str; 15] = [
        "br",
        "p",
        "div",
        "li",
        "tr",
        "hr",
        "center",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
    ];
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        let is_tag = after.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/');
        let Some((tag, end)) = after.split_once('>').filter(|_| is_tag) else {
            shown.push('<');
            rest = after;
            continue;
        };
        let name = tag
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if LINES.contains(&&*name) {
            shown.push('\n');
        }
        rest = end;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credits::roll::{Duration, section::Name};

    fn people(names: usize, layout: Layout) -> Section {
        let name = Name {
            name: "x".into(),
            platform: "",
            amount: String::new(),
            weight: 0,
            note: String::new(),
            badge: "",
            images: Vec::new(),
            who: None,
            lines: Vec::new(),
            inline: false,
            skin: Box::default(),
        };
        let body = Body::People {
            title: "t".into(),
            icon: None,
            layout,
            names: vec![name; names],
            empty: None,
        };
        Section {
            id: "x".into(),
            body,
            kinds: Vec::new(),
        }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn a_speed_takes_as_long_as_there_is_to_see() {
        let look = Look {
            speed: Some(54.0),
            delay: 3.0,
            ..Look::default()
        };
        let one = length(&[people(10, Layout::Center)], &look, 1_080);
        // The section is 690 pixels high, and rests in the middle.
        let travel = 1_080.0 - (1_080.0 - 690.0) / 2.0;
        assert!(
            near(one.seconds, 3.0 + travel / 54.0 + 1.75 + 4.5),
            "{one:?}"
        );
        let columns = length(&[people(10, Layout::TwoColumns)], &look, 1_080);
        assert!(near(one.seconds - columns.seconds, 2.5), "{columns:?}");
        let two = length(
            &[people(10, Layout::Center), people(1, Layout::Center)],
            &look,
            1_080,
        );
        assert!(
            near(two.sections[1] - two.sections[0], 690.0 / 54.0),
            "{two:?}"
        );
        let long = length(&[people(100, Layout::Center)], &look, 1_080);
        assert!(
            near(long.seconds, 3.0 + (5_550.0 + 80.0) / 54.0 + 1.75 + 4.5),
            "its end rests above the fade: {long:?}"
        );
    }

    #[test]
    fn tags_take_no_room_but_lines_do() {
        assert_eq!(
            without_tags(r#"<b style="x">I</b> <3 a < b<br>and <H2>you</h2>"#),
            "I <3 a < b\nand \nyou"
        );
        assert_eq!(
            ["", "<", "<b", "a<", "<>"].map(without_tags),
            ["", "<", "<b", "a<", "<>"]
        );
    }

    #[test]
    fn a_wanted_time_is_kept_whatever_is_in_it() {
        let look = Look {
            seconds: Duration::Seconds(60.0),
            delay: 2.0,
            ..Look::default()
        };
        for names in [0, 1, 5_000] {
            let long = length(&[people(names, Layout::Center)], &look, 1_080);
            assert!(
                near(long.seconds, 60.0)
                    && long
                        .sections
                        .iter()
                        .all(|start| (2.0..60.0).contains(start)),
                "{long:?}"
            );
        }
        assert!(near(length(&[], &look, 1_080).seconds, 60.0));
    }

    #[test]
    fn slides_stand_for_their_time() {
        let look = Look {
            mode: Mode::Slides,
            slide_seconds: Some(5.0),
            ..Look::default()
        };
        let three = length(
            &[people(1, Layout::Center), people(40, Layout::Center)],
            &look,
            1_080,
        );
        assert!(
            near(three.seconds, 5.0 * 4.0) && near(three.sections[1], 5.0),
            "{three:?}"
        );
    }

    #[test]
    fn small_sections_share_a_slide() {
        let look = Look {
            mode: Mode::Slides,
            slide_seconds: Some(5.0),
            ..Look::default()
        };
        let text = Section {
            id: "text".into(),
            body: Body::Text {
                title: String::new(),
                text: "Bye".into(),
                layout: Layout::Center,
            },
            kinds: Vec::new(),
        };
        let small = || people(2, Layout::Center);
        let sections = [small(), small(), small(), small(), text, small()];
        let length = length(&sections, &look, 1_080);
        assert_eq!(length.sections, [0.0, 0.0, 0.0, 5.0, 10.0, 15.0]);
        assert!(near(length.seconds, 20.0), "{length:?}");
    }
}

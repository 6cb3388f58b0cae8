//! How long a roll takes, and how it moves: it eases in, moves evenly, eases out, holds its last
//! card, and fades out.
//!
//! The page has the same rules, in `overlay/assets/credits/pace.js`. Change both.

use super::look::Look;

/// Speeds and heights of fades are in pixels of a picture of this height.
pub(super) const FULL_HEIGHT: f64 = 1_080.0;

/// The pace of a roll whose length is automatic, if that takes between the shortest and the longest
/// time, in pixels per second and in seconds.
const USUAL_SPEED: f64 = 80.0;
const USUAL_SLIDE: f64 = 6.0;
const SHORTEST: f64 = 60.0;
const LONGEST: f64 = 180.0;

const EASE_IN: f64 = 1.5;
const EASE_OUT: f64 = 2.0;
/// Seconds for which the last card stands still, and in which it then fades out.
const HOLD: f64 = 3.5;
const FADE_OUT: f64 = 1.0;
/// Rolls that are shorter than this hold and fade for less time, in proportion.
const WHOLE_END: f64 = 20.0;
/// The greatest part of the movement that each easing may take.
const EASE_PART: f64 = 0.2;

/// Why a roll takes as long as it does.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    serde::Serialize,
    serde::Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The setting `seconds`, or an option of this roll.
    #[default]
    Seconds,
    /// The setting `speed`.
    Speed,
    /// The setting `slide_seconds`.
    SlideSeconds,
    /// The length of the music.
    Music,
    /// Automatic: the usual speed.
    Usual,
    /// Automatic: the shortest time.
    Shortest,
    /// Automatic: the longest time.
    Longest,
    /// Automatic: `minimum_seconds` needs more than the longest time.
    Readable,
}

/// The length in seconds if it is automatic. `needed` is the least in which everything can be read.
fn automatic(natural: f64, needed: f64) -> (f64, Reason) {
    let bound = natural.clamp(SHORTEST, LONGEST);
    if needed > bound {
        (needed, Reason::Readable)
    } else if bound > natural {
        (bound, Reason::Shortest)
    } else if bound < natural {
        (bound, Reason::Longest)
    } else {
        (bound, Reason::Usual)
    }
}

/// Seconds of a movement that would take `even` seconds without the easings.
fn movement(even: f64) -> f64 {
    let plain = even + f64::midpoint(EASE_IN, EASE_OUT);
    if plain * EASE_PART >= EASE_OUT {
        return plain;
    }
    let partly = (even + EASE_IN / 2.0) / (1.0 - EASE_PART / 2.0);
    if partly * EASE_PART >= EASE_IN {
        partly
    } else {
        even / (1.0 - EASE_PART)
    }
}

/// The length without the delay, if the roll moves `travel` pixels.
fn whole(travel: f64, speed: f64) -> f64 {
    movement(travel / speed) + HOLD + FADE_OUT
}

/// How a roll that scrolls moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scrolling {
    pub(super) reason: Reason,
    /// Seconds of the whole roll.
    pub(super) seconds: f64,
    delay: f64,
    ease_in: f64,
    ease_out: f64,
    movement: f64,
    travel: f64,
    /// Pixels per second between the easings.
    speed: f64,
}

impl Scrolling {
    /// `travel` is the number of pixels that the roll moves on a picture that is 1,080 high, and
    /// `readable` the number over which a name can be read.
    pub(super) fn new(travel: f64, readable: f64, look: &Look) -> Self {
        let travel = travel.max(1.0);
        let (length, reason) = match (look.seconds.seconds(), look.speed) {
            (Some(seconds), _) => (seconds - look.delay, Reason::Seconds),
            (None, Some(speed)) => (whole(travel, speed), Reason::Speed),
            (None, None) => {
                let needed = if look.minimum_seconds > 0.0 {
                    whole(travel, readable.max(1.0) / look.minimum_seconds)
                } else {
                    0.0
                };
                automatic(whole(travel, USUAL_SPEED), needed)
            }
        };
        let length = length.max(0.001);
        let end = if reason == Reason::Speed {
            1.0
        } else {
            (length / WHOLE_END).min(1.0)
        };
        let movement = length - end * (HOLD + FADE_OUT);
        let [ease_in, ease_out] =
            [EASE_IN, EASE_OUT].map(|longest| longest.min(movement * EASE_PART));
        Self {
            reason,
            seconds: look.delay + length,
            delay: look.delay,
            ease_in,
            ease_out,
            movement,
            travel,
            speed: travel / (movement - f64::midpoint(ease_in, ease_out)),
        }
    }

    /// Seconds from the start until the roll has moved `way` pixels, at most the time at which it
    /// rests.
    pub(super) fn when(&self, way: f64) -> f64 {
        let way = way.clamp(0.0, self.travel);
        let left = self.travel - way;
        let (in_way, out_way) = (
            self.speed * self.ease_in / 2.0,
            self.speed * self.ease_out / 2.0,
        );
        let moved = if way < in_way {
            (2.0 * way * self.ease_in / self.speed).sqrt()
        } else if left < out_way {
            self.movement - (2.0 * left * self.ease_out / self.speed).sqrt()
        } else {
            self.ease_in + (way - in_way) / self.speed
        };
        self.delay + moved
    }
}

/// Seconds for which each of `count` slides is shown.
pub(super) fn slide(count: f64, look: &Look) -> (f64, Reason) {
    let count = count.max(1.0);
    match (look.seconds.seconds(), look.slide_seconds) {
        (Some(seconds), _) => (((seconds - look.delay) / count).max(0.001), Reason::Seconds),
        (None, Some(seconds)) => (seconds, Reason::SlideSeconds),
        (None, None) => {
            let (whole, reason) = automatic(count * USUAL_SLIDE, count * look.minimum_seconds);
            (whole / count, reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credits::roll::Duration;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn an_automatic_length_is_between_a_minute_and_three_unless_reading_takes_longer() {
        let of = |travel| {
            let pace = Scrolling::new(travel, 800.0, &Look::default());
            (pace.seconds.round(), pace.reason)
        };
        assert_eq!(
            [500.0, 8_000.0, 40_000.0, 400_000.0].map(of),
            [
                (60.0, Reason::Shortest),
                (106.0, Reason::Usual),
                (180.0, Reason::Longest),
                (1_006.0, Reason::Readable)
            ]
        );
        let hurried = Look {
            minimum_seconds: 0.0,
            ..Look::default()
        };
        assert!(near(
            Scrolling::new(400_000.0, 800.0, &hurried).seconds,
            180.0
        ));
    }

    #[test]
    fn a_number_of_seconds_wins_over_a_speed_and_a_speed_over_auto() {
        let speed = Look {
            speed: Some(100.0),
            delay: 2.0,
            ..Look::default()
        };
        let pace = Scrolling::new(2_000.0, 800.0, &speed);
        assert_eq!((pace.reason, pace.speed.round()), (Reason::Speed, 100.0));
        assert!(near(pace.seconds, 2.0 + 20.0 + 1.75 + 4.5));
        let both = Look {
            seconds: Duration::Seconds(90.0),
            ..speed
        };
        let pace = Scrolling::new(2_000.0, 800.0, &both);
        assert_eq!((pace.reason, pace.seconds), (Reason::Seconds, 90.0));
    }

    #[test]
    fn the_roll_rests_at_its_end() {
        let look = Look {
            seconds: Duration::Seconds(60.0),
            ..Look::default()
        };
        let pace = Scrolling::new(3_000.0, 800.0, &look);
        assert!(near(pace.when(0.0), 0.0) && near(pace.when(3_000.0), 60.0 - 4.5));
        assert!(near(pace.when(9_000.0), 55.5));
        let mut last = 0.0;
        for way in 1..=30 {
            let at = pace.when(f64::from(way) * 100.0);
            assert!(at > last, "{way}: {at}");
            last = at;
        }
    }

    #[test]
    fn a_short_roll_takes_the_wanted_time_too() {
        for seconds in [1.0, 3.0, 10.0] {
            let look = Look {
                seconds: Duration::Seconds(seconds),
                ..Look::default()
            };
            let pace = Scrolling::new(3_000.0, 800.0, &look);
            assert!(near(pace.seconds, seconds) && pace.when(3_000.0) < seconds);
        }
    }
}

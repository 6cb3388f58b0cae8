//! Estimates the position of a roll from the time, the speed and the last jump.
//!
//! Pages move the roll by themselves. The estimate serves pages that load late, and determines the
//! end of the roll if no page can report it.

/// A moving position in the roll.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Position {
    base_ms: f64,
    since_ms: u64,
    factor: f64,
    paused: bool,
}

/// Highest speed factor in either direction; nothing is readable at a higher one.
pub(super) const FASTEST: f64 = 100.0;

impl Position {
    /// The beginning of the roll.
    pub(super) fn start(mono_ms: u64) -> Self {
        Self {
            base_ms: 0.0,
            since_ms: mono_ms,
            factor: 1.0,
            paused: false,
        }
    }

    /// Milliseconds from the beginning, at the roll's normal speed.
    pub(super) fn at(&self, mono_ms: u64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of a roll are far below 2^53"
        )]
        let passed = mono_ms.saturating_sub(self.since_ms) as f64;
        let moved = if self.paused {
            0.0
        } else {
            passed * self.factor
        };
        (self.base_ms + moved).max(0.0)
    }

    /// The position in whole milliseconds, for messages.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from float saturates, and it is never negative"
    )]
    pub(super) fn elapsed_ms(&self, mono_ms: u64) -> u64 {
        self.at(mono_ms) as u64
    }

    /// The speed factor: 1 is the normal speed, and a negative one moves backwards.
    pub(super) fn factor(&self) -> f64 {
        self.factor
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Continues from another position.
    pub(super) fn jump(&mut self, to_ms: f64, mono_ms: u64) {
        self.base_ms = to_ms.max(0.0);
        self.since_ms = mono_ms;
    }

    /// Pauses or resumes.
    pub(super) fn pause(&mut self, paused: bool, mono_ms: u64) {
        self.jump(self.at(mono_ms), mono_ms);
        self.paused = paused;
    }

    /// Sets the speed factor, limited to [`FASTEST`] in either direction.
    pub(super) fn speed(&mut self, factor: f64, mono_ms: u64) {
        self.jump(self.at(mono_ms), mono_ms);
        self.factor = factor.clamp(-FASTEST, FASTEST);
    }

    /// When the roll reaches a position, on the monotonic clock; `None` if it is paused or does not
    /// move forward.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a cast from float saturates, and milliseconds are far below 2^53"
    )]
    pub(super) fn reaches_ms(&self, place_ms: f64) -> Option<u64> {
        let left = place_ms - self.base_ms;
        if self.paused || self.factor <= 0.0 {
            return None;
        }
        Some((self.since_ms as f64 + (left / self.factor).max(0.0)).ceil() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_at_the_speed_asked_for() {
        let mut position = Position::start(1_000);
        assert_eq!(
            (
                position.elapsed_ms(500),
                position.elapsed_ms(3_000),
                position.reaches_ms(5_000.0)
            ),
            (0, 2_000, Some(6_000))
        );
        position.speed(2.0, 3_000);
        assert_eq!(
            (position.elapsed_ms(4_000), position.reaches_ms(5_000.0)),
            (4_000, Some(4_500))
        );
        position.pause(true, 4_000);
        assert_eq!(
            (position.elapsed_ms(9_000), position.reaches_ms(5_000.0)),
            (4_000, None)
        );
        position.pause(false, 9_000);
        assert_eq!(position.elapsed_ms(9_250), 4_500);
        position.speed(-1.0, 9_250);
        assert_eq!(
            (
                position.elapsed_ms(10_250),
                position.elapsed_ms(99_000),
                position.reaches_ms(5_000.0)
            ),
            (3_500, 0, None)
        );
        position.speed(0.0, 10_250);
        assert_eq!(
            (position.elapsed_ms(99_000), position.reaches_ms(5_000.0)),
            (3_500, None)
        );
        position.jump(7_000.0, 99_000);
        position.speed(1.0, 99_000);
        assert_eq!(
            (position.elapsed_ms(99_100), position.reaches_ms(5_000.0)),
            (7_100, Some(99_000)),
            "past it already"
        );
    }
}

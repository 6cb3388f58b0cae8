//! Limits how often received messages make the bridge send messages, ask questions and write.
//!
//! A few actions are allowed at once, and further ones at even intervals. A wanted action is never
//! lost. It is allowed as soon as the limit permits it.

/// A limit on how often an action is allowed. The owner calls [`Self::want`] when there is a reason
/// for the action, and [`Self::take`] at each input.
#[derive(Debug, Clone)]
pub(super) struct RateLimit {
    burst: u64,
    each_ms: u64,
    /// The time at which the next action would be due if all came at even intervals.
    steady_ms: u64,
    wanted: bool,
}

impl RateLimit {
    /// Allows at most `burst` actions at once, and one more every `each_ms` milliseconds.
    pub(super) const fn new(burst: u64, each_ms: u64) -> Self {
        Self {
            burst,
            each_ms,
            steady_ms: 0,
            wanted: false,
        }
    }

    /// Requests the action once more.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    pub(super) fn forget(&mut self) {
        self.wanted = false;
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Whether the action is allowed now. If it is, it counts as done.
    pub(super) fn allows(&mut self, mono_ms: u64) -> bool {
        if self.free_ms() > mono_ms {
            return false;
        }
        self.steady_ms = self.steady_ms.max(mono_ms) + self.each_ms;
        true
    }

    /// Whether the action is wanted and allowed now. If it is, it counts as done.
    pub(super) fn take(&mut self, mono_ms: u64) -> bool {
        let now = self.wanted && self.allows(mono_ms);
        self.wanted &= !now;
        now
    }

    /// The earliest time at which the action is allowed.
    pub(super) fn free_ms(&self) -> u64 {
        self.steady_ms
            .saturating_sub((self.burst - 1) * self.each_ms)
    }

    /// The time at which the wanted action is due; `None` if it is not wanted.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.wanted.then(|| self.free_ms())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times at which the limit allows the attempts that are made at `wanted`.
    fn done(limit: &mut RateLimit, wanted: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut done = Vec::new();
        for now_ms in wanted {
            while let Some(due_ms) = limit.due_ms().filter(|due_ms| *due_ms < now_ms) {
                assert!(limit.take(due_ms), "a due action is allowed");
                done.push(due_ms);
            }
            limit.want();
            done.extend(limit.take(now_ms).then_some(now_ms));
        }
        while let Some(due_ms) = limit.due_ms() {
            assert!(limit.take(due_ms), "a due action is allowed");
            done.push(due_ms);
        }
        done
    }

    #[test]
    fn the_first_action_is_allowed_at_once_and_the_last_after_the_pause() {
        assert_eq!(
            done(&mut RateLimit::new(1, 100), [5, 6, 7, 250]),
            [5, 105, 250]
        );
        assert_eq!(done(&mut RateLimit::new(1, 100), [5, 80]), [5, 105]);
    }

    #[test]
    fn a_burst_is_allowed_and_comes_back_with_time() {
        assert_eq!(
            done(&mut RateLimit::new(3, 100), [1_000, 1_001, 1_002, 1_003]),
            [1_000, 1_001, 1_002, 1_100]
        );
        assert_eq!(
            done(
                &mut RateLimit::new(3, 100),
                [1_000, 1_001, 1_002, 9_000, 9_001]
            ),
            [1_000, 1_001, 1_002, 9_000, 9_001]
        );
    }

    #[test]
    fn a_flood_of_any_length_is_allowed_evenly() {
        let times = done(&mut RateLimit::new(2, 1_000), 10_000..110_000);
        assert_eq!((times.len(), times.last()), (102, Some(&110_000)));
    }

    #[test]
    fn a_withdrawn_action_is_not_allowed() {
        let mut limit = RateLimit::new(1, 100);
        assert!(limit.allows(0));
        limit.want();
        limit.forget();
        assert_eq!((limit.due_ms(), limit.take(500)), (None, false));
    }
}

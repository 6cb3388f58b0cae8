use proptest::prelude::*;

use super::{
    backoff::{SHORTEST_DELAY, longest_delay},
    *,
};

const NO_JITTER: Jitter = Jitter(0);

fn millis(ms: u64) -> Moment {
    Duration::from_millis(ms)
}

/// Feeds inputs at their times, from `Idle`.
fn run(inputs: &[(u64, Input)]) -> (LinkState, Effect) {
    inputs.iter().fold(
        (LinkState::Idle, Effect::Rest),
        |(state, _), (at, input)| state.step(*input, millis(*at), NO_JITTER),
    )
}

#[test]
fn an_absent_obs_is_tried_again_and_then_served() {
    use Input::{Connected, Failed, Start, Tick};
    let away = LinkError::Away;
    assert_eq!(
        run(&[(0, Start)]),
        (
            LinkState::Connecting {
                attempt: 1,
                after: None
            },
            Effect::Connect
        )
    );
    assert_eq!(
        run(&[(0, Start), (10, Failed(away))]),
        (
            LinkState::Waiting {
                until: millis(260),
                attempt: 1,
                cause: away
            },
            Effect::Sleep { until: millis(260) }
        )
    );
    let second = [(0, Start), (10, Failed(away)), (260, Tick)];
    assert_eq!(
        run(&second),
        (
            LinkState::Connecting {
                attempt: 2,
                after: Some(away)
            },
            Effect::Connect
        )
    );
    let third = [
        (0, Start),
        (10, Failed(away)),
        (260, Tick),
        (300, Failed(away)),
    ];
    assert_eq!(
        run(&third).0,
        LinkState::Waiting {
            until: millis(800),
            attempt: 2,
            cause: away
        }
    );
    assert_eq!(
        run(&[(0, Start), (10, Connected)]),
        (
            LinkState::Live {
                since: millis(10),
                failures: 0
            },
            Effect::Serve
        )
    );
}

#[test]
fn an_early_tick_sleeps_on() {
    let waiting = LinkState::Waiting {
        until: millis(500),
        attempt: 3,
        cause: LinkError::Away,
    };
    assert_eq!(
        waiting.step(Input::Tick, millis(499), NO_JITTER),
        (waiting, Effect::Sleep { until: millis(500) })
    );
}

#[test]
fn a_password_refused_at_the_very_first_connect_stops() {
    assert_eq!(
        run(&[(0, Input::Start), (1, Input::Failed(LinkError::Password))]).0,
        LinkState::Stopped(Halt::Password)
    );
}

#[test]
fn a_password_refused_later_is_tried_again_and_counts_from_one() {
    use Input::{Failed, Start, Tick};
    let (state, _) = run(&[
        (0, Start),
        (1, Failed(LinkError::Away)),
        (999, Tick),
        (1_000, Failed(LinkError::Password)),
    ]);
    assert_eq!(
        state,
        LinkState::Waiting {
            until: millis(1_250),
            attempt: 1,
            cause: LinkError::Password
        }
    );
    let live = LinkState::Live {
        since: millis(0),
        failures: 0,
    };
    let (lost, _) = live.step(Input::Lost(LinkError::Away), millis(60_000), NO_JITTER);
    let (again, _) = lost.step(Input::Tick, millis(90_000), NO_JITTER);
    let (refused, _) = again.step(
        Input::Failed(LinkError::Password),
        millis(90_001),
        NO_JITTER,
    );
    assert!(matches!(
        refused,
        LinkState::Waiting {
            cause: LinkError::Password,
            ..
        }
    ));
}

#[test]
fn a_kick_and_an_old_obs_always_stop_the_link() {
    let connecting = LinkState::Connecting {
        attempt: 5,
        after: Some(LinkError::Away),
    };
    let live = LinkState::Live {
        since: millis(0),
        failures: 0,
    };
    for (error, halt) in [
        (LinkError::Kicked, Halt::Kicked),
        (LinkError::TooOld, Halt::TooOld),
    ] {
        assert_eq!(
            connecting
                .step(Input::Failed(error), millis(1), NO_JITTER)
                .1,
            Effect::Finish(halt)
        );
        assert_eq!(
            live.step(Input::Lost(error), millis(1), NO_JITTER).1,
            Effect::Finish(halt)
        );
    }
}

#[test]
fn a_link_that_comes_and_goes_is_tried_ever_more_slowly() {
    use Input::{Connected, Lost, Tick};
    let mut state = LinkState::Live {
        since: millis(0),
        failures: 0,
    };
    let mut waits = Vec::new();
    let mut now = millis(0);
    for _ in 0..4 {
        now += millis(100);
        (state, _) = state.step(Lost(LinkError::Away), now, NO_JITTER);
        let LinkState::Waiting { until, .. } = state else {
            panic!("{state:?}")
        };
        waits.push(until.saturating_sub(now).as_millis());
        now = until;
        (state, _) = state.step(Tick, now, NO_JITTER);
        (state, _) = state.step(Connected, now, NO_JITTER);
    }
    assert_eq!(waits, [250, 500, 1000, 1000]);
    let (state, _) = state.step(Lost(LinkError::Away), now + STEADY_AFTER, NO_JITTER);
    assert!(
        matches!(state, LinkState::Waiting { attempt: 1, .. }),
        "{state:?}"
    );
}

/// Each moment without a connection may cost a message.
#[test]
fn a_steady_link_that_received_something_unreadable_connects_again_at_once() {
    let lost = |after| {
        LinkState::Live {
            since: millis(0),
            failures: 0,
        }
        .step(Input::Lost(LinkError::Unreadable), after, NO_JITTER)
    };
    assert_eq!(
        lost(STEADY_AFTER),
        (
            LinkState::Connecting {
                attempt: 1,
                after: Some(LinkError::Unreadable)
            },
            Effect::Connect
        )
    );
    assert!(matches!(
        lost(STEADY_AFTER / 2).0,
        LinkState::Waiting { attempt: 1, .. }
    ));
}

#[test]
fn a_link_that_receives_something_unreadable_each_time_is_tried_ever_more_slowly() {
    use Input::{Connected, Lost, Tick};
    let mut state = LinkState::Live {
        since: millis(0),
        failures: 0,
    };
    let mut now = STEADY_AFTER;
    (state, _) = state.step(Lost(LinkError::Unreadable), now, NO_JITTER);
    let mut waits = Vec::new();
    for _ in 0..4 {
        now += millis(50);
        (state, _) = state.step(Connected, now, NO_JITTER);
        (state, _) = state.step(Lost(LinkError::Unreadable), now, NO_JITTER);
        let LinkState::Waiting { until, .. } = state else {
            panic!("{state:?}")
        };
        waits.push(until.saturating_sub(now).as_millis());
        now = until;
        (state, _) = state.step(Tick, now, NO_JITTER);
    }
    assert_eq!(waits, [250, 500, 1000, 1000]);
}

fn error() -> impl Strategy<Value = LinkError> {
    prop_oneof![
        8 => Just(LinkError::Away), 4 => Just(LinkError::Unreadable),
        4 => Just(LinkError::Password),
        1 => Just(LinkError::TooOld), 1 => Just(LinkError::Kicked)]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        1 => Just(Input::Start),
        1 => Just(Input::Connected),
        1 => error().prop_map(Input::Failed),
        1 => error().prop_map(Input::Lost),
        4 => Just(Input::Tick),
    ]
}

proptest! {
    /// For any inputs in any order, attempts begin at least 250 ms apart, and no wait exceeds the
    /// longest one.
    #[test]
    fn never_spins(steps in prop::collection::vec((input(), 0_u64..3_000, any::<u16>()), 1..200)) {
        let (mut state, mut now, mut last_connect) = (LinkState::Idle, millis(0), None::<Moment>);
        for (input, pause, jitter) in steps {
            now += millis(pause);
            let before = state;
            let (next, effect) = state.step(input, now, Jitter(jitter));
            state = next;
            let connects = matches!(before, LinkState::Connecting { .. });
            if let (Effect::Connect, false) = (effect, connects) {
                if let Some(last) = last_connect {
                    prop_assert!(now.saturating_sub(last) >= SHORTEST_DELAY, "{before:?} {input:?} \
                        {now:?}");
                }
                last_connect = Some(now);
            }
            if let (LinkState::Waiting { until, cause, .. }, false) = (state, matches!(before,
                LinkState::Waiting { .. })) {
                let wait = until.saturating_sub(now);
                prop_assert!(wait >= SHORTEST_DELAY && wait <= longest_delay(cause));
            }
        }
    }

    /// A shell that carries out each effect always connects again until the link is stopped. The
    /// results of the attempts do not matter.
    #[test]
    fn never_sticks(ends in prop::collection::vec((error(), any::<bool>(), 0_u64..40_000,
        any::<u16>()), 1..100)) {
        let (mut state, mut effect) = LinkState::Idle.step(Input::Start, millis(0), NO_JITTER);
        let mut now = millis(0);
        for (error, connects, lasts, jitter) in ends {
            let jitter = Jitter(jitter);
            prop_assert_eq!(effect, Effect::Connect);
            if connects {
                (state, effect) = state.step(Input::Connected, now, jitter);
                prop_assert_eq!(effect, Effect::Serve);
                now += millis(lasts);
                (state, effect) = state.step(Input::Lost(error), now, jitter);
            } else {
                (state, effect) = state.step(Input::Failed(error), now, jitter);
            }
            match effect {
                Effect::Sleep { until } => {
                    now = until;
                    (state, effect) = state.step(Input::Tick, now, jitter);
                }
                Effect::Finish(_) => {
                    prop_assert!(!matches!(error, LinkError::Away | LinkError::Unreadable));
                    return Ok(());
                }
                // The link connects at once after an unreadable frame on a steady link.
                Effect::Connect => prop_assert_eq!(error, LinkError::Unreadable),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    /// No input starts a link that has stopped.
    #[test]
    fn a_stop_is_final(steps in prop::collection::vec(input(), 0..20), later in input()) {
        let mut state = LinkState::Idle;
        for input in steps {
            state = state.step(input, millis(0), NO_JITTER).0;
        }
        // In every state, one of these inputs reports a kick.
        let far = millis(1_000_000);
        for input in [Input::Start, Input::Tick, Input::Failed(LinkError::Kicked)] {
            state = state.step(input, far, NO_JITTER).0;
        }
        let (stopped, effect) = state.step(Input::Lost(LinkError::Kicked), far, NO_JITTER);
        prop_assert!(matches!((stopped, effect), (LinkState::Stopped(_), Effect::Finish(_))));
        prop_assert_eq!(stopped.step(later, millis(1), NO_JITTER).0, stopped);
    }
}

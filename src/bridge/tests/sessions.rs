//! Tests when sessions begin.

use super::*;

#[test]
fn the_first_session_begins_with_the_stream_that_already_runs() {
    let mut bench = Bench::up();
    bench.input(Input::Stream(Some(600_000)));
    assert_eq!(bench.bridge.session().started_ms, START_MS - 600_000);
    assert_eq!(bench.sessions.len(), 1);
}

#[test]
fn a_stream_after_the_grace_time_begins_a_session_and_one_within_does_not() {
    let mut bench = Bench::up();
    bench.input(Input::StreamChanged { active: true });
    bench.pass(60_000);
    bench.input(Input::StreamChanged { active: false });
    bench.pass(20 * 60_000);
    bench.input(Input::StreamChanged { active: true });
    assert_eq!(
        bench.sessions.len(),
        1,
        "20 minutes: the same stream, resumed"
    );
    bench.input(Input::StreamChanged { active: false });
    bench.pass(31 * 60_000);
    bench.input(Input::StreamChanged { active: true });
    assert_eq!(
        (bench.sessions.len(), &*bench.bridge.session().cause),
        (2, "stream")
    );
    assert_eq!(bench.bridge.session().started_ms, bench.now.wall_ms);
}

#[test]
fn a_stream_that_began_while_we_were_away_begins_a_session_at_its_start() {
    let mut bench = Bench::up();
    bench.input(Input::StreamChanged { active: true });
    bench.pass(60_000);
    bench.input(Input::StreamChanged { active: false });
    bench.input(Input::Down);
    bench.pass(3 * 3_600_000);
    bench.input(Input::Up(info()));
    bench.input(Input::Stream(Some(600_000)));
    assert_eq!(
        (
            &*bench.bridge.session().cause,
            bench.bridge.session().started_ms
        ),
        ("stream", bench.now.wall_ms - 600_000)
    );
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    bench.input(Input::Stream(Some(600_000)));
    assert_eq!(bench.sessions.len(), 2, "the same stream again is none");
}

#[test]
fn closed_for_long_begins_a_session_closed_shortly_does_not() {
    let mut bench = Bench::up();
    bench.pass(60_000);
    bench.input(Input::Stopping);
    bench.now.wall_ms += 11 * 3_600_000;
    assert_eq!(bench.restarted().sessions.len(), 1);
    bench.now.wall_ms += 2 * 3_600_000;
    let after = bench.restarted();
    assert_eq!(
        (after.sessions.len(), &*after.bridge.session().cause),
        (2, "closed")
    );
}

const HOUR_MS: u64 = 3_600_000;
/// The step of the clock in these tests, in milliseconds.
const STEP_MS: i64 = 6 * 3_600_000;

/// A bridge with a stream that ended a minute ago.
fn after_a_stream() -> Bench {
    let mut bench = Bench::up();
    bench.input(Input::StreamChanged { active: true });
    bench.pass(60_000);
    bench.input(Input::StreamChanged { active: false });
    bench.pass(60_000);
    bench
}

#[test]
fn a_clock_set_back_by_hours_does_not_hide_a_new_stream() {
    for pause_ms in [31 * 60_000, HOUR_MS, 7 * HOUR_MS] {
        let mut bench = after_a_stream();
        bench.now.wall_ms -= STEP_MS;
        bench.pass(pause_ms);
        bench.input(Input::StreamChanged { active: true });
        assert_eq!(bench.sessions.len(), 2, "{pause_ms} ms after the stream");
        assert_eq!(bench.bridge.session().started_ms, bench.now.wall_ms);
    }
}

#[test]
fn a_clock_set_back_by_hours_does_not_divide_a_stream() {
    let mut bench = after_a_stream();
    bench.now.wall_ms -= STEP_MS;
    bench.pass(20 * 60_000);
    bench.input(Input::StreamChanged { active: true });
    bench.pass(60_000);
    bench.now.wall_ms -= STEP_MS;
    bench.pass(60_000);
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    bench.input(Input::Stream(Some(120_000)));
    assert_eq!(bench.sessions.len(), 1, "the same stream");
}

#[test]
fn a_clock_set_back_while_no_bridge_ran_does_not_hide_a_new_stream() {
    let mut bench = after_a_stream();
    bench.input(Input::Stopping);
    bench.now.wall_ms -= STEP_MS;
    let mut bench = bench.restarted();
    bench.input(Input::Up(info()));
    bench.pass(31 * 60_000);
    bench.input(Input::StreamChanged { active: true });
    assert_eq!(bench.sessions.len(), 2, "{:?}", bench.sessions);
}

#[test]
fn a_clock_set_forward_during_a_stream_does_not_divide_it() {
    let mut bench = Bench::up();
    bench.input(Input::StreamChanged { active: true });
    bench.pass(60_000);
    bench.now.wall_ms += STEP_MS;
    bench.pass(60_000);
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    bench.input(Input::Stream(Some(120_000)));
    assert_eq!(bench.sessions.len(), 1, "the same stream");
}

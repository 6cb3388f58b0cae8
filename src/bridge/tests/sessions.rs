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

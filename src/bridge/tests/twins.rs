//! Tests the credits and the emitted events when two Twitchat pages report everything twice.

use super::*;

/// A page of Twitchat: its name, and whether it is of Twitchat 17 instead of Twitchat 16.
#[derive(Debug, Clone, Copy)]
struct Page(&'static str, bool);

const BROWSER_16: Page = Page("browser", false);
const DOCK_16: Page = Page("dock", false);
const BROWSER_17: Page = Page("browser", true);
const DOCK_17: Page = Page("dock", true);
const PAIRS: [[Page; 2]; 3] = [
    [BROWSER_16, DOCK_16],
    [BROWSER_16, DOCK_17],
    [BROWSER_17, DOCK_17],
];

/// An event, with type and data as Twitchat 16 reports it.
#[derive(Debug, Clone)]
struct Moment(&'static str, Value);

fn user(id: u32) -> Value {
    json!({ "id": id.to_string(), "login": format!("p{id}"), "displayName": format!("P{id}") })
}

fn follow(who: u32) -> Moment {
    Moment("FOLLOW", json!({ "user": user(who) }))
}

fn cheer(who: u32, bits: u32, text: &str) -> Moment {
    Moment(
        "BITS",
        json!({ "channel": "9", "message": text, "message_chunks": [], "user": user(who),
            "bits": bits }),
    )
}

fn redeem(who: u32, cost: u32) -> Moment {
    Moment(
        "REWARD_REDEEM",
        json!({ "channel": "9", "user": user(who), "reward": { "id": "rw1", "cost": cost,
            "title": "Hydrate" } }),
    )
}

fn resub(who: u32, total: u32) -> Moment {
    let more = json!({ "isResub": true, "totalSubDuration": total, "streakMonths": 2 });
    subscription(who, &more)
}

fn gift(who: u32, to: u32) -> Moment {
    let more = json!({ "isGift": true, "giftCount": 1, "recipients": [{ "uid": to.to_string(),
        "login": format!("p{to}") }] });
    subscription(who, &more)
}

fn subscription(who: u32, more: &Value) -> Moment {
    let mut data = json!({ "tier": 1, "months": 1, "user": user(who), "message": "",
        "recipients": [], "streakMonths": 1,
        "totalSubDuration": 1, "giftCount": 0 });
    data.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    Moment("SUBSCRIPTION", data)
}

fn report(bench: &mut Bench, page: Page, number: usize, Moment(kind, data): &Moment) {
    let kind = if page.1 {
        format!("ON_{kind}")
    } else {
        (*kind).to_owned()
    };
    let id = format!("{} {number}", page.0);
    bench.receive(
        &json!({ "origin": "twitchat", "type": kind, "id": id, "data": data }).to_string(),
    );
}

/// Plays moments after their pauses. Each page reports each moment, the second page a little later.
fn play(bench: &mut Bench, pages: &[Page], moments: &[(u64, Moment)]) {
    for (pause_ms, moment) in moments {
        bench.pass(*pause_ms);
        let number = bench.rows.len();
        for page in pages {
            report(bench, *page, number, moment);
            bench.pass(50);
        }
    }
}

/// The credits without times, and the number of facts that count.
fn outcome(bench: &mut Bench) -> (Value, u64) {
    let mut credits = bench.credits();
    drop_times(&mut credits);
    (
        credits,
        bench.bridge.parts.base.model.fold().session.facts(),
    )
}

fn drop_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|key, _| !["first", "last"].contains(&key.as_str()));
            fields.values_mut().for_each(drop_times);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_times),
        _ => {}
    }
}

fn amount(bench: &mut Bench, section: &str) -> u64 {
    bench.credits()["extended"][section][0]["amount"]
        .as_u64()
        .unwrap_or_default()
}

fn emitted(bench: &mut Bench, kinds: &[&str]) -> Vec<String> {
    let events = std::mem::take(&mut bench.effects)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Emitted { event, .. } => Some(event.name.kind.to_string()),
            _ => None,
        });
    events
        .filter(|kind| kinds.contains(&kind.as_str()))
        .collect()
}

/// A show with events of all kinds, among them three equal but real cheers within ten seconds.
fn show() -> Vec<(u64, Moment)> {
    vec![
        (0, follow(1)),
        (5_000, resub(2, 7)),
        (3_000, cheer(3, 100, "Cheer100 hi")),
        (3_000, cheer(3, 100, "Cheer100 hi")),
        (3_000, cheer(3, 100, "Cheer100 hi")),
        (200, redeem(4, 500)),
        (4_000, gift(5, 50)),
        (10, gift(5, 51)),
        (20_000, cheer(6, 25, "Cheer25")),
        (30, cheer(6, 25, "Cheer25 again")),
        (60_000, redeem(4, 500)),
    ]
}

#[test]
fn the_credits_of_two_pages_equal_those_of_one() {
    for pages in PAIRS {
        let (mut one, mut two) = (Bench::up(), Bench::up());
        play(&mut one, &pages[..1], &show());
        play(&mut two, &pages, &show());
        assert_eq!(outcome(&mut two), outcome(&mut one), "{pages:?}");
        assert_eq!(amount(&mut two, "Cheers"), 300, "three real ones");
        let credits = outcome(&mut two);
        assert_eq!(
            outcome(&mut two.restarted()),
            credits,
            "{pages:?}: after a restart"
        );
    }
}

#[test]
fn a_restart_in_the_middle_gives_the_same_numbers() {
    for pages in PAIRS {
        let moments = show();
        let mut one = Bench::up();
        play(&mut one, &pages[..1], &moments);
        for middle in 0..moments.len() {
            let mut two = Bench::up();
            play(&mut two, &pages, &moments[..middle]);
            let mut after = two.restarted();
            after.now.mono_ms = two.now.mono_ms;
            play(&mut after, &pages, &moments[middle..]);
            let difference = outcome(&mut after) == outcome(&mut one);
            assert!(difference, "{pages:?}, {middle}");
        }
    }
}

#[test]
fn cheers_before_any_fact_of_the_first_kind_count_once_if_the_proof_comes_within_a_minute() {
    let cheers = [
        (0, cheer(3, 100, "a")),
        (10_000, cheer(3, 100, "a")),
        (10_000, cheer(4, 50, "b")),
    ];
    for (until_proof_ms, expected) in [(30_000, 200), (45_000, 300), (120_000, 400)] {
        let mut bench = Bench::up();
        play(&mut bench, &PAIRS[0], &cheers);
        assert_eq!(amount(&mut bench, "Cheers"), 400, "nothing is proven yet");
        play(&mut bench, &PAIRS[0], &[(until_proof_ms, follow(1))]);
        // The results differ because cheers that were counted twice more than a minute before the
        // proof stay so.
        assert_eq!(amount(&mut bench, "Cheers"), expected, "{until_proof_ms}");
    }
    let mut bench = Bench::up();
    play(&mut bench, &PAIRS[1], &cheers);
    assert_eq!(
        amount(&mut bench, "Cheers"),
        200,
        "two generations are a proof at once"
    );
}

#[test]
fn equal_cheers_of_one_page_all_count() {
    let mut bench = Bench::up();
    let mut moments = vec![(0, follow(1)), (1_000, resub(2, 7))];
    moments.extend((0..6).map(|_| (800, cheer(3, 100, "Cheer100 hi"))));
    play(&mut bench, &PAIRS[0][..1], &moments);
    assert_eq!(
        (
            amount(&mut bench, "Cheers"),
            bench.bridge.parts.base.counts.credits.twins
        ),
        (600, 0)
    );
    assert_eq!(
        bench.ask(json!({ "request": "GetStatus" }))["twitchat"]["twoPages"],
        false
    );
}

#[test]
fn a_third_equal_report_begins_a_new_pair() {
    let mut bench = Bench::up();
    play(&mut bench, &PAIRS[0], &[(0, follow(1)), (0, follow(2))]);
    for page in ["a", "b", "c"] {
        report(&mut bench, Page(page, false), 1, &cheer(3, 100, "x"));
    }
    assert_eq!(amount(&mut bench, "Cheers"), 200);
}

#[test]
fn other_texts_amounts_and_people_are_no_twins() {
    let mut bench = Bench::up();
    play(&mut bench, &PAIRS[0], &[(0, follow(1)), (0, follow(2))]);
    let moments = [
        cheer(3, 100, "a"),
        cheer(3, 100, "b"),
        cheer(3, 99, "a"),
        cheer(4, 100, "a"),
    ]
    .map(|moment| (0, moment));
    play(&mut bench, &PAIRS[0][..1], &moments);
    assert_eq!(amount(&mut bench, "Cheers"), 299);
    let credits = outcome(&mut bench);
    assert_eq!(
        outcome(&mut bench.restarted()),
        credits,
        "although the journal has no texts"
    );
    assert!(
        bench
            .rows
            .iter()
            .all(|row| !row.body.contains("\"message\""))
    );
}

#[test]
fn what_happens_once_counts_and_is_emitted_once_without_any_proof() {
    let mut bench = Bench::up();
    let moments = [
        (0, follow(1)),
        (3_000, follow(1)),
        (3_000, resub(1, 7)),
        (5_000, resub(1, 7)),
        (3_000, gift(1, 50)),
        (59_000, gift(1, 50)),
    ];
    play(&mut bench, &PAIRS[0][..1], &moments);
    bench.pass(5_000);
    assert_eq!(
        emitted(&mut bench, &["Follow", "ReSub", "GiftSub"]),
        ["Follow", "ReSub", "GiftSub"]
    );
    let credits = bench.credits();
    let lines = ["Follows", "ReSubs", "GiftSubs"]
        .map(|section| credits["extended"][section][0]["count"].clone());
    assert_eq!(
        (lines, amount(&mut bench, "GiftSubs")),
        ([json!(1), json!(1), json!(1)], 1)
    );
    play(&mut bench, &PAIRS[0][..1], &[(61_000, gift(1, 50))]);
    assert_eq!(
        amount(&mut bench, "GiftSubs"),
        2,
        "more than a minute later it is another one"
    );
}

#[test]
fn a_follow_after_an_unfollow_is_the_same_and_a_summary_with_both_is_merged_once() {
    let mut bench = Bench::up();
    play(
        &mut bench,
        &PAIRS[0][..1],
        &[(0, follow(1)), (60_000, follow(1))],
    );
    let rows = json!([{ "uid": "1", "login": "P1" }, { "uid": "1", "login": "P1" }]);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        bench.input(Input::Down);
        bench.input(Input::Up(info()));
        bench.twitchat("FOLLOW", json!({ "user": user(9) }));
        bench.pass(3_000);
        bench.twitchat(
            "SUMMARY_DATA",
            json!({ "follows": rows, "labels": { "no_entry": "-" } }),
        );
        sizes.push(
            bench
                .rows
                .iter()
                .filter(|row| row.origin == RowOrigin::Filled)
                .count(),
        );
    }
    assert_eq!(bench.credits()["extended"]["Follows"][0]["count"], 1);
    assert_eq!(sizes, [1, 1, 1], "the second row is taken in once");
}

#[test]
fn gifts_without_a_known_recipient_and_anonymous_gifts_to_others_all_count() {
    let mut bench = Bench::up();
    let nobody = || {
        Moment(
            "SUBSCRIPTION",
            json!({ "tier": 1, "isGift": true, "giftCount": 1, "user": user(1), "recipients": [] }),
        )
    };
    play(
        &mut bench,
        &PAIRS[0][..1],
        &[(0, nobody()), (20_000, nobody())],
    );
    assert_eq!(amount(&mut bench, "GiftSubs"), 2);
    let anonymous = |to: u32| {
        let mut moment = gift(1, to);
        moment.1["user"] = json!({ "id": "274598607", "login": "ananonymousgifter" });
        moment
    };
    let mut bench = Bench::up();
    play(
        &mut bench,
        &PAIRS[0],
        &[(0, anonymous(50)), (10, anonymous(51)), (10, anonymous(52))],
    );
    assert_eq!(amount(&mut bench, "GiftSubs"), 3);
}

#[test]
fn a_published_follow_that_twitchat_reports_too_counts_and_is_emitted_once() {
    let publish = json!({ "request": "PublishEvent", "id": 1, "eventId": "f1",
        "publish": { "source": "Twitch", "type": "Follow" }, "data": { "userId": "1",
            "userName": "p1", "displayName": "P1" } });
    for twitchat_first in [true, false] {
        let mut bench = Bench::up();
        emitted(&mut bench, &[]);
        let mut events = Vec::new();
        for of_twitchat in [twitchat_first, !twitchat_first] {
            if of_twitchat {
                play(&mut bench, &PAIRS[0], &[(0, follow(1))]);
            } else {
                bench.receive(&publish.to_string());
            }
            events.extend(emitted(&mut bench, &["Follow"]));
        }
        assert_eq!(
            (
                events.len(),
                bench.credits()["extended"]["Follows"][0]["count"].as_u64()
            ),
            (1, Some(1)),
            "{twitchat_first}"
        );
    }
}

#[test]
fn twins_of_bits_and_rewards_are_not_emitted_from_the_proof_on() {
    let mut bench = Bench::up();
    emitted(&mut bench, &[]);
    play(
        &mut bench,
        &PAIRS[0],
        &[
            (0, cheer(3, 100, "a")),
            (3_000, follow(1)),
            (3_000, cheer(3, 100, "a")),
            (3_000, redeem(3, 5)),
        ],
    );
    assert_eq!(
        emitted(&mut bench, &["Cheer", "Follow", "RewardRedemption"]),
        ["Cheer", "Cheer", "Follow", "Cheer", "RewardRedemption"]
    );
    assert_eq!(
        (
            amount(&mut bench, "Cheers"),
            bench.bridge.parts.base.counts.credits.twins
        ),
        (200, 4)
    );
}

#[test]
fn the_twin_that_makes_the_proof_is_not_emitted_either() {
    let mut bench = Bench::up();
    emitted(&mut bench, &[]);
    play(
        &mut bench,
        &PAIRS[0],
        &[(0, follow(1)), (3_000, cheer(3, 100, "a"))],
    );
    assert_eq!(
        emitted(&mut bench, &["Cheer", "Follow"]),
        ["Follow", "Cheer"]
    );
}

#[test]
fn leaderboards_follow_the_same_rule_also_for_a_closed_session() {
    let mut bench = Bench::up();
    play(
        &mut bench,
        &PAIRS[0],
        &[(0, cheer(3, 100, "a")), (1_000, redeem(3, 5))],
    );
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    play(
        &mut bench,
        &PAIRS[0],
        &[(1_000, follow(1)), (1_000, cheer(3, 7, "a"))],
    );
    let leaderboards = |bench: &mut Bench| {
        let extended = bench.credits()["extended"].clone();
        let amount = |list: &Value| list[0]["amount"].as_u64();
        let bits = ["All", "Month", "Week"].map(|period| amount(&extended["TopBits"][period]));
        (bits, amount(&extended["TopChannelRewards"]))
    };
    let expected = ([Some(107); 3], Some(5));
    assert_eq!(leaderboards(&mut bench), expected);
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_eq!(leaderboards(&mut bench), expected);
    assert_eq!(leaderboards(&mut bench.restarted()), expected);
}

#[test]
fn a_proof_ends_after_ten_minutes_and_the_status_shows_it() {
    let mut bench = Bench::up();
    let two_pages = |bench: &mut Bench| {
        bench.ask(json!({ "request": "GetStatus" }))["twitchat"]["twoPages"] == true
    };
    play(&mut bench, &PAIRS[0], &[(0, follow(1)), (0, follow(2))]);
    let notes = bench
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Note(Note::TwoPages { .. })))
        .count();
    assert_eq!((notes, two_pages(&mut bench)), (1, true));
    bench.pass(601_000);
    assert!(!two_pages(&mut bench));
    let before = amount(&mut bench, "Cheers");
    play(
        &mut bench,
        &PAIRS[0][..1],
        &[(0, cheer(3, 100, "a")), (1_000, cheer(3, 100, "a"))],
    );
    assert_eq!(amount(&mut bench, "Cheers") - before, 200);
}

#[test]
fn proofs_are_renewed_and_written_down_twice_a_minute_at_most() {
    let mut bench = Bench::up();
    play(
        &mut bench,
        &PAIRS[0],
        &(1..200).map(|who| (5_000, follow(who))).collect::<Vec<_>>(),
    );
    let proofs: Vec<_> = bench
        .rows
        .iter()
        .filter(|row| &*row.kind == crate::bridge::ingest::two_pages::KIND)
        .map(|row| row.at_ms)
        .collect();
    assert!(
        proofs.len() > 20
            && proofs
                .windows(2)
                .all(|pair| (30_000..40_000).contains(&(pair[1] - pair[0]))),
        "{proofs:?}"
    );
}

#[test]
fn what_one_page_repeats_proves_nothing() {
    let mut bench = Bench::up();
    for number in 0..4 {
        for kind in [
            "TIMER_STOP",
            "COUNTDOWN_COMPLETE",
            "LABEL_OVERLAY_PLACEHOLDERS",
            "POLL_PROGRESS",
        ] {
            report(
                &mut bench,
                Page("timer", false),
                number,
                &Moment(kind, json!({ "timerId": "t", "placeholders": [] })),
            );
        }
    }
    play(
        &mut bench,
        &PAIRS[0][..1],
        &[(0, cheer(3, 100, "a")), (500, cheer(3, 100, "a"))],
    );
    assert_eq!(
        (
            amount(&mut bench, "Cheers"),
            bench
                .bridge
                .parts
                .base
                .model
                .fold()
                .has_two_pages(bench.now.wall_ms)
        ),
        (200, false)
    );
}

#[test]
fn an_update_of_twitchat_is_no_second_page() {
    let mut bench = Bench::up();
    play(
        &mut bench,
        &[BROWSER_16],
        &[(0, follow(1)), (5_000, cheer(3, 100, "a"))],
    );
    play(
        &mut bench,
        &[BROWSER_17],
        &[
            (10_000, follow(2)),
            (5_000, cheer(3, 100, "b")),
            (1_000, cheer(3, 100, "b")),
        ],
    );
    assert_eq!(amount(&mut bench, "Cheers"), 300);
}

#[test]
fn what_is_played_back_is_no_twin() {
    let mut bench = Bench::up();
    play(&mut bench, &PAIRS[0], &[(0, follow(1)), (0, follow(2))]);
    for number in 0..3 {
        let Moment(kind, data) = cheer(3, 100, "a");
        let id = format!("replay {number}");
        bench.receive(
            &json!({ "origin": "twitchat", "type": kind, "id": id, "replay": "count",
            "data": data })
            .to_string(),
        );
    }
    assert_eq!(amount(&mut bench, "Cheers"), 300);
    let credits = outcome(&mut bench);
    assert_eq!(outcome(&mut bench.restarted()), credits);
}

#[test]
fn a_cheer_whose_place_a_summary_had_taken_is_counted_once_with_two_pages() {
    let mut bench = Bench::up();
    play(&mut bench, &PAIRS[0], &[(0, follow(1)), (0, follow(2))]);
    bench.pass(3_000);
    let bits = json!([{ "uid": "3", "login": "P3", "bits": 100 }]);
    bench.twitchat(
        "SUMMARY_DATA",
        json!({ "bits": bits, "labels": { "no_entry": "-" } }),
    );
    assert_eq!(amount(&mut bench, "Cheers"), 100, "filled in");
    play(&mut bench, &PAIRS[0], &[(500, cheer(3, 100, "a"))]);
    assert_eq!(amount(&mut bench, "Cheers"), 100);
}

#[test]
fn a_first_word_of_two_pages_is_emitted_once() {
    let mut bench = Bench::up();
    emitted(&mut bench, &[]);
    let word = |text: &str| {
        Moment(
            "MESSAGE_FIRST",
            json!({ "channel": "9", "message": text, "user": user(1) }),
        )
    };
    play(
        &mut bench,
        &PAIRS[0],
        &[(0, word("hi")), (5_000, word("hi")), (5_000, word("hello"))],
    );
    bench.pass(500);
    assert_eq!(emitted(&mut bench, &["FirstWord"]), ["FirstWord"]);
}

//! Tests the contents of rolls made from real messages and from test audiences.

use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::{
    credits::{Fold, Ignore, Options, Origin, test_audience::TestAudience},
    event::{Fact, Person, Platform, Received, fact::Tier},
    mapping::{self, SummaryExtras},
    twitchat::summary::Summary,
};

fn given() -> Given {
    let now_ms = "2026-11-21T21:30:00Z"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .as_millisecond();
    Given {
        now_ms,
        started_ms: now_ms - 11_520_000,
        zone: TimeZone::UTC,
        channel: "Nordlicht".into(),
        language: Language::English,
    }
}

/// A fold with everything that the examples' summary and live messages contain.
fn fold() -> Fold {
    let lines = include_str!("../../../tests/fixtures/twitchat_examples.ndjson");
    let mut fold = Fold::default();
    let mut apply = |fact: &Fact, at_ms| {
        fold.apply(
            fact,
            mapping::summary::keys_of(fact),
            Origin::Live,
            at_ms,
            |_| {},
        );
    };
    let summary = lines
        .lines()
        .nth(120)
        .and_then(|line| match Received::read(line).unwrap() {
            Received::Twitchat(message) => message.data,
            _ => None,
        });
    let summary = Summary::read(&summary.unwrap()).unwrap();
    for (place, (list, row)) in summary.rows.iter().enumerate() {
        let at_ms = i64::try_from(place).unwrap();
        for fact in mapping::filled(list.as_str(), row.get()) {
            apply(&fact, at_ms);
        }
    }
    for (who, bits, at_ms) in [("Zed", 5, 50), ("Anna_B", 500, 60), ("Zed", 100, 70)] {
        let who = Person::new("", "", who).unwrap();
        apply(
            &Fact::Cheer {
                who,
                bits,
                chat: crate::event::fact::Chat::default(),
            },
            at_ms,
        );
    }
    apply(
        &Fact::Stream {
            category: "Frog Café".into(),
            title: "Late night frogs".into(),
        },
        80,
    );
    fold.join(SummaryExtras::of(&summary), 90);
    fold.add_custom("Thanks", json!("The moderators"));
    fold.add_custom("thanks to mum", json!({ "name": "Mum", "for": "dinner" }));
    fold.add_custom("tips", json!("A friend"));
    fold
}

fn options() -> Options {
    let groups = [("regulars".into(), vec!["zed".into(), "nobody_yet".into()])].into();
    Options {
        editors: vec!["Anna_B".into()],
        groups,
        ..Options::default()
    }
}

fn shown(plans: Vec<Plan>) -> String {
    let script = CreditsPlan {
        sections: plans,
        hide_empty: false,
        ..CreditsPlan::default()
    };
    let sections = sections(&script, &fold(), &options(), &given());
    sections.iter().map(describe).collect::<Vec<_>>().join("\n")
}

fn describe(section: &Section) -> String {
    let Body::People {
        title,
        icon,
        names,
        empty,
        ..
    } = &section.body
    else {
        return format!(
            "[{}] {}\n",
            section.id,
            serde_json::to_string(&section.body).unwrap()
        );
    };
    let head = format!(
        "[{}] {title} ({})",
        section.id,
        icon.as_deref().unwrap_or("-")
    );
    let line = |name: &Name| {
        let lines = name
            .lines
            .iter()
            .map(|line| {
                [line.icon, &line.text, &line.amount]
                    .join(" ")
                    .trim()
                    .to_owned()
            })
            .collect::<Vec<_>>();
        let parts = [
            name.badge,
            &name.name,
            &name.amount,
            &name.note,
            &name.skin,
            &lines.join(" / "),
            &name.images.join(" "),
        ]
        .map(str::to_owned);
        format!(
            "  {}",
            parts
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" | ")
        )
    };
    let empty = empty.iter().map(|empty| format!("  ({empty})"));
    std::iter::once(head)
        .chain(names.iter().map(line))
        .chain(empty)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

#[test]
fn every_kind_as_it_is_without_any_wish() {
    let plans = Kind::all()
        .filter(|kind| kind.lists_names())
        .map(|kind| Plan {
            badges: true,
            ..Plan::of(kind.name(), &[kind])
        });
    insta::assert_snapshot!(shown(plans.collect()));
}

#[test]
fn every_wish_changes_what_it_should() {
    let of = |kind: Kind| Plan::of(kind.name(), &[kind]);
    let names = |list: &[&str]| list.iter().map(|name| (*name).into()).collect();
    let shown = shown(vec![
        Plan {
            merge: false,
            ..of(Kind::Cheers)
        },
        Plan {
            sort: Sort::Amount,
            title: Some("{count} cheered {total} bits".into()),
            limit: Some(2),
            ..of(Kind::Cheers)
        },
        Plan {
            sort: Sort::Name,
            amounts: Amounts::Worded("{n} Bits!".into()),
            icon: Some("💎".into()),
            ..of(Kind::Cheers)
        },
        Plan {
            pinned: Pinned::Only,
            ..of(Kind::Cheers)
        },
        Plan {
            pinned: Pinned::Without,
            amounts: Amounts::Hidden,
            icon: Some("".into()),
            ..of(Kind::Cheers)
        },
        Plan {
            badges: true,
            sort: Sort::Tier,
            ..Plan::of("all subs", &[Kind::Subs, Kind::ReSubs, Kind::GiftSubs])
        },
        Plan {
            tiers: [Tier::Three].into(),
            ..of(Kind::ReSubs)
        },
        Plan {
            ignore: names(&["zed"]),
            ..of(Kind::Cheers)
        },
        Plan {
            platforms: [Platform::YouTube].into(),
            empty: Some("Nobody".into()),
            ..of(Kind::Follows)
        },
        Plan {
            roles: [Role::Moderators, Role::Vips].into(),
            badges: true,
            sort: Sort::Role,
            ..of(Kind::Chatters)
        },
        Plan {
            sort: Sort::Amount,
            amounts: Amounts::Shown,
            ..of(Kind::Chatters)
        },
        Plan {
            only: names(&["hydrate!"]),
            details: false,
            ..of(Kind::Rewards)
        },
        Plan {
            lifetime: true,
            short_names: true,
            ..of(Kind::Patrons)
        },
        Plan {
            only: names(&["regulars"]),
            title: Some("Our {name}".into()),
            ..of(Kind::Groups)
        },
        Plan {
            text: "{channel} played {game}, {title}, {duration}, on {date} at {time}. {unknown}"
                .into(),
            title: Some("{channel}".into()),
            ..of(Kind::Text)
        },
        Plan {
            text: " ".into(),
            ..of(Kind::Text)
        },
        Plan {
            image: "logo.png".into(),
            alt: "The logo".into(),
            height: Some(200),
            layout: Layout::Left,
            ..of(Kind::Image)
        },
    ]);
    insta::assert_snapshot!(shown);
}

/// The weights of the names in a section of cheers.
fn weights(bits: &[u64], wish: impl FnOnce(Plan) -> Plan) -> Vec<u8> {
    let mut fold = Fold::default();
    for (at_ms, bits) in bits.iter().enumerate() {
        let cheer = Fact::Cheer {
            who: Person::new("", "", &format!("who{at_ms}")).unwrap(),
            bits: *bits,
            chat: crate::event::fact::Chat::default(),
        };
        let at_ms = i64::try_from(at_ms).unwrap();
        fold.apply(
            &cheer,
            mapping::summary::keys_of(&cheer),
            Origin::Live,
            at_ms,
            |_| {},
        );
    }
    let script = CreditsPlan {
        sections: vec![wish(Plan::of("cheers", &[Kind::Cheers]))],
        ..CreditsPlan::default()
    };
    let sections = sections(&script, &fold, &options(), &given());
    let Body::People { names, .. } = &sections[0].body else {
        panic!("{sections:?}");
    };
    names.iter().map(|name| name.weight).collect()
}

#[test]
fn greater_amounts_have_greater_weights() {
    assert_eq!(
        weights(&[2_500, 1_000, 300, 1], |plan| plan),
        [99, 63, 34, 0]
    );
    assert_eq!(weights(&[5, 4], |plan| plan), [44, 0]);
    assert_eq!(weights(&[7, 7, 7], |plan| plan), [0, 0, 0]);
    assert_eq!(weights(&[7], |plan| plan), [0]);
    assert_eq!(weights(&[u64::MAX, 1], |plan| plan), [99, 0]);
}

#[test]
fn hidden_amounts_and_those_that_cannot_be_compared_give_no_weight() {
    let hidden = |plan| Plan {
        amounts: Amounts::Hidden,
        ..plan
    };
    let mixed = |plan| Plan {
        kinds: vec![Kind::Cheers, Kind::Subs],
        ..plan
    };
    assert_eq!(weights(&[2_500, 1], hidden), [0, 0]);
    assert_eq!(weights(&[2_500, 1], mixed), [0, 0]);
}

#[test]
fn sections_of_what_was_given_are_pairs() {
    let pairs = Kind::all().filter(|kind| Layout::usual(*kind) == Layout::Pairs);
    let names: Vec<_> = pairs.map(Kind::name).collect();
    assert_eq!(
        names.join(" "),
        "cheers giftsubs giftbombs raids redemptions goals conductors contributors tips merch \
         top_bits top_bits_month top_bits_week top_rewards superchats superstickers tiktok_gifts \
         active_gifters"
    );
    assert!(Kind::all().all(|kind| !kind.is_support() || kind.has_amounts()));
}

#[test]
fn the_page_gets_this_json() {
    let script = CreditsPlan {
        sections: vec![
            Plan::of("cheers", &[Kind::Cheers]),
            Plan {
                text: "Bye".into(),
                ..Plan::of("bye", &[Kind::Text])
            },
        ],
        ..CreditsPlan::default()
    };
    let sections = sections(&script, &fold(), &Options::default(), &given());
    insta::assert_json_snapshot!(json!({ "look": script.look, "sections": sections }));
}

#[test]
fn who_is_ignored_everywhere_is_ignored_here_and_what_is_off_is_empty() {
    let ignore = Ignore {
        own: ["zed".into()].into(),
        ..Ignore::default()
    };
    let options = Options {
        ignore,
        disabled: [crate::credits::Section::Follows].into(),
        ..options()
    };
    let script = CreditsPlan {
        sections: Kind::all()
            .map(|kind| Plan::of(kind.name(), &[kind]))
            .collect(),
        ..CreditsPlan::default()
    };
    let json = serde_json::to_string(&sections(&script, &fold(), &options, &given())).unwrap();
    assert!(
        !json.contains("\"Zed\"") && json.contains("Anna_B") && !json.contains("\"follows\""),
        "{json}"
    );
}

#[test]
fn hidden_sections_are_those_without_anybody() {
    let script = CreditsPlan::default();
    assert_eq!(
        sections(&script, &Fold::default(), &Options::default(), &given()).len(),
        1,
        "only the thanks"
    );
    let full = sections(
        &script,
        &TestAudience {
            names: 5_000,
            ..TestAudience::default()
        }
        .credits(0),
        &Options::default(),
        &given(),
    );
    assert!(full.len() > 12 && full.iter().map(Section::len).sum::<usize>() > 5_000);
    assert!(length(&full, &script.look, script.height).seconds > 180.0);
}

/// All usual sections in a language, without the titles that the user has chosen.
fn in_language(language: Language) -> String {
    let script = CreditsPlan {
        sections: Plan::usual(),
        hide_empty: false,
        ..CreditsPlan::default()
    };
    let given = Given {
        language,
        ..given()
    };
    let sections = sections(&script, &fold(), &options(), &given);
    sections.iter().map(describe).collect::<Vec<_>>().join("\n")
}

#[test]
fn titles_and_units_are_in_the_chosen_language() {
    let texts = [
        Language::French,
        Language::German,
        Language::Spanish,
        Language::Portuguese,
        Language::Japanese,
    ]
    .map(|language| format!("== {}\n{}", language.code(), in_language(language)));
    insta::assert_snapshot!(texts.join("\n"));
}

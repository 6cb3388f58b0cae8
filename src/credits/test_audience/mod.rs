//! A made-up test audience: credits of any size, to see how a roll looks. The same options always
//! give the same audience.

mod names;
mod options;
mod stream;

use fastrand::Rng;

pub use options::TestAudience;

use super::Fold;
use crate::event::Person;

/// Largest number of people in a test: OBS would not pass a larger message.
pub const MOST: usize = 50_000;

impl TestAudience {
    /// Credits of a stream with this audience. They contain nothing real.
    pub fn credits(self, now_ms: i64) -> Fold {
        let mut dice = Rng::with_seed(self.seed);
        let people = names::people(self, self.names.min(MOST), &mut dice);
        stream::credits(&people, self.mixed_currency, &mut dice, now_ms)
    }
}

/// Credits of a stream with these people; the default audience if there are none.
pub fn credits_of(people: &[Person], now_ms: i64) -> Fold {
    let audience = TestAudience::default();
    if people.is_empty() {
        return audience.credits(now_ms);
    }
    let mut dice = Rng::with_seed(audience.seed);
    stream::credits(people, false, &mut dice, now_ms)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;
    use crate::{
        credits::{
            Options, Section,
            roll::{self, CreditsPlan, Given, Kind, Language, Plan},
        },
        event::fact::SupportKind,
    };

    fn names(test_audience: TestAudience) -> Vec<String> {
        let fold = test_audience.credits(1_000_000);
        let users = fold
            .session
            .list(Section::Users)
            .map(|tally| tally.people(&fold.people))
            .unwrap_or_default();
        users
            .iter()
            .map(|entry| fold.people.name(entry.who).to_owned())
            .collect()
    }

    #[test]
    fn the_same_options_give_the_same_audience() {
        let test_audience = TestAudience {
            names: 800,
            seed: 7,
            long: true,
            rtl: true,
            emoji: true,
            mixed_currency: true,
        };
        assert_eq!(
            (names(test_audience).len(), names(test_audience)),
            (800, names(test_audience))
        );
        assert_ne!(
            names(test_audience),
            names(TestAudience {
                seed: 8,
                ..test_audience
            })
        );
    }

    #[test]
    fn wishes_show_in_the_names() {
        let plain = TestAudience {
            names: 200,
            ..TestAudience::default()
        };
        let share = |audience, has: fn(&str) -> bool| {
            names(audience).iter().filter(|name| has(name)).count()
        };
        let rtl = TestAudience { rtl: true, ..plain };
        let emoji = TestAudience {
            emoji: true,
            ..plain
        };
        let long = TestAudience {
            long: true,
            ..plain
        };
        let shares = [
            (plain, rtl, names::has_rtl as fn(&str) -> bool),
            (plain, emoji, names::has_emoji),
        ];
        for (few, many, has) in shares {
            assert!((1..10).contains(&share(few, has)) && share(many, has) > 30);
        }
        let is_long = |name: &String| name.chars().count() >= names::LONGEST;
        assert!(names(long).iter().all(is_long) && !names(plain).iter().all(is_long));
        let currencies = |test_audience: TestAudience| {
            let fold = test_audience.credits(0);
            let tips = fold
                .session
                .support(SupportKind::Tip)
                .iter()
                .flat_map(|line| line.money.iter().map(|money| money.currency.code()));
            tips.collect::<std::collections::BTreeSet<_>>().len()
        };
        let mixed = TestAudience {
            names: 600,
            mixed_currency: true,
            ..plain
        };
        // Gifts on TikTok are in diamonds.
        assert_eq!(currencies(plain), 2);
        assert!(currencies(mixed) > 4);
    }

    #[test]
    fn nobody_is_there_twice() {
        let names = names(TestAudience {
            names: 2_000,
            ..TestAudience::default()
        });
        let distinct: HashSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(distinct.len(), 2_000);
    }

    /// The number of names in each kind of section.
    fn sizes(names: usize) -> BTreeMap<&'static str, usize> {
        let fold = TestAudience {
            names,
            ..TestAudience::default()
        }
        .credits(1_000_000_000);
        let of = |kind: &Kind| Plan::of(kind.name(), &[*kind]);
        let kinds = Kind::all().filter(|kind| {
            // Editors and groups are people of the config.
            kind.lists_names() && !matches!(kind, Kind::Editors | Kind::Groups)
        });
        let kinds: Vec<_> = kinds.collect();
        let plan = CreditsPlan {
            sections: kinds.iter().map(of).collect(),
            hide_empty: false,
            ..CreditsPlan::default()
        };
        let given = Given {
            now_ms: 1_000_000_000,
            started_ms: 0,
            zone: jiff::tz::TimeZone::UTC,
            channel: String::new(),
            language: Language::English,
        };
        let sections = roll::sections(&plan, &fold, &Options::default(), &given);
        kinds
            .iter()
            .map(|kind| kind.name())
            .zip(sections.iter().map(roll::Section::len))
            .collect()
    }

    #[test]
    fn every_kind_of_section_has_somebody_in_an_audience_of_any_size() {
        for names in [5, 12, 120, 2_000] {
            for (kind, size) in sizes(names) {
                assert!(size > 0, "{kind} with {names} names");
            }
        }
    }

    #[test]
    fn the_sections_have_the_shares_of_a_stream() {
        let sizes = sizes(120);
        for (kind, range) in [
            ("chatters", 120..=120),
            ("follows", 15..=25),
            ("subs", 5..=10),
            ("resubs", 8..=14),
            ("cheers", 6..=12),
            ("giftsubs", 2..=8),
            ("giftbombs", 1..=2),
            ("raids", 1..=3),
            ("redemptions", 10..=20),
            ("rewards", 4..=6),
            ("tips", 2..=8),
            ("hype_trains", 1..=2),
            ("polls", 2..=2),
            ("moderators", 2..=6),
            ("vips", 3..=8),
            ("first_time_chatters", 3..=8),
        ] {
            let size = sizes.get(kind).copied().unwrap_or_default();
            assert!(range.contains(&size), "{kind}: {size}");
        }
    }
}

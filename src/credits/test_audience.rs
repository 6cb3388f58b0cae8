//! A made-up test audience: credits of any size, to see how a roll looks. The same options always
//! give the same audience.

use fastrand::Rng;

use super::{
    fold::{Fold, Origin},
    sample,
};
use crate::event::{Fact, Money, Person, Platform, Roles, fact::Presence};

/// The options of a test audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct TestAudience {
    /// Number of people.
    pub names: usize,
    /// Each seed gives another audience.
    pub seed: u64,
    /// Whether names have 25 characters, the most that Twitch allows.
    pub long: bool,
    /// Whether some names run from right to left.
    pub rtl: bool,
    pub emoji: bool,
    /// Whether tips are in several currencies.
    pub mixed_currency: bool,
}

impl Default for TestAudience {
    fn default() -> Self {
        Self {
            names: 120,
            seed: 1,
            long: false,
            rtl: false,
            emoji: false,
            mixed_currency: false,
        }
    }
}

/// Largest number of people in a test: OBS would not pass a larger message.
pub const MOST: usize = 50_000;

const BEGINNINGS: [&str; 24] = [
    "Marla", "Tobi", "Olle", "Pippa", "Sena", "Yuki", "Lantern", "Hjalmar", "Quiet", "Greta",
    "Kasper", "Neko", "Amber", "Birch", "Comet", "Dusty", "Ember", "Fjord", "Ginger", "Hazel",
    "Indigo", "Juniper", "Kelp", "Lumen",
];
const ENDINGS: [&str; 24] = [
    "Quartz", "Wanders", "Bakar", "Riot", "IO", "Hana", "Fox", "Builds", "Moth", "L", "W", "Live",
    "Plays", "Codes", "Paints", "Sings", "77", "Bear", "Finch", "Otter", "Raven", "Storm", "Vale",
    "Wren",
];
const RTL: [&str; 8] = ["نورا", "יעל", "سامي", "דוד", "ليلى", "משה", "فاطمة", "אבי"];
const EMOJI: [&str; 8] = ["🎮", "🦊", "✨", "👩‍🚀", "🏳️‍🌈", "🫶🏽", "🐙", "🇸🇪"];
const WIDE: [&str; 6] = ["雪花", "桜井", "김하늘", "Ñandú", "Łucja", "Željko"];
const CURRENCIES: [&str; 6] = ["EUR", "USD", "GBP", "JPY", "SEK", "BRL"];
/// Longest name on Twitch, in characters.
const LONGEST: usize = 25;

impl TestAudience {
    /// Credits with this audience in every section. They contain nothing real.
    pub fn credits(self, now_ms: i64) -> Fold {
        let mut dice = Rng::with_seed(self.seed);
        let mut fold = Fold::default();
        let people: Vec<_> = (0..self.names.min(MOST))
            .filter_map(|place| self.person(place, &mut dice))
            .collect();
        let mut active = 0;
        for (place, who) in people.iter().enumerate() {
            let other = people.get((place + 1) % people.len()).unwrap_or(who);
            let at_ms =
                now_ms.saturating_sub(i64::try_from(people.len() - place).unwrap_or_default());
            // Most of a large audience only watches and writes.
            let does_more = self.names <= 48 || dice.u64(..3) == 0;
            let facts = if does_more {
                sample::facts(active, who, other)
            } else {
                vec![present(who, place)]
            };
            active += usize::from(does_more);
            for fact in facts.into_iter().map(|fact| self.paid(fact, &mut dice)) {
                fold.apply(&fact, None, Origin::Live, at_ms, |_| {});
            }
        }
        fold
    }

    fn person(self, place: usize, dice: &mut Rng) -> Option<Person> {
        let id = format!("test-{}-{place}", self.seed);
        let (beginning, ending) = (dice.choice(BEGINNINGS)?, dice.choice(ENDINGS)?);
        let roll = dice.u64(..4);
        let mut name = if self.rtl && roll == 0 {
            format!("{}{}", dice.choice(RTL)?, dice.choice(RTL)?)
        } else if roll == 1 {
            format!("{}{}", dice.choice(WIDE)?, ending)
        } else {
            format!("{beginning}{}{ending}", dice.choice(["", "_", ""])?)
        };
        if self.long {
            let missing = LONGEST.saturating_sub(name.chars().count() + 1);
            name = format!(
                "{name}_{}",
                "MWwm".chars().cycle().take(missing).collect::<String>()
            );
        }
        if self.emoji && dice.u64(..3) == 0 {
            name = format!("{name}{}", dice.choice(EMOJI)?);
        }
        // Display names may repeat in a large audience; the ids differ.
        Person::on(Platform::Twitch, &id, &id, &name)
    }

    fn paid(self, fact: Fact, dice: &mut Rng) -> Fact {
        match fact {
            Fact::Support(mut support) => {
                let cents = i64::try_from(100 + dice.u64(..200) * 50).unwrap_or_default();
                let currency = if self.mixed_currency {
                    dice.choice(CURRENCIES).unwrap_or("EUR")
                } else {
                    "EUR"
                };
                support.money = Some(Money::of_cents(cents, currency));
                Fact::Support(support)
            }
            other => other,
        }
    }
}

fn present(who: &Person, place: usize) -> Fact {
    let roles = Roles::empty()
        .when(place % 17 == 1, Roles::MODERATOR)
        .when(place % 13 == 2, Roles::VIP)
        .when(place.is_multiple_of(5), Roles::SUBSCRIBER);
    Fact::Presence(Presence {
        who: who.clone().with_roles(roles),
        spoke: true,
        ..Presence::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{credits::Section, event::fact::SupportKind};

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
        let has = |names: &[String], parts: &[&str]| {
            names
                .iter()
                .any(|name| parts.iter().any(|part| name.contains(part)))
        };
        assert!(!has(&names(plain), &RTL) && !has(&names(plain), &EMOJI));
        assert!(
            has(&names(TestAudience { rtl: true, ..plain }), &RTL)
                && has(
                    &names(TestAudience {
                        emoji: true,
                        ..plain
                    }),
                    &EMOJI
                )
        );
        assert!(
            names(TestAudience {
                long: true,
                ..plain
            })
            .iter()
            .all(|name| name.chars().count() >= LONGEST)
        );
        let currencies = |test_audience: TestAudience| {
            let fold = test_audience.credits(0);
            let tips = fold
                .session
                .support(SupportKind::Tip)
                .iter()
                .flat_map(|line| line.money.iter().map(|money| money.currency.code()));
            tips.collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!(currencies(plain), 1);
        assert!(
            currencies(TestAudience {
                names: 600,
                mixed_currency: true,
                ..plain
            }) > 3
        );
    }

    #[test]
    fn every_section_of_people_has_somebody() {
        let fold = TestAudience::default().credits(0);
        for section in Section::EVENTS
            .iter()
            .copied()
            .filter(|section| section.lists_lines())
        {
            assert!(
                fold.session
                    .list(section)
                    .is_some_and(|tally| !tally.is_empty()),
                "{section:?}"
            );
        }
    }
}

//! Amounts, and how they are shown.

use super::{language::Language, unit::Unit};
use crate::{
    credits::Sums,
    event::{Decimal, Money},
};

/// What an amount is counted in. Only amounts with the same measure can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    Unit(Unit),
    /// The code of a currency.
    Currency(Box<str>),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Amount {
    #[default]
    None,
    Number(u64, Unit),
    /// Money, with a sum for each currency.
    Money(Sums),
}

impl Amount {
    /// Adds another amount. If the units differ, it is ignored.
    pub fn add(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Number(mine, unit), Self::Number(theirs, other)) if *unit == other => {
                *mine = mine.saturating_add(theirs);
            }
            (Self::Money(mine), Self::Money(theirs)) => mine.join(theirs),
            (Self::None, other) => *self = other,
            _ => {}
        }
    }

    /// Joins the amounts of two lines about one person. For months the greater number counts,
    /// because they are a state and no sum.
    pub fn join(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Number(mine, Unit::Months), Self::Number(theirs, Unit::Months)) => {
                *mine = theirs.max(*mine);
            }
            (_, other) => self.add(other),
        }
    }

    /// Whether both have the same unit, so that they can be added.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(_, mine), Self::Number(_, theirs)) => mine == theirs,
            (Self::Money(_), Self::Money(_)) | (Self::None, Self::None) => true,
            _ => false,
        }
    }

    /// A sum of amounts with its unit; empty if there is nothing to add up.
    pub fn summed(&self, language: Language) -> String {
        match self {
            Self::None | Self::Number(0, _) | Self::Number(_, Unit::Months) => String::new(),
            Self::Number(number, Unit::Times | Unit::Gifts) => language.grouped(*number),
            _ => self.text(language),
        }
    }

    /// The unit or the currency; `None` for no amount and for several currencies.
    pub fn measure(&self) -> Option<Measure> {
        match self {
            Self::None => None,
            Self::Number(_, unit) => Some(Measure::Unit(*unit)),
            Self::Money(sums) => {
                let mut sums = sums.iter().filter(|money| money.amount != Decimal::ZERO);
                let one = sums.next()?;
                let is_only = sums.next().is_none();
                is_only.then(|| Measure::Currency(one.currency.code()))
            }
        }
    }

    /// A number to sort by, regardless of the unit.
    pub fn rank(&self) -> u128 {
        match self {
            Self::None => 0,
            Self::Number(number, _) => u128::from(*number),
            Self::Money(sums) => sums.rank(),
        }
    }

    /// The amount with its unit; empty if there is nothing to show, as for what was given once.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Number(1, Unit::Times | Unit::Gifts) => String::new(),
            _ => self.whole_text(language),
        }
    }

    /// Like [`Amount::text`], but what was given once is `×1`, for a column of amounts.
    pub fn whole_text(&self, language: Language) -> String {
        match self {
            Self::None | Self::Number(0, _) => String::new(),
            Self::Number(number, Unit::Times | Unit::Gifts) => {
                format!("×{}", language.grouped(*number))
            }
            Self::Number(seconds, Unit::Seconds) => language.span(*seconds),
            Self::Number(number, unit) => language.counted(*number, *unit),
            Self::Money(sums) => money(sums, language),
        }
    }

    /// The amount without its unit, for a text of the user.
    pub fn number(&self, language: Language) -> String {
        match self {
            Self::None => String::new(),
            Self::Number(seconds, Unit::Seconds) => language.span(*seconds),
            Self::Number(number, _) => language.grouped(*number),
            Self::Money(sums) => money(sums, language),
        }
    }
}

/// Sums of money, such as `€12.50` or `500 JPY`; several are joined by `+`.
fn money(sums: &Sums, language: Language) -> String {
    let one = |money: &Money| {
        let text = language.decimal(&money.short_text());
        let (sign, number) = text
            .strip_prefix('-')
            .map_or(("", &*text), |number| ("-", number));
        let code = money.currency.code();
        let symbol = match &*code {
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            "" => return text,
            _ => return format!("{text} {}", money.currency),
        };
        if language.has_sign_first() {
            format!("{sign}{symbol}{number}")
        } else {
            format!("{text} {symbol}")
        }
    };
    sums.iter()
        .filter(|money| money.amount != Decimal::ZERO)
        .map(one)
        .collect::<Vec<_>>()
        .join(" + ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(all: &[(&str, i64)]) -> Sums {
        let mut sums = Sums::default();
        for (currency, cents) in all {
            sums.add(Money::of_cents(*cents, *currency));
        }
        sums
    }

    #[test]
    fn amounts_read_well() {
        let money = |all: &[(&str, i64)]| Amount::Money(sums(all));
        let texts = [
            Amount::None,
            Amount::Number(0, Unit::Bits),
            Amount::Number(1, Unit::Bits),
            Amount::Number(12_345, Unit::Bits),
            Amount::Number(1, Unit::Gifts),
            Amount::Number(5, Unit::Gifts),
            Amount::Number(1_000, Unit::Viewers),
            Amount::Number(59, Unit::Seconds),
            Amount::Number(600, Unit::Seconds),
            Amount::Number(11_520, Unit::Seconds),
            money(&[("EUR", 1_250), ("JPY", 50_000), ("usd", 100), ("GBP", 0)]),
            money(&[("", -5)]),
        ]
        .map(|amount| amount.text(Language::English));
        let expected = [
            "",
            "",
            "1 bit",
            "12,345 bits",
            "",
            "×5",
            "1,000 viewers",
            "59 s",
            "10 min",
            "3 h 12 min",
            "€12.50 + 500 JPY + $1",
            "-0.05",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn a_column_of_amounts_has_no_gaps_for_what_was_given_once() {
        let gifts = |count| Amount::Number(count, Unit::Gifts).whole_text(Language::English);
        assert_eq!([gifts(0), gifts(1), gifts(2)], ["", "×1", "×2"]);
        assert_eq!(
            Amount::Number(1, Unit::Bits).whole_text(Language::English),
            "1 bit"
        );
    }

    #[test]
    fn amounts_of_one_currency_in_two_spellings_have_the_same_measure() {
        let money = |all: &[(&str, i64)]| Amount::Money(sums(all)).measure();
        assert_eq!(money(&[("USD", 500)]), money(&[("$", 1), ("EUR", 0)]));
        assert_ne!(money(&[("USD", 500)]), money(&[("EUR", 500)]));
        assert_eq!(money(&[("USD", 500), ("EUR", 1)]), None);
        assert_eq!((money(&[]), Amount::None.measure()), (None, None));
    }

    #[test]
    fn only_the_same_things_add_up() {
        let mut bits = Amount::Number(5, Unit::Bits);
        bits.add(Amount::Number(7, Unit::Bits));
        bits.add(Amount::Number(9, Unit::Months));
        assert_eq!(bits, Amount::Number(12, Unit::Bits));
        bits.join(Amount::Number(1, Unit::Bits));
        let mut months = Amount::Number(7, Unit::Months);
        months.join(Amount::Number(6, Unit::Months));
        assert_eq!(
            (bits, months),
            (
                Amount::Number(13, Unit::Bits),
                Amount::Number(7, Unit::Months)
            )
        );
        let mut none = Amount::None;
        none.add(Amount::Money(sums(&[("EUR", 5)])));
        none.add(Amount::Money(sums(&[("USD", 7), ("€", 1)])));
        assert_eq!(none.text(Language::English), "€0.06 + $0.07");
    }
}

//! Sums of money, one for each currency. The sign and the code of a currency count as the same
//! currency. Different currencies are never added up.

use std::collections::BTreeMap;

use crate::event::{Currency, Money};

/// Sums by the code of the currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums(BTreeMap<Box<str>, Money>);

impl Sums {
    pub fn of(money: Money) -> Self {
        let mut sums = Self::default();
        sums.add(money);
        sums
    }

    /// Adds an amount. A sum has its currency's code if any of its amounts has the code. The order
    /// does not matter.
    pub fn add(&mut self, money: Money) {
        let code = money.currency.code();
        let currency = if money.currency.is_code() {
            Currency::new(&code)
        } else {
            money.currency
        };
        let rank = |currency: &Currency| {
            (
                !currency.is_code(),
                currency.as_str().len(),
                currency.clone(),
            )
        };
        let sum = self.0.entry(code).or_insert_with(|| Money {
            currency: currency.clone(),
            ..Money::default()
        });
        sum.amount = sum.amount.plus(money.amount);
        if rank(&currency) < rank(&sum.currency) {
            sum.currency = currency;
        }
    }

    pub fn join(&mut self, other: Self) {
        other.0.into_values().for_each(|money| self.add(money));
    }

    /// The sums, sorted by code.
    pub fn iter(&self) -> impl Iterator<Item = &Money> {
        self.0.values()
    }

    /// A number to sort by, regardless of the currency.
    pub fn rank(&self) -> u128 {
        self.iter()
            .fold(0, |sum, money| sum.saturating_add(money.amount.rank()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(all: &[(i64, &str)]) -> Vec<String> {
        let mut sums = Sums::default();
        for (cents, currency) in all {
            sums.add(Money::of_cents(*cents, *currency));
        }
        sums.iter()
            .map(|money| format!("{} {}", money.text(), money.currency))
            .collect()
    }

    #[test]
    fn one_currency_in_two_spellings_is_one_sum_in_any_order() {
        assert_eq!(sums(&[(500, "usd"), (250, "$"), (50, "USD")]), ["8.00 USD"]);
        assert_eq!(sums(&[(50, "US$"), (500, "$")]), ["5.50 $"]);
        assert_eq!(sums(&[(500, "$"), (50, "US$")]), ["5.50 $"]);
        assert_eq!(
            sums(&[(500, "USD"), (500, "EUR"), (100, "CA$"), (100, "")]),
            ["1.00 ", "1.00 CA$", "5.00 EUR", "5.00 USD"]
        );
    }
}

//! The fields that hold the amount of money of a published event. `event::money` reads the amount
//! itself.

use serde_json::Value;

use super::look::{at, text, whole};
use crate::event::{Currency, Decimal, Money, written::Unreadable};

/// The paths of a service's amounts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price {
    /// Paths of hundredths of a unit, as a number.
    pub(super) cents: &'static [&'static str],
    /// Paths of millionths of a unit, as a number.
    pub(super) micros: &'static [&'static str],
    /// Paths of `12.5`, `"12.50"`, `"€12,50"`, or Twitch's `{value, decimal_places, currency}`.
    pub(super) amount: &'static [&'static str],
    /// Paths of the currency, if the amount does not contain it.
    pub(super) currency: &'static [&'static str],
}

impl Price {
    /// Every path that is read.
    pub(super) fn paths(self) -> impl Iterator<Item = &'static str> {
        self.cents
            .iter()
            .chain(self.micros)
            .chain(self.amount)
            .chain(self.currency)
            .copied()
    }

    /// The amount at the first path that can be read. `None` if there is no amount or only zeros.
    /// Fails if there are amounts but none can be read.
    pub(super) fn read(self, data: &Value) -> Result<Option<Money>, Unreadable> {
        let currency = Currency::new(&text(data, self.currency));
        for (paths, places) in [(self.cents, 2), (self.micros, 6)] {
            if let Some(units) = whole(data, paths) {
                let amount = Decimal::scaled(units.into(), places)
                    .ok_or_else(|| Unreadable::TooLarge(units.to_string().into()))?;
                return Ok((amount > Decimal::ZERO).then(|| Money::new(amount, currency)));
            }
        }
        let mut unreadable = None;
        for value in self.amount.iter().filter_map(|path| at(data, path)) {
            match amount(value, &currency) {
                Ok(None) => {}
                Ok(money) => return Ok(money),
                Err(problem) => unreadable = unreadable.or(Some(problem)),
            }
        }
        unreadable.map_or(Ok(None), Err)
    }
}

fn amount(value: &Value, currency: &Currency) -> Result<Option<Money>, Unreadable> {
    if value.is_object() {
        in_object(value, currency)
    } else {
        Money::of_json(value, currency)
    }
}

/// Reads Twitch's `{value, decimal_places, currency}`, where `value` is a whole number. Without
/// `decimal_places`, the value is an ordinary amount.
fn in_object(object: &Value, beside: &Currency) -> Result<Option<Money>, Unreadable> {
    let own = Currency::new(&text(object, &["currency", "currency_code"]));
    let currency = if own.is_empty() { beside } else { &own };
    let Some(value) = at(object, "value")
        .or_else(|| at(object, "amount"))
        .filter(|value| !value.is_object())
    else {
        return Ok(None);
    };
    let Some(places) = whole(object, &["decimal_places", "decimal_place"]) else {
        return Money::of_json(value, currency);
    };
    let Some(units) = whole(object, &["value", "amount"]) else {
        return Err(Unreadable::NotAnAmount(value.to_string().into()));
    };
    let amount = u32::try_from(places)
        .ok()
        .and_then(|places| Decimal::scaled(units.into(), places));
    let amount = amount.ok_or_else(|| Unreadable::TooLarge(value.to_string().into()))?;
    Ok((amount > Decimal::ZERO).then(|| Money::new(amount, currency.clone())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PRICE: Price = Price {
        cents: &["cents"],
        micros: &["micros"],
        amount: &["amount", "formatted"],
        currency: &["currency"],
    };

    fn read(data: &Value) -> Option<(String, String)> {
        PRICE
            .read(data)
            .unwrap()
            .map(|money| (money.amount.to_string(), money.currency.to_string()))
    }

    #[test]
    fn amounts_in_every_shape() {
        let table = [
            (json!("12.50"), "12.5", ""),
            (json!("€12,50"), "12.5", "€"),
            (json!("$.50"), "0.5", "$"),
            (json!("US$ 1,234.50"), "1234.5", "US$"),
            (json!("1.234 €"), "1234", "€"),
            (json!("1.005"), "1.005", ""),
            (json!(12.5), "12.5", ""),
            (json!(0.29), "0.29", ""),
            (json!(5), "5", ""),
            (
                json!({"value": 500, "decimal_places": 2, "currency": "USD"}),
                "5",
                "USD",
            ),
            (
                json!({"value": 500, "decimal_places": 0, "currency": "JPY"}),
                "500",
                "JPY",
            ),
            (
                json!({"value": 12_345, "decimal_places": 3, "currency": "KWD"}),
                "12.345",
                "KWD",
            ),
            (json!({"value": "5.00", "currency": "USD"}), "5", "USD"),
        ];
        for (amount, expected, currency) in table {
            assert_eq!(
                read(&json!({"amount": amount})),
                Some((expected.into(), currency.into())),
                "{amount}"
            );
        }
    }

    #[test]
    fn nothing_is_none_and_an_invalid_amount_is_an_error() {
        for amount in [
            json!("free"),
            json!(""),
            json!(null),
            json!([1]),
            json!({}),
            json!(0),
            json!("0.00"),
        ] {
            assert_eq!(read(&json!({"amount": amount})), None, "{amount}");
        }
        for amount in [
            json!("-5"),
            json!(-5),
            json!(1e300),
            json!("99999999999999999999"),
            json!("1.2.3"),
            json!({"value": "x", "decimal_places": 2}),
            json!({"value": 5, "decimal_places": 40}),
        ] {
            assert!(PRICE.read(&json!({"amount": amount})).is_err(), "{amount}");
        }
        assert_eq!(
            read(&json!({"amount": "1.2.3", "formatted": "$5"})),
            Some(("5".into(), "$".into())),
            "another path has it"
        );
    }

    #[test]
    fn cents_and_millionths_go_first_and_the_named_currency_wins() {
        let five = |currency: &str| Some(("5".to_owned(), currency.to_owned()));
        assert_eq!(
            read(&json!({"cents": 500, "amount": 3, "currency": "USD"})),
            five("USD")
        );
        assert_eq!(
            read(&json!({"micros": "5000000", "amount": "$5.00", "currency": "USD"})),
            five("USD")
        );
        assert_eq!(
            read(&json!({"micros": "5123456", "currency": "BTC"})),
            Some(("5.123456".into(), "BTC".into()))
        );
        assert_eq!(
            read(&json!({"amount": "$5.00", "currency": "CAD"})),
            five("CAD")
        );
    }
}

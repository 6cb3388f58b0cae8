//! An exact amount of money, not converted.
//!
//! Every reader of amounts uses these functions: [`Money::of_text`] for a text, [`Money::of_json`]
//! for a JSON number or text, and [`Money::new`] for a number. Currencies are compared by
//! [`Currency::code`]; `credits::Sums` adds amounts.

use serde_json::Value;

use super::{
    currency::{Currency, Minor},
    decimal::Decimal,
    written::{self, Unreadable},
};

/// An amount and its currency, which may be unknown (empty).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Money {
    /// The amount, in units of the currency.
    pub amount: Decimal,
    pub currency: Currency,
}

impl Money {
    /// Makes an amount in its own currency, without a conversion.
    pub fn new(amount: Decimal, currency: impl Into<Currency>) -> Self {
        Self {
            amount,
            currency: currency.into(),
        }
    }

    /// An amount given in hundredths of a unit. 0 if it is out of range.
    pub fn of_cents(cents: i64, currency: impl Into<Currency>) -> Self {
        Self::new(
            Decimal::scaled(cents.into(), 2).unwrap_or_default(),
            currency,
        )
    }

    /// Reads a text such as `€12,50`. `currency` is the currency given in another field; it may be
    /// empty. Returns `None` for an empty text, zero, and words such as `free`.
    pub fn of_text(text: &str, currency: &Currency) -> Result<Option<Self>, Unreadable> {
        let money =
            written::amount(text, currency)?.map(|(amount, currency)| Self { amount, currency });
        Ok(money.filter(|money| money.amount > Decimal::ZERO))
    }

    /// Reads a JSON number or text. Returns `None` for zero, for an empty text, and for any other
    /// JSON type.
    pub fn of_json(value: &Value, currency: &Currency) -> Result<Option<Self>, Unreadable> {
        match value {
            Value::Number(number) => {
                let shown = || number.to_string().into();
                let amount =
                    Decimal::of_json(number).ok_or_else(|| Unreadable::TooLarge(shown()))?;
                if amount < Decimal::ZERO {
                    return Err(Unreadable::Negative(shown()));
                }
                Ok((amount > Decimal::ZERO).then(|| Self::new(amount, currency.clone())))
            }
            Value::String(text) => Self::of_text(text, currency),
            _ => Ok(None),
        }
    }

    /// The amount rounded to the digits of its currency, and the number of digits to show. Amounts
    /// in a cryptocurrency or an unknown currency keep all decimals. So does an amount that would
    /// be rounded to zero.
    fn rounded(&self) -> (Decimal, u32) {
        match self.currency.minor() {
            Minor::Digits(digits) => {
                let rounded = self.amount.rounded(digits);
                (
                    if rounded == Decimal::ZERO {
                        self.amount
                    } else {
                        rounded
                    },
                    digits,
                )
            }
            Minor::Many | Minor::Unknown => (self.amount, 2),
        }
    }

    /// The amount as a decimal number in text: `12.50`, `0.005`; `1000` in a currency without
    /// cents.
    pub fn text(&self) -> String {
        let (amount, digits) = self.rounded();
        amount.text(digits)
    }

    /// The amount in the form for people: thousands are grouped with commas, and a whole amount has
    /// no decimals.
    pub fn short_text(&self) -> String {
        let (amount, digits) = self.rounded();
        let text = amount.text(if amount.places() == 0 { 0 } else { digits });
        let (units, decimals) = text
            .split_once('.')
            .map_or((&*text, ""), |(units, decimals)| (units, decimals));
        let (sign, units) = units
            .strip_prefix('-')
            .map_or(("", units), |units| ("-", units));
        let mut short = String::from(sign);
        for (place, digit) in units.chars().enumerate() {
            if place > 0 && (units.len() - place).is_multiple_of(3) {
                short.push(',');
            }
            short.push(digit);
        }
        if !decimals.is_empty() {
            short.push('.');
            short.push_str(decimals);
        }
        short
    }

    /// The amount as a JSON number: an integer if it is whole, else the nearest double, whose
    /// shortest text is the same decimal number.
    pub fn number(&self) -> Value {
        let text = self.amount.to_string();
        text.parse::<u64>()
            .map(Value::from)
            .or_else(|_| text.parse::<f64>().map(Value::from))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        Money::new(Decimal::parse(amount).unwrap(), currency)
    }

    #[test]
    fn amounts_are_written_with_the_places_of_their_currency() {
        for (amount, currency, text, short) in [
            ("12.5", "EUR", "12.50", "12.50"),
            ("0.5", "", "0.50", "0.50"),
            ("1234", "USD", "1234.00", "1,234"),
            ("12.345", "USD", "12.35", "12.35"),
            ("0.004", "USD", "0.004", "0.004"),
            ("1000", "KRW", "1000", "1,000"),
            ("499.6", "JPY", "500", "500"),
            ("1.5", "KWD", "1.500", "1.500"),
            ("0.005", "BTC", "0.005", "0.005"),
            ("1.5", "₿", "1.50", "1.50"),
            ("1234567.8", "Gems", "1234567.80", "1,234,567.80"),
            ("-0.05", "", "-0.05", "-0.05"),
        ] {
            let money = money(amount, currency);
            assert_eq!(
                (money.text().as_str(), money.short_text().as_str()),
                (text, short),
                "{amount} {currency}"
            );
        }
    }

    #[test]
    fn json_numbers_are_never_grouped() {
        let read = |value: Value, currency: &str| {
            Money::of_json(&value, &Currency::new(currency))
                .unwrap()
                .map(|money| money.amount.to_string())
        };
        assert_eq!(read(json!(1.234), "KRW").as_deref(), Some("1.234"));
        assert_eq!(read(json!(1e3), "USD").as_deref(), Some("1000"));
        assert_eq!(read(json!(19.99), "USD").as_deref(), Some("19.99"));
        assert_eq!(
            (
                read(json!(0), ""),
                read(json!(null), ""),
                read(json!({}), ""),
                read(json!([1]), "")
            ),
            (None, None, None, None)
        );
        assert_eq!(
            Money::of_json(&json!(-5), &Currency::default()),
            Err(Unreadable::Negative("-5".into()))
        );
        assert_eq!(
            Money::of_json(&json!(1e300), &Currency::default()),
            Err(Unreadable::TooLarge("1e+300".into()))
        );
    }

    #[test]
    fn json_numbers_are_written_without_loss() {
        assert_eq!(
            (
                money("12.5", "").number(),
                money("5", "").number(),
                money("0.005", "").number()
            ),
            (json!(12.5), json!(5), json!(0.005))
        );
    }
}

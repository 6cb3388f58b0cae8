//! Money as text into hundredths, digit by digit: a double on the way would lose cents.

use serde_json::Value;

use super::look::{at, plain, text, whole};
use crate::event::fact::Money;

/// Where a service says how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price {
    /// Hundredths as a number.
    pub(super) cents: &'static [&'static str],
    /// Millionths as a number.
    pub(super) micros: &'static [&'static str],
    /// `12.5`, `"12.50"`, `"€12,50"`, or Twitch's `{value, decimal_places, currency}`.
    pub(super) amount: &'static [&'static str],
    /// The currency, where it is told apart.
    pub(super) currency: &'static [&'static str],
}

impl Price {
    /// Every path that is looked at.
    pub(super) fn paths(self) -> impl Iterator<Item = &'static str> {
        self.cents.iter().chain(self.micros).chain(self.amount).chain(self.currency).copied()
    }

    /// How much; `None` where nothing is told, or nothing but zero.
    pub(super) fn read(self, data: &Value) -> Option<Money> {
        let told = text(data, self.currency);
        let cents = whole(data, self.cents).or_else(|| whole(data, self.micros).map(|micros| micros / 10_000));
        let money = if let Some(cents) = cents {
            Money { cents: i64::try_from(cents).ok()?, currency: told.into() }
        } else {
            let money = self.amount.iter().find_map(|path| amount(at(data, path)?))?;
            if told.is_empty() { money } else { Money { currency: told.into(), ..money } }
        };
        (money.cents > 0).then_some(money)
    }
}

/// An amount in any of its shapes.
fn amount(value: &Value) -> Option<Money> {
    match value {
        Value::Number(number) => Some(Money { cents: decimal(&number.to_string(), '.')?, currency: "".into() }),
        Value::String(text) => written(text),
        Value::Object(_) => in_object(value),
        _ => None,
    }
}

/// Twitch's `{value, decimal_places, currency}`, where `value` is whole; without `decimal_places` the value is an amount like any other.
fn in_object(object: &Value) -> Option<Money> {
    let value = at(object, "value").or_else(|| at(object, "amount")).filter(|value| !value.is_object())?;
    let currency = text(object, &["currency", "currency_code"]);
    let money = match whole(object, &["decimal_places", "decimal_place"]) {
        Some(places) => {
            let cents = shifted(plain(value)?.parse().ok()?, u32::try_from(places).ok()?)?;
            Money { cents, currency: "".into() }
        }
        None => amount(value)?,
    };
    Some(if currency.is_empty() { money } else { Money { currency: currency.into(), ..money } })
}

/// `value` divided by 10 to the power of `places`, in hundredths.
fn shifted(value: i64, places: u32) -> Option<i64> {
    match places {
        0..=2 => value.checked_mul(10_i64.pow(2 - places)),
        _ => value.checked_div(10_i64.checked_pow(places - 2)?),
    }
}

/// An amount as people write it: with a currency before or after it, a point or a comma, thousands grouped by either.
fn written(text: &str) -> Option<Money> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}');
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = text.split_at(start);
    let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    if before.trim_end().ends_with('-') {
        return None;
    }
    let number = number.trim_end_matches(|c: char| !c.is_ascii_digit());
    let before = before.trim();
    let currency = if before.is_empty() { after.trim() } else { before };
    Some(Money { cents: decimal(number, point(number, !currency.is_empty()))?, currency: currency.into() })
}

/// Which sign parts the cents: the last one, unless it can only group thousands. `\0` for none.
///
/// `1.234` alone is a plain number, with a currency beside it thousands; `1,234` is always thousands.
fn point(number: &str, has_currency: bool) -> char {
    let Some(last) = number.rfind(['.', ',']) else { return '\0' };
    let (head, tail) = number.split_at(last);
    let sign = tail.chars().next().unwrap_or('\0');
    let other = if sign == '.' { ',' } else { '.' };
    let groups = head.contains(sign) || (tail.len() == 4 && !head.contains(other) && (sign == ',' || has_currency));
    if groups { '\0' } else { sign }
}

/// Digits into hundredths, a third decimal rounded. Everything but digits and `point` is grouping.
fn decimal(number: &str, point: char) -> Option<i64> {
    let (units, rest) = number.split_once(point).unwrap_or((number, ""));
    if number.contains(|c: char| c.is_ascii_alphabetic() || c == '-') {
        return None;
    }
    let units = units
        .chars()
        .filter(char::is_ascii_digit)
        .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(i64::from(digit.to_digit(10)?)))?;
    let mut digits = rest.chars().filter_map(|c| c.to_digit(10)).map(i64::from);
    let (tens, ones, next) = (digits.next().unwrap_or(0), digits.next().unwrap_or(0), digits.next().unwrap_or(0));
    units.checked_mul(100)?.checked_add(tens * 10 + ones + i64::from(next >= 5))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PRICE: Price = Price { cents: &["cents"], micros: &["micros"], amount: &["amount"], currency: &["currency"] };

    fn read(data: &Value) -> Option<(i64, String)> {
        PRICE.read(data).map(|money| (money.cents, money.currency.into()))
    }

    #[test]
    fn amounts_in_every_spelling() {
        let table = [
            (json!("12.50"), 1_250, ""),
            (json!("€12,50"), 1_250, "€"),
            (json!("12,50 €"), 1_250, "€"),
            (json!("US$ 1,234.50"), 123_450, "US$"),
            (json!("1.234,50 EUR"), 123_450, "EUR"),
            (json!("1 234,5 zł"), 123_450, "zł"),
            (json!("1\u{a0}234,56\u{a0}₽"), 123_456, "₽"),
            (json!("¥1,000"), 100_000, "¥"),
            (json!("1.234 €"), 123_400, "€"),
            (json!("1.234.567"), 123_456_700, ""),
            (json!("CHF 1'234.50"), 123_450, "CHF"),
            (json!("1.005"), 101, ""),
            (json!(12.5), 1_250, ""),
            (json!(0.29), 29, ""),
            (json!(5), 500, ""),
            (json!({"value": 500, "decimal_places": 2, "currency": "USD"}), 500, "USD"),
            (json!({"value": 500, "decimal_places": 0, "currency": "JPY"}), 50_000, "JPY"),
            (json!({"value": 12_345, "decimal_places": 3, "currency": "KWD"}), 1_234, "KWD"),
            (json!({"value": "5.00", "currency": "USD"}), 500, "USD"),
        ];
        for (amount, cents, currency) in table {
            assert_eq!(read(&json!({"amount": amount})), Some((cents, currency.to_owned())), "{amount}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for amount in
            [json!("-5"), json!(-5), json!("free"), json!(""), json!(1e300), json!("99999999999999999999"), json!([1]), json!({}), json!(0)]
        {
            assert_eq!(read(&json!({"amount": amount})), None, "{amount}");
        }
    }

    #[test]
    fn cents_and_millionths_go_first_and_the_named_currency_wins() {
        assert_eq!(read(&json!({"cents": 1_250, "amount": 3, "currency": "USD"})), Some((1_250, "USD".into())));
        assert_eq!(read(&json!({"micros": "5000000", "amount": "$5.00", "currency": "USD"})), Some((500, "USD".into())));
        assert_eq!(read(&json!({"amount": "$5.00", "currency": "CAD"})), Some((500, "CAD".into())));
    }
}

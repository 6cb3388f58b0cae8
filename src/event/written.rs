//! Amounts as people and services write them in a text: `.50`, `€12,50`, `1.234,56 EUR`, `1e3`,
//! `１２３円`, `١٢٫٥٠`.
//!
//! A text that can mean two numbers is an error that names the text; the reader never guesses. A
//! single point or comma before three digits may group thousands or separate the decimals. These
//! rules decide:
//!
//! - after no digit, after a zero, or after more than three digits it separates the decimals:
//!   `.500`, `0.005`, `1234.567`;
//! - in a currency without cents, or without cents in daily life, it groups: KRW `1.000` is a
//!   thousand;
//! - otherwise a comma groups, and so does a point when the currency stands in the text (`1.234
//!   €`);
//! - a point separates the decimals if no currency is given, in cryptocurrencies, and in currencies
//!   with three minor digits;
//! - anything else is ambiguous: `1.234` with a currency in another field, or a comma in
//!   cryptocurrencies and in currencies with three minor digits.

use std::borrow::Cow;

use thiserror::Error;

use super::{
    currency::{Currency, Minor},
    cut,
    decimal::Decimal,
};

/// Maximum length of an amount's text, in characters.
const LONGEST: usize = 64;
/// Words for "no amount".
const NOTHING: [&str; 10] = [
    "",
    "-",
    "free",
    "gratis",
    "n/a",
    "nan",
    "none",
    "null",
    "undefined",
    "unknown",
];
/// The zeros of the scripts that have their own digits.
const ZEROS: [char; 21] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}',
    '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}',
    '\u{17e0}', '\u{1810}', '\u{19d0}', '\u{1b50}', '\u{ff10}',
];
/// Symbols that stand for money (Unicode category Sc).
fn is_symbol(c: char) -> bool {
    matches!(c,
        '$' | '£'..='¥' | '\u{58f}' | '\u{60b}' | '\u{9f2}' | '\u{9f3}' | '\u{e3f}' | '\u{17db}'
            | '\u{20a0}'..='\u{20cf}' | '\u{a838}' | '\u{fdfc}')
}

/// Why a text cannot be read as an amount. Holds the text, cut.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The text is not a number, or has more than one.
    #[error("\"{0}\" is not an amount")]
    NotAnAmount(Box<str>),
    /// The text can mean two numbers.
    #[error(
        "\"{0}\" can be a thousand times as much or as little: send a JSON number, or no separator \
            of thousands and two decimals"
    )]
    Ambiguous(Box<str>),
    /// The amount is below zero.
    #[error("\"{0}\" is negative")]
    Negative(Box<str>),
    /// The amount is 10^18 or more.
    #[error("\"{0}\" is too large")]
    TooLarge(Box<str>),
    /// The text names a currency that differs from the one in the field beside it.
    #[error("\"{text}\" is not in {currency}")]
    OtherCurrency {
        text: Box<str>,
        /// The currency in the field beside it.
        currency: Box<str>,
    },
}

/// Reads an amount and its currency, which may be empty. `beside` is the currency that is given in
/// another field; it may be empty, and replaces a sign in the text that can mean it. Returns `None`
/// for an empty text and for words such as `free`.
pub fn amount(text: &str, beside: &Currency) -> Result<Option<(Decimal, Currency)>, Unreadable> {
    let shown = || Box::from(cut(text.trim(), LONGEST));
    let plain = in_ascii(text);
    let plain = plain.trim();
    if NOTHING.contains(&plain.to_ascii_lowercase().as_str()) {
        return Ok(None);
    }
    if plain.len() > 4 * LONGEST {
        return Err(Unreadable::NotAnAmount(shown()));
    }
    let parts = Parts::of(plain).ok_or_else(|| Unreadable::NotAnAmount(shown()))?;
    if parts.is_negative() {
        return Err(Unreadable::Negative(shown()));
    }
    let (before, after) = parts.currencies();
    let named = one_of(&before, &after).ok_or_else(|| Unreadable::NotAnAmount(shown()))?;
    let currency = match (named.is_empty(), beside.is_empty()) {
        (_, true) => named.clone(),
        (true, false) => beside.clone(),
        // `$5` with `CAD` beside it means Canadian dollars.
        (false, false) if fits(&named, beside) => beside.clone(),
        (false, false) => {
            return Err(Unreadable::OtherCurrency {
                text: shown(),
                currency: beside.as_str().into(),
            });
        }
    };
    let number = number(parts.number, &currency, !named.is_empty());
    let number = number.map_err(|problem| match problem {
        Problem::Malformed => Unreadable::NotAnAmount(shown()),
        Problem::Ambiguous => Unreadable::Ambiguous(shown()),
    })?;
    Decimal::parse(&number)
        .map(|amount| Some((amount, currency)))
        .ok_or_else(|| Unreadable::TooLarge(shown()))
}

/// Reads a count: digits of any script, grouped or with an exponent. Decimals are dropped. `None`
/// if the text is not a count.
pub fn count(text: &str) -> Option<u64> {
    let plain = in_ascii(text);
    let plain = plain.trim();
    let plain = plain.strip_prefix('+').unwrap_or(plain);
    if plain.len() > LONGEST || !plain.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // A count has no decimals, so a point before three digits groups, as in a currency without
    // cents.
    let number = number(plain, &Currency::new("JPY"), false).ok()?;
    Decimal::parse(&number).map(Decimal::count)
}

/// Replaces digits, letters and signs of other scripts and widths by ASCII ones, and removes
/// invisible marks.
fn in_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let one = |c: char| {
        let digit = ZEROS.iter().find_map(|zero| {
            u32::from(c)
                .checked_sub(u32::from(*zero))
                .filter(|digit| *digit < 10)
        });
        match c {
            _ if digit.is_some() => digit.and_then(|digit| char::from_digit(digit, 10)),
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
            '￥' => Some('¥'),
            '￡' => Some('£'),
            '￦' => Some('₩'),
            '﹩' => Some('$'),
            '−' => Some('-'),
            '،' => Some(','),
            '٬' | '’' | 'ʼ' | '′' => Some('\''),
            '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => None,
            c if c.is_whitespace() => Some(' '),
            c => Some(c),
        }
    };
    Cow::Owned(text.chars().filter_map(one).collect())
}

/// The Arabic decimal separator, which has no other meaning.
const ARABIC_POINT: char = '٫';

/// A text in three parts: before the number, the number, and after it.
struct Parts<'a> {
    before: &'a str,
    number: &'a str,
    after: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let first = text.find(|c: char| c.is_ascii_digit())?;
        let (before, _) = text.split_at_checked(first)?;
        let start = start(before);
        let (before, rest) = text.split_at_checked(start)?;
        let is_part = |c: char| {
            c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '_' | ' ' | ARABIC_POINT)
        };
        let mut end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        end += exponent(rest.get(end..)?);
        let (number, after) = rest.split_at_checked(end)?;
        let number = number.trim_end();
        // `5.-` and `5,–` mean five.
        let whole = number.strip_suffix(['.', ',']);
        let after = if whole.is_some() {
            after.trim_start_matches(['-', '–', '—'])
        } else {
            after
        };
        let number = whole.unwrap_or(number);
        (!after.contains(|c: char| c.is_ascii_digit())).then_some(Self {
            before,
            number,
            after,
        })
    }

    fn is_negative(&self) -> bool {
        self.before.contains(['-', '–'])
            || self.after.trim_start().starts_with('-')
            || self.before.trim_end().ends_with('(')
    }

    fn currencies(&self) -> (Currency, Currency) {
        (
            Currency::new(
                self.before
                    .trim()
                    .trim_start_matches('+')
                    .trim_end_matches('+'),
            ),
            Currency::new(self.after),
        )
    }
}

/// The place at which the number begins: its first digit, or a point before it that is not part of
/// an abbreviation such as `Rs.`.
fn start(before: &str) -> usize {
    let Some(name) = before.strip_suffix(['.', ',', ARABIC_POINT]) else {
        return before.len();
    };
    let is_abbreviation = before.ends_with('.') && {
        let with_point = Currency::new(before);
        let is_code_or_sign = Currency::new(name).is_code() || name.ends_with(is_symbol);
        !is_code_or_sign && !name.ends_with(' ') && with_point.is_money()
    };
    if is_abbreviation {
        before.len()
    } else {
        name.len()
    }
}

/// Length in bytes of the exponent with which the text begins, such as `e3` or `E-2`; 0 if there is
/// none.
fn exponent(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let length = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    if length == 0 {
        0
    } else {
        1 + rest.len() - digits.len() + length
    }
}

/// The currency that a text names before or after its number, empty if none. `None` if the text
/// there is not a currency, or names two.
fn one_of(before: &Currency, after: &Currency) -> Option<Currency> {
    match (before.is_empty(), after.is_empty()) {
        (true, true) => Some(Currency::default()),
        (false, true) => is_currency(before).then(|| before.clone()),
        (true, false) => is_currency(after).then(|| after.clone()),
        // In `$5 CAD` the code decides which dollars are meant.
        (false, false) => {
            let (sign, code) = if before.is_code() {
                (after, before)
            } else {
                (before, after)
            };
            (is_currency(sign) && is_currency(code) && fits(sign, code)).then(|| code.clone())
        }
    }
}

/// Whether this is a known currency, a sign of money, or a text that looks like a code.
fn is_currency(currency: &Currency) -> bool {
    let text = currency.as_str();
    let is_code = (2..=6).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_uppercase());
    let is_sign = text.chars().count() <= 5
        && text.contains(is_symbol)
        && text.chars().all(|c| c.is_alphabetic() || is_symbol(c));
    currency.is_money() || is_code || is_sign
}

/// Whether a sign or code in the text can mean the currency in the field beside it: the same
/// currency, or a sign that several currencies share.
fn fits(named: &Currency, beside: &Currency) -> bool {
    if named.code() == beside.code() {
        return true;
    }
    let code = beside.code();
    match named.as_str().to_lowercase().trim_end_matches('.') {
        "$" => {
            code.ends_with('D')
                || [
                    "MXN", "CLP", "COP", "ARS", "UYU", "BRL", "MOP", "DOP", "CUP",
                ]
                .contains(&&*code)
        }
        "£" => ["EGP", "FKP", "GIP", "SHP", "SYP", "LBP", "SDG", "SSP"].contains(&&*code),
        "¥" => &*code == "CNY",
        "kr" => ["SEK", "NOK", "DKK", "ISK"].contains(&&*code),
        "rs" | "₨" => ["INR", "PKR", "LKR", "NPR", "MUR", "SCR"].contains(&&*code),
        _ => false,
    }
}

enum Problem {
    Malformed,
    Ambiguous,
}

/// The number in plain form: the only sign in it is a point before the decimals.
fn number(text: &str, currency: &Currency, is_in_text: bool) -> Result<String, Problem> {
    if text.contains(['e', 'E']) {
        let is_plain = text
            .bytes()
            .all(|c| c.is_ascii_digit() || b".eE+-".contains(&c));
        return if is_plain {
            Ok(text.to_owned())
        } else {
            Err(Problem::Malformed)
        };
    }
    let separators: Vec<(usize, char)> = text
        .char_indices()
        .filter(|(_, c)| !c.is_ascii_digit())
        .collect();
    let (units, decimals) = match point(text, &separators, currency, is_in_text)? {
        Some(place) => {
            let rest = text.get(place..).unwrap_or_default();
            (
                text.get(..place).unwrap_or_default(),
                rest.trim_start_matches(['.', ',', ARABIC_POINT]),
            )
        }
        None => (text, ""),
    };
    if !decimals.bytes().all(|c| c.is_ascii_digit()) {
        return Err(Problem::Malformed);
    }
    Ok(format!(
        "{}.{decimals}",
        ungrouped(units).ok_or(Problem::Malformed)?
    ))
}

/// The position of the separator before the decimals. `None` if the number has no decimals.
fn point(
    text: &str,
    separators: &[(usize, char)],
    currency: &Currency,
    is_in_text: bool,
) -> Result<Option<usize>, Problem> {
    let of = |sign: char| separators.iter().filter(move |(_, c)| *c == sign).count();
    let Some(&(last, sign)) = separators.last() else {
        return Ok(None);
    };
    if of(ARABIC_POINT) > 0 {
        return if sign == ARABIC_POINT && of(ARABIC_POINT) == 1 {
            Ok(Some(last))
        } else {
            Err(Problem::Malformed)
        };
    }
    let other = match sign {
        '.' => ',',
        ',' => '.',
        // A space, an apostrophe or an underscore can only group.
        _ if of('.') + of(',') == 0 => return Ok(None),
        _ => return Err(Problem::Malformed),
    };
    match (of(sign), of(other), separators.len()) {
        (1, 0, 1) => Ok(alone(text, last, sign, currency, is_in_text)?.then_some(last)),
        (1, _, _) => Ok(Some(last)),
        (_, 0, all) if all == of(sign) => Ok(None),
        _ => Err(Problem::Malformed),
    }
}

/// Whether the only separator of a number separates the decimals, by the rules at the top of this
/// file.
fn alone(
    text: &str,
    place: usize,
    sign: char,
    currency: &Currency,
    is_in_text: bool,
) -> Result<bool, Problem> {
    let digits_after = text.len() - place - 1;
    if digits_after != 3 || place == 0 || place > 3 || text.starts_with('0') {
        return Ok(true);
    }
    match (currency.minor(), sign) {
        (Minor::Digits(0), _) => Ok(false),
        _ if currency.rarely_has_cents() => Ok(false),
        (Minor::Digits(3) | Minor::Many, '.') => Ok(true),
        (Minor::Digits(3) | Minor::Many, _) => Err(Problem::Ambiguous),
        (_, ',') => Ok(false),
        (Minor::Unknown, _) if currency.is_empty() => Ok(true),
        _ if is_in_text => Ok(false),
        _ => Err(Problem::Ambiguous),
    }
}

/// The whole units without separators. The groups must have three digits, or two before the last
/// three as in India; otherwise `None`.
fn ungrouped(units: &str) -> Option<String> {
    let mut signs = units.chars().filter(|c| !c.is_ascii_digit());
    let Some(sign) = signs.next() else {
        return Some(units.to_owned());
    };
    if signs.any(|other| other != sign) {
        return None;
    }
    let groups: Vec<&str> = units.split(sign).collect();
    let [first, middle @ .., last] = groups.as_slice() else {
        return None;
    };
    let by = |size: usize| {
        middle.iter().all(|group| group.len() == size) && (1..=size).contains(&first.len())
    };
    (last.len() == 3 && (by(3) || by(2))).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, beside: &str) -> Result<Option<(String, String)>, Unreadable> {
        let read = amount(text, &Currency::new(beside))?;
        Ok(read.map(|(amount, currency)| (amount.to_string(), currency.as_str().to_owned())))
    }

    #[test]
    fn amounts_in_every_spelling() {
        for (text, beside, expected, currency) in [
            (".50", "USD", "0.5", "USD"),
            (",50", "EUR", "0.5", "EUR"),
            ("$.50", "", "0.5", "$"),
            ("USD .50", "", "0.5", "USD"),
            ("$ ,50", "", "0.5", "$"),
            ("٫٥٠", "AED", "0.5", "AED"),
            ("0.005", "BTC", "0.005", "BTC"),
            ("0,005 BTC", "", "0.005", "BTC"),
            ("₿0.00001234", "", "0.00001234", "₿"),
            ("1e3", "USD", "1000", "USD"),
            ("1.5E3 €", "", "1500", "€"),
            ("1e-3", "BTC", "0.001", "BTC"),
            ("5EUR", "", "5", "EUR"),
            ("1_000", "USD", "1000", "USD"),
            ("1_000.50", "", "1000.5", ""),
            ("١٢٫٥٠", "SAR", "12.5", "SAR"),
            ("١٬٢٣٤٫٥٦ ر.س", "", "1234.56", "ر.س"),
            ("۱۲۳", "IRR", "123", "IRR"),
            ("１２．５０", "USD", "12.5", "USD"),
            ("￥１，２３４", "", "1234", "¥"),
            ("१,२३,४५६.७८", "INR", "123456.78", "INR"),
            ("1.000", "KRW", "1000", "KRW"),
            ("1.000", "JPY", "1000", "JPY"),
            ("1,000", "KRW", "1000", "KRW"),
            ("1.000.000 ₫", "", "1000000", "₫"),
            ("10.000", "IDR", "10000", "IDR"),
            ("1234.56", "JPY", "1234.56", "JPY"),
            ("500.00", "JPY", "500", "JPY"),
            ("1.234,56", "", "1234.56", ""),
            ("1,234.56", "EUR", "1234.56", "EUR"),
            ("1 234,56 zł", "", "1234.56", "zł"),
            ("1\u{a0}234,56\u{a0}₽", "", "1234.56", "₽"),
            ("1\u{202f}234\u{202f}567,8", "EUR", "1234567.8", "EUR"),
            ("CHF 1'234.50", "", "1234.5", "CHF"),
            ("1’234.50", "CHF", "1234.5", "CHF"),
            ("1,23,456.78", "INR", "123456.78", "INR"),
            ("1.234 €", "", "1234", "€"),
            ("1,234", "USD", "1234", "USD"),
            ("1.005", "", "1.005", ""),
            ("1.234", "KWD", "1.234", "KWD"),
            ("1234.567", "USD", "1234.567", "USD"),
            ("0.999", "EUR", "0.999", "EUR"),
            ("5.-", "CHF", "5", "CHF"),
            ("5,– €", "", "5", "€"),
            ("5.", "", "5", ""),
            ("+5", "", "5", ""),
            ("$5 CAD", "", "5", "CAD"),
            ("US$5", "USD", "5", "USD"),
            ("$5", "CAD", "5", "CAD"),
            ("100 kr", "SEK", "100", "SEK"),
            ("Rs.500", "", "500", "Rs."),
            ("Fr.12.50", "", "12.5", "Fr."),
            ("S/.50", "", "50", "S/."),
            ("50 руб.", "", "50", "руб."),
            ("25 DOGE", "", "25", "DOGE"),
            ("25 GEMS", "", "25", "GEMS"),
            ("5", "Channel gems", "5", "Channel gems"),
            ("\u{200f}5\u{200e}", "", "5", ""),
        ] {
            assert_eq!(
                read(text, beside),
                Ok(Some((expected.into(), currency.into()))),
                "{text} {beside}"
            );
        }
    }

    #[test]
    fn a_text_that_can_mean_two_numbers_is_an_error() {
        for (text, beside) in [
            ("1.234", "EUR"),
            ("1.000", "USD"),
            ("1,234", "BTC"),
            ("1,234 KWD", ""),
            ("5.000", "Gems"),
        ] {
            assert_eq!(
                read(text, beside),
                Err(Unreadable::Ambiguous(text.into())),
                "{text} {beside}"
            );
        }
    }

    #[test]
    fn an_invalid_amount_is_an_error() {
        for text in [
            "1.2.3",
            "1,,000",
            "1.234.56",
            "1,234,5",
            "1 2",
            "12.50 5",
            "5 EUR 50",
            "1__000",
            "5k",
            "5万",
            "10 mil",
            "50¢",
            "50 cents",
            "tier 1",
            "ten",
            "Tip: $5",
            "5 USD (monthly)",
            "1e",
            "1,5e3",
            "0x10",
            "€5 USD",
            "٫",
            "1٫5٫0",
            "1.5٫0",
            "1'234 567",
        ] {
            assert_eq!(
                read(text, ""),
                Err(Unreadable::NotAnAmount(text.into())),
                "{text}"
            );
        }
        for text in ["-5", "−5", "$-5", "-$5", "5-", "(5"] {
            assert_eq!(
                read(text, ""),
                Err(Unreadable::Negative(text.into())),
                "{text}"
            );
        }
        assert_eq!(
            read("99999999999999999999", ""),
            Err(Unreadable::TooLarge("99999999999999999999".into()))
        );
        assert_eq!(
            read("€5", "USD"),
            Err(Unreadable::OtherCurrency {
                text: "€5".into(),
                currency: "USD".into()
            })
        );
        for text in ["", "  ", "free", "N/A", "-"] {
            assert_eq!(read(text, "USD"), Ok(None), "{text}");
        }
    }

    #[test]
    fn counts_come_in_any_digits() {
        for (text, expected) in [
            ("57", Some(57)),
            ("1e3", Some(1_000)),
            ("1_000", Some(1_000)),
            ("1.000", Some(1_000)),
            ("1,234", Some(1_234)),
            ("1 234", Some(1_234)),
            ("１２", Some(12)),
            ("٥٧", Some(57)),
            ("12.9", Some(12)),
            ("12.0", Some(12)),
            ("-1", None),
            ("x", None),
            ("5 viewers", None),
            ("", None),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([-+$€¥a-zA-Z0-9., _'٫٥－１]|\\PC){0,30}",
            beside in "(EUR|KRW|BTC|)") {
            let read = amount(&text, &Currency::new(&beside));
            prop_assert!(!matches!(read, Ok(Some((amount, _))) if amount < Decimal::ZERO), "{:?} \
                {:?}", read, count(&text));
        }

        #[test]
        fn both_ways_of_grouping_are_the_same_amount(units in 1_000_u64..999_999_999_999,
            cents in 0_u32..100, beside in "(EUR|USD|)") {
            let grouped = |sign: &str| {
                let digits = units.to_string();
                let mut text = String::new();
                for (place, digit) in digits.chars().enumerate() {
                    if place > 0 && (digits.len() - place).is_multiple_of(3) {
                        text.push_str(sign);
                    }
                    text.push(digit);
                }
                text
            };
            let expected = Decimal::parse(&format!("{units}.{cents:02}")).unwrap();
            for text in [format!("{}.{cents:02}", grouped(",")), format!("{},{cents:02}",
                grouped(".")), format!("{},{cents:02}", grouped("\u{a0}"))] {
                prop_assert_eq!(amount(&text, &Currency::new(&beside)), Ok(Some((expected,
                    Currency::new(&beside)))), "{}", text);
            }
        }
    }
}

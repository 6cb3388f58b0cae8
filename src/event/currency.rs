//! Currencies. The sign, code and abbreviation of one currency count as the same currency.
//!
//! Codes and minor digits come from ISO 4217. If several currencies share a sign, the sign has its
//! most frequent meaning: `$` is USD and `¥` is JPY, while `CA$` and `CN¥` are separate currencies.
//! `kr` stays `kr`, because it can mean any of several crowns.

use super::cut;

/// Maximum length of a currency, in characters. The rest is cut off.
const LONGEST: usize = 16;
/// The currency of TikTok's gifts.
pub const DIAMONDS: &str = "diamonds";

/// A currency in the spelling of its source; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Currency(Box<str>);

/// How many digits amounts of a currency have after the decimal point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minor {
    /// A fixed number of digits, by ISO 4217.
    Digits(u32),
    /// A cryptocurrency: all digits of the amount are kept.
    Many,
    Unknown,
}

/// Currencies with two digits after the point.
const TWO: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN \
    BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE \
                   CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG \
                   HUF IDR ILS INR IRR JMD KES KGS KHR KPW \
                   KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR \
                   MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK \
                   PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP \
                   SZL THB TJS TMT TOP TRY TTD TWD TZS UAH \
                   USD UYU UZS VES WST XCD YER ZAR ZMW";
/// Currencies without minor digits.
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
/// Currencies with three digits after the point.
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";
/// Currencies that have cents by law but not in daily life: a point before three digits groups
/// thousands.
const RARELY_CENTS: &str = "COP HUF IDR IRR KHR LAK LBP MMK SYP TWD TZS UZS";
const CRYPTO: &str = "ADA AVAX BAT BCH BNB BTC DAI DASH DOGE DOT ETC ETH LTC MATIC POL SHIB SOL \
    TON TRX USDC USDT XLM XMR XNO XRP XTZ ZEC";

/// Signs, abbreviations and other names, in lower case.
const NAMES: [(&str, &[&str]); 54] = [
    ("AED", &["د.إ", "dh", "dhs"]),
    ("AUD", &["a$", "au$"]),
    ("BDT", &["৳"]),
    ("BGN", &["лв"]),
    ("BRL", &["r$"]),
    ("BTC", &["₿", "xbt", "bitcoin"]),
    ("CAD", &["c$", "ca$"]),
    ("CHF", &["fr", "sfr"]),
    ("CLP", &["clp$"]),
    ("CNY", &["cn¥", "rmb", "元"]),
    ("COP", &["col$"]),
    ("CRC", &["₡"]),
    ("CZK", &["kč", "kc"]),
    ("DOGE", &["ð"]),
    ("EGP", &["e£"]),
    ("ETH", &["ξ"]),
    ("EUR", &["€", "euro", "euros"]),
    ("GBP", &["£"]),
    ("GEL", &["₾"]),
    ("GHS", &["gh₵", "₵"]),
    ("HKD", &["hk$"]),
    ("HUF", &["ft"]),
    ("IDR", &["rp"]),
    ("ILS", &["₪"]),
    ("INR", &["₹"]),
    ("JPY", &["¥", "円", "jp¥", "yen"]),
    ("KHR", &["៛"]),
    ("KRW", &["₩", "원", "won"]),
    ("KZT", &["₸"]),
    ("LAK", &["₭"]),
    ("LTC", &["ł"]),
    ("MNT", &["₮"]),
    ("MXN", &["mx$"]),
    ("MYR", &["rm"]),
    ("NGN", &["₦"]),
    ("NZD", &["nz$"]),
    ("PEN", &["s/", "s/."]),
    ("PHP", &["₱"]),
    ("PLN", &["zł", "zl"]),
    ("PYG", &["₲", "gs"]),
    ("RON", &["lei", "leu"]),
    ("RUB", &["₽", "руб", "р"]),
    ("SEK", &["skr"]),
    ("SAR", &["﷼", "ر.س", "sr"]),
    ("SGD", &["s$"]),
    ("THB", &["฿", "บาท"]),
    ("TRY", &["₺", "tl"]),
    ("TWD", &["nt$"]),
    ("UAH", &["₴", "грн"]),
    ("USD", &["$", "us$", "dollar", "dollars"]),
    ("UYU", &["$u"]),
    ("VND", &["₫", "đ"]),
    ("ZAR", &["r"]),
    ("DIAMONDS", &["diamond"]),
];
/// Abbreviations that several currencies share. They are recognized as money but not mapped to a
/// code.
const SHARED: [&str; 5] = ["kr", "rs", "din", "ден", "kn"];

impl Currency {
    /// Removes surrounding spaces, and cuts the text to 16 characters.
    pub fn new(written: &str) -> Self {
        Self(cut(written.trim(), LONGEST).into())
    }

    /// The currency in the spelling of its source.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A key that all spellings of one currency share: its code if the currency is known, else the
    /// written text in upper case.
    pub fn code(&self) -> Box<str> {
        self.known()
            .map_or_else(|| self.0.to_uppercase().into(), Into::into)
    }

    /// The code if the currency is known.
    pub(super) fn known(&self) -> Option<&'static str> {
        let upper = self.0.to_ascii_uppercase();
        let coded = [TWO, NONE, THREE, CRYPTO]
            .into_iter()
            .find_map(|list| list.split_whitespace().find(|code| *code == upper));
        if coded.is_some() || self.0.is_empty() {
            return coded;
        }
        let lower = self.0.to_lowercase();
        let short = lower.strip_suffix('.').unwrap_or(&lower);
        let is = |name: &&str| [lower.as_str(), short].contains(name);
        NAMES
            .iter()
            .find(|(code, names)| *code == upper || names.iter().any(is))
            .map(|(code, _)| *code)
    }

    /// Whether this is a word or sign for money, known or shared by several currencies.
    pub(super) fn is_money(&self) -> bool {
        let lower = self.0.to_lowercase();
        self.known().is_some() || SHARED.contains(&lower.strip_suffix('.').unwrap_or(&lower))
    }

    /// Whether the currency was written as its code, not as a sign.
    pub fn is_code(&self) -> bool {
        let upper = self.0.to_ascii_uppercase();
        self.known()
            .is_some_and(|code| code == upper && &*upper != "DIAMONDS")
    }

    /// The number of decimal places of its amounts.
    pub fn minor(&self) -> Minor {
        let code = self.code();
        let is_in = |list: &str| list.split_whitespace().any(|known| *known == *code);
        if is_in(NONE) {
            Minor::Digits(0)
        } else if is_in(TWO) {
            Minor::Digits(2)
        } else if is_in(THREE) {
            Minor::Digits(3)
        } else if is_in(CRYPTO) {
            Minor::Many
        } else {
            Minor::Unknown
        }
    }

    /// Whether a point before three digits always groups thousands.
    pub(super) fn rarely_has_cents(&self) -> bool {
        let code = self.code();
        RARELY_CENTS.split_whitespace().any(|known| *known == *code)
    }
}

impl From<&str> for Currency {
    fn from(written: &str) -> Self {
        Self::new(written)
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn code(written: &str) -> String {
        Currency::new(written).code().into()
    }

    #[test]
    fn sign_code_and_abbreviation_are_one_currency() {
        for (code_of, all) in [
            ("USD", vec!["USD", "usd", " Usd ", "$", "US$"]),
            ("EUR", vec!["EUR", "€", "euro", "Euros"]),
            ("JPY", vec!["JPY", "¥", "円"]),
            ("KRW", vec!["krw", "₩", "원"]),
            ("CHF", vec!["CHF", "Fr.", "SFr."]),
            ("CZK", vec!["CZK", "Kč"]),
            ("BTC", vec!["BTC", "₿", "XBT"]),
            ("PLN", vec!["PLN", "zł", "ZŁ"]),
            ("PEN", vec!["PEN", "S/", "S/."]),
            ("DIAMONDS", vec!["diamonds", "Diamonds"]),
        ] {
            for written in all {
                assert_eq!(code(written), code_of, "{written}");
            }
        }
    }

    #[test]
    fn other_dollars_and_crowns_stay_apart() {
        let codes: HashSet<String> = [
            "$", "CA$", "A$", "NZ$", "HK$", "MX$", "kr", "SEK", "NOK", "GEMS", "",
        ]
        .map(code)
        .into();
        assert_eq!(codes.len(), 11);
    }

    #[test]
    fn every_name_means_one_currency() {
        let mut seen = HashSet::new();
        for name in NAMES.iter().flat_map(|(_, names)| *names).chain(&SHARED) {
            assert!(seen.insert(*name) && *name == name.to_lowercase(), "{name}");
        }
        for (known, _) in NAMES.into_iter().filter(|(known, _)| *known != "DIAMONDS") {
            assert_ne!(Currency::new(known).minor(), Minor::Unknown, "{known}");
        }
    }

    #[test]
    fn minor_digits_are_those_of_iso_4217() {
        let minor = |written: &str| Currency::new(written).minor();
        assert_eq!(
            (minor("€"), minor("JPY"), minor("kwd")),
            (Minor::Digits(2), Minor::Digits(0), Minor::Digits(3))
        );
        assert_eq!(
            (minor("₿"), minor(""), minor("Gems")),
            (Minor::Many, Minor::Unknown, Minor::Unknown)
        );
    }
}

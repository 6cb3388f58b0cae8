//! The languages of the words that the bridge writes into the end credits: titles, units, and the
//! few words within names.

use strum::{EnumString, IntoStaticStr, VariantNames};

use super::{kind::Kind, titles::titles, unit::Unit};

/// A language of the end credits. Its name is the code of ISO 639-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString, IntoStaticStr, VariantNames)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    #[default]
    #[strum(serialize = "en")]
    English,
    #[strum(serialize = "fr")]
    French,
    #[strum(serialize = "de")]
    German,
    #[strum(serialize = "es")]
    Spanish,
    #[strum(serialize = "pt")]
    Portuguese,
    #[strum(serialize = "ja")]
    Japanese,
}

const ALL: [Language; 6] = [
    Language::English,
    Language::French,
    Language::German,
    Language::Spanish,
    Language::Portuguese,
    Language::Japanese,
];

impl Language {
    /// The language for a code; `None` for `auto` and everything else.
    pub fn of_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The code of ISO 639-1.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The language of Twitchat's text for a number of months, such as `{MONTHS} mois`. `None` if
    /// it is in none of the languages.
    pub fn of_months(text: &str) -> Option<Self> {
        let word = text.rsplit(['|', '}']).next()?.trim().to_lowercase();
        ALL.into_iter().find(|language| {
            let (one, several) = language.unit(Unit::Months);
            [one, several]
                .iter()
                .any(|unit| unit.to_lowercase() == word)
        })
    }

    /// The title of a kind of section.
    pub fn title(self, kind: Kind) -> &'static str {
        let Some([french, german, spanish, portuguese, japanese]) = titles(kind) else {
            return kind.title();
        };
        match self {
            Self::English => kind.title(),
            Self::French => french,
            Self::German => german,
            Self::Spanish => spanish,
            Self::Portuguese => portuguese,
            Self::Japanese => japanese,
        }
    }

    /// The words for one and for several of a unit; both are empty if the unit has no word.
    fn unit(self, unit: Unit) -> (&'static str, &'static str) {
        let [english, french, german, spanish, portuguese, japanese] = match unit {
            Unit::Gifts | Unit::Hype | Unit::Times | Unit::Seconds => [("", ""); 6],
            Unit::Bits => [
                ("bit", "bits"),
                ("bit", "bits"),
                ("Bit", "Bits"),
                ("bit", "bits"),
                ("bit", "bits"),
                ("ビッツ", "ビッツ"),
            ],
            Unit::Months => [
                ("month", "months"),
                ("mois", "mois"),
                ("Monat", "Monate"),
                ("mes", "meses"),
                ("mês", "meses"),
                ("か月", "か月"),
            ],
            Unit::Viewers => [
                ("viewer", "viewers"),
                ("spectateur", "spectateurs"),
                ("Zuschauer", "Zuschauer"),
                ("espectador", "espectadores"),
                ("espectador", "espectadores"),
                ("人", "人"),
            ],
            Unit::Points => [
                ("point", "points"),
                ("point", "points"),
                ("Punkt", "Punkte"),
                ("punto", "puntos"),
                ("ponto", "pontos"),
                ("ポイント", "ポイント"),
            ],
            Unit::Messages => [
                ("message", "messages"),
                ("message", "messages"),
                ("Nachricht", "Nachrichten"),
                ("mensaje", "mensajes"),
                ("mensagem", "mensagens"),
                ("件", "件"),
            ],
            Unit::Likes => [
                ("like", "likes"),
                ("j’aime", "j’aime"),
                ("Like", "Likes"),
                ("me gusta", "me gusta"),
                ("curtida", "curtidas"),
                ("いいね", "いいね"),
            ],
            Unit::Shares => [
                ("share", "shares"),
                ("partage", "partages"),
                ("Mal geteilt", "Mal geteilt"),
                ("compartido", "compartidos"),
                ("compartilhamento", "compartilhamentos"),
                ("シェア", "シェア"),
            ],
            Unit::Diamonds => [
                ("diamond", "diamonds"),
                ("diamant", "diamants"),
                ("Diamant", "Diamanten"),
                ("diamante", "diamantes"),
                ("diamante", "diamantes"),
                ("ダイヤ", "ダイヤ"),
            ],
        };
        match self {
            Self::English => english,
            Self::French => french,
            Self::German => german,
            Self::Spanish => spanish,
            Self::Portuguese => portuguese,
            Self::Japanese => japanese,
        }
    }

    /// A number with the word of its unit: `12,345 bits`, `12.345 Bits`, `57人`.
    pub(super) fn counted(self, number: u64, unit: Unit) -> String {
        let (one, several) = self.unit(unit);
        let word = if number == 1 { one } else { several };
        let space = match self {
            Self::Japanese => "",
            _ => " ",
        };
        match word {
            "" => self.grouped(number),
            word => format!("{}{space}{word}", self.grouped(number)),
        }
    }

    /// A number with the language's separators, such as `12,345`.
    pub(super) fn grouped(self, number: u64) -> String {
        let digits = number.to_string();
        // Spain and Portugal do not separate four digits.
        let is_short = matches!(self, Self::Spanish | Self::Portuguese) && digits.len() == 4;
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && !is_short && (digits.len() - place).is_multiple_of(3) {
                text.push(self.separator());
            }
            text.push(digit);
        }
        text
    }

    /// The separator between thousands. The narrow space does not break.
    fn separator(self) -> char {
        match self {
            Self::English | Self::Japanese => ',',
            Self::French => '\u{202f}',
            Self::German | Self::Spanish | Self::Portuguese => '.',
        }
    }

    /// A decimal number, which has a point, as the language writes it.
    pub(super) fn decimal(self, number: &str) -> String {
        match self {
            Self::English | Self::Japanese => number.to_owned(),
            _ => number.replace('.', ","),
        }
    }

    /// Whether the sign of a currency stands before the number.
    pub(super) fn has_sign_first(self) -> bool {
        matches!(self, Self::English | Self::Japanese)
    }

    /// A duration, such as `45 s`, `10 min`, `3 h 12 min`.
    pub(super) fn span(self, seconds: u64) -> String {
        let (h, min, s) = match self {
            Self::Japanese => ("時間", "分", "秒"),
            _ => (" h", " min", " s"),
        };
        let space = if self == Self::Japanese { "" } else { " " };
        match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
            (0, 0, seconds) => format!("{seconds}{s}"),
            (0, minutes, _) => format!("{minutes}{min}"),
            (hours, 0, _) => format!("{hours}{h}"),
            (hours, minutes, _) => format!("{hours}{h}{space}{minutes}{min}"),
        }
    }

    /// The line after listed names: `and 3 more`.
    pub(super) fn and_more(self, number: u64) -> String {
        let more = self.grouped(number);
        match (self, number) {
            (Self::English, _) => format!("and {more} more"),
            (Self::French, 1) => "et 1 autre".to_owned(),
            (Self::French, _) => format!("et {more} autres"),
            (Self::German, 1) => "und 1 weiteres".to_owned(),
            (Self::German, _) => format!("und {more} weitere"),
            (Self::Spanish, _) => format!("y {more} más"),
            (Self::Portuguese, _) => format!("e mais {more}"),
            (Self::Japanese, _) => format!("ほか{more}"),
        }
    }

    /// The level of a hype train: `Level 3 – 40 %`.
    pub(super) fn level(self, level: u32, percent: u32) -> String {
        let word = match self {
            Self::English | Self::German => "Level",
            Self::French => "Niveau",
            Self::Spanish => "Nivel",
            Self::Portuguese => "Nível",
            Self::Japanese => "レベル",
        };
        format!("{word} {level} – {percent} %")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn twitchats_text_for_months_shows_its_language() {
        let texts = [
            "{MONTHS} month | {MONTHS} months",
            "{MONTHS} mois",
            "{MONTHS} Monat | {MONTHS} Monate",
            "{MONTHS}か月",
            "",
            "{MONTHS} maanden",
        ];
        assert_eq!(
            texts.map(Language::of_months),
            [
                Some(Language::English),
                Some(Language::French),
                Some(Language::German),
                Some(Language::Japanese),
                None,
                None,
            ]
        );
    }

    #[test]
    fn numbers_have_the_separators_of_the_language() {
        let numbers = ALL.map(|language| language.counted(1_234_567, Unit::Bits));
        assert_eq!(
            numbers,
            [
                "1,234,567 bits",
                "1\u{202f}234\u{202f}567 bits",
                "1.234.567 Bits",
                "1.234.567 bits",
                "1.234.567 bits",
                "1,234,567ビッツ",
            ]
        );
        let four = ALL.map(|language| language.grouped(1_234));
        assert_eq!(
            four,
            ["1,234", "1\u{202f}234", "1.234", "1234", "1234", "1,234"]
        );
    }

    #[test]
    fn each_language_has_a_title_of_its_own_for_each_kind_that_lists_names() {
        for language in ALL {
            let kinds = Kind::all().filter(|kind| kind.lists_names());
            let titles: Vec<_> = kinds.map(|kind| language.title(kind)).collect();
            assert!(
                titles.iter().all(|title| !title.trim().is_empty()),
                "{language:?}"
            );
            let distinct: HashSet<_> = titles.iter().collect();
            // Groups and lists have the name of the group or the list.
            assert_eq!(distinct.len() + 1, titles.len(), "{language:?}");
        }
    }

    #[test]
    fn one_thing_is_singular_and_a_unit_without_a_word_is_a_number() {
        assert_eq!(Language::German.counted(1, Unit::Months), "1 Monat");
        assert_eq!(Language::Portuguese.counted(2, Unit::Months), "2 meses");
        assert_eq!(Language::French.counted(3, Unit::Hype), "3");
        assert_eq!(Language::French.and_more(1), "et 1 autre");
        assert_eq!(Language::Japanese.span(11_520), "3時間12分");
        assert_eq!(Language::Spanish.span(11_520), "3 h 12 min");
    }

    #[test]
    fn every_word_of_the_setting_but_auto_is_a_language() {
        let codes = ALL.map(Language::code);
        assert_eq!(
            codes.map(|code| Language::of_code(code).is_some()),
            [true; 6]
        );
        assert_eq!(Language::of_code("auto"), None);
    }
}

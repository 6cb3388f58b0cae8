use crate::input::Show;

/// The format of the log, and of everything else on standard error.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(ascii_case_insensitive, serialize_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object in each line.
    Json,
}

impl Show for LogFormat {
    fn show(&self) -> Option<String> {
        let word: &str = self.into();
        Some(format!("{word:?}"))
    }
}

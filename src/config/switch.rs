use crate::input::{Field, Read, Show, quoted};

/// The value of a setting that is `"on"` or `"off"`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    pub(super) fn read(field: &Field<'_>) -> Read<Self> {
        field.one_of()
    }
}

impl Show for Switch {
    fn show(&self) -> Option<String> {
        Some(quoted(self.into()))
    }
}

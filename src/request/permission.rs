//! The permissions of clients on OBS. Every program on the same OBS can send a request, so a
//! request that destroys data is refused unless the config file allows it by name.

use super::RequestError;

/// A request that destroys data. `bus.allow` lists the allowed ones by these words.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case", ascii_case_insensitive)]
#[expect(missing_docs, reason = "these are the names of the requests")]
pub enum Guarded {
    DeleteSession,
    Forget,
}

impl Guarded {
    pub fn request(self) -> &'static str {
        match self {
            Self::DeleteSession => "DeleteSession",
            Self::Forget => "Forget",
        }
    }
}

/// The permissions of the config file: `bus.allow` and `bus.settings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// The requests that are allowed even though they destroy data.
    pub allow: Vec<Guarded>,
    /// Whether clients may change settings.
    pub settings: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            settings: true,
        }
    }
}

impl Permissions {
    /// Fails if this request is not allowed. The error names the setting that allows it.
    pub fn check(&self, guarded: Guarded) -> Result<(), RequestError> {
        if self.allow.contains(&guarded) {
            return Ok(());
        }
        Err(RequestError::NotAllowed {
            request: guarded.request(),
            word: guarded.into(),
        })
    }

    /// Fails if clients may not change settings.
    pub fn check_settings(&self) -> Result<(), RequestError> {
        if self.settings {
            Ok(())
        } else {
            Err(RequestError::SettingsOff)
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantNames as _;

    use super::*;

    #[test]
    fn a_request_that_destroys_data_is_refused_until_it_is_allowed_by_name() {
        assert_eq!(Guarded::VARIANTS, ["delete-session", "forget"]);
        let none = Permissions::default();
        for guarded in [Guarded::DeleteSession, Guarded::Forget] {
            assert!(none.check(guarded).is_err(), "{guarded:?}");
            let only = Permissions {
                allow: vec![guarded],
                ..Permissions::default()
            };
            assert_eq!(only.check(guarded), Ok(()));
        }
        let forget = Permissions {
            allow: vec![Guarded::Forget],
            ..Permissions::default()
        };
        assert_eq!(
            forget
                .check(Guarded::DeleteSession)
                .unwrap_err()
                .to_string(),
            "DeleteSession is not allowed over OBS: to allow it, add \"delete-session\" to the \
                setting `bus.allow` in the bridge's config file, such as \
                allow = [\"delete-session\"] in the section [bus]"
        );
    }
}

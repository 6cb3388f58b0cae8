//! The settings of the end-credits overlay, which come with a summary to those who ask for them.
//! Pure.

use serde_json::{Map, Value, json};

/// The settings, and what Twitchat says about them.
#[derive(Debug, Default)]
pub(super) struct CreditsSettings {
    /// `None` until the user has set the overlay up.
    pub(super) params: Option<Value>,
    /// The types of sections that are reserved for supporters of Twitchat.
    pub(super) reserved: Vec<String>,
    /// Whether it knows no stream yet. Then version 16 does not answer questions for the settings.
    pub(super) lacks_stream: bool,
}

impl CreditsSettings {
    /// Adds the settings to a summary, if there are any.
    pub(super) fn add_to(&self, summary: &mut Value) {
        let (Some(params), Value::Object(summary)) = (&self.params, summary) else {
            return;
        };
        let reserved: Map<String, Value> = self
            .reserved
            .iter()
            .map(|slot| (slot.clone(), json!(true)))
            .collect();
        summary.insert("params".into(), params.clone());
        summary.insert("premiumWarningSlots".into(), reserved.into());
    }
}

use serde_json::{Map, Value};

use super::{
    error::RequestError,
    fields::{Fields, field_error},
};
use crate::event::EventName;

/// An event for which the rules are tested.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTest {
    pub name: EventName,
    /// The event's data; `None` for example data.
    pub data: Option<Map<String, Value>>,
    /// The only rule to test; `None` for all rules that apply to the event.
    pub rule: Option<Box<str>>,
    /// Values that replace the current ones, by the names that templates use.
    pub suppose: Map<String, Value>,
}

const NAME: &str = "the name of an event such as \"Twitch.Raid\"";
/// The values that can be replaced, by their names in templates.
pub const SUPPOSED: [&str; 5] = ["credits", "state", "session", "broadcaster", "last"];
const SUPPOSE: &str = "an object with credits, state, session, broadcaster or last";

pub(super) fn read(mut fields: Fields) -> Result<RuleTest, RequestError> {
    let name = fields.needed_text("name", "name", NAME)?;
    let Some(name) = EventName::parse(name.trim()) else {
        return Err(field_error("name", &name.into(), NAME));
    };
    let suppose = fields
        .optional_object("suppose", SUPPOSE)?
        .unwrap_or_default();
    if let Some(other) = suppose
        .keys()
        .find(|name| !SUPPOSED.contains(&name.as_str()))
    {
        return Err(RequestError::Wrong {
            field: "suppose",
            found: format!("the key {:?}", crate::event::cut(other, 40)),
            expected: SUPPOSE.into(),
        });
    }
    let rule = match fields.take("rule") {
        None => None,
        Some(Value::String(rule)) => Some(rule.into()),
        Some(other) => return Err(field_error("rule", &other, "the name of a rule")),
    };
    Ok(RuleTest {
        name,
        data: fields.optional_object("data", "an object")?,
        rule,
        suppose,
    })
}

//! Events of OBS itself, as Streamer.bot's events of the source `Obs`.
//!
//! Streamer.bot documents the variables of its triggers (`obs.id`, `obsEvent.event`), but not the
//! data of these events. So each event has the variables as keys with a dot, and also `connection`,
//! which newer versions send.

use serde_json::{Map, Value, json, value::RawValue};

use crate::event::{EmittedEvent, EventName, ObsEvent};

/// The type of the event that is emitted for `CustomEvent`s of other programs.
pub const CUSTOM_EVENT: &str = "CustomEvent";
/// The type of obs-websocket's events of vendors, and of the event that is emitted for them.
const VENDOR_EVENT: &str = "VendorEvent";

/// Whether this event passes on arbitrary events of OBS, or arbitrary messages of other programs.
pub fn is_passed_on(name: &EventName) -> bool {
    let is = |kind: &str| name.kind.eq_ignore_ascii_case(kind);
    name.source.eq_ignore_ascii_case("Obs")
        && ["Event", VENDOR_EVENT, CUSTOM_EVENT].into_iter().any(is)
}

/// The connection to OBS in Streamer.bot's format. `id` distinguishes it from the connection to
/// another OBS.
pub fn connection(id: &str, obs_version: &str, websocket_version: &str) -> Value {
    json!({ "id": id, "host": "OBS", "name": "OBS", "version": obs_version,
        "websocketVersion": websocket_version })
}

/// An event about this connection, with additional keys.
fn about(connection: &Value, kind: &str, keys: Value) -> EmittedEvent {
    let part = |key: &str| connection.get(key).cloned().unwrap_or_default();
    let mut data = json!({ "obs.id": part("id"), "obs.name": part("name"), "obs.host": part("host"),
        "obs.studioVersion": part("version"),
        "obs.websocketVersion": part("websocketVersion"), "connection": connection });
    if let (Value::Object(data), Value::Object(keys)) = (&mut data, keys) {
        data.extend(keys);
    }
    EmittedEvent::new("Obs", kind, data)
}

pub fn connected(connection: &Value) -> EmittedEvent {
    about(connection, "Connected", Value::Null)
}

pub fn disconnected(connection: &Value) -> EmittedEvent {
    about(connection, "Disconnected", Value::Null)
}

pub fn scene_changed(connection: &Value, name: &str, before: &str) -> EmittedEvent {
    let scene = |name: &str| json!({ "name": name, "sceneName": name });
    let keys = json!({ "scene": scene(name), "oldScene": scene(before), "obs.sceneName": name,
        "obs.oldSceneName": before, "obs.scene": name });
    about(connection, "SceneChanged", keys)
}

/// OBS has started or stopped streaming.
pub fn stream_changed(connection: &Value, active: bool) -> EmittedEvent {
    let kind = if active {
        "StreamingStarted"
    } else {
        "StreamingStopped"
    };
    about(connection, kind, json!({ "outputActive": active }))
}

/// OBS has started or stopped recording. `path` is the recording's file; empty if it is unknown.
pub fn recording_changed(connection: &Value, active: bool, path: &str) -> EmittedEvent {
    let kind = if active {
        "RecordingStarted"
    } else {
        "RecordingStopped"
    };
    let keys = json!({ "outputActive": active, "outputPath": path });
    about(connection, kind, keys)
}

/// The type of the event that the bridge emits for an event of OBS.
pub fn kind_of(event: &ObsEvent) -> &'static str {
    if &*event.kind == VENDOR_EVENT {
        VENDOR_EVENT
    } else {
        "Event"
    }
}

/// The bridge's event for any event of OBS, with the fields that OBS sent. `None` if the fields
/// nest too deeply to be read.
pub fn event(connection: &Value, event: &ObsEvent) -> Option<EmittedEvent> {
    let fields: Map<String, Value> = match &event.data {
        Some(data) => serde_json::from_str(data.get()).ok()?,
        None => Map::new(),
    };
    let kind = kind_of(event);
    let keys = if kind == VENDOR_EVENT {
        let part = |key: &str| fields.get(key).cloned().unwrap_or_default();
        json!({ "obsVendorEvent.vendor": part("vendorName"),
            "obsVendorEvent.event": part("eventType"),
            "obsVendorEvent": { "vendor": part("vendorName"), "event": part("eventType"),
                "data": part("eventData") } })
    } else {
        let mut fields = fields;
        fields.insert("event".into(), (*event.kind).into());
        json!({ "obsEvent.event": &*event.kind, "obsEvent": fields })
    };
    Some(about(connection, kind, keys))
}

/// A `CustomEvent` of another program: its data is the message. `None` if the message is not an
/// object, or nests too deeply.
pub fn custom_event(whole: &RawValue) -> Option<EmittedEvent> {
    let message: Map<String, Value> = serde_json::from_str(whole.get()).ok()?;
    Some(EmittedEvent::new("Obs", CUSTOM_EVENT, message.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn obs_event(kind: &str, data: Option<&str>) -> ObsEvent {
        ObsEvent {
            kind: kind.into(),
            data: data.map(|data| RawValue::from_string(data.to_owned()).unwrap()),
        }
    }

    fn emitted(kind: &str, data: Option<&str>) -> EmittedEvent {
        event(&connection("7", "30.2.3", "5.5.2"), &obs_event(kind, data)).unwrap()
    }

    #[test]
    fn an_event_of_obs_keeps_the_fields_that_obs_sent() {
        let muted = r#"{"inputMuted":true,"inputName":"Mic","inputUuid":"u"}"#;
        let emitted = emitted("InputMuteStateChanged", Some(muted));
        assert_eq!(emitted.name.to_string(), "Obs.Event");
        assert_eq!(
            emitted.data,
            json!({
                "connection": { "id": "7", "host": "OBS", "name": "OBS", "version": "30.2.3",
                    "websocketVersion": "5.5.2" },
                "obs.id": "7", "obs.name": "OBS", "obs.host": "OBS",
                "obs.studioVersion": "30.2.3", "obs.websocketVersion": "5.5.2",
                "obsEvent.event": "InputMuteStateChanged",
                "obsEvent": { "event": "InputMuteStateChanged", "inputMuted": true,
                    "inputName": "Mic", "inputUuid": "u" },
            })
        );
    }

    #[test]
    fn an_event_without_data_has_its_type_alone() {
        let emitted = emitted("ExitStarted", None);
        assert_eq!(emitted.data["obsEvent"], json!({ "event": "ExitStarted" }));
    }

    #[test]
    fn an_event_of_a_vendor_names_the_vendor_and_its_own_type() {
        let data = r#"{"vendorName":"move","eventType":"done","eventData":{"a":[1]}}"#;
        let emitted = emitted("VendorEvent", Some(data));
        assert_eq!(emitted.name.to_string(), "Obs.VendorEvent");
        assert_eq!(
            (
                &emitted.data["obsVendorEvent"],
                &emitted.data["obsVendorEvent.vendor"],
                &emitted.data["obsVendorEvent.event"]
            ),
            (
                &json!({ "vendor": "move", "event": "done", "data": { "a": [1] } }),
                &json!("move"),
                &json!("done")
            )
        );
    }

    #[test]
    fn a_deeply_nested_message_gives_no_event() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        let raw = RawValue::from_string(deep.clone()).unwrap();
        assert_eq!(custom_event(&raw), None);
        let event_of_obs = obs_event("SceneListChanged", Some(&deep));
        assert_eq!(event(&Value::Null, &event_of_obs), None);
    }
}

//! Events of OBS itself, as Streamer.bot's events of the source `Obs`.

use serde_json::{Value, json};

use crate::event::EmittedEvent;

/// The connection to OBS as Streamer.bot describes one. `id` distinguishes it from the connection
/// to another OBS.
pub fn connection(id: &str, obs_version: &str, websocket_version: &str) -> Value {
    json!({ "id": id, "host": "OBS", "name": "OBS", "version": obs_version,
        "websocketVersion": websocket_version })
}

/// OBS is connected. The data has the keys of all Streamer.bot versions.
pub fn connected(connection: &Value) -> EmittedEvent {
    let part = |key: &str| connection.get(key).cloned().unwrap_or_default();
    let data = json!({ "obs.id": part("id"), "obs.name": part("name"), "obs.host": part("host"),
        "obs.studioVersion": part("version"),
        "obs.websocketVersion": part("websocketVersion"), "connection": connection });
    EmittedEvent::new("Obs", "Connected", data)
}

/// OBS is disconnected.
pub fn disconnected(connection: &Value) -> EmittedEvent {
    EmittedEvent::new("Obs", "Disconnected", json!({ "connection": connection }))
}

pub fn scene_changed(connection: &Value, name: &str, before: &str) -> EmittedEvent {
    let scene = |name: &str| json!({ "name": name, "sceneName": name });
    let data = json!({ "connection": connection, "scene": scene(name), "oldScene": scene(before),
        "obs.sceneName": name, "obs.scene": name });
    EmittedEvent::new("Obs", "SceneChanged", data)
}

/// OBS has started or stopped streaming.
pub fn stream_changed(connection: &Value, active: bool) -> EmittedEvent {
    let kind = if active {
        "StreamingStarted"
    } else {
        "StreamingStopped"
    };
    EmittedEvent::new(
        "Obs",
        kind,
        json!({ "connection": connection, "outputActive": active }),
    )
}

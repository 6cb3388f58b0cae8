//! The connection to OBS, and the state that OBS reports.

use serde_json::{Value, json};

use super::{io::ObsInfo, time::instant};
use crate::mapping::obs;

#[derive(Debug, Default)]
pub(super) struct Connection {
    /// OBS's versions, and the time of connecting in Unix milliseconds. `None` while there is no
    /// connection.
    info: Option<(ObsInfo, i64)>,
    /// The scene on air; `None` while it is unknown.
    scene: Option<Box<str>>,
    /// Whether OBS records; `None` while that is unknown.
    recording: Option<bool>,
}

impl Connection {
    pub(super) fn is_up(&self) -> bool {
        self.info.is_some()
    }

    /// The time of connecting, in Unix milliseconds; `None` while there is no connection.
    pub(super) fn since_ms(&self) -> Option<i64> {
        self.info.as_ref().map(|(_, at_ms)| *at_ms)
    }

    pub(super) fn up(&mut self, info: ObsInfo, wall_ms: i64) {
        self.info = Some((info, wall_ms));
    }

    pub(super) fn down(&mut self) {
        self.info = None;
        self.recording = None;
    }

    /// The scene on air; `None` while it is unknown.
    pub(super) fn scene(&self) -> Option<&str> {
        self.scene.as_deref()
    }

    /// Sets the scene on air. Returns the previous one.
    pub(super) fn show(&mut self, scene: &str) -> Option<Box<str>> {
        self.scene.replace(scene.into())
    }

    /// Also `true` while a recording is paused. `None` while it is unknown.
    pub(super) fn recording(&self) -> Option<bool> {
        self.recording
    }

    pub(super) fn set_recording(&mut self, active: bool) {
        self.recording = Some(active);
    }

    /// The object that identifies OBS in events about OBS.
    pub(super) fn object(&self, instance: &str) -> Value {
        let (version, websocket) = self
            .info
            .as_ref()
            .map(|(info, _)| (&*info.obs_version, &*info.websocket_version))
            .unwrap_or_default();
        obs::connection(instance, version, websocket)
    }

    /// The `obs` part of the reply to `GetStatus`.
    pub(super) fn status(&self, streaming: bool, stream_seconds: i64) -> Value {
        match &self.info {
            Some((info, at_ms)) => json!({
                "connected": true,
                "since": instant(*at_ms),
                "version": info.obs_version,
                "websocketVersion": info.websocket_version,
                "scene": self.scene,
                "streaming": streaming,
                "streamSeconds": stream_seconds,
                "recording": self.recording,
            }),
            None => json!({ "connected": false }),
        }
    }
}

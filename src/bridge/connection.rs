//! The OBS that the bridge is connected to, and the scene that it shows.

use serde_json::{Value, json};

use super::{io::ObsInfo, time::instant};
use crate::mapping::obs;

/// What is known of OBS.
#[derive(Debug, Default)]
pub(super) struct Connection {
    /// OBS's versions, and since when it is connected, Unix milliseconds.
    info: Option<(ObsInfo, i64)>,
    /// The scene on air.
    scene: Option<Box<str>>,
}

impl Connection {
    pub(super) fn is_up(&self) -> bool {
        self.info.is_some()
    }

    pub(super) fn up(&mut self, info: ObsInfo, wall_ms: i64) {
        self.info = Some((info, wall_ms));
    }

    pub(super) fn down(&mut self) {
        self.info = None;
    }

    /// The scene on air, as far as it is known.
    pub(super) fn scene(&self) -> Option<&str> {
        self.scene.as_deref()
    }

    /// Another scene is on air. Gives the one before.
    pub(super) fn show(&mut self, scene: &str) -> Option<Box<str>> {
        self.scene.replace(scene.into())
    }

    /// The object by which events of OBS name it.
    pub(super) fn object(&self, instance: &str) -> Value {
        let (version, websocket) = self
            .info
            .as_ref()
            .map(|(info, _)| (&*info.obs_version, &*info.websocket_version))
            .unwrap_or_default();
        obs::connection(instance, version, websocket)
    }

    /// What `GetStatus` says of OBS.
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
            }),
            None => json!({ "connected": false }),
        }
    }
}

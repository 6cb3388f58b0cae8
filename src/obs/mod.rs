//! SHELL. Everything that touches an obs-websocket: requests (talk), the event reader (listen), supervision, OBS's own settings.

pub mod discovery;

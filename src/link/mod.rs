//! PURE. When to connect to OBS again: the reconnect state machine and its backoff.

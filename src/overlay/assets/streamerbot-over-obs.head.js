// streamerbot-over-obs.js: pages written for Streamer.bot's WebSocket, unchanged, on twitchat-bridge through OBS.
//
// One script tag before the page's own scripts, and `new WebSocket('ws://localhost:8080')` gives an object that looks like a WebSocket
// to Streamer.bot, but speaks obs-websocket v5 with OBS; every other address goes to the browser's own WebSocket. What the page sends
// goes to the bridge as a BroadcastCustomEvent of OBS, what the bridge sends to this page comes out as Streamer.bot's own frames.
//
//   OBS's address and password: obs-config.js beside this file, `twitchat-bridge overlay export` writes both. All settings: DEFAULTS
//   below, and `obs`; docs/streamerbot-pages.md explains them.


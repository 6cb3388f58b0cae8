// streamerbot-over-obs.js: connects pages that were built for Streamer.bot's WebSocket, unchanged, to twitchat-bridge through OBS.
//
// It needs one script tag before the page's own scripts. Then `new WebSocket('ws://localhost:8080')` returns an object that behaves as a
// WebSocket to Streamer.bot, but uses obs-websocket v5 of OBS. All other addresses use the browser's own WebSocket. The page's frames are
// sent to the bridge as BroadcastCustomEvent of OBS, and the page receives the bridge's messages as Streamer.bot's own frames.
//
// The address and password of OBS are in obs-config.js beside this file; `twitchat-bridge overlay export` writes both files. The settings
// are DEFAULTS below, and `obs`; docs/streamerbot-pages.md explains them.


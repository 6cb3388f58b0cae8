// The page shim in Node, as in a page: loaded once, before everything else, with the `ws` package in place of the browser's WebSocket.
// Streamer.bot's own client, unmodified, gets the shim's WebSocket instead of `ws`.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { obsOfTheTests } from './bus.mjs';

const connections = new Set();

/** The class for the shim's connections to OBS. A test can cut them off. */
class Recorded extends WebSocket {
    constructor(...given) {
        super(...given);
        connections.add(this);
        this.once('close', () => connections.delete(this));
    }
}

/** Ends all connections of the shim to OBS as a network failure does: without a close frame. */
export function cutOff() {
    for (const connection of connections) connection.terminate();
}

function obs() {
    if (!process.env.OBS_TEST_URL) return {}; // for tests that need no OBS
    const { url, password } = obsOfTheTests();
    const { hostname, port } = new URL(url);
    return { host: hostname, port: Number(port), password };
}

globalThis.StreamerbotOverObsConfig = { WebSocket: Recorded, obs: obs() };

/** The parts of the shim. Loading it replaces the global WebSocket. */
export const shim = load(['streamerbot-over-obs.head.js', 'obs-client.js', 'streamerbot-session.js', 'streamerbot-socket.js']);

/** Loads the parts as a single file, which is what `overlay export` makes of them. */
function load(parts) {
    const dir = mkdtempSync(join(tmpdir(), 'twitchat-bridge-shim-'));
    const file = join(dir, 'streamerbot-over-obs.cjs');
    const texts = parts.map((part) => readFileSync(new URL(`../../src/overlay/assets/${part}`, import.meta.url), 'utf8'));
    try {
        writeFileSync(file, texts.join(''));
        return createRequire(import.meta.url)(file);
    } finally {
        rmSync(dir, { recursive: true });
    }
}

const ours = 'data:text/javascript,export const WebSocket = globalThis.WebSocket; export default WebSocket;';
const hooks = `export const resolve = (name, context, next) =>
    name === 'ws' && context.parentURL.includes('/@streamerbot/client/') ? { url: ${JSON.stringify(ours)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

export const { StreamerbotClient } = await import('@streamerbot/client');

/** Collects the results of `take` for each event of a type. */
export function collect(socket, type, take) {
    const taken = [];
    socket.addEventListener(type, (event) => taken.push(take(event)));
    return taken;
}

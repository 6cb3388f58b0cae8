// The page shim in Node, the way a page has it: loaded once, before anything else, with the `ws` package in the browser's place.
// Streamer.bot's own client, unmodified, gets the shim's WebSocket instead of `ws`.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { obsOfTheTests } from './bus.mjs';

const connections = new Set();

/** What the shim reaches OBS with; a test can cut it off. */
class Recorded extends WebSocket {
    constructor(...given) {
        super(...given);
        connections.add(this);
        this.once('close', () => connections.delete(this));
    }
}

/** Ends all connections that the shim has to OBS, as a network does: without a word. */
export function cutOff() {
    for (const connection of connections) connection.terminate();
}

function obs() {
    if (!process.env.OBS_TEST_URL) return {}; // for tests that need none
    const { url, password } = obsOfTheTests();
    const { hostname, port } = new URL(url);
    return { host: hostname, port: Number(port), password };
}

globalThis.StreamerbotOverObsConfig = { WebSocket: Recorded, obs: obs() };

/** The shim's parts. Loading it puts its WebSocket in place. */
export const shim = load(['streamerbot-over-obs.head.js', 'obs-client.js', 'streamerbot-session.js', 'streamerbot-socket.js']);

/** What `overlay export` makes of them: one file. */
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

/** Calls back with each event of a kind until told to stop; collects what `take` makes of them. */
export function collect(socket, type, take) {
    const taken = [];
    socket.addEventListener(type, (event) => taken.push(take(event)));
    return taken;
}

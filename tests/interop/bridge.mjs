// Starts the bridge's binary as a user would: `run`, with a config and a store of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obsOfTheTests, within } from './bus.mjs';

const READY_WITHIN_MS = 15_000;

/**
 * Starts the binary in TWITCHAT_BRIDGE_BIN and waits until it replies to GetInfo on `bus`. Returns `stop`, which ends it and removes its
 * files, and `log`, which returns its output on stderr.
 */
export async function startBridge(bus, options = {}) {
    const { url, password, env = {}, args = [] } = { ...obsOfTheTests(), ...options };
    const binary = process.env.TWITCHAT_BRIDGE_BIN;
    if (!binary) throw new Error('TWITCHAT_BRIDGE_BIN is not set: it names the binary, for example target/release/twitchat-bridge');
    const home = options.home ?? (await mkdtemp(join(tmpdir(), 'twitchat-bridge-interop-')));
    const { hostname, port } = new URL(url);
    const bridge = spawn(binary, ['run', ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
            PATH: process.env.PATH,
            HOME: home,
            TWITCHAT_BRIDGE_STORE: join(home, 'store.db'),
            OBS_HOST: hostname.replace(/^\[|\]$/g, ''),
            OBS_PORT: port,
            OBS_PASSWORD: password,
            ...env,
        },
    });
    let log = '';
    bridge.stderr.setEncoding('utf8').on('data', (text) => (log += text));
    const ended = once(bridge, 'close');
    ended.catch(() => {}); // if there is no such program, it never replies, and that is reported

    const stop = async () => {
        bridge.kill('SIGTERM');
        try {
            await within(6_000, 'the end of the bridge after SIGTERM', ended);
        } finally {
            bridge.kill('SIGKILL'); // has no effect if it has ended
            await rm(home, { recursive: true, force: true });
        }
    };
    try {
        await untilItAnswers(bus, bridge);
    } catch (error) {
        await stop().catch(() => {});
        error.message += `; its log:\n${log}`;
        throw error;
    }
    /** Kills the bridge, and starts another one on the same journal. */
    const restartAfterKill = async () => {
        bridge.kill('SIGKILL');
        await ended;
        return startBridge(bus, { ...options, home });
    };
    return { stop, restartAfterKill, log: () => log };
}

async function untilItAnswers(bus, bridge) {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline) {
        if (await bus.request('GetInfo', {}, { ms: 500 }).catch(() => false)) return;
        if (bridge.exitCode !== null || bridge.signalCode !== null) {
            throw new Error(`the bridge ended (${bridge.exitCode ?? bridge.signalCode}) before it answered`);
        }
    }
    throw new Error(`the bridge did not answer GetInfo within ${READY_WITHIN_MS} ms`);
}

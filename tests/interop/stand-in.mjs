// A stand-in OBS for one test, which may restart it, see examples/stand_in_obs.rs. STAND_IN_OBS_BIN is the path of its binary.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { within } from './bus.mjs';

/** `url` and `password` stay the same after a `restart`. It ends with this process at the latest. */
export async function startStandIn() {
    const binary = process.env.STAND_IN_OBS_BIN;
    if (!binary) throw new Error('STAND_IN_OBS_BIN is not set: cargo build --example stand_in_obs, then target/debug/examples/stand_in_obs');
    const password = randomUUID();
    const obs = spawn(binary, [], { stdio: ['pipe', 'pipe', 'inherit'], env: { OBS_PASSWORD: password } });
    const ended = once(obs, 'close');
    ended.catch(() => {}); // if there is no such program, it never answers, and that is reported
    const lines = createInterface({ input: obs.stdout })[Symbol.asyncIterator]();
    const listening = async () => JSON.parse((await within(10_000, 'the stand-in OBS', lines.next())).value);
    const { url } = await listening();
    return {
        url,
        password,
        restart: () => (obs.stdin.write('restart\n'), listening()),
        stop: () => (obs.stdin.end(), within(5_000, 'the end of the stand-in OBS', ended)),
    };
}

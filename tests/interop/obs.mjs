// An OBS for one test, which may restart it: a real one (see scripts/real-obs), or a stand-in if the tests run on one.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startStandIn } from './stand-in.mjs';

const SCRIPT = fileURLToPath(new URL('../../scripts/real-obs', import.meta.url));

/** `url` and `password` stay the same after a `restart`. It ends with this process at the latest. */
export const startObs = () => (process.env.OBS_TEST_KIND === 'stand-in' ? startStandIn() : startReal());

async function startReal() {
    const dir = await mkdtemp(join(tmpdir(), 'twitchat-bridge-obs-'));
    const state = join(dir, 'state');
    const real = (verb, ...more) => promisify(execFile)(SCRIPT, [verb, '--state', state, ...more]);
    const stop = async () => {
        await real('stop').catch(() => {}); // it may not have started
        await rm(dir, { recursive: true, force: true });
    };
    try {
        await real('start', '--owner', String(process.pid));
        const text = await readFile(state, 'utf8');
        const value = (name) => new RegExp(`^export ${name}='?([^'\\n]*)'?$`, 'm').exec(text)[1];
        return { url: value('OBS_TEST_URL'), password: value('OBS_TEST_PASSWORD'), restart: () => real('restart'), stop };
    } catch (error) {
        await stop();
        throw error;
    }
}

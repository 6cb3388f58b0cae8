// A real OBS of a test's own, which it may restart: scripts/real-obs says how.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../scripts/real-obs', import.meta.url));

/** `url` and `password` stay the same over a `restart`; it ends with this process at the latest. */
export async function startObs() {
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

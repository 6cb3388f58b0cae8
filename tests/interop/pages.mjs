// The folder pages/ as a user would have it: with the files of `overlay export`, and with Streamer.bot's client.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { obsOfTheTests } from './bus.mjs';

/** `dir` is the folder, `fromDisk` returns the address of a page in it, `remove` deletes it. */
export async function makePages() {
    const dir = await mkdtemp(join(tmpdir(), 'twitchat-bridge-pages-'));
    await exportTo(dir);
    const source = new URL('pages/', import.meta.url);
    for (const page of await readdir(source)) await copyFile(new URL(page, source), join(dir, page));
    const client = dirname(createRequire(import.meta.url).resolve('@streamerbot/client'));
    await copyFile(join(client, 'streamerbot-client.js'), join(dir, 'streamerbot-client.js'));
    return {
        dir,
        fromDisk: (page) => pathToFileURL(join(dir, page)).href,
        remove: () => rm(dir, { recursive: true, force: true }),
    };
}

async function exportTo(dir) {
    const { url, password } = obsOfTheTests();
    const { hostname, port } = new URL(url);
    const env = { PATH: process.env.PATH, HOME: dir, OBS_HOST: hostname, OBS_PORT: port, OBS_PASSWORD: password };
    const { stdout } = await promisify(execFile)(process.env.TWITCHAT_BRIDGE_BIN, ['overlay', 'export', dir], { env });
    assert.deepEqual(stdout.trim().split('\n').map((file) => basename(file)), ['streamerbot-over-obs.js', 'obs-config.js']);
}

// The end credits follow the settings page of Twitchat: from Twitchat's message through the real bridge and OBS to the page, in Chromium.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startBridge } from './bridge.mjs';
import { Bus, obsOfTheTests, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { CreditsTab } from './credits.mjs';
import { envelope } from './twitchat.mjs';

let browser;
let bus;
let bridge;
let home;
let tab;

before(async () => {
    home = await mkdtemp(join(tmpdir(), 'twitchat-bridge-follow-'));
    const config = join(home, 'config.toml');
    await writeFile(config, '[overlay]\nfollow = "twitchat"\ndim = 0\nminimum_seconds = 0\n');
    [browser, bus] = await Promise.all([startChromium(), Bus.connect()]);
    bridge = await startBridge(bus, { args: ['--config', config] });
    const { url, password } = obsOfTheTests();
    const { hostname, port } = new URL(url);
    const env = { PATH: process.env.PATH, HOME: home, OBS_HOST: hostname, OBS_PORT: port, OBS_PASSWORD: password };
    await promisify(execFile)(process.env.TWITCHAT_BRIDGE_BIN, ['--config', config, 'overlay', 'install', '--dir', join(home, 'page')], { env });
    for (const name of ['TobiWanders', 'Ballad']) {
        await bus.broadcast(envelope('FOLLOW', { user: { id: name, login: name.toLowerCase(), displayName: name } }));
    }
    tab = await CreditsTab.open(browser, pathToFileURL(join(home, 'page', 'index.html')).href);
    await until('the page at the bridge', async () => (await bus.request('GetStatus')).overlay.pages.length > 0);
});
after(async () => {
    assert.deepEqual(tab?.page.errors, []);
    await browser?.close();
    await bridge?.stop();
    await bus?.close();
    await rm(home, { recursive: true, force: true });
});

/** The recorded message of Twitchat with its settings. */
async function recorded(file, type) {
    const lines = (await readFile(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line));
    return lines.find((message) => message.type === type).data;
}

const style = (selector, property) => tab.run(`getComputedStyle(document.querySelector(${JSON.stringify(selector)}))[${JSON.stringify(property)}]`);
const titles = async () => (await tab.sections()).map(({ title }) => title);
const layouts = () => tab.run("[...document.querySelectorAll('.view:not([aria-hidden]) .roll:not(.titles) > .section')].map((section) => section.className.match(/layout-[\\w-]+/)[0])");

for (const [type, file] of [['ENDING_CREDITS_CONFIGS', 'twitchat_examples.ndjson'], ['ON_ENDING_CREDITS_CONFIGS', 'twitchat_v17_examples.ndjson']]) {
    test(`${type} changes the page while the credits roll`, async () => {
        const settings = await recorded(file, type);
        await bus.broadcast(envelope(type, settings));
        await bus.request('RollCredits', { seconds: 300 });
        await until('the roll', async () => (await tab.report()).state === 'rolling');
        assert.equal((await titles())[0], 'New followers');
        const { roll } = await tab.report();
        // As the sliders, pickers and lists of the settings page do.
        const followers = { ...settings.slots.find(({ slotType }) => slotType === 'follows'), label: `Thank you (${type})`, layout: '3cols' };
        const text = { id: 'new', slotType: 'text', label: 'Bye', text: '<b>See you</b> *soon*<script>1</script>', enabled: true, layout: 'colLeft' };
        const changed = { ...settings, colorTitle: '#010203', colorEntry: '#fefdfc', scale: 60, textShadow: 0, slots: [text, followers] };
        await bus.broadcast(envelope(type, changed));
        await until('the change', async () => (await titles())[0] === 'Bye', 5_000);
        assert.deepEqual(await titles(), ['Bye', `Thank you (${type})`]);
        assert.deepEqual(await layouts(), ['layout-left', 'layout-two-columns'], 'three columns for two names would leave a gap');
        assert.equal((await tab.report()).roll, roll, 'the same roll goes on');
        assert.equal((await tab.sections())[0].text, 'See you *soon*<script>1</script>');
        assert.equal(await tab.run("document.querySelector('.text b').textContent"), 'See you');
        assert.equal(await style('.name', 'color'), 'rgb(254, 253, 252)');
        assert.equal(await style('.title', 'color'), 'rgb(1, 2, 3)');
        // 1.9 em of 24 px on a picture with 1,080 lines.
        const px = Number.parseFloat(await style('.name', 'fontSize'));
        assert.ok(Math.abs(px - (1.9 * 24 * 720) / 1080) < 0.5, `${px}`);
        // Only the look: the roll is not sent again.
        await bus.broadcast(envelope(type, { ...changed, colorTitle: '#0a0b0c' }));
        await until('the colour', async () => (await style('.title', 'color')) === 'rgb(10, 11, 12)', 5_000);
        await bus.request('StopCredits');
        await until('the end', async () => (await tab.report()).state === 'stopped');
    });
}

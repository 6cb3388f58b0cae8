// One evening of a streamer who sees only the panel, beside OBS and a real bridge, in Chromium. PANEL_PICTURES names a folder for a
// picture of each step, and for panel.png and panel-story.png, which docs/images has.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PNG } from 'pngjs';
import { startBridge } from './bridge.mjs';
import { Bus, obsOfTheTests, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { PanelHome, PanelTab } from './panel.mjs';
import { envelope, twitchat } from './twitchat.mjs';

const CONFIG = `# my settings
[overlay]
speed = 120 # faster

[[rule]]
name = "welcome"
on = "Twitch.Raid"
do = [{ send = "SEND_MESSAGE", data = { message = "Welcome {{ data.displayName }}!" } }]
`;
const SOON_MS = 20_000;
/** The preview needs some time until it has something to show. */
const SHOWN_AFTER_MS = 4_000;

let browser;
let bus;
let bridge;
let home;
let tab;

before(async () => {
    [browser, bus] = await Promise.all([startChromium(), Bus.connect()]);
    twitchat(bus, { summary: {} });
    home = await PanelHome.make(obsOfTheTests(), CONFIG);
    bridge = await startBridge(bus, home.bridge);
    for (const name of ['SaltAndPixels', 'mirabelle_k']) await bus.broadcast(envelope('FOLLOW', { user: person(name) }));
    await ask('ClearCredits');
    for (const name of ['TobiWanders', 'some_troll', 'JuniperJay', 'quietstorm_']) await bus.broadcast(envelope('FOLLOW', { user: person(name) }));
    for (const [name, bits] of [['Ballad', 2500], ['pixelmoth', 300]]) {
        await bus.broadcast(envelope('BITS', { channel: '1', message: `Cheer${bits}`, message_chunks: [], user: person(name), bits, pinned: false, pinLevel: -1 }));
    }
    tab = await PanelTab.open(browser, home.page, { width: 420, height: 860, media: { features: [{ name: 'prefers-color-scheme', value: 'dark' }] } });
    await tab.page.downloadTo(join(home.dir, 'downloads'));
    await tab.ready();
});
after(async () => {
    await sheets();
    await ask('StopCredits').catch(() => {});
    await browser?.close();
    await bridge?.stop();
    await bus?.close();
    await home?.remove();
});

const person = (name) => ({ id: `id of ${name}`, login: name.toLowerCase(), displayName: name });

async function ask(request, fields) {
    const reply = await bus.request(request, fields, { ms: SOON_MS });
    assert.equal(reply.status, 'ok', JSON.stringify(reply));
    return reply;
}

const pictures = new Map();
/** The pictures of the docs, each with the steps that it shows side by side, and their height in pixels. */
const SHEETS = {
    'panel.png': [['now', 'troll-hidden', 'theme'], 860],
    'panel-story.png': [['troll-hidden', 'theme', 'sections', 'test', 'export', 'undone'], 700],
};
const SHEET_COLUMNS = 3;
const SHEET_GAP = 8;

async function picture(name) {
    const folder = process.env.PANEL_PICTURES;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await sleep(SHOWN_AFTER_MS);
    const png = await tab.page.screenshot();
    pictures.set(name, PNG.sync.read(png));
    await writeFile(join(folder, `${String(pictures.size).padStart(2, '0')}-${name}.png`), png);
}

/** Puts the upper parts of pictures side by side, in rows. */
async function sheets() {
    const folder = process.env.PANEL_PICTURES;
    if (!folder) return;
    for (const [file, [names, height]] of Object.entries(SHEETS)) {
        const parts = names.map((name) => pictures.get(name));
        const [{ width }] = parts;
        const rows = Math.ceil(parts.length / SHEET_COLUMNS);
        const whole = new PNG({ width: SHEET_COLUMNS * (width + SHEET_GAP) - SHEET_GAP, height: rows * (height + SHEET_GAP) - SHEET_GAP });
        whole.data.fill(255);
        parts.forEach((part, index) => {
            const [x, y] = [index % SHEET_COLUMNS, Math.floor(index / SHEET_COLUMNS)];
            PNG.bitblt(part, whole, 0, 0, width, height, x * (width + SHEET_GAP), y * (height + SHEET_GAP));
        });
        await writeFile(join(folder, file), PNG.sync.write(whole, { colorType: 2, deflateLevel: 9 }));
    }
}

const config = () => readFile(home.config, 'utf8');
const followers = async () => (await ask('GetCredits', { spelling: 'legacy' })).Events.Follows;

test('the panel shows that everything works', async () => {
    await tab.sees('The bridge runs');
    await tab.sees('Twitchat is connected');
    await picture('now');
});

test('a troll is hidden', async () => {
    await tab.tab('Credits');
    await tab.press('Follows');
    await tab.press('some_troll');
    await tab.pressIn('some_troll', 'Hide');
    await tab.saysAndCloses('some_troll is hidden');
    assert.deepEqual(await followers(), ['TobiWanders', 'JuniperJay', 'quietstorm_']);
    await until('the list without the troll', async () => !(await tab.text()).includes('some_troll'), SOON_MS);
    await picture('troll-hidden');
});

test('the theme is changed in the config file and in the preview', async () => {
    await tab.tab('Look');
    await until('the themes', () => tab.run("Boolean(document.querySelector('input[value=neon]'))"), SOON_MS);
    await tab.run("document.querySelector('input[value=neon]').click()");
    await tab.saysAndCloses('Saved: Theme');
    assert.match(await config(), /^\[overlay\]\nspeed = 120 # faster\ntheme = "neon"$/m);
    assert.equal((await ask('GetRoll')).roll.look.theme, 'neon');
    await picture('theme');
});

test('a section moves up by the keyboard and down by the mouse', async () => {
    const sections = async () => (await ask('GetSettings')).sections.filter(({ enabled }) => enabled).map(({ id }) => id);
    const [first, second, ...rest] = await sections();
    await tab.press('Move New followers up');
    await tab.saysAndCloses('Saved: place of New followers');
    assert.deepEqual(await sections(), [second, first, ...rest], 'followers were second');
    await until('the focus on the button', async () => String(await tab.run('document.activeElement.getAttribute("aria-label")')).startsWith('Move New followers'), SOON_MS);
    await tab.run(`(() => {
        const of = (id) => document.querySelector('[data-id="' + id + '"]');
        const transfer = new DataTransfer();
        const fire = (id, type) => of(id).dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
        fire('follows', 'dragstart');
        return new Promise((resolve) => setTimeout(() => { fire('${first}', 'dragover'); fire('${first}', 'drop'); fire('follows', 'dragend'); resolve(); }, 200));
    })()`);
    await tab.saysAndCloses('Saved: place of New followers');
    assert.deepEqual(await sections(), [first, second, ...rest]);
    await tab.run("document.querySelector('.arrange').scrollIntoView()");
    await picture('sections');
});

test('a test rolls, and is stopped', async () => {
    await tab.tab('Roll');
    await tab.press('Test with made-up people');
    await tab.saysAndCloses('The credits roll');
    await tab.sees('Rolling · test');
    assert.equal((await ask('GetStatus')).overlay.roll.test, true);
    await picture('test');
    await tab.press('Pause');
    await tab.sees('Paused · test');
    await tab.press('Go on');
    await tab.sees('Rolling · test');
    await tab.press('Next section');
    await tab.press('Stop');
    await tab.saysAndCloses('The credits were stopped');
    await tab.sees('No credits are rolling');
    assert.equal((await ask('GetStatus')).overlay.roll, null);
});

test('the last session is exported as a page that needs nothing else', async () => {
    await tab.tab('Credits');
    await tab.pressIn('Session 1', 'Export');
    await tab.sees('Export the credits');
    await picture('export');
    await tab.press('Save', 'dialog');
    await tab.saysAndCloses('Saved: credits-1.html');
    const folder = join(home.dir, 'downloads');
    await until('the file', async () => (await readdir(folder).catch(() => [])).includes('credits-1.html'), SOON_MS);
    const html = await readFile(join(folder, 'credits-1.html'), 'utf8');
    const { roll } = await ask('GetRoll', { session: 1 });
    assert.deepEqual(JSON.parse(/id="roll">(.*?)<\/script>/.exec(html)[1]).sections, roll.sections);
    const page = await browser.open(`file://${folder}/credits-1.html`);
    await until('the names in the file', async () => (await page.run('document.body.innerText')).toLowerCase().includes('saltandpixels'), SOON_MS);
    assert.deepEqual(page.errors, []);
    await page.close();
});

test('a mistake is undone', async () => {
    await tab.press('Undo');
    await tab.saysAndCloses('Undone: hiding some_troll');
    assert.ok((await followers()).includes('some_troll'));
    await tab.press('Follows');
    await tab.sees('some_troll');
    await picture('undone');
    await tab.tab('Look');
    for (let step = 0; step < 3; step++) {
        await tab.press('Undo:');
        await tab.saysAndCloses('Undone:');
    }
    assert.doesNotMatch(await config(), /theme/);
    assert.match(await config(), /^# my settings/);
});

test('a person is renamed, explained, merged and added to', async () => {
    await tab.tab('Credits');
    await tab.fill('Name, login or id of a person', 'juniper');
    await tab.press('Search');
    await tab.sees('1 found');
    await tab.press('JuniperJay', '[aria-live] .people');
    await tab.press('Rename', '[aria-live] .people');
    await tab.fill('New name', 'Juniper');
    await tab.press('Rename', 'dialog');
    await tab.saysAndCloses('JuniperJay is shown as Juniper');
    await tab.press('Explain', '[aria-live] .people');
    await tab.sees('Why is Juniper in the credits?');
    await tab.press('Close', 'dialog');
    await tab.press('Merge', '[aria-live] .people');
    await tab.fill('Name, login or PLATFORM:ID', 'tobiwanders');
    await tab.press('Merge', 'dialog');
    await tab.saysAndCloses('Juniper counts for tobiwanders');
    await tab.press('Add');
    await tab.fill('Text', 'The moderators of this show');
    await tab.press('Add', 'dialog');
    await tab.saysAndCloses('Added: The moderators');
    assert.deepEqual((await ask('GetCredits', { spelling: 'legacy' })).Custom.Thanks, ['The moderators of this show']);
    assert.deepEqual(await followers(), ['TobiWanders', 'some_troll', 'quietstorm_']);
});

test('events are listed as they come, and are tried with the rules', async () => {
    await tab.tab('Events');
    await until('the subscription', async () => (await ask('GetStatus')).clients.some(({ client }) => String(client).includes('panel')), SOON_MS);
    for (const name of ['LunaCast', '<img src=x onerror="window.hacked=1">']) await bus.broadcast(envelope('FOLLOW', { user: person(name) }));
    await tab.sees('<img src=x');
    await tab.fill('Filter by words', 'luna');
    await tab.sees('1 shown');
    assert.equal(await tab.run('window.hacked'), undefined);
    await picture('events');
    await tab.tab('Automation');
    await tab.sees('welcome');
    await tab.fill('Event', 'Twitch.Raid');
    await tab.fill('Data (JSON)', '{"displayName":"Fox","viewers":57}');
    await tab.press('Try');
    await tab.sees('Welcome Fox!');
    await picture('automation');
});

test('a dangerous request is sent only after a confirmation', async () => {
    await tab.tab('Now');
    const { session } = await ask('GetStatus');
    await tab.press('Begin a new session');
    await tab.sees('the credits begin afresh');
    await tab.press('Cancel', 'dialog');
    assert.equal((await ask('GetStatus')).session.id, session.id);
    await tab.press('Begin a new session');
    await tab.press('Begin a new session', 'dialog');
    await tab.saysAndCloses('A new session has begun');
    assert.equal((await ask('GetStatus')).session.id, session.id + 1);
    await tab.press('Continue the last session');
    await tab.press('Reopen', 'dialog');
    await tab.saysAndCloses(`Session ${session.id} runs again`);
    assert.equal((await ask('GetStatus')).session.id, session.id);
    assert.deepEqual(tab.page.errors, []);
});

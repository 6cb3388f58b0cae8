// The end credits from end to end: from Twitchat's messages through the real bridge and OBS to the page, in Chromium.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

const ROLLING_WITHIN_MS = 30_000;

const EVIL = '<img src=x onerror="window.hacked=1">';
const CONFIG = `
[overlay]
speed = 120
minimum_seconds = 0

[[rule]]
name = "the end"
on = "Credits.Completed"
when = "not data.test"
do = [{ publish = "Custom.CreditsOver", data = { roll = "{{ data.roll }}" } }]

[[overlay.section]]
kind = "text"
title = "Thanks from {channel}"
text = "*Good night* ${EVIL.replaceAll('"', '\\"')}"

[[overlay.section]]
kind = "follows"
layout = "two-columns"

[[overlay.section]]
kind = "cheers"
title = "Bits"
`;

let browser;
let bus;
let bridge;
let home;
let url;

before(async () => {
    home = await mkdtemp(join(tmpdir(), 'twitchat-bridge-overlay-'));
    await writeFile(join(home, 'config.toml'), CONFIG);
    [browser, bus] = await Promise.all([startChromium(), Bus.connect()]);
    bridge = await startBridge(bus, { args: ['--config', join(home, 'config.toml')] });
    await run('overlay', 'install', '--dir', join(home, 'page'));
    url = pathToFileURL(join(home, 'page', 'index.html')).href;
    for (const name of ['TobiWanders', 'نور', EVIL]) await bus.broadcast(envelope('FOLLOW', { user: person(name) }));
    await bus.broadcast(envelope('BITS', { channel: '1', message: 'Cheer500', message_chunks: [], user: person('Ballad'), bits: 500, pinned: false, pinLevel: -1 }));
});
after(async () => {
    await browser?.close();
    await bridge?.stop();
    await bus?.close();
    await rm(home, { recursive: true, force: true });
});

const person = (name) => ({ id: `id of ${name}`, login: name.toLowerCase(), displayName: name });

/** Runs the command line, with the OBS of the tests. */
async function run(...args) {
    const { url: address, password } = obsOfTheTests();
    const { hostname, port } = new URL(address);
    const env = { PATH: process.env.PATH, HOME: home, OBS_HOST: hostname, OBS_PORT: port, OBS_PASSWORD: password };
    const { stdout } = await promisify(execFile)(process.env.TWITCHAT_BRIDGE_BIN, ['--config', join(home, 'config.toml'), ...args], { env, maxBuffer: 1e8 });
    return stdout;
}

async function ask(request, fields) {
    const reply = await bus.request(request, fields, { ms: ROLLING_WITHIN_MS });
    assert.equal(reply.status, 'ok', JSON.stringify(reply));
    return reply;
}

async function opened(context) {
    const tab = await CreditsTab.open(browser, url);
    context.after(async () => {
        await bus.request('StopCredits').catch(() => {});
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    await until('the page at the bridge', async () => (await pages()).length > 0);
    return tab;
}

const pages = async () => (await ask('GetStatus')).overlay.pages;

/** Starts a roll, and resolves with its id when the page shows it. */
async function roll(tab, fields) {
    await ask('RollCredits', fields);
    await until('the roll on the page', async () => ['rolling', 'paused'].includes((await tab.report()).state), ROLLING_WITHIN_MS);
    return (await tab.report()).roll;
}

const AS_TOLD = [
    { id: 'follows', title: 'New followers', names: [['TobiWanders'], ['نور'], [EVIL]] },
    { id: 'cheers', title: 'Bits', names: [['Ballad', '500 bits']] },
];

test('installed are the page, its parts, the style sheet to change, and OBS\'s address', async () => {
    const files = await readdir(join(home, 'page'));
    for (const file of ['index.html', 'credits.css', 'custom.css', 'obs-config.js', 'obs-client.js', 'main.js']) assert.ok(files.includes(file), file);
    assert.match(await readFile(join(home, 'page', 'obs-config.js'), 'utf8'), /StreamerbotOverObsConfig/);
});

test('names stand in their sections, as text', async (context) => {
    const tab = await opened(context);
    await roll(tab);
    const [text, ...people] = await tab.sections();
    assert.equal(text.text, `Good night ${EVIL.replace('=x', '="x"')}`, 'an image without an address is shown as it was written');
    assert.deepEqual(people, AS_TOLD);
    assert.equal(await tab.run('window.hacked'), undefined);
});

test('controls reach the page, and its state the bridge', async (context) => {
    const tab = await opened(context);
    const id = await roll(tab);
    await ask('ControlCredits', { command: 'pause' });
    await tab.until('the pause', ({ state }) => state === 'paused');
    await until('the pause at the bridge', async () => (await pages()).some((page) => page.roll === id && page.state === 'paused'));
    await ask('ControlCredits', { command: 'goto', value: 'cheers' });
    await tab.until('the section', ({ section }) => section === 'cheers');
    await ask('ControlCredits', { command: 'previous' });
    await tab.until('the section before', ({ section }) => section === 'follows');
    await ask('ControlCredits', { command: 'speed', value: 3 });
    await ask('ControlCredits', { command: 'resume' });
    await tab.until('it goes on', ({ state, rate }) => state === 'rolling' && rate === 3);
    await ask('StopCredits');
    await tab.until('the end', ({ state }) => state === 'stopped');
});

test('a page that opens late joins in, and both are through at the end', async (context) => {
    const tab = await opened(context);
    const told = [];
    const stop = bus.hear(({ origin, event, data }) => origin === 'twitchat-bridge' && event?.source === 'Credits' && told.push([event.type, data.roll]));
    context.after(stop);
    await ask('Subscribe', { events: { Credits: ['*'] }, client: 'the test' });
    const id = await roll(tab, { seconds: 12 });
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const late = await CreditsTab.open(browser, url);
    context.after(() => late.close());
    await late.until('the late page', ({ state }) => state === 'rolling');
    const [one, other] = await Promise.all([tab.report(), late.report()]);
    assert.ok(Math.abs(one.elapsedMs - other.elapsedMs) < 1000, `${one.elapsedMs} and ${other.elapsedMs} ms`);
    await tab.until('the end', ({ state }) => state === 'complete');
    await late.until('the end of the late page', ({ state }) => state === 'complete');
    await until('the events', () => told.some(([type]) => type === 'Completed'));
    assert.deepEqual(told, [['Started', id], ['Completed', id]]);
});

test('who is banned goes from the running page without a jump, and from every export, until the unban', async (context) => {
    const tab = await opened(context);
    await roll(tab, { seconds: 600 });
    await tab.hold(10_000);
    const entries = `[...document.querySelectorAll('.entry')].map((entry) => [entry.textContent, getComputedStyle(entry).visibility, entry.getBoundingClientRect().top])`;
    const before = await tab.run(entries);
    const publish = (type) => ask('PublishEvent', { publish: { source: 'Twitch', type }, data: { user: person('TobiWanders') } });
    context.after(() => bus.request('PublishEvent', { publish: { source: 'Twitch', type: 'UserUnbanned' }, data: { user: person('TobiWanders') } }));
    const visible = async () => (await tab.run(entries)).filter(([text, visibility]) => text === 'TobiWanders' && visibility === 'visible').length;
    const exported = async () => {
        const formats = await Promise.all(['csv', 'json', 'text', 'markdown', 'html'].map((format) => run('credits', 'get', '--format', format)));
        return formats.filter((text) => text.includes('TobiWanders')).length;
    };
    assert.equal(await exported(), 5);

    const banned = Date.now();
    await publish('UserBanned');
    await until('the name goes', async () => (await visible()) === 0);
    assert.ok(Date.now() - banned < 5_000, `${Date.now() - banned} ms`); // one second, and some time for a busy machine
    assert.deepEqual((await tab.run(entries)).map(([text, , top]) => [text, top]), before.map(([text, , top]) => [text, top]), 'nothing has moved');
    assert.equal(await exported(), 0);

    const late = await CreditsTab.open(browser, url);
    context.after(() => late.close());
    await late.until('the late page', ({ state }) => state === 'rolling');
    assert.ok(!(await late.sections()).some(({ names }) => names.flat().includes('TobiWanders')), 'a page that opens meanwhile has no such name');

    await publish('UserUnbanned');
    await until('the name comes back', async () => (await visible()) > 0);
    await until('it comes to the late page too', async () => (await late.sections()).some(({ names }) => names.flat().includes('TobiWanders')));
    assert.equal(await exported(), 5);
});

test('each edit changes the running page within a second, without a jump, and survives a kill of the bridge', async (context) => {
    context.after(() => bus.request('Undo', { steps: 9 }).catch(() => {}));
    const tab = await opened(context);
    await roll(tab, { seconds: 600 });
    await tab.hold(10_000);
    const entries = `[...document.querySelectorAll('.section .entry')].map((entry) => {
        const { top, height } = entry.getBoundingClientRect();
        const name = entry.querySelector('.name') ?? entry;
        return { text: getComputedStyle(entry).visibility === 'visible' ? name.innerText.trim() : '', top, height };
    })`;
    const before = await tab.run(entries);
    // The page has each section several times, for a roll without end.
    const shown = async () => [...new Set((await tab.run(entries)).map(({ text }) => text).filter((text) => text !== ''))].sort();
    const edit = (fields) => ask('EditCredits', fields);
    const cheer = async () => (await ask('GetCredits', { extended: true })).extended.Cheers[0];
    const long = 'The one and only Tobias of the Wandering Family, first of his name';
    const steps = [
        [() => edit({ edit: 'hide', person: 'نور' }), [EVIL, 'Ballad', 'TobiWanders']],
        [() => edit({ edit: 'rename', person: 'TobiWanders', name: long }), [EVIL, 'Ballad', long]],
        [() => edit({ edit: 'merge', person: 'Ballad', into: 'TobiWanders' }), [EVIL, long]],
        [() => ask('Undo', {}), [EVIL, 'Ballad', long]],
        [async () => edit({ edit: 'remove', entry: (await cheer()).entry }), [EVIL, long]],
        [() => ask('Undo', { steps: 2 }), [EVIL, 'Ballad', 'TobiWanders']],
        [() => ask('Undo', {}), [EVIL, 'Ballad', 'TobiWanders', 'نور']],
    ];
    for (const [change, names] of steps) {
        await change();
        const changed = Date.now();
        await until(`the page shows ${names}`, async () => JSON.stringify(await shown()) === JSON.stringify([...names].sort()));
        assert.ok(Date.now() - changed < 5_000, `${Date.now() - changed} ms`); // one second, and some time for a busy machine
        const places = (list) => list.map(({ top, height }) => [Math.round(top), Math.round(height)]);
        assert.deepEqual(places(await tab.run(entries)), places(before), `nothing has moved after ${names}`);
    }

    await edit({ edit: 'hide', person: 'Ballad' });
    bridge = await bridge.restartAfterKill();
    assert.ok(!JSON.stringify(await ask('GetCredits', {})).includes('Ballad'), 'it was on disk before the reply');
    await ask('Undo', {});
    assert.ok(JSON.stringify(await ask('GetCredits', {})).includes('Ballad'));
});

test('a roll goes on when the bridge is killed in the middle of it, and its end comes once', async (context) => {
    const tab = await opened(context);
    const received = [];
    const stop = bus.hear(({ origin, event, data }) => origin === 'twitchat-bridge' && event && received.push([event.source, event.type, data.roll]));
    context.after(stop);
    await ask('Subscribe', { events: { Credits: ['*'], Custom: ['*'] }, client: 'the test' });
    const id = await roll(tab, { seconds: 30 });
    bridge = await bridge.restartAfterKill();
    const { elapsedMs, state } = (await ask('GetStatus')).overlay.roll;
    assert.equal(state, 'rolling');
    assert.ok(Math.abs((await tab.report()).elapsedMs - elapsedMs) < 2_000, `${(await tab.report()).elapsedMs} and ${elapsedMs} ms`);
    await ask('ControlCredits', { command: 'pause' });
    await tab.until('the pause', (report) => report.state === 'paused');
    bridge = await bridge.restartAfterKill();
    assert.equal((await ask('GetStatus')).overlay.roll.state, 'paused');
    await ask('ControlCredits', { command: 'resume' });
    await ask('ControlCredits', { command: 'speed', value: 4 });
    await tab.until('it goes on', (report) => report.state === 'rolling' && report.rate === 4);
    const late = await CreditsTab.open(browser, url);
    context.after(() => late.close());
    await late.until('the late page', (report) => report.state === 'rolling' && report.roll === id);
    await tab.until('the end', (report) => report.state === 'complete');
    await until('the rule', () => received.some(([source]) => source === 'Custom'));
    bridge = await bridge.restartAfterKill();
    await until('the page at the new bridge', async () => (await pages()).some((page) => page.state === 'complete'));
    assert.deepEqual(received.filter(([, type]) => !['Paused', 'Resumed'].includes(type)), [
        ['Credits', 'Started', id],
        ['Credits', 'Completed', id],
        ['Custom', 'CreditsOver', id],
    ]);
});

test('a crowd that never was: all names on the page, warnings at the bridge', async (context) => {
    const tab = await opened(context);
    await roll(tab, { test: true, crowd: { names: 400, seed: 7, long: true, rtl: true, emoji: true }, speed: 3000 });
    const names = (await tab.sections()).flatMap(({ names: some }) => some);
    assert.ok(names.length > 0 && names.every(([name]) => name !== ''), `${names.length} names`);
    const outside = await tab.run(`[...document.querySelectorAll('.entry')].filter((entry) => entry.getBoundingClientRect().right > innerWidth).length`);
    assert.equal(outside, 0);
});

test('the credits as a file: it plays, then it is a page to read; no name is markup, no script but its own runs', async (context) => {
    const html = await run('credits', 'get', '--format', 'html');
    const file = join(home, 'credits.html');
    await writeFile(file, html);
    const tab = await CreditsTab.open(browser, pathToFileURL(file).href);
    context.after(() => tab.close());
    await tab.until('the show', ({ state }) => state === 'rolling');
    assert.equal(await tab.run(`document.documentElement.classList.contains('playing')`), true);
    assert.deepEqual((await tab.sections()).slice(1), AS_TOLD);
    await tab.run(`void dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))`);
    const read = await tab.run(`({
        playing: document.documentElement.classList.contains('playing'),
        names: [...document.querySelectorAll('.document .name')].map((name) => name.textContent),
        scrolls: getComputedStyle(document.body).overflow !== 'hidden',
        visible: document.querySelector('.document').getBoundingClientRect().height > 0,
    })`);
    assert.deepEqual(read, { playing: false, names: ['TobiWanders', 'نور', EVIL, 'Ballad'], scrolls: true, visible: true });
    await tab.run(`document.querySelector('.play').click()`);
    await tab.until('the show again', ({ state }) => state === 'rolling');
    await tab.run(`void document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.hacked=1">')`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await tab.run('window.hacked'), undefined);
    assert.deepEqual(tab.page.errors, []);
});

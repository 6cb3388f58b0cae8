// The end-credits page with its own connection to OBS: its reports, the messages that it accepts, and its reconnects. The test acts as the
// bridge.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bus, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, many, named, obsConfig, people, rollOf } from './credits.mjs';
import { startObs } from './obs.mjs';

const AGAIN_WITHIN_MS = 30_000;

let browser;
let obs;
let bus;
let folder;

before(async () => {
    obs = await startObs();
    [browser, bus, folder] = await Promise.all([startChromium(), Bus.connect(obs), makeFolder({ 'obs-config.js': obsConfig(obs) })]);
});
after(async () => {
    await browser?.close();
    await bus?.close();
    await obs?.stop();
    await folder?.remove();
});

/** Acts as the bridge: replies to each report, with the roll if there is one that the page does not know. */
class Bridge {
    id = randomUUID();
    reports = [];
    rolling = undefined;
    #stop;

    constructor(on) {
        this.bus = on;
        this.#stop = on.hear(({ origin, request, id, client, ...report }) => {
            if (request !== 'OverlayReport') return;
            assert.equal(origin, 'overlay');
            this.reports.push({ client, ...report });
            const roll = this.rolling && this.rolling.id !== report.roll ? this.rolling : undefined;
            this.say({ status: 'ok', id, client, roll });
        });
    }

    say(message) {
        return this.bus.broadcast({ origin: 'twitchat-bridge', bridge: this.id, ...message });
    }

    states(roll) {
        return this.reports.filter((report) => report.roll === roll).map(({ state }) => state);
    }

    stop() {
        this.#stop();
    }
}

async function opened(context, options = {}) {
    const bridge = new Bridge(options.bus ?? bus);
    if (options.rolling) bridge.rolling = options.rolling;
    const tab = await CreditsTab.open(browser, options.url ?? folder.url);
    context.after(async () => {
        bridge.stop();
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    if (!options.silent) await until('the first report', () => bridge.reports.length > 0);
    return { tab, bridge };
}

const withId = (roll) => ({ ...roll, id: randomUUID() });

test('it says that it is there when it comes, and when the bridge comes', async (context) => {
    const { bridge } = await opened(context);
    const [{ client, ...report }] = bridge.reports;
    assert.match(client, /^index\.html [0-9a-f]+ \d+$/);
    assert.deepEqual(report, { page: 'credits', roll: null, state: 'idle', warnings: [] });
    await bridge.say({ request: 'Hello' });
    await until('another report', () => bridge.reports.length === 2);
    assert.equal(bridge.reports[1].client, client);
});

test('a roll on the bus is shown, and each change of state told, in order', async (context) => {
    const { tab, bridge } = await opened(context);
    const roll = withId(rollOf([people('a', named('TobiWanders', '<b>pixelmoth</b>'))], { seconds: 4, minimumSeconds: 0 }));
    await bridge.say({ overlay: 'roll', roll });
    await until('the roll', () => bridge.states(roll.id).length === 1);
    assert.deepEqual((await tab.sections())[0].names, [['TobiWanders'], ['<b>pixelmoth</b>']]);
    for (const [index, command] of ['pause', 'resume', 'speed'].entries()) {
        await bridge.say({ overlay: 'control', seq: index + 1, roll: roll.id, command, value: 2 });
        await until(command, () => bridge.states(roll.id).length === index + 2);
    }
    await until('the end', () => bridge.states(roll.id).includes('complete'));
    assert.deepEqual(bridge.states(roll.id), ['rolling', 'paused', 'rolling', 'rolling', 'complete']);
    const last = bridge.reports.filter((report) => report.roll === roll.id);
    assert.deepEqual(last.map(({ rate }) => rate), [1, 1, 1, 2, undefined]);
    assert.ok(last.every(({ seconds, warnings }) => seconds === 4 && warnings.length === 0));
    assert.ok(last.slice(1, 4).every(({ elapsedMs }, index) => elapsedMs >= last[index].elapsedMs));
});

test('both ways at once: each roll and each control once', async (context) => {
    const { tab, bridge } = await opened(context);
    const roll = withId(rollOf(['a', 'b', 'c'].map((id) => people(id, many(60)))));
    const bothWays = (message) => Promise.all([bridge.say(message), tab.tell({ bridge: bridge.id, ...message })]);
    for (let count = 0; count < 3; count++) await bothWays({ overlay: 'roll', roll });
    await until('the roll', () => bridge.states(roll.id).length > 0);
    await bothWays({ overlay: 'control', seq: 1, command: 'pause' });
    for (let seq = 2; seq <= 3; seq++) await bothWays({ overlay: 'control', seq, command: 'next' });
    await tab.until('the second section', ({ section, elapsedMs }) => section === 'b' && elapsedMs > 0);
    await sleep(1000); // a further report would be an error
    assert.equal((await tab.report()).section, 'b');
    // One report for the beginning, and one for each control.
    assert.deepEqual(bridge.states(roll.id), ['rolling', 'paused', 'paused', 'paused']);
});

test('a page that opens late is given the roll, and joins in', async (context) => {
    const rolling = withId(rollOf([people('a', many(200))], {}, { elapsedMs: 5000, paused: true, rate: 2 }));
    const { tab, bridge } = await opened(context, { rolling });
    await until('the roll', () => bridge.states(rolling.id).length > 0);
    const { state, elapsedMs, rate } = await tab.report();
    assert.deepEqual({ state, elapsedMs, rate }, { state: 'paused', elapsedMs: 5000, rate: 2 });
});

test('what is not for pages of this bridge is left alone', async (context) => {
    const { tab, bridge } = await opened(context);
    const roll = withId(rollOf([people('a', named('one'))]));
    await bus.broadcast({ origin: 'somebody', overlay: 'roll', roll });
    await bus.broadcast({ overlay: 'roll', roll });
    await bridge.say({ status: 'ok', id: 'report 1', client: 'another page', roll });
    await bridge.say({ event: { source: 'Twitch', type: 'Follow' }, data: {}, seq: 1 });
    await bridge.say({ request: 'Hello' });
    await until('the report', () => bridge.reports.length >= 2);
    assert.equal((await tab.report()).state, 'idle');
});

test('two copies of the page have names of their own', async (context) => {
    const { bridge } = await opened(context);
    const other = await CreditsTab.open(browser, folder.url);
    context.after(() => other.close());
    await until('both', () => new Set(bridge.reports.map(({ client }) => client)).size === 2);
});

test('without an address of OBS it connects to nobody', async (context) => {
    const alone = await makeFolder();
    context.after(() => alone.remove());
    const { bridge, tab } = await opened(context, { url: alone.url, silent: true });
    await sleep(1500);
    assert.deepEqual([bridge.reports, tab.page.console], [[], []]);
});

test('a wrong password is said, and the page goes on being fed by obs-browser', async (context) => {
    const wrong = await makeFolder({ 'obs-config.js': obsConfig({ ...obs, password: 'not the password' }) });
    context.after(() => wrong.remove());
    const { tab } = await opened(context, { url: wrong.url, silent: true });
    await until('the refusal', () => tab.page.console.some(([text]) => /OBS refused the password/.test(text)));
    assert.ok(!JSON.stringify(tab.page.console).includes('not the password'));
    await tab.roll(rollOf([people('a', named('one'))]));
});

test('a large roll comes through', { timeout: 60_000 }, async (context) => {
    const { tab, bridge } = await opened(context);
    const roll = withId(rollOf([people('all', Array.from({ length: 5000 }, (_, index) => ({ name: `${'Wanderer'.repeat(3)}${index}`, amount: '×1,000' })), { layout: 'three-columns' })]));
    await bridge.say({ overlay: 'roll', roll });
    await until('the roll', () => bridge.states(roll.id).length > 0, 30_000);
    assert.equal((await tab.report()).names, 5000);
    const shown = await tab.run(`document.querySelectorAll('.view:not([aria-hidden]) .entry').length`);
    assert.ok(shown > 20 && shown < 1000, `only names near the picture are in the document: ${shown}`);
});

test('OBS restarts: the roll goes on, the page comes back and tells how far it is', { timeout: 120_000 }, async (context) => {
    const { tab, bridge } = await opened(context);
    const roll = withId(rollOf([people('a', many(300))], { speed: 50 }));
    await bridge.say({ overlay: 'roll', roll });
    await until('the roll', () => bridge.states(roll.id).length > 0);
    const [{ client }] = bridge.reports;
    for (let time = 0; time < 2; time++) {
        const before = (await tab.report()).elapsedMs;
        await bus.close();
        await obs.restart();
        bus = await Bus.connect(obs);
        const again = new Bridge(bus);
        context.after(() => again.stop());
        again.rolling = roll;
        await until('the report', () => again.reports.length > 0, AGAIN_WITHIN_MS);
        const [report] = again.reports;
        assert.deepEqual([report.client, report.roll, report.state], [client, roll.id, 'rolling']);
        assert.ok(report.elapsedMs > before, 'it went on meanwhile');
        const control = (number, parts) => again.say({ overlay: 'control', seq: 3 * time + number, roll: roll.id, ...parts });
        await control(1, { command: 'pause' });
        await control(2, { command: 'goto', at: 1000 });
        await tab.until('the controls', ({ state, elapsedMs }) => state === 'paused' && elapsedMs === 1000);
        await control(3, { command: 'resume' });
        await tab.until('the last control', ({ state }) => state === 'rolling');
        assert.ok(await tab.run(`document.querySelectorAll('.view:not([aria-hidden]) .entry').length`) > 0);
    }
});

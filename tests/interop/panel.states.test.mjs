// What the panel shows and does while OBS or the bridge is away, after they are back, and when a request is refused.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startBridge } from './bridge.mjs';
import { Bus, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { obsConfig } from './credits.mjs';
import { startObs } from './obs.mjs';
import { PanelHome, PanelTab } from './panel.mjs';

const TABS = ['Now', 'Roll', 'Credits', 'Look', 'Events', 'Automation'];
const SOON_MS = 20_000;
const LONG_MS = 60_000;

let browser;
let obs;
let home;

before(async () => {
    [browser, obs] = await Promise.all([startChromium(), startObs()]);
    home = await PanelHome.make(obs, '[bus]\nsettings = "off"\n');
});
after(async () => {
    await browser?.close();
    await obs?.stop();
    await home?.remove();
});

async function opened(context, page = home.page) {
    const tab = await PanelTab.open(browser, page, { width: 420, height: 900 });
    context.after(async () => {
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    return tab;
}

/** A bridge that ends with the test; `stop` ends it before. */
async function bridgeOf(context) {
    const bus = await Bus.connect(obs);
    const bridge = await startBridge(bus, home.bridge);
    let isStopped = false;
    const stop = async () => {
        if (isStopped) return;
        isStopped = true;
        await bridge.stop();
        await bus.close();
    };
    context.after(stop);
    return { stop, bus };
}

/**
 * Presses every button of every tab, and returns those that did nothing a person could see: no message, no dialog, no change, no request.
 */
function pressAll(tab, without = []) {
    return tab.run(`(async () => {
        const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        const silent = [];
        const without = ${JSON.stringify(without)};
        let sent = 0;
        const send = Panel.bus.send.bind(Panel.bus);
        Panel.bus.send = (...args) => { if (args[0] !== 'GetStatus' && args[0] !== 'GetInfo') sent++; return send(...args); };
        const opened = window.open;
        window.open = () => { sent++; return null; };
        for (const name of ['now', 'roll', 'credits', 'look', 'events', 'automation']) {
            Panel.set({ tab: name, dialog: null });
            await wait(600);
            const count = document.querySelectorAll('#tab-panel button').length;
            for (let place = 0; place < count; place++) {
                const one = document.querySelectorAll('#tab-panel button')[place];
                if (!one || without.some((word) => nameOf(one).startsWith(word))) continue;
                Panel.set({ toasts: [] });
                await wait(80);
                const before = document.querySelector('#tab-panel').innerText + document.querySelector('#tab-panel').innerHTML.length;
                const sentBefore = sent;
                one.click();
                const isSeen = () => Panel.state.toasts.length > 0 || document.querySelector('dialog') || sent > sentBefore || Panel.state.tab !== name
                    || document.querySelector('#tab-panel').innerText + document.querySelector('#tab-panel').innerHTML.length !== before;
                for (let turn = 0; turn < 40 && !isSeen(); turn++) await wait(50);
                if (!isSeen()) silent.push(name + ': ' + nameOf(one));
                const dialog = document.querySelector('dialog');
                if (dialog) {
                    const cancel = [...dialog.querySelectorAll('button')].find((button) => button.type === 'button') || dialog.querySelector('button');
                    cancel.click();
                    await wait(100);
                }
                if (Panel.state.tab !== name) {
                    Panel.set({ tab: name });
                    await wait(200);
                }
            }
        }
        window.open = opened;
        Panel.bus.send = send;
        return silent;
    })()`);
}

test('without a bridge the panel says how to start one, and goes on when it is there', async (context) => {
    const tab = await opened(context);
    await tab.sees('No bridge answers on this OBS');
    await tab.sees('twitchat-bridge run');
    for (const name of TABS.slice(1)) {
        await tab.tab(name);
        await tab.sees('No bridge answers on this OBS');
    }
    assert.deepEqual(await pressAll(tab), [], 'each button says why it has no use');
    await tab.run('Panel.set({ toasts: [] })');
    await tab.tab('Roll');
    await tab.press('Roll', '#tab-panel');
    await tab.saysAndCloses('The bridge does not run');
    const bridge = await bridgeOf(context);
    await tab.ready();
    await tab.sees('No credits are rolling');
    await tab.press('Test with made-up people');
    await tab.saysAndCloses('The credits roll');
    await bridge.stop();
    await tab.sees('No bridge answers on this OBS', LONG_MS);
});

test('a bridge that starts again is noticed, and the panel goes on', async (context) => {
    const first = await bridgeOf(context);
    const tab = await opened(context);
    await tab.ready();
    await tab.tab('Events');
    await until('the subscription', async () => (await first.bus.request('GetStatus')).clients.length > 0, SOON_MS);
    await first.stop();
    const second = await bridgeOf(context);
    await until('the subscription at the new bridge', async () => (await second.bus.request('GetStatus')).clients.length > 0, LONG_MS);
    await second.bus.request('PublishEvent', { publish: { source: 'Twitch', type: 'Raid' }, data: { displayName: 'LanternFox', viewers: 57 } });
    await tab.sees('LanternFox');
});

test('an OBS that starts again is noticed, and the panel goes on', async (context) => {
    await bridgeOf(context);
    const tab = await opened(context);
    await tab.ready();
    const count = () => tab.run('Panel.bus.count');
    await obs.restart();
    await tab.ready();
    const before = await count();
    await until('the status again', async () => (await count()) > before && (await tab.run('Panel.state.bridge')) === 'present', LONG_MS);
    await tab.tab('Roll');
    await tab.press('Test with made-up people');
    await tab.saysAndCloses('The credits roll');
});

test('a refused request is reported with the reason, and what cannot be changed is inactive', async (context) => {
    const { bus } = await bridgeOf(context);
    const tab = await opened(context);
    await tab.ready();
    await tab.tab('Look');
    await tab.sees('bus.settings');
    assert.equal(await tab.run("document.querySelector('input[value=neon]').disabled"), true);
    await tab.press('Move Raids down');
    await tab.saysAndCloses('The config file forbids');
    await tab.tab('Credits');
    await tab.press('Undo');
    await tab.saysAndCloses('nothing to undo');
    // The person is gone for this bridge: it refuses, and says so.
    await tab.press('Add');
    await tab.fill('Section', 'x'.repeat(150));
    await tab.fill('Text', 'y');
    await tab.press('Add', 'dialog');
    await tab.saysAndCloses('at most 100 characters');
    assert.equal((await bus.request('GetStatus')).status, 'ok', 'the bridge goes on');
});

test('every button of a connected panel does something that is seen', async (context) => {
    const { bus } = await bridgeOf(context);
    for (const name of ['Anna', 'Bert']) await bus.request('PublishEvent', { publish: { source: 'Twitch', type: 'Follow' }, data: { userId: name, displayName: name } });
    await bus.request('ClearCredits');
    const tab = await opened(context);
    await tab.ready();
    assert.deepEqual(await pressAll(tab), []);
});

test('a wrong password and a missing address are told apart', async (context) => {
    const wrong = await PanelHome.make(obs);
    context.after(() => wrong.remove());
    const file = join(wrong.dir, 'page', 'panel', 'obs-config.js');
    await writeFile(file, obsConfig({ url: obs.url, password: 'not this one' }));
    const refused = await opened(context, wrong.page);
    await refused.sees('OBS refused the password');
    await refused.sees('twitchat-bridge panel install');
    await writeFile(file, '');
    const unknown = await opened(context, wrong.page);
    await unknown.sees('obs-config.js is missing');
    await writeFile(file, obsConfig({ url: 'ws://127.0.0.1:9', password: '' }));
    const lost = await opened(context, wrong.page);
    await lost.sees('OBS cannot be reached');
});

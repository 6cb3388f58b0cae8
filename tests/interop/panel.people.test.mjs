// The panel for everybody: by keyboard, by screen reader (axe-core), at 300 px and on a whole screen, light and dark, in each language.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startBridge } from './bridge.mjs';
import { Bus, obsOfTheTests, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { PanelHome, PanelTab } from './panel.mjs';
import { envelope } from './twitchat.mjs';

const TABS = ['now', 'roll', 'credits', 'look', 'events', 'automation'];
const CONFIG = `
[[rule]]
name = "welcome"
on = "Twitch.Raid"
do = [{ send = "SEND_MESSAGE", data = { message = "Welcome {{ data.displayName }}!" } }]
`;
const SOON_MS = 20_000;
const scheme = (value) => ({ features: [{ name: 'prefers-color-scheme', value }] });

let axe;
let browser;
let bus;
let bridge;
let home;

before(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    [browser, bus] = await Promise.all([startChromium(), Bus.connect()]);
    home = await PanelHome.make(obsOfTheTests(), CONFIG);
    bridge = await startBridge(bus, home.bridge);
    for (const name of ['TobiWanders', 'نور', 'さくらもち', 'Gwendolyn_of_the_Long_Lake_and_the_Mountains']) {
        await bus.broadcast(envelope('FOLLOW', { user: { id: `id of ${name}`, login: name, displayName: name } }));
    }
    await bus.request('ClearCredits');
    await bus.broadcast(envelope('FOLLOW', { user: { id: '7', login: 'anna', displayName: 'Anna' } }));
});
after(async () => {
    await browser?.close();
    await bridge?.stop();
    await bus?.close();
    await home?.remove();
});

async function opened(context, options) {
    const tab = await PanelTab.open(browser, home.page, options);
    context.after(async () => {
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    return tab.ready();
}

/** Opens a tab of the panel, and what is folded in it. */
async function show(tab, name) {
    await tab.run(`Panel.set({ tab: '${name}', toasts: [] })`);
    await until(`the tab ${name}`, () => tab.run(`document.querySelector('#tab-${name}').getAttribute('aria-selected') === 'true'`), SOON_MS);
    if (name === 'credits') await until('the sections', () => tab.run("document.querySelectorAll('.sections li').length > 0"), SOON_MS);
    await tab.run("document.querySelectorAll('#tab-panel [aria-expanded=false]').forEach((one, place) => place < 4 && one.click())");
    await tab.run('new Promise((done) => setTimeout(done, 400))');
}

async function violations(tab) {
    await tab.run(axe);
    return tab.run(`axe.run(document, { iframes: false, resultTypes: ['violations'] }).then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary.split('\\n')[1]).join(' | ')))`);
}

async function picture(tab, name) {
    const folder = process.env.PANEL_PICTURES;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}.png`), await tab.page.screenshot());
}

for (const colours of ['light', 'dark']) {
    test(`axe-core finds no violation in any tab, ${colours}`, async (context) => {
        const tab = await opened(context, { width: 420, height: 900, media: scheme(colours) });
        for (const name of TABS) {
            await show(tab, name);
            assert.deepEqual(await violations(tab), [], name);
            await picture(tab, `${colours}-${name}`);
        }
        await tab.tab('Now');
        await tab.press('Begin a new session');
        await tab.sees('the credits begin afresh');
        assert.deepEqual(await violations(tab), [], 'a dialog');
        await tab.press('Cancel', 'dialog');
        await tab.run("Panel.toast('Done.'); Panel.toast('Refused.', true)");
        await tab.sees('Refused.');
        assert.deepEqual(await violations(tab), [], 'messages');
    });
}

for (const language of ['en', 'fr', 'de', 'es', 'pt', 'ja']) {
    test(`nothing is wider than a dock of 300 px, and no text is missing, in ${language}`, async (context) => {
        const tab = await opened(context, { width: 300, height: 900, language, media: scheme('dark') });
        assert.equal(await tab.run('document.documentElement.lang'), language);
        for (const name of TABS) {
            await show(tab, name);
            assert.ok(await tab.run('document.documentElement.scrollWidth <= innerWidth'), `${name} scrolls sideways`);
            const wide = await tab.run("[...document.querySelectorAll('#tab-panel *')].filter((one) => !one.closest('.preview, pre, .sr')).filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 120))");
            assert.deepEqual(wide, [], name);
            // A text without a translation would be shown as its key.
            const keys = await tab.run("[...new Set(document.body.innerText.match(/\\b(roll|reason|link|head|fact|set|word|session|section|trial|event|export|look)\\.[a-z][A-Za-z.]+/g) || [])]");
            assert.deepEqual(keys, [], name);
            await picture(tab, `300-${language}-${name}`);
        }
    });
}

test('a whole screen is used, and the text stays readable', async (context) => {
    const tab = await opened(context, { width: 1920, height: 1080, media: scheme('light') });
    for (const name of TABS) {
        await show(tab, name);
        const width = await tab.run("document.querySelector('#tab-panel').getBoundingClientRect().width");
        assert.ok(width >= 600 && width <= 1200, `${name}: ${width} px`);
        await picture(tab, `1920-${name}`);
    }
});

test('everything is reached and used by the keyboard', async (context) => {
    const tab = await opened(context, { width: 420, height: 900 });
    const focus = () => tab.run('nameOf(document.activeElement)');
    await tab.run("document.querySelector('#tab-now').focus()");
    for (const name of ['Roll', 'Credits']) {
        await tab.page.key('ArrowRight');
        await until(`the tab ${name}`, async () => (await focus()) === name, SOON_MS);
    }
    await tab.sees('Credits of the running session');
    const reach = async (name) => {
        for (let step = 0; step < 60; step++) {
            if ((await focus()).startsWith(name)) return;
            await tab.page.key('Tab');
        }
        assert.fail(`Tab does not reach ${name}`);
    };
    await until('the section', () => tab.run("Boolean(button('Follows'))"), SOON_MS);
    await reach('Follows');
    await tab.page.key('Enter');
    await until('Anna', () => tab.run("Boolean(button('Anna'))"), SOON_MS);
    await reach('Anna');
    await tab.page.key('Enter');
    await until('the buttons', () => tab.run("Boolean(button('Remove entry'))"), SOON_MS);
    await reach('Remove entry');
    await tab.page.key('Enter');
    await tab.sees('leaves this section');
    await tab.page.key('Escape');
    await until('the end of the dialog', () => tab.run("document.querySelector('dialog') === null"), SOON_MS);
    assert.equal(await focus(), 'Remove entry', 'the focus is back where it was');
    await tab.page.key('Home');
});

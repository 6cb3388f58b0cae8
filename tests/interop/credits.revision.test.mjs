// A roll that the bridge makes again while it rolls, because the settings that it follows have changed. Needs neither OBS nor the bridge.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, named, people, rollOf } from './credits.mjs';

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium(), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

async function opened(context) {
    const tab = await CreditsTab.open(browser, folder.url);
    context.after(async () => {
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    return tab;
}

const again = (roll, revision, sections, look = {}) => ({ ...roll, revision, sections, look: { ...roll.look, ...look } });
const shown = async (tab) => (await tab.sections()).map(({ title, names }) => [title, ...names.map(([name]) => name)]);
const ids = (tab) => tab.run("[...document.querySelectorAll('.view:not([aria-hidden]) .roll:not(.titles) > .section')].map((section) => section.dataset.id).join()");

test('new sections and a new look are shown at the same part of the roll', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf([people('a', named('Zed'))], { seconds: 100 }));
    await tab.hold(50_000);
    await tab.tell({ overlay: 'roll', roll: again(roll, 1, [people('b', named('Yuki')), people('a', named('Zed', 'Ana'))], { titleColor: 'rgb(1, 2, 3)' }) });
    await tab.until('the new sections', (report) => report.names === 3 && report.elapsedMs !== undefined);
    assert.deepEqual(await shown(tab), [['Title of b', 'Yuki'], ['Title of a', 'Zed', 'Ana']]);
    const report = await tab.report();
    assert.deepEqual([report.state, report.roll, report.elapsedMs], ['paused', roll.id, 50_000], 'the test holds it');
    assert.equal(await tab.run("getComputedStyle(document.querySelector('.title')).color"), 'rgb(1, 2, 3)');
});

test('an older revision and a repeat of the same one change nothing', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf([people('a', named('Zed'))]));
    await tab.tell({ overlay: 'roll', roll: again(roll, 2, [people('c', named('Zed'))]) });
    await tab.until('the revision', (report) => report.elapsedMs !== undefined);
    await tab.run("document.querySelector('.section').dataset.mark = 'kept'");
    for (const revision of [0, 1, 2]) await tab.tell({ overlay: 'roll', roll: again(roll, revision, [people('d', named('Zed'))]) });
    assert.equal(await ids(tab), 'c');
    assert.equal(await tab.run("document.querySelectorAll('[data-mark=kept]').length > 0"), true);
});

test('names that are hidden belong to their revision, also if the message overtakes the roll', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf([people('a', named('Zed', 'Ana'))]));
    const gone = () => tab.run("[...document.querySelectorAll('.view:not([aria-hidden]) .gone .name')].map((name) => name.textContent).join()");
    const hide = (at, revision) => tab.control('replace', [{ at, name: null }], { roll: roll.id, revision });
    await hide([0, 1], 0);
    assert.equal(await gone(), 'Ana');
    // In the new revision Ana's place is another one.
    await hide([0, 0], 1);
    assert.equal(await gone(), 'Ana', 'it waits for its revision');
    await tab.tell({ overlay: 'roll', roll: again(roll, 1, [people('a', named('Ana', 'Zed'))]) });
    await tab.until('the revision', (report) => report.elapsedMs !== undefined);
    assert.equal(await gone(), 'Ana');
    await hide([0, 1], 0);
    assert.equal(await gone(), 'Ana', 'an old message hides nobody else');
});

test('a change that comes while the roll is being laid out is not lost', async (context) => {
    const tab = await opened(context);
    const roll = rollOf([people('a', named('Zed'))]);
    const tell = (message) => `dispatchEvent(new CustomEvent('twitchat-bridge', { detail: { json: ${JSON.stringify(JSON.stringify({ origin: 'twitchat-bridge', bridge: 'the test', ...message }))} } }));`;
    // All in one task: nothing is laid out in between.
    await tab.run(`void (() => {
        ${tell({ overlay: 'roll', roll })}
        ${tell({ overlay: 'roll', roll: again(roll, 1, [people('b', named('Yuki'))]) })}
        ${tell({ overlay: 'control', roll: roll.id, seq: 900, command: 'look', value: { nameColor: 'rgb(9, 8, 7)' }, revision: 1 })}
    })()`);
    await tab.until('the roll', (report) => report.state === 'rolling');
    assert.deepEqual(await shown(tab), [['Title of b', 'Yuki']]);
    assert.equal(await tab.run("getComputedStyle(document.querySelector('.name')).color"), 'rgb(9, 8, 7)');
});

test('a roll that has ended on the page stays ended', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf([people('a', named('Zed'))]));
    await tab.control('stop');
    await tab.until('the end', (report) => report.state === 'stopped');
    await tab.tell({ overlay: 'roll', roll: again(roll, 1, [people('b', named('Zed'))]) });
    assert.equal(await tab.run("document.querySelectorAll('.section').length"), 0);
});

// How titles come in: by the animations of the theme's style sheet, which follow the clock of the roll.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChromium } from './chromium.mjs';
import { CreditsTab, THEMES, makeFolder, many, people, rollOf } from './credits.mjs';

const SIZE = { width: 1280, height: 720 };
const REDUCED = { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }] };
const FADE = 60;

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium(), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

async function showing(context, look, media) {
    const tab = await CreditsTab.open(browser, folder.url, SIZE, media);
    context.after(() => tab.close());
    await tab.roll(rollOf([people('a', many(30), { icon: 'heart' }), people('b', many(30), { icon: 'star' })], { fade: (FADE * 1080) / SIZE.height, speed: 100, minimumSeconds: 0, ...look }));
    await tab.hold(0);
    return tab;
}

/** The animations of titles: when they begin, how long they take, and the properties that they change. */
const entrances = (tab) => tab.run(`CreditsPage.credits.scene.player.animations.filter(({ effect }) => effect.target.closest('.title') && !effect.target.matches('.title, .roll') || effect.pseudoElement)
    .map(({ effect }) => ({
        id: (effect.target.closest('.section') || { dataset: {} }).dataset.id,
        what: effect.pseudoElement || effect.target.className,
        beginMs: effect.getTiming().delay,
        endMs: effect.getTiming().delay + effect.getTiming().duration,
        properties: effect.getKeyframes().flatMap((frame) => Object.keys(frame)).filter((key) => !['offset', 'computedOffset', 'easing', 'composite'].includes(key)),
    }))`);

const TEXT = `document.querySelector('.view:not([aria-hidden]) .section:last-child > .title > .title-text')`;
const opacity = (tab) => tab.run(`Number(getComputedStyle(${TEXT}).opacity)`);

for (const theme of THEMES) {
    test(`a title comes in when it is in the picture, ${theme}`, async (context) => {
        const tab = await showing(context, { theme });
        const own = (await entrances(tab)).filter(({ id }) => id === 'b');
        assert.ok(own.some(({ what }) => what === 'title-text'));
        const [beginMs, endMs] = [Math.min(...own.map((one) => one.beginMs)), Math.max(...own.map((one) => one.endMs))];
        await tab.hold(beginMs);
        const bottom = await tab.run(`${TEXT}.closest('.title').getBoundingClientRect().bottom`);
        assert.ok(Math.abs(bottom - (SIZE.height - FADE)) <= 2, `${bottom}`);
        assert.equal(await opacity(tab), 0);
        await tab.hold(endMs + 500);
        assert.deepEqual([await opacity(tab), await tab.run(`getComputedStyle(${TEXT}).transform`)], [1, theme === 'plain' || theme === 'neon' || theme === 'arcade' ? 'none' : 'matrix(1, 0, 0, 1, 0, 0)']);
        await tab.hold(beginMs - 1);
        assert.equal(await opacity(tab), 0, 'also after a jump back');
    });

    test(`nothing but transforms and opacity moves in titles, ${theme}`, async (context) => {
        const tab = await showing(context, { theme, stickyTitles: true });
        const all = await entrances(tab);
        assert.ok(all.length >= 2);
        assert.deepEqual(new Set(all.flatMap(({ properties }) => properties).filter((one) => !['transform', 'opacity'].includes(one))), new Set());
    });

    test(`who prefers less motion gets titles that stand still, ${theme}`, async (context) => {
        const tab = await showing(context, { theme }, REDUCED);
        assert.deepEqual(await entrances(tab), []);
        assert.equal(await opacity(tab), 1);
    });
}

test('a title comes in with its slide', async (context) => {
    const tab = await showing(context, { theme: 'cinema', mode: 'slides', slideSeconds: 5 });
    const begins = async () => new Set((await entrances(tab)).filter(({ what }) => what === 'title-text').map(({ beginMs }) => beginMs));
    assert.deepEqual(await begins(), new Set([0, 5000]));
    await tab.hold(7000);
    assert.deepEqual(await begins(), new Set([0, 5000, 10_000]));
    await tab.hold(2000);
    assert.ok((await tab.run(`Number(getComputedStyle(document.querySelector('.slide .title-text')).opacity)`)) > 0.9);
});

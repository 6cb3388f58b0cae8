// The composition of names and amounts: pairs meet at one axis, two columns at their gutter, and greater amounts have larger names.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChromium } from './chromium.mjs';
import { CreditsTab, THEMES, makeFolder, named, people, rollOf } from './credits.mjs';

const SIZES = [[1080, 1920], [800, 600], [300, 900], [1280, 720], [3840, 2160]];
const PAIRS = [
    { name: 'Zed', amount: '1 bit' }, { name: 'نور الليل', amount: '12,500 bits' }, { name: 'דניאל', amount: '300 bits' },
    { name: 'The_quick_fox', amount: '€12.50' }, { name: 'Lea', platform: 'YouTube', amount: '×2' }, { name: 'さくら', amount: '×14', note: 'for the sheep' },
    { name: 'Anna', amount: '×3', badge: 'star', lines: [{ text: 'hoodie', amount: '×2' }, { text: 'نور', amount: '×1' }] },
];

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium(), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

async function showing(context, sections, look, [width, height] = [1280, 720]) {
    const tab = await CreditsTab.open(browser, folder.url, { width, height });
    context.after(() => tab.close());
    await tab.roll(rollOf(sections, { seconds: 60, minimumSeconds: 0, theme: 'plain', ...look }));
    await tab.hold(30_000);
    return tab;
}

const ENTRIES = '.view:not([aria-hidden]) .entry, .slide .entry';

/** The edges of the letters of each text that matches, without the room around them. */
const edges = (tab, selector) => tab.run(`[...document.querySelectorAll(${JSON.stringify(ENTRIES)})].flatMap((entry) => [...entry.querySelectorAll(${JSON.stringify(selector)})]).map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { left, right } = range.getBoundingClientRect();
    const [, ownLeft, ownRight] = [0, parseFloat(getComputedStyle(element).paddingLeft), parseFloat(getComputedStyle(element).paddingRight)];
    return { left: left - ownLeft, right: right + ownRight, text: element.textContent };
})`);

const spread = (list) => Math.max(...list) - Math.min(...list);

for (const size of SIZES) {
    test(`names end and amounts begin at one axis in the middle, at ${size.join('x')}`, async (context) => {
        for (const theme of THEMES) {
            const tab = await showing(context, [people('a', PAIRS, { layout: 'pairs' }), people('b', PAIRS.slice(0, 2), { layout: 'pairs' })], { theme }, size);
            const [width] = size;
            const amounts = await edges(tab, '.amount');
            const names = await edges(tab, '.who > :is(.platform, .name:not(:has(+ .platform))), .line-text, .note');
            const beginnings = amounts.map(({ left }) => left);
            const ends = names.map(({ right }) => right);
            const what = `${theme}: ${JSON.stringify({ beginnings, ends })}`;
            assert.deepEqual([amounts.length, names.length], [11, 12], what);
            // The letters of right-to-left and italic texts do not fill their boxes exactly.
            assert.ok(spread(beginnings) <= 2 && spread(ends) <= 2, what);
            assert.ok(Math.min(...beginnings) > Math.max(...ends), what);
            assert.ok(Math.abs((beginnings[0] + ends[0]) / 2 - width / 2) <= 2, what);
        }
    });
}

test('a direction from right to left mirrors pairs and columns', async (context) => {
    const sections = [people('a', PAIRS, { layout: 'pairs' }), people('b', named('one', 'two', 'three', 'four'), { layout: 'two-columns' })];
    const tab = await showing(context, sections, { direction: 'rtl' });
    const amounts = (await edges(tab, '.amount')).map(({ right }) => right);
    const names = (await edges(tab, '.layout-pairs .who > :is(.platform, .name:not(:has(+ .platform))), .layout-pairs .note')).map(({ left }) => left);
    assert.ok(spread(amounts) <= 2 && spread(names) <= 2 && names[0] > amounts[0], JSON.stringify({ amounts, names }));
    const [one, two] = await edges(tab, '.layout-two-columns .name');
    assert.ok(one.left > two.right, JSON.stringify([one, two]));
});

test('two columns meet at the gutter, and a last name without a neighbour is in the middle', async (context) => {
    const tab = await showing(context, [people('a', named('one', 'a second name', 'نور الليل', 'four', 'five'), { layout: 'two-columns' })], {});
    const [one, two, three, four, five] = await edges(tab, '.name');
    assert.ok(Math.abs(one.right - three.right) <= 2 && Math.abs(two.left - four.left) <= 2, JSON.stringify([one, two, three, four]));
    assert.ok(Math.abs((one.right + two.left) / 2 - 640) <= 2 && two.left - one.right < 80, JSON.stringify([one, two]));
    assert.ok(Math.abs((five.left + five.right) / 2 - 640) <= 2, JSON.stringify(five));
});

test('where there is room for one column, its names are in the middle', async (context) => {
    const tab = await showing(context, [people('a', named('one', 'two'), { layout: 'two-columns' })], { theme: 'glass', scale: 3 }, [300, 900]);
    for (const { left, right } of await edges(tab, '.name')) assert.ok(Math.abs((left + right) / 2 - 150) <= 2, `${left} ${right}`);
});

test('a name without an amount, and one with a message effect, is in the middle', async (context) => {
    const tab = await showing(context, [people('a', [{ name: 'nobody' }, { name: 'zed', amount: '×1', skin: 'simmer' }], { layout: 'pairs' })], {});
    const [nobody] = await edges(tab, '.name');
    assert.ok(Math.abs((nobody.left + nobody.right) / 2 - 640) <= 2, JSON.stringify(nobody));
    const effect = await tab.run(`(() => { const { left, right } = document.querySelector('.skin .who').getBoundingClientRect(); return (left + right) / 2; })()`);
    assert.ok(Math.abs(effect - 640) <= 2, `${effect}`);
});

const sizes = (tab) => tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) .entry')].map((entry) => ['.name', '.amount'].map((part) => {
    const all = parseFloat(getComputedStyle(document.querySelector('.stage')).fontSize);
    return Number((parseFloat(getComputedStyle(entry.querySelector(part)).fontSize) / all).toFixed(2));
}))`);
const WEIGHED = [100, 50, 0, undefined, -5, 5000, 'x'].map((weight, index) => ({ name: `Name ${index}`, amount: '1 bit', weight }));

test('a greater amount has a larger name, within the bound that is set', async (context) => {
    const tab = await showing(context, [people('a', WEIGHED, { layout: 'pairs' })], {});
    assert.deepEqual((await sizes(tab)).map(([name]) => name), [1.35, 1.18, 1, 1, 1, 1.35, 1]);
    await tab.control('look', { largestName: 1 });
    await tab.run('new Promise((done) => setTimeout(done, 500))');
    assert.deepEqual((await sizes(tab)).map(([name]) => name), Array(WEIGHED.length).fill(1));
});

test('no name breaks or shrinks below the size of others because it is larger', async (context) => {
    const name = 'TheQuickBrownFoxJumps';
    const size = async (weight, width) => {
        const tab = await showing(context, [people('a', [{ name, amount: '1 bit', weight }], { layout: 'pairs' })], {}, [width, 1920]);
        const [[own]] = await sizes(tab);
        return { own, isBroken: await tab.run(`document.querySelector('.view:not([aria-hidden]) .who').classList.contains('broken')`) };
    };
    for (const width of [500, 600, 700, 800, 900, 1000, 1080]) {
        const [plain, grown] = [await size(0, width), await size(100, width)];
        assert.equal(grown.isBroken, plain.isBroken);
        assert.ok(grown.own >= plain.own, `${width}: ${JSON.stringify([plain, grown])}`);
    }
});

for (const theme of THEMES) {
    test(`amounts are at least 0.8 of the size of names, and not thin, ${theme}`, async (context) => {
        const tab = await showing(context, [people('a', [...PAIRS, { name: 'W'.repeat(25), amount: '12,500 bits' }], { layout: 'pairs' })], { theme }, [1080, 1920]);
        for (const [, amount] of await sizes(tab)) assert.ok(amount >= 0.8, `${amount}`);
        const weights = await tab.run(`[...document.querySelectorAll('.amount')].map((amount) => Number(getComputedStyle(amount).fontWeight))`);
        assert.ok(weights.every((weight) => weight >= 500), `${weights}`);
        const figures = await tab.run(`getComputedStyle(document.querySelector('.amount')).fontVariantNumeric`);
        assert.match(figures, /tabular-nums/);
    });
}

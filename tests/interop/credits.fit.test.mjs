// Whether names keep to their columns: no name and no title breaks inside a word, and no amount wraps, in pictures of any size.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChromium } from './chromium.mjs';
import { CreditsTab, THEMES, makeFolder, named, people, rollOf } from './credits.mjs';

const SIZES = [[1080, 1920], [800, 600], [300, 900], [1280, 720], [3840, 2160]];
const LAYOUTS = ['left', 'center', 'right', 'flow-left', 'flow-center', 'flow-right', 'two-columns', 'three-columns', 'pairs'];

/** Names of 25 letters, the most that Twitch allows, with and without places to break. */
const LONG = ['abcdefghijklmnopqrstuvwxy', 'TheQuickBrownFoxJumpsOver', 'the_quick_brown_fox_jumps', 'HarborLightsOfTheNorth_25', 'WWWWWWWWWWWWWWWWWWWWWWWWW'];
const NAMES = [...LONG.map((name, index) => ({ name, amount: index % 2 ? '12,500 bits' : '38 months' })), ...named('Zed', 'القمر', 'Anna Maria')];

let browser;
let folder;

before(async () => {
    browser = await startChromium();
    folder = await makeFolder();
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

async function showing(context, sections, look, [width, height]) {
    const tab = await CreditsTab.open(browser, folder.url, { width, height });
    context.after(() => tab.close());
    await tab.roll(rollOf(sections, { seconds: 60, minimumSeconds: 0, ...look }));
    await tab.hold(30_000);
    return tab;
}

/** The lines in which each name and each amount is drawn: their texts, and whether they reach beyond their column. */
const drawn = (tab) => tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) .entry, .slide .entry')].flatMap((entry) =>
    [...entry.querySelectorAll('.name, .who > .amount')].map((element) => {
        const lines = [];
        const range = document.createRange();
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        for (let node; (node = walker.nextNode()); ) {
            for (let at = 0; at < node.length; at++) {
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const { top, height } = range.getBoundingClientRect();
                const last = lines[lines.length - 1];
                if (last && Math.abs(last.top - top) < height / 2) last.text += node.data[at];
                else lines.push({ top, text: node.data[at] });
            }
        }
        const box = element.getBoundingClientRect();
        const column = entry.getBoundingClientRect();
        return { className: element.className, lines: lines.map(({ text }) => text), isBeyond: box.right > column.right + 2 || box.left < column.left - 2 };
    }))`);

/** The lines in which the titles are drawn. */
const titles = (tab) => tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) .title-text')].map((element) => {
    const lines = [];
    const range = document.createRange();
    const { firstChild: node } = element;
    for (let at = 0; at < node.length; at++) {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const { top } = range.getBoundingClientRect();
        if (lines.length > 0 && Math.abs(lines[lines.length - 1].top - top) < 3) lines[lines.length - 1].text += node.data[at];
        else lines.push({ top, text: node.data[at] });
    }
    return { lines: lines.map(({ text }) => text.trim()), isBeyond: element.getBoundingClientRect().right > innerWidth };
})`);

/** Whether a name is broken only where its writer has joined words. */
const breaksWell = (lines) => lines.slice(1).every((line, index) => /[_\- ]$/.test(lines[index]) || (/\p{Ll}$/u.test(lines[index]) && /^\p{Lu}/u.test(line)));

for (const size of SIZES) {
    test(`no name breaks inside a word, at ${size.join('x')}`, async (context) => {
        for (const theme of THEMES) {
            const sections = LAYOUTS.map((layout) => people(layout, NAMES, { layout }));
            const tab = await showing(context, sections, { theme }, size);
            const all = await drawn(tab);
            assert.ok(all.length >= LAYOUTS.length * NAMES.length);
            for (const { className, lines, isBeyond } of all) {
                assert.ok(!isBeyond, `${theme}: ${lines.join('|')} reaches beyond its column`);
                if (className === 'amount') assert.equal(lines.length, 1, `${theme}: ${lines.join('|')}`);
                else assert.ok(breaksWell(lines), `${theme}: ${lines.join('|')}`);
            }
        }
    });
}

test('no title breaks inside a word', async (context) => {
    const texts = ['Subscribers', 'Congratulations to everybody', 'Donaudampfschifffahrtsgesellschaft'];
    for (const size of SIZES) {
        for (const theme of THEMES) {
            const sections = texts.map((title) => ({ ...people(title, named('Zed')), title, icon: 'star' }));
            const tab = await showing(context, sections, { theme }, size);
            const drawnTitles = await titles(tab);
            assert.equal(drawnTitles.length, texts.length);
            drawnTitles.forEach(({ lines, isBeyond }, index) => {
                assert.ok(!isBeyond && lines.join(' ') === texts[index], `${theme}, ${size.join('x')}: ${lines.join('|')}`);
            });
        }
    }
});

test('a layout has fewer columns where they would be narrower than nine letters', async (context) => {
    const columns = async (size, mode = 'scroll') => {
        const tab = await showing(context, [people('a', named('a', 'b', 'c', 'd', 'e', 'f'), { layout: 'three-columns' })], { theme: 'glass', mode }, size);
        const places = await tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) .entry')].map((entry) => Math.round(entry.getBoundingClientRect().left))`);
        return new Set(places).size;
    };
    assert.equal(await columns([1280, 720]), 3);
    assert.equal(await columns([1080, 1920]), 2);
    assert.equal(await columns([1280, 720], 'slides'), 3);
});

test('a name that replaces another one during the roll fits too, and nothing moves', async (context) => {
    const tab = await showing(context, [people('a', named('Zed', 'Anna', 'Tom', 'Eve'), { layout: 'two-columns' })], { theme: 'plain' }, [800, 600]);
    const tops = () => tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) .entry')].map((entry) => Math.round(entry.getBoundingClientRect().top))`);
    const before = await tops();
    await tab.control('replace', [{ at: [0, 1], name: { name: LONG[0] } }]);
    const [, replaced] = await drawn(tab);
    assert.deepEqual(replaced.lines, [LONG[0]]);
    assert.ok(!replaced.isBeyond);
    assert.deepEqual(await tops(), before);
});

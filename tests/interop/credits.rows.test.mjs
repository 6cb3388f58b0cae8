// Whether only the names near the picture are in the document, and whether they stand where they would stand with all names around them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, people, rollOf } from './credits.mjs';

const SIZE = { width: 1280, height: 720 };
const LAYOUTS = ['left', 'center', 'right', 'flow-left', 'flow-center', 'flow-right', 'two-columns', 'three-columns', 'pairs'];
const NAMES = 20_000;
/** What the page may need for so many names, beyond what it needs for one. */
const MORE_SECONDS = 1;
const MORE_BYTES = 60 * 1024 * 1024;
const PAGE_BYTES = 4096;

const WORDS = ['Tobi', 'pixel_moth', 'Nachtfalke', 'LunaCast', 'JuniperJay', 'quiet-storm', 'OttoPilot', 'fox', 'さくらもち', 'نور', 'HarborLightsOfTheNorth_25', 'zed 🎉'];
const name = (index) => ({ name: `${WORDS[index % WORDS.length]}${index}`, amount: index % 3 === 0 ? `×${(index * 37) % 4000}` : undefined });
const rich = (index) => ({
    ...name(index),
    note: index % 11 === 5 ? 'a note of some words' : undefined,
    lines: index % 17 === 3 ? [{ text: 'one', amount: '2' }, { text: 'another' }] : undefined,
});
const some = (count, of = name) => Array.from({ length: count }, (_, index) => of(index));

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium(), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

async function opened(context, roll) {
    const tab = await CreditsTab.open(browser, folder.url, SIZE);
    context.after(async () => {
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    await tab.roll(roll);
    return tab;
}

/** The boxes of all names of a view in the picture, by their place in the roll. */
const boxes = (tab, view) => tab.run(`Object.fromEntries([...document.querySelectorAll('${view} .entry')]
    .map((entry) => [entry.dataset.at, entry.getBoundingClientRect()])
    .filter(([, { top, bottom }]) => bottom > 1 && top < innerHeight - 1)
    .map(([at, { left, top, width, height }]) => [at, [left, top, width, height]]))`);

/** Fails if the names differ, or if one stands at another place. Browsers round to parts of a pixel. */
function assertSame(actual, expected, what) {
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), what);
    for (const [at, box] of Object.entries(actual)) {
        assert.ok(box.every((px, index) => Math.abs(px - expected[at][index]) < 0.5), `${what}: ${at} is at ${box}, not ${expected[at]}`);
    }
}

/** Lays out the same roll with all names at once, in a view of its own, and moves it to where the roll is. */
const layOutAll = (tab) => tab.run(`(() => {
    const page = CreditsPage;
    const { stage, roll, look } = page.credits;
    const whole = page.make('div', 'roll', ...roll.sections.map((content, index) => page.section(content, index, look, () => {})));
    const view = page.make('div', 'view whole', page.make('div', 'glide', whole));
    view.style.visibility = 'hidden';
    stage.append(view);
    page.fitNames(whole);
    window.moveWhole = () => {
        const own = document.querySelector('.view:not([aria-hidden]):not(.whole) .roll:not(.titles)');
        whole.style.transform = 'translateY(' + own.getBoundingClientRect().top + 'px)';
    };
})()`);

for (const layout of LAYOUTS) {
    test(`each name stands where it would stand among all names, ${layout}`, async (context) => {
        const sections = [people('first', some(900, rich), { layout }), people('second', some(70), { layout }), people('third', some(450, rich), { layout })];
        const tab = await opened(context, rollOf(sections, { theme: 'glass', stickyTitles: true, fade: 80, seconds: 600 }));
        await layOutAll(tab);
        let seen = 0;
        for (const ms of [20_000, 60_000, 61_000, 300_000, 590_000, 200_000, 199_000, 8_000]) {
            await tab.hold(ms);
            await tab.run('moveWhole()');
            const [expected, actual] = [await boxes(tab, '.view.whole'), await boxes(tab, '.view:not([aria-hidden]):not(.whole)')];
            assertSame(actual, expected, `at ${ms} ms`);
            seen += Object.keys(actual).length;
            for (const end of ['.fade-out', '.fade-in']) {
                const copy = await boxes(tab, end);
                assertSame(copy, expected, `${end} at ${ms} ms`);
            }
        }
        assert.ok(seen > 100, `${seen} names were compared`);
        const inDocument = await tab.run(`document.querySelectorAll('.view:not([aria-hidden]):not(.whole) .entry').length`);
        assert.ok(inDocument < 900, `${inDocument} names are in the document`);
    });
}

test('names come by themselves while the roll moves, forwards and backwards, seconds before they are seen', async (context) => {
    const tab = await opened(context, rollOf([people('a', some(3000))], { speed: 200 }));
    const inDocument = () => tab.run(`(() => {
        const all = [...document.querySelectorAll('.entry')].map((entry) => entry.getBoundingClientRect());
        return [all.length, Math.min(...all.map(({ top }) => top)), Math.max(...all.map(({ bottom }) => bottom))];
    })()`);
    for (const rate of [1, 20, -20]) {
        await tab.control('speed', rate);
        await tab.run(`CreditsPage.credits.scene.player.set({ timeMs: 200000 })`);
        for (let turn = 0; turn < 5; turn++) {
            await sleep(700);
            const [count, top, bottom] = await inDocument();
            assert.ok(top < -720 && bottom > 2 * 720, `${rate}: from ${top} to ${bottom}`);
            assert.ok(count < 600, `${rate}: ${count}`);
        }
    }
});

test('a hidden name stays hidden when its row leaves the document and comes back', async (context) => {
    const tab = await opened(context, rollOf([people('a', some(3000))], { seconds: 600, fade: 60 }));
    await tab.control('replace', [{ at: [0, 1500], name: null }, { at: [0, 1501], name: { name: 'Somebody else' } }]);
    const shown = () => tab.run(`[...document.querySelectorAll('[data-at="0.1500"], [data-at="0.1501"]')].map((entry) => [entry.querySelector('.name').textContent, getComputedStyle(entry).visibility])`);
    assert.deepEqual(await shown(), []);
    for (let turn = 0; turn < 2; turn++) {
        await tab.hold(298_000);
        const three = (one) => [one, one, one];
        assert.deepEqual((await shown()).sort(), [...three(['Nachtfalke1502', 'visible']).slice(3), ...three(['Somebody else', 'visible']), ...three(['Tobi1500', 'hidden'])]);
        await tab.hold(10_000);
        assert.deepEqual(await shown(), []);
    }
});

for (const [mode, layout] of [['scroll', 'three-columns'], ['scroll', 'center'], ['scroll', 'flow-center'], ['slides', 'three-columns']]) {
    test(`${NAMES} names need little more than one name: ${mode}, ${layout}`, async (context) => {
        /** What a page with so many names needs: seconds of the main thread until it rolls, and bytes. */
        const needs = async (names) => {
            const own = await startChromium();
            try {
                const tab = await CreditsTab.open(own, folder.url, { width: 1920, height: 1080 });
                const atFirst = (await tab.page.costs()).TaskDuration;
                await tab.roll(rollOf([people('a', names, { layout })], { mode, stickyTitles: true, fade: 80, minimumSeconds: 0, seconds: 600 }));
                await sleep(1000);
                const { TaskDuration, Nodes } = await tab.page.costs();
                const renderers = (await own.processes()).filter(({ type }) => type === 'renderer');
                const pages = await Promise.all(renderers.map(async ({ id }) => Number((await readFile(`/proc/${id}/statm`, 'utf8')).split(' ')[1])));
                return { seconds: TaskDuration - atFirst, bytes: pages.reduce((sum, one) => sum + one, 0) * PAGE_BYTES, nodes: Nodes };
            } finally {
                await own.close();
            }
        };
        // The one name has the letters of all, because the browser loads a font for each script.
        const [one, all] = [await needs([{ name: WORDS.join(' '), amount: '×1' }]), await needs(some(NAMES))];
        const [seconds, bytes] = [all.seconds - one.seconds, all.bytes - one.bytes];
        context.diagnostic(`${seconds.toFixed(2)} s and ${(bytes / 1024 / 1024).toFixed(1)} MiB more, ${all.nodes} nodes`);
        assert.ok(seconds <= MORE_SECONDS, `${seconds} s`);
        assert.ok(bytes <= MORE_BYTES, `${bytes} bytes`);
        assert.ok(all.nodes < 25_000, `${all.nodes} nodes`);
    });
}

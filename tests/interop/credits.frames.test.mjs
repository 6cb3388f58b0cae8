// Measures how smoothly 5,000 names roll, with the performance trace of DevTools, in comparison with an empty page that scrolls one element
// as high as the screen, which is the least that a roll can redraw. Both pages are measured in the same browser, in turns, because the
// machine is never idle and both must be affected equally. The processor draws the pages, as it may have to for a browser source in OBS. Then
// a page that redraws more of the screen takes longer. The median of five runs counts, and no run is repeated.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, people, rollOf } from './credits.mjs';

const NAMES = 5000;
const SIZE = { width: 1920, height: 1080 };
const RUNS = 5;
const TURNS = 4;
const TURN_MS = 1500;
/** The pause after one page was stopped and the next one started. */
const SETTLE_MS = 300;
/** How much longer the median and the slowest of a hundred frames may take. */
const LIMITS = [[0.5, 1.1], [0.99, 1.25]];
/** Names are added to the document every few seconds, and not for each frame. */
const MOST_LAYOUTS = 2 * RUNS * TURNS;
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

const emptyPage = (style) => `data:text/html,${encodeURIComponent(`<!doctype html>
    <body style="margin: 0; overflow: hidden">
    <div id="it" style="position: absolute; left: 40%; font: 40px sans-serif; will-change: transform; ${style}">TobiWanders</div>
    <script>const moving = it.animate([{ transform: 'translateY(1080px)' }, { transform: 'translateY(-100px)' }], { duration: 12000, iterations: Infinity })</script>`)}`;
const EMPTY = emptyPage('left: 30%; width: 40%; top: -1500px; height: 4000px; background: linear-gradient(silver, navy)');

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium({ first: true }), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

/** The times between the drawn frames, in milliseconds, and the number of layouts of the page meanwhile. */
async function watch(page) {
    const events = await page.trace(CATEGORIES, () => sleep(TURN_MS));
    const drawn = events.filter(({ name }) => name === 'DrawFrame').map(({ ts }) => ts / 1000).sort((a, b) => a - b);
    const layouts = events.filter(({ name, args }) => name === 'Layout' && args.beginData?.frame === page.frame).length;
    return { times: drawn.slice(1).map((moment, index) => moment - drawn[index]), layouts };
}

/** Measures a page in turns. It moves only during its turn, and draws nothing in between. */
function turnsOf(page, play, stop) {
    const seen = { times: [], layouts: 0 };
    const turn = async () => {
        await page.bringToFront();
        await page.run(play);
        await sleep(SETTLE_MS);
        const { times, layouts } = await watch(page);
        seen.times.push(...times);
        seen.layouts += layouts;
        await page.run(stop);
    };
    return { turn, seen };
}

const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.floor(times.length * share)];

const medianOf = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** One run: for each limit, how much longer the frames of the credits take than those of the empty page. */
async function run(empty, credits, context) {
    for (const { seen } of [empty, credits]) seen.times = [];
    for (let turn = 0; turn < TURNS; turn++) for (const page of [empty, credits]) await page.turn();
    const measured = LIMITS.map(([share]) => [credits, empty].map(({ seen }) => quantile(seen.times, share)));
    context.diagnostic(`${credits.seen.times.length} frames; p50 and p99: ${measured.map(([ours, its]) => `${ours.toFixed(2)} and ${its.toFixed(2)} ms`).join(', ')}`);
    assert.ok(credits.seen.times.length > (TURNS * TURN_MS) / 40, 'frames were drawn');
    return measured.map(([ours, its]) => ours / its);
}

const AS_INSTALLED = { theme: 'cinema', stickyTitles: true, fade: 80, speed: 80 };

for (const [what, look] of [['as installed', AS_INSTALLED], ['faster, and titles pass with the names', { ...AS_INSTALLED, stickyTitles: false, speed: 200 }]]) {
    test(`${NAMES} names roll as smoothly as one element, ${what}`, async (context) => {
        const tab = await CreditsTab.open(browser, folder.url, SIZE);
        context.after(() => tab.close());
        const names = Array.from({ length: NAMES }, (_, index) => ({ name: `Name ${index + 1}`, amount: `×${index}` }));
        await tab.roll(rollOf([people('all', names)], look));
        const set = (change) => `CreditsPage.credits.scene.player.set(${change})`;
        await tab.run(set('{ timeMs: 60000, isPaused: true }'));
        const page = await browser.open(EMPTY, SIZE);
        context.after(() => page.close());
        await page.run('moving.pause()');
        const empty = turnsOf(page, 'moving.play()', 'moving.pause()');
        const all = turnsOf(tab.page, set('{ isPaused: false }'), set('{ isPaused: true }'));
        const runs = [];
        for (let count = 0; count < RUNS; count++) runs.push(await run(empty, all, context));
        for (const [index, [share, limit]] of LIMITS.entries()) {
            const ratio = medianOf(runs.map((ratios) => ratios[index]));
            assert.ok(ratio <= limit, `p${share * 100}: ${ratio.toFixed(3)} times that of the empty page, not ${limit}`);
        }
        assert.ok(all.seen.layouts <= MOST_LAYOUTS, `names are added seldom: ${all.seen.layouts} layouts`);
        assert.deepEqual(tab.page.errors, []);
    });
}

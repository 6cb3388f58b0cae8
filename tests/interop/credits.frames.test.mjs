// Measures how smoothly 5,000 names roll, with the performance trace of DevTools, in comparison with empty pages that scroll one element.
// All pages are measured in the same browser, in turns, because the machine is never idle and all must be affected equally. The processor
// draws the pages, as it may have to for a browser source in OBS. Then a page that redraws more of the screen takes longer. So one of the
// empty pages scrolls a single name, which is the aim, and the other one an element as high as the screen, which is the least that a roll
// can redraw.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, people, rollOf } from './credits.mjs';

const NAMES = 5000;
const SIZE = { width: 1920, height: 1080 };
const TURNS = 10;
const TURN_MS = 1500;
/** The pause after one page was stopped and the next one started. */
const SETTLE_MS = 300;
const NO_SLOWER_THAN = 1.1;
/** Another program that used the processor for a moment affects the slowest frames of one page only. Then the measurement is repeated. */
const ATTEMPTS = 8;
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

const emptyPage = (style) => `data:text/html,${encodeURIComponent(`<!doctype html>
    <body style="margin: 0; overflow: hidden">
    <div id="it" style="position: absolute; left: 40%; font: 40px sans-serif; will-change: transform; ${style}">TobiWanders</div>
    <script>const moving = it.animate([{ transform: 'translateY(1080px)' }, { transform: 'translateY(-100px)' }], { duration: 12000, iterations: Infinity })</script>`)}`;
const EMPTY = { 'one name': emptyPage(''), 'one screen': emptyPage('left: 30%; width: 40%; top: -1500px; height: 4000px; background: linear-gradient(silver, navy)') };

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

const percent = (ours, its) => `${((ours / its - 1) * 100).toFixed(1)} %`;

/** The median and the slowest frames of all pages, and whether those of the credits are like those of an empty page. */
async function compare(empty, credits, context) {
    const all = [...empty, credits];
    for (const { seen } of all) seen.times = [];
    for (let turn = 0; turn < TURNS; turn++) for (const page of all) await page.turn();
    const [p50, p99] = [0.5, 0.99].map((share) => ({ seen }) => quantile(seen.times, share));
    const both = ({ what, ...page }) => `${what} ${p50(page).toFixed(2)} and ${p99(page).toFixed(2)} ms`;
    const beside = (page) => `${both(page)} (${percent(p50(credits), p50(page))} and ${percent(p99(credits), p99(page))})`;
    const said = `${credits.seen.times.length} frames, p50 and p99: ${both(credits)}, ${empty.map(beside).join(', ')}`;
    context.diagnostic(said);
    return { said, isAlike: empty.some((page) => [p50, p99].every((of) => of(credits) <= of(page) * NO_SLOWER_THAN)) };
}

const AS_INSTALLED = { theme: 'cinema', stickyTitles: true, fade: 80, speed: 80 };

for (const [what, look] of [['as installed', AS_INSTALLED], ['faster, and titles pass with the names', { ...AS_INSTALLED, stickyTitles: false, speed: 200 }]]) {
    test(`${NAMES} names roll as smoothly as one, ${what}`, async (context) => {
        const tab = await CreditsTab.open(browser, folder.url, SIZE);
        context.after(() => tab.close());
        const names = Array.from({ length: NAMES }, (_, index) => ({ name: `Name ${index + 1}`, amount: `×${index}` }));
        await tab.roll(rollOf([people('all', names)], look));
        const set = (change) => `CreditsPage.credits.scene.player.set(${change})`;
        await tab.run(set('{ timeMs: 60000, isPaused: true }'));
        const empty = [];
        for (const [what, url] of Object.entries(EMPTY)) {
            const page = await browser.open(url, SIZE);
            context.after(() => page.close());
            await page.run('moving.pause()');
            empty.push({ what, ...turnsOf(page, 'moving.play()', 'moving.pause()') });
        }
        const all = { what: 'credits', ...turnsOf(tab.page, set('{ isPaused: false }'), set('{ isPaused: true }')) };
        let compared;
        for (let attempt = 0; attempt < ATTEMPTS && !compared?.isAlike; attempt++) compared = await compare(empty, all, context);
        assert.ok(compared.isAlike, compared.said);
        assert.ok(all.seen.times.length > (TURNS * TURN_MS) / 40, 'frames were drawn');
        assert.equal(all.seen.layouts, 0, 'nothing is laid out while it rolls');
        assert.deepEqual(tab.page.errors, []);
    });
}

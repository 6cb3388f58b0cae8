// How smoothly 5,000 names roll, by the DevTools performance trace, against an empty page that moves one element: the same browser, the
// same minute, turn by turn, because a machine is never idle. Drawn by the processor, which a browser source in OBS may have to be.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, people, rollOf } from './credits.mjs';

const NAMES = 5000;
const SIZE = { width: 1920, height: 1080 };
const ROUNDS = 7;
const ROUND_MS = 4000;
/** Until the first pieces of the page are drawn, which happens while it is not seen yet. */
const SETTLE_MS = 1000;
const NO_SLOWER_THAN = 1.1;
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

const EMPTY = `data:text/html,${encodeURIComponent(`<!doctype html>
    <body style="margin: 0; overflow: hidden">
    <div id="it" style="position: absolute; left: 40%; font: 40px sans-serif; will-change: transform">TobiWanders</div>
    <script>it.animate([{ transform: 'translateY(1080px)' }, { transform: 'translateY(-100px)' }], { duration: 60000, iterations: Infinity })</script>`)}`;

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium(), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

const quantile = (sorted, share) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)];
const median = (values) => quantile([...values].sort((a, b) => a - b), 0.5);

/** The times between the frames that were drawn, in milliseconds, and the layouts of the page meanwhile. */
async function watch(page) {
    const events = await page.trace(CATEGORIES, () => sleep(ROUND_MS));
    const drawn = events.filter(({ name }) => name === 'DrawFrame').map(({ ts }) => ts / 1000).sort((a, b) => a - b);
    const times = drawn.slice(1).map((moment, index) => moment - drawn[index]).sort((a, b) => a - b);
    const layouts = events.filter(({ name, args }) => name === 'Layout' && args.beginData?.frame === page.frame).length;
    return { frames: times.length, p50: quantile(times, 0.5), p99: quantile(times, 0.99), layouts };
}

async function emptyPage() {
    const page = await browser.open(EMPTY, SIZE);
    await sleep(SETTLE_MS);
    const seen = await watch(page);
    await page.close();
    return seen;
}

async function credits(look) {
    const tab = await CreditsTab.open(browser, folder.url, SIZE);
    const names = Array.from({ length: NAMES }, (_, index) => ({ name: `Name ${index + 1}`, amount: `×${index}` }));
    await tab.roll(rollOf([people('all', names, { layout: 'center' })], { fade: 80, speed: 200, ...look }));
    await tab.run('CreditsPage.credits.scene.player.set({ timeMs: 0.4 * CreditsPage.credits.scene.player.durationMs })');
    await sleep(SETTLE_MS);
    const seen = await watch(tab.page);
    assert.deepEqual(tab.page.errors, []);
    await tab.close();
    return seen;
}

for (const [what, look] of [['as it is', {}], ['with titles that stay', { stickyTitles: true, theme: 'neon' }]]) {
    test(`${NAMES} names roll as smoothly as one, ${what}`, async (context) => {
        const rounds = [];
        for (let round = 0; round < ROUNDS; round++) {
            const pair = { empty: await emptyPage(), credits: await credits(look) };
            rounds.push(pair);
            const say = ({ frames, p50, p99 }) => `${frames} frames, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
            context.diagnostic(`round ${round + 1}: empty page ${say(pair.empty)}; credits ${say(pair.credits)}, ${pair.credits.layouts} layouts`);
        }
        for (const quantity of ['p50', 'p99']) {
            const [empty, ours] = ['empty', 'credits'].map((page) => median(rounds.map((pair) => pair[page][quantity])));
            context.diagnostic(`median ${quantity}: empty page ${empty.toFixed(2)} ms, credits ${ours.toFixed(2)} ms, ${((ours / empty - 1) * 100).toFixed(1)} %`);
            assert.ok(ours <= empty * NO_SLOWER_THAN, `${quantity}: ${ours.toFixed(2)} ms against ${empty.toFixed(2)} ms`);
        }
        assert.deepEqual(rounds.map((pair) => pair.credits.layouts), Array(ROUNDS).fill(0), 'nothing is laid out while it rolls');
        assert.ok(rounds.every((pair) => pair.credits.frames > ROUND_MS / 40), 'frames were drawn');
    });
}

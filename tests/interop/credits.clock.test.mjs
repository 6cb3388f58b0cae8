// The clock of a roll: it begins in the first frame that is drawn, however busy the page is before that, and takes as long as promised.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, many, people, rollOf } from './credits.mjs';

const BLOCKED_MS = 5000;
/** How far the duration may be off. */
const TOLERANCE = 0.02;
/** When the page is blocked: before the roll is laid out, just after that, and just after it has begun; and how long the roll takes. */
const MOMENTS = {
    'before the layout': [15, `(busy) => dispatchEvent(new CustomEvent('twitchat-bridge', { detail })) && busy()`],
    'after the layout': [60, `(busy) => {
        new MutationObserver((list, observer) => {
            if (!document.querySelector('.view:not(.trial) .roll')) return;
            observer.disconnect();
            queueMicrotask(busy);
        }).observe(document.querySelector('main'), { childList: true, subtree: true });
        dispatchEvent(new CustomEvent('twitchat-bridge', { detail }));
    }`],
    'in the first frame': [15, `(busy) => {
        const frame = () => document.querySelector('.view:not(.trial) .roll') ? busy() : requestAnimationFrame(frame);
        requestAnimationFrame(frame);
        dispatchEvent(new CustomEvent('twitchat-bridge', { detail }));
    }`],
};

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium(), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

/**
 * Sends the roll, blocks the page, and resolves with: when the page was free again, the reports with their times, and where the first title
 * was in the first frame after that.
 */
const watch = (roll, moment) => `new Promise((resolve) => {
    const detail = { json: ${JSON.stringify(JSON.stringify({ origin: 'twitchat-bridge', bridge: 'the test', overlay: 'roll', roll }))} };
    const seen = { reports: [] };
    const { onChange } = CreditsPage.credits;
    CreditsPage.credits.onChange = (report) => {
        onChange(report);
        seen.reports.push({ ...report, atMs: performance.now() });
        if (report.state === 'complete') resolve(seen);
    };
    const busy = () => {
        const until = performance.now() + ${BLOCKED_MS};
        while (performance.now() < until);
        seen.freeMs = performance.now();
        const place = () => document.querySelector('.view:not(.trial):not([aria-hidden]) .title');
        const frame = () => {
            if (!place() || CreditsPage.credits.state === 'idle') return requestAnimationFrame(frame);
            seen.firstTop = place().getBoundingClientRect().top;
            seen.firstSection = CreditsPage.credits.report.section;
        };
        requestAnimationFrame(frame);
    };
    (${moment})(busy);
})`;

for (const [what, [seconds, moment]] of Object.entries(MOMENTS)) {
    test(`a page that is blocked for 5 s ${what} shows the beginning and takes as long as promised`, { timeout: 120_000 }, async (context) => {
        const tab = await CreditsTab.open(browser, folder.url);
        context.after(() => tab.close());
        await tab.page.bringToFront();
        const roll = rollOf(['a', 'b', 'c'].map((id) => people(id, many(20))), { stickyTitles: true, fade: 80, minimumSeconds: 0 }, { seconds });
        const { reports, freeMs, firstTop, firstSection } = await tab.run(watch(roll, moment));
        const [first] = reports;
        assert.equal(first.state, 'rolling');
        const last = reports[reports.length - 1];
        const beganMs = first.atMs - first.elapsedMs;
        context.diagnostic(`began ${Math.round(beganMs - freeMs)} ms after the block, took ${Math.round(last.atMs - beganMs)} ms, title at ${Math.round(firstTop)}`);
        assert.ok(beganMs > freeMs - BLOCKED_MS, 'it began after it was laid out');
        assert.ok(Math.abs(last.atMs - beganMs - seconds * 1000) <= seconds * 1000 * TOLERANCE, `${last.atMs - beganMs} ms`);
        assert.equal(firstSection, 'a');
        assert.ok(firstTop > 720 / 2, `the first section is at its beginning: ${firstTop}`);
        assert.deepEqual(tab.page.errors, []);
    });
}

// Compares the look of the end-credits page at fixed times with pictures. The font is a user's own; credits.themes.test.mjs has pictures with
// those of the themes. UPDATE_SCREENSHOTS=1 takes new pictures, also the one in README.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PNG } from 'pngjs';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, named, people, rollOf } from './credits.mjs';
import { assertLooksLike, visiblePixels } from './screenshots.mjs';

const SIZE = { width: 640, height: 360 };
const EASE_IN_MS = 1500;
const FONT = createRequire(import.meta.url).resolve('@fontsource/cormorant-garamond/files/cormorant-garamond-latin-600-normal.woff2');
const CUSTOM_CSS = `
    @font-face { font-family: 'Mine'; src: url('mine.woff2'); }
    .stage { --title-font: 'Mine'; --name-font: 'Mine'; --name-weight: 600; }
    [data-theme] { --title-font: 'Mine'; }
`;

let browser;
let folder;

before(async () => {
    browser = await startChromium();
    folder = await makeFolder({ 'custom.css': CUSTOM_CSS, 'mine.woff2': await readFile(FONT) });
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

const SECTIONS = [
    { id: 'opening', kind: 'text', title: 'Thanks for watching', text: 'Five hours, two bosses, one very lost sheep', layout: 'center' },
    people('follows', named('TobiWanders', 'pixelmoth', 'Nachtfalke', 'LunaCast', 'JuniperJay', 'quietstorm', 'OttoPilot', 'foxglove', 'zed'), { title: 'New followers', icon: 'heart', layout: 'three-columns' }),
    people('subs', [{ name: 'HarborLights', amount: '38 months', badge: 'crown' }, { name: 'Ballad', amount: 'new', badge: 'star' }], { title: 'Subscribers', icon: 'star', layout: 'two-columns' }),
    people('gifts', [{ name: 'NorthernRose', amount: '×20', weight: 100, note: 'the largest bomb of the night' }, { name: 'TobiWanders', amount: '×5' }], { title: 'Gifts', icon: 'gift', layout: 'pairs' }),
    people('rewards', [{ name: 'Hydrate!', amount: '×14', lines: [{ text: 'quietstorm', amount: '×9' }, { icon: 'check', text: 'LunaCast', amount: '×5' }] }], { title: 'Rewards', icon: 'points', layout: 'right' }),
    people('effects', [{ name: 'pixelmoth', skin: 'simmer' }, { name: 'zed', skin: 'rainbow-eclipse' }, { name: 'Ballad', skin: 'cosmic-abyss' }], { title: 'Effects', icon: 'sparkles', layout: 'flow-left' }),
];

async function showing(context, look, ms, { size = SIZE, sections = SECTIONS, url = folder.url } = {}) {
    const tab = await CreditsTab.open(browser, url, size);
    context.after(() => tab.close());
    // The looks and times are those of a roll whose pixels are the picture's, and that moves evenly from the beginning.
    const { speed = 60, fade = 40, mode } = look;
    const scale = 1080 / size.height;
    await tab.roll(rollOf(sections, { minimumSeconds: 0, ...look, speed: speed * scale, fade: fade * scale }));
    await tab.hold(mode === 'slides' ? ms : ms + EASE_IN_MS / 2);
    return tab;
}

/** Adds a dark background, because white letters would not be visible without one. */
async function pictureOf(tab, background = '#26323f') {
    await tab.run(`document.documentElement.style.background = ${JSON.stringify(background)}`);
    return tab.page.screenshot();
}

const MOMENTS = [
    ['cinema-followers', { theme: 'cinema' }, 8000],
    ['cinema-sticky', { theme: 'cinema', stickyTitles: true }, 11500],
    ['neon-gifts', { theme: 'neon' }, 11500],
    ['glass-slide', { theme: 'glass', mode: 'slides', slideSeconds: 4 }, 6000],
    ['paper-followers', { theme: 'paper' }, 8000],
    ['arcade-effects', { theme: 'arcade' }, 14500],
    ['plain-leaving-slide', { theme: 'plain', mode: 'slides', slideSeconds: 4 }, 7800],
    ['chosen-look', { theme: 'cinema', titleColor: '#6cf', nameColor: 'lime', titleFont: 'Mine', titleGap: 2, sectionGap: 1, shadow: 0, scale: 0.8, icons: false }, 7500],
];
for (const [name, look, ms] of MOMENTS) {
    test(`it looks like ${name}`, async (context) => {
        const tab = await showing(context, look, ms);
        await assertLooksLike(new URL(`screenshots/${name}.png`, import.meta.url), await pictureOf(tab));
    });
}

test('the ends fade: what leaves above gets fainter, line by line', async (context) => {
    const tab = await showing(context, { theme: 'plain', fade: 80, shadow: 0, nameColor: '#fff' }, 0, { sections: [people('a', Array(60).fill({ name: 'MMMMMMMMMMMM' }), { title: '' })] });
    await tab.hold(20_000 + EASE_IN_MS / 2);
    const alphas = await brightestAlphas(tab);
    for (const [y, least, most] of [[2, 0, 60], [40, 90, 190], [100, 250, 255], [180, 250, 255], [320, 90, 190], [358, 0, 60]]) {
        assert.ok(alphas[y] >= least && alphas[y] <= most, `at ${y}: ${alphas[y]}, not between ${least} and ${most}; ${alphas}`);
    }
});

/** The greatest alpha near each line of the picture. */
async function brightestAlphas(tab) {
    const { data, width, height } = PNG.sync.read(await tab.page.screenshot());
    const lines = Array.from({ length: height }, (_, y) => Math.max(...Array.from({ length: width }, (_, x) => data[4 * (y * width + x) + 3])));
    return lines.map((_, y) => Math.max(...lines.slice(Math.max(0, y - 9), y + 10))); // between two lines of text there is nothing
}

const STACKED = `Z${'\u0301'.repeat(40)}o${'\u0323'.repeat(40)}`;
const LAYOUTS = ['left', 'center', 'right', 'flow-left', 'flow-center', 'flow-right', 'two-columns', 'three-columns', 'pairs'];

/** The number of pixels that are drawn within a box. Its edges may be between two pixels. */
function drawnIn(picture, { left, right, top, bottom }) {
    const { data, width, height } = PNG.sync.read(picture);
    let count = 0;
    for (let y = Math.max(0, Math.ceil(top) + 1); y < Math.min(height, Math.floor(bottom) - 1); y++) {
        for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++) count += data[4 * (y * width + x) + 3] > 40 ? 1 : 0;
    }
    return count;
}

/** The boxes of the elements that match a selector, in the view that is not a fading copy. */
const boxes = (tab, selector) => tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) ${selector}')].map((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { left, right, top, bottom };
})`);

for (const layout of LAYOUTS) {
    for (const look of [{ theme: 'plain' }, { theme: 'neon' }, { theme: 'arcade' }, { theme: 'plain', mode: 'slides', slideSeconds: 60 }]) {
        test(`stacked marks stay in their row, ${layout}, ${look.theme}, ${look.mode ?? 'scroll'}`, async (context) => {
            // In columns and flowing names, the rows above and below are those of the neighbours in the same column.
            const blank = { name: '\u00a0'.repeat(24) };
            const names = [...Array(6).fill(blank), { name: STACKED }, { name: STACKED }, { name: STACKED }, ...Array(6).fill(blank)];
            const tab = await showing(context, { ...look, shadow: 0, fade: 0 }, 5000, { sections: [people('a', names, { title: '', layout })] });
            const picture = await tab.page.screenshot();
            const entries = await boxes(tab, '.entry');
            const own = drawnIn(picture, entries[7]);
            assert.ok(own > 20, `the name itself is drawn: ${own} pixels`);
            const others = entries.filter((_, index) => index < 6 || index > 8).filter(({ top, bottom }) => entries.slice(6, 9).every((row) => bottom <= row.top || top >= row.bottom));
            assert.ok(others.length >= 6);
            for (const box of others) assert.equal(drawnIn(picture, box), 0, `drawn over the row at ${box.top}`);
        });
    }
}

test('stacked marks in a line below a name, and in a note, cover no other', async (context) => {
    const lines = [{ text: '\u00a0' }, { text: '\u00a0' }, { text: STACKED }, { text: '\u00a0' }, { text: '\u00a0' }];
    const tab = await showing(context, { theme: 'plain', shadow: 0, fade: 0 }, 4500, { sections: [people('a', [{ name: '\u00a0', lines }, { name: '\u00a0', note: STACKED }, { name: '\u00a0' }], { title: '' })] });
    const picture = await tab.page.screenshot();
    const [first, second, own, fourth, fifth] = await boxes(tab, '.line');
    assert.ok(drawnIn(picture, own) > 20);
    // A line has no gap around it, and is extended by the room that accents of capital letters need.
    const room = (own.bottom - own.top) * 0.12;
    for (const box of [first, { ...second, bottom: second.bottom - room }, { ...fourth, top: fourth.top + room }, fifth]) assert.equal(drawnIn(picture, box), 0);
    const whos = await boxes(tab, '.entry > .who');
    for (const box of [whos[0], whos[2]]) assert.equal(drawnIn(picture, box), 0);
});

test('ordinary names with marks are drawn whole', async (context) => {
    const names = named('Nguyễn Thị Ế', 'ÅNGSTRÖM Ǟ', 'กี่ ปู่ ญี่ปุ่น', 'हिन्दी क्षेत्र', 'مُحَمَّد', 'שָׁלוֹם', '👩\u200d🚀🏳️\u200d🌈', 'gjpqy Çç');
    for (const layout of ['center', 'three-columns']) {
        const tab = await showing(context, { theme: 'plain', fade: 0 }, 6000, { sections: [people('a', names, { title: '', layout })] });
        const clipped = await tab.page.screenshot();
        await tab.run(`document.head.append(Object.assign(document.createElement('style'), { textContent: '* { clip-path: none !important }' }))`);
        assert.deepEqual(PNG.sync.read(await tab.page.screenshot()).data, PNG.sync.read(clipped).data, layout);
    }
});

test('the user\'s style sheet and font, from files beside the page', async (context) => {
    const tab = await showing(context, {}, 8000);
    assert.equal(await tab.run(`document.fonts.check('600 20px Mine') && [...document.fonts].some(({ family, status }) => family.includes('Mine') && status === 'loaded')`), true);
    assert.match(await tab.run(`getComputedStyle(document.querySelector('.entry')).fontFamily`), /^Mine/);
});

test('no pixel is drawn before a roll, and after it', async (context) => {
    const tab = await CreditsTab.open(browser, folder.url, SIZE);
    context.after(() => tab.close());
    assert.equal(visiblePixels(await tab.page.screenshot()), 0);
    await tab.roll(rollOf(SECTIONS, { seconds: 1, minimumSeconds: 0 }));
    await sleep(500);
    assert.ok(visiblePixels(await tab.page.screenshot()) > 1000);
    await tab.until('the end', ({ state }) => state === 'complete');
    assert.equal(visiblePixels(await tab.page.screenshot()), 0);
});

test('the picture in the README', async (context) => {
    const asInstalled = await makeFolder();
    context.after(() => asInstalled.remove());
    const tab = await showing(context, { theme: 'cinema', fade: 70, speed: 100 }, 7300, { size: { width: 960, height: 540 }, url: asInstalled.url });
    await assertLooksLike(new URL('../../docs/images/credits.png', import.meta.url), await pictureOf(tab, 'linear-gradient(#101827, #2a2140 60%, #452a4a)'));
});

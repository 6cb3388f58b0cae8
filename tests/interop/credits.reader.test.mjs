// The exported file as a page to read: its letters must be readable in every theme, on the screen, printed, and without motion.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startChromium } from './chromium.mjs';
import { THEMES, makeFolder, named, people, rollOf } from './credits.mjs';

const SIZE = { width: 900, height: 700 };
const REDUCED = { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }] };
const MODES = {
    reading: { media: REDUCED },
    'reading after the roll': { leave: true },
    print: { media: { ...REDUCED, media: 'print' } },
    'print while the roll plays': { media: { media: 'print' } },
};
/** The contrast that WCAG requires of text of any size (AA). */
const READABLE = 4.5;
/** The contrast that it requires of large text, for names on the coloured message effects of Twitch. */
const READABLE_EFFECT = 3;

const SECTIONS = [
    { id: 'opening', kind: 'text', title: 'Thanks for watching', text: 'Five *hours*, two **bosses**, one sheep', layout: 'center' },
    people('follows', named('TobiWanders', 'pixelmoth', 'נור', '雪見うどん 🎉'), { title: 'New followers', icon: 'heart', layout: 'two-columns' }),
    people('gifts', [{ name: 'NorthernRose', amount: '×20', note: 'the largest', platform: 'Twitch' }], { title: 'Gifts', icon: 'gift' }),
    people('rewards', [{ name: 'Hydrate!', amount: '×14', lines: [{ text: 'zed', amount: '×9' }, { icon: 'check', text: 'LunaCast' }] }], { title: 'Rewards', layout: 'left' }),
    people('effects', [{ name: 'pixelmoth', amount: '×2', skin: 'simmer' }, { name: 'zed', skin: 'rainbow-eclipse' }, { name: 'Ballad', skin: 'cosmic-abyss' }], { title: 'Effects' }),
    people('raids', [], { title: 'Raids', empty: 'Nobody yet' }),
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

let files = 0;
/** The page with a roll in it, as `credits get --format html` writes it. */
async function exported(look, sections) {
    const json = JSON.stringify(rollOf(sections, look)).replaceAll('<', '\\u003c');
    const page = await readFile(join(folder.dir, 'index.html'), 'utf8');
    const file = join(folder.dir, `exported-${++files}.html`);
    await writeFile(file, page.replace('<body>', () => `<body>\n<script type="application/json" id="roll">${json}</script>`));
    return pathToFileURL(file).href;
}

async function opened(context, look, { media = {}, leave = false, sections = SECTIONS }) {
    const page = await browser.open(await exported(look, sections), SIZE, media);
    context.after(() => page.close());
    if (leave) await page.run('CreditsPage.credits.stage.click()');
    await page.run('document.fonts.ready.then(() => {})');
    return page;
}

/**
 * For each element with text: the text, its contrast with the background, and whether it is on a message effect. Of a gradient, the colour
 * with the least contrast counts. The last background is the page, or white paper.
 */
const MEASURE = `(() => {
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b, alpha] = context.getImageData(0, 0, 1, 1).data;
        return { rgb: [r, g, b], alpha: alpha / 255 };
    };
    const over = ({ rgb, alpha }, below) => rgb.map((value, index) => value * alpha + below[index] * (1 - alpha));
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    const behind = (element) => {
        if (!element) return [[255, 255, 255]];
        const { backgroundColor, backgroundImage } = getComputedStyle(element);
        const below = behind(element.parentElement).map((rgb) => over(rgba(backgroundColor), rgb));
        const areas = backgroundImage.replace(/radial-gradient\\((?:[^()]|\\([^()]*\\))*\\)/g, ''); // the stars of cosmic-abyss
        const stops = areas.match(/rgba?\\([^)]*\\)/g) || [];
        return stops.length === 0 ? below : stops.flatMap((stop) => below.map((rgb) => over(rgba(stop), rgb)));
    };
    const isShown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    return [...document.body.querySelectorAll('main *, article *')].filter((element) => isShown(element) && hasText(element)).map((element) => ({
        text: element.textContent,
        isEffect: element.closest('.skin') !== null,
        contrast: Math.min(...behind(element).map((rgb) => contrast(over(rgba(getComputedStyle(element).color), rgb), rgb))),
    }));
})()`;

async function assertReadable(page, what) {
    const measured = await page.run(MEASURE);
    const texts = measured.map(({ text }) => text);
    for (const text of ['Thanks for watching', 'New followers', 'TobiWanders', '×20', 'the largest', 'LunaCast', 'Ballad', 'Nobody yet']) {
        assert.ok(texts.includes(text), `${what}: “${text}” is shown, once; ${texts}`);
    }
    assert.equal(texts.filter((text) => text === 'NorthernRose').length, 1, `${what}: the page shows the roll once`);
    const faint = measured.filter(({ contrast, isEffect }) => contrast < (isEffect ? READABLE_EFFECT : READABLE));
    assert.deepEqual(faint, [], what);
}

const FONTS = `(root) => ['.title', '.name', '.amount', '.note', '.text-body'].map((selector) => {
    const { fontFamily, fontWeight, textTransform, letterSpacing } = getComputedStyle(document.querySelector(root + ' ' + selector));
    return [selector, fontFamily, fontWeight, textTransform, letterSpacing === 'normal'];
})`;

for (const theme of THEMES) {
    for (const [mode, how] of Object.entries(MODES)) {
        test(`every letter of the exported file can be read: ${theme}, ${mode}`, async (context) => {
            const page = await opened(context, { theme }, how);
            if (process.env.KEEP_SCREENSHOTS) await writeFile(join(process.env.KEEP_SCREENSHOTS, `${theme}-${mode.replaceAll(' ', '-')}.png`), await page.screenshot());
            await assertReadable(page, `${theme}, ${mode}`);
        });
    }

    test(`the page to read has the fonts of the roll: ${theme}`, async (context) => {
        const page = await opened(context, { theme }, {});
        await page.run(`new Promise((ready) => { const wait = () => document.querySelector('main .name') ? ready() : setTimeout(wait, 20); wait(); })`);
        assert.deepEqual(await page.run(`(${FONTS})('article')`), await page.run(`(${FONTS})('main')`));
    });
}

for (const [mode, how] of Object.entries(MODES)) {
    test(`names in a dark colour of the user's own can be read: ${mode}`, async (context) => {
        const page = await opened(context, { theme: 'cinema', nameColor: '#101010', titleColor: 'navy' }, how);
        await assertReadable(page, mode);
    });
}

test('a text of the streamer\'s own in white is printed in black', async (context) => {
    const sections = [{ id: 'text', kind: 'text', title: 'Hello', text: 'One <span style="color: #fff; background: #fff">white sheep</span>', layout: 'center' }];
    const page = await opened(context, { theme: 'plain' }, { ...MODES.print, sections });
    const seen = await page.run(MEASURE);
    assert.deepEqual(seen.filter(({ text }) => text === 'white sheep'), [{ text: 'white sheep', isEffect: false, contrast: 21 }]);
});

test('the user\'s style sheet holds for the page to read too', async (context) => {
    const custom = '.stage { --title-color: rgb(1, 200, 3); --name-font: monospace; --name-color: rgb(250, 240, 1); }';
    await writeFile(join(folder.dir, 'custom.css'), custom);
    context.after(() => writeFile(join(folder.dir, 'custom.css'), ''));
    const page = await opened(context, { theme: 'plain' }, MODES.reading);
    const seen = await page.run(`['.title', '.name'].map((selector) => getComputedStyle(document.querySelector('article ' + selector)).color)`);
    assert.deepEqual(seen, ['rgb(1, 200, 3)', 'rgb(250, 240, 1)']);
});

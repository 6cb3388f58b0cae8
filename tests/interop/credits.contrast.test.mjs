// Whether the credits can be read over any picture: the contrast between the letters and the ring of two pixels around them, for every kind
// of text, in every theme, over a white, a black and a busy picture.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { startChromium } from './chromium.mjs';
import { CreditsTab, THEMES, makeFolder, people, rollOf } from './credits.mjs';

const SIZE = { width: 1280, height: 720 };
const PICTURES = {
    white: '#fff',
    black: '#000',
    busy: 'repeating-conic-gradient(#fff 0 25%, #111 0 50%) 0 0 / 22px 22px, #fff',
    colours: 'repeating-linear-gradient(75deg, #f5e04a 0 18px, #3ad1ff 0 36px, #ffffff 0 54px, #7bff5a 0 72px)',
};
/** The least contrast that WCAG asks of text. */
const LEAST = 4.5;

const SECTIONS = [
    { id: 'text', kind: 'text', title: 'Thank you', text: 'Good night, and see you on Thursday', layout: 'center' },
    people('names', [
        { name: 'HarborLights', amount: '38 months', platform: 'YouTube' },
        { name: 'NorthernRose', amount: '×20', note: 'the largest of the night' },
        { name: 'Hydrate', lines: [{ text: 'quietstorm', amount: '38 months' }] },
        { name: 'pixelmoth', skin: 'simmer' },
        { name: 'foxglove', skin: 'rainbow-eclipse' },
        { name: 'Ballad', skin: 'cosmic-abyss' },
    ], { title: 'Supporters' }),
    { ...people('nobody', []), title: 'Raids', empty: 'Nobody yet' },
];
const KINDS = ['.title-text', '.name', '.who > .amount', '.platform', '.note', '.line-text', '.line > .amount', '.text', '.empty', '.skin .name'];

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

const drawn = (tab) => tab.run('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');

async function pixels(tab) {
    await drawn(tab);
    return PNG.sync.read(await tab.page.screenshot());
}

const setStyle = (tab, css) => tab.run(`(() => {
    const own = document.getElementById('of-the-test') ?? document.head.appendChild(Object.assign(document.createElement('style'), { id: 'of-the-test' }));
    own.textContent = ${JSON.stringify(css)};
})()`);

/** The style in which the letters of one kind are white on black, and nothing else is visible. */
const alone = (selector) => `
    html { background: #000 !important; }
    .stage * { visibility: hidden !important; }
    ${selector.split(',').map((one) => `.stage ${one}, .stage ${one} *`).join(', ')} {
        visibility: visible !important; color: #fff !important; background: none !important; box-shadow: none !important;
        text-shadow: none !important; -webkit-text-stroke: 0 !important; filter: none !important;
    }`;

/** The pixels that letters fill, and those at most two pixels away that they do not touch. */
function fillAndRing({ data, width, height }) {
    const covered = new Float32Array(width * height);
    for (let index = 0; index < covered.length; index++) covered[index] = data[4 * index] / 255;
    const most = covered.reduce((one, other) => Math.max(one, other), 0.5); // thin letters fill no pixel completely
    const fill = [];
    const ring = [];
    for (let y = 2; y < height - 2; y++) {
        for (let x = 2; x < width - 2; x++) {
            const index = y * width + x;
            if (covered[index] > most * 0.9) fill.push(index);
            else if (covered[index] < 0.02 && isNear(covered, width, index)) ring.push(index);
        }
    }
    return { fill, ring };
}

function isNear(covered, width, index) {
    for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) if (dx * dx + dy * dy <= 4 && covered[index + dy * width + dx] > 0.5) return true;
    }
    return false;
}

const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

function luminance({ data }, index) {
    const [r, g, b] = [0, 1, 2].map((part) => linear(data[4 * index + part] / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;

function contrast(picture, { fill, ring }) {
    const [letters, around] = [median(fill.map((index) => luminance(picture, index))), mean(ring.map((index) => luminance(picture, index)))];
    return (Math.max(letters, around) + 0.05) / (Math.min(letters, around) + 0.05);
}

/** The contrasts of all kinds of text that are visible now, for each picture. */
async function contrasts(tab, selectors) {
    const shapes = new Map();
    for (const selector of selectors) {
        await setStyle(tab, alone(selector));
        const shape = fillAndRing(await pixels(tab));
        if (shape.fill.length > 10) shapes.set(selector, shape);
    }
    const found = [];
    for (const [name, background] of Object.entries(PICTURES)) {
        await setStyle(tab, `html { background: ${background} !important; }`);
        const picture = await pixels(tab);
        for (const [selector, shape] of shapes) found.push([`${selector} on ${name}`, contrast(picture, shape)]);
    }
    return { found, seen: [...shapes.keys()] };
}

async function showing(context, look, sections = SECTIONS) {
    const tab = await CreditsTab.open(browser, folder.url, SIZE);
    context.after(() => tab.close());
    await tab.roll(rollOf(sections, { speed: 90, fade: 0, dim: 0.55, minimumSeconds: 0, ...look }));
    return tab;
}

function assertReadable(found) {
    const poor = found.filter(([, value]) => value < LEAST);
    assert.deepEqual(poor.map(([what, value]) => `${what}: ${value.toFixed(2)}`), []);
    console.log(`# the least contrast: ${Math.min(...found.map(([, value]) => value)).toFixed(2)}`);
}

/** When all sections are in the picture. */
const MIDDLE_MS = 12_250;

for (const theme of THEMES) {
    test(`every kind of text can be read over any picture, ${theme}`, async (context) => {
        const tab = await showing(context, { theme, scale: 0.7 });
        await tab.hold(MIDDLE_MS);
        const { found, seen } = await contrasts(tab, KINDS);
        assert.deepEqual(seen, KINDS);
        assertReadable(found);
    });

    test(`titles that stay can be read over any picture, ${theme}`, async (context) => {
        const tab = await showing(context, { theme, stickyTitles: true }, [people('names', Array(40).fill({ name: 'Name' }), { title: 'Supporters' })]);
        await tab.hold(25_000);
        const { found, seen } = await contrasts(tab, ['.titles .title-text']);
        assert.equal(seen.length, 1);
        assertReadable(found);
    });
}

test('browsers that cannot draw an outline below letters draw shadows instead', async (context) => {
    const tab = await showing(context, { theme: 'cinema', scale: 0.7 });
    await tab.run(`document.querySelector('.stage').classList.replace('outlined', 'ringed')`);
    await tab.hold(MIDDLE_MS);
    assertReadable((await contrasts(tab, KINDS)).found);
});

test('dark letters of the user get a light outline', async (context) => {
    const tab = await showing(context, { theme: 'plain', scale: 0.7, nameColor: '#101010', titleColor: 'navy' }, [people('names', [{ name: 'HarborLights' }], { title: 'Supporters' })]);
    await tab.hold(10_000);
    assertReadable((await contrasts(tab, ['.title-text', '.name'])).found);
});

test('the picture gets darker when the credits begin, and lighter at their end', async (context) => {
    const tab = await showing(context, { theme: 'plain', seconds: 20 });
    const duration = 20_000;
    await setStyle(tab, 'html { background: #fff !important; }');
    const brightness = async (ms) => {
        await tab.hold(ms);
        const picture = await pixels(tab);
        return picture.data[4 * (10 * SIZE.width + 10)];
    };
    assert.equal(await brightness(0), 255);
    assert.equal(await brightness(duration / 2), Math.round(255 * 0.45));
    const fading = await brightness(duration - 300);
    assert.ok(fading > 150 && fading < 255, `${fading}`);
    await tab.control('look', { dim: 0 });
    await tab.until('the change', ({ state }) => state !== 'idle');
    await tab.hold(duration / 2);
    assert.equal(await brightness(duration / 2), 255);
});

// The pictures of the docs: all themes on one page, and the credits over a bright game, in an upright picture and in a 4K one. No word in
// them is broken inside. UPDATE_SCREENSHOTS=1 takes new pictures.

import assert from 'node:assert/strict';
import { rm, stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { startChromium } from './chromium.mjs';
import { CreditsTab, THEMES, makeFolder, named, people, rollOf } from './credits.mjs';
import { assertLooksLike } from './screenshots.mjs';

const DOCS = new URL('../../docs/images/', import.meta.url);
const MOST_BYTES = 600 * 1024;

/** A picture like that of a bright game: a sky, hills, platforms and coins. */
const GAME = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90" preserveAspectRatio="xMidYMid slice">
<path fill="#8fd3ff" d="M0 0h160v90H0z"/><circle cx="128" cy="18" r="10" fill="#fff3b0"/>
<path fill="#fff" d="M18 20h22v-4h-4v-4H26v4h-8zM70 12h26v-4h-6V4H78v4h-8zM102 32h20v-3h-5v-3h-9v3h-6z"/>
<path fill="#7fd18a" d="M0 62q20-22 44-6t50-2 40-6 26 6v36H0z"/><path fill="#57b868" d="M0 72q30-14 60-2t56-4 44 4v20H0z"/>
<path fill="#e9b66b" d="M0 80h160v10H0z"/><path fill="#4fae4f" d="M0 78h160v4H0z"/>
<path fill="#c9803f" d="M24 54h30v6H24zM92 44h34v6H92z"/><path fill="#5cc45c" d="M24 52h30v3H24zM92 42h34v3H92z"/>
<path fill="#ff5a5a" d="M36 40h8v4h-8zM34 44h12v3H34z"/><path fill="#3b5bdb" d="M35 47h10v5H35z"/>
<g fill="#ffd43b"><circle cx="98" cy="36" r="2"/><circle cx="105" cy="36" r="2"/><circle cx="112" cy="36" r="2"/><circle cx="119" cy="36" r="2"/></g>
<path fill="#fff" d="M6 5h30v3H6z"/><path fill="#ff6b6b" d="M6 5h22v3H6z"/>
</svg>`;
const PICTURE = `url("data:image/svg+xml,${encodeURIComponent(GAME)}") center / cover`;

const FOLLOWERS = people('follows', named('TobiWanders', 'pixelmoth', 'Δημήτρης', 'Катерина', 'JuniperJay', 'Łukasz'), { title: 'New followers', icon: 'heart', layout: 'three-columns' });
const CHEERS = people('cheers', [{ name: 'NorthernRose', amount: '12,500 bits', weight: 100 }, { name: 'HarborLights', amount: '2,500 bits', weight: 44 }, { name: 'نور الليل', amount: '100 bits' }, { name: 'zed', amount: '1 bit' }], { title: 'Cheers', icon: 'gem', layout: 'pairs' });
const LONG = ['TheQuickBrownFoxJumpsOver', 'abcdefghijklmnopqrstuvwxy', 'the_quick_brown_fox_jumps', 'HarborLightsOfTheNorth_25'];
const SHORT = ['HarborLights', 'Rückenwind', 'teacup_dragon', 'quietstorm'];
const sectionsWith = (names) => [
    people('raids', [{ name: 'SaltAndPixels', amount: '214 viewers', weight: 90 }, { name: 'DerLeuchtturm', amount: '37 viewers' }], { title: 'Raids', icon: 'people', layout: 'pairs' }),
    people('subs', [{ name: names[0], amount: '38 months' }, { name: 'mossy_stone', amount: '12 months' }, { name: 'Ballad', amount: '3 months' }, { name: names[1], amount: '7 months' }, { name: 'דניאל', amount: '2 months' }], { title: 'Resubscribers', icon: 'star', layout: 'two-columns' }),
    CHEERS,
    people('tips', [{ name: names[2], amount: '€12.50', weight: 92 }, { name: names[3], amount: '€5', weight: 20 }, { name: 'kettle_on', amount: '€2' }], { title: 'Tips', icon: 'coin', layout: 'pairs' }),
    people('follows', named('TobiWanders', 'pixelmoth', 'Nachtfalke', 'Ёлка', 'LunaCast', 'JuniperJay', 'Αλεξάνδρα', 'foxglove', 'Sørensen', 'Łukasz', ...names.slice(0, 2)), { title: 'New followers', icon: 'heart', layout: 'three-columns' }),
    { id: 'end', kind: 'text', title: 'Good night', text: 'See you on Thursday', layout: 'center' },
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

async function picture(context, [width, height], look, { sections = sectionsWith(SHORT), scale = 1, at = 30_000 } = {}) {
    const tab = await CreditsTab.open(browser, folder.url, { width, height });
    context.after(() => tab.close());
    await tab.roll(rollOf(sections, { seconds: 60, dim: 0.55, minimumSeconds: 0, ...look }));
    await tab.hold(at);
    await tab.run(`document.documentElement.style.background = ${JSON.stringify(PICTURE)}`);
    const loaded = await tab.run(`[...document.fonts].filter(({ status }) => status === 'loaded').length`);
    assert.ok(loaded > 0, 'the fonts of the theme are loaded');
    assert.deepEqual(await tab.brokenWords(), [], `${width}x${height}, ${JSON.stringify(look)}`);
    return PNG.sync.read(await tab.page.screenshot(scale));
}

/** Puts pictures of the same size side by side, in rows of `columns`. */
function sheet(pictures, columns) {
    const [{ width, height }] = pictures;
    const gap = 6;
    const rows = Math.ceil(pictures.length / columns);
    const whole = new PNG({ width: columns * (width + gap) - gap, height: rows * (height + gap) - gap });
    pictures.forEach((one, index) => PNG.bitblt(one, whole, 0, 0, width, height, (index % columns) * (width + gap), Math.floor(index / columns) * (height + gap)));
    return whole;
}

async function assertInDocs(name, whole) {
    // The pictures have no transparent parts, so they need no alpha.
    await assertLooksLike(new URL(name, DOCS), PNG.sync.write(whole, { colorType: 2, filterType: 0, deflateStrategy: 0, deflateLevel: 9 }));
    const { size } = await stat(new URL(name, DOCS));
    assert.ok(size < MOST_BYTES, `${name} has ${size} bytes`);
}

test('the themes, side by side', async (context) => {
    const pictures = [];
    for (const theme of THEMES) pictures.push(await picture(context, [640, 360], { theme, scale: 1.25, fade: 0, stickyTitles: false }, { sections: [FOLLOWERS, CHEERS], at: 44_000 }));
    await assertInDocs('themes.png', sheet(pictures, 2));
});

test('over a bright game', async (context) => {
    await assertInDocs('over-a-game.png', await picture(context, [1280, 720], { theme: 'cinema', fade: 60 }, { scale: 0.75, at: 26_000 }));
});

test('in an upright picture', async (context) => {
    await assertInDocs('upright.png', await picture(context, [1080, 1920], { theme: 'broadcast', fade: 80 }, { scale: 0.4, at: 34_000 }));
});

test('in 4K', async (context) => {
    await assertInDocs('4k.png', await picture(context, [3840, 2160], { theme: 'pastel', fade: 160 }, { scale: 0.25, at: 26_000 }));
});

for (const size of [[1080, 1920], [800, 600], [300, 900], [1280, 720], [3840, 2160]]) {
    test(`no word is broken inside, at ${size.join('x')}`, async (context) => {
        for (const theme of THEMES) for (const stickyTitles of [true, false]) await picture(context, size, { theme, stickyTitles }, { sections: sectionsWith(LONG), scale: 0.1 });
    });
}

test('a font file that is missing stops no roll', async (context) => {
    const bare = await makeFolder();
    context.after(() => bare.remove());
    await rm(new URL('fonts', bare.url), { recursive: true });
    const tab = await CreditsTab.open(browser, bare.url);
    context.after(() => tab.close());
    await tab.roll(rollOf([CHEERS], { theme: 'cinema' }));
    assert.equal((await tab.report()).state, 'rolling');
    assert.deepEqual((await tab.sections())[0].names.map(([name]) => name), CHEERS.names.map(({ name }) => name));
});

// How the end-credits page handles a roll and its controls. Needs neither OBS nor the bridge.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder, many, named, people, rollOf } from './credits.mjs';

let browser;
let folder;

before(async () => {
    [browser, folder] = await Promise.all([startChromium(), makeFolder()]);
});
after(async () => {
    await browser?.close();
    await folder?.remove();
});

async function opened(context, size) {
    const tab = await CreditsTab.open(browser, folder.url, size);
    context.after(async () => {
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    return tab;
}

const close = (actual, expected, tolerance, what) => assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, not ${expected} ± ${tolerance}`);

test('sections come in their order with titles, names, amounts and notes', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([
        { kind: 'text', title: 'Good evening', text: 'First line\nsecond line', layout: 'center' },
        people('follows', named('TobiWanders', 'pixelmoth')),
        people('gifts', [
            { name: 'NorthernRose', amount: '×20', note: 'the largest', badge: 'gift' },
            { name: 'Hydrate!', amount: '×14', lines: [{ text: 'zed', amount: '×9' }, { icon: 'check', text: 'LunaCast' }] },
        ], { title: '' }),
        people('raids', [], { empty: 'Nobody yet' }),
    ]));
    assert.deepEqual(await tab.sections(), [
        { id: '0', title: 'Good evening', text: 'First line\nsecond line', names: [] },
        { id: 'follows', title: 'Title of follows', names: [['TobiWanders'], ['pixelmoth']] },
        { id: 'gifts', names: [['NorthernRose', '×20', 'the largest'], ['Hydrate!', '×14', 'zed×9', 'LunaCast']] },
        { id: 'raids', title: 'Title of raids', text: 'Nobody yet', names: [] },
    ]);
});

test('the platform stands behind a name where the bridge says so', async (context) => {
    const tab = await opened(context);
    const names = [{ name: 'Lea', platform: 'Twitch', amount: '×2' }, { name: 'Lea', platform: 'YouTube', lines: [{ text: 'Lea', platform: 'Kick' }] }, { name: 'Max' }];
    await tab.roll(rollOf([people('follows', names)]));
    const shown = await tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) .entry')].map((entry) => [...entry.querySelectorAll('bdi')].map((part) => [part.className, part.textContent].join(' ')))`);
    assert.deepEqual(shown, [['name Lea', 'platform Twitch', 'amount ×2'], ['name Lea', 'platform YouTube', 'line-text Lea', 'platform Kick'], ['name Max']]);
});

test('what people write is text, wherever it stands', async (context) => {
    const tab = await opened(context);
    const evil = [
        '<img src=x onerror="window.hacked=1">', '<script>window.hacked=1</script>', '"><svg onload=window.hacked=1>', '{{constructor.constructor("window.hacked=1")()}}',
        '</style><style>*{display:none}</style>', 'javascript:window.hacked=1', '&lt;b&gt;', '</script><script>window.hacked=1</script>',
    ];
    const sections = evil.map((text, index) => people(text, [{ name: text, amount: text, note: text, icon: text, badge: text, images: [text], skin: text, lines: [{ text, amount: text, icon: text }] }],
        { title: text, icon: text, layout: text, empty: text, alt: text, src: text, text, kind: ['people', 'text', 'image'][index % 3] }));
    await tab.roll(rollOf(sections, { theme: '"] *{display:none}', titleFont: evil[0], titleColor: evil[0], nameFont: '"; } * { display: none } "', mode: evil[0], direction: evil[0], scale: 0.2 }, { emotes: evil, seconds: evil[0] }));
    await sleep(300);
    const shown = await tab.sections();
    assert.deepEqual(shown.map(({ title }) => title), evil);
    assert.deepEqual(shown.filter((_, index) => index % 3 === 0).map(({ names }) => names), evil.filter((_, index) => index % 3 === 0).map((text) => [[text, text, text, `${shownIcon(text)}${text}${text}`]]));
    assert.equal(await tab.run('window.hacked'), undefined);
    assert.equal(await tab.run(`[...document.querySelectorAll('main script, main style, main iframe, main [onerror], main [onload]')].length`), 0);
    assert.equal(await tab.run(`[...document.images].filter(({ src }) => !/^(https|file|data):/.test(src)).length`), 0);
    assert.equal(await tab.run(`getComputedStyle(document.querySelector('.section')).display`), 'block');
    assert.deepEqual(tab.page.alerts, []);
});

/** An icon that is no drawing, no image and no word is shown as it is. */
const shownIcon = (text) => text;

test('stars make italic and bold', async (context) => {
    const tab = await opened(context);
    const texts = ['a *b* **c d** e', '\\*no\\* 5 * 3', '**<b>x</b>**', '*', '**', '*a\nb*', '5*3', '*ال*'];
    await tab.roll(rollOf(texts.map((text) => ({ kind: 'text', text }))));
    assert.deepEqual(await tab.run(`[...document.querySelectorAll('.text-body')].map((body) => [...body.childNodes].filter((node) => node.textContent).map((node) => [node.nodeName, node.textContent].join(' ')).join('|'))`), [
        '#text a |EM b|#text  |STRONG c d|#text  e', '#text *no* 5 * 3', 'STRONG x', '#text *', '#text **', 'EM a\nb', '#text 5*3', 'EM ال',
    ]);
});

test('a text may be dressed by HTML; what could do more than that is shown as it was written', async (context) => {
    const tab = await opened(context);
    const texts = [
        '<h3 style="color: lime">Thanks</h3>to <span class="mine">*all*</span> <a href="https://example.org" onclick="window.hacked=1">of you</a>',
        'a < b & c &lt;i> I <3 you',
        '<script>window.hacked=1</script><iframe src="javascript:parent.hacked=1"></iframe>',
        '<b onmouseover="window.hacked=1">x</b><img src=x onerror="window.hacked=1"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="40">',
        '<svg onload="window.hacked=1"><circle r="9"></circle></svg><style>* { display: none }</style><template><script>window.hacked=1</script></template>',
        '<p>open <em>end',
    ];
    await tab.roll(rollOf(texts.map((text) => ({ kind: 'text', text }))));
    await sleep(300);
    assert.deepEqual(await tab.run(`[...document.querySelectorAll('.text-body')].map((body) => body.innerHTML.replace(/<img [^>]*src="(.{10})[^>]*width="40"[^>]*>/, '<img $1>'))`), [
        '<h3 style="color: lime">Thanks</h3>to <span class="mine"><em>all</em></span> <a>of you</a>',
        'a &lt; b &amp; c &lt;i&gt; I &lt;3 you',
        '&lt;script&gt;window.hacked=1&lt;/script&gt;&lt;iframe src="javascript:parent.hacked=1"&gt;&lt;/iframe&gt;',
        '<b>x</b>&lt;img src="x" onerror="window.hacked=1"&gt;<img data:image>',
        '&lt;svg onload="window.hacked=1"&gt;&lt;circle r="9"&gt;&lt;/circle&gt;&lt;/svg&gt;&lt;style&gt;* { display: none }&lt;/style&gt;&lt;template&gt;&lt;script&gt;window.hacked=1&lt;/script&gt;&lt;/template&gt;',
        '<p>open <em>end</em></p>',
    ]);
    assert.equal(await tab.run('getComputedStyle(document.querySelector("h3")).color'), 'rgb(0, 255, 0)');
    assert.equal(await tab.run('window.hacked'), undefined);
    assert.deepEqual((await tab.report()).warnings.filter((warning) => warning.includes('x')).length, 1, 'the image without an address');
    assert.deepEqual([tab.page.alerts, tab.page.errors], [[], []]);
});

test('the page runs no script but its own', async (context) => {
    const tab = await opened(context);
    await tab.run(`new Promise((resolve) => {
        addEventListener('securitypolicyviolation', resolve);
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 1';
        document.body.append(script);
    })`);
    assert.equal(await tab.run('window.hacked'), undefined);
});

test('nothing is shown while nothing rolls, and nothing is left of a roll', async (context) => {
    const tab = await opened(context);
    const isEmpty = () => tab.run(`document.querySelector('main').children.length === 0 && getComputedStyle(document.body).backgroundColor === 'rgba(0, 0, 0, 0)'`);
    assert.deepEqual(await tab.report(), { page: 'credits', roll: null, state: 'idle', warnings: [] });
    assert.ok(await isEmpty());
    const { id } = await tab.roll(rollOf([people('a', named('one'))], { minimumSeconds: 0 }, { seconds: 0.5 }));
    await tab.until('the end', ({ state }) => state === 'complete');
    assert.deepEqual(await tab.report(), { page: 'credits', roll: id, test: false, names: 1, state: 'complete', seconds: 0.5, pace: 'seconds', warnings: [] });
    assert.ok(await isEmpty());
});

test('a page that nobody sees comes to its end too', async (context) => {
    for (const mode of ['scroll', 'slides']) {
        const tab = await opened(context);
        const inFront = await opened(context);
        await inFront.page.bringToFront();
        assert.equal(await tab.run('document.visibilityState'), 'hidden');
        await tab.roll(rollOf([people('a', named('one')), people('b', many(30))], { mode, seconds: 3 }));
        await tab.control('next');
        await tab.until('the end', ({ state }) => state === 'complete');
    }
});

test('a roll that is heard again changes nothing, before its end and after it', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf([people('a', named('one'))], { seconds: 1.5 }));
    const states = tab.run(`new Promise((resolve) => {
        const states = [];
        CreditsPage.credits.onChange = ({ state }) => states.push(state);
        setTimeout(() => resolve(states), 2500);
    })`);
    for (let count = 0; count < 20; count++) {
        await tab.tell({ overlay: 'roll', roll: { ...roll, elapsedMs: 100 * count } });
        await sleep(100);
    }
    assert.deepEqual(await states, ['complete']);
});

test('a new roll takes the place of the one before', async (context) => {
    const tab = await opened(context);
    await tab.tell({ overlay: 'roll', roll: rollOf([people('old', named('old'))]) });
    await tab.roll(rollOf([people('new', named('new'))]));
    assert.deepEqual((await tab.sections()).map(({ id }) => id), ['new']);
});

test('nonsense is no roll and no control', async (context) => {
    const tab = await opened(context);
    for (const message of [{ overlay: 'roll' }, { overlay: 'roll', roll: 7 }, { overlay: 'roll', roll: { id: 1, sections: [] } }, { overlay: 'roll', roll: { id: 'x' } }, { overlay: 'control' }, { overlay: 'control', command: 'constructor' }]) await tab.tell(message);
    await tab.run(`void dispatchEvent(new CustomEvent('twitchat-bridge', { detail: { json: '{' } }))`);
    await tab.run(`void dispatchEvent(new CustomEvent('twitchat-bridge'))`);
    await tab.tell({ origin: 'somebody', overlay: 'roll', roll: rollOf([people('a', named('one'))]) });
    assert.equal((await tab.report()).state, 'idle');
    await tab.roll(rollOf([null, 7, {}, { kind: 'people', names: [{}, { name: null }, { name: 5 }] }], { speed: -1, scale: 'x', fade: null, delay: Infinity }));
    assert.deepEqual((await tab.sections()).map(({ names }) => names), [[], [], [], [[''], [''], ['5']]]);
});

const NOTHING = [null, 7, 'text', {}, [null], [7], [[]], undefined];

test('lists with nothing in them, and values that are no lists, stop no roll', async (context) => {
    const tab = await opened(context);
    for (const mode of ['scroll', 'slides']) {
        for (const nothing of NOTHING) {
            for (const layout of ['center', 'flow-center', 'two-columns', 'pairs']) {
                const odd = { name: nothing, amount: nothing, weight: nothing, note: nothing, badge: nothing, platform: nothing, skin: nothing, images: nothing, lines: nothing };
                const lines = [nothing, { text: nothing, amount: nothing, icon: nothing, platform: nothing }];
                const sections = [
                    people('names', nothing, { layout }),
                    people('entries', [nothing, odd, { ...odd, lines }, { name: 'there', amount: '1 bit' }], { layout, title: nothing, icon: nothing, id: nothing }),
                    { kind: 'text', text: nothing, title: nothing },
                    { kind: 'image', src: nothing, alt: nothing, height: nothing },
                    nothing,
                ];
                const roll = await tab.roll(rollOf(sections, { mode, theme: nothing }, { emotes: nothing, replaced: nothing, seconds: nothing }));
                await tab.control('replace', [nothing, { at: nothing, name: nothing }, { at: [1, 0], name: odd }], { roll: roll.id });
                if (mode === 'scroll') assert.ok((await tab.sections()).flatMap(({ names }) => names).flat().includes('there'), `${JSON.stringify(nothing)}, ${layout}`);
            }
        }
        await tab.tell({ overlay: 'roll', roll: rollOf([], { mode }) });
    }
});

test('pictures beside the page may have spaces and signs in their names', async (context) => {
    const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    const files = ['my logo.png', 'logo #1.png', 'is it?.png', '100 %.png', 'été à la mer.png', '50%20.png'];
    const beside = await makeFolder(Object.fromEntries(files.map((name) => [name.replace('%20', ' '), pixel])));
    context.after(() => beside.remove());
    const tab = await CreditsTab.open(browser, beside.url);
    context.after(() => tab.close());
    await tab.roll(rollOf([...files.map((src) => ({ kind: 'image', src, alt: src })), { kind: 'text', title: 'x', icon: 'my logo.png', text: '<img src="my logo.png">' },
        people('a', [{ name: 'one', images: ['my logo.png'] }])]));
    assert.deepEqual((await tab.report()).warnings.filter((warning) => warning.startsWith('cannot show')), []);
    const loaded = await tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) img')].map((image) => image.naturalWidth)`);
    assert.deepEqual(loaded, Array(files.length + 3).fill(1));
    await tab.roll(rollOf([{ kind: 'image', src: 'no such.png' }]));
    await tab.until('the warning', ({ warnings }) => warnings.some((warning) => warning === 'cannot show no such.png'));
});

test('pixels per second, total seconds and the start delay are kept', async (context) => {
    const tab = await opened(context);
    const sections = [people('a', many(40))];
    const topAfter = async (ms) => {
        await tab.hold(ms);
        return tab.run(`document.querySelector('.roll').getBoundingClientRect().top`);
    };
    // Speeds are those of a picture that is 1,080 pixels high. The roll eases in for 1.5 s and out for 2 s, and holds its end for 3.5 s.
    await tab.roll(rollOf(sections, { speed: 225, delay: 2 }));
    const height = await tab.run(`document.querySelector('.roll').offsetHeight`);
    const rest = 0.94 * 720 - height; // the section is higher than the picture
    const whole = 2 + (720 - rest) / 150 + 1.75 + 4.5;
    close((await tab.report()).seconds, whole, 0.02, 'seconds');
    for (const [ms, top] of [[0, 720], [2000, 720], [2750, 720 - 0.5 * 0.75 * 75], [4000, 720 - 150 * 1.25], [6500, 720 - 150 * 3.75]]) close(await topAfter(ms), top, 0.1, `the top after ${ms} ms`);
    for (const ms of [4400, 4000, 2000]) close(await topAfter(whole * 1000 - ms), rest, 0.3, `at rest ${ms} ms before the end`);
    const opacity = () => tab.run(`getComputedStyle(document.querySelector('.view:not([aria-hidden])')).opacity`);
    assert.equal(await opacity(), '1', 'it holds');
    await topAfter(whole * 1000 - 500);
    close(await opacity(), 0.5, 0.02, 'it fades out');
    await topAfter(5000);
    assert.equal(await opacity(), '1');
    await tab.roll(rollOf(sections, { seconds: 30, delay: 10 }));
    assert.equal((await tab.report()).seconds, 30);
    close(await topAfter(10_000), 720, 0.1, 'the top after the delay');
    close(await topAfter(25_500), rest, 0.3, 'the end at rest');
    await tab.roll(rollOf(sections, { seconds: 30 }, { seconds: 12 }));
    assert.equal((await tab.report()).seconds, 12);
});

test('who comes late joins in, and who comes after the end is through', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([people('a', many(40))], {}, { elapsedMs: 5000 }));
    close((await tab.report()).elapsedMs, 5300, 700, 'elapsed');
    await tab.roll(rollOf([people('a', many(40))], {}, { elapsedMs: 6000, paused: true }));
    const { elapsedMs, state } = await tab.report();
    assert.deepEqual([elapsedMs, state], [6000, 'paused']);
    await tab.roll(rollOf([people('a', many(40))], {}, { elapsedMs: 6000, rate: -3 }));
    await sleep(300);
    const back = await tab.report();
    assert.ok(back.elapsedMs < 6000 && back.rate === -3, JSON.stringify(back));
    await tab.tell({ overlay: 'roll', roll: rollOf([people('a', many(3))], {}, { elapsedMs: 500_000 }) });
    await tab.until('the end', ({ state }) => state === 'complete');
    await tab.roll(rollOf([people('a', many(40))], { seconds: 20, delay: 10, loop: true }, { elapsedMs: 47_000 })); // 20 s, then 10 s each
    close((await tab.report()).elapsedMs, 17_300, 700, 'elapsed in the fourth round');
});

test('pause, resume and speed', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([people('a', many(200))], { stickyTitles: true, fade: 60 }));
    await tab.control('pause');
    const held = await tab.report();
    assert.equal(held.state, 'paused');
    await sleep(200);
    assert.deepEqual(await tab.report(), held);
    await tab.control('speed', 4);
    assert.deepEqual(await tab.report(), { ...held, rate: 4 });
    await tab.control('resume');
    await sleep(500);
    const on = await tab.report();
    assert.ok(on.state === 'rolling' && on.elapsedMs > held.elapsedMs + 1500, JSON.stringify(on));
    await tab.control('speed', -4);
    await sleep(200);
    assert.ok((await tab.report()).elapsedMs < on.elapsedMs + 400);
    await tab.until('the beginning', ({ elapsedMs }) => elapsedMs === 0);
    await sleep(100);
    assert.deepEqual([(await tab.report()).elapsedMs, (await tab.report()).state], [0, 'rolling'], 'it waits there');
    await tab.control('speed', 1);
    await tab.until('it goes on', ({ elapsedMs }) => elapsedMs > 50);
    await tab.control('speed', 0);
    const { elapsedMs } = await tab.report();
    await sleep(100);
    assert.equal((await tab.report()).elapsedMs, elapsedMs);
});

/** The position of the first name of a section on the stage. */
const topOf = (tab, id) => tab.run(`document.querySelector('.view:not([aria-hidden]) [data-id="${id}"]').getBoundingClientRect().top`);

for (const mode of ['scroll', 'slides']) {
    test(`next, previous and goto, in ${mode}`, async (context) => {
        const tab = await opened(context);
        await tab.roll(rollOf(['a', 'b', 'c'].map((id) => people(id, many(30))), { mode, slideSeconds: 5 }));
        await tab.control('pause');
        const section = () => tab.report().then((report) => report.section);
        const goes = async (command, value, id, more) => {
            const before = await tab.report();
            await tab.control(command, value, more);
            await tab.until(`${command} ${value ?? ''}`, ({ elapsedMs }) => elapsedMs !== before.elapsedMs);
            assert.equal(await section(), id, `${command} ${value ?? ''}`);
        };
        assert.equal(await section(), 'a');
        await goes('goto', 'b', 'b');
        if (mode === 'scroll') {
            await sleep(1000); // a glide takes at most a second
            close(await topOf(tab, 'b'), 0.2 * 720, 1, 'the section stands at the reading line');
        }
        await goes('next', undefined, 'c');
        await goes('previous', undefined, 'b');
        await goes('goto', 0, 'a');
        await goes('goto', undefined, 'c', { at: (await tab.report()).seconds * 1000 - 1000 });
        assert.equal((await tab.report()).state, 'paused', 'it still stands');
        await tab.control('previous');
        await tab.control('previous');
        await tab.until('two back', (report) => report.section === 'a');
        await tab.control('goto', 'nowhere');
        await tab.control('goto', 17);
        await sleep(600);
        assert.equal(await section(), 'a');
        await goes('goto', 'c', 'c');
        await tab.control('next');
        await tab.until('the end', ({ state }) => state === 'complete');
    });
}

test('going to another section glides within a second, and does not jump', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf(['a', 'b', 'c', 'd'].map((id) => people(id, many(60))), { stickyTitles: true, fade: 60, dim: 0.55 }));
    await tab.hold(2500);
    /** The places of the first title in the frames of the second that follows a control. */
    const places = (command, value) => tab.run(`new Promise((resolve) => {
        const tops = [];
        const roll = document.querySelector('.view:not([aria-hidden]) .roll:not(.titles)');
        const until = performance.now() + 2500;
        const frame = () => {
            const [glide] = roll.parentElement.getAnimations();
            tops.push([performance.now(), roll.getBoundingClientRect().top, glide ? glide.effect.getTiming().duration : 0]);
            if (performance.now() < until) requestAnimationFrame(frame);
            else resolve(tops.map(([ms, top, glideMs]) => [ms - tops[0][0], top, glideMs]));
        };
        requestAnimationFrame(frame);
        CreditsPage.credits.control({ command: '${command}', value: ${JSON.stringify(value ?? null)} });
    })`);
    const near = await places('next');
    const far = await places('goto', 'd');
    const back = await places('previous');
    for (const [what, seen] of Object.entries({ near, far, back })) {
        const last = seen[seen.length - 1][1];
        const arrived = seen.find(([, top]) => Math.abs(top - last) < 1)[0];
        context.diagnostic(`${what}: ${seen.length} frames, ${Math.round(seen[0][1])} to ${Math.round(last)} px, arrived after ${Math.round(arrived)} ms`);
        assert.ok(arrived < 2000 && arrived > 300, `${what}: ${arrived} ms`); // a second, and some time for a busy machine
        const glides = seen.map(([, , glideMs], index) => (index === 0 || glideMs !== seen[index - 1][2] ? glideMs : 0));
        assert.ok(Math.max(...glides) > 0 && glides.reduce((sum, ms) => sum + ms, 0) <= 1000, `${what}: ${glides.filter((ms) => ms > 0)} ms`);
        const steps = seen.slice(1).map(([ms, top], index) => Math.abs(top - seen[index][1]) / Math.max(ms - seen[index][0], 16));
        // A far glide leaves out the middle, in one step.
        const greatest = steps.sort((a, b) => b - a)[what === 'near' ? 0 : 1];
        assert.ok(greatest < 720 / 80, `${what}: no step is greater than a picture in 80 ms: ${greatest} px/ms`);
    }
});

test('previous before the first section stays at the start', async (context) => {
    const tab = await opened(context);
    for (const [mode, fromMs, toMs] of [['scroll', 3500, 3000], ['scroll', 1000, 1000], ['slides', 1000, 1000]]) {
        await tab.roll(rollOf([people('a', many(30)), people('b', many(30))], { mode, delay: 3, seconds: 60 }));
        await tab.control('pause');
        await tab.hold(fromMs);
        await tab.control('previous');
        await sleep(300);
        assert.equal((await tab.report()).elapsedMs, toMs, mode);
    }
});

test('without a number of seconds and a speed, a roll takes 60 to 180 s, or as long as reading needs', async (context) => {
    const tab = await opened(context);
    const auto = async (names, look = {}) => {
        await tab.roll(rollOf([people('a', many(names))], { speed: null, seconds: 'auto', ...look }));
        const { seconds, pace, warnings } = await tab.report();
        return [seconds, pace, warnings.length];
    };
    assert.deepEqual(await auto(3), [60, 'shortest', 0]);
    assert.deepEqual(await auto(3, { delay: 5 }), [65, 'shortest', 0]);
    const [usual, ...why] = await auto(110);
    assert.deepEqual([usual > 60 && usual < 180, ...why], [true, 'usual', 0]);
    assert.deepEqual(await auto(600), [180, 'longest', 0]);
    const [readable, reason, warned] = await auto(4000);
    assert.deepEqual([readable > 300, reason, warned], [true, 'readable', 0]);
    assert.deepEqual(await auto(4000, { minimumSeconds: 0 }), [180, 'longest', 0]);
    assert.deepEqual((await auto(600, { speed: 5000, minimumSeconds: 0 }))[1], 'speed');
    assert.deepEqual(await auto(600, { speed: 5000, seconds: 90, minimumSeconds: 0 }), [90, 'seconds', 0]);
    assert.deepEqual(await auto(3, { mode: 'slides' }), [60, 'shortest', 0]);
    assert.deepEqual((await auto(4000, { mode: 'slides' }))[1], 'readable');
    assert.deepEqual(await auto(3, { mode: 'slides', slideSeconds: 4 }), [4, 'slide_seconds', 0]);
});

test('the last section stands in the middle at the end', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([people('a', many(60)), { id: 'thanks', kind: 'text', text: 'Thank you!', layout: 'center' }], { seconds: 60 }));
    const { seconds } = await tab.report();
    const middle = () => tab.run(`(() => { const { top, bottom } = document.querySelector('.view:not([aria-hidden]) [data-id="thanks"]').getBoundingClientRect(); return (top + bottom) / 2; })()`);
    for (const before of [4400, 1100]) {
        await tab.hold(seconds * 1000 - before);
        close(await middle(), 360, 1, `${before} ms before the end`);
    }
    assert.equal((await tab.report()).section, 'thanks');
});

test('slides cross-fade, and their rows follow one another', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([people('a', many(9)), people('b', many(24), { layout: 'three-columns' })], { mode: 'slides', slideSeconds: 4 }));
    const opacities = () => tab.run(`[...document.querySelectorAll('.slide')].map((slide) => [slide.querySelector('.section').dataset.id, Number(getComputedStyle(slide).opacity),
        [...slide.querySelectorAll('.entry')].map((entry) => Number(getComputedStyle(entry).opacity))])`);
    await tab.hold(4000 + 350);
    const [[, leaving], [, coming, rows]] = await opacities();
    assert.ok(leaving > 0.1 && leaving < 0.95 && coming > 0.1 && coming < 0.95, `${leaving} and ${coming}`);
    assert.equal(new Set(rows.slice(0, 3)).size, 1, 'names of one row arrive together');
    assert.ok(rows[0] > rows[3] && rows[3] > rows[6], `one row after the other: ${rows}`);
    await tab.hold(4000 + 2500);
    const [[, gone], [, whole, all]] = await opacities();
    assert.deepEqual([gone, whole, [...new Set(all)]], [0, 1, [1]]);
});

test('with a loop, next goes from the last section to the first, and each round is complete by itself', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf(['a', 'b'].map((id) => people(id, many(3))), { seconds: 1, loop: true, delay: 0.5 }));
    const states = await tab.run(`new Promise((resolve) => {
        const states = [];
        CreditsPage.credits.onChange = ({ state }) => states.push(state) === 4 && resolve(states);
    })`);
    assert.deepEqual(states, ['complete', 'rolling', 'complete', 'rolling']);
    await tab.control('pause');
    await tab.control('goto', 'b');
    await tab.until('b', ({ section }) => section === 'b');
    await tab.control('next');
    await tab.until('a', ({ section }) => section === 'a');
    await tab.control('previous');
    await tab.until('b again', ({ section }) => section === 'b');
});

test('stop clears the stage; controls of another roll, heard before, or overtaken are not followed', async (context) => {
    const tab = await opened(context);
    const { id } = await tab.roll(rollOf([people('a', many(50))]));
    await tab.control('stop', undefined, { roll: 'another' });
    await tab.control('pause', undefined, { seq: 10 });
    await tab.control('resume', undefined, { seq: 12 });
    await tab.control('pause', undefined, { seq: 11 });
    assert.equal((await tab.report()).state, 'rolling');
    await tab.control('speed', 3, { seq: 13 });
    await tab.control('speed', 1, { seq: 14 });
    await tab.control('speed', 3, { seq: 13 });
    assert.equal((await tab.report()).rate, 1);
    await tab.control('pause', undefined, { seq: 1, bridge: 'a later run' });
    assert.equal((await tab.report()).state, 'paused');
    await tab.control('stop', undefined, { roll: id, seq: 15 });
    await tab.until('the end', ({ state }) => state === 'stopped');
    assert.equal(await tab.run(`document.querySelector('main').children.length`), 0);
    await tab.control('resume', undefined, { seq: 16 });
    assert.equal((await tab.report()).state, 'stopped');
});

/** The hidden and the visible names in all copies of the roll, and the boxes of all of them. */
const seen = (tab) => tab.run(`(() => {
    const entries = [...document.querySelectorAll('.entry, .line')];
    return {
        hidden: [...new Set(entries.filter((entry) => getComputedStyle(entry).visibility === 'hidden').map((entry) => entry.dataset.at))].sort(),
        shown: [...new Set(entries.filter((entry) => getComputedStyle(entry).visibility !== 'hidden').map((entry) => entry.dataset.at))].sort(),
        boxes: entries.map((entry) => { const { x, y, width, height } = entry.getBoundingClientRect(); return [x, y, width, height]; }),
    };
})()`);

const REWARD = { name: 'Hydrate!', amount: '×2', lines: [{ text: 'pixelmoth', amount: '×1' }, { text: 'zed', amount: '×1' }] };

for (const [mode, look] of [['scroll', { fade: 80, stickyTitles: true }], ['slides', {}]]) {
    test(`names are hidden where they stand and shown again, in ${mode}`, async (context) => {
        const tab = await opened(context);
        const sections = [people('follows', named('TobiWanders', 'pixelmoth', 'zed'), { layout: 'flow-center' }), people('rewards', [REWARD])];
        const roll = await tab.roll(rollOf(sections, { mode, ...look }));
        await tab.hold(1500);
        const before = await seen(tab);
        assert.deepEqual(before.hidden, []);
        await tab.control('replace', [{ at: [0, 1], name: null }, { at: [1, 0, 0], name: null }], { roll: roll.id });
        const during = await seen(tab);
        assert.deepEqual(during.hidden, mode === 'scroll' ? ['0.1', '1.0.0'] : during.hidden.filter((at) => ['0.1', '1.0.0'].includes(at)));
        assert.ok(during.hidden.includes('0.1'));
        assert.deepEqual(during.boxes, before.boxes, 'nothing has moved');
        await tab.control('look', { scale: 1.1 });
        await tab.until('the new look', ({ state }) => state === 'rolling' || state === 'paused');
        await until('the names hidden in the new look', async () => (await seen(tab)).hidden.includes('0.1'));
        await tab.control('replace', [{ at: [0, 1], name: { name: 'pixelmoth' } }, { at: [1, 0, 0], name: null }], { roll: roll.id });
        await until('the name shown again', async () => (await seen(tab)).shown.includes('0.1'));
        assert.deepEqual((await tab.report()).roll, roll.id);
    });
}

test('a slide that has not been shown yet comes without the hidden name', async (context) => {
    const tab = await opened(context);
    const sections = ['a', 'b', 'c', 'd', 'e'].map((id) => people(id, named(`of ${id}`)));
    const roll = await tab.roll(rollOf(sections, { mode: 'slides', slideSeconds: 1 }));
    await tab.control('replace', [{ at: [4, 0], name: null }], { roll: roll.id });
    await tab.hold(4500);
    assert.ok((await seen(tab)).hidden.includes('4.0'));
});

test('a page that gets the roll after the ban has no such name, and fills it in after the ban', async (context) => {
    const tab = await opened(context);
    const sections = [people('follows', [{ name: 'TobiWanders' }, { name: '\u00a0' }])];
    const roll = rollOf(sections, { stickyTitles: false, fade: 60 }, { replaced: [{ at: [0, 1], name: null }] });
    await tab.roll(roll);
    assert.deepEqual((await seen(tab)).hidden, ['0.1']);
    await tab.tell({ overlay: 'roll', roll: { ...roll, replaced: [{ at: [0, 1], name: { name: 'pixelmoth', amount: '5 bits' } }] } });
    await until('the name', async () => (await seen(tab)).hidden.length === 0);
    assert.deepEqual((await tab.sections())[0].names, [['TobiWanders'], ['pixelmoth', '5 bits']]);
});

test('a ban that overtakes its roll is not lost, and one of another roll hides nobody', async (context) => {
    const tab = await opened(context);
    const roll = rollOf([people('follows', named('TobiWanders', 'pixelmoth'))]);
    await tab.control('replace', [{ at: [0, 0], name: null }], { roll: roll.id });
    await tab.roll(roll);
    assert.deepEqual((await seen(tab)).hidden, ['0.0']);
    await tab.control('replace', [{ at: [0, 1], name: null }], { roll: 'another' });
    await tab.control('replace', 'nonsense', { roll: roll.id });
    await tab.control('replace', [null, { at: 7 }, { name: null }], { roll: roll.id });
    assert.deepEqual((await seen(tab)).hidden, ['0.0']);
    await tab.roll(rollOf([people('follows', named('TobiWanders'))]));
    assert.deepEqual((await seen(tab)).hidden, []);
});

test('keys do what controls do', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf(['a', 'b'].map((id) => people(id, many(30)))));
    const press = (key) => tab.run(`void dispatchEvent(new KeyboardEvent('keyup', { key: '${key}' }))`);
    await press(' ');
    assert.equal((await tab.report()).state, 'paused');
    await press('ArrowDown'); // from below the stage to the first section
    await press('ArrowRight');
    await tab.until('the second section', ({ section }) => section === 'b');
    await press('ArrowUp');
    await tab.until('the first section', ({ section }) => section === 'a');
    await press('x');
    await press(' ');
    assert.equal((await tab.report()).state, 'rolling');
});

test('a title stays as long as its section passes', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([people('a', many(40)), people('b', many(40))], { stickyTitles: true, fade: 90, speed: 150 }));
    const titles = () => tab.run(`[...document.querySelectorAll('.titles .title')].map((title) => title.getBoundingClientRect().top)`);
    const { when } = await tab.run(`(() => {
        const [first] = document.querySelectorAll('.titles .title');
        return { when: first.offsetTop };
    })()`);
    const at = (px) => (px / 100 + 0.75) * 1000; // the time when the roll has moved so far: it eases in for 1.5 s
    await tab.hold(at(720 + when - 400));
    close((await titles())[0], 400, 1, 'on its way up');
    for (const later of [0, 3000, 8000]) {
        await tab.hold(at(720 + when - 60) + later);
        close((await titles())[0], 60, 1, `${later} ms later`);
    }
    await tab.hold((await tab.report()).seconds * 1000 - 8000);
    const [first, second] = await titles();
    assert.ok(first < 0, `gone with its section: ${first}`);
    close(second, 60, 1, 'the second has its place');
});

test('a warning if a name goes by too fast, seen in test rolls only', async (context) => {
    const tab = await opened(context);
    const warnings = () => tab.run(`[...document.querySelectorAll('.warnings p')].map((line) => line.textContent)`);
    const [said, ...more] = (await tab.roll(rollOf([people('a', many(20))], { speed: 900, minimumSeconds: 2 })), await tab.report()).warnings;
    assert.match(said, /^a name can be read for 1\.1 s, less than 2 s: roll slower \(now 900 px\/s\)/);
    assert.deepEqual([more, await warnings()], [[], []]);
    await tab.roll(rollOf([people('a', many(20))], { speed: 900, minimumSeconds: 2 }, { test: true }));
    assert.deepEqual(await warnings(), [said]);
    await tab.roll(rollOf([people('a', many(20))], { speed: 900, minimumSeconds: 1 }, { test: true }));
    assert.deepEqual(await warnings(), []);
    await tab.roll(rollOf([people('a', many(20))], { mode: 'slides', slideSeconds: 1.5 }, { test: true }));
    assert.deepEqual(await warnings(), ['a name can be read for 1.5 s, less than 2 s: give the slides more time']);
});

test('an image that does not load is left out and told of, and holds nothing up', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([{ id: 'logo', kind: 'image', src: 'missing.png' }, people('a', [{ name: 'one', images: ['gone.webp'] }])]));
    await tab.until('the warnings', ({ warnings }) => warnings.length === 2);
    assert.deepEqual((await tab.report()).warnings.sort(), ['cannot show gone.webp', 'cannot show missing.png']);
});

test('slides have room for all names, each once, the title on every one', async (context) => {
    const tab = await opened(context);
    const names = many(200);
    await tab.roll(rollOf([people('a', names, { layout: 'three-columns' }), people('b', named('last'))], { mode: 'slides', seconds: 40 }));
    const { pages, seconds } = await tab.report();
    assert.ok(pages > 2 && seconds === 40, `${pages} slides, ${seconds} s`);
    const seen = [];
    for (let slide = 0; slide < pages; slide++) {
        await tab.hold(((slide + 0.5) / pages) * 40_000);
        const [shown] = await tab.run(`(() => [...document.querySelectorAll('.slide')].filter((slide) => getComputedStyle(slide).opacity > 0.5).map((slide) => {
            const inside = [...slide.querySelectorAll('.entry, .title')].every((part) => part.getBoundingClientRect().top >= 0 && part.getBoundingClientRect().bottom <= innerHeight);
            return { inside, title: slide.querySelector('.title-text').textContent, names: [...slide.querySelectorAll('.name')].map((name) => name.textContent) };
        }))()`);
        assert.ok(shown.inside, `slide ${slide + 1} is higher than the picture`);
        assert.equal(shown.title, slide === pages - 1 ? 'Title of b' : 'Title of a');
        seen.push(...shown.names);
    }
    assert.deepEqual(seen, [...names.map(({ name }) => name), 'last']);
    assert.ok((await tab.run(`document.querySelectorAll('.slide').length`)) <= 3, 'the rest is not laid out');
});

test('small sections share a slide, and texts have one of their own', async (context) => {
    const tab = await opened(context);
    const small = ['a', 'b', 'c', 'd'].map((id) => people(id, named(`of ${id}`)));
    const text = { id: 'text', kind: 'text', title: 'Bye', text: 'See you on Thursday' };
    await tab.roll(rollOf([...small.slice(0, 2), people('large', many(9)), ...small.slice(2), text], { mode: 'slides', slideSeconds: 5 }));
    assert.equal((await tab.report()).pages, 4);
    await tab.control('pause');
    const shown = async (ms) => {
        await tab.hold(ms);
        return tab.run(`[...document.querySelectorAll('.slide')].filter((slide) => getComputedStyle(slide).opacity > 0.5).map((slide) =>
            [...slide.querySelectorAll(':scope > .section')].map((section) => section.dataset.id).join(' '))`);
    };
    for (const [ms, ids] of [[2500, 'a b'], [7500, 'large'], [12_500, 'c d'], [17_500, 'text']]) assert.deepEqual(await shown(ms), [ids]);
    const edges = await tab.run(`[...document.querySelectorAll('.slide')].flatMap((slide) => [...slide.children]).map((section) => [section.getBoundingClientRect().top, section.getBoundingClientRect().bottom])`);
    for (const [top, bottom] of edges) assert.ok(top >= 0 && bottom <= 720, `${top} ${bottom}`);
    const goes = async (command, value, section) => {
        const { elapsedMs } = await tab.report();
        await tab.control(command, value);
        await tab.until(`${command} ${value}`, (report) => report.elapsedMs !== elapsedMs);
        assert.equal((await tab.report()).section, section);
    };
    await goes('goto', 'd', 'c');
    await goes('previous', undefined, 'large');
    await goes('previous', undefined, 'a');
    await goes('next', undefined, 'large');
});

test('right-to-left, emoji and long names stay inside and keep to themselves', async (context) => {
    const tab = await opened(context);
    const odd = ['نور الليل', 'דניאל', '👩‍👩‍👧‍👦🦊🎉', 'W'.repeat(25), 'さくらもちさくらもちさくらもちさくらもち', 'a\u202Eevil', 'Ⓣ̷̛̛̗̰', '١٢٣', 'x'.repeat(200)];
    const layouts = ['left', 'center', 'right', 'flow-left', 'flow-center', 'flow-right', 'two-columns', 'three-columns', 'pairs'];
    for (const direction of ['auto', 'rtl']) {
        await tab.roll(rollOf(layouts.map((layout) => people(layout, odd.map((name) => ({ name, amount: '×1', icon: 'star' })), { layout })), { direction, scale: 1.5 }));
        const outside = await tab.run(`[...document.querySelectorAll('.entry, .name, .amount')].filter((part) => {
            const { left, right } = part.getBoundingClientRect();
            return left < 0 || right > innerWidth;
        }).map((part) => part.textContent)`);
        assert.deepEqual(outside, []);
        const after = await tab.run(`[...document.querySelectorAll('.view:not([aria-hidden]) .layout-left .entry')].map((entry) => {
            const [name, amount] = ['.name', '.amount'].map((part) => entry.querySelector(part).getClientRects());
            return '${direction}' === 'rtl' ? amount[0].right <= name[name.length - 1].right : amount[0].left >= name[name.length - 1].left;
        })`);
        assert.ok(after.every(Boolean), `the amount follows the name: ${after}`);
    }
    assert.equal(await tab.run(`[...document.querySelectorAll('.name')].every((name) => name.tagName === 'BDI')`), true);
});

test('no more columns than names', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf([1, 2, 3].flatMap((count) => ['two-columns', 'three-columns'].map((layout) => people(`${count} ${layout}`, many(count), { layout })))));
    const layouts = await tab.run(`[...document.querySelectorAll('.section')].map((section) => [...section.classList].find((name) => name.startsWith('layout-')))`);
    assert.deepEqual(layouts, ['layout-center', 'layout-center', 'layout-two-columns', 'layout-two-columns', 'layout-two-columns', 'layout-three-columns']);
});

test('another look or size is taken over at the same place', async (context) => {
    const tab = await opened(context);
    await tab.roll(rollOf(['a', 'b', 'c'].map((id) => people(id, many(40))), { seconds: 60 }));
    await tab.control('pause');
    await tab.control('goto', 'b');
    await tab.until('b', ({ section }) => section === 'b');
    const share = async () => ((await tab.report()).elapsedMs / (await tab.report()).seconds) / 1000;
    const before = await share();
    await tab.control('look', { theme: 'neon', scale: 0.5, seconds: 30 });
    await tab.until('the look', ({ seconds }) => seconds === 30);
    assert.equal(await tab.run(`document.querySelector('main').dataset.theme`), 'neon');
    close(await share(), before, 0.001, 'its share');
    const width = () => tab.run(`document.querySelector('.roll').offsetWidth`);
    await tab.page.resize(640, 360);
    await until('the size', async () => (await width()) === 640);
    await tab.until('the roll again', ({ elapsedMs }) => elapsedMs > 0);
    close(await share(), before, 0.001, 'its share after the resize');
    assert.equal((await tab.report()).state, 'paused');
});

test('emotes drift with the roll', async (context) => {
    const tab = await opened(context);
    const dot = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
    await tab.roll(rollOf([people('a', many(40))], {}, { emotes: [dot, 'javascript:1'], id: 'drifting' }));
    const places = () => tab.run(`[...document.querySelectorAll('.floating img')].map((image) => Math.round(image.getBoundingClientRect().top))`);
    await tab.hold(1000);
    const before = await places();
    assert.equal(before.length, 12);
    await tab.hold(1500);
    assert.ok((await places()).every((top, index) => top !== before[index]), 'all moved');
    await tab.hold(1000);
    assert.deepEqual(await places(), before);
});

test('the demo needs nobody', async (context) => {
    const tab = await CreditsTab.open(browser, `${folder.url}#demo&mode=slides&theme=paper&seconds=20`);
    context.after(() => tab.close());
    await tab.until('the demo', ({ state }) => state === 'rolling');
    const { roll, seconds, pages } = await tab.report();
    assert.deepEqual([roll, seconds, pages, tab.page.errors], ['sample', 20, 8, []]);
});

test('in a browser there is something dark behind, if that is asked for, or another colour; in OBS there is nothing', async (context) => {
    const seen = [];
    for (const hash of ['', '#demo', '#backdrop', '#backdrop=lime']) {
        const tab = await CreditsTab.open(browser, folder.url + hash);
        context.after(() => tab.close());
        seen.push(await tab.page.run('getComputedStyle(document.documentElement).backgroundColor'));
    }
    const [nothing, dark, lime] = ['rgba(0, 0, 0, 0)', 'rgb(20, 22, 28)', 'rgb(0, 255, 0)'];
    assert.deepEqual(seen, [nothing, dark, dark, lime]);
});

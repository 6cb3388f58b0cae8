// People who are counted while the credits roll, and the next pass of a loop. Needs neither OBS nor the bridge.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

async function opened(context) {
    const tab = await CreditsTab.open(browser, folder.url);
    context.after(async () => {
        assert.deepEqual(tab.page.errors, []);
        await tab.close();
    });
    return tab;
}

const join = (tab, roll, section, from, names, more = {}) => tab.control('join', [{ section, from, names, ...more }], { roll: roll.id });
const namesOf = async (tab, id) => (await tab.sections()).find((section) => section.id === id).names.map(([name]) => name);
const seconds = (tab) => tab.run('CreditsPage.credits.report.seconds');
const marks = (tab) => tab.run('CreditsPage.credits.scene.marks');

/** Where each name in the picture is. */
const inPicture = (tab) => tab.run(`(() => {
    const names = [...document.querySelectorAll('.stage:not(.waiting) .view:not([aria-hidden]) .entry')];
    const places = names.map((name) => [name.textContent, Math.round(name.getBoundingClientRect().top * 10) / 10]);
    return places.filter(([, top]) => top > -50 && top < innerHeight).map(String);
})()`);

const far = () => [people('a', many(12)), people('b', named('Zed')), people('c', many(40).map(({ name }) => ({ name: `c ${name}` }))), people('d', named('Yuki'))];

test('a guest joins a section below the picture, nothing in the picture moves, and the roll takes longer at the same speed', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf(far(), { seconds: 60, fade: 40 }));
    await tab.hold(10_000);
    const [before, oldMarks, picture] = [await seconds(tab), await marks(tab), await inPicture(tab)];
    assert.equal(before, 60);
    assert.ok(picture.length > 3, `${picture}`);
    await join(tab, roll, 3, 1, named('Ana', 'Bob'), { title: 'Three' });
    await tab.until('the guests', ({ names, seconds: now }) => names === 56 && now > 60);
    assert.deepEqual(await inPicture(tab), picture);
    const now = await tab.report();
    assert.deepEqual([now.state, now.roll, now.elapsedMs], ['paused', roll.id, 10_000]);
    // The sections before the guests come when they would have come.
    const newMarks = await marks(tab);
    for (const index of [0, 1, 2]) assert.ok(Math.abs(newMarks[index].atMs - oldMarks[index].atMs) < 1, JSON.stringify([oldMarks, newMarks]));
    assert.equal(await tab.run("document.querySelectorAll('.stage').length"), 1);
    await tab.hold((await seconds(tab)) * 1000 - 3000);
    assert.deepEqual(await namesOf(tab, 'd'), ['Yuki', 'Ana', 'Bob']);
    assert.equal((await tab.sections()).find(({ id }) => id === 'd').title, 'Three');
});

test('a roll goes on while a guest joins, and ends later', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf([people('a', many(3)), people('b', many(30)), people('c', named('Zed'))], { seconds: 8 }));
    const before = await tab.run('performance.now() - CreditsPage.credits.scene.player.timeMs');
    await join(tab, roll, 2, 1, many(10));
    await tab.until('the guests', (report) => report.seconds > 8);
    const after = await tab.run('performance.now() - CreditsPage.credits.scene.player.timeMs');
    assert.ok(Math.abs(after - before) < 60, `the clock went from ${before} to ${after}`);
    assert.equal((await tab.report()).state, 'rolling');
    const whole = await seconds(tab);
    const events = await tab.run(`new Promise((ended) => {
        const { credits } = CreditsPage;
        const begun = performance.now() - credits.scene.player.timeMs;
        const old = credits.onChange;
        credits.onChange = (report) => {
            old(report);
            if (report.state === 'complete') ended((performance.now() - begun) / 1000);
        };
    })`);
    assert.ok(Math.abs(events - whole) < 0.3, `it ended after ${events} s of ${whole} s`);
});

test('a guest of a section that is in the picture or above it changes nothing on the stage', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf(far(), { seconds: 60 }));
    await tab.hold(20_000);
    const picture = await inPicture(tab);
    await tab.run("document.querySelector('.section').dataset.mark = 'kept'");
    await join(tab, roll, 0, 12, named('Ana'));
    await tab.until('the name is counted', ({ names }) => names === 55);
    await tab.run('new Promise((done) => setTimeout(done, 300))');
    assert.deepEqual(await inPicture(tab), picture);
    assert.equal(await seconds(tab), 60);
    assert.equal(await tab.run("document.querySelectorAll('[data-mark=kept]').length > 0"), true);
});

test('guests who come again, of another revision or of another roll are not added', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf(far(), { seconds: 60 }));
    await join(tab, roll, 3, 1, named('Ana'));
    await tab.until('the guest', ({ names }) => names === 55);
    await join(tab, roll, 3, 1, named('Ana'));
    await tab.control('join', [{ section: 3, from: 2, names: named('Eve') }], { roll: roll.id, revision: 1 });
    await tab.control('join', [{ section: 3, from: 2, names: named('Eve') }], { roll: 'another' });
    await join(tab, roll, 3, 9, named('Eve'));
    for (const list of [null, [null], [{ section: 99, from: 0, names: [] }], [{ section: 3, from: 'x', names: 5 }]]) await tab.control('join', list, { roll: roll.id });
    assert.equal((await tab.report()).names, 55);
});

test('a guest who is hidden is not shown', async (context) => {
    const tab = await opened(context);
    const roll = await tab.roll(rollOf(far(), { seconds: 60 }));
    await tab.hold(5_000);
    await tab.control('replace', [{ at: [3, 1], name: null }], { roll: roll.id });
    await join(tab, roll, 3, 1, named('Ana', 'Bob'));
    await tab.until('the guests', ({ seconds: now }) => now > 60);
    await tab.hold((await seconds(tab)) * 1000 - 3000);
    assert.equal(await tab.run("[...document.querySelectorAll('.view:not([aria-hidden]) .gone .name')].map((name) => name.textContent).join()"), 'Ana');
});

test('on slides a guest joins a section that has not come, and the slide that is shown stays', async (context) => {
    const tab = await opened(context);
    const sections = ['a', 'b', 'c', 'd'].map((id) => people(id, many(6).map(({ name }) => ({ name: `${id} ${name}` }))));
    const roll = await tab.roll(rollOf(sections, { mode: 'slides', seconds: 20 }));
    await tab.hold(2_000);
    const [picture, pages] = [await inPictureOfSlides(tab), (await tab.report()).pages];
    await join(tab, roll, 3, 6, many(40));
    await tab.until('more slides', (report) => report.pages > pages);
    assert.deepEqual(await inPictureOfSlides(tab), picture);
    const report = await tab.report();
    assert.equal(report.seconds, (20 / pages) * report.pages);
    assert.equal(report.elapsedMs, 2_000);
});

const inPictureOfSlides = (tab) => tab.run(`[...document.querySelectorAll('.slide')].filter((slide) => Number(getComputedStyle(slide).opacity) > 0)
    .map((slide) => slide.textContent + Math.round(slide.querySelector('.entry').getBoundingClientRect().top))`);

for (const mode of ['scroll', 'slides']) {
    test(`the next pass of a loop shows the roll that was made for it: ${mode}`, async (context) => {
        const tab = await opened(context);
        const roll = await tab.roll(rollOf([people('a', named('Zed', 'Eve'))], { mode, seconds: 4, loop: true }));
        const again = { ...roll, revision: 1, nextPass: true, sections: [people('a', named('Zed', 'Ana'))] };
        await tab.hold(3_500);
        await tab.tell({ overlay: 'roll', roll: again });
        assert.equal((await tab.report()).elapsedMs, 3_500);
        assert.equal(await tab.run('CreditsPage.credits.roll.revision === undefined'), true, 'this pass goes on to its end');
        await tab.run('CreditsPage.credits.scene.player.set({ isPaused: false })');
        await tab.until('the next pass', (report) => report.state === 'rolling' && report.elapsedMs < 3_000 && report.elapsedMs > 0);
        await tab.hold(2_000);
        assert.deepEqual(await namesOf(tab, 'a'), ['Zed', 'Ana']);
        // A page that has begun the next pass already shows it at once.
        await tab.hold(200);
        await tab.tell({ overlay: 'roll', roll: { ...again, revision: 2, sections: [people('a', named('Bob'))] } });
        await tab.until('the newest names', ({ names, elapsedMs }) => names === 1 && elapsedMs !== undefined);
        assert.deepEqual(await namesOf(tab, 'a'), ['Bob']);
    });
}

// The panel under load: thousands of people in the credits, and fifty events a second. PANEL_LOAD_MINUTES makes it longer than usual;
// scripts/long panel-load runs it for ten minutes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBridge } from './bridge.mjs';
import { Bus, obsOfTheTests, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { PanelHome, PanelTab } from './panel.mjs';

const PEOPLE = 5000;
const EVENTS_PER_SECOND = 50;
const MINUTES = Number(process.env.PANEL_LOAD_MINUTES ?? 0.5);
/** The CPU time of the page for one input, which no other program on the computer changes. */
const INPUT_CPU_MS = 100;
/** The most that the heap may grow from the second quarter of the time to the last one. What is kept for good would grow with each event. */
const HEAP_GROWTH_BYTES = 300_000;
const SOON_MS = 60_000;

let browser;
let bus;
let bridge;
let home;
let tab;

before(async () => {
    [browser, bus] = await Promise.all([startChromium(), Bus.connect()]);
    home = await PanelHome.make(obsOfTheTests());
    bridge = await startBridge(bus, home.bridge);
    const follow = (number) => bus.broadcast({ request: 'PublishEvent', id: `person ${number}`, publish: { source: 'Twitch', type: 'Follow' }, data: { userId: String(100000 + number), userName: `person_${number}`, displayName: `Person ${number}` } });
    for (let number = 0; number < PEOPLE; number += 50) await Promise.all(Array.from({ length: 50 }, (_, more) => follow(number + more)));
    await until('all people', async () => (await bus.request('GetStatus')).session.credits >= PEOPLE, SOON_MS);
    tab = await PanelTab.open(browser, home.page, { width: 420, height: 900 });
    await tab.ready();
});
after(async () => {
    await browser?.close();
    await bridge?.stop();
    await bus?.close();
    await home?.remove();
});

/** Publishes events at the rate of a busy stream until `stop` is called. */
function busy() {
    let count = 0;
    const begun = performance.now();
    const publish = () => {
        const one = { request: 'PublishEvent', id: `busy ${++count}`, publish: { source: 'Twitch', type: 'Cheer' }, data: { userId: String(100000 + (count % PEOPLE)), displayName: `Person ${count % PEOPLE}`, bits: 1 + (count % 100), message: 'Cheer for the show' } };
        bus.broadcast(one).catch(() => {});
    };
    // A timer that comes late makes up for it.
    const timer = setInterval(() => {
        const due = ((performance.now() - begun) * EVENTS_PER_SECOND) / 1000;
        while (count < due) publish();
    }, 1000 / EVENTS_PER_SECOND);
    return () => {
        clearInterval(timer);
        return count;
    };
}

/** The middle of some numbers. */
function median(numbers) {
    const sorted = [...numbers].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)];
}

/** The CPU time that the page's main thread spends until an input is handled and drawn, in milliseconds. */
async function cpuOf(input) {
    const metrics = async () => Object.fromEntries((await tab.page.metrics()).map(({ name, value }) => [name, value]));
    const before = await metrics();
    await tab.run(`(async () => { ${input}; await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 0))); })()`);
    return ((await metrics()).TaskDuration - before.TaskDuration) * 1000;
}

test('with 5,000 people, each input takes less than 100 ms of CPU', async () => {
    await tab.tab('Credits');
    await tab.press('Follows');
    await tab.sees('Person 0');
    assert.ok(await tab.run("document.querySelectorAll('.person').length") <= 50, 'only the first people are shown');
    await tab.press('Show more');
    await until('more people', async () => (await tab.run("document.querySelectorAll('.person').length")) === 200, SOON_MS);
    const costs = {
        typing: await cpuOf("fill(field('Name, login or id of a person'), 'person_4')"),
        opening: await cpuOf("button('Person 7').click()"),
        folding: await cpuOf("button('Follows').click()"),
    };
    for (const [what, ms] of Object.entries(costs)) assert.ok(ms < INPUT_CPU_MS, `${what}: ${ms.toFixed(1)} ms`);
    await tab.fill('Name, login or id of a person', 'person_4321');
    await tab.press('Search');
    await tab.sees('1 found');
});

test('with fifty events a second, each input takes less than 100 ms of CPU, and the memory stays', async () => {
    await tab.tab('Events');
    await until('the subscription', async () => (await bus.request('GetStatus')).clients.length > 0, SOON_MS);
    const stop = busy();
    await until('the list to be full', async () => (await tab.run("document.querySelectorAll('.events > li').length")) === 100, SOON_MS);
    await sleep(10_000); // the 500 events that are kept
    const heaps = [];
    const costs = [];
    const begun = Date.now();
    for (let round = 0; Date.now() < begun + MINUTES * 60_000; round++) {
        costs.push(await cpuOf(`fill(field('Filter by words'), '${round % 2 ? '' : 'person 1'}')`));
        costs.push(await cpuOf("document.querySelector('.events button').click()"));
        heaps.push(await tab.page.heapBytes());
        await sleep(1000);
    }
    const seconds = (Date.now() - begun) / 1000;
    const sent = stop();
    const quarter = (number) => median(heaps.slice((heaps.length * (number - 1)) / 4, (heaps.length * number) / 4));
    const grown = quarter(4) - quarter(2);
    costs.sort((one, other) => one - other);
    const middle = costs[Math.floor(costs.length / 2)];
    const megabytes = [1, 2, 3, 4].map((number) => (quarter(number) / 1e6).toFixed(2));
    console.log(`${sent} events, ${seconds.toFixed(0)} s of inputs; an input takes ${middle.toFixed(1)} ms of CPU, at most ${costs[costs.length - 1].toFixed(1)}; the heap in each quarter: ${megabytes.join(', ')} MB`);
    assert.ok(middle < INPUT_CPU_MS, `an input takes ${middle.toFixed(1)} ms`);
    assert.ok(costs[Math.floor(costs.length * 0.9)] < INPUT_CPU_MS, `of ten inputs, one takes ${costs[Math.floor(costs.length * 0.9)].toFixed(1)} ms`);
    assert.ok(grown < HEAP_GROWTH_BYTES, `the heap has grown by ${grown} bytes`);
    for (const name of ['Now', 'Roll', 'Credits', 'Look', 'Automation']) await tab.tab(name);
    assert.deepEqual(tab.page.errors, []);
});

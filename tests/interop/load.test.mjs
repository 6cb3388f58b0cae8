// Ten pages in Chromium, each subscribed to everything, while events are published at a steady rate through a real OBS: every page
// gets each event once and in order. LOAD_SECONDS (10) and LOAD_RATE (300 a second) change the dose; LOAD_LIMIT=1 also looks for the
// rate at which this machine stops keeping up, and says it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBridge } from './bridge.mjs';
import { Bus, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { makePages } from './pages.mjs';

const PAGES = 10;
const SECONDS = Number(process.env.LOAD_SECONDS ?? 10);
const RATE = Number(process.env.LOAD_RATE ?? 300);
/** How late the last event may be for a rate to count as kept up with. */
const BEHIND_MS = 1_000;

/** In the page: counts what comes, and what comes twice or out of order. */
const LISTEN = `new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://127.0.0.1:8080');
    window.heard = { round: '', count: 0, wrong: 0, last: 0 };
    socket.onclose = () => { heard.wrong = 'closed'; };
    socket.onopen = () => socket.send(JSON.stringify({ request: 'GetEvents', id: 'events' }));
    socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.id === 'events') socket.send(JSON.stringify({ request: 'Subscribe', id: 'all', events: frame.events }));
        if (frame.id === 'all') return frame.status === 'ok' ? resolve() : reject(new Error(data));
        if (!frame.event || frame.event.type !== 'Custom') return;
        const { round, n } = frame.data;
        if (round !== heard.round) Object.assign(heard, { round, count: 0, last: 0 });
        if (n !== heard.last + 1) heard.wrong++;
        heard.last = n;
        heard.count++;
    };
})`;

/** Publishes at a rate, one after the other as far as the rate allows; returns how long OBS took to take them all. */
async function play(bus, round, rate, seconds) {
    const began = performance.now();
    const count = rate * seconds;
    for (let n = 1; n <= count; ) {
        const due = Math.min(count, Math.floor(((performance.now() - began) / 1_000) * rate));
        for (; n <= due; n++) {
            await bus.broadcast({ request: 'PublishEvent', id: n, publish: { source: 'General', type: 'Custom' }, data: { round, n }, eventId: `${round} ${n}` });
        }
        if (n <= count) await sleep(3);
    }
    return performance.now() - began;
}

async function hearAll(tabs, round, count, ms) {
    const heard = () => Promise.all(tabs.map((tab) => tab.run('heard')));
    await until(`${count} events in each page`, async () => (await heard()).every((one) => one.round === round && one.count >= count), ms);
    return heard();
}

test(`${PAGES} pages, everything, ${RATE} events a second for ${SECONDS} s`, { timeout: (SECONDS + 180) * 1_000 }, async () => {
    const bus = await Bus.connect();
    const bridge = await startBridge(bus);
    const pages = await makePages();
    const browser = await startChromium();
    try {
        const tabs = [];
        for (let n = 0; n < PAGES; n++) tabs.push(await browser.open(pages.fromDisk('client.html')));
        await Promise.all(tabs.map((tab) => tab.run(LISTEN)));
        const count = RATE * SECONDS;
        await play(bus, 'first', RATE, SECONDS);
        const ended = performance.now();
        for (const { count: got, wrong } of await hearAll(tabs, 'first', count, 60_000)) assert.deepEqual({ got, wrong }, { got: count, wrong: 0 });
        console.log(`${PAGES} pages, ${count} events at ${RATE}/s: all had the last one ${(performance.now() - ended).toFixed(0)} ms after it was sent`);
        for (let rate = RATE * 2; process.env.LOAD_LIMIT; rate = Math.round(rate * 1.5)) {
            const took = await play(bus, `at ${rate}`, rate, 5);
            const sent = performance.now();
            for (const { wrong } of await hearAll(tabs, `at ${rate}`, rate * 5, 60_000)) assert.equal(wrong, 0);
            const behind = Math.max(took - 5_000, 0) + (performance.now() - sent);
            console.log(`${rate}/s: ${behind.toFixed(0)} ms behind`);
            if (behind > BEHIND_MS) break;
        }
    } finally {
        await browser.close();
        await pages.remove();
        await bridge.stop();
        await bus.close();
    }
});

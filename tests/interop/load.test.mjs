// Ten pages in Chromium, each subscribed to everything, while events are published at a steady rate through a real OBS: every page gets
// each event once and in the order of the bridge's numbers. LOAD_SECONDS (10) and LOAD_RATE (300 a second) change the load. LOAD_LIMIT=1
// also searches for the rate that this machine cannot keep up with, and prints it.

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
/** How late the last event may be if a rate counts as sustained. */
const BEHIND_MS = 1_000;

/** Runs in the page: collects the numbers in the order in which they are received. */
const LISTEN = `new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://127.0.0.1:8080');
    window.heard = {};
    socket.onclose = () => console.error('closed');
    socket.onopen = () => socket.send(JSON.stringify({ request: 'GetEvents', id: 'events' }));
    socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.id === 'events') socket.send(JSON.stringify({ request: 'Subscribe', id: 'all', events: frame.events }));
        if (frame.id === 'all') return frame.status === 'ok' ? resolve() : reject(new Error(data));
        if (!frame.event || frame.event.type !== 'Custom') return;
        const { round, n } = frame.data;
        (heard[round] = heard[round] || []).push(n);
    };
})`;

/** Publishes at a rate, one after the other as far as the rate allows. Returns how long OBS took to accept them all. */
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

/** The order in which the bridge numbered the events of a round, in whatever order OBS relayed them. */
function numbering(bus, round) {
    const bySeq = new Map();
    const stop = bus.hear(({ origin, event, data, seq }) => origin === 'twitchat-bridge' && event && data?.round === round && bySeq.set(seq, data.n));
    return { count: () => bySeq.size, end: () => (stop(), [...bySeq].sort(([a], [b]) => a - b).map(([, n]) => n)) };
}

/** Plays a round and waits until every page has received each event once, in the bridge's order. Returns how late the pages were. */
async function round(bus, tabs, name, rate, seconds) {
    const numbered = numbering(bus, name);
    const took = await play(bus, name, rate, seconds);
    const sent = performance.now();
    const count = rate * seconds;
    const complete = async () => (await Promise.all(tabs.map((tab) => tab.run(`(heard['${name}'] || []).length`)))).every((got) => got >= count);
    await until(`${count} events in each page`, complete, 60_000);
    const behind = performance.now() - sent + Math.max(took - seconds * 1_000, 0);
    await until('all on the bus', () => numbered.count() >= count);
    const order = numbered.end();
    assert.equal(new Set(order).size, count);
    for (const tab of tabs) assert.deepEqual(await tab.run(`heard['${name}']`), order);
    return behind;
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
        const behind = await round(bus, tabs, 'first', RATE, SECONDS);
        console.log(`${PAGES} pages, ${RATE * SECONDS} events at ${RATE}/s: ${behind.toFixed(0)} ms behind at the end`);
        for (let rate = RATE * 2, late = 0; process.env.LOAD_LIMIT && late < BEHIND_MS; rate = Math.round(rate * 1.5)) {
            late = await round(bus, tabs, `at ${rate}`, rate, 5);
            console.log(`${rate}/s: ${late.toFixed(0)} ms behind after 5 s`);
        }
    } finally {
        await browser.close();
        await pages.remove();
        await bridge.stop();
        await bus.close();
    }
});

// Tests the tests' own library, which the other tests rely on, with an OBS, real or stand-in, and without a bridge.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Bus, within } from './bus.mjs';
import { envelope, twitchat } from './twitchat.mjs';

async function onTheBus(run) {
    const [one, other] = await Promise.all([Bus.connect(), Bus.connect()]);
    try {
        await run(one, other);
    } finally {
        await Promise.all([one.close(), other.close()]);
    }
}

test('the sender hears its own message, and so does everyone else', () =>
    onTheBus(async (one, other) => {
        const message = { origin: 'interop', marker: randomUUID(), nested: { list: [1, 'ü', null] } };
        const isIt = ({ marker }) => marker === message.marker;
        const heard = [one.next(isIt), other.next(isIt)];
        await one.broadcast(message);
        for (const echo of await Promise.all(heard)) assert.deepEqual(echo, message);
    }));

/** Sends 2,000 messages without waiting, and returns how many of them came before their predecessor. */
async function swappedInBurst(one, other) {
    const burst = randomUUID();
    const places = [];
    const all = new Promise((resolve) => {
        other.hear((message) => message.burst === burst && places.push(message.place) === 2_000 && resolve());
    });
    await one.play(Array.from({ length: 2_000 }, (_, place) => ({ origin: 'interop', burst, place })));
    await within(20_000, '2,000 messages', all);
    assert.equal(new Set(places).size, 2_000);
    return places.filter((place, index) => index > 0 && place < places[index - 1]).length;
}

test('2,000 pipelined messages: none lost, none twice, and OBS changes their order', () =>
    onTheBus(async (one, other) => {
        // How often OBS swaps messages depends on the load of the computer: in a quiet burst it may keep the order by chance.
        let swapped = 0;
        for (let round = 0; swapped === 0 && round < 20; round++) swapped = await swappedInBurst(one, other);
        assert.ok(swapped > 0, 'OBS kept the order: then the tests that shuffle prove less than they say');
    }));

test('the stand-in Twitchat answers in the names of its generation only', () =>
    onTheBus(async (one, other) => {
        for (const [generation, question, answer] of [
            [2, 'GET_SUMMARY_DATA', 'SUMMARY_DATA'],
            [3, 'GET_ENDING_CREDITS_DATA', 'SET_ENDING_CREDITS_DATA'],
        ]) {
            const summary = { follows: [{ uid: randomUUID(), login: 'Pippa_Riot' }] };
            const { asked, stop } = twitchat(one, { generation, summary });
            const heard = other.next(({ type, id }) => type === answer && id);
            await other.broadcast(envelope('GET_SOMETHING_ELSE', {}));
            await other.broadcast(envelope(question, {}));
            assert.deepEqual((await heard).data, summary);
            stop();
            assert.deepEqual(asked, [question]);
        }
    }));

test('a request that nobody answers says which one', () =>
    onTheBus(async (one) => {
        await assert.rejects(one.request('NobodyKnowsThis', {}, { ms: 300 }), /the reply to NobodyKnowsThis: not within 300 ms/);
    }));

// The main purpose, from outside: the messages of all generations of Twitchat are sent over a real OBS, an overlay requests the credits,
// and they equal tests/fixtures/credits_golden.json, in whatever order OBS or Twitchat sends the messages.
//
// UPDATE_GOLDEN=1 writes that file from the run in file order. Read the difference before you commit it.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBridge } from './bridge.mjs';
import { Bus, within } from './bus.mjs';
import { twitchat } from './twitchat.mjs';

const fixture = (name) => new URL(`../fixtures/${name}`, import.meta.url);
const GOLDEN = fixture('credits_golden.json');
const lines = async (name) => (await readFile(fixture(name), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line));

const seedTo16 = await lines('twitchat_examples.ndjson');
const seventeen = await lines('twitchat_v17_examples.ndjson');

// Answers to questions of the bridge. As unrequested messages they would seem to be of another Twitchat. The stand-in Twitchat sends them
// when it is asked.
const isSummary = ({ type }) => type === 'SUMMARY_DATA' || type === 'SET_ENDING_CREDITS_DATA';
const SUMMARY = seedTo16[121 - 1].data;
const LABELS = seedTo16.find(({ type }) => type === 'LABEL_OVERLAY_PLACEHOLDERS').data;
const EVENTS = [...seedTo16, ...seventeen].filter((message) => !isSummary(message));

const REPLIES = {
    seed: { spelling: 'seed' },
    current: { spelling: 'current' },
    both: { spelling: 'both' },
    extended: { spelling: 'both', extended: true },
};

/** Marsaglia's xorshift: a shuffle that can be repeated from its seed. */
function shuffled(list, seed) {
    let state = seed;
    const below = (n) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) % n;
    };
    const result = [...list];
    for (let last = result.length - 1; last > 0; last--) {
        const other = below(last + 1);
        [result[last], result[other]] = [result[other], result[last]];
    }
    return result;
}

// Keys whose values are different in each run, and are not part of the credits.
const OF_THE_RUN = new Set(['id', 'bridge', 'seq', 'client']);
const OF_THE_CLOCK = new Set(['first', 'last', 'timestamp', 'timeStamp']);
// The order of these lists matters. All other lists are in the order of arrival, which OBS does not keep.
const RANKED = new Set(['TopBits', 'TopChannelRewards', 'top']);

/** Removes the values of this run and its clock, and sorts sets; duplicates in a list stay. */
function comparable(value, ranked = false) {
    if (Array.isArray(value)) {
        const list = value.map((item) => comparable(item, ranked));
        return ranked ? list : list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    }
    if (value === null || typeof value !== 'object') return value;
    const kept = Object.keys(value).sort().filter((key) => !OF_THE_CLOCK.has(key));
    return Object.fromEntries(kept.map((key) => [key, comparable(value[key], ranked || RANKED.has(key))]));
}

function credits(reply) {
    assert.equal(reply.status, 'ok', JSON.stringify(reply));
    return comparable(Object.fromEntries(Object.entries(reply).filter(([key]) => !OF_THE_RUN.has(key))));
}

async function askAll(overlay) {
    const asked = Object.entries(REPLIES).map(async ([name, fields]) => [name, credits(await overlay.request('GetCredits', fields))]);
    return Object.fromEntries(await Promise.all(asked));
}

/** The credits when they have not changed for two seconds, because no message shows that the last event has arrived. */
async function settledCredits(overlay) {
    let latest = await askAll(overlay);
    for (let unchanged = 0; unchanged < 4; ) {
        await sleep(500);
        const next = await askAll(overlay);
        unchanged = JSON.stringify(next) === JSON.stringify(latest) ? unchanged + 1 : 0;
        latest = next;
    }
    return latest;
}

/** The credits of a fresh bridge that receives `messages` in one pipelined burst, right after it has merged Twitchat's summary. */
async function creditsAfter(messages) {
    const [player, overlay] = await Promise.all([Bus.connect(), Bus.connect()]);
    const { asked, stop } = twitchat(player, { generation: 2, labels: LABELS, summary: SUMMARY });
    let bridge;
    try {
        const summaryHeard = overlay.next(({ type }) => type === 'SUMMARY_DATA', { ms: 30_000, what: 'the answer to GET_SUMMARY_DATA' });
        bridge = await startBridge(overlay);
        await summaryHeard;
        await player.play(messages);
        return await within(30_000, 'credits that no longer change', settledCredits(overlay));
    } catch (error) {
        if (bridge) error.message += `\nTwitchat was asked ${JSON.stringify(asked)}; the bridge's log:\n${bridge.log()}`;
        throw error;
    } finally {
        stop();
        await bridge?.stop();
        await Promise.all([player.close(), overlay.close()]);
    }
}

const goldenCredits = async () => JSON.parse(await readFile(GOLDEN, 'utf8'));

test('played in file order, the credits are the golden ones', async () => {
    const heard = await creditsAfter(EVENTS);
    if (process.env.UPDATE_GOLDEN) await writeFile(GOLDEN, `${JSON.stringify(heard, null, 4)}\n`);
    assert.deepEqual(heard, await goldenCredits());
});

for (const seed of [1, 2, 3]) {
    test(`played in shuffled order ${seed}, the credits are the golden ones`, async () => {
        assert.deepEqual(await creditsAfter(shuffled(EVENTS, seed)), await goldenCredits());
    });
}

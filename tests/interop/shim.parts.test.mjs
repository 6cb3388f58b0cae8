// Tests the parts of the shim by themselves. Needs neither OBS nor the bridge.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { shim } from './shim.mjs';

const { Sequence, StreamerbotOverObs, Subscriptions, parseLeniently, plainSha256 } = shim;

test('the own SHA-256 equals the system\'s, round every length of padding', () => {
    for (let length = 0; length < 200; length++) {
        const bytes = randomBytes(length);
        assert.equal(Buffer.from(plainSha256(bytes)).toString('hex'), createHash('sha256').update(bytes).digest('hex'), `${length} bytes`);
    }
});

function passed(next, seqs) {
    const events = [];
    const sequence = new Sequence(next, (event) => events.push(event));
    for (const seq of seqs) sequence.take(seq, seq);
    return { events, sequence };
}

test('events come in order and once', () => {
    assert.deepEqual(passed(1, [2, 1, 1, 4, 2, 3, 5]).events, [1, 2, 3, 4, 5]);
    assert.deepEqual(passed(null, [7, 9, 8, 7]).events, [7, 8, 9]);
});

test('what stays away holds up the rest for a moment only, and still comes late', async () => {
    const { events, sequence } = passed(1, [1, 3, 4, 7]);
    assert.deepEqual(events, [1]);
    while (events.length < 4) await sleep(10);
    assert.deepEqual(events, [1, 3, 4, 7]);
    for (const seq of [2, 2, 3, 8]) sequence.take(seq, seq);
    assert.deepEqual(events, [1, 3, 4, 7, 2, 8]);
});

test('each gap has its own time', (context) => {
    const timers = [];
    context.mock.method(globalThis, 'setTimeout', () => timers.push('running'));
    context.mock.method(globalThis, 'clearTimeout', (number) => number && (timers[number - 1] = 'stopped'));
    const { events, sequence } = passed(1, [2, 1, 4, 5]);
    assert.deepEqual([events, timers], [[1, 2], ['stopped', 'running']]);
    sequence.take(3, 3);
    assert.deepEqual([events, timers], [[1, 2, 3, 4, 5], ['stopped', 'stopped']]);
});

test('subscriptions add up, whatever the case, and a star stands for all but what was taken away', () => {
    const all = new Subscriptions();
    assert.equal(all.events(), undefined);
    all.add({ twitch: ['Follow', 7], General: '*', Raw: ['*'] });
    all.add({ Twitch: ['cheer'] });
    assert.ok(all.has({ source: 'Twitch', type: 'Follow' }) && all.has({ source: 'TWITCH', type: 'CHEER' }) && all.has({ source: 'Raw', type: 'Action' }));
    assert.ok(!all.has({ source: 'Twitch', type: 'Raid' }) && !all.has({ source: 'General', type: 'Custom' }) && !all.has({}));
    all.remove({ RAW: ['action'], Twitch: ['Follow'] });
    assert.ok(!all.has({ source: 'Raw', type: 'Action' }) && all.has({ source: 'Raw', type: 'SubAction' }));
    assert.deepEqual(all.events(), { twitch: ['cheer'], Raw: ['*'] });
    all.remove({ Twitch: ['*'], Raw: ['*'], Nothing: ['*'] });
    assert.equal(all.events(), undefined);
    for (const nonsense of [undefined, null, 'x', ['y'], { a: 1, b: [null] }]) all.add(nonsense);
    assert.equal(all.events(), undefined);
});

test('a comma too many is no error, one too few is', () => {
    assert.deepEqual(parseLeniently('{"events": {"Twitch": ["Follow", ], }, "x": "a,}\\",]",\n}'), { events: { Twitch: ['Follow'] }, x: 'a,}",]' });
    assert.throws(() => parseLeniently('{"id": "123" "events": {}}'), SyntaxError);
});

test('it has what a WebSocket has, and refuses what that refuses', async () => {
    for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })) {
        assert.equal(StreamerbotOverObs[name], value);
        assert.equal(StreamerbotOverObs.prototype[name], value);
    }
    const socket = new WebSocket('ws://localhost:8080');
    assert.ok(socket instanceof StreamerbotOverObs);
    const { url, readyState, protocol, extensions, bufferedAmount, binaryType, onopen } = socket;
    assert.deepEqual(
        { url, readyState, protocol, extensions, bufferedAmount, binaryType, onopen },
        { url: 'ws://localhost:8080/', readyState: 0, protocol: '', extensions: '', bufferedAmount: 0, binaryType: 'blob', onopen: null },
    );
    assert.throws(() => socket.send('too early'), { name: 'InvalidStateError' });
    assert.throws(() => socket.close(1001), { name: 'InvalidAccessError' });
    assert.throws(() => socket.close(1000, 'ä'.repeat(62)), { name: 'SyntaxError' });
    assert.throws(() => new StreamerbotOverObs('gopher://x'), { name: 'SyntaxError' });

    const heard = [];
    socket.onerror = () => heard.push('error');
    const closed = new Promise((resolve) => (socket.onclose = resolve));
    socket.close();
    assert.equal(socket.readyState, 2);
    const { code, wasClean } = await closed;
    assert.deepEqual({ heard, code, wasClean, readyState: socket.readyState }, { heard: ['error'], code: 1006, wasClean: false, readyState: 3 });
    socket.send('xyz');
    assert.equal(socket.bufferedAmount, 3);
});

test('only Streamer.bot\'s addresses are taken over', () => {
    const native = Object.getPrototypeOf(StreamerbotOverObsConfig.WebSocket); // that of the `ws` package
    for (const url of ['ws://localhost:8080', 'ws://localhost:8080/', 'ws://127.0.0.1:8080/', 'ws://[::1]:8080', new URL('ws://LOCALHOST:8080')]) {
        const socket = new WebSocket(url);
        assert.ok(socket instanceof StreamerbotOverObs, String(url));
        socket.close();
    }
    for (const url of ['ws://localhost:8081', 'wss://localhost:8080', 'ws://localhost:8080/other', 'ws://127.0.0.2:8080']) {
        const socket = new WebSocket(url);
        assert.ok(socket instanceof native && socket instanceof WebSocket && !(socket instanceof StreamerbotOverObs), url);
        socket.on('error', () => {});
        socket.terminate();
    }
});

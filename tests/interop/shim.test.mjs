// Streamer.bot's own client, unmodified, and the code of a plain page, through the shim, OBS and the bridge. OBS is a real one or the
// stand-in.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBridge } from './bridge.mjs';
import { Bus, until, within } from './bus.mjs';
import { startObs } from './obs.mjs';
import { collect, cutOff, StreamerbotClient } from './shim.mjs';
import { envelope } from './twitchat.mjs';

const ADDRESS = 'ws://localhost:8080';
const FOLLOWER = { id: '220194871', login: 'tobiwanders', displayName: 'TobiWanders' };
const follow = (name = FOLLOWER.displayName) => envelope('FOLLOW', { user: { ...FOLLOWER, id: `id of ${name}`, login: name.toLowerCase(), displayName: name } });
const quiet = { debug() {}, verbose() {}, info() {}, warn() {}, error() {}, setLevel() {} };

let bus;
let bridge;

before(async () => {
    bus = await Bus.connect();
    bridge = await startBridge(bus);
});
after(async () => {
    await bridge?.stop();
    await bus?.close();
});

/** Runs the body of a test with a connected client, and disconnects it in any case. */
async function withClient(options, body) {
    const seen = [];
    let connected = 0;
    const client = new StreamerbotClient({
        logger: quiet,
        onData: (frame) => seen.push(frame),
        onConnect: () => connected++,
        ...options,
    });
    try {
        await until('the client connected', () => connected > 0);
        return await body(client, { seen, connected: () => connected });
    } finally {
        await client.disconnect();
    }
}

/** The socket of a plain page, after it has opened. */
async function open() {
    const socket = new WebSocket(ADDRESS);
    const frames = collect(socket, 'message', ({ data }) => JSON.parse(data));
    await within(10_000, 'onopen', new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error('onerror'));
    }));
    let number = 0;
    const ask = async (request, fields = {}) => {
        const id = `question ${++number}`;
        socket.send(JSON.stringify({ request, id, ...fields }));
        await until(`the reply to ${request}`, () => frames.some((frame) => frame.id === id));
        return frames.find((frame) => frame.id === id);
    };
    return { socket, frames, ask };
}

async function closed(socket) {
    const event = new Promise((resolve) => socket.addEventListener('close', resolve));
    socket.close(1000, 'done');
    return within(1_000, 'onclose', event);
}

/** All methods of the client, with their arguments, and checks of their replies. */
const METHODS = {
    subscribe: [[[{ Twitch: ['Follow'] }], ({ events }) => events.Twitch[0] === 'Follow']],
    unsubscribe: [[[{ Twitch: ['Follow'] }], ({ status }) => status === 'ok']],
    getEvents: [[[], ({ events }) => 'Twitch' in events]],
    getActions: [[[], ({ actions, count }) => actions.length === count]],
    doAction: [
        [[{ name: 'CHAT_FEED_READ' }, { count: 1 }], ({ args }) => args.count === 1],
        [[{ name: 'CHAT_FEED_READ' }, { count: 1 }, { customEventResponse: true }], (reply) => reply.customEventResponseArgs.sent === true],
    ],
    getBroadcaster: [[[], ({ connected, platforms }) => Array.isArray(connected) && typeof platforms === 'object']],
    getMonitoredYouTubeBroadcasts: [[[], ({ broadcasts, count }) => broadcasts.length === count]],
    getCredits: [[[], ({ events }) => Array.isArray(events.follows)]],
    testCredits: [[[], ({ users }) => users.users.length > 0]],
    clearCredits: [[[], ({ status }) => status === 'ok']],
    getInfo: [[[], ({ info }) => info.name === 'twitchat-bridge']],
    getActiveViewers: [[[], ({ viewers, count }) => viewers.length === count]],
    executeCodeTrigger: [
        [['poll_vote_removed', { n: 1 }], ({ status }) => status === 'ok'],
        [['poll_vote_removed', { n: 1 }, { customEventResponse: true }], (reply) => reply.customEventResponseArgs.handled === false],
    ],
    getCodeTriggers: [[[], ({ triggers }) => triggers.length === 0]],
    getCommands: [[[], ({ commands }) => commands.length === 0]],
    getEmotes: ['twitch', 'youtube'].map((platform) => [[platform], ({ emotes }) => emotes.userEmotes.length === 0]),
    getGlobals: [[[], ({ variables }) => Object.keys(variables).length === 0]],
    getGlobal: [[['x'], ({ error }) => error === 'Variable not found']],
    getUserGlobals: ['twitch', 'youtube', 'trovo', 'kick'].map((platform) => [[platform, 'x'], ({ variables }) => variables.length === 0]),
    getUserGlobal: ['twitch', 'youtube', 'trovo', 'kick'].map((platform) => [[platform, '1', 'x'], ({ error }) => error === 'Variable not found']),
    sendMessage: [[['twitch', 'hi'], ({ error }) => error === 'Authentication required']], // the client's own error, without a password
    getUserPronouns: ['twitch', 'youtube', 'kick'].map((platform) => [
        [platform, 'tobiwanders'],
        ({ userLogin, pronoun }) => userLogin === 'tobiwanders' && pronoun.userFound === false && pronoun.pronounSubject === '',
    ]),
};

test('none of the 22 methods of the client rejects', () =>
    withClient({}, async (client) => {
        await bus.broadcast(follow('Somebody')); // a person who is active
        assert.equal(client.ready, true);
        assert.equal(Object.keys(METHODS).length, 22);
        for (const [method, calls] of Object.entries(METHODS)) {
            for (const [given, isRight] of calls) {
                const reply = await client[method](...given).catch((error) => assert.fail(`${method}(${JSON.stringify(given)}): ${error.message}`));
                assert.ok(isRight(reply), `${method}(${JSON.stringify(given)}): ${JSON.stringify(reply)}`);
            }
        }
        // Streamer.bot does not know such an action either.
        await assert.rejects(client.doAction({ name: 'no such action' }), /Request failed/);
    }));

test('a page gets replies in the spelling that it chose, by default today\'s', async () => {
    const ask = async (fields = {}) => {
        const { socket, ask: request } = await open();
        const replies = [await request('GetCredits', fields), await request('TESTCREDITS', fields), await request('GetEvents', fields)];
        await closed(socket);
        assert.ok(replies.every(({ status }) => status === 'ok'), JSON.stringify(replies.map(({ error }) => error)));
        const keys = replies.slice(0, 2).map((reply) => ['events', 'Events'].filter((key) => key in reply).join('+'));
        return [...keys, ['Twitch', 'twitch'].filter((key) => key in replies[2].events).join('+')];
    };
    const current = ['events', 'events', 'Twitch'];
    const legacy = ['Events', 'Events', 'twitch'];
    const both = ['events+Events', 'events+Events', 'Twitch+twitch'];
    try {
        assert.deepEqual(await ask(), current);
        assert.deepEqual(await ask({ spelling: 'legacy' }), legacy); // a request with its own spelling
        for (const [choice, expected] of [['legacy', legacy], ['seed', legacy], ['Both', both], [{ node: 'legacy' }, legacy], [{ 'other.html': 'legacy' }, current], [{ '*': 'both' }, both]]) {
            StreamerbotOverObsConfig.spelling = choice;
            assert.deepEqual(await ask(), expected, JSON.stringify(choice));
        }
    } finally {
        delete StreamerbotOverObsConfig.spelling;
    }
});

test('a spelling that there is not is said, and today\'s is used', async (context) => {
    const said = context.mock.method(console, 'warn', () => {});
    StreamerbotOverObsConfig.spelling = 'upside down';
    try {
        const { socket, ask } = await open();
        assert.ok('events' in (await ask('GetCredits')));
        assert.match(said.mock.calls[0].arguments[0], /upside down/);
        await closed(socket);
    } finally {
        delete StreamerbotOverObsConfig.spelling;
    }
});

test('a follower is heard by name, by source and by star, once each, and after unsubscribing no more', () =>
    withClient({ subscribe: { Twitch: ['Follow'] } }, async (client, { seen }) => {
        const heard = { name: [], source: [], star: [] };
        await client.on('Twitch.Follow', ({ data }) => heard.name.push(data.displayName));
        await client.on('Twitch.*', ({ event }) => heard.source.push(event.type));
        await client.on('*', ({ event }) => heard.star.push(`${event.source}.${event.type}`));
        await bus.broadcast(follow('First'));
        await until('the follower', () => heard.name.length > 0 && heard.source.length > 0 && heard.star.length > 0);
        const before = seen.length;
        assert.equal((await client.unsubscribe({ Twitch: ['Follow'] })).status, 'ok');
        await bus.broadcast(follow('Second'));
        await client.getInfo();
        await client.getInfo(); // an event would have come before this reply
        assert.deepEqual(seen.slice(before).filter(({ event }) => event?.type === 'Follow' && event.source === 'Twitch'), []);
        assert.deepEqual(heard.name, ['First']);
        assert.deepEqual(heard.source.filter((type) => type === 'Follow'), ['Follow']);
        assert.deepEqual(heard.star.filter((name) => name === 'Twitch.Follow'), ['Twitch.Follow']);
    }));

test('subscribed to everything at once, each event comes once', () =>
    withClient({ subscribe: '*' }, async (client, { seen }) => {
        await until('the subscription', () => seen.some(({ status, events }) => status === 'ok' && events));
        await client.getInfo();
        await bus.broadcast(follow('Everything'));
        await until('the follower', () => seen.some(({ event, data }) => event?.type === 'Follow' && data.displayName === 'Everything'));
        await client.getInfo();
        assert.equal(seen.filter(({ event, data }) => event?.source === 'Twitch' && data.displayName === 'Everything').length, 1);
    }));

test('doAction sends Twitchat its action', () =>
    withClient({}, async (client) => {
        await bus.broadcast(follow('Somebody')); // shows the bridge the generation of Twitchat
        const { actions } = await client.getActions();
        const action = actions.find(({ name }) => name === 'CHAT_FEED_READ');
        assert.ok(action, actions.map(({ name }) => name).join());
        for (const by of [action.id, { name: action.name }]) {
            const sent = bus.next(({ origin, type }) => origin === 'twitchat' && type === action.name, { what: action.name });
            assert.equal((await client.doAction(by, { count: 5 })).status, 'ok');
            const { id, data } = await sent;
            assert.deepEqual([typeof id, data], ['string', { count: 5 }]);
        }
        await assert.rejects(client.doAction(action.id, { count: 'five' }), /Request failed/);
    }));

test('with authentication switched on, a client with a password is authenticated and may send messages', async () => {
    StreamerbotOverObsConfig.authentication = true;
    try {
        const heard = [];
        const stop = bus.hear((message) => heard.push(JSON.stringify(message)));
        await withClient({ password: 'any' }, async (client) => {
            assert.deepEqual([client.authenticated, client.ready], [true, true]);
            assert.notEqual((await client.sendMessage('twitch', 'hi').catch(({ message }) => message)).error, 'Authentication required');
        });
        await withClient({}, (client) => assert.deepEqual([client.authenticated, client.ready], [false, true]));
        stop();
        assert.ok(!heard.some((text) => /"request":"Authenticate"/.test(text)), 'a hash of the password went over OBS');
    } finally {
        delete StreamerbotOverObsConfig.authentication;
    }
});

test('a raw page: Hello first, then frames as Streamer.bot has them', async () => {
    const { socket, frames, ask } = await open();
    await ask('GetInfo');
    const [{ timestamp, session, request, info, ...rest }] = frames;
    assert.deepEqual([request, rest], ['Hello', {}]);
    assert.ok(timestamp && session && info.version);
    const reply = await ask('Subscribe', { events: { twitch: ['follow'] } });
    assert.deepEqual(reply, { status: 'ok', id: reply.id, events: { twitch: ['follow'] } });
    await bus.broadcast(follow('Raw'));
    await until('the follower', () => frames.some(({ event }) => event));
    const event = frames.find(({ event }) => event);
    assert.deepEqual([Object.keys(event).sort(), event.event], [['data', 'event', 'timeStamp'], { source: 'Twitch', type: 'Follow' }]);
    const { code, reason, wasClean } = await closed(socket);
    assert.deepEqual({ code, reason, wasClean }, { code: 1000, reason: 'done', wasClean: true });
});

test('what is no request is answered with an error, and nothing breaks', async () => {
    const { socket, frames, ask } = await open();
    for (const frame of ['{"id": "123" "events": {}}', '[]', 'null', '{"id":"no name"}', '{"request":7,"id":"number"}', new Uint8Array(3)]) socket.send(frame);
    socket.send(`{"request":"GetInfo","id":"big","x":"${'x'.repeat(16 * 1024 * 1024)}"}`);
    socket.send('{"request":"NoSuchRequest","id":"unknown",}');
    assert.equal((await ask('GetInfo')).status, 'ok');
    const errors = () => frames.filter(({ status }) => status === 'error');
    await until('an error for each', () => errors().length >= 8);
    // OBS relays replies on several threads, so their order is not the order of the requests.
    assert.deepEqual(errors().map(({ id }) => id ?? 'none').sort(), ['big', 'no name', 'none', 'none', 'none', 'none', 'number', 'unknown']);
    assert.ok(errors().every(({ error }) => error.length > 10));
    await closed(socket);
});

test('two sockets of one page with the same ids get their own replies and their own events only', async () => {
    const [one, other] = await Promise.all([open(), open()]);
    await one.ask('Subscribe', { events: { Twitch: ['Follow'] } });
    one.socket.send('{"request":"GetInfo","id":"same"}');
    other.socket.send('{"request":"GetEvents","id":"same"}');
    await bus.broadcast(follow('Mine'));
    await until('both', () => [one, other].every(({ frames }) => frames.some(({ id }) => id === 'same')) && one.frames.some(({ event }) => event));
    await Promise.all([one.ask('GetInfo'), other.ask('GetInfo')]);
    for (const { frames } of [one, other]) assert.equal(frames.filter(({ id }) => id === 'same').length, 1);
    assert.ok(one.frames.find(({ id }) => id === 'same').info && other.frames.find(({ id }) => id === 'same').events);
    assert.deepEqual(other.frames.filter(({ event }) => event), []);
    await Promise.all([closed(one.socket), closed(other.socket)]);
});

test('a page that closes ends its subscriptions at the bridge', async () => {
    const { socket, ask } = await open();
    await ask('Subscribe', { events: { Twitch: ['Raid'] } });
    const subscribed = async () => JSON.stringify(await bus.request('GetStatus')).includes('Raid');
    assert.equal(await subscribed(), true);
    await closed(socket);
    assert.equal(await subscribed(), false);
});

test('a burst arrives in the order of the bridge, each event once', async () => {
    const { socket, frames, ask } = await open();
    await ask('Subscribe', { events: { General: ['Custom'] } });
    const COUNT = 500;
    const sent = new Map(); // by the bridge's numbers, in whatever order OBS relays them
    const stop = bus.hear(({ origin, seq, event, data }) => origin === 'twitchat-bridge' && event && sent.set(seq, data.n));
    const publish = { source: 'General', type: 'Custom' };
    await bus.play(Array.from({ length: COUNT }, (_, n) => ({ request: 'PublishEvent', id: n, publish, data: { n }, eventId: `burst ${process.pid} ${n}` })));
    const numbers = () => frames.filter(({ event }) => event).map(({ data }) => data.n);
    await until('all', () => numbers().length >= COUNT && sent.size >= COUNT, 30_000);
    stop();
    assert.deepEqual(numbers(), [...sent].sort(([a], [b]) => a - b).map(([, n]) => n));
    assert.equal(new Set(numbers()).size, COUNT);
    await closed(socket);
});

test('a page that stood still reads what came meanwhile before it gives up an event that is missing', async () => {
    const { socket, frames, ask } = await open();
    await ask('Subscribe', { events: { General: ['Custom'] } });
    const publish = { source: 'General', type: 'Custom' };
    const playing = bus.play(Array.from({ length: 200 }, (_, n) => ({ request: 'PublishEvent', id: n, publish, data: { n }, eventId: `still ${process.pid} ${n}` })));
    const sent = new Map();
    const stop = bus.hear(({ origin, seq, event, data }) => origin === 'twitchat-bridge' && event && sent.set(seq, data.n));
    const numbers = () => frames.filter(({ event }) => event).map(({ data }) => data.n);
    while (numbers().length < 200 || sent.size < 200) {
        for (const until = Date.now() + 400; Date.now() < until; ); // longer than an event waits for those before it
        await new Promise(setImmediate); // one turn of the loop: timers first, then received messages
    }
    await playing;
    stop();
    assert.deepEqual(numbers(), [...sent].sort(([a], [b]) => a - b).map(([, n]) => n));
    await closed(socket);
});

test('a round trip takes less than 3 ms, or on a slow machine four times what OBS takes to hand a message to its sender', async () => {
    const { socket } = await open();
    const trips = [];
    const echoes = [];
    for (let n = 0; n < 300; n++) {
        let began = performance.now();
        const reply = new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
        socket.send(`{"request":"GetInfo","id":"${n}"}`);
        await reply;
        trips.push(performance.now() - began);
        const back = bus.next(({ echo }) => echo === n);
        began = performance.now();
        bus.broadcast({ echo: n });
        await back;
        echoes.push(performance.now() - began);
    }
    const [[trip, slow], [echo]] = [trips, echoes].map((times) => times.sort((a, b) => a - b)).map((times) => [times[150], times[296]]);
    console.log(`round trip through the shim: p50 ${trip.toFixed(2)} ms, p99 ${slow.toFixed(2)} ms; an echo: p50 ${echo.toFixed(2)} ms`);
    assert.ok(trip < Math.max(3, 4 * echo), `p50 ${trip} ms, of an echo ${echo} ms`);
    await closed(socket);
});

test('when the connection to OBS is lost the client connects again, and hears what it subscribed to', () =>
    withClient({ subscribe: { Twitch: ['Follow'] } }, async (client, { seen, connected }) => {
        const { socket, frames } = await open();
        const lost = new Promise((resolve) => (socket.onclose = resolve));
        cutOff();
        const { code, wasClean } = await within(5_000, 'onclose', lost);
        assert.deepEqual({ code, wasClean, state: socket.readyState }, { code: 1006, wasClean: false, state: 3 });
        assert.ok(!frames.some(({ status }) => status === 'error'));
        await until('the client connected again', () => connected() > 1);
        await until('subscribed again', () => seen.filter(({ status, events }) => status === 'ok' && events?.Twitch?.length === 1).length >= 2);
        await bus.broadcast(follow('Again'));
        await until('the follower', () => seen.some(({ data }) => data?.displayName === 'Again'));
    }));

test('when the bridge restarts the page stays open, subscribed, and hears the new one', async () => {
    const { socket, frames, ask } = await open();
    await ask('Subscribe', { events: { Twitch: ['Follow'] } });
    await bridge.stop();
    const renewed = bus.next(({ request, origin, events }) => request === 'Subscribe' && origin === 'overlay' && events, { ms: 20_000, what: 'Subscribe' });
    bridge = await startBridge(bus);
    await renewed;
    assert.equal((await ask('GetInfo')).status, 'ok');
    await bus.broadcast(follow('After'));
    await until('the follower', () => frames.some(({ data }) => data?.displayName === 'After'));
    assert.equal(socket.readyState, WebSocket.OPEN);
    await closed(socket);
});

test('what a bridge that went away left unanswered closes the socket, so that the page can ask again', async () => {
    const { socket } = await open();
    await bridge.stop();
    const lost = new Promise((resolve) => (socket.onclose = resolve));
    socket.send('{"request":"GetCredits","id":"credits"}');
    bridge = await startBridge(bus);
    assert.equal((await within(20_000, 'onclose', lost)).code, 1006);
});

test('without a bridge a socket is refused after a while; with one that comes meanwhile it opens', async () => {
    await bridge.stop();
    StreamerbotOverObsConfig.patienceMs = 1_000;
    const refused = new WebSocket(ADDRESS);
    const heard = [];
    refused.onerror = () => heard.push('error');
    const { code } = await within(3_000, 'onclose', new Promise((resolve) => (refused.onclose = resolve)));
    assert.deepEqual([heard, code], [['error'], 1006]);
    delete StreamerbotOverObsConfig.patienceMs;
    const [{ socket }] = await Promise.all([open(), startBridge(bus).then((started) => (bridge = started))]);
    await closed(socket);
});

test('a wrong password is refused at once, and said', async (context) => {
    const { obs } = StreamerbotOverObsConfig;
    const said = context.mock.method(console, 'warn', () => {});
    StreamerbotOverObsConfig.obs = { ...obs, password: 'wrong' };
    try {
        const socket = new WebSocket(ADDRESS);
        await within(3_000, 'onclose', new Promise((resolve) => (socket.onclose = resolve)));
        assert.match(said.mock.calls[0].arguments[0], /refused the password/);
    } finally {
        StreamerbotOverObsConfig.obs = obs;
    }
});

test('OBS restarts: the client is told, connects again by itself, and hears what it subscribed to', { timeout: 120_000 }, async () => {
    const obs = await startObs();
    const { obs: usual } = StreamerbotOverObsConfig;
    StreamerbotOverObsConfig.obs = { host: '127.0.0.1', port: Number(new URL(obs.url).port), password: obs.password };
    let own;
    let here;
    try {
        here = await Bus.connect(obs);
        own = await startBridge(here, obs);
        await withClient({ subscribe: { Twitch: ['Follow'] } }, async (client, { seen, connected }) => {
            await obs.restart();
            await until('the client connected again', () => connected() > 1, 30_000);
            await until('subscribed again', () => seen.filter(({ status, events }) => status === 'ok' && events?.Twitch?.length === 1).length >= 2);
            await here.close();
            here = await Bus.connect(obs);
            await here.broadcast(follow('Restarted'));
            await until('the follower', () => seen.some(({ data }) => data?.displayName === 'Restarted'));
        });
    } finally {
        StreamerbotOverObsConfig.obs = usual;
        await own?.stop();
        await here?.close();
        await obs.stop();
    }
});

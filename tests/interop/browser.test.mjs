// Pages that were built for Streamer.bot, in Chromium, with one script tag of ours: from disk, as OBS opens them, and over http, where
// browsers do not offer crypto.subtle. obs-websocket-js acts as Twitchat. The bridge is real, and so is OBS unless the tests run on the
// stand-in.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBridge } from './bridge.mjs';
import { Bus, obsOfTheTests, until } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { makePages } from './pages.mjs';
import { envelope } from './twitchat.mjs';

let bus;
let bridge;
let browser;
let pages;
let server;

before(async () => {
    pages = await makePages();
    server = createServer(async ({ url }, answer) => {
        const text = await readFile(join(pages.dir, basename(url.split('?')[0]))).catch(() => undefined);
        answer.writeHead(text ? 200 : 404, { 'content-type': url.includes('.js') ? 'text/javascript' : 'text/html' }).end(text);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    bus = await Bus.connect();
    bridge = await startBridge(bus);
    browser = await startChromium();
});
after(async () => {
    await browser?.close();
    await bridge?.stop();
    await bus?.close();
    server?.close();
    await pages?.remove();
});

const fromDisk = (page) => pages.fromDisk(page);
const fromServer = (page, host = 'overlay.test') => `http://${host}:${server.address().port}/${page}`;

/** Waits for the bridge's reply to the Subscribe of the documentation's page. Call it before you open the page. */
const subscribedBy123 = () => bus.next(({ origin, id, status }) => origin === 'twitchat-bridge' && id === '123' && status === 'ok', { what: 'Subscribe' });

const subscription = (user, more) =>
    ({ tier: 1, months: 1, user, message: '', message_chunks: [], recipients: [], streakMonths: 1, totalSubDuration: 1, giftCount: 0, isPrimeUpgrade: false, isGift: false, isGiftUpgrade: false, isResub: false, ...more });
const person = (name) => ({ id: `id of ${name}`, login: name.toLowerCase(), displayName: name });
const gift = (from, to) => subscription(from, { isGift: true, giftCount: 1, recipients: [{ uid: to.id, login: to.login, displayName: to.displayName }] });

/** Events that the documentation's page subscribes to, in the form of a generation, by people whose names begin with `who`. */
function show(who, names) {
    const [fan, giver, one, two, three, single] = ['Fan', 'Giver', 'One', 'Two', 'Three', 'Single'].map((name) => person(who + name));
    const played = [
        [names.follow, { channel: '1', user: fan }],
        [names.sub, { channel: '1', ...subscription(fan, { tier: 'prime' }) }],
        [names.sub, { channel: '1', ...subscription(giver, { isResub: true, totalSubDuration: 24 }) }],
        [names.bits, { channel: '1', message: 'Cheer100', message_chunks: [], user: fan, bits: 100, pinned: false, pinLevel: -1 }],
        [names.sub, { channel: '1', ...gift(giver, one) }],
        [names.sub, { channel: '1', ...gift(giver, two) }],
        [names.sub, { channel: '1', ...gift(giver, three) }],
        [names.sub, { channel: '1', ...gift(fan, single) }],
    ].map(([type, data]) => envelope(type, data));
    const alerts = [
        `trigger follow event for ${who}Fan`,
        `trigger sub event for ${who}Fan`,
        `trigger sub event for ${who}Giver`,
        `trigger cheer event for ${who}Fan 100`,
        `trigger gift bomb event for ${who}Giver 3 subs`,
        ...['One', 'Two', 'Three', 'Single'].map((name) => `trigger Gift sub event for ${who}${name}`),
    ];
    return { played, alerts };
}

const GENERATIONS = {
    16: { follow: 'FOLLOW', sub: 'SUBSCRIPTION', bits: 'BITS' },
    17: { follow: 'ON_FOLLOW', sub: 'ON_SUBSCRIPTION', bits: 'ON_BITS' },
};

for (const [generation, names] of Object.entries(GENERATIONS)) {
    test(`the documentation's page raises its alerts for what Twitchat ${generation} tells`, async () => {
        const subscribed = subscribedBy123();
        const page = await browser.open(fromDisk('alerts.html'));
        await subscribed;
        const { played, alerts } = show(`Of${generation}`, names);
        for (const message of played) await bus.broadcast(message);
        await until('the alerts', () => page.alerts.length >= alerts.length);
        await sleep(300); // a further event would be an error
        assert.deepEqual([...page.alerts].sort(), [...alerts].sort());
        // The page reads json.event.source of replies, too, which have no event. With Streamer.bot it does the same.
        assert.ok(page.errors.every((error) => /reading 'source'/.test(error)), page.errors.join('\n'));
        await page.close();
    });
}

for (const [place, address] of [['disk', () => fromDisk('credits.html')], ['http without secure context', () => fromServer('credits.html')], ['localhost', () => fromServer('credits.html', 'localhost')]]) {
    test(`the documentation's page shows the credits, opened from ${place}`, async () => {
        await bus.broadcast(envelope('FOLLOW', { user: person(`Credited from ${place}`) }));
        const page = await browser.open(address());
        const replies = () => page.console.filter(([text]) => text === 'Message from server: ').map(([, data]) => JSON.parse(data));
        await until('the credits', () => replies().some(({ id }) => id === 'credits'));
        const { status, Events } = replies().find(({ id }) => id === 'credits');
        assert.equal(status, 'ok');
        assert.ok(Events.Follows.includes(`Credited from ${place}`), Events.Follows.join());
        await until('the page closed its socket', () => page.run('socket.readyState === WebSocket.CLOSED'));
        assert.deepEqual(page.errors, []);
        assert.equal(await page.run('isSecureContext'), place !== 'http without secure context');
        await page.close();
    });
}

test('the credits page of the documentation has the one line that our documentation gives', async () => {
    const [page, docs] = await Promise.all(['pages/credits.html', '../../docs/streamerbot-pages.md'].map((file) => readFile(new URL(file, import.meta.url), 'utf8')));
    const [line, ...more] = page.split('\n').filter((text) => /streamerbot-over-obs/.test(text));
    assert.ok(docs.split('\n').includes(line), line);
    assert.deepEqual(more, []);
});

test('a page that shows every list of a reply shows each name once', async () => {
    await bus.request('ClearCredits');
    await bus.broadcast(envelope('FOLLOW', { user: person('Enumerated') }));
    const page = await browser.open(fromDisk('enumerating.html'));
    await until('the credits', () => page.run('window.done'));
    const names = await page.run('[...document.querySelectorAll("li")].map((item) => item.textContent)');
    assert.deepEqual(names.filter((name) => name === 'Enumerated'), ['Enumerated']);
    await page.close();
});

for (const [generation, names] of Object.entries({
    16: { bits: 'BITS', nonFollower: 'MESSAGE_NON_FOLLOWER', mention: 'MENTION', first: 'MESSAGE_FIRST', ever: 'MESSAGE_FIRST_ALL_TIME', reward: 'REWARD_REDEEM', labels: 'LABEL_OVERLAY_PLACEHOLDERS', voice: 'VOICEMOD_CHANGE', timer: 'TIMER_STOP', goal: 'DONATION_EVENT' },
    17: { bits: 'ON_BITS', nonFollower: 'ON_MESSAGE_FROM_NON_FOLLOWER', mention: 'ON_MENTION', first: 'ON_MESSAGE_FIRST_TODAY', ever: 'ON_MESSAGE_FIRST_ALL_TIME', reward: 'ON_REWARD_REDEEM', labels: 'ON_LABEL_OVERLAY_PLACEHOLDERS', voice: 'ON_VOICEMOD_VOICE_CHANGE', timer: 'ON_TIMER_STOP', goal: 'ON_DONATION_EVENT' },
})) {
    test(`a chat overlay shows lines, cheers, raids, tips and timers of Twitchat ${generation}, each once and nothing undefined`, async () => {
        const labels = (name, count) => ({ RAID_NAME: { value: name, type: 'string' }, RAID_ID: { value: `id of ${name}`, type: 'string' }, RAID_COUNT: { value: count, type: 'number' } });
        await bus.broadcast(envelope(names.labels, labels('Before', 1)));
        const subscribed = bus.next(({ request, events }) => request === 'Subscribe' && JSON.stringify(events ?? '').includes('VoiceLoaded'), { what: 'Subscribe' });
        const page = await browser.open(fromDisk('chat.html'));
        await subscribed;
        await until('the client connected', () => page.run('window.connected === true'));
        await page.run('client.getInfo().then(({ status }) => status)'); // the bridge has received the Subscribe before this request
        const [fan, guest, lucky, raider] = ['Fan', 'Guest', 'Lucky', 'Raider'].map((name) => person(`${name}${generation}`));
        const said = (user, message, more = {}) => ({ channel: '1', message, user, ...more });
        for (const [type, data] of [
            [names.nonFollower, said(fan, 'hello @streamer')],
            [names.mention, said(fan, 'hello @streamer')],
            [names.first, said(fan, 'hello @streamer')],
            [names.ever, said(fan, 'hello @streamer')],
            [names.mention, said(guest, 'nice one')],
            [names.reward, said(lucky, 'drink!', { reward: { id: 'hydrate', cost: 100, title: 'Hydrate' } })],
            [names.bits, said(fan, 'Cheer100 wow', { message_chunks: [], bits: 100, pinned: false, pinLevel: -1 })],
            [names.labels, labels(raider.displayName, 42)],
            [names.voice, generation === '16' ? { voice: 'cathedral' } : { voiceId: 'robot' }],
            [names.timer, { id: `timer${generation}`, startAt_ms: 1, endAt_ms: 5 }],
            [names.timer, { id: `timer${generation}`, startAt_ms: 1, endAt_ms: 5 }],
            [names.goal, { username: 'Giver', amount: '5 tier 1', overlayId: 'goal' }],
        ]) await bus.broadcast(envelope(type, data));
        await bus.request('PublishEvent', { publish: { source: 'Kofi', type: 'Donation' }, data: { from: 'Tipper', amount: '12.50', currency: 'EUR' } });
        await bus.request('PublishEvent', { publish: { source: 'Twitch', type: 'Raid' }, data: { userId: '33881177', userName: 'lanternfox', displayName: 'LanternFox', viewers: 57 } });
        await bus.request('PublishEvent', { publish: { source: 'Twitch', type: 'ChatMessage' }, data: { user: `Brief${generation}`, text: 'just this' } });
        const expected = [
            `chat|first||Fan${generation}|Fan${generation}|hello @streamer|hello @streamer|hello @streamer`,
            `first word|first||Fan${generation}|Fan${generation}|hello @streamer|hello @streamer|hello @streamer`,
            `chat|||Guest${generation}|Guest${generation}|nice one|nice one|nice one`,
            `chat|reward||Lucky${generation}|Lucky${generation}|drink!|drink!|drink!`,
            `cheer|Fan${generation}|100|100|Fan${generation}|Cheer100 wow`,
            `raid|Raider${generation}|Raider${generation}|42|42`,
            'raid|LanternFox|LanternFox|57|57',
            `chat|||Brief${generation}|Brief${generation}|just this|just this|just this`,
            'tip|Tipper|12.5|EUR',
            generation === '16' ? 'voice|cathedral|cathedral' : 'voice|robot|robot',
            `custom|${names.timer}|{"endAt_ms":5,"id":"timer${generation}","startAt_ms":1}`,
            `custom|${names.goal}|{"amount":"5 tier 1","overlayId":"goal","username":"Giver"}`,
        ];
        const shown = () => page.run('[...document.querySelectorAll("li")].map((item) => item.textContent)');
        await until('all lines', async () => (await shown()).length >= expected.length).catch(() => {});
        await sleep(300); // a further event would be an error
        assert.deepEqual((await shown()).sort(), expected.sort());
        const all = `${await page.run('document.title')} ${(await shown()).join(' ')}`;
        assert.ok(!/undefined|null|NaN|\[object/.test(all), all);
        assert.deepEqual([await page.run('rejected'), page.errors], [[], []]);
        await page.close();
    });
}

test('Streamer.bot\'s own client in a page: every request, wildcards, events, and a bridge that restarts', async () => {
    const page = await browser.open(fromDisk('client.html'));
    const info = await page.run(`new Promise((resolve) => {
        window.seen = [];
        window.client = new StreamerbotClient({ subscribe: '*', logLevel: 'none', onConnect: resolve, onData: (frame) => seen.push(frame) });
    })`);
    assert.equal(info.name, 'twitchat-bridge');
    const methods = 'getEvents getActions getBroadcaster getMonitoredYouTubeBroadcasts getCredits testCredits getInfo getActiveViewers getCodeTriggers getCommands getGlobals';
    for (const method of methods.split(' ')) assert.equal((await page.run(`client.${method}()`)).status, 'ok', method);
    await until('the subscription', () => page.run('seen.filter(({ status, events }) => status && events).length >= 2'));
    await bus.broadcast(envelope('FOLLOW', { user: person('InThePage') }));
    await until('the follower', () => page.run('seen.some(({ data }) => data && data.displayName === "InThePage")'));
    assert.equal((await page.run('client.clearCredits()')).status, 'ok');
    await bridge.stop();
    const renewed = bus.next(({ request, origin, events }) => request === 'Subscribe' && origin === 'overlay' && events, { ms: 20_000, what: 'Subscribe' });
    bridge = await startBridge(bus);
    await renewed;
    assert.equal((await page.run('client.getInfo()')).status, 'ok');
    await bus.broadcast(envelope('FOLLOW', { user: person('AfterTheRestart') }));
    await until('the follower', () => page.run('seen.some(({ data }) => data && data.displayName === "AfterTheRestart")'));
    assert.equal(await page.run('client.disconnect().then(() => "closed")'), 'closed');
    assert.deepEqual(page.errors, []);
    await page.close();
});

test('in a browser too it is a WebSocket to the page, and all other addresses are the browser\'s own', async () => {
    const page = await browser.open(`${fromDisk('client.html')}`);
    assert.equal(await page.run(`new Promise((resolve, reject) => {
        class Own extends WebSocket {
            constructor(url) { super(url); this.sent = 0; }
            send(text) { this.sent++; super.send(text); }
        }
        const own = new Own('ws://localhost:8080');
        const others = ['ws://localhost:1', 'wss://localhost:8080'].map((url) => new WebSocket(url));
        own.onerror = reject;
        own.addEventListener('open', function () {
            if (own.url !== 'ws://localhost:8080/' || own.readyState !== Own.OPEN || this !== own) reject(new Error('not a WebSocket'));
            if (![...others, own].every((socket) => socket instanceof WebSocket)) reject(new Error('not an instance'));
            if (!(own instanceof Own) || others[0] instanceof Own || others[0] instanceof StreamerbotOverObs) reject(new Error('wrong class'));
            own.send('{"request":"GetInfo","id":"own"}');
        });
        own.onmessage = ({ data, origin }) => {
            const { id, status } = JSON.parse(data);
            if (id !== 'own') return;
            own.close(3001, 'done');
            own.onclose = ({ code, reason, wasClean }) => resolve([own.sent, status, origin, code, reason, wasClean].join());
        };
    })`), '1,ok,ws://localhost:8080,3001,done,true');
    await page.close();
});

test('OBS\'s address may come from the page\'s URL', async () => {
    const { url, password } = obsOfTheTests();
    const wrong = await browser.open(`${fromDisk('credits.html')}?obsPassword=wrong`);
    await until('the refusal', () => wrong.console.some(([text]) => /refused the password/.test(text)));
    await wrong.close();
    const right = await browser.open(`${fromDisk('credits.html')}?obsPassword=wrong#obsPort=${new URL(url).port}&obsPassword=${encodeURIComponent(password)}`);
    await until('the credits', () => right.console.some(([, data]) => data && JSON.parse(data).id === 'credits'));
    await right.close();
});

test('copies of a page have names of their own, and a page that is loaded again has the one it had', async () => {
    const names = async () => (await bus.request('GetStatus')).clients.map(({ client }) => client).filter((client) => /^alerts\.html /.test(client));
    const subscribing = (count) => {
        const asked = [];
        const stop = bus.hear(({ origin, id, client }) => origin === 'twitchat-bridge' && id === '123' && asked.push(client));
        return until('the subscriptions', () => asked.length >= count).then(() => (stop(), asked.sort()));
    };
    const first = subscribing(2);
    const [one, other] = await Promise.all([browser.open(fromDisk('alerts.html')), browser.open(fromDisk('alerts.html'))]);
    const [name, otherName] = await first;
    assert.notEqual(name, otherName);
    const again = subscribing(2);
    await Promise.all([one.reload(), other.reload()]);
    assert.deepEqual(await again, [name, otherName]);
    assert.deepEqual((await names()).sort(), [name, otherName], 'other clients stay behind');
    await bus.broadcast(envelope('FOLLOW', { user: person('Twice') }));
    await until('both alerts', () => one.alerts.length > 0 && other.alerts.length > 0);
    await sleep(300); // a further event would be an error
    for (const page of [one, other]) assert.deepEqual(page.alerts, ['trigger follow event for Twice']);
    await Promise.all([one.close(), other.close()]);
});

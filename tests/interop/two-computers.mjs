// One client for scripts/two-computers: it connects to OBS on the other computer, sends follows as Twitchat does, and asks the bridge for the
// credits, all over the same address. Prints one line, and exits with 1 if something was missing.
//
//   node two-computers.mjs client URL NAME    obs-websocket-js in Node.js
//   node two-computers.mjs page URL NAME      obs-websocket-js in a page on https in Chromium, as Twitchat is
//
// OBS_TEST_PASSWORD is OBS's password. For `page`, HTTPS_CERT and HTTPS_KEY are the files of the certificate of https://overlay.test.
// With PUBLIC=allow or PUBLIC=ask, the browser treats the page as one from the internet, and the user has allowed connections to the own
// computer and the local network, or has not answered the question yet.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { fileURLToPath } from 'node:url';
import { Bus, within } from './bus.mjs';
import { startChromium } from './chromium.mjs';
import { envelope } from './twitchat.mjs';

const FOLLOWS = 5;
const ROUNDS = 50;
const LIBRARY = new URL('./node_modules/obs-websocket-js/dist/obs-ws.global.js', import.meta.url);

const [kind, url, name] = process.argv.slice(2);
const password = process.env.OBS_TEST_PASSWORD;
const names = Array.from({ length: FOLLOWS }, (_, at) => `${name}${at}`);
const follow = (name) => envelope('FOLLOW', { user: { id: `id of ${name}`, login: name.toLowerCase(), displayName: name } });

async function asClient() {
    const bus = await within(10_000, `a connection to ${url}`, Bus.connect({ url, password }));
    try {
        await bus.play(names.map(follow));
        const { events } = await bus.request('GetCredits', { spelling: 'current' });
        const took = [];
        for (let round = 0; round < ROUNDS; round++) {
            const began = performance.now();
            await bus.request('GetInfo');
            took.push(performance.now() - began);
        }
        took.sort((a, b) => a - b);
        return { follows: events.follows, ms: took[ROUNDS / 2] };
    } finally {
        await bus.close();
    }
}

/** Serves an empty page that has obs-websocket-js. */
async function servePage() {
    const [cert, key, library] = await Promise.all([process.env.HTTPS_CERT, process.env.HTTPS_KEY, LIBRARY].map((path) => readFile(path)));
    const server = createServer({ cert, key }, ({ url }, answer) => {
        const [type, text] = url === '/obs.js' ? ['text/javascript', library] : ['text/html', '<!doctype html><script src="obs.js"></script>'];
        answer.writeHead(200, { 'content-type': type }).end(text);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
}

/** Runs in the page. */
async function inPage({ url, password, messages }) {
    const obs = new OBSWebSocket(); // eslint-disable-line no-undef
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('no connection within 10 s')), 10_000));
    const connected = obs.connect(url, password).catch(({ code, message }) => {
        throw new Error(message || `the connection failed, code ${code}; the browser tells the page no more`);
    });
    await Promise.race([connected, late]);
    const reply = new Promise((resolve) => obs.on('CustomEvent', (message) => message.origin === 'twitchat-bridge' && message.id === 'page' && resolve(message)));
    for (const eventData of messages) await obs.call('BroadcastCustomEvent', { eventData });
    await obs.call('BroadcastCustomEvent', { eventData: { request: 'GetCredits', spelling: 'current', id: 'page' } });
    return { follows: (await Promise.race([reply, late])).events.follows };
}

async function asPage() {
    const server = await servePage();
    const { port } = server.address();
    const origin = `https://overlay.test:${port}`;
    const flags = process.env.PUBLIC ? [`--ip-address-space-overrides=127.0.0.1:${port}=public`] : [];
    const browser = await startChromium({ flags });
    try {
        if (process.env.PUBLIC === 'allow') await browser.allow(origin, ['loopbackNetwork', 'localNetwork']);
        const page = await browser.open(`${origin}/`);
        return await page.run(`(${inPage})(${JSON.stringify({ url, password, messages: names.map(follow) })})`);
    } finally {
        await browser.close();
        server.close();
        server.closeAllConnections();
    }
}

try {
    const { follows, ms } = await { client: asClient, page: asPage }[kind]();
    const missing = names.filter((name) => !follows.includes(name));
    if (missing.length > 0) throw new Error(`the credits lack ${missing.join(', ')}`);
    console.log(`${FOLLOWS} of ${FOLLOWS} follows counted${ms === undefined ? '' : `; a request and its reply take ${ms.toFixed(1)} ms (median of ${ROUNDS})`}`);
} catch (error) {
    console.log(error.message.split('\n')[0].replace(/^Error: /, ''));
    process.exitCode = 1;
}
process.exit(); // a connection that was never answered would keep the process

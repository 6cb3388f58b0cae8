// streamerbot-over-obs.js: pages written for Streamer.bot's WebSocket, unchanged, on twitchat-bridge through OBS.
//
// One script tag before the page's own scripts, and `new WebSocket('ws://localhost:8080')` gives an object that looks like a WebSocket
// to Streamer.bot, but speaks obs-websocket v5 with OBS; every other address goes to the browser's own WebSocket. What the page sends
// goes to the bridge as a BroadcastCustomEvent of OBS, what the bridge sends to this page comes out as Streamer.bot's own frames.
//
//   OBS's address and password: obs-config.js beside this file, `twitchat-bridge overlay export` writes both; or the page's URL with
//   ?obsHost=…&obsPort=…&obsPassword=… (or the same after #, which no server gets to see). All settings: DEFAULTS below.
//
// ES2020, no dependencies, any page of http, https or file, and Node. The messages on OBS are described in docs/bus.md.

(() => {
    'use strict';

    const DEFAULTS = {
        obs: { host: '127.0.0.1', port: 4455, tls: false, password: '' },
        /** What counts as Streamer.bot, each with and without a slash at the end. */
        addresses: ['ws://localhost:8080', 'ws://127.0.0.1:8080', 'ws://[::1]:8080'],
        /** The name that the bridge knows this page by; by default made from the page's address. */
        client: '',
        /** Whether Hello asks for a password, as Streamer.bot does with authentication switched on. Any password is right. */
        authentication: false,
        /** How long a new socket waits for OBS and the bridge before it gives up as if the connection were refused. The page's own
         *  retries come on top. Below the 10 s that @streamerbot/client waits. */
        patienceMs: 8000,
        /** What to reach OBS with, instead of the global WebSocket. */
        WebSocket: undefined,
    };

    const CONNECTING = 0;
    const OPEN = 1;
    const CLOSING = 2;
    const CLOSED = 3;

    const BRIDGE = 'twitchat-bridge';
    const MIB = 1024 * 1024;
    /** OBS relays 20 MiB, but loses the connection over 31. */
    const LARGEST_MESSAGE = 16 * MIB;
    const CONNECT_AGAIN_MS = 1000;
    const NOT_READY_MS = 100;
    /** A bridge that comes says Hello, and is asked at once: this is for a question that was lost. */
    const ASK_AGAIN_MS = 2000;
    /** How long an event waits for those that belong before it. */
    const GAP_MS = 150;
    /** Gaps beyond this are no reordering. */
    const LARGEST_GAP = 4096;
    /** Silence of the bridge before it is asked for a sign of life; the second while an answer is due. */
    const QUIET_MS = 20000;
    const QUIET_WHILE_ASKING_MS = 5000;
    const ANSWER_WITHIN_MS = 5000;
    const LOOK_EVERY_MS = 2500;
    const RENEW_EVERY_MS = 60 * 60 * 1000;
    /** What a restarted bridge may still take to answer what its predecessor was asked, if that is alive after all. */
    const SUCCESSION_MS = 1000;
    /** How long a closing socket takes to send what is left. */
    const FLUSH_WITHIN_MS = 500;

    /** obs-websocket's numbers (its protocol document, 5.5). */
    const OBS = {
        HELLO: 0, IDENTIFY: 1, IDENTIFIED: 2, EVENT: 5, REQUEST: 6, RESPONSE: 7,
        NO_EVENTS: 0, GENERAL_EVENTS: 1,
        NOT_READY: 207,
        PASSWORD_REFUSED: 4009, UNSUPPORTED_VERSION: 4010, KICKED: 4011,
    };
    const WHY = {
        [OBS.PASSWORD_REFUSED]: 'OBS refused the password: run `twitchat-bridge overlay export` again, or correct obs-config.js',
        [OBS.UNSUPPORTED_VERSION]: 'OBS is too old: 30.2 or newer is needed',
        [OBS.KICKED]: 'the user disconnected this page in OBS: reload the page to connect again',
    };

    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
    const complain = (text) => console.warn(`streamerbot-over-obs: ${text}`);

    // ---- settings ----------------------------------------------------------------------------------------------------------

    const pageSettings = globalThis.StreamerbotOverObsConfig;
    const here = typeof location === 'object' ? location : undefined;

    /** The page's URL says more than the page's script, that more than obs-config.js, that more than the defaults. */
    function settings() {
        const beside = globalThis.StreamerbotOverObsConfig || {};
        const page = pageSettings || {};
        const merged = { ...DEFAULTS, ...beside, ...page };
        merged.obs = { ...DEFAULTS.obs, ...beside.obs, ...page.obs, ...fromUrl() };
        return merged;
    }

    function fromUrl() {
        if (!here) return {};
        const found = {};
        for (const part of [here.search, here.hash]) {
            const given = new URLSearchParams(part.slice(1));
            for (const [name, key] of [['obsHost', 'host'], ['obsPort', 'port'], ['obsPassword', 'password']]) {
                if (given.has(name)) found[key] = given.get(name);
            }
        }
        return found;
    }

    /** Loads obs-config.js from beside this script, before the page's next script if the browser lets us. */
    function loadConfigBeside() {
        const tag = typeof document === 'object' ? document.currentScript : null;
        if (!tag || !tag.src || (pageSettings && pageSettings.obs)) return Promise.resolve();
        const source = new URL('obs-config.js', tag.src).href;
        let added;
        if (document.readyState === 'loading' && !tag.async && !tag.defer) {
            document.write(`<script src="${source}"></` + 'script>');
            added = tag.nextElementSibling;
        } else {
            added = document.createElement('script');
            added.src = source;
            document.head.appendChild(added);
        }
        return new Promise((resolve) => {
            added.addEventListener('load', resolve);
            added.addEventListener('error', resolve); // there need not be one
        });
    }

    // ---- OBS ---------------------------------------------------------------------------------------------------------------

    const ROUND = [];
    const START = [];
    /** FIPS 180-4: the first 32 bits of the fractions of the cube and square roots of the first primes. */
    for (let n = 2; ROUND.length < 64; n++) {
        let isPrime = true;
        for (let factor = 2; factor * factor <= n; factor++) isPrime = isPrime && n % factor !== 0;
        if (!isPrime) continue;
        if (START.length < 8) START.push((n ** (1 / 2) * 2 ** 32) | 0);
        ROUND.push((n ** (1 / 3) * 2 ** 32) | 0);
    }

    /** SHA-256 for pages without crypto.subtle, which browsers keep for https, localhost and file. */
    function plainSha256(bytes) {
        const length = Math.ceil((bytes.length + 9) / 64) * 64;
        const padded = new Uint8Array(length);
        padded.set(bytes);
        padded[bytes.length] = 0x80;
        const view = new DataView(padded.buffer);
        view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29));
        view.setUint32(length - 4, bytes.length << 3);
        const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));
        const hash = START.slice();
        const w = new Int32Array(64);
        for (let block = 0; block < length; block += 64) {
            for (let i = 0; i < 64; i++) {
                if (i < 16) {
                    w[i] = view.getInt32(block + 4 * i);
                } else {
                    const [a, b] = [w[i - 15], w[i - 2]];
                    w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
                }
            }
            let [a, b, c, d, e, f, g, h] = hash;
            for (let i = 0; i < 64; i++) {
                const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
                const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
                [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
            }
            [a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i] = (hash[i] + word) | 0));
        }
        const digest = new DataView(new ArrayBuffer(32));
        hash.forEach((word, i) => digest.setInt32(4 * i, word));
        return new Uint8Array(digest.buffer);
    }

    async function sha256Base64(text) {
        const bytes = new TextEncoder().encode(text);
        const subtle = globalThis.crypto && globalThis.crypto.subtle;
        const digest = subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : plainSha256(bytes);
        return btoa(String.fromCharCode(...digest));
    }

    /** One connection to OBS, from opening to loss. */
    class ObsConnection {
        /** `onEvent` is called with each CustomEvent's data, `onLost` once with the close code, whatever ended it. */
        constructor(Socket, obs, eventSubscriptions, { onEvent, onLost }) {
            const host = obs.host.includes(':') && !obs.host.startsWith('[') ? `[${obs.host}]` : obs.host;
            this.waiting = new Map();
            this.lastId = 0;
            this.socket = new Socket(`${obs.tls ? 'wss' : 'ws'}://${host}:${obs.port}`);
            this.identified = new Promise((resolve) => (this.onIdentified = resolve));
            this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data), obs, eventSubscriptions, onEvent);
            this.socket.onerror = () => {}; // the close that follows says as much
            this.socket.onclose = ({ code }) => onLost(code);
        }

        receive({ op, d }, obs, eventSubscriptions, onEvent) {
            if (op === OBS.EVENT) {
                if (d.eventType === 'CustomEvent') onEvent(d.eventData);
            } else if (op === OBS.RESPONSE) {
                const answer = this.waiting.get(d.requestId);
                this.waiting.delete(d.requestId);
                if (answer) answer(d.requestStatus);
            } else if (op === OBS.HELLO) {
                this.identify(d, obs, eventSubscriptions);
            } else if (op === OBS.IDENTIFIED) {
                this.onIdentified();
            }
        }

        async identify({ rpcVersion, authentication }, { password }, eventSubscriptions) {
            const login = { rpcVersion, eventSubscriptions };
            if (authentication) {
                const secret = await sha256Base64(`${password || ''}${authentication.salt}`);
                login.authentication = await sha256Base64(secret + authentication.challenge);
            }
            this.send(OBS.IDENTIFY, login);
        }

        /** Resolves with OBS's `requestStatus`. */
        broadcast(eventData) {
            const requestId = String(++this.lastId);
            return new Promise((resolve) => {
                this.waiting.set(requestId, resolve);
                this.send(OBS.REQUEST, { requestType: 'BroadcastCustomEvent', requestId, requestData: { eventData } });
            });
        }

        send(op, d) {
            if (this.socket.readyState === OPEN) this.socket.send(JSON.stringify({ op, d }));
        }

        close() {
            this.socket.onclose = null;
            this.socket.onmessage = null;
            this.socket.close();
        }
    }

    // ---- what the page is called -------------------------------------------------------------------------------------------

    const randomName = () => Math.floor((1 + Math.random()) * 2 ** 32).toString(16).slice(1);
    const KEY = 'streamerbot-over-obs';
    const taken = new Set();

    /** Storage may be missing, switched off or full. */
    function remembered(storage) {
        try {
            const name = globalThis[storage].getItem(KEY) || randomName();
            globalThis[storage].setItem(KEY, name);
            return name;
        } catch {
            return undefined;
        }
    }

    /**
     * A name that nobody else has at this moment, and that this page has again after a reload: page, browser, number. Two copies of a
     * page share the browser's storage; the browser's locks, which end with the page, keep their numbers apart.
     */
    async function claimName(wanted) {
        const locks = typeof navigator === 'object' && here && navigator.locks;
        const page = here ? here.pathname.split('/').pop() || here.host || 'page' : 'node';
        if (locks) {
            const prefix = wanted || `${page} ${remembered('localStorage') || randomName()}`;
            try {
                return await claimNumber(prefix, (name) => claimLock(locks, name));
            } catch {
                // a page without an origin of its own may not use them
            }
        }
        return claimNumber(wanted || `${page} ${remembered('sessionStorage') || randomName()}`, (name) => {
            if (taken.has(name)) return undefined;
            taken.add(name);
            return () => taken.delete(name);
        });
    }

    async function claimNumber(prefix, claim) {
        for (let number = 1; ; number++) {
            const name = `${prefix} ${number}`;
            const release = await claim(name);
            if (release) return { name, release };
        }
    }

    /** Resolves with what gives it back, or with nothing if somebody else has it. */
    function claimLock(locks, name) {
        return new Promise((resolve, reject) => {
            locks.request(`${KEY} ${name}`, { ifAvailable: true }, (lock) => {
                if (!lock) return resolve(undefined);
                return new Promise((release) => resolve(release));
            }).catch(reject);
        });
    }

    // ---- events ------------------------------------------------------------------------------------------------------------

    /** Passes on the events of one run of the bridge by their numbers: each once, in order unless one is long overdue. */
    class Sequence {
        /** `next` is the number to begin with; null: whichever comes first. */
        constructor(next, pass) {
            this.next = next;
            this.pass = pass;
            this.held = new Map();
            this.overdue = new Set();
            this.timer = undefined;
        }

        take(seq, event) {
            if (this.next === null) this.next = seq;
            if (this.overdue.delete(seq)) return this.pass(event);
            if (seq < this.next) return undefined; // heard before
            this.held.set(seq, event);
            return this.drain();
        }

        drain() {
            while (this.held.has(this.next)) {
                this.stop(); // each gap has its own time
                const event = this.held.get(this.next);
                this.held.delete(this.next++);
                this.pass(event);
            }
            if (this.held.size > 0 && this.timer === undefined) this.timer = setTimeout(() => this.skip(), GAP_MS);
        }

        /** What is missing comes late or never: the rest goes on. */
        skip() {
            this.stop();
            const first = [...this.held.keys()].reduce((a, b) => Math.min(a, b));
            if (first - this.next <= LARGEST_GAP) {
                for (let seq = this.next; seq < first; seq++) this.overdue.add(seq);
            }
            this.next = first;
            this.drain();
        }

        stop() {
            clearTimeout(this.timer);
            this.timer = undefined;
        }
    }

    /** What the page subscribed to, as it spelled it; case does not matter. */
    class Subscriptions {
        constructor() {
            this.sources = new Map();
        }

        /** Visits each source and type of a request's `events` that can be one. */
        static each(events, visit) {
            for (const [source, types] of Object.entries(isObject(events) ? events : {})) {
                if (!Array.isArray(types)) continue;
                for (const type of types) if (typeof type === 'string') visit(source, type);
            }
        }

        add(events) {
            Subscriptions.each(events, (source, type) => {
                const key = source.toLowerCase();
                if (!this.sources.has(key)) this.sources.set(key, { source, types: new Map(), without: new Set() });
                const { types, without } = this.sources.get(key);
                types.set(type.toLowerCase(), type);
                if (type === '*') without.clear();
                without.delete(type.toLowerCase());
            });
        }

        remove(events) {
            Subscriptions.each(events, (source, type) => {
                const found = this.sources.get(source.toLowerCase());
                if (!found) return;
                found.types.delete(type.toLowerCase());
                if (found.types.has('*')) found.without.add(type.toLowerCase());
                if (type === '*' || found.types.size === 0) this.sources.delete(source.toLowerCase());
            });
        }

        has({ source, type }) {
            const found = this.sources.get(String(source).toLowerCase());
            const key = String(type).toLowerCase();
            return found !== undefined && (found.types.has(key) || (found.types.has('*') && !found.without.has(key)));
        }

        /** For a request; nothing if there are none. */
        events() {
            if (this.sources.size === 0) return undefined;
            return Object.fromEntries([...this.sources.values()].map(({ source, types }) => [source, [...types.values()]]));
        }
    }

    // ---- the page's frames -------------------------------------------------------------------------------------------------

    /** Streamer.bot's reader takes a comma too many; pages copied from its documentation have some. */
    function parseLeniently(text) {
        try {
            return JSON.parse(text);
        } catch (error) {
            try {
                return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part === ',' ? '' : part)));
            } catch {
                throw error;
            }
        }
    }

    const sizeOf = (text) => new TextEncoder().encode(text).length;

    // ---- one socket's business with OBS and the bridge ---------------------------------------------------------------------

    let kicked = false;

    /** Opens, carries frames, notices loss. Tells its socket through `opened`, `frame` (an object for the page) and `ended`. */
    class Session {
        constructor({ opened, frame, ended }) {
            Object.assign(this, { opened, frame, ended });
            this.isConnected = false;
            this.isOpen = false;
            this.isOver = false;
            this.client = '';
            this.bridge = undefined;
            this.runs = new Map();
            this.subscriptions = new Subscriptions();
            this.queue = [];
            this.buffered = 0;
            this.isPumping = false;
            this.ours = new Map(); // id of a request of our own -> what takes its reply
            this.pending = new Map(); // id of a request of the page, as JSON -> how often
            this.lastSign = 0;
            this.releaseName = () => {};
            this.timers = [];
            this.start();
        }

        async start() {
            await configLoaded;
            if (this.isOver) return undefined;
            const { obs, client, patienceMs, authentication } = settings();
            this.asksForPassword = authentication;
            this.patience = setTimeout(() => this.lose(this.trouble || 'no answer'), patienceMs);
            if (kicked) return this.lose(WHY[OBS.KICKED]);
            const { name, release } = await claimName(client);
            if (this.isOver) return release();
            this.client = name;
            this.releaseName = release;
            while (!this.isOver && !(await this.connect(obs))) await pause(CONNECT_AGAIN_MS);
            while (!this.isOver && !this.isOpen) await this.meetBridge();
            return undefined;
        }

        /** Both ways to OBS. On one way alone each answer would wait 40 ms for the system's delayed acknowledgement. */
        connect(obs) {
            this.trouble = `OBS is not reachable at ${obs.host}:${obs.port}`;
            return new Promise((resolve) => {
                const onLost = (code) => {
                    if (this.isOver) return resolve(false);
                    if (code === OBS.KICKED) kicked = true;
                    if (WHY[code]) this.lose(WHY[code]);
                    else if (this.isConnected) this.lose('the connection to OBS is lost');
                    else this.disconnect();
                    return resolve(false);
                };
                const onEvent = (message) => this.heard(message);
                try {
                    this.talk = new ObsConnection(nativeWebSocket, obs, OBS.NO_EVENTS, { onEvent, onLost });
                    this.listen = new ObsConnection(nativeWebSocket, obs, OBS.GENERAL_EVENTS, { onEvent, onLost });
                } catch (error) { // no such address, or a browser that allows no plain connection from here
                    this.lose(`cannot connect to OBS: ${error.message}`);
                    return resolve(false);
                }
                Promise.all([this.talk.identified, this.listen.identified]).then(() => {
                    this.isConnected = true;
                    this.trouble = 'no bridge answered: is `twitchat-bridge run` running, connected to the same OBS?';
                    resolve(true);
                });
                return undefined;
            });
        }

        disconnect() {
            for (const connection of [this.talk, this.listen]) if (connection) connection.close();
        }

        /** Asks until the bridge answers, then the socket is open. */
        async meetBridge() {
            const reply = await this.ask({ request: 'GetInfo' }, ASK_AGAIN_MS);
            if (!reply || reply.status !== 'ok' || this.isOver) return;
            clearTimeout(this.patience);
            this.bridge = reply.bridge;
            if (!this.runs.has(reply.bridge)) this.runs.set(reply.bridge, this.sequence(reply.seq + 1));
            this.isOpen = true;
            this.hello = { timestamp: new Date().toISOString(), session: reply.bridge, request: 'Hello', info: reply.info };
            if (this.asksForPassword) this.hello.authentication = { salt: btoa(randomName()), challenge: btoa(randomName()) };
            this.timers.push(setInterval(() => this.look(), LOOK_EVERY_MS), setInterval(() => this.subscribeAgain(), RENEW_EVERY_MS));
            this.opened();
            setTimeout(() => this.sayHello()); // as from a network: not before the page had time to listen
        }

        sayHello() {
            const { hello } = this;
            this.hello = undefined;
            if (hello && this.isOpen) this.frame(hello);
        }

        /** Hello comes first, whatever browsers do to timers of pages that nobody sees. */
        deliver(frame) {
            this.sayHello();
            if (this.isOpen) this.frame(frame);
        }

        // ---- to the bridge

        /** A frame of the page. */
        send(text) {
            let frame;
            try {
                frame = parseLeniently(text);
            } catch (error) {
                return this.answer({ status: 'error', error: `this is not JSON: ${error.message}` });
            }
            if (!isObject(frame) || typeof frame.request !== 'string') {
                return this.answer(this.refusal(frame, 'a request is a JSON object with "request", the name, as text'));
            }
            const size = sizeOf(text);
            if (size > LARGEST_MESSAGE) return this.answer(this.refusal(frame, `a message may have ${LARGEST_MESSAGE / MIB} MiB at most`));
            switch (frame.request.toLowerCase()) {
                case 'subscribe':
                    this.subscriptions.add(frame.events);
                    break;
                case 'unsubscribe':
                    this.subscriptions.remove(frame.events);
                    break;
                case 'authenticate':
                    // OBS has checked a password already, and what this one hashes to is nothing for all to hear.
                    return this.answer({ status: 'ok', id: frame.id });
            }
            const key = JSON.stringify(frame.id);
            this.pending.set(key, (this.pending.get(key) || 0) + 1);
            return this.enqueue(frame, size, (why) => {
                if (this.answered(frame.id)) this.deliver(this.refusal(frame, `OBS refused the message: ${why}`));
            });
        }

        refusal(frame, error) {
            return { status: 'error', id: isObject(frame) ? frame.id : undefined, error };
        }

        /** From ourselves, as from a network. */
        answer(frame) {
            setTimeout(() => this.deliver(frame));
        }

        /** A request of our own. Resolves with the reply, or with nothing if there is none in time. */
        ask(request, withinMs) {
            const id = `${KEY}:${randomName()}${randomName()}`;
            return new Promise((resolve) => {
                const timer = setTimeout(() => this.ours.has(id) && this.ours.get(id)(undefined), withinMs);
                this.ours.set(id, (reply) => {
                    clearTimeout(timer);
                    this.ours.delete(id);
                    resolve(reply);
                });
                this.enqueue({ ...request, id }, 0, () => {});
            });
        }

        enqueue(frame, size, onRefused) {
            this.queue.push({ message: { ...frame, client: this.client, origin: 'overlay' }, size, onRefused });
            this.buffered += size;
            this.pump();
        }

        /** One after the other: OBS changes the order of what is sent without waiting. */
        async pump() {
            if (this.isPumping) return;
            this.isPumping = true;
            while (this.queue.length > 0 && !this.isOver) {
                const { message, size, onRefused } = this.queue[0];
                const { result, code, comment } = await this.talk.broadcast(message);
                if (code === OBS.NOT_READY) {
                    await pause(NOT_READY_MS);
                    continue;
                }
                this.queue.shift();
                this.buffered -= size;
                if (!result) onRefused(comment || `code ${code}`);
            }
            this.isPumping = false;
            if (this.onFlushed) this.onFlushed();
        }

        // ---- from the bridge

        heard(message) {
            if (!isObject(message) || message.origin !== BRIDGE) return;
            this.lastSign = Date.now();
            if (message.request === 'Hello') this.bridgeCame(message.bridge);
            else if (typeof message.status === 'string') this.replied(message);
            else if (isObject(message.event)) this.happened(message);
        }

        replied({ origin, bridge, client, seq, ...frame }) {
            if (client !== this.client) return;
            const ours = this.ours.get(frame.id);
            if (ours) ours({ ...frame, bridge, seq });
            else if (this.answered(frame.id)) this.deliver(frame);
        }

        /** Whether the page waits for a reply with this id; it waits once less now. */
        answered(id) {
            const key = JSON.stringify(id);
            const count = this.pending.get(key);
            if (count > 1) this.pending.set(key, count - 1);
            else this.pending.delete(key);
            return count !== undefined;
        }

        happened({ bridge, seq, timeStamp, event, data }) {
            // A run that begins while we listen begins at 1; of one that we came upon we have heard nothing yet.
            if (!this.runs.has(bridge)) this.runs.set(bridge, this.sequence(this.isOpen ? 1 : null));
            this.runs.get(bridge).take(seq, { timeStamp, event, data });
        }

        sequence(next) {
            return new Sequence(next, (frame) => {
                if (this.subscriptions.has(frame.event)) this.deliver(frame);
            });
        }

        /** The bridge connected to OBS, maybe again: it wants to hear who still listens. */
        bridgeCame(bridge) {
            if (!this.isOpen) {
                for (const give of [...this.ours.values()]) give(undefined); // it was asked before it could hear: ask at once
                return;
            }
            this.subscribeAgain();
            if (bridge === this.bridge) return;
            this.bridge = bridge;
            const open = [...this.pending.keys()];
            if (open.length === 0) return;
            // Nobody answers what its predecessor was asked, and asking twice may do things twice: the page must know.
            this.timers.push(setTimeout(() => {
                if (open.some((key) => this.pending.has(key))) this.lose('the bridge restarted and left requests unanswered');
            }, SUCCESSION_MS));
        }

        subscribeAgain() {
            const events = this.subscriptions.events();
            if (events) this.ask({ request: 'Subscribe', events }, ANSWER_WITHIN_MS);
        }

        /** Nothing on the bus says that a bridge was killed, nor that OBS stands still. */
        async look() {
            const quiet = this.pending.size > 0 ? QUIET_WHILE_ASKING_MS : QUIET_MS;
            if (this.isLooking || Date.now() - this.lastSign < quiet) return;
            this.isLooking = true;
            const reply = await this.ask({ request: 'GetInfo' }, ANSWER_WITHIN_MS);
            this.isLooking = false;
            if (!reply && this.isOpen) this.lose('the bridge does not answer any more');
        }

        // ---- the end

        lose(why) {
            if (this.isOver) return;
            complain(why);
            this.end();
            this.ended();
        }

        /** Sends what is left, and ends the subscriptions as a closed connection to Streamer.bot does. */
        async finish() {
            const wasOpen = this.isOpen;
            this.isOpen = false;
            clearTimeout(this.patience);
            const events = this.subscriptions.events();
            if (events) this.enqueue({ request: 'UnSubscribe', id: KEY, events }, 0, () => {});
            if (wasOpen && this.queue.length > 0) {
                const flushed = new Promise((resolve) => (this.onFlushed = resolve));
                await Promise.race([flushed, pause(FLUSH_WITHIN_MS)]);
            }
            this.end();
        }

        end() {
            this.isOpen = false;
            this.isOver = true;
            clearTimeout(this.patience);
            for (const timer of this.timers) clearTimeout(timer);
            for (const run of this.runs.values()) run.stop();
            for (const give of [...this.ours.values()]) give(undefined);
            this.disconnect();
            this.releaseName();
        }
    }

    // ---- the WebSocket -----------------------------------------------------------------------------------------------------

    const ClosedEvent = globalThis.CloseEvent || class CloseEvent extends Event {
        constructor(type, { code, reason, wasClean }) {
            super(type);
            Object.assign(this, { code, reason, wasClean });
        }
    };

    /** What a socket is, kept out of the page's sight. */
    const states = new WeakMap();
    const CONSTANTS = { CONNECTING, OPEN, CLOSING, CLOSED };

    class StreamerbotOverObs extends EventTarget {
        constructor(url) {
            super();
            const address = asWebSocketUrl(url);
            if (!address) throw new DOMException(`The URL '${url}' is invalid.`, 'SyntaxError');
            const state = { url: address.href, readyState: CONNECTING, wasOpen: false, binaryType: 'blob', lost: 0, handlers: {} };
            states.set(this, state);
            state.session = new Session({
                opened: () => {
                    state.readyState = OPEN;
                    state.wasOpen = true;
                    this.dispatchEvent(new Event('open'));
                },
                frame: (frame) => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame), origin: address.origin })),
                ended: () => dispatchEnd(this, { code: 1006, reason: '', wasClean: false }),
            });
        }

        get url() { return states.get(this).url; }
        get readyState() { return states.get(this).readyState; }
        get protocol() { return states.get(this) && ''; }
        get extensions() { return states.get(this) && ''; }
        get bufferedAmount() { return states.get(this).session.buffered + states.get(this).lost; }
        get binaryType() { return states.get(this).binaryType; }
        set binaryType(type) { if (type === 'blob' || type === 'arraybuffer') states.get(this).binaryType = type; }

        send(data) {
            const state = states.get(this);
            if (state.readyState === CONNECTING) throw new DOMException('Still in CONNECTING state.', 'InvalidStateError');
            const text = String(data); // Streamer.bot reads text only: bytes are answered with an error, like any other non-JSON
            if (state.readyState === OPEN) state.session.send(text);
            else state.lost += sizeOf(text);
        }

        close(code, reason = '') {
            const state = states.get(this);
            if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
                throw new DOMException(`The code must be 1000, or between 3000 and 4999: ${code} is neither.`, 'InvalidAccessError');
            }
            if (sizeOf(reason) > 123) throw new DOMException('The reason must have 123 bytes at most.', 'SyntaxError');
            if (state.readyState === CLOSING || state.readyState === CLOSED) return;
            state.readyState = CLOSING;
            const wasClean = state.wasOpen;
            const how = wasClean ? { code: code === undefined ? 1005 : code, reason, wasClean } : { code: 1006, reason: '', wasClean };
            state.session.finish().then(() => dispatchEnd(this, how));
        }
    }

    /** Once, whatever else happens to a socket that closes. */
    function dispatchEnd(socket, how) {
        const state = states.get(socket);
        if (state.readyState === CLOSED) return;
        state.readyState = CLOSED;
        if (!state.wasOpen) socket.dispatchEvent(new Event('error'));
        socket.dispatchEvent(new ClosedEvent('close', how));
    }

    for (const [name, value] of Object.entries(CONSTANTS)) {
        Object.defineProperty(StreamerbotOverObs, name, { value, enumerable: true });
        Object.defineProperty(StreamerbotOverObs.prototype, name, { value, enumerable: true });
    }

    for (const type of ['open', 'message', 'error', 'close']) {
        Object.defineProperty(StreamerbotOverObs.prototype, `on${type}`, {
            configurable: true,
            enumerable: true,
            get() {
                return states.get(this).handlers[type] || null;
            },
            set(handler) {
                const { handlers } = states.get(this);
                if (!(type in handlers)) this.addEventListener(type, (event) => handlers[type] && handlers[type].call(this, event));
                handlers[type] = typeof handler === 'function' ? handler : null;
            },
        });
    }

    // ---- taking the place of WebSocket -------------------------------------------------------------------------------------

    function asWebSocketUrl(url) {
        try {
            const parsed = new URL(url, here && here.href);
            const scheme = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }[parsed.protocol];
            return scheme && new URL(scheme + parsed.href.slice(parsed.protocol.length));
        } catch {
            return undefined;
        }
    }

    function isStreamerbot(url) {
        const key = (address) => address && `${address.protocol}//${address.host}${address.pathname.replace(/\/$/, '')}`;
        const wanted = key(asWebSocketUrl(url));
        return wanted !== undefined && settings().addresses.some((address) => key(asWebSocketUrl(address)) === wanted);
    }

    /**
     * A page's own class that extends WebSocket reaches the members of the native prototype, which refuse objects of ours. Only when
     * such a class is used for Streamer.bot, these members get to know our objects; for all others they do what they did.
     */
    function teach(prototype) {
        if (teach.done) return;
        teach.done = true;
        for (const [key, own] of Object.entries(Object.getOwnPropertyDescriptors(StreamerbotOverObs.prototype))) {
            const native = Object.getOwnPropertyDescriptor(prototype, key);
            if (!native || !native.configurable || key === 'constructor') continue;
            for (const part of ['get', 'set', 'value']) {
                const [ours, theirs] = [own[part], native[part]];
                if (typeof ours !== 'function' || typeof theirs !== 'function') continue;
                native[part] = function (...given) {
                    return Reflect.apply(states.has(this) ? ours : theirs, this, given);
                };
            }
            Object.defineProperty(prototype, key, native);
        }
    }

    const nativeWebSocket = (pageSettings && pageSettings.WebSocket) || globalThis.WebSocket;

    function install() {
        // So that `socket instanceof WebSocket` holds. Everything that a WebSocket has stands before it in the chain.
        if (nativeWebSocket.prototype instanceof EventTarget) {
            Object.setPrototypeOf(StreamerbotOverObs.prototype, nativeWebSocket.prototype);
        }
        const standIn = new Proxy(nativeWebSocket, {
            construct(native, given, newTarget) {
                const isOurClass = newTarget === standIn;
                if (!isStreamerbot(given[0])) return Reflect.construct(native, given, isOurClass ? native : newTarget);
                if (!isOurClass) teach(native.prototype);
                return Reflect.construct(StreamerbotOverObs, given, isOurClass ? StreamerbotOverObs : newTarget);
            },
        });
        globalThis.WebSocket = standIn;
        globalThis.StreamerbotOverObs = StreamerbotOverObs;
    }

    const configLoaded = loadConfigBeside();
    if (!globalThis.StreamerbotOverObs) install();
    if (typeof module === 'object') module.exports = { StreamerbotOverObs, Sequence, Subscriptions, parseLeniently, plainSha256 };
})();

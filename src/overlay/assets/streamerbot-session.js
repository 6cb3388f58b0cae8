// streamerbot-session.js: what one socket does with OBS and the bridge. The second part of streamerbot-over-obs.js.
//
// It handles Streamer.bot's frames and knows nothing of WebSockets; streamerbot-socket.js makes a WebSocket of it. docs/bus.md describes
// the messages on OBS.

(() => {
    'use strict';

    const { OBS, WHY, ObsLink, claimName, configLoaded, isObject, pageName, pause, randomName, settings } = globalThis.TwitchatBridge.obsClient;

    const DEFAULTS = {
        /** Addresses that stand for Streamer.bot, each with and without a slash at the end. */
        addresses: ['ws://localhost:8080', 'ws://127.0.0.1:8080', 'ws://[::1]:8080'],
        /** The name under which the bridge knows this page; by default made from the page's address. */
        client: '',
        /** Whether Hello asks for a password, as Streamer.bot does if authentication is switched on. Any password is accepted. */
        authentication: false,
        /**
         * The spelling of GetCredits, TestCredits and GetEvents if the request has none: `current` (`events`), `legacy` (`Events`) or
         * `both`. Or an object with one of these for each page of the folder by its file name, and `*` for all others.
         */
        spelling: 'current',
        /**
         * How long a new socket waits for OBS and the bridge before it fails as if the connection were refused. The page itself may retry
         * then. It is less than the 10 s that @streamerbot/client waits.
         */
        patienceMs: 8000,
        /** The class for connections to OBS, instead of the global WebSocket. */
        WebSocket: undefined,
    };

    const SPELLINGS = ['current', 'legacy', 'seed', 'both']; // `seed` is an older word for `legacy`
    const SPELLED = ['getcredits', 'testcredits', 'getevents'];

    const BRIDGE = 'twitchat-bridge';
    const MIB = 1024 * 1024;
    /** OBS relays 20 MiB, but drops the connection over 31 MiB. */
    const LARGEST_MESSAGE = 16 * MIB;
    const CONNECT_AGAIN_MS = 1000;
    /** The time until a lost request is repeated. A bridge that starts sends Hello, and then the request is repeated at once. */
    const ASK_AGAIN_MS = 2000;
    /** How long an event waits for the events before it. */
    const GAP_MS = 150;
    /** How late a timer must be to show that the page was suspended. Then the page has this long to read what was received meanwhile. */
    const STALL_MS = 50;
    /** A larger gap is not caused by reordering. */
    const LARGEST_GAP = 4096;
    /** How long the bridge may be silent before it is asked for a reply; the second value applies while a reply is due. */
    const QUIET_MS = 20000;
    const QUIET_WHILE_ASKING_MS = 5000;
    const ANSWER_WITHIN_MS = 5000;
    const LOOK_EVERY_MS = 2500;
    const RENEW_EVERY_MS = 60 * 60 * 1000;
    /** How long to wait for replies to requests before a restart of the bridge, in case the earlier run is still alive. */
    const SUCCESSION_MS = 1000;
    /** How long a closing socket may take to send what is left. */
    const FLUSH_WITHIN_MS = 500;

    /** Marks the requests of this script. */
    const KEY = 'streamerbot-over-obs';

    const complain = (text) => console.warn(`streamerbot-over-obs: ${text}`);

    // ---- events ------------------------------------------------------------------------------------------------------------

    /** Passes on the events of one run of the bridge by their numbers: each once, and in order unless one is long overdue. */
    class Sequence {
        /** `next` is the first number; `null` for whichever event is received first. */
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
            if (seq < this.next) return undefined; // received before
            this.held.set(seq, event);
            return this.drain();
        }

        drain() {
            while (this.held.has(this.next)) {
                this.stop(); // each gap has its own time limit
                const event = this.held.get(this.next);
                this.held.delete(this.next++);
                this.pass(event);
            }
            if (this.held.size > 0 && this.timer === undefined) this.wait(GAP_MS, true);
        }

        /** Waits for a missing event. If the timer is late, the page was suspended: the event may have arrived and was not read yet. */
        wait(ms, patient) {
            const due = Date.now() + ms;
            this.timer = setTimeout(() => (patient && Date.now() - due > STALL_MS ? this.wait(STALL_MS, false) : this.skip()), ms);
        }

        /** Goes on without the missing events, which come late or never. */
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

    /** The page's subscriptions in its own spelling, compared without regard to case. */
    class Subscriptions {
        constructor() {
            this.sources = new Map();
        }

        /** Calls `visit` for each valid source and type in the `events` of a request. */
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

        /** The `events` of a request; `undefined` if there are no subscriptions. */
        events() {
            if (this.sources.size === 0) return undefined;
            return Object.fromEntries([...this.sources.values()].map(({ source, types }) => [source, [...types.values()]]));
        }
    }

    // ---- the page's frames -------------------------------------------------------------------------------------------------

    /** Parses JSON and accepts superfluous commas, as Streamer.bot does: pages copied from its documentation have some. */
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

    const tag = typeof document === 'object' ? document.currentScript : null;
    /** The spelling in the page's own script tag: data-spelling="legacy". */
    const spellingOfTag = tag && tag.dataset ? tag.dataset.spelling : undefined;

    /** The spelling for this page. */
    function chosenSpelling() {
        const { spelling } = settings(DEFAULTS);
        const choice = spellingOfTag || (isObject(spelling) ? spelling[pageName] || spelling['*'] || DEFAULTS.spelling : spelling);
        const word = String(choice).toLowerCase();
        if (SPELLINGS.includes(word)) return word;
        complain(`spelling "${choice}" is none of ${SPELLINGS.join(', ')}: "${DEFAULTS.spelling}" is used`);
        return DEFAULTS.spelling;
    }

    // ---- one session with OBS and the bridge -------------------------------------------------------------------------------

    let kicked = false;

    /** Connects, transports frames and notices losses. Calls `opened`, `frame` (with an object for the page) and `ended` of its socket. */
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
            this.ours = new Map(); // id of a request of this script -> function for its reply
            this.pending = new Map(); // id of a request of the page, as JSON -> number of requests that wait
            this.lastSign = 0;
            this.releaseName = () => {};
            this.timers = [];
            this.start();
        }

        async start() {
            await configLoaded;
            if (this.isOver) return undefined;
            const { obs, client, patienceMs, authentication } = settings(DEFAULTS);
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

        connect(obs) {
            this.trouble = `OBS is not reachable at ${obs.host}:${obs.port}`;
            return new Promise((resolve) => {
                const onLost = (code) => {
                    if (code === OBS.KICKED) kicked = true;
                    if (WHY[code]) this.lose(WHY[code]);
                    else if (this.isConnected) this.lose('the connection to OBS is lost');
                    return resolve(false);
                };
                try {
                    this.link = new ObsLink(obs, { onEvent: (message) => this.heard(message), onLost });
                } catch (error) {
                    this.lose(`cannot connect to OBS: ${error.message}`);
                    return resolve(false);
                }
                this.link.ready.then(() => {
                    this.isConnected = true;
                    this.trouble = 'no bridge answered: is `twitchat-bridge run` running, connected to the same OBS?';
                    resolve(true);
                });
                return undefined;
            });
        }

        disconnect() {
            if (this.link) this.link.close();
        }

        /** Asks until the bridge replies. Then the socket is open. */
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
            setTimeout(() => this.sayHello()); // like a network: not before the page can add its listeners
        }

        sayHello() {
            const { hello } = this;
            this.hello = undefined;
            if (hello && this.isOpen) this.frame(hello);
        }

        /** Sends Hello first, even if the browser delays the timers of hidden pages. */
        deliver(frame) {
            this.sayHello();
            if (this.isOpen) this.frame(frame);
        }

        // ---- to the bridge

        /** Handles a frame from the page. */
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
                    // OBS has checked a password already, and a hash of the page's password must not be broadcast.
                    return this.answer({ status: 'ok', id: frame.id });
            }
            if (SPELLED.includes(frame.request.toLowerCase()) && frame.spelling === undefined) frame.spelling = chosenSpelling();
            const key = JSON.stringify(frame.id);
            this.pending.set(key, (this.pending.get(key) || 0) + 1);
            return this.enqueue(frame, size, (why) => {
                if (this.answered(frame.id)) this.deliver(this.refusal(frame, `OBS refused the message: ${why}`));
            });
        }

        refusal(frame, error) {
            return { status: 'error', id: isObject(frame) ? frame.id : undefined, error };
        }

        /** Replies to the page as a network does: later. */
        answer(frame) {
            setTimeout(() => this.deliver(frame));
        }

        /** Makes a request of this script. Resolves with the reply, or with `undefined` if none comes in time. */
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

        /** Sends one message after the other, because OBS changes the order of messages that are sent without waiting. */
        async pump() {
            if (this.isPumping) return;
            this.isPumping = true;
            while (this.queue.length > 0 && !this.isOver) {
                const { message, size, onRefused } = this.queue[0];
                const { result, code, comment } = await this.link.broadcast(message);
                if (code === OBS.NOT_READY) return; // the session has ended
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

        /** Whether the page waits for a reply with this id. Counts one of them as received. */
        answered(id) {
            const key = JSON.stringify(id);
            const count = this.pending.get(key);
            if (count > 1) this.pending.set(key, count - 1);
            else this.pending.delete(key);
            return count !== undefined;
        }

        happened({ bridge, seq, timeStamp, event, data }) {
            // A run that begins while the socket is open begins at 1. Of a run that was there before, begin with the first event.
            if (!this.runs.has(bridge)) this.runs.set(bridge, this.sequence(this.isOpen ? 1 : null));
            this.runs.get(bridge).take(seq, { timeStamp, event, data });
        }

        sequence(next) {
            return new Sequence(next, (frame) => {
                if (this.subscriptions.has(frame.event)) this.deliver(frame);
            });
        }

        /** A bridge has connected to OBS, perhaps again, and wants its clients to subscribe again. */
        bridgeCame(bridge) {
            if (!this.isOpen) {
                for (const give of [...this.ours.values()]) give(undefined); // the bridge was not connected yet: ask again at once
                return;
            }
            this.subscribeAgain();
            if (bridge === this.bridge) return;
            this.bridge = bridge;
            const open = [...this.pending.keys()];
            if (open.length === 0) return;
            // The new run does not reply to requests to the earlier one, and repeating them may do things twice. So the page must know.
            this.timers.push(setTimeout(() => {
                if (open.some((key) => this.pending.has(key))) this.lose('the bridge restarted and left requests unanswered');
            }, SUCCESSION_MS));
        }

        subscribeAgain() {
            const events = this.subscriptions.events();
            if (events) this.ask({ request: 'Subscribe', events }, ANSWER_WITHIN_MS);
        }

        /** Checks whether the bridge still replies, because no message shows that it was killed or that OBS hangs. */
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

        /** Sends what is left, and ends the subscriptions, as Streamer.bot does when a connection is closed. */
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

    globalThis.TwitchatBridge.streamerbot = { DEFAULTS, Sequence, Session, Subscriptions, parseLeniently, sizeOf };
})();

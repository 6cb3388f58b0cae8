// feed.js: receives rolls and controls, and reports the state of the roll to the bridge. There are two ways, and the faster one counts: the
// page's own connection to OBS, if obs-config.js has its address, and the DOM event that obs-browser raises for the bridge.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const client = window.TwitchatBridge && window.TwitchatBridge.obsClient;

    const BRIDGE = 'twitchat-bridge';
    /** The interval of reports. The bridge considers a page gone after 50 s without one. */
    const PRESENT_EVERY_MS = 20000;
    const CONNECT_WITHIN_MS = 10000;
    const ANSWER_WITHIN_MS = 10000;
    const FIRST_PAUSE_MS = 250;
    const LONGEST_PAUSE_MS = 2000;
    const REFUSED_PAUSE_MS = 30000;

    const complain = (text) => console.warn(`twitchat-bridge credits: ${text}`);

    function within(ms, promise) {
        return Promise.race([promise, client.pause(ms).then(() => { throw new Error(`no answer within ${ms} ms`); })]);
    }

    /**
     * Groups of controls of which only the latest one counts. If OBS lets a later one overtake an earlier one, the earlier one is dropped.
     */
    const KINDS = { pause: 'movement', resume: 'movement', speed: 'speed', look: 'look', replace: 'names', join: 'guests' };

    /** Passes on each message of the bridge for pages once, whichever way it came. */
    class Inbox {
        constructor({ onRoll, onControl }) {
            this.onRoll = onRoll;
            this.onControl = onControl;
            this.runs = new Map(); // id of a run of the bridge -> the controls that were received from it
        }

        take(message) {
            if (typeof message !== 'object' || message === null || message.origin !== BRIDGE) return;
            if (message.overlay === 'roll') this.onRoll(message.roll);
            if (message.overlay === 'control' && this.isNew(message)) this.onControl(message);
        }

        isNew({ bridge, seq, command }) {
            if (!Number.isFinite(seq)) return true;
            if (!this.runs.has(bridge)) this.runs.set(bridge, { seen: new Set(), last: {} });
            const { seen, last } = this.runs.get(bridge);
            if (seen.has(seq)) return false;
            seen.add(seq);
            const kind = KINDS[command];
            if (kind === undefined) return true;
            if (last[kind] > seq) return false;
            last[kind] = seq;
            return true;
        }
    }

    /** One connection to OBS, from its start to its loss. */
    class Line {
        /**
         * `onMessage` is called with each message on OBS; `over` resolves with the close code. Throws an error if the address is invalid.
         */
        constructor(obs, onMessage) {
            this.queue = [];
            this.isSending = false;
            this.over = new Promise((resolve) => (this.onOver = resolve));
            this.link = new client.ObsLink(obs, { onEvent: onMessage, onLost: (code) => this.onOver(code) });
            this.ready = within(CONNECT_WITHIN_MS, this.link.ready);
            this.ready.catch(() => this.drop());
        }

        drop() {
            this.link.close();
            this.onOver(undefined);
        }

        /**
         * Sends one message after the other, because OBS changes the order of messages that are sent without waiting. Closes the connection
         * if OBS does not reply.
         */
        async send(message) {
            this.queue.push(message);
            if (this.isSending) return;
            this.isSending = true;
            try {
                while (this.queue.length > 0) await within(ANSWER_WITHIN_MS, this.link.broadcast(this.queue.shift()));
            } catch {
                this.drop();
            }
            this.isSending = false;
        }
    }

    /** The page's own connection to OBS. It connects again until the user disconnects the page in OBS. */
    class Client {
        constructor({ onMessage, onReady }) {
            Object.assign(this, { onMessage, onReady });
            this.line = undefined;
            this.name = '';
        }

        async keep() {
            await client.configLoaded;
            if (!client.isConfigured()) return; // then the bridge feeds this page through obs-browser
            const { obs, client: wanted } = client.settings({ client: '' });
            this.name = (await client.claimName(wanted)).name;
            for (let failures = 0; ; failures++) {
                const { code, wasUp } = await this.connection(obs);
                if (wasUp) failures = 0;
                if (client.WHY[code]) complain(client.WHY[code]);
                else if (failures === 0) complain(`no connection to OBS at ${obs.host}:${obs.port}, trying again`);
                if (code === client.OBS.KICKED) return;
                const pause = client.WHY[code] ? REFUSED_PAUSE_MS : Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
                await client.pause(pause * (0.75 + Math.random() / 2));
            }
        }

        /** Connects, and resolves when the connection is lost. */
        async connection(obs) {
            let wasUp = false;
            let line;
            try {
                line = new Line(obs, this.onMessage);
            } catch (error) { // the address is invalid, or the browser forbids unencrypted connections
                complain(`cannot connect to OBS: ${error.message}`);
                return { code: undefined, wasUp };
            }
            line.ready.then(() => {
                wasUp = true;
                this.line = line;
                this.onReady();
            }, () => {});
            const code = await line.over;
            this.line = undefined;
            return { code, wasUp };
        }

        ask(request) {
            if (this.line) this.line.send({ ...request, client: this.name, origin: 'overlay' });
        }

        isForUs(message) {
            return message.origin === BRIDGE && message.client === this.name && typeof message.status === 'string';
        }
    }

    /** Connects the credits with the bridge. `report` returns the state of the page. Returns a function that reports a changed state. */
    function feed({ onRoll, onControl, report }) {
        const inbox = new Inbox({ onRoll, onControl });
        window.addEventListener('twitchat-bridge', ({ detail }) => {
            try {
                inbox.take(JSON.parse(detail.json));
            } catch (error) {
                complain(`an event that cannot be read: ${error.message}`);
            }
        });
        if (!client) return () => {};

        let count = 0;
        const tell = (state) => own.ask({ request: 'OverlayReport', id: `report ${++count}`, ...state });
        const own = new Client({
            onMessage: (message) => {
                if (!client.isObject(message)) return;
                inbox.take(message);
                if (message.origin === BRIDGE && message.request === 'Hello') tell(report());
                if (own.isForUs(message) && client.isObject(message.roll)) onRoll(message.roll); // a roll that had begun before
            },
            onReady: () => tell(report()),
        });
        own.keep();
        setInterval(() => tell(report()), PRESENT_EVERY_MS);
        return tell;
    }

    Object.assign(page, { feed, Inbox });
})();

// feed.js: where rolls and controls come from, whichever way is first: a connection of the page's own to OBS, if obs-config.js says
// where that is, and the DOM event that obs-browser raises for the bridge. Tells the bridge how far the roll is.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const client = window.TwitchatBridge && window.TwitchatBridge.obsClient;

    const BRIDGE = 'twitchat-bridge';
    /** The bridge takes a page for gone after 50 s. */
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

    /** What the last of a kind undoes what came before: one that OBS has let others overtake is of no use any more. */
    const KINDS = { pause: 'movement', resume: 'movement', speed: 'speed', look: 'look', replace: 'names' };

    /** Takes each of the bridge's messages to the pages once, whichever way it came. */
    class Inbox {
        constructor({ onRoll, onControl }) {
            this.onRoll = onRoll;
            this.onControl = onControl;
            this.runs = new Map(); // of the bridge -> what was heard of it
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

    /** One connection to OBS, from opening to loss. */
    class Line {
        /** `onMessage` is called with what is said on the bus; `over` resolves with the close code. Throws if the address is none. */
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

        /** One after the other: OBS changes the order of what is sent without waiting. If it takes nothing any more, it stands still. */
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

    /** The page's own connection to OBS, kept up for ever. */
    class Client {
        constructor({ onMessage, onReady }) {
            Object.assign(this, { onMessage, onReady });
            this.line = undefined;
            this.name = '';
        }

        async keep() {
            await client.configLoaded;
            if (!client.isConfigured()) return; // the bridge feeds this page through obs-browser
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

        /** Resolves once it is lost. */
        async connection(obs) {
            let wasUp = false;
            let line;
            try {
                line = new Line(obs, this.onMessage);
            } catch (error) { // no such address, or a browser that allows no plain connection from here
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

    /** Connects the credits with the bridge. `report` gives the page's state; returns what is to be told when that changed. */
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
                if (own.isForUs(message) && client.isObject(message.roll)) onRoll(message.roll); // one that began before we listened
            },
            onReady: () => tell(report()),
        });
        own.keep();
        setInterval(() => tell(report()), PRESENT_EVERY_MS);
        return tell;
    }

    Object.assign(page, { feed, Inbox });
})();

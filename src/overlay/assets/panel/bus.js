// bus.js: requests to the bridge, over OBS. It connects again by itself, and notices when the bridge comes and goes.

(() => {
    'use strict';

    const panel = window.Panel;
    const client = window.TwitchatBridge.obsClient;

    const BRIDGE = 'twitchat-bridge';
    const CONNECT_WITHIN_MS = 10000;
    const ANSWER_WITHIN_MS = 10000;
    const BRIDGE_WITHIN_MS = 2000;
    const LOOK_FOR_BRIDGE_EVERY_MS = 2000;
    const FIRST_PAUSE_MS = 250;
    const LONGEST_PAUSE_MS = 2000;
    const REFUSED_PAUSE_MS = 5000;

    const within = (ms, promise, error) => Promise.race([promise, client.pause(ms).then(() => { throw error; })]);

    /** Why a request has no answer: `refused` by the bridge, `silent`, or `offline`. */
    class RequestError extends Error {
        constructor(kind, message) {
            super(message);
            this.kind = kind;
        }
    }

    const LINKS = { [client.OBS.PASSWORD_REFUSED]: 'password', [client.OBS.UNSUPPORTED_VERSION]: 'old', [client.OBS.KICKED]: 'kicked' };

    /** The connection to the bridge. */
    class Bus {
        /**
         * `onChange` is called when `link` or `bridge` changes; `onMessage` with each message on OBS; `onBridge` when a bridge answers for
         * the first time, or has started again.
         */
        constructor({ onChange, onMessage, onBridge }) {
            Object.assign(this, { onChange, onMessage, onBridge });
            /** connecting, up, lost, password, old, kicked, address, or unknown (there is no obs-config.js) */
            this.link = 'connecting';
            /** unknown, absent or present */
            this.bridge = 'unknown';
            this.name = '';
            this.waiting = new Map();
            this.queue = [];
            this.isSending = false;
            this.count = 0;
            /** How often a bridge has shown that it is there. */
            this.signs = 0;
        }

        get isReady() {
            return this.link === 'up' && this.bridge === 'present';
        }

        change(values) {
            if (Object.keys(values).every((key) => this[key] === values[key])) return;
            Object.assign(this, values);
            this.onChange();
        }

        /** Connects, and connects again after each loss. Ends when the user has disconnected the page in OBS. */
        async keep() {
            await client.configLoaded;
            if (!client.isConfigured()) return this.change({ link: 'unknown' });
            const { obs } = client.settings({});
            this.obs = obs;
            this.name = (await client.claimName(`${BRIDGE} panel`)).name + ` ${client.randomName()}`;
            this.lookForBridge();
            for (let failures = 0; ; failures++) {
                const { code, wasUp } = await this.connection(obs);
                if (wasUp) failures = 0;
                this.line = undefined;
                this.fail(new RequestError('offline', panel.t('error.offline')));
                this.change({ link: LINKS[code] || (code === 'address' ? 'address' : 'lost'), bridge: 'unknown' });
                if (code === client.OBS.KICKED) return;
                await client.pause(LINKS[code] ? REFUSED_PAUSE_MS : Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS));
            }
        }

        /** Connects, and resolves with the close code when the connection is lost. */
        async connection(obs) {
            let wasUp = false;
            let link;
            let onOver;
            const over = new Promise((resolve) => (onOver = resolve));
            try {
                link = new client.ObsLink(obs, { onEvent: (message) => this.take(message), onLost: onOver });
            } catch {
                return { code: 'address', wasUp };
            }
            const drop = () => {
                link.close();
                onOver(undefined);
            };
            within(CONNECT_WITHIN_MS, link.ready, new Error('late')).then(() => {
                wasUp = true;
                this.line = { link, drop };
                this.change({ link: 'up', bridge: 'unknown' });
                this.greet();
            }, drop);
            return { code: await over, wasUp };
        }

        async lookForBridge() {
            for (;;) {
                await client.pause(LOOK_FOR_BRIDGE_EVERY_MS);
                if (this.link === 'up' && this.bridge !== 'present') await this.greet();
            }
        }

        /** Asks whether a bridge is there. */
        async greet() {
            const { signs } = this;
            try {
                await this.send('GetInfo', {}, BRIDGE_WITHIN_MS);
                this.welcome();
            } catch (error) {
                // Another message may have shown meanwhile that a bridge is there.
                if (error.kind === 'silent' && this.signs === signs) this.change({ bridge: 'absent' });
            }
        }

        welcome() {
            this.signs++;
            if (this.bridge === 'present') return;
            this.change({ bridge: 'present' });
            this.onBridge();
        }

        /** Sends a request of docs/bus.md, and resolves with its reply. Rejects with a `RequestError`. */
        async request(name, fields = {}, ms = ANSWER_WITHIN_MS) {
            if (this.link !== 'up') throw new RequestError('offline', panel.t('error.offline'));
            if (this.bridge !== 'present') throw new RequestError('offline', panel.t('error.absent'));
            try {
                return await this.send(name, fields, ms);
            } catch (error) {
                if (error.kind === 'silent') this.greet();
                throw error;
            }
        }

        async send(name, fields, ms) {
            const id = `${this.name} ${++this.count}`;
            const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
            this.broadcast({ request: name, ...fields, id, client: this.name, origin: 'panel' });
            try {
                const silent = new RequestError('silent', panel.t('error.silent', { seconds: ms / 1000 }));
                const reply = await within(ms, answer, silent);
                if (reply.status !== 'ok') throw new RequestError('refused', String(reply.error));
                return reply;
            } finally {
                this.waiting.delete(id);
            }
        }

        /** Sends one message after the other, because OBS changes the order of messages that are sent without waiting. */
        async broadcast(message) {
            this.queue.push(message);
            if (this.isSending) return;
            this.isSending = true;
            try {
                while (this.queue.length > 0 && this.line) {
                    await within(ANSWER_WITHIN_MS, this.line.link.broadcast(this.queue.shift()), new Error('late'));
                }
            } catch {
                if (this.line) this.line.drop();
            }
            this.isSending = false;
        }

        fail(error) {
            this.queue.length = 0;
            for (const { reject } of this.waiting.values()) reject(error);
            this.waiting.clear();
        }

        take(message) {
            if (!client.isObject(message)) return;
            if (message.origin === BRIDGE && message.client === this.name && this.waiting.has(message.id)) {
                this.signs++;
                this.waiting.get(message.id).resolve(message);
            } else if (message.origin === BRIDGE && message.request === 'Hello') {
                this.change({ bridge: 'unknown' });
                this.welcome();
            }
            this.onMessage(message);
        }
    }

    Object.assign(panel, { Bus, RequestError });
})();

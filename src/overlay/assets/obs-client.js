// obs-client.js: connects a page to OBS, and through OBS to the bridge. The first part of streamerbot-over-obs.js; the credits page loads
// it, too.
//
// The address and password of OBS come from obs-config.js beside this file, or from the page's URL with ?obsHost=…&obsPort=…&obsPassword=…
// (or the same after #, which the browser sends to no server). The script is ES2020 without dependencies, and works in pages of http, https
// or file, and in Node. It is a classic script, because browsers refuse to import modules from file://. Its functions are in
// `TwitchatBridge.obsClient`.

(() => {
    'use strict';

    const NEAR = { host: '127.0.0.1', port: 4455, tls: false, path: '', password: '' };

    const OPEN = 1;
    const NOT_READY_MS = 100;

    /** Numbers of obs-websocket (from its protocol document, 5.5). */
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

    // ---- settings ----------------------------------------------------------------------------------------------------------

    const pageSettings = globalThis.StreamerbotOverObsConfig;
    const here = typeof location === 'object' ? location : undefined;
    /** The page's file name. */
    const pageName = here ? here.pathname.split('/').pop() || here.host || 'page' : 'node';
    /** The browser's own WebSocket, even if a script replaces it later. */
    const Socket = (pageSettings && pageSettings.WebSocket) || globalThis.WebSocket;

    /** The settings. The page's URL takes precedence over the page's script, that over obs-config.js, and that over the defaults. */
    function settings(defaults) {
        const beside = globalThis.StreamerbotOverObsConfig || {};
        const page = pageSettings || {};
        const merged = { ...defaults, ...beside, ...page };
        merged.obs = { ...NEAR, ...beside.obs, ...page.obs, ...fromUrl() };
        return merged;
    }

    /** Whether the address of OBS was given. */
    function isConfigured() {
        const given = [globalThis.StreamerbotOverObsConfig, pageSettings].some((config) => config && config.obs);
        return given || Object.keys(fromUrl()).length > 0;
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

    /** Loads obs-config.js from the folder of this script; if the browser allows it, before the page's next script. */
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
            added.addEventListener('error', resolve); // the file is optional
        });
    }

    // ---- OBS ---------------------------------------------------------------------------------------------------------------

    const ROUND = [];
    const START = [];
    /** FIPS 180-4: the first 32 bits of the fractional parts of the cube roots and square roots of the first primes. */
    for (let n = 2; ROUND.length < 64; n++) {
        let isPrime = true;
        for (let factor = 2; factor * factor <= n; factor++) isPrime = isPrime && n % factor !== 0;
        if (!isPrime) continue;
        if (START.length < 8) START.push((n ** (1 / 2) * 2 ** 32) | 0);
        ROUND.push((n ** (1 / 3) * 2 ** 32) | 0);
    }

    /** SHA-256 for pages without crypto.subtle, which browsers offer for https, localhost and file only. */
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

    /** One connection to OBS, from its start to its loss. */
    class ObsConnection {
        /** `onEvent` is called with the data of each CustomEvent; `onLost` is called once with the close code, whatever the reason is. */
        constructor(obs, eventSubscriptions, { onEvent, onLost }) {
            const host = obs.host.includes(':') && !obs.host.startsWith('[') ? `[${obs.host}]` : obs.host;
            this.waiting = new Map();
            this.lastId = 0;
            this.socket = new Socket(`${obs.tls ? 'wss' : 'ws'}://${host}:${obs.port}${obs.path}`);
            this.identified = new Promise((resolve) => (this.onIdentified = resolve));
            this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data), obs, eventSubscriptions, onEvent);
            this.socket.onerror = () => {}; // the close event that follows is enough
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

    /**
     * Two connections to OBS, one for each direction. With a single one, each reply would wait 40 ms for the system's delayed
     * acknowledgement.
     */
    class ObsLink {
        /**
         * `onEvent` is called with the data of each CustomEvent; `onLost` is called once with the close code, unless `close` was called
         * before. Throws an error if the address is invalid, or if the browser forbids unencrypted connections from this page.
         */
        constructor(obs, { onEvent, onLost }) {
            this.isOver = false;
            const lost = (code) => {
                if (this.isOver) return;
                this.close();
                onLost(code);
            };
            this.talk = new ObsConnection(obs, OBS.NO_EVENTS, { onEvent, onLost: lost });
            this.listen = new ObsConnection(obs, OBS.GENERAL_EVENTS, { onEvent, onLost: lost });
            this.ready = Promise.all([this.talk.identified, this.listen.identified]);
        }

        /** Resolves with OBS's `requestStatus` when OBS is ready to give one. Never resolves after a loss. */
        async broadcast(eventData) {
            for (;;) {
                const status = await this.talk.broadcast(eventData);
                if (status.code !== OBS.NOT_READY || this.isOver) return status;
                await pause(NOT_READY_MS);
            }
        }

        close() {
            this.isOver = true;
            for (const connection of [this.talk, this.listen]) if (connection) connection.close();
        }
    }

    // ---- the name of the page ----------------------------------------------------------------------------------------------

    const randomName = () => Math.floor((1 + Math.random()) * 2 ** 32).toString(16).slice(1);
    const KEY = 'streamerbot-over-obs';
    const taken = new Set();

    /** The page's name in a storage; `undefined` if the storage is missing, switched off or full. */
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
     * A name that no other page has at this moment, and that this page gets again after a reload: page, browser, number. Two copies of a
     * page share the browser's storage. They get different numbers by the browser's locks, which end with the page.
     */
    async function claimName(wanted) {
        const locks = typeof navigator === 'object' && here && navigator.locks;
        if (locks) {
            const prefix = wanted || `${pageName} ${remembered('localStorage') || randomName()}`;
            try {
                return await claimNumber(prefix, (name) => claimLock(locks, name));
            } catch {
                // the browser forbids them to a page without an origin
            }
        }
        return claimNumber(wanted || `${pageName} ${remembered('sessionStorage') || randomName()}`, (name) => {
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

    /** Resolves with a function that releases the lock, or with `undefined` if another page has it. */
    function claimLock(locks, name) {
        return new Promise((resolve, reject) => {
            locks.request(`${KEY} ${name}`, { ifAvailable: true }, (lock) => {
                if (!lock) return resolve(undefined);
                return new Promise((release) => resolve(release));
            }).catch(reject);
        });
    }

    const configLoaded = loadConfigBeside();
    globalThis.TwitchatBridge = globalThis.TwitchatBridge || {};
    globalThis.TwitchatBridge.obsClient = {
        OBS, WHY, ObsLink, Socket, claimName, configLoaded, here, isConfigured, isObject, pageName, pause, plainSha256, randomName, settings,
    };
})();

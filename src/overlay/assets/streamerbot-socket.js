// streamerbot-socket.js: an object that behaves as a WebSocket to Streamer.bot. The third part of streamerbot-over-obs.js.
//
// All other addresses use the browser's own WebSocket.

(() => {
    'use strict';

    const { Socket: nativeWebSocket, here, plainSha256, settings } = globalThis.TwitchatBridge.obsClient;
    const { DEFAULTS, Sequence, Session, Subscriptions, parseLeniently, sizeOf } = globalThis.TwitchatBridge.streamerbot;

    const CONNECTING = 0;
    const OPEN = 1;
    const CLOSING = 2;
    const CLOSED = 3;

    const ClosedEvent = globalThis.CloseEvent || class CloseEvent extends Event {
        constructor(type, { code, reason, wasClean }) {
            super(type);
            Object.assign(this, { code, reason, wasClean });
        }
    };

    /** The state of each socket, which the page cannot access. */
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
            const text = String(data); // Streamer.bot reads text only: it replies to bytes with an error, as to any text that is no JSON
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

    /** Dispatches the events of a closed socket, once for each socket. */
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

    // ---- replacing WebSocket ------------------------------------------------------------------------------------------------

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
        return wanted !== undefined && settings(DEFAULTS).addresses.some((address) => key(asWebSocketUrl(address)) === wanted);
    }

    /**
     * A page's own class that extends WebSocket uses the members of the native prototype, which refuse our objects. As soon as such a class
     * is used for Streamer.bot, these members are extended to accept our objects. For all other objects they do the same as before.
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

    function install() {
        // Makes `socket instanceof WebSocket` true. All members of a WebSocket are found before it in the prototype chain.
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

    if (!globalThis.StreamerbotOverObs) install();
    if (typeof module === 'object') module.exports = { StreamerbotOverObs, Sequence, Subscriptions, parseLeniently, plainSha256 };
})();

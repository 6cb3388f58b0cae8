// One client on OBS with two connections, as every client of the bridge should have (docs/bus.md explains why): one for requests, and one
// that receives General events. Used by the stand-in Twitchat, the overlay and the tests themselves.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSubscription, OBSWebSocket } from 'obs-websocket-js/json';

const NOT_READY = 207;

/** The OBS of the tests, see scripts/real-obs. */
export function obsOfTheTests() {
    const { OBS_TEST_URL: url, OBS_TEST_PASSWORD: password } = process.env;
    if (!url) throw new Error('OBS_TEST_URL is not set: run scripts/real-obs start and source the file that it names');
    return { url, password };
}

/** Rejects after a time limit, with an error that contains `what`. */
export async function within(ms, what, promise) {
    const over = new AbortController();
    const late = sleep(ms, undefined, { signal: over.signal, ref: false }).then(() => {
        throw new Error(`${what}: not within ${ms} ms`);
    });
    late.catch(() => {});
    return Promise.race([promise, late]).finally(() => over.abort());
}

/** Resolves when the condition holds. Rejects with an error that contains `what`. */
export async function until(what, condition, ms = 10_000) {
    const deadline = Date.now() + ms;
    while (!(await condition())) {
        if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
        await sleep(10);
    }
}

export class Bus {
    #talk = new OBSWebSocket();
    #listen = new OBSWebSocket();
    #listeners = new Set();

    /** Connects both connections and waits until OBS accepts requests. */
    static async connect({ url, password } = obsOfTheTests()) {
        const bus = new Bus();
        bus.#listen.on('CustomEvent', (eventData) => bus.#listeners.forEach((listener) => listener(eventData)));
        await bus.#listen.connect(url, password, { eventSubscriptions: EventSubscription.General });
        await bus.#talk.connect(url, password, { eventSubscriptions: EventSubscription.None });
        await within(10_000, 'OBS ready for requests', bus.#untilReady());
        return bus;
    }

    async #untilReady() {
        for (;;) {
            try {
                return await this.#talk.call('GetVersion');
            } catch (error) {
                if (error.code !== NOT_READY) throw error;
                await sleep(50);
            }
        }
    }

    /** Makes any request to OBS itself. */
    call(requestType, requestData) {
        return this.#talk.call(requestType, requestData);
    }

    /** Resolves when OBS has accepted the message, which may be before it has relayed it. */
    broadcast(eventData) {
        return this.#talk.call('BroadcastCustomEvent', { eventData });
    }

    /** Broadcasts all messages without waiting in between, so OBS changes their order. */
    play(messages) {
        return Promise.all(messages.map((message) => this.broadcast(message)));
    }

    /** Calls the listener with the data of every CustomEvent, also of our own. Returns a function that removes the listener. */
    hear(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /** The next message that fits. Call it before you send the message that causes it. */
    next(fits, { ms = 10_000, what = 'a message' } = {}) {
        let stop;
        const heard = new Promise((resolve) => {
            stop = this.hear((message) => fits(message) && resolve(message));
        });
        const answer = within(ms, what, heard).finally(stop);
        answer.catch(() => {}); // a test that has failed meanwhile does not wait for it
        return answer;
    }

    /** Makes a request to the bridge (`GetCredits`, …) and resolves with the reply to it, whatever its status is. */
    async request(name, fields = {}, { ms = 10_000 } = {}) {
        const id = randomUUID();
        const reply = this.next((message) => message.origin === 'twitchat-bridge' && message.id === id, { ms, what: `the reply to ${name}` });
        const [answer] = await Promise.all([reply, this.broadcast({ ...fields, request: name, id })]);
        return answer;
    }

    async close() {
        await Promise.all([this.#talk.disconnect(), this.#listen.disconnect()]);
    }
}

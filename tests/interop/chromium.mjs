// Controls headless Chromium over its DevTools protocol: opens pages, evaluates expressions, and collects console messages and alerts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { within } from './bus.mjs';

const READY_WITHIN_MS = 60_000;
const FLAGS = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update', '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding', '--remote-debugging-port=0',
    '--host-resolver-rules=MAP overlay.test 127.0.0.1', // an origin that browsers do not consider secure
];

/**
 * Starts the browser in CHROMIUM, else Debian's. `close` ends it. With `first`, it gets the highest priority, if that is permitted. `flags`
 * are added to its command line. `processes` resolves with the browser's processes: `type`, `id`. `allow` grants an origin permissions, as a user does who allows them in the browser's question.
 */
export async function startChromium({ first = false, flags = [] } = {}) {
    const profile = await mkdtemp(join(tmpdir(), 'twitchat-bridge-chromium-'));
    const binary = process.env.CHROMIUM ?? 'chromium';
    const browser = spawn(binary, [...FLAGS, ...flags, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (first) goFirst(browser.pid);
    const ended = once(browser, 'close');
    ended.catch(() => {});
    const close = async () => {
        browser.kill('SIGTERM');
        await within(10_000, 'the end of Chromium', ended).catch(() => browser.kill('SIGKILL'));
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    };
    try {
        const protocol = await Protocol.connect(await within(READY_WITHIN_MS, 'Chromium', addressOf(browser)));
        const allow = (origin, permissions) => protocol.call('Browser.grantPermissions', { origin, permissions });
        const processes = async () => (await protocol.call('SystemInfo.getProcessInfo')).processInfo;
        return { open: (url, size, media) => Page.open(protocol, url, size, media), allow, processes, close };
    } catch (error) {
        await close();
        throw error;
    }
}

function goFirst(pid) {
    try {
        setPriority(pid, constants.priority.PRIORITY_HIGHEST);
    } catch {
        // the priority needs root
    }
}

function addressOf(browser) {
    return new Promise((resolve, reject) => {
        const said = [];
        createInterface({ input: browser.stderr }).on('line', (line) => {
            said.push(line);
            const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
            if (address) resolve(address);
        });
        browser.on('error', reject);
        browser.on('close', () => reject(new Error(`Chromium ended:\n${said.join('\n')}`)));
    });
}

/** The numbers of keys for `Page.key`. */
const KEYS = { Tab: 9, Enter: 13, Escape: 27, ' ': 32, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 };

class Protocol {
    #socket;
    #id = 0;
    #waiting = new Map();
    #listeners = new Map();
    #everywhere = new Map();

    static async connect(address) {
        const protocol = new Protocol();
        protocol.#socket = new WebSocket(address, { maxPayload: 256 * 1024 * 1024 });
        protocol.#socket.on('message', (text) => protocol.#heard(JSON.parse(text)));
        await once(protocol.#socket, 'open');
        return protocol;
    }

    #heard({ id, sessionId, method, params, result, error }) {
        if (id === undefined) {
            this.#everywhere.get(method)?.(params);
            return this.#listeners.get(sessionId)?.(method, params);
        }
        const { resolve, reject, asked } = this.#waiting.get(id);
        this.#waiting.delete(id);
        return error ? reject(new Error(`${asked}: ${error.message}`)) : resolve(result);
    }

    call(method, params = {}, sessionId = undefined) {
        const id = ++this.#id;
        this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
        return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, asked: method }));
    }

    /** Listens to events of the whole browser. Returns a function that removes the listener. */
    hearAll(method, listener) {
        this.#everywhere.set(method, listener);
        return () => this.#everywhere.delete(method);
    }

    hear(sessionId, listener) {
        this.#listeners.set(sessionId, listener);
    }
}

/** One tab. `alerts`, `console` and `errors` collect the messages of the page; alerts are confirmed at once. */
class Page {
    alerts = [];
    console = [];
    errors = [];
    #protocol;
    #session;
    #target;

    /** `media`: the parameters of CDP's `Emulation.setEmulatedMedia`, such as `{ media: 'print' }`. */
    static async open(protocol, url, size, media) {
        const page = new Page();
        const { targetId } = await protocol.call('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await protocol.call('Target.attachToTarget', { targetId, flatten: true });
        [page.#protocol, page.#session, page.#target] = [protocol, sessionId, targetId];
        const loaded = new Promise((resolve) => protocol.hear(sessionId, (method, params) => page.#heard(method, params, resolve)));
        await page.#call('Page.enable');
        await page.#call('Runtime.enable');
        if (size) await page.#call('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
        if (media) await page.#call('Emulation.setEmulatedMedia', media);
        await page.#call('Page.navigate', { url });
        await within(READY_WITHIN_MS, url, loaded);
        return page;
    }

    #call(method, params) {
        return this.#protocol.call(method, params, this.#session);
    }

    #heard(method, params, loaded) {
        if (method === 'Page.loadEventFired') loaded();
        if (method === 'Runtime.exceptionThrown') this.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        if (method === 'Runtime.consoleAPICalled') this.console.push(params.args.map(({ value }) => value));
        if (method === 'Page.javascriptDialogOpening') {
            this.alerts.push(params.message);
            this.#call('Page.handleJavaScriptDialog', { accept: true });
        }
    }

    /** The name of the page in trace events. */
    get frame() {
        return this.#target;
    }

    /** The value of an expression. If it is a promise, the value that it resolves to. */
    async run(expression) {
        const { result, exceptionDetails } = await this.#call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }

    /** Sets another size of the picture, in CSS pixels. */
    async resize(width, height) {
        await this.#call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    }

    /** A PNG of the screen, in another size if `scale` is not 1. The background is transparent if the page's is. */
    async screenshot(scale = 1) {
        await this.#call('Emulation.setDefaultBackgroundColorOverride', { color: { r: 0, g: 0, b: 0, a: 0 } });
        const clip = scale === 1 ? undefined : { x: 0, y: 0, ...(await this.run('({ width: innerWidth, height: innerHeight })')), scale };
        const { data } = await this.#call('Page.captureScreenshot', { format: 'png', clip });
        return Buffer.from(data, 'base64');
    }

    /** Saves files that the page offers into this folder. */
    async downloadTo(downloadPath) {
        await this.#protocol.call('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath });
    }

    /** Presses a key, as on the keyboard. */
    async key(key, code = key) {
        const text = { Enter: '\r', ' ': ' ' }[key];
        for (const type of ['keyDown', 'keyUp']) await this.#call('Input.dispatchKeyEvent', { type, key, code, text: type === 'keyDown' ? text : undefined, windowsVirtualKeyCode: KEYS[key] });
    }

    /** The memory that the page's scripts use, in bytes, after unused objects are gone. */
    async heapBytes() {
        await this.#call('HeapProfiler.collectGarbage');
        return (await this.#call('Runtime.getHeapUsage')).usedSize;
    }

    /** What the browser has measured of the page, such as `TaskDuration` in seconds. */
    async metrics() {
        await this.#call('Performance.enable', { timeDomain: 'threadTicks' });
        return (await this.#call('Performance.getMetrics')).metrics;
    }

    /** The trace events of `categories` while `during` runs. */
    async trace(categories, during) {
        const events = [];
        const stopHearing = this.#protocol.hearAll('Tracing.dataCollected', ({ value }) => events.push(...value));
        const complete = new Promise((resolve) => this.#protocol.hearAll('Tracing.tracingComplete', resolve));
        await this.#protocol.call('Tracing.start', { traceConfig: { includedCategories: categories }, transferMode: 'ReportEvents' });
        await during();
        await this.#protocol.call('Tracing.end');
        await complete;
        stopHearing();
        return events;
    }

    /** The metrics of DevTools by name, after all garbage was collected. Times are those that the main thread was at work, in seconds. */
    async costs() {
        await this.#call('HeapProfiler.collectGarbage');
        await this.#call('Performance.enable', { timeDomain: 'threadTicks' });
        const { metrics } = await this.#call('Performance.getMetrics');
        return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    }

    /** Brings the tab to the front, because only that tab is drawn. */
    async bringToFront() {
        await this.#call('Page.bringToFront');
    }

    async reload() {
        const loaded = new Promise((resolve) => this.#protocol.hear(this.#session, (method, params) => this.#heard(method, params, resolve)));
        await this.#call('Page.reload');
        await within(READY_WITHIN_MS, 'the page again', loaded);
    }

    async close() {
        await this.#protocol.call('Target.closeTarget', { targetId: this.#target });
    }
}
